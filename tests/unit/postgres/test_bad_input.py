"""Whatever comes in, what comes out is an answer or PostgreSQL's error, and the session goes on."""

import datetime as dt
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexus_testkit.errors import DatabaseError, DataError, UnsupportedSQL
from nexus_testkit.postgres import Engine

_NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def fresh_session():
    engine = Engine(now=lambda: _NOW)
    engine.attach(sqlite3.connect(":memory:"))
    session = engine.session()
    session.execute("CREATE TABLE t (id serial PRIMARY KEY, name varchar(5) NOT NULL, n int CHECK (n > 0), data jsonb)")
    session.execute("CREATE TYPE pair AS (a int, b text)")
    session.execute("INSERT INTO t (name, n, data) VALUES ('a', 1, '{\"k\": [1]}'), ('b', NULL, NULL)")
    return session


def require_usable(session):
    assert session.execute("SELECT 1").rows == [(1,)]


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("SELECT " + "+".join(["1"] * 6000), "54001"),
        ("SELECT " + " || ".join(["'a'"] * 6000), "54001"),
        (" UNION ALL ".join(["SELECT 1"] * 12000), "54001"),
        ("SELECT " + "(" * 10000 + "1" + ")" * 10000, "42601"),
        ("SELECT " + "abs(" * 6000 + "1" + ")" * 6000, "42601"),
        ("SELECT " + "CASE WHEN true THEN " * 3000 + "1" + " END" * 3000, "42601"),
    ],
)
def test_what_nests_too_deep_for_the_server_is_its_error(statement, state):
    session = fresh_session()
    with pytest.raises(DatabaseError) as caught:
        session.execute(statement)
    assert caught.value.sqlstate == state
    if state == "54001":
        assert caught.value.message == "stack depth limit exceeded"
    else:
        assert caught.value.message.startswith("memory exhausted at or near")
    require_usable(session)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT " + "+".join(["1"] * 1500),
        "SELECT " + "NOT " * 1500 + "true",
        "SELECT " + "(SELECT " * 700 + "1" + ")" * 700,
        "SELECT * FROM " + "(SELECT * FROM " * 300 + "(SELECT 1) x" + ") x" * 300,
        "SELECT ('[' || repeat('[', 5000) || repeat(']', 5000) || ']')::jsonb",
    ],
)
def test_what_nests_too_deep_for_the_fake_is_refused(statement):
    session = fresh_session()
    with pytest.raises(UnsupportedSQL):
        session.execute(statement)
    require_usable(session)


def test_a_failure_inside_fails_the_transaction():
    session = fresh_session()
    session.execute("BEGIN")
    with pytest.raises(UnsupportedSQL):
        session.execute("SELECT " + "+".join(["1"] * 1500))
    with pytest.raises(DatabaseError) as caught:
        session.execute("SELECT 1")
    assert caught.value.sqlstate == "25P02"
    session.execute("ROLLBACK")
    require_usable(session)


def test_wide_statements_run():
    session = fresh_session()
    many = range(10_000)
    listed = ", ".join(map(str, many))
    assert session.execute(f"SELECT count(*) FROM generate_series(0, 20000) g WHERE g IN ({listed})").rows == [
        (10_000,)
    ]
    ored = " OR ".join(f"g = {n}" for n in range(2000))
    assert session.execute(f"SELECT count(*) FROM generate_series(0, 5000) g WHERE {ored}").rows == [(2000,)]
    anded = " AND ".join(f"g <> {n}" for n in range(2000))
    assert session.execute(f"SELECT count(*) FROM generate_series(0, 2999) g WHERE {anded}").rows == [(1000,)]
    rows = ", ".join(f"({n}, 'x{n}')" for n in many)
    assert session.execute(f"SELECT count(*), max(n), min(t) FROM (VALUES {rows}) v (n, t)").rows == [
        (10_000, 9999, "x0")
    ]
    inserted = ", ".join(f"('x', {n + 1})" for n in many)
    assert session.execute(f"INSERT INTO t (name, n) VALUES {inserted}").status == "INSERT 0 10000"


