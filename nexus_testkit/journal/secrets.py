"""The arguments and the result of a call in words, without those that a name beside them says are secret."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nexus_testkit.journal.commands import Commands, hides_reply, secret_places, text_of
from nexus_testkit.journal.forms import HIDDEN
from nexus_testkit.journal.redaction import Redaction
from nexus_testkit.journal.statements import SCANNED, Secrets, secrets_of, table_of
from nexus_testkit.journal.words import Shortened, words

if TYPE_CHECKING:
    from nexus_testkit.journal.call import Call
    from nexus_testkit.journal.journal import Journal

_ROOM = 4  # so many times what is shown is looked into: a secret that is cut has no form any more
_COUNT = re.compile(r"-?\d{1,4}(?:\.\d{1,2})?\Z")
_SHORTEST = 6  # characters of a secret that is looked for in what an error says


def rules_of(journal: Journal) -> Redaction:
    """What a journal leaves out, with the tables that its own statements create: of an INSERT that names no columns."""
    tables: dict[str, tuple[str, ...]] = dict(journal.redaction.tables)
    for call in journal.calls:
        statement = _statement(call)
        if statement is not None and statement[:200].lstrip()[:6].lower() == "create":
            found = table_of(statement)
            if found is not None:
                tables[found[0]] = found[1]
    return replace(journal.redaction, tables=tuple(tables.items())) if tables else journal.redaction


def shown(value: Any, redaction: Redaction, longest: int) -> str:
    """A value in at most `longest` characters, without its secrets."""
    if isinstance(value, Shortened):
        return f"{shown(value.first, redaction, longest)} ({value.length})"
    return _cut(redaction.text(words(value, _ROOM * longest)), longest)


def shown_arguments(call: Call, redaction: Redaction, longest: int, longest_statement: int) -> list[str]:
    """Each argument as text, options as `name=value`; those that are None are left out."""
    secret = secret_arguments(call, redaction)
    given = [
        HIDDEN if at in secret else _shown_argument(call, at, redaction, longest, longest_statement)
        for at in range(len(call.arguments))
    ]
    for name, value in call.options.items():
        if value is not None:
            hidden = hides_option(call, name, redaction)
            given.append(f"{name}={HIDDEN if hidden else shown(value, redaction, longest)}")
    return given


def _shown_argument(call: Call, at: int, redaction: Redaction, longest: int, longest_statement: int) -> str:
    if at == 0 and (statement := shown_statement(call, redaction)) is not None:
        return _cut(words(statement, _ROOM * longest_statement), longest_statement)
    return shown(without_secrets(call.arguments[at], redaction), redaction, longest)


def shown_statement(call: Call, redaction: Redaction) -> str | None:
    """The statement of a call of the database, without its secret literals; None of another call."""
    statement = _statement(call)
    if statement is None:
        return None
    statement = statement[:SCANNED]
    return redaction.patterned(secrets_of(statement, redaction).hidden_in(statement))


def shown_result(call: Call, redaction: Redaction, longest: int) -> str:
    """The result as text."""
    return HIDDEN if hides_result(call, redaction) else shown(call.result, rules_of_result(call, redaction), longest)


def shown_error(call: Call, said: str, redaction: Redaction) -> str:
    """What its error says, in which the call's own secrets may stand as well: a row that a constraint refused, a value that is none."""
    values = {
        value
        for at in secret_arguments(call, redaction)
        if isinstance(value := call.arguments[at], str) and len(value) >= _SHORTEST
    }
    for value in sorted(values, key=len, reverse=True):
        said = said.replace(value, HIDDEN)
    return redaction.text(said)


