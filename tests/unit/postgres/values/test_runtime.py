"""The runtime inside SQLite: registration, errors, collations, rows, sessions, and the clock."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres import placeholders, values
from nexus_testkit.postgres.values import lowering
from nexus_testkit.postgres.values.functions import RUNTIME

NOW = datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)


@pytest.fixture
def connection():
    made = sqlite3.connect(":memory:")
    yield made
    made.close()


@pytest.fixture
def session(connection):
    return values.register(connection, now=lambda: NOW)


def one(connection, sql, *arguments):
    return placeholders.execute(connection, sql, arguments).fetchone()[0]


def test_every_template_names_only_what_is_registered():
    known = {*RUNTIME, *values.AGGREGATE_NAMES, *values.COLLATIONS}
    for signature, template in lowering.FUNCTIONS.items():
        words = {word for word in template.replace("(", " ").replace(",", " ").split() if word.startswith("pg_")}
        assert words <= known, signature
        assert values.mentioned(template) == words, signature


def test_registering_by_need_gives_just_those_names(connection):
    session = values.register(connection, now=lambda: NOW, only=())
    with pytest.raises(sqlite3.OperationalError, match="no such function"):
        one(connection, "SELECT pg_lower('A')")
    values.provide(connection, session, values.mentioned("SELECT pg_lower(x) COLLATE pg_numeric"))
    assert one(connection, "SELECT pg_lower('É')") == "é"
    with pytest.raises(sqlite3.OperationalError, match="no such function"):
        one(connection, "SELECT pg_upper('A')")


def test_unknown_name_is_refused(connection):
    with pytest.raises(KeyError, match="pg_nonsense"):
        values.register(connection, only=["pg_nonsense"])


def test_error_inside_a_function_is_pending_once(connection, session):
    with pytest.raises(sqlite3.OperationalError):
        one(connection, "SELECT pg_int4_div(1, 0)")
    error = session.take_pending()
    assert isinstance(error, DatabaseError)
    assert (error.sqlstate, error.message) == ("22012", "division by zero")
    assert session.take_pending() is None


def test_error_inside_an_aggregate_is_pending(connection, session):
    connection.execute("CREATE TABLE t (v TEXT)")
    connection.execute("INSERT INTO t VALUES ('[1]'), (NULL)")
    with pytest.raises(sqlite3.OperationalError):
        one(connection, "SELECT pg_agg_array_agg_array(v) FROM t")
    assert session.take_pending().sqlstate == "22004"


def test_bug_inside_a_function_is_an_internal_error_with_its_cause(connection, session):
    with pytest.raises(sqlite3.OperationalError):
        one(connection, "SELECT pg_lower(5)")
    error = session.take_pending()
    assert error.sqlstate == "XX000"
    assert "pg_lower" in error.message
    assert isinstance(error.__cause__, AttributeError)


def test_raise_has_the_servers_words(connection, session):
    with pytest.raises(sqlite3.OperationalError):
        one(connection, "SELECT pg_raise('21000')")
    assert session.take_pending().message == "more than one row returned by a subquery used as an expression"


def test_unique_index_over_a_runtime_function_and_collation(connection, session):
    connection.execute("CREATE TABLE users (email TEXT, price TEXT COLLATE pg_numeric)")
    connection.execute("CREATE UNIQUE INDEX i ON users (pg_lower(email))")
    connection.execute("CREATE UNIQUE INDEX j ON users (price)")
    connection.execute("INSERT INTO users VALUES ('A@x', '1.0')")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO users VALUES ('a@X', '2')")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO users VALUES ('b', '1.00')")


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("numeric", ["-Infinity", "-1.5", "0.001", "9", "10", "1e10", "Infinity", "NaN"]),
        ("float8", ["-inf", "-1", "0", "1e300", "inf", "nan"]),
        ("interval", ["-1 day", "1 hour", "25:00", "29 days", "1 mon", "31 days"]),
        ("jsonb", ["[]", "null", '"a"', '"b"', "1", "2.5", "false", "true", "[1]", "[0,0]", "{}", '{"a":1}']),
        ("timestamp", ["-infinity", "0001-01-01", "2026-01-01", "9999-12-31", "infinity"]),
        ("timetz", ["10:00+03", "09:00+01", "10:00+02", "08:00+00", "10:00+00"]),
        ("int4[]", ["{}", "{1}", "{1,2}", "{1,10}", "{2}", "{NULL}"]),
        ("bpchar", ["A", "a  ", "b"]),
    ],
)
def test_storage_sorts_as_the_values_do(connection, session, kind, texts):
    under = values.collation(kind)
    connection.execute(f"CREATE TABLE t (v {values.affinity(kind)})")
    stored = [values.cast(text, "text", kind) for text in texts]
    expected = sorted(stored, key=values.registry.sort_key(kind))
    connection.executemany("INSERT INTO t VALUES (?)", [(item,) for item in reversed(stored)])
    found = connection.execute(f"SELECT v FROM t ORDER BY v{f' COLLATE {under}' if under else ''}").fetchall()
    assert [row[0] for row in found] == expected
    if kind != "timetz":
        assert expected == stored


def rows(connection, name, types, *arguments):
    template = lowering.lowering(name, types)
    places = [f"?{at + 1}" for at in range(len(arguments))]
    sql = f"{template}({', '.join(places)})" if template.isidentifier() else template
    for at, place in enumerate(places):
        sql = sql.replace(f"{{{at}}}", place).replace(f"{{t{at}}}", f"'{types[at]}'")
    return json.loads(one(connection, f"SELECT {sql}", *arguments))


def test_set_returning_functions_give_lists_for_json_each(connection, session):
    assert rows(connection, "generate_series", ["int4", "int4"], 1, 3) == [1, 2, 3]
    assert rows(connection, "generate_series", ["int4", "int4", "int4"], 3, 1, -2) == [3, 1]
    assert rows(connection, "generate_series", ["numeric", "numeric", "numeric"], "1", "2", "0.5") == [
        "1",
        "1.5",
        "2.0",
    ]
    day = "0 1 0"
    stamps = ["2026-01-01 00:00:00.000000", "2026-01-02 00:00:00.000000"]
    assert rows(connection, "generate_series", ["timestamp", "timestamp", "interval"], *stamps, day) == stamps
    assert rows(connection, "unnest", ["int4[]"], "[[1,2],[3,null]]") == [1, 2, 3, None]
    assert rows(connection, "jsonb_array_elements", ["jsonb"], '[1, "a", null]') == ["1", '"a"', "null"]
    assert rows(connection, "jsonb_array_elements_text", ["jsonb"], '[1, "a", null]') == ["1", "a", None]
    assert rows(connection, "json_array_elements", ["json"], '[1.50,  {"a":  1}]') == ["1.50", '{"a":  1}']
    assert rows(connection, "jsonb_each", ["jsonb"], '{"a": 1, "b": null}') == [["a", "1"], ["b", "null"]]
    assert rows(connection, "jsonb_each_text", ["jsonb"], '{"a": 1, "b": null}') == [["a", "1"], ["b", None]]
    assert rows(connection, "jsonb_object_keys", ["jsonb"], '{"a": 1, "b": 2}') == ["a", "b"]
    assert rows(connection, "string_to_table", ["text", "text"], "a,b", ",") == ["a", "b"]
    assert rows(connection, "regexp_matches", ["text", "text", "text"], "ab1ab2", r"ab(\d)", "g") == ['["1"]', '["2"]']


@pytest.mark.parametrize(
    ("name", "document", "message"),
    [
        ("jsonb_array_elements", "{}", "cannot extract elements from an object"),
        ("jsonb_array_elements", "1", "cannot extract elements from a scalar"),
        ("jsonb_object_keys", "[]", "cannot call jsonb_object_keys on an array"),
        ("jsonb_each", "[]", "cannot call jsonb_each on a non-object"),
    ],
)
def test_set_returning_functions_refuse_as_the_server(connection, session, name, document, message):
    with pytest.raises(sqlite3.OperationalError):
        rows(connection, name, ["jsonb"], document)
    error = session.take_pending()
    assert (error.sqlstate, error.message) == ("22023", message)


def test_clock_functions_follow_now(connection, session):
    assert one(connection, "SELECT pg_now()") == "2026-05-04 03:02:01.123456"
    assert one(connection, "SELECT pg_current_date()") == "2026-05-04"
    assert values.cast("now", "text", "timestamptz", session=session) == "2026-05-04 03:02:01.123456"
    assert values.cast("tomorrow", "text", "date", session=session) == "2026-05-05"
    assert values.cast("yesterday 10:00", "text", "timestamp", session=session) == "2026-05-03 10:00:00.000000"


def test_session_zone_moves_texts_and_days(connection, session):
    session.zone = ZoneInfo("America/New_York")
    assert one(connection, "SELECT pg_current_date()") == "2026-05-03"
    stored = values.cast("2026-03-08 01:30", "text", "timestamptz", session=session)
    assert stored == "2026-03-08 06:30:00.000000"
    assert values.cast(stored, "timestamptz", "text", session=session) == "2026-03-08 01:30:00-05"
    later = one(connection, "SELECT pg_tstz_add(?, '0 1 0')", stored)
    assert values.cast(later, "timestamptz", "text", session=session) == "2026-03-09 01:30:00-04"
    assert one(connection, "SELECT pg_date_trunc_zoned('day', ?)", stored) == "2026-03-08 05:00:00.000000"
    assert one(connection, "SELECT pg_extract_timestamptz('timezone_hour', ?)", stored) == "-5"


def test_random_and_uuid_repeat_with_the_seed(connection):
    def draw(seed):
        with sqlite3.connect(":memory:") as other:
            values.register(other, session=values.ValueSession(seed=seed))
            found = other.execute("SELECT pg_random(), pg_random_uuid()").fetchone()
        other.close()
        return found

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
    assert draw(1)[1][14] == "4"


def test_aggregate_over_a_moving_frame_does_not_crash(connection, session):
    connection.execute("CREATE TABLE t (n INTEGER, v TEXT)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(n, f"{n}.50") for n in range(1, 5)])
    spec = (
        '{"name": "sum_numeric", "layout": "", "types": ["numeric"], "keys": [["int4", false, false]], "mode": "ROWS", '
        '"start": "PRECEDING", "end": "PRECEDING", "exclude": ""}'
    )
    whole = "OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    rows = f"json_group_array(json_array(1, v, n)) {whole}"
    sql = f"SELECT pg_windowed('{spec}', row_number() {whole}, {rows}, 2, 1) FROM t ORDER BY n"
    found = connection.execute(sql).fetchall()
    assert [row[0] for row in found] == [None, "1.50", "4.00", "6.00"]


def test_percentiles_and_mode_of_sorted_rows(connection, session):
    rows = "'[1,2,2,3,4,null]'"
    assert one(connection, f"SELECT pg_percentile_disc(0.5, 'int4', {rows})") == 2
    assert one(connection, f"SELECT pg_percentile_cont(0.25, 'float8', {rows})") == 2.0
    assert one(connection, f"SELECT pg_mode('int4', {rows})") == 2
    assert one(connection, "SELECT pg_percentile_cont(0.25, 'float8', NULL)") is None


def test_enum_cast_refuses_an_unknown_label(connection, session):
    assert one(connection, "SELECT pg_enum_cast('a', 'mood', 'a', 'b')") == "a"
    with pytest.raises(sqlite3.OperationalError):
        one(connection, "SELECT pg_enum_cast('c', 'mood', 'a', 'b')")
    error = session.take_pending()
    assert (error.sqlstate, error.message) == ("22P02", 'invalid input value for enum mood: "c"')


@pytest.mark.parametrize("text", ["10000-01-01", "0001-01-01 BC"])
def test_dates_that_python_cannot_hold_are_refused(text):
    with pytest.raises(UnsupportedSQL):
        values.cast(text, "text", "date")


def test_unknown_cast_is_refused_with_both_types():
    with pytest.raises(UnsupportedSQL, match="from boolean to date"):
        values.caster("bool", "date")
