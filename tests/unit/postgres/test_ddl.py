"""What no scenario shows of changes of tables: refusals that leave everything as it was, and several worlds with one plan."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres import Engine, Session


def _session() -> Session:
    engine = Engine(now=lambda: dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    engine.attach(sqlite3.connect(":memory:"))
    return engine.session()


def test_a_refused_check_leaves_the_table_readable() -> None:
    session = _session()
    session.execute("CREATE TABLE t (a int, many int[])")
    session.execute("INSERT INTO t VALUES (1, '{1,2}')")
    with pytest.raises(UnsupportedSQL):
        session.execute(
            "ALTER TABLE t ADD CONSTRAINT one_of CHECK (a = ANY (many) AND (a, 2) IN ((1, 2), (3, a)) OR a = ALL (many))"
        )
    assert session.execute("SELECT a FROM t").rows == [(1,)]
    session.execute("ALTER TABLE t ADD COLUMN b int DEFAULT 2")
    assert session.execute("SELECT a, b FROM t").rows == [(1, 2)]


def test_an_error_of_a_virtual_column_is_refused_where_the_server_would_raise_it_later() -> None:
    session = _session()
    session.execute("CREATE TABLE t (a int, b int GENERATED ALWAYS AS (10 / a))")
    with pytest.raises(UnsupportedSQL, match="virtual columns"):
        session.execute("INSERT INTO t (a) VALUES (0)")
    session.execute("INSERT INTO t (a) VALUES (5)")
    assert session.execute("SELECT b FROM t").rows == [(2,)]


def test_a_failing_rebuild_leaves_no_trace() -> None:
    session = _session()
    session.execute("CREATE TABLE p (id int PRIMARY KEY)")
    session.execute("CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE, t text UNIQUE)")
    session.execute("INSERT INTO p VALUES (1)")
    session.execute("INSERT INTO c VALUES (1, 1, '1'), (2, 1, 'x')")
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
    before = session.engine.connection.execute(schema).fetchall()
    with pytest.raises(Exception, match="invalid input syntax for type integer"):
        session.execute("ALTER TABLE c ALTER COLUMN t TYPE int USING t::int")
    assert session.engine.connection.execute(schema).fetchall() == before
    session.execute("DELETE FROM p")
    assert session.execute("SELECT count(*) FROM c").rows == [(0,)]


def test_a_second_world_runs_the_same_changes_from_the_cache() -> None:
    statements = [
        "CREATE TABLE t (id serial PRIMARY KEY, a text)",
        "INSERT INTO t (a) VALUES ('1'), ('2')",
        "ALTER TABLE t ALTER COLUMN a TYPE int USING a::int, ADD COLUMN b int GENERATED ALWAYS AS (a + 1) STORED",
        "ALTER TABLE t RENAME COLUMN a TO amount",
        "CREATE UNIQUE INDEX ON t (amount) NULLS NOT DISTINCT",
    ]
    catalogs = []
    for _ in range(2):
        session = _session()
        for statement in statements:
            session.execute(statement)
        assert session.execute("SELECT id, amount, b FROM t ORDER BY id").rows == [(1, 1, 2), (2, 2, 3)]
        assert session.execute("INSERT INTO t (amount) VALUES (7) RETURNING id, b").rows == [(3, 8)]
        catalogs.append(session.engine.catalog)
    assert catalogs[0] is catalogs[1]


def test_immediate_constraints_are_refused_where_transactions_overlap() -> None:
    first = _session()
    first.execute("CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    first.execute("CREATE TABLE other (id int)")
    second = first.engine.session()
    first.execute("BEGIN")
    second.execute("BEGIN")
    second.execute("INSERT INTO other VALUES (1)")
    first.execute("INSERT INTO t VALUES (1), (1)")
    second.execute("COMMIT")
    with pytest.raises(UnsupportedSQL, match="SET CONSTRAINTS"):
        first.execute("SET CONSTRAINTS ALL IMMEDIATE")
