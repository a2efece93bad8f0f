"""`nexus-testkit sql`: what a statement becomes, its types, or why it is refused."""

import json

import pytest
from typer.testing import CliRunner

from nexus_testkit.cli import app

SCHEMA = "CREATE TABLE users (id serial PRIMARY KEY, name varchar(20) NOT NULL, tags text[], paid numeric(10, 2));"


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "schema.sql"
    path.write_text(SCHEMA)

    def run(*arguments, given=None):
        return CliRunner().invoke(app, ["sql", *arguments, "--schema", str(path)], input=given)

    return run


def test_a_query_with_its_types(run):
    result = run("SELECT id, name, tags, paid, now() AS at FROM users WHERE id = $1 AND name ILIKE $2")
    assert result.exit_code == 0
    head, sqlite = result.stdout.split("SQLite runs\n")
    assert head.splitlines() == [
        "parameters  $1 integer, $2 text",
        "columns     id integer, name character varying, tags text[], paid numeric, at timestamp with time zone",
        "status      SELECT",
    ]
    assert sqlite.startswith('  SELECT t0."id" AS c0')


def test_a_change_as_json(run):
    result = run("INSERT INTO users (name) VALUES ($1) RETURNING id", "--json")
    found = json.loads(result.stdout)
    (sqlite,) = found.pop("sqlite")
    assert found == {
        "parameters": ["character varying"],
        "columns": [["id", "integer"]],
        "status": "INSERT 0",
        "changes": "users",
    }
    assert sqlite.isprintable()


def test_a_statement_in_several_steps(run):
    added = "WITH added AS (INSERT INTO users (name) VALUES ('ann') RETURNING id) SELECT id FROM added"
    result = run(added, "--json")
    assert len(json.loads(result.stdout)["sqlite"]) > 2


def test_a_merge_says_what_is_done_for_each_row(run):
    result = run("MERGE INTO users USING (VALUES (1)) v (n) ON id = n WHEN MATCHED THEN DELETE", "--json")
    assert any(sql.endswith("-- DELETE, for each row") for sql in json.loads(result.stdout)["sqlite"])


def test_what_the_session_does_itself(run):
    assert run("BEGIN").stdout == "status      BEGIN\nnothing for SQLite to run\n"


def test_an_empty_statement(run):
    assert run("-", given=" ; ").stdout == "an empty statement\n"


def test_a_statement_from_standard_input_that_changes_the_schema(run):
    result = run("-", given="CREATE TABLE a (x int)")
    assert result.stdout == 'status      CREATE TABLE\nSQLite runs\n  CREATE TABLE "a" ("x" INTEGER)\n'


def test_an_error_of_postgresql_has_its_code_and_place(run):
    result = run("SELECT foo FROM users")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        'UndefinedColumn (42703): column "foo" does not exist',
        "LINE 1: SELECT foo FROM users",
        "               ^",
    ]
    found = json.loads(run("SELECT foo FROM users", "--json").stdout)
    assert (found["refused"], found["sqlstate"], found["position"]) == (False, "42703", 8)


def test_a_refusal_names_the_construct_and_a_way_out(run):
    result = run("SELECT ts_rank('a', 'b')")
    assert result.exit_code == 3
    assert "function ts_rank(tsvector, tsquery)" in result.stderr
    assert "HINT:" in result.stderr
    found = json.loads(run("SELECT ts_rank('a', 'b')", "--json").stdout)
    assert (found["refused"], found["construct"]) == (True, "function ts_rank(tsvector, tsquery)")


def test_a_schema_that_is_not_there(run, tmp_path):
    result = run("SELECT 1", "--schema", str(tmp_path / "none.sql"))
    assert result.exit_code == 2
    assert "none.sql cannot be read" in result.stderr


def test_a_schema_that_is_wrong_says_where(run, tmp_path):
    path = tmp_path / "wrong.sql"
    path.write_text("CREATE TABLE a (x strange);")
    result = run("SELECT 1", "--schema", str(path))
    assert result.exit_code == 2
    assert 'wrong.sql: type "strange" does not exist' in result.stderr
    assert "LINE 1: CREATE TABLE a (x strange);" in result.stderr
