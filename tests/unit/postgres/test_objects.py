"""Views, schemas, temporary tables, domains: what a scenario of statements alone cannot show."""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import Any

from nexus_testkit.postgres import Engine
from nexus_testkit.postgres import compile as compiler


def test_a_temporary_table_is_gone_with_its_session(sql: Any) -> None:
    other = sql.other()
    other.run("CREATE TEMP TABLE work (id int)", "INSERT INTO work VALUES (1)")
    assert sql.error("SELECT * FROM work").sqlstate == "42P01"
    other.session.close()
    assert not any("work" in name for name in sql.engine.catalog.tables)
    assert sql.error("SELECT * FROM work").sqlstate == "42P01"


def test_two_sessions_have_temporary_tables_of_one_name(sql: Any) -> None:
    other = sql.other()
    sql.run("CREATE TEMP TABLE work (id int)", "INSERT INTO work VALUES (1)")
    other.run("CREATE TEMP TABLE work (id int)", "INSERT INTO work VALUES (2), (3)")
    query = "SELECT count(*) FROM work"
    assert [sql.value(query), other.value(query), sql.value(query)] == [1, 2, 1]


def test_a_cached_plan_is_not_used_under_another_search_path(sql: Any) -> None:
    sql.run("CREATE SCHEMA app", "CREATE TABLE app.t (v text)", "CREATE TABLE t (v text)")
    sql.run("INSERT INTO app.t VALUES ('app')", "INSERT INTO t VALUES ('public')")
    other = sql.other()
    query = "SELECT v FROM t"
    assert sql.value(query) == "public"
    sql.run("SET search_path TO app")
    assert [sql.value(query), other.value(query)] == ["app", "public"]
    sql.session.reset()
    assert sql.value(query) == "public"


def test_a_default_keeps_its_sequence_under_another_search_path(sql: Any) -> None:
    sql.run(
        "CREATE SEQUENCE s START 100", "CREATE TABLE t (id serial, n int DEFAULT nextval('s'))", "CREATE SCHEMA app"
    )
    sql.run("CREATE SEQUENCE app.s", "SET search_path TO app")
    assert sql.rows("INSERT INTO public.t DEFAULT VALUES RETURNING id, n") == [(1, 100)]


def test_errors_carry_the_schema_of_the_table(sql: Any) -> None:
    sql.run("CREATE SCHEMA app", "CREATE TABLE app.t (id int PRIMARY KEY, n int NOT NULL CHECK (n > 0))")
    sql.run("INSERT INTO app.t VALUES (1, 1)")
    for statement in ("(1, 1)", "(2, 0)", "(2, NULL)"):
        error = sql.error(f"INSERT INTO app.t VALUES {statement}")
        assert (error.schema_name, error.table_name) == ("app", "t")
        assert "\x1f" not in str(error)


def test_errors_carry_the_domain(sql: Any) -> None:
    sql.run("CREATE SCHEMA app", "CREATE DOMAIN app.positive AS int NOT NULL CHECK (VALUE > 0)")
    error = sql.error("SELECT 0::app.positive")
    assert (error.schema_name, error.data_type_name) == ("app", "positive")
    assert error.message == 'value for domain app.positive violates check constraint "positive_check"'
    assert sql.error("SELECT NULL::app.positive").data_type_name == "positive"


def test_what_cannot_be_written_through_says_what_to_do(sql: Any) -> None:
    sql.run("CREATE TABLE t (id int)", "CREATE VIEW v AS SELECT count(*) FROM t")
    assert sql.error("INSERT INTO v VALUES (1)").hint == (
        "To enable inserting into the view, provide an INSTEAD OF INSERT trigger or an unconditional ON INSERT DO INSTEAD rule."
    )
    error = sql.error("DROP TABLE t")
    assert error.hint == "Use DROP ... CASCADE to drop the dependent objects too."
    assert sql.error("CREATE OR REPLACE VIEW v AS SELECT 1 AS other").hint == (
        "Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead."
    )


def test_worlds_with_the_same_views_share_plans(monkeypatch: Any) -> None:
    compiled: list[str] = []
    real = compiler.compile_statement

    def counting(query: str, *args: Any) -> Any:
        compiled.append(query)
        return real(query, *args)

    monkeypatch.setattr(compiler, "compile_statement", counting)
    statements = [
        "CREATE TYPE shared_mood AS ENUM ('sad', 'ok')",
        "CREATE TABLE shared_t (id int, m shared_mood)",
        "CREATE VIEW shared_v AS SELECT id, m FROM shared_t",
        "INSERT INTO shared_v VALUES (1, 'ok')",
        "SELECT m FROM shared_v",
    ]
    for _ in range(2):
        engine = Engine(now=lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        engine.attach(sqlite3.connect(":memory:"))
        session = engine.session()
        assert [session.execute(statement).rows for statement in statements][-1] == [("ok",)]
        engine.close()
    assert sorted(compiled) == sorted(statements)


def test_a_new_label_of_an_enum_waits_for_the_commit_also_as_a_parameter(sql: Any) -> None:
    sql.run("CREATE TYPE mood AS ENUM ('sad')", "CREATE TABLE t (m mood, l mood[])")
    sql.run("BEGIN", "ALTER TYPE mood ADD VALUE 'ok'", "SAVEPOINT s")
    assert sql.error("INSERT INTO t (m) VALUES ($1)", "ok").sqlstate == "55P04"
    sql.run("ROLLBACK TO s")
    assert sql.error("INSERT INTO t (l) VALUES ($1)", ["ok"]).sqlstate == "55P04"
    sql.run("ROLLBACK TO s", "COMMIT")
    sql.session.execute("INSERT INTO t VALUES ($1, $2)", ("ok", ["ok"]))
    assert sql.rows("SELECT * FROM t") == [("ok", ["ok"])]


def test_comments_are_kept_with_their_object(sql: Any) -> None:
    sql.run("CREATE TABLE t (id int)", "COMMENT ON TABLE t IS 'a table'", "COMMENT ON COLUMN t.id IS 'a column'")
    sql.run("ALTER TABLE t RENAME COLUMN id TO key", "ALTER TABLE t RENAME TO things")
    assert dict(sql.engine.catalog.comments) == {
        ("relation", "things", ""): "a table",
        ("column", "things", "key"): "a column",
    }
    sql.run("DROP TABLE things")
    assert not sql.engine.catalog.comments
