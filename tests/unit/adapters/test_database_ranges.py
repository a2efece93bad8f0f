"""Ranges in Python: asyncpg's class where it is installed, the port's otherwise, and the two are equal."""

import datetime as dt
import sys

import asyncpg
import pytest

from nexus_testkit.adapters.fake.database_ranges import range_class
from nexus_testkit.ports.database import Range
from tests.unit.adapters.database_world import world

in_world = world()

MOMENTS = (dt.datetime(2024, 1, 1, 10), dt.datetime(2024, 1, 1, 11))  # noqa: DTZ001  # tsrange is naive
SHAPES = [
    {"lower": 1, "upper": 5},
    {"lower": 1, "upper": 5, "lower_inc": False, "upper_inc": True},
    {"upper": 5, "upper_inc": True},
    {"lower": 1, "lower_inc": True},
    {},
    {"empty": True},
    {"lower": 1, "upper": 2, "empty": True},
]


@pytest.fixture
def without_asyncpg(monkeypatch):
    """As if asyncpg were not installed."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    range_class.cache_clear()
    yield
    range_class.cache_clear()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_ports_range_is_equal_to_asyncpgs(shape):
    ours, theirs = Range(**shape), asyncpg.Range(**shape)
    assert (ours == theirs, theirs == ours, hash(ours) == hash(theirs)) == (True, True, True)
    assert (repr(ours), bool(ours)) == (repr(theirs), bool(theirs))
    for name in ("lower", "upper", "lower_inc", "upper_inc", "lower_inf", "upper_inf", "isempty"):
        assert getattr(ours, name) == getattr(theirs, name)


def test_ranges_of_other_bounds_are_different():
    assert Range(1, 5) != Range(1, 5, upper_inc=True)
    assert Range(1, 5) != asyncpg.Range(1, 6)
    assert Range(1, 5) != (1, 5)


def test_a_range_comes_back_as_asyncpgs():
    async def test(db):
        found = await db.fetch_val("SELECT tsrange($1, $2)", *MOMENTS)
        assert type(found) is asyncpg.Range
        assert found == asyncpg.Range(*MOMENTS)
        assert await db.fetch_val("SELECT '{[1,3),[5,7)}'::int4multirange") == [
            asyncpg.Range(1, 3),
            asyncpg.Range(5, 7),
        ]

    in_world(test)


@pytest.mark.usefixtures("without_asyncpg")
def test_a_range_comes_back_as_the_ports_without_asyncpg():
    async def test(db):
        found = await db.fetch_val("SELECT numrange(1, NULL)")
        assert type(found) is Range
        assert (int(found.lower), found.upper_inf) == (1, True)

    in_world(test)


@pytest.mark.parametrize("given", [Range(1, 5), asyncpg.Range(1, 5), (1, 4), [1, 4]])
def test_either_class_or_a_pair_is_an_argument(given):
    async def test(db):
        assert await db.fetch_val("SELECT $1::int4range", given) == Range(1, 5)

    in_world(test)
