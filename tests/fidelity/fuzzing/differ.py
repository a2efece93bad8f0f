"""Both sides of an example, and what differs."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from collections import Counter
from types import TracebackType
from typing import Any, Self

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres import Engine
from tests.fidelity import server
from tests.fidelity.answers import Verdict, compare, count_of, of_error, of_rows
from tests.fidelity.fuzzing.statements import Statement


class Difference(AssertionError):
    """The fake and the server answered differently."""


class Differ:
    """A connection to a server and, for each example, a fresh fake beside it.

    Attributes:
        counts: statements by how they ended.
    """

    def __init__(self, url: str) -> None:
        """`url` of a database that may be emptied."""
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._connection: Any = None
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._connection = self._loop.run_until_complete(server.connect(self._url))
        self._loop.run_until_complete(server.empty(self._url))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()

    def run(self, definitions: list[str], statements: list[Statement]) -> None:
        """One example: tables, then statements.

        Raises:
            Difference: with what was asked and both answers.
        """
        engine = Engine(now=lambda: dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
        engine.step_limit = 20
        engine.attach(sqlite3.connect(":memory:"))
        session = engine.session()
        names = [definition.split()[2] for definition in definitions]
        history = list(definitions)
        try:
            for definition in definitions:
                session.execute(definition)
            self._loop.run_until_complete(self._connection.execute(";".join(definitions)))
            for statement in statements:
                got = self._fake(session, statement)
                if got is None:
                    self.counts["refused"] += 1
                    if statement.writes:
                        return
                    continue
                wanted = self._loop.run_until_complete(self._server(statement))
                _without_negative_zero(wanted)
                _without_negative_zero(got)
                if statement.joins and _fails_alone(wanted, got):
                    self.counts["of the plan"] += 1
                    if statement.writes:
                        return
                    continue
                verdict = compare(wanted, got, "ORDER BY" if statement.ordered else "")
                if verdict is Verdict.ERROR_TEXT:
                    verdict = Verdict.IDENTICAL
                self.counts["errors" if "error" in wanted else "rows"] += 1
                if verdict is not Verdict.IDENTICAL:
                    raise Difference(_report(verdict, history, statement, wanted, got))
                if statement.writes:
                    history.append(_shown(statement))
        finally:
            engine.close()
            self._loop.run_until_complete(self._connection.execute(f"DROP TABLE IF EXISTS {', '.join(names)} CASCADE"))

    @staticmethod
    def _fake(session: Any, statement: Statement) -> dict[str, Any] | None:
        try:
            result = session.execute(statement.sql, statement.args)
        except UnsupportedSQL:
            return None
        except DatabaseError as error:
            return of_error(error)
        except Exception as error:  # noqa: BLE001  # a traceback from inside is an answer that no server gives
            return {"error": "crash", "message": repr(error)}
        return of_rows(list(result.columns), result.rows, result.status, result.rowcount)

    async def _server(self, statement: Statement) -> dict[str, Any]:
        try:
            prepared = await self._connection.prepare(statement.sql)
            rows = await prepared.fetch(*statement.args)
        except Exception as error:  # noqa: BLE001  # whatever the server or the driver says is the answer
            return of_error(error)
        status = prepared.get_statusmsg() or ""
        columns = [attribute.name for attribute in prepared.get_attributes()]
        return of_rows(columns, [tuple(row.values()) for row in rows], status, count_of(status))


def _fails_alone(wanted: dict[str, Any], got: dict[str, Any]) -> bool:
    """Whether a value was an error (class 22) on one side only."""
    codes = [answer.get("error") for answer in (wanted, got)]
    return None in codes and any(code is not None and code.startswith("22") for code in codes)


def _without_negative_zero(answer: dict[str, Any]) -> None:
    """SQLite stores a negative zero as zero: a limit that `values.scalars` declares."""
    if "rows" in answer:
        answer["rows"] = [["0.0" if value == "-0.0" else value for value in row] for row in answer["rows"]]


def _shown(statement: Statement) -> str:
    return statement.sql + (f"\n    <- {', '.join(map(repr, statement.args))}" if statement.args else "")


def _report(verdict: str, history: list[str], statement: Statement, wanted: Any, got: Any) -> str:
    """The example as a scenario, ready to be put into `scenarios/`."""
    setup = "\n".join(f"+ {line}" for line in history)
    return f"{verdict}\n{setup}\n{_shown(statement)}\n# server: {wanted}\n# fake:   {got}"