def test_large_values_pass():
    session = fresh_session()
    literal = "x" * 1_048_576
    assert session.execute(f"SELECT length('{literal}')").rows == [(1_048_576,)]
    assert session.execute("SELECT length($1), $1", ("é" * 10_000_000,)).rows[0][0] == 10_000_000
    assert session.execute("SELECT cardinality($1::int[])", (list(range(100_000)),)).rows == [(100_000,)]
    document = {str(n): n for n in range(20_000)}
    assert session.execute("SELECT $1::jsonb", (document,)).rows == [(document,)]


@pytest.mark.parametrize("statement", ["SELECT '\0'", "\0", "SELECT 1\0"])
def test_nul_in_a_statement_is_refused_as_the_server_does(statement):
    session = fresh_session()
    with pytest.raises(DatabaseError) as caught:
        session.execute(statement)
    assert caught.value.sqlstate == "22021"
    require_usable(session)


def test_a_runaway_recursion_is_canceled():
    session = fresh_session()
    session.engine.step_limit = 2
    with pytest.raises(DatabaseError) as caught:
        session.execute("WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i FROM n) SELECT count(*) FROM n")
    assert caught.value.sqlstate == "57014"
    require_usable(session)


_WORDS = (
    "SELECT INSERT UPDATE DELETE MERGE INTO FROM WHERE VALUES SET WITH AS ON CONFLICT DO NOTHING RETURNING USING WHEN MATCHED "
    "THEN NOT NULL IS ORDER BY GROUP HAVING LIMIT OFFSET UNION ALL EXCEPT CASE END ELSE AND OR IN EXISTS ANY ARRAY ROW CAST "
    "JOIN LEFT LATERAL CREATE TABLE ALTER DROP INDEX VIEW TYPE PREPARE EXECUTE DECLARE CURSOR FOR FETCH CLOSE BEGIN COMMIT "
    "ROLLBACK SAVEPOINT SHOW RESET DEFAULT OLD NEW DISTINCT OVER PARTITION FILTER INTERVAL TRUE t id name n data pair old new "
    "excluded count(*) sum(n) max(name) now() t.* (t).id (1, 2) ( ) , ; . * = <> < + - || :: -> ->> #> @> ? => := [ ] $1 $2 1 "
    "0 -1 1.5 1e400 'x' '' '{1,2}' '{\"a\": 1}' '2024-01-01' int text int[] jsonb timestamptz pair"
)
WORDS = st.sampled_from(_WORDS.split())
STATEMENTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(WORDS, min_size=1, max_size=14).map(" ".join),
    st.lists(WORDS, max_size=8).map(lambda words: "SELECT " + " ".join(words)),
    st.lists(WORDS, max_size=8).map(lambda words: "SELECT * FROM t WHERE " + " ".join(words)),
    st.lists(WORDS, max_size=8).map(lambda words: "UPDATE t SET n = " + " ".join(words)),
    st.lists(WORDS, max_size=8).map(lambda words: "INSERT INTO t (name) VALUES " + " ".join(words)),
)
ARGUMENTS = st.lists(
    st.one_of(
        st.none(),
        st.integers(),
        st.floats(),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        st.binary(max_size=3),
        st.lists(st.integers(), max_size=3),
        st.dictionaries(st.text("ab", max_size=1), st.integers(), max_size=2),
    ),
    max_size=2,
)
SESSION = fresh_session()


def failure(run, *args):
    try:
        run(*args)
    except DatabaseError as error:
        return error
    return None


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STATEMENTS, ARGUMENTS)
def test_any_text_is_answered_or_refused(statement, args):
    for error in (failure(SESSION.execute, statement, args), failure(SESSION.execute_script, statement)):
        SESSION.reset()
        if error is not None:
            assert error.sqlstate or not isinstance(error, DataError)
            assert "failed inside" not in error.message, (statement, args)
    require_usable(SESSION)
