"""Bit strings in Python: asyncpg's class where it is installed, the port's otherwise, and the two are equal."""

import sys

import asyncpg
import pytest

from nexus_testkit.adapters.fake.database_ranges import bit_class
from nexus_testkit.ports.database import BitString
from tests.unit.adapters.database_world import world

in_world = world()

BITS = ["", "0", "1", "101", "0001 1111", "101010101", "1111 0000 1111 0000 1"]


@pytest.fixture
def without_asyncpg(monkeypatch):
    """As if asyncpg were not installed."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    bit_class.cache_clear()
    yield
    bit_class.cache_clear()


@pytest.mark.parametrize("bits", BITS)
def test_the_ports_bit_string_is_equal_to_asyncpgs(bits):
    ours, theirs = BitString(bits), asyncpg.BitString(bits)
    assert (ours == theirs, theirs == ours, hash(ours) == hash(theirs)) == (True, True, True)
    assert (repr(ours), len(ours), ours.as_string()) == (repr(theirs), len(theirs), theirs.as_string())
    assert (ours.bytes, list(ours)) == (theirs.bytes, list(theirs))
    for order in ("big", "little"):
        for signed in (False, True):
            if bits:  # asyncpg cannot read the empty one backwards
                assert ours.to_int(order, signed=signed) == theirs.to_int(order, signed=signed)
    assert BitString.frombytes(theirs.bytes, len(theirs)) == theirs


@pytest.mark.parametrize(
    ("number", "length", "order"), [(5, 3, "big"), (5, 8, "little"), (-3, 7, "big"), (0, 0, "big")]
)
def test_numbers_become_the_same_bits(number, length, order):
    ours = BitString.from_int(number, length, order, signed=True)
    assert ours == asyncpg.BitString.from_int(number, length, order, signed=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda kind: kind("12"),
        lambda kind: kind("10x"),
        lambda kind: kind.frombytes(b"", 3),
        lambda kind: kind.frombytes(b"a", 0),
        lambda kind: kind.frombytes(b"ab", 7),
        lambda kind: kind.frombytes(b"a", 9),
        lambda kind: kind.from_int(5, -1),
        lambda kind: kind.from_int(5, 2),
        lambda kind: kind.from_int(-5, 8),
        lambda kind: kind.from_int(5, 8, "middle"),
        lambda kind: kind("101").to_int("middle"),
        lambda kind: kind("101")[3],
        lambda kind: kind("101")[0:1],
    ],
)
def test_both_refuse_the_same(make):
    with pytest.raises(Exception) as ours:  # noqa: PT011  # which one is what is compared
        make(BitString)
    with pytest.raises(Exception) as theirs:  # noqa: PT011  # as above
        make(asyncpg.BitString)
    assert type(ours.value) is type(theirs.value)


def test_other_bits_are_different():
    assert BitString("1") != BitString("10")
    assert BitString("1") != asyncpg.BitString("0")
    assert BitString("1") != "1"


def test_a_database_gives_asyncpgs_class():
    async def test(database):
        found = await database.fetch_val("SELECT $1::varbit || B'0'", asyncpg.BitString("11"))
        assert type(found) is asyncpg.BitString
        assert found == BitString("110")

    in_world(test)


def test_a_database_gives_the_ports_class_where_asyncpg_is_not_installed(without_asyncpg):
    async def test(database):
        assert await database.fetch_val("SELECT $1::bit(3)", BitString("110")) == BitString("110")
        assert type(await database.fetch_val("SELECT B'1'")) is BitString

    in_world(test)
