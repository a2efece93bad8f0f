"""Where a fake on SQLite goes wrong in silence (design: "Traps"). Expectations are PostgreSQL 18.6's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from nexus_testkit.errors import UnsupportedSQL


@pytest.fixture
def kv(sql: Any) -> Any:
    sql.run("CREATE TABLE kv (k text PRIMARY KEY, v int)", "INSERT INTO kv VALUES ('a', 1), ('b', 2)")
    return sql


def test_sum_over_rows_before_the_current_one_does_not_crash(kv: Any) -> None:
    query = "SELECT sum(v::bigint) OVER (ORDER BY k ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM kv ORDER BY k"
    assert kv.rows(query) == [(None,), (Decimal(1),)]


def test_an_unknown_quoted_name_is_no_text(kv: Any) -> None:
    error = kv.error('SELECT "a" FROM kv')
    assert (error.sqlstate, error.position) == ("42703", 8)


def test_a_scalar_subquery_of_two_rows_is_an_error(kv: Any) -> None:
    assert kv.error("SELECT (SELECT v FROM kv)").sqlstate == "21000"


def test_an_ungrouped_column_is_an_error(kv: Any) -> None:
    error = kv.error("SELECT k, count(*) FROM kv")
    assert error.message == 'column "kv.k" must appear in the GROUP BY clause or be used in an aggregate function'


@pytest.mark.parametrize("query", ["SELECT k + 1 FROM kv", "SELECT * FROM kv WHERE k = 1"])
def test_text_and_numbers_have_no_operators_together(kv: Any, query: str) -> None:
    assert kv.error(query).sqlstate == "42883"


def test_a_statement_that_changes_data_in_with_is_not_seen_by_the_rest(kv: Any) -> None:
    before = kv.rows("SELECT * FROM kv ORDER BY k")
    inserting = "WITH t AS (INSERT INTO kv VALUES ('zz', 3) RETURNING k) SELECT kv.* FROM kv ORDER BY k"
    assert kv.rows(inserting) == before
    assert kv.rows("SELECT k FROM kv WHERE k = 'zz'") == [("zz",)]


def test_on_conflict_meets_a_row_twice(kv: Any) -> None:
    query = "INSERT INTO kv VALUES ('q', 1), ('q', 2) ON CONFLICT (k) DO UPDATE SET v = excluded.v"
    assert kv.error(query).sqlstate == "21000"
    assert kv.value("SELECT count(*) FROM kv") == 2


def test_a_failed_insert_and_a_rolled_back_one_burn_their_ids(sql: Any) -> None:
    sql.run("CREATE TABLE t (id serial PRIMARY KEY, v text UNIQUE)", "INSERT INTO t (v) VALUES ('a')")
    assert sql.error("INSERT INTO t (v) VALUES ('a')").sqlstate == "23505"
    sql.run("BEGIN", "INSERT INTO t (v) VALUES ('b')", "ROLLBACK")
    assert sql.value("INSERT INTO t (v) VALUES ('c') RETURNING id") == 4


def test_parameters_take_the_type_that_the_context_wants(kv: Any) -> None:
    assert kv.rows("SELECT k FROM kv WHERE v = $1", 2.5) == [("b",)]
    error = kv.error("SELECT k FROM kv WHERE v = $1", "text")
    assert (
        error.message
        == "invalid input for query argument $1: 'text' ('str' object cannot be interpreted as an integer)"
    )


def test_averages_and_quotients_are_decimals_with_the_servers_scale(kv: Any) -> None:
    ((average, quotient, total),) = kv.rows("SELECT avg(v), 7/2.0, sum(v::bigint) FROM kv")
    assert [str(value) for value in (average, quotient, total)] == ["1.5000000000000000", "3.5000000000000000", "3"]
    assert all(type(value) is Decimal for value in (average, quotient, total))


def test_extract_is_numeric_and_date_part_is_double(sql: Any) -> None:
    ((extracted, part),) = sql.rows("SELECT extract(year FROM date '2026-05-01'), date_part('year', date '2026-05-01')")
    assert (type(extracted), type(part)) == (Decimal, float)


def test_case_over_a_collated_column_does_not_carry_its_collation(sql: Any) -> None:
    sql.run("CREATE TABLE t (n numeric, s text)", "INSERT INTO t VALUES (1.0, '1.0'), (1.00, '1.00')")
    query = "SELECT CASE WHEN n > 0 THEN s END AS c, count(*) FROM t GROUP BY 1 ORDER BY 1"
    assert sql.rows(query) == [("1.0", 1), ("1.00", 1)]


def test_case_folding_knows_more_than_ascii(sql: Any) -> None:
    assert sql.rows("SELECT lower('ÀB'), 'éc' ILIKE 'É%'") == [("àb", True)]


def test_text_sorts_by_code_point(sql: Any) -> None:
    assert sql.rows("SELECT x FROM (VALUES ('é'), ('b'), ('B')) AS v(x) ORDER BY x") == [("B",), ("b",), ("é",)]


def test_jsonb_numbers_compare_by_value(sql: Any) -> None:
    assert sql.value("SELECT '1'::jsonb = '1.0'::jsonb") is True


def test_a_unique_index_on_an_expression(sql: Any) -> None:
    sql.run(
        "CREATE TABLE t (email text)", "CREATE UNIQUE INDEX t_email ON t (lower(email))", "INSERT INTO t VALUES ('A')"
    )
    error = sql.error("INSERT INTO t VALUES ('a')")
    assert (error.constraint_name, error.detail) == ("t_email", "Key (lower(email))=(a) already exists.")


def test_altering_a_table_deletes_no_rows_that_refer_to_it(sql: Any) -> None:
    sql.run(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int REFERENCES p ON DELETE CASCADE)",
        "INSERT INTO p VALUES (1)",
        "INSERT INTO c VALUES (1)",
        "ALTER TABLE p ADD COLUMN x int NOT NULL DEFAULT 7 CHECK (x > 0)",
        "ALTER TABLE p DROP COLUMN x",
    )
    assert sql.rows("SELECT * FROM c") == [(1,)]
    assert sql.error("INSERT INTO c VALUES (2)").sqlstate == "23503"


def test_any_of_an_array_uses_the_index(kv: Any) -> None:
    assert kv.rows("SELECT v FROM kv WHERE k = ANY($1) ORDER BY v", ["a", "b", "z"]) == [(1,), (2,)]
    plan = kv.engine.connection.execute(
        "EXPLAIN QUERY PLAN SELECT v FROM kv WHERE k IN (SELECT value FROM json_each(?))", ('["a"]',)
    ).fetchall()
    assert any("kv_pkey" in row[3] for row in plan)


def test_json_has_no_containment(sql: Any) -> None:
    sql.run("CREATE TABLE t (tags json)")
    error = sql.error("SELECT * FROM t WHERE tags @> $1", ["x"])
    assert (error.sqlstate, error.message) == ("42883", "operator does not exist: json @> unknown")


def test_now_is_the_transactions_time(sql: Any) -> None:
    sql.run("BEGIN")
    assert (
        sql.value("SELECT now()")
        == sql.value("SELECT CURRENT_TIMESTAMP")
        == datetime.fromisoformat("2026-01-01T12:00:00+00:00")
    )


def test_a_column_may_be_called_rowid(sql: Any) -> None:
    sql.run(
        'CREATE TABLE t (k int PRIMARY KEY, rowid int, "_rowid_" int)', "INSERT INTO t VALUES (1, 500, 3), (2, 500, 4)"
    )
    query = "INSERT INTO t VALUES (1, 7, 7), (2, 8, 8) ON CONFLICT (k) DO UPDATE SET rowid = excluded.rowid RETURNING k, rowid"
    assert sql.rows(query) == [(1, 7), (2, 8)]
    sql.run("DELETE FROM t USING (VALUES (1)) AS v(x) WHERE v.x = t.k")
    assert sql.rows("SELECT k FROM t") == [(2,)]


def test_a_runaway_query_ends(sql: Any) -> None:
    sql.engine.step_limit = 2
    error = sql.error("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT count(*) FROM t")
    assert (error.sqlstate, error.message) == ("57014", "canceling statement due to statement timeout")
    assert sql.value("SELECT 1") == 1


@pytest.mark.parametrize(
    ("query", "construct"),
    [
        ("SELECT * FROM kv TABLESAMPLE system (10)", "TABLESAMPLE"),
        ("CREATE TABLE x (a int) PARTITION BY RANGE (a)", "PARTITION BY"),
        ("CREATE TABLE x () INHERITS (kv)", "INHERITS"),
        ("CREATE TABLE x (a int, EXCLUDE USING gist (a WITH =))", "an EXCLUDE constraint"),
        ("CREATE TABLE x (a text REFERENCES kv NOT ENFORCED)", "NOT ENFORCED"),
        ("DO $$ BEGIN END $$", "DO"),
        ("EXPLAIN SELECT 1", "EXPLAIN"),
        ("SELECT xmax FROM kv", "the system column xmax"),
        ("SELECT ROW(k, '{}'::jsonb) FROM kv", "a row value with jsonb in it"),
        ("SET datestyle = 'German'", "datestyle = German"),
        ("SELECT k FROM kv TABLESAMPLE BERNOULLI (50)", "TABLESAMPLE"),
        ("SELECT pid FROM pg_stat_activity", "the system catalogue pg_catalog.pg_stat_activity"),
        ("SELECT k FROM kv WHERE to_tsvector(k) @@ to_tsquery('a')", "tsvector"),
    ],
)
def test_what_the_fake_does_not_know_is_refused(kv: Any, query: str, construct: str) -> None:
    error = kv.error(query)
    assert isinstance(error, UnsupportedSQL)
    assert error.sqlstate == "0A000"
    assert construct in str(error)
    assert "on a real PostgreSQL" in str(error)
