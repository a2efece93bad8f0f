"""The oracle itself: what it reads, and what counts as different."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest

from tests.fidelity import answers, scenarios
from tests.fidelity.answers import Verdict, compare, merged, of_error, of_rows
from tests.fidelity.scenarios import MalformedScenarioError, Record, Scenario, Step

TODAY = dt.date(2024, 5, 6)
AWARE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
NAIVE = AWARE.replace(tzinfo=None)


def rows(*values, status="SELECT 1"):
    return of_rows(["v"], [(value,) for value in values], status, answers.count_of(status))


def error(code, **fields):
    return {"error": code, "message": "m", **fields}


@pytest.mark.parametrize(
    ("server", "fake"),
    [
        (True, 1),
        (1, 1.0),
        (Decimal("1.50"), Decimal("1.5")),
        (Decimal(1), 1),
        ("1", 1),
        (NAIVE, AWARE),
        (NAIVE.date(), NAIVE),
        (UUID(int=1), str(UUID(int=1))),
        (b"a", "a"),
        ([1, [2]], [1, (2,)]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (None, "None"),
        (0.0, -0.0),
    ],
)
def test_values_of_another_type_are_different(server, fake):
    assert compare(rows(server), rows(server), "SELECT 1") is Verdict.IDENTICAL
    assert compare(rows(server), rows(fake), "SELECT 1") is Verdict.SILENT


def test_names_tags_and_counts_are_compared():
    other_name = {**rows(1), "columns": ["w"]}
    assert compare(rows(1), other_name, "SELECT 1") is Verdict.SILENT
    assert compare(rows(1), rows(1, status="SELECT 2"), "SELECT 1") is Verdict.SILENT
    assert compare(rows(1), {**rows(1), "rowcount": 7}, "SELECT 1") is Verdict.SILENT


def test_order_counts_where_it_was_asked_for():
    assert compare(rows(1, 2), rows(2, 1), "SELECT v FROM t ORDER  BY v") is Verdict.SILENT
    assert compare(rows(1, 2), rows(2, 1), "SELECT v FROM t") is Verdict.IDENTICAL
    assert compare(rows(1, 2), rows(2, 2), "SELECT v FROM t") is Verdict.SILENT


def test_errors():
    assert compare(error("23505"), error("23505"), "") is Verdict.IDENTICAL
    assert compare(error("23505"), error("23505", detail="d"), "") is Verdict.ERROR_TEXT
    assert compare(error("23505"), error("23503"), "") is Verdict.ERROR
    assert compare(rows(1), error("23503"), "") is Verdict.ERROR
    assert compare(error("23505"), rows(1), "") is Verdict.SILENT


def test_an_error_without_sqlstate_is_the_clients():
    assert of_error(ValueError("wrong")) == {"error": "client", "message": "wrong"}


def test_what_two_recordings_disagree_on_is_compared_by_type():
    first, second = rows(NAIVE), rows(NAIVE + dt.timedelta(1))
    both = merged(first, second, TODAY)
    assert both is not None
    assert compare(both, rows(NAIVE - dt.timedelta(99)), "") is Verdict.IDENTICAL
    assert compare(both, rows(AWARE), "") is Verdict.SILENT
    assert compare(both, rows(NAIVE.date()), "") is Verdict.SILENT
    assert compare(both, rows("1999-01-01"), "") is Verdict.SILENT


def test_what_speaks_of_today_is_compared_by_type():
    both = merged(rows(TODAY, "2024-05-06"), rows(TODAY, "2024-05-06"), TODAY)
    assert both is not None
    assert compare(both, rows(dt.date(1999, 1, 1), "yesterday"), "") is Verdict.IDENTICAL


def test_recordings_that_disagree_on_more_than_values_are_none():
    assert merged(rows(1), rows(1, 2), TODAY) is None
    assert merged(rows(1), error("22012"), TODAY) is None
    assert merged(error("22012"), error("23505"), TODAY) is None


def test_a_detail_that_changes_is_compared_by_type():
    both = merged(error("23502", detail="(1)"), error("23502", detail="(2)"), TODAY)
    assert both is not None
    assert compare(both, error("23502", detail="(3)"), "") is Verdict.IDENTICAL
    assert compare(both, error("23502"), "") is Verdict.ERROR_TEXT


def write(tmp_path, monkeypatch, text):
    monkeypatch.setattr(scenarios, "DIRECTORY", tmp_path)
    (tmp_path / "some.sql").write_text(text, encoding="utf-8")


TEXT = """\
+ CREATE TABLE t (id int)

== one [refused]
+ INSERT INTO t
    VALUES (1)
SELECT $1,
    $2
    <- 1, Decimal('2.50')
2 refused> BEGIN
many> INSERT INTO t VALUES ($1)
    <- [(1,), (2,)]
"""


def test_a_file_is_read_and_written_back(tmp_path, monkeypatch):
    write(tmp_path, monkeypatch, TEXT)
    (found,) = scenarios.read("some")
    assert (found.name, found.refused) == ("one", True)
    assert [step.sql for step in found.setup] == ["CREATE TABLE t (id int)", "INSERT INTO t\nVALUES (1)"]
    query, begin, many = found.steps
    assert query.sql == "SELECT $1,\n$2"
    assert query.values() == [1, Decimal("2.50")]
    assert (begin.session, begin.refused, begin.sql) == (2, True, "BEGIN")
    assert (many.protocol, many.values()) == ("many", [(1,), (2,)])
    write(tmp_path, monkeypatch, scenarios.written([found]))
    assert scenarios.read("some") == [found]


@pytest.mark.parametrize(
    ("text", "message"),
    [("SELECT 1\n", "outside a scenario"), ("    more\n", "nothing to go on"), ("== a\n== a\n", "a second scenario")],
)
def test_a_malformed_file_is_refused_with_its_line(tmp_path, monkeypatch, text, message):
    write(tmp_path, monkeypatch, text)
    with pytest.raises(MalformedScenarioError, match=rf"some\.sql:\d: .*{message}"):
        scenarios.read("some")


def test_marks_are_written_and_taken_back(tmp_path, monkeypatch):
    write(tmp_path, monkeypatch, TEXT)
    assert scenarios.mark("some", {"one": [True, False, False]}) == 2
    (found,) = scenarios.read("some")
    assert [step.refused for step in found.steps] == [True, False, False]
    assert [step.session for step in found.steps] == [1, 2, 1]
    assert scenarios.mark("some", {"one": [False, True, False]}) == 2
    assert scenarios.written(scenarios.read("some")).startswith("== one [refused]")


def test_a_record_of_other_steps_is_stale(tmp_path, monkeypatch):
    write(tmp_path, monkeypatch, "== a\nSELECT 1\n")
    with pytest.raises(MalformedScenarioError, match="record some"):
        scenarios.read_record("some")
    (found,) = scenarios.read("some")
    answered = {"sql": "SELECT 1", "answer": rows(1)}
    scenarios.write_record("some", Record("18", dt.datetime(2024, 1, 1, tzinfo=dt.UTC), {"a": [answered]}))
    record = scenarios.read_record("some")
    assert scenarios.expected(found, record) == [rows(1)]
    other = Scenario("some", "a", steps=[Step("SELECT 2")])
    with pytest.raises(MalformedScenarioError, match="stale"):
        scenarios.expected(other, record)
