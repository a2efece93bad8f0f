"""A statement for a real server whose `now()` is to be a world's time: the functions that tell the time, renamed.

The server's own are out of reach: `CURRENT_TIMESTAMP` and its like are no functions that a search path could hide. So the
statement is parsed, and where it asks for the time it calls functions of a schema of ours, which say what a setting
of the session says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.parser import parse_tree

SCHEMA = "nexus_clock"
TRANSACTION, STATEMENT = "nexus_clock.now", "nexus_clock.clock"
"""The settings: the time of the transaction, and the time of the statement."""

_PRECISE = {
    kind: " ".join(f"WHEN {digits} THEN now::{kind}({digits})" for digits in range(6))
    for kind in ("timestamptz", "timestamp", "timetz", "time")
}


def _keyword(name: str, kind: str) -> str:
    """The function behind a keyword such as CURRENT_TIMESTAMP, alone and with a precision."""
    return f"""
CREATE FUNCTION {SCHEMA}.{name}() RETURNS {kind} LANGUAGE sql STABLE AS 'SELECT {SCHEMA}.now()::{kind}';
CREATE FUNCTION {SCHEMA}.{name}(digits int) RETURNS {kind} LANGUAGE sql STABLE AS
'SELECT CASE digits {_PRECISE[kind]} ELSE now::{kind} END FROM {SCHEMA}.now() AS now';"""


DEFINITIONS = f"""
CREATE SCHEMA {SCHEMA};
GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC;
CREATE FUNCTION {SCHEMA}.now() RETURNS timestamptz LANGUAGE sql STABLE AS
'SELECT pg_catalog.current_setting(''{TRANSACTION}'')::timestamptz';
CREATE FUNCTION {SCHEMA}.transaction_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT {SCHEMA}.now()';
CREATE FUNCTION {SCHEMA}.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
'SELECT pg_catalog.current_setting(''{STATEMENT}'')::timestamptz';
CREATE FUNCTION {SCHEMA}.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
'SELECT pg_catalog.current_setting(''{STATEMENT}'')::timestamptz';
CREATE FUNCTION {SCHEMA}.timeofday() RETURNS text LANGUAGE sql VOLATILE AS
'SELECT to_char({SCHEMA}.clock_timestamp(), ''Dy Mon DD HH24:MI:SS.US YYYY TZ'')';
CREATE FUNCTION {SCHEMA}.current_date() RETURNS date LANGUAGE sql STABLE AS 'SELECT {SCHEMA}.now()::date';
CREATE FUNCTION {SCHEMA}.age(timestamp) RETURNS interval LANGUAGE sql STABLE AS
'SELECT pg_catalog.age({SCHEMA}.now()::date::timestamp, $1)';
CREATE FUNCTION {SCHEMA}.age(timestamptz) RETURNS interval LANGUAGE sql STABLE AS
'SELECT pg_catalog.age({SCHEMA}.now()::date::timestamptz, $1)';
{_keyword("current_timestamp", "timestamptz")}
{_keyword("localtimestamp", "timestamp")}
{_keyword("current_time", "timetz")}
{_keyword("localtime", "time")}
"""
"""What a database needs before `on_our_clock` makes sense in it."""

_FUNCTIONS = {
    "now": 0,
    "transaction_timestamp": 0,
    "statement_timestamp": 0,
    "clock_timestamp": 0,
    "timeofday": 0,
    "age": 1,
}
_KEYWORDS = "current_timestamp|localtimestamp|current_date|current_time|localtime"
_CANDIDATE = re.compile(rf"\b(?:{'|'.join(_FUNCTIONS)}|{_KEYWORDS})\b", re.IGNORECASE)
_KEYWORD = re.compile(rf"({_KEYWORDS})\b(\s*\()?".encode(), re.IGNORECASE)
_NAME = re.compile(rb'(?:"?pg_catalog"?\s*\.\s*)?("?)\w+\1', re.IGNORECASE)


class Rewritten(NamedTuple):
    """A statement as the server is to see it.

    Attributes:
        query: its text.
        edits: where the text differs: the place (from 0, in characters of the original) and by how much it grew.
    """

    query: str
    edits: tuple[tuple[int, int], ...] = ()

    def position(self, position: int) -> int:
        """The 1-based position in the original text of one in `query`."""
        for at, grown in self.edits:
            if position > at + grown:
                position -= grown
            elif position > at:
                return at + 1
        return position


@lru_cache(maxsize=1_000)
def on_our_clock(query: str) -> Rewritten:
    """The statement with the functions of `SCHEMA` in place of those that tell the server's time.

    A text that does not parse is left as it is: the server says what is wrong.

    Limits: text that the server itself parses later (bodies of functions, DO, EXECUTE), and the words 'now', 'today',
    'tomorrow' and 'yesterday' as values of a date or a time.
    """
    if _CANDIDATE.search(query) is None:
        return Rewritten(query)
    try:
        tree = parse_tree(query)
    except DatabaseError:
        return Rewritten(query)
    text, edits = query.encode(), []
    made, done = b"", 0
    for place in sorted(set(_places(tree))):
        found = _edit(text, place)
        if found is not None:
            end, replacement = found
            edits.append((len(text[:place].decode()), len(replacement) - (end - place)))
            made, done = made + text[done:place] + replacement, end
    return Rewritten((made + text[done:]).decode(), tuple(edits))


def _places(node: Any) -> Iterator[int]:
    """Byte offsets of what asks for the time."""
    if isinstance(node, list):
        for item in node:
            yield from _places(item)
    elif isinstance(node, dict):
        for kind, value in node.items():
            if kind == "SQLValueFunction" or (kind == "FuncCall" and _tells_time(value)):
                yield value.get("location", 0)
            yield from _places(value)


def _tells_time(call: dict[str, Any]) -> bool:
    names = [name["String"]["sval"] for name in call["funcname"]]
    if len(names) > 1 and names[:-1] != ["pg_catalog"]:
        return False
    return _FUNCTIONS.get(names[-1]) == len(call.get("args", ()))


def _edit(text: bytes, place: int) -> tuple[int, bytes] | None:
    """The end of what stands at `place`, and what is to stand there."""
    keyword = _KEYWORD.match(text, place)
    if keyword is not None:
        name, bracket = keyword[1].decode().lower(), keyword[2] or b"()"
        return keyword.end(), f'{SCHEMA}."{name}"'.encode() + bracket
    called = _NAME.match(text, place)
    if called is None or _CANDIDATE.search(called[0].decode(errors="replace")) is None:
        return None  # CURRENT_USER and its like
    name = called[0].decode().rpartition(".")[2].strip().strip('"').lower()
    return called.end(), f"{SCHEMA}.{name}".encode()
