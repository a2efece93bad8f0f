"""Transactions, waiting, scripts, shared plans."""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import Any

import pytest

from nexus_testkit.errors import InterfaceError
from nexus_testkit.postgres import Engine, MustWait
from nexus_testkit.postgres import compile as compiler


@pytest.fixture
def table(sql: Any) -> Any:
    sql.run("CREATE TABLE t (id serial PRIMARY KEY, v text UNIQUE)")
    return sql


def test_a_failed_transaction_runs_nothing_until_its_end(table: Any) -> None:
    table.run("BEGIN", "INSERT INTO t (v) VALUES ('a')")
    table.error("SELECT 1/0")
    assert table.error("SELECT 1").sqlstate == "25P02"
    assert table.session.execute("COMMIT").status == "ROLLBACK"
    assert table.value("SELECT count(*) FROM t") == 0


def test_ddl_rolls_back_with_what_was_written(table: Any) -> None:
    table.run(
        "BEGIN",
        "CREATE TABLE u (a int)",
        "ALTER TABLE t ADD COLUMN w int",
        "SAVEPOINT s",
        "DROP TABLE t",
        "ROLLBACK TO s",
    )
    table.run("INSERT INTO t (v, w) VALUES ('a', 1)", "ROLLBACK")
    assert table.error("SELECT * FROM u").sqlstate == "42P01"
    assert table.session.execute("SELECT * FROM t").columns == ("id", "v")


def test_others_read_what_is_committed_while_a_transaction_has_written(table: Any) -> None:
    other = table.other()
    table.run("BEGIN")
    assert other.value("SELECT count(*) FROM t") == 0
    table.run("INSERT INTO t (v) VALUES ('a')")
    assert other.value("SELECT count(*) FROM t") == 0
    assert table.value("SELECT count(*) FROM t") == 1
    table.run("COMMIT")
    assert other.value("SELECT count(*) FROM t") == 1


def test_who_waits_says_for_whom(table: Any) -> None:
    other = table.other()
    table.run("BEGIN", "INSERT INTO t (v) VALUES ('a')")
    with pytest.raises(MustWait) as waiting:
        other.run("INSERT INTO t (v) VALUES ('a')")
    assert waiting.value.holder is table.session
    table.run("ROLLBACK")
    other.run("INSERT INTO t (v) VALUES ('a')")
    assert table.value("SELECT id FROM t") == 2


def test_an_update_that_changes_nothing_locks_its_row(table: Any) -> None:
    other = table.other()
    table.run("INSERT INTO t (v) VALUES ('a')", "BEGIN", "UPDATE t SET v = v")
    with pytest.raises(MustWait):
        other.run("UPDATE t SET v = 'b'")
    table.run("COMMIT")
    other.run("UPDATE t SET v = 'b'")


def test_a_row_that_is_deleted_and_inserted_again_is_another_one(table: Any) -> None:
    other = table.other()
    table.run("INSERT INTO t (v) VALUES ('a')", "BEGIN", "DELETE FROM t", "INSERT INTO t (v) VALUES ('a')")
    with pytest.raises(MustWait):
        other.run("UPDATE t SET v = 'b'")
    table.run("COMMIT")
    assert other.session.execute("UPDATE t SET v = 'b'").rowcount == 0


def test_when_the_last_transaction_has_ended_nobody_is_in_the_crowd(table: Any) -> None:
    other = table.other()
    engine = table.session.engine
    table.run("BEGIN", "INSERT INTO t (v) VALUES ('a')")
    other.run("BEGIN", "INSERT INTO t (v) VALUES ('b')")
    assert engine.writer not in (None, table.session, other.session)
    table.run("COMMIT")
    other.run("ROLLBACK")
    assert engine.writer is None
    assert table.rows("SELECT v FROM t") == [("a",)]


def test_a_circle_of_advisory_locks_is_a_deadlock(sql: Any) -> None:
    other = sql.other()
    sql.run("SELECT pg_advisory_lock(1)")
    other.run("SELECT pg_advisory_lock(2)")
    with pytest.raises(MustWait):
        other.run("SELECT pg_advisory_lock(1)")
    assert sql.error("SELECT pg_advisory_lock(2)").sqlstate == "40P01"


