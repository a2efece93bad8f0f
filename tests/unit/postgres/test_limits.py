"""SQLite's limits (https://www.sqlite.org/limits.html) do not show through: statements as long as programs write them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres import Engine, Session


@pytest.fixture
def session() -> Iterator[Session]:
    engine = Engine(now=lambda: datetime(2024, 1, 1, tzinfo=UTC))
    engine.attach(sqlite3.connect(":memory:"))
    session = engine.session()
    session.execute_script("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, 'y')")
    yield session
    engine.close()


def many(count: int, between: str = ", ", item: str = "{}") -> str:
    return between.join(item.format(number) for number in range(count))


_PAIR = "'k{0}', {0}"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (f"SELECT count(*) FROM (VALUES {many(2000, item='({})')}) AS v (x)", 2000),
        (f"SELECT count(*) FROM t WHERE a IN ({many(6000)})", 2),
        (f"SELECT count(*) FROM t WHERE {many(3000, ' OR ', 'a = {}')}", 2),
        (f"SELECT count(*) FROM t WHERE {many(3000, ' AND ', 'a <> {}00')}", 2),
        (f"SELECT count(*) FROM ({many(200, ' UNION ALL ', 'SELECT {}')}) AS u", 200),
        (f"SELECT coalesce({many(3000, item='NULL')}, 7)", 7),
        (f"SELECT greatest({many(3000)})", 2999),
        (f"SELECT least({many(3000)})", 0),
        (f"SELECT cardinality(ARRAY[{many(3000)}])", 3000),
        (f"SELECT {many(200, ' + ', 'a')} FROM t WHERE a = 1", 200),
        (f"SELECT length({many(200, ' || ', 'b')}) FROM t WHERE a = 1", 200),
        (f"SELECT length(concat({many(100, item='b')})) FROM t WHERE a = 1", 100),
        (f"SELECT jsonb_array_length(jsonb_build_array({many(100)}))", 100),
        (f"SELECT jsonb_build_object({many(50, item=_PAIR)}) ->> 'k49'", "49"),
        (f"SELECT CASE a {many(900, ' ', 'WHEN {0} THEN {0}')} END FROM t WHERE a = 2", 2),
    ],
)
def test_long_statements_run(session: Session, query: str, answer: Any) -> None:
    assert session.execute(query).rows == [(answer,)]


@pytest.mark.parametrize(
    ("query", "sqlstate"),
    [
        (f"SELECT {many(1665)}", "54011"),
        (f"CREATE TABLE wide ({many(1601, item='c{} int')})", "54011"),
        (f"SELECT concat({many(101)})", "54023"),
        (f"SELECT 1 FROM t GROUP BY CUBE ({many(13, item='(a + {})')})", "54011"),
    ],
)
def test_limits_of_postgresql_are_its_own(session: Session, query: str, sqlstate: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # the state tells
        session.execute(query)
    assert getattr(caught.value, "sqlstate", None) == sqlstate


def test_a_join_of_too_many_tables_is_refused_by_name(session: Session) -> None:
    with pytest.raises(UnsupportedSQL, match="a join of more than 64 tables"):
        session.execute(f"SELECT 1 FROM {many(70, item='t AS j{}')}")


def test_greatest_computes_each_argument_once(session: Session) -> None:
    session.execute("CREATE SEQUENCE s")
    assert session.execute("SELECT greatest(nextval('s'), 0)").rows == [(1,)]
    assert session.execute("SELECT nextval('s')").rows == [(2,)]
