"""The cache codec: whatever can be written comes back, and whatever is read is a value or an error."""

import json
from datetime import datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nexus_testkit.errors import CacheValueError
from nexus_testkit.services.cache_codec import decode, encode, fingerprint

zones = st.one_of(
    st.none(),
    st.timezones(),
    st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone),
)
hashable = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters()),
    st.binary(),
    st.decimals(allow_nan=False),
    st.uuids(),
    st.dates(),
    st.times(timezones=zones),
    st.datetimes(timezones=zones),
    st.timedeltas(),
)
keys = st.recursive(hashable, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4)
values = st.recursive(
    keys,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.tuples(inner)
        | st.sets(keys, max_size=3)
    ),
    max_leaves=10,
)


def same(left, right):
    """Equality that tells 1 from True and 1.0, at every depth."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return all(map(same, left, right)) and all(map(same, left.values(), right.values())) and len(left) == len(right)
    return left == right


@given(values)
@example({"$tuple": [1]})
@example({"$dict": {"$dict": 1}, 2: 3})
@example([1, True, 1.0])
def test_what_is_written_comes_back_equal_and_of_the_same_type(value):
    assert same(decode(encode(value, key="k"), key="k"), value)


@given(st.binary() | st.text() | values.map(lambda value: encode(value, key="k")[1:]))
def test_whatever_is_read_is_a_value_or_a_cache_error(data):
    try:
        decode(data, key="k")
    except CacheValueError:
        return


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner)
    )
)
def test_any_json_is_a_value_or_a_cache_error(tree):
    try:
        decode(json.dumps(tree), key="k")
    except CacheValueError:
        return


@given(st.dictionaries(st.text(), values, max_size=5))
def test_a_fingerprint_knows_no_order(mapping):
    assert fingerprint(mapping, key="k") == fingerprint(dict(reversed(mapping.items())), key="k")


@pytest.mark.parametrize(("one", "other"), [(1, "1"), (1, True), (None, "null"), ([1], (1,)), ({}, [])])
def test_fingerprints_of_different_values_differ(one, other):
    assert fingerprint({"a": one}, key="k") != fingerprint({"a": other}, key="k")


def test_the_text_of_plain_values_is_plain_json():
    assert (
        encode({"id": 7, "tags": ["a"], "ok": True, "none": None}, key="k")
        == '{"id":7,"tags":["a"],"ok":true,"none":null}'
    )


class Nameless(tzinfo):
    def utcoffset(self, _moment):
        return timedelta(0)


def test_a_zone_that_cannot_be_written_is_refused():
    with pytest.raises(CacheValueError, match=r"\$\.at is in a time zone of type Nameless"):
        encode({"at": datetime(2026, 1, 1, tzinfo=Nameless())}, key="k")


@pytest.mark.parametrize("microseconds", [1, -1, 999_999, 1_000_001])
def test_an_offset_below_a_second_is_kept(microseconds):
    zone = timezone(timedelta(microseconds=microseconds))
    value = datetime(2000, 1, 1, tzinfo=zone)
    assert decode(encode(value, key="k"), key="k").utcoffset() == timedelta(microseconds=microseconds)
