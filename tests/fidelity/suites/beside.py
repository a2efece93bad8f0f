"""Statements on the fake and on the server, one after the other, and how the answers compare."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from nexus_testkit.postgres import Engine
from tests.fidelity import fake, server
from tests.fidelity.answers import Verdict, compare, merged
from tests.fidelity.scenarios import Step

_STEP_LIMIT = 60  # half-millions of SQLite's instructions: about as long as the server's timeout here
_READS = re.compile(r"\s*(\(\s*)*(select|show|values|table|explain|with)\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:table|view|index|sequence|type|domain|function|procedure|aggregate|operator|schema|into|update|from|truncate|on|rule|trigger|"
    r"cast|collation|statistics|cursor|declare|prepare|role|user|copy|references|inherit|(?<=attach )partition|partition\s+of)\s+(?:if\s+(?:not\s+)?exists\s+|only\s+|concurrently\s+)*"
    r'((?:"[^"]+"|[a-z_]\w*)(?:\.(?:"[^"]+"|[a-z_]\w*))?)',
    re.IGNORECASE,
)
_PARENTS = re.compile(r"\binherits\s*\(([^)]*)\)", re.IGNORECASE)
# What lists objects by a pattern of their names, and the patterns.
_LISTS = re.compile(r"\b(?:pg_[a-z_]+|information_schema)\b", re.IGNORECASE)
_LIKE = re.compile(r"(?:\blike|~~)\s+E?'([^']*)'", re.IGNORECASE)
_MATCHES = re.compile(r"(?<![~!])~\s*E?'([^']*)'")
_WORDS = re.compile(r"[a-z_]\w*", re.IGNORECASE)
# Settings on which the text of answers depends.
_SHOWN = re.compile(
    r"\s*set\s+(session\s+|local\s+)?(datestyle|intervalstyle|search_path|time\s*zone|extra_float_digits|bytea_output|role|session|xml)",
    re.IGNORECASE,
)
_ORDINALS = re.compile(r"order\s+by\s+(\d+(?:\s*,\s*\d+)*)\s*;?\s*\Z", re.IGNORECASE)
_END = re.compile(r"\s*(commit|end|rollback|abort)\b(?!.*\bto\b)", re.IGNORECASE)


@dataclass(slots=True)
class Tally:
    """Verdicts of one file, and what was not identical.

    Attributes:
        counts: by verdict; what differs because something before it was refused counts as refused.
        constructs: what was refused, by the name that the refusal gives it.
        shown: the differences, as text.
        volatile: steps that the server answers differently each time.
    """

    counts: Counter[str] = field(default_factory=Counter)
    constructs: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)
    volatile: int = 0


class _Refused:
    """What was refused so far, and which later answers may depend on it."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.everything = False
        self.block = False

    def note(self, sql: str, *, in_block: bool) -> None:
        if _SHOWN.match(sql):
            self.everything = True
        self.block = self.block or in_block
        if not _READS.match(sql):
            # a child that was refused is missing in its parents' answers
            for name in [*_NAMED.findall(sql), *_PARENTS.findall(sql)]:
                self.names.update(word.lower() for word in _WORDS.findall(name))

    def touches(self, sql: str) -> bool:
        if self.everything or self.block or any(word.lower() in self.names for word in _WORDS.findall(sql)):
            return True
        return _LISTS.search(sql) is not None and any(map(self._lists, _patterns(sql)))

    def _lists(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern lists something that was refused."""
        return any(pattern.search(name) for name in self.names)

    def ended(self, sql: str) -> None:
        if _END.match(sql):
            self.block = False


def _patterns(sql: str) -> Iterable[re.Pattern[str]]:
    """The patterns by which a query lists names, as far as they are regular expressions of Python's too."""
    for like in _LIKE.findall(sql):
        parts = re.split(r"([%_])", like.replace("\\_", "_"))
        yield re.compile("^" + "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in parts) + "$")
    for pattern in _MATCHES.findall(sql):
        try:
            yield re.compile(pattern)
        except re.error:
            continue


async def _serve(url: str, steps: list[Step]) -> list[dict[str, Any]]:
    await server.empty(url)
    connection = await server.connect(url)
    try:
        await connection.execute("SET statement_timeout = '5s'")
        return [await server.ask(connection, step) for step in steps]
    finally:
        await connection.close(timeout=5)


def answers_of_server(url: str, steps: list[Step]) -> list[dict[str, Any] | None]:
    """What the server answers to each step; None where two runs differ in more than values."""
    first, second = asyncio.run(_serve(url, steps)), asyncio.run(_serve(url, steps))
    today = dt.datetime.now(dt.UTC).date()
    return [merged(one, other, today) for one, other in zip(first, second, strict=True)]


def beside(
    url: str, steps: list[Step], wanted: Iterable[dict[str, Any] | None], counted: Callable[[Step], bool]
) -> Tally:
    """Run the steps on the fake, and compare those that `counted` says with the server's answers."""
    engine = Engine(now=lambda: dt.datetime.now(dt.UTC))
    engine.step_limit = _STEP_LIMIT
    engine.attach(sqlite3.connect(":memory:"))
    session = engine.session()
    tally, refused = Tally(), _Refused()
    try:
        for step, answer in zip(steps, wanted, strict=True):
            got, unsupported = fake.ask(session, step)
            if answer is None:
                tally.volatile += 1
                continue
            verdict = Verdict.REFUSED if unsupported else compare(answer, got, step.sql)
            if verdict is Verdict.SILENT and _differs_in_ties(answer, got, step.sql):
                verdict = Verdict.IDENTICAL
            if unsupported:
                tally.constructs[_construct(got)] += counted(step)
            depends = verdict not in (Verdict.IDENTICAL, Verdict.REFUSED) and refused.touches(step.sql)
            if (
                verdict is not Verdict.IDENTICAL
                and "error" not in answer
                and (unsupported or depends or "error" in got)
            ):
                refused.note(step.sql, in_block=session.in_transaction)
            refused.ended(step.sql)
            if counted(step):
                tally.counts[Verdict.REFUSED if depends else verdict] += 1
                if verdict is not Verdict.IDENTICAL and not depends:
                    tally.shown.append(f"{verdict}: {step.sql}\n    server: {answer}\n    fake:   {got}")
    finally:
        engine.close()
    return tally


def _differs_in_ties(wanted: dict[str, Any], got: dict[str, Any], sql: str) -> bool:
    """Whether two answers have the same rows, in an order that is the same as far as `ORDER BY 2, 1` asks for one."""
    keys = _ORDINALS.search(sql)
    rows, others = wanted.get("rows"), got.get("rows")
    if keys is None or rows is None or others is None or wanted.get("columns") != got.get("columns"):
        return False
    places = [int(place) - 1 for place in keys[1].split(",")]
    ordered = [[row[place] for place in places] for row in rows] == [[row[place] for place in places] for row in others]
    return ordered and sorted(map(str, rows)) == sorted(map(str, others))


def _construct(refusal: dict[str, Any]) -> str:
    """What a refusal names, without the numbers and names of the statement."""
    message = str(refusal.get("message", ""))
    return re.sub(r"\d+", "n", re.sub(r'"[^"]*"', '"..."', message))[:90]
