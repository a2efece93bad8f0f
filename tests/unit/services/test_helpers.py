"""Text, options, JSON values, identifiers, logging."""

import logging
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_testkit.errors import ValidationError
from nexus_testkit.services.identifiers import new_identifier
from nexus_testkit.services.json_values import json_copy
from nexus_testkit.services.logging import get_logger
from nexus_testkit.services.options import Options, frozen_copy
from nexus_testkit.services.text import require_line

NOW = datetime(2026, 1, 1, tzinfo=UTC)
json_trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), inner)
    ),
    max_leaves=10,
)


@given(st.text())
def test_a_line_is_one_line(text):
    try:
        line = require_line(text, field="name", longest=20)
    except ValidationError:
        return
    assert line == text
    assert len(line.splitlines()) == 1
    assert line.encode().strip() == line.encode()


@given(json_trees)
def test_a_json_copy_is_equal(tree):
    assert json_copy(tree, field="properties") == tree


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, {"b": {2}}]}, "properties.a[1].b is {2}"),
        ({1: 2}, "properties is {1: 2}"),
        ([float("inf")], "properties[0] is inf"),
    ],
)
def test_what_is_no_json_value_is_refused_with_its_place(value, path):
    with pytest.raises(ValidationError) as caught:
        json_copy(value, field="properties")
    assert path in str(caught.value)


def test_a_json_value_that_contains_itself_is_refused():
    value = {}
    value["again"] = value
    with pytest.raises(ValidationError, match="no JSON value"):
        json_copy(value, field="properties")


def test_a_frozen_copy_is_equal_and_shares_nothing():
    inner = [1, {2}]
    copied = frozen_copy({"a": inner, "b": {"c": bytearray(b"x")}})
    inner.append(3)
    assert copied == {"a": (1, frozenset({2})), "b": {"c": bytearray(b"x")}}


@pytest.mark.parametrize(
    ("read", "config"),
    [
        (lambda options: options.number("x", 1), {"x": "1"}),
        (lambda options: options.number("x", 1), {"x": True}),
        (lambda options: options.number("x", 1, positive=True), {"x": 0}),
        (lambda options: options.integer("x", 1, at_least=0, at_most=2), {"x": 3}),
        (lambda options: options.integer("x", 1, at_least=0, at_most=2), {"x": 1.0}),
        (lambda options: options.text("x", ""), {"x": None}),
        (lambda options: options.texts("x"), {"x": (1,)}),
    ],
)
def test_an_option_of_the_wrong_kind_names_service_option_and_value(read, config):
    with pytest.raises(ValidationError, match="Shop: the option 'x' is ") as caught:
        read(Options(config, service="Shop"))
    assert caught.value.field == "x"
    read(Options({}, service="Shop"))  # the default is right


def test_identifiers_differ_sort_by_time_and_repeat_with_the_seed():
    random.seed(7)
    first = [new_identifier(NOW) for _ in range(100)]
    random.seed(7)
    assert [new_identifier(NOW) for _ in range(100)] == first
    assert len(set(first)) == 100
    assert first[0] < new_identifier(NOW.replace(year=2027))


@given(st.text(), st.text(), st.sampled_from([logging.DEBUG, logging.WARNING]))
def test_a_log_call_writes_one_line_whatever_its_values(message, value, level):
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    logger, handler = logging.getLogger("nexus.Lines"), Keep()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    # logging.config disables what it does not name, and distributed calls it when it is imported.
    logger.disabled = False
    try:
        get_logger("Lines").log(level, message, value=value)
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
    (line,) = lines
    assert len(line.splitlines()) <= 1
