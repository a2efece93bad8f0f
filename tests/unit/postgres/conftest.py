"""A database of its own for each test."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres import Engine, Session


class Sql:
    """A session, and what its statements answer."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.engine = session.engine

    def run(self, *statements: str) -> None:
        """Run statements."""
        for statement in statements:
            self.session.execute(statement)

    def rows(self, query: str, *args: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.session.execute(query, args).rows

    def value(self, query: str, *args: Any) -> Any:
        """The one value of a query."""
        ((value,),) = self.rows(query, *args)
        return value

    def error(self, query: str, *args: Any) -> DatabaseError:
        """The error of a statement that must fail."""
        with pytest.raises(DatabaseError) as caught:
            self.session.execute(query, args)
        return caught.value

    def other(self) -> Sql:
        """Another session on the same database."""
        return Sql(self.engine.session())


@pytest.fixture(autouse=True)
def _engines_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever engine a test makes is closed at its end: from Python 3.13 on, sqlite3 warns of a connection that is not."""
    made: list[Engine] = []
    attach = Engine.attach

    def noted(engine: Engine, connection: sqlite3.Connection) -> None:
        made.append(engine)
        attach(engine, connection)

    monkeypatch.setattr(Engine, "attach", noted)
    yield
    for engine in made:
        engine.close()


@pytest.fixture
def sql() -> Iterator[Sql]:
    """A session on a fresh, empty database whose time stands still."""
    engine = Engine(now=lambda: dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC))
    engine.attach(sqlite3.connect(":memory:"))
    yield Sql(engine.session())
    engine.close()
