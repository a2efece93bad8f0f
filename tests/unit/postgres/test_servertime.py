"""Statements whose `now()` is a world's time: what is renamed, and what is left alone."""

import pytest

from nexus_testkit.postgres.servertime import on_our_clock


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT now()", "SELECT nexus_clock.now()"),
        ("SELECT Now ( )", "SELECT nexus_clock.now ( )"),
        ("SELECT pg_catalog.now()", "SELECT nexus_clock.now()"),
        ('SELECT "now"()', "SELECT nexus_clock.now()"),
        ("SELECT CURRENT_TIMESTAMP", 'SELECT nexus_clock."current_timestamp"()'),
        ("SELECT current_timestamp(3), 1", 'SELECT nexus_clock."current_timestamp"(3), 1'),
        ("SELECT CURRENT_DATE + 1, LOCALTIME", 'SELECT nexus_clock."current_date"() + 1, nexus_clock."localtime"()'),
        ("SELECT age(born) FROM t", "SELECT nexus_clock.age(born) FROM t"),
        (
            "CREATE TABLE t (a timestamptz DEFAULT now(), b text)",
            "CREATE TABLE t (a timestamptz DEFAULT nexus_clock.now(), b text)",
        ),
        (
            "INSERT INTO t VALUES ('é', now()); SELECT clock_timestamp()",
            "INSERT INTO t VALUES ('é', nexus_clock.now()); SELECT nexus_clock.clock_timestamp()",
        ),
        ("PREPARE p AS SELECT statement_timestamp()", "PREPARE p AS SELECT nexus_clock.statement_timestamp()"),
    ],
)
def test_what_tells_the_time_is_renamed(query, expected):
    assert on_our_clock(query).query == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 'now()' -- now()",
        'SELECT now, "current_date", t.current_time FROM t',
        "SELECT age(a, b), mine.now(), now(1) FROM t",
        "SELECT current_user, session_user, 1 AS current_timestamp",
        "SELECT now( FROM",
    ],
)
def test_what_does_not_is_left_alone(query):
    assert on_our_clock(query).query == query


def test_positions_are_those_of_the_original():
    query = "SELECT 'é', now(), CURRENT_TIMESTAMP, nowhere"
    rewritten = on_our_clock(query)

    assert rewritten.position(rewritten.query.index("nowhere") + 1) == query.index("nowhere") + 1
    assert rewritten.position(rewritten.query.index("nexus_clock") + 1) == query.index("now()") + 1
    assert rewritten.position(1) == 1