def test_a_circle_of_rows_is_a_deadlock(table: Any) -> None:
    other = table.other()
    table.run("INSERT INTO t (v) VALUES ('a'), ('b')", "BEGIN", "UPDATE t SET v = 'x' WHERE id = 1")
    other.run("BEGIN", "UPDATE t SET v = 'y' WHERE id = 2")
    with pytest.raises(MustWait):
        other.run("UPDATE t SET v = 'z' WHERE id = 1")
    assert table.error("UPDATE t SET v = 'z' WHERE id = 2").sqlstate == "40P01"
    other.run("UPDATE t SET v = 'z' WHERE id = 1", "COMMIT")
    assert other.rows("SELECT v FROM t ORDER BY id") == [("z",), ("y",)]


def test_locked_rows_keep_other_writers_out(table: Any) -> None:
    other = table.other()
    table.run("INSERT INTO t (v) VALUES ('a')", "BEGIN", "SELECT * FROM t FOR UPDATE")
    other.run("BEGIN")
    with pytest.raises(MustWait):
        other.rows("SELECT * FROM t FOR UPDATE")
    table.run("UPDATE t SET v = 'b'", "COMMIT")
    assert other.rows("SELECT v FROM t FOR UPDATE") == [("b",)]
    other.run("ROLLBACK", "BEGIN READ ONLY")
    assert (
        other.error("SELECT * FROM t FOR UPDATE").message
        == "cannot execute SELECT FOR UPDATE in a read-only transaction"
    )


def test_a_transactions_lock_ends_with_it(sql: Any) -> None:
    other = sql.other()
    sql.run("BEGIN", "SELECT pg_advisory_xact_lock(7)")
    assert other.value("SELECT pg_try_advisory_xact_lock(7)") is False
    sql.run("COMMIT")
    assert other.value("SELECT pg_try_advisory_xact_lock(7)") is True


def test_a_script_is_one_transaction(table: Any) -> None:
    with pytest.raises(Exception, match="duplicate key"):
        table.session.execute_script("INSERT INTO t (v) VALUES ('a'); INSERT INTO t (v) VALUES ('a')")
    assert table.value("SELECT count(*) FROM t") == 0
    assert not table.session.in_transaction
    result = table.session.execute_script("INSERT INTO t (v) VALUES ('x'); SELECT v FROM t")
    assert result.rows == [("x",)]


def test_a_script_may_hold_its_own_transactions(table: Any) -> None:
    table.session.execute_script("BEGIN; INSERT INTO t (v) VALUES ('a'); COMMIT; BEGIN; INSERT INTO t (v) VALUES ('b')")
    assert table.session.in_transaction
    table.run("ROLLBACK")
    assert table.rows("SELECT v FROM t") == [("a",)]


def test_a_prepared_statement_is_one_statement(sql: Any) -> None:
    assert sql.error("SELECT 1; SELECT 2").message == "cannot insert multiple commands into a prepared statement"


def test_the_number_of_arguments_is_asyncpgs_error(sql: Any) -> None:
    error = sql.error("SELECT $1::int + $2::int", 1)
    assert isinstance(error, InterfaceError)
    assert error.message == "the server expects 2 arguments for this query, 1 was passed"
    assert error.hint == "Check the query against the passed list of arguments."


def test_a_second_world_with_the_same_schema_compiles_nothing(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    table.run("INSERT INTO t (v) VALUES ('a')")
    monkeypatch.setattr(compiler, "compile_statement", lambda *_: pytest.fail("compiled again"))
    second = Engine(now=lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    second.attach(sqlite3.connect(":memory:"))
    session = second.session()
    session.execute("CREATE TABLE t (id serial PRIMARY KEY, v text UNIQUE)")
    session.execute("INSERT INTO t (v) VALUES ('a')")
    second.close()


def test_execute_many_is_all_or_nothing(table: Any) -> None:
    with pytest.raises(Exception, match="duplicate key"):
        table.session.execute_many("INSERT INTO t (v) VALUES ($1)", [("a",), ("a",)])
    assert table.value("SELECT count(*) FROM t") == 0
    assert table.session.execute_many("INSERT INTO t (v) VALUES ($1)", [("a",), ("b",)]).rowcount == 2


def test_a_closed_session_says_so(sql: Any) -> None:
    sql.session.close()
    assert isinstance(sql.error("SELECT 1"), InterfaceError)


def test_settings_go_back_with_the_transaction(sql: Any) -> None:
    sql.run("BEGIN", "SET application_name = 'x'", "SET LOCAL statement_timeout = '1s'")
    assert sql.value("SHOW statement_timeout") == "1s"
    sql.run("ROLLBACK")
    assert sql.rows("SHOW application_name") == [("",)]
    assert sql.value("SHOW statement_timeout") == "0"
