"""The arguments and the result of a call in words, without those that a name beside them says are secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nexus_testkit.journal.redaction import HIDDEN, Redaction
from nexus_testkit.journal.words import words

if TYPE_CHECKING:
    from nexus_testkit.journal.call import Call

_COMPARED = re.compile(
    r'([A-Za-z_]\w*)"?\s*\)?\s*(?:=|<>|!=|\bI?LIKE\b)\s*(?:[A-Za-z_]\w*\s*\(\s*)?\$(\d+)', re.IGNORECASE
)
_INSERTED = re.compile(r"INSERT\s+INTO\s+[^\s(]+\s*\(([^()]*)\)\s*VALUES\s*(.*)", re.IGNORECASE | re.DOTALL)
_PLACE = re.compile(r"\$(\d+)")


def shown_arguments(call: Call, redaction: Redaction, longest: int) -> list[str]:
    """Each argument as text, options as `name=value`; those that are None are left out."""
    secret = secret_arguments(call, redaction)
    given = [
        HIDDEN if at in secret else redaction.text(words(value, longest)) for at, value in enumerate(call.arguments)
    ]
    for name, value in call.options.items():
        if value is not None:
            given.append(f"{name}={HIDDEN if redaction.hides(name) else redaction.text(words(value, longest))}")
    return given


def shown_result(call: Call, redaction: Redaction, longest: int) -> str:
    """The result as text."""
    return HIDDEN if hides_result(call, redaction) else redaction.text(words(call.result, longest))


def secret_arguments(call: Call, redaction: Redaction) -> set[int]:
    """The positions of the arguments that are secret: a parameter of a column, the value of a key, of such a name."""
    arguments = call.arguments
    if not arguments or not isinstance(arguments[0], str):
        return set()
    if call.port == "database":
        return {place for place in secret_parameters(arguments[0], redaction) if place < len(arguments)}
    if call.port == "cache" and _names_secret(arguments[0], redaction):
        return set(range(1, len(arguments)))
    if call.operation == "cache.client" and len(arguments) > 2 and _names_secret(arguments[1], redaction):
        return set(range(2, len(arguments)))
    return set()


def hides_result(call: Call, redaction: Redaction) -> bool:
    """Whether the result is a secret: what a cache holds under a key of such a name, or a single selected column."""
    if call.port == "cache":
        at = 1 if call.operation == "cache.client" else 0
        key = call.arguments[at] if len(call.arguments) > at else None
        return isinstance(call.result, (str, bytes)) and _names_secret(key, redaction)
    if call.operation == "database.fetch_val" and call.arguments and isinstance(call.arguments[0], str):
        found = _SELECTED.match(call.arguments[0]) or _RETURNED.search(call.arguments[0])
        return found is not None and call.result is not None and redaction.hides(found[1])
    return False


_SELECTED = re.compile(
    r'\s*SELECT\s+(?:DISTINCT\s+)?(?:[\w"]+\.)?"?(\w+)"?(?:::\w+)?(?:\s+AS\s+\w+)?\s+FROM\b', re.IGNORECASE
)
_RETURNED = re.compile(r'\bRETURNING\s+(?:[\w"]+\.)?"?(\w+)"?(?:::\w+)?\s*;?\s*$', re.IGNORECASE)


def secret_parameters(query: str, redaction: Redaction) -> set[int]:
    """The numbers of a query's parameters (from 1) that are compared with, or stored in, a column of a secret name."""
    found = {int(number) for name, number in _COMPARED.findall(query) if redaction.hides(name)}
    inserted = _INSERTED.search(query)
    if inserted is not None:
        columns = [column.strip().strip('"') for column in inserted[1].split(",")]
        for row in _rows(inserted[2]):
            for column, value in zip(columns, row, strict=False):
                if redaction.hides(column):
                    found.update(map(int, _PLACE.findall(value)))
    return found


def _rows(values: str) -> list[list[str]]:
    """The expressions of each row behind VALUES, up to what follows the rows; inner commas and parentheses separate nothing."""
    rows: list[list[str]] = []
    depth = 0
    for character in values:
        depth += (character == "(") - (character == ")")
        if depth == 1 and character == "(":
            rows.append([""])
        elif depth == 1 and character == ",":
            rows[-1].append("")
        elif depth:
            rows[-1][-1] += character
        elif character.isalnum():
            break
    return rows


def _names_secret(key: Any, redaction: Redaction) -> bool:
    if isinstance(key, bytes):
        key = key.decode("utf-8", "replace")
    return redaction.hides(key)
