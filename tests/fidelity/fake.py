"""Scenarios on the fake."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nexus_testkit.adapters.fake.database_ranges import bit_class, range_class
from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres import Engine, MustWait, Session
from nexus_testkit.postgres.values import bitclass, rangetypes
from tests.fidelity.answers import Verdict, compare, of_error, of_rows
from tests.fidelity.scenarios import Record, Scenario, Step, expected

rangetypes.use(range_class)
bitclass.use(bit_class)

_READS = re.compile(r"\s*(select|show|values|table)\b", re.IGNORECASE)


@dataclass(slots=True)
class Outcome:
    """What the fake answered to a step, beside the record."""

    step: Step
    wanted: dict[str, Any]
    got: dict[str, Any]
    verdict: Verdict

    def __str__(self) -> str:
        args = f"\n    arguments: {self.step.args}" if self.step.args else ""
        return f"{self.verdict}: {self.step.sql}{args}\n    server: {self.wanted}\n    fake:   {self.got}"


class _Clock:
    """Time that begins when the record was made and goes on with each look at it."""

    def __init__(self, start: dt.datetime) -> None:
        self._now = start

    def __call__(self) -> dt.datetime:
        self._now += dt.timedelta(microseconds=137)
        return self._now


def replay(scenario: Scenario, record: Record) -> Iterator[Outcome]:
    """Each step's outcome. A scenario marked as refused ends at its first refusal.

    What differs because a change before it was refused counts as refused as well.
    """
    engine = Engine(now=_Clock(record.recorded_at))
    engine.attach(sqlite3.connect(":memory:"))
    sessions: dict[int, Session] = {}
    wanted = expected(scenario, record)
    try:
        for step in scenario.setup:
            got, refused = ask(sessions.setdefault(1, engine.session()), step)
            if "error" in got:
                verdict = Verdict.REFUSED if refused else Verdict.ERROR
                yield Outcome(step, {"setup": "succeeds"}, got, verdict)
                return
        missing = False  # whether something that was refused would have changed what the next steps see
        for step, answer in zip(scenario.steps, wanted, strict=True):
            session = sessions.setdefault(step.session, engine.session())
            got, refused = ask(session, step)
            verdict = Verdict.REFUSED if refused else compare(answer, got, step.sql)
            if missing and verdict is not Verdict.IDENTICAL:
                verdict = Verdict.REFUSED
            yield Outcome(step, answer, got, verdict)
            if refused and scenario.refused:
                return
            missing |= refused and (session.in_transaction or not _READS.match(step.sql))
    finally:
        engine.close()


def ask(session: Session, step: Step) -> tuple[dict[str, Any], bool]:
    """What the fake answers to a step, and whether that is a refusal."""
    try:
        if step.protocol == "script" or step.setup:
            result = session.execute_script(step.sql)
        elif step.protocol == "many":
            session.execute_many(step.sql, step.values())
            return {"status": "", "rowcount": 0}, False
        else:
            result = session.execute(step.sql, step.values())
    except UnsupportedSQL as error:
        return of_error(error), True
    except MustWait:
        return {"error": "waits", "message": "another session is the writer"}, True
    except DatabaseError as error:
        return of_error(error), False
    except Exception as error:  # noqa: BLE001  # a traceback from inside is an answer that no server gives
        return {"error": "crash", "message": repr(error)}, False
    if step.protocol == "script":  # asyncpg's execute() gives the tag alone
        return {"status": result.status, "rowcount": result.rowcount}, False
    return of_rows(list(result.columns), result.rows, result.status, result.rowcount), False