def secret_arguments(call: Call, redaction: Redaction) -> set[int]:
    """The positions of the arguments that are secret: a parameter of a column, the value of a key, of such a name."""
    arguments = call.arguments
    if not arguments or not redaction.enabled:
        return set()
    every = set(range(1, len(arguments)))
    if call.operation == "cache.client":
        return set() if isinstance(arguments[-1], Commands) else secret_places(arguments, redaction)
    if call.port == "cache":
        if call.method in _KEYS_ONLY or not redaction.hides_key(text_of(arguments[0])):
            return set()
        return {at for at in every if not _is_count(arguments[at])}
    if call.port == "files":
        return every if hides_file(text_of(arguments[0]), redaction) else set()
    statement = _statement(call)
    if statement is None:
        return set()
    parameters = secrets_of(statement, redaction).parameters
    if call.method == "execute_many":
        return every if parameters else set()
    return {place for place in parameters if place < len(arguments)}


_KEYS_ONLY = frozenset({"get_many", "delete", "exists", "ttl", "expire", "subscribe", "unsubscribe", "lock", "unlock"})


def without_secrets(value: Any, redaction: Redaction) -> Any:
    """An argument, without the values among the commands of a pipeline that are secret."""
    if isinstance(value, Commands):
        return "; ".join(" ".join(_command(part, redaction)) for part in value.parts)
    return value


def _command(part: Sequence[Any], redaction: Redaction) -> list[str]:
    secret = secret_places(part, redaction)
    return [HIDDEN if at in secret else text_of(word) or str(word) for at, word in enumerate(part)]


def hides_option(call: Call, name: str, redaction: Redaction) -> bool:
    """Whether a keyword argument is secret: by its name, or records for a column of such a name."""
    if name == "records" and isinstance(call.options.get("columns"), (list, tuple)):
        return any(map(redaction.hides, call.options["columns"]))
    if name == "records" and call.arguments:
        return any(map(redaction.hides, redaction.columns_of(text_of(call.arguments[0]))))
    return redaction.hides(name)


def hides_result(call: Call, redaction: Redaction) -> bool:
    """Whether the result is a secret: what a cache or a file holds under such a name, or a single selected column."""
    if call.result is None or isinstance(call.result, bool) or not redaction.enabled:
        return False
    arguments = call.arguments
    if call.operation == "cache.client":
        if arguments and isinstance(arguments[-1], Commands):
            return any(hides_reply(part, redaction) for part in arguments[-1].parts)
        return not isinstance(call.result, int) and hides_reply(arguments, redaction)
    if call.port == "cache":
        key = text_of(arguments[0]) if arguments else ""
        return isinstance(call.result, (str, bytes)) and redaction.hides_key(key) and not _is_count(call.result)
    if call.port == "files":
        return call.method.startswith("read") and bool(arguments) and hides_file(text_of(arguments[0]), redaction)
    return call.operation == "database.fetch_val" and _secrets(call, redaction).first


def rules_of_result(call: Call, redaction: Redaction) -> Redaction:
    """What is left out of a result: of a query also the columns that have another name there, as `SELECT password AS p`."""
    columns = _secrets(call, redaction).columns
    return _with_names(redaction, tuple(sorted(columns))) if columns else redaction


@lru_cache(maxsize=256)
def _with_names(redaction: Redaction, names: tuple[str, ...]) -> Redaction:
    return replace(redaction, names=(*redaction.names, *names))


def _secrets(call: Call, redaction: Redaction) -> Secrets:
    statement = _statement(call)
    return Secrets() if statement is None else secrets_of(statement, redaction)


def _statement(call: Call) -> str | None:
    if call.port != "database" or not call.arguments or not isinstance(call.arguments[0], str):
        return None
    return None if call.method == "copy_records_to_table" else call.arguments[0]


def _is_count(value: Any) -> bool:
    """Whether it is a small number: so many tokens are left, so many attempts were made."""
    return _COUNT.match(str(value) if isinstance(value, (int, float)) else text_of(value)) is not None


def hides_file(path: str, redaction: Redaction) -> bool:
    """Whether what a file holds is secret by its name: `secrets/token.txt`."""
    name = path.rpartition("/")[2]
    return redaction.hides_key(name.rpartition(".")[0] or name)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
