"""A call in a few words, such as `database.execute INSERT users`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nexus_testkit.journal import Call
from nexus_testkit.journal.redaction import CURRENT
from nexus_testkit.journal.statements import secrets_of
from nexus_testkit.journal.words import words

_LONGEST = 40
_STATEMENT = re.compile(
    r"""\s*(?P<verb>INSERT\s+INTO|UPDATE|DELETE\s+FROM|SELECT|CREATE\s+TABLE|DROP\s+TABLE|ALTER\s+TABLE|MERGE\s+INTO|TRUNCATE)\b
    (?:.*?\bFROM\b)?? \s* (?:IF\s+(?:NOT\s+)?EXISTS\s+)? (?P<table>"[^"]+"|[\w.]+)?""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_FROM = re.compile(r"""\bFROM\s+(?P<table>"[^"]+"|[\w.]+)""", re.IGNORECASE)


def about(call: Call) -> str:
    """The operation, and what it is about: a statement and its table, a key, a method and a URL, a recipient."""
    said = _said(call)
    return f"{call.operation} {said}" if said else call.operation


def _said(call: Call) -> str:
    port, _, method = call.operation.partition(".")
    if port == "database":
        statement = call.arguments[0] if call.arguments else None
        return _statement(statement) if isinstance(statement, str) else method.upper()
    if port == "mail":
        return _mail(call.options) or method
    shown = " ".join(words(each, _LONGEST).strip("'") for each in call.arguments[: 2 if port == "http" else 1])
    return shown if port == "http" else f"{method} {shown}".rstrip()


def _statement(statement: str) -> str:
    found = _STATEMENT.match(statement)
    if found is None:
        hidden = secrets_of(statement, CURRENT.get()).hidden_in(statement)
        return " ".join(hidden.split())[:_LONGEST]
    verb = found["verb"].split()[0].upper()
    table = found["table"]
    if verb == "SELECT":
        of = _FROM.search(statement)
        table = of["table"] if of is not None else None
    if verb in {"CREATE", "DROP", "ALTER"}:
        verb = f"{verb} TABLE"
    return f"{verb} {table}" if table else verb


def _mail(options: Mapping[str, object]) -> str:
    recipients = options.get("recipients")
    return f"to {words(recipients, _LONGEST)}" if recipients else ""
