"""Regular expressions: what a recorded scenario cannot show, long texts and where Python's `re` may help."""

import pytest

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.values import are_match, patterns


def test_long_texts_are_searched():
    assert patterns.matches("x" * 5_000, ".*foo.*bar") == 0
    assert patterns.replace("word " * 1_000, r"(\w+) ", r"<\1>", "g") == "<word>" * 1_000


@pytest.mark.parametrize(
    ("pattern", "flags"), [(r"(a)\1", ""), ("a b # c", "x"), ("(?x)a b", ""), ("é", ""), ("***=a.b", "")]
)
def test_python_is_not_asked_where_it_would_answer_otherwise(pattern: str, flags: str):
    assert are_match.expression(pattern, flags).quick is None


def test_the_longest_alternative_is_taken_with_and_without_the_help_of_python():
    made = are_match.expression("foo|foobar")
    assert made.quick is not None
    with_help = made.search("a foobar")
    without = made.search("é foobar")
    assert with_help is not None
    assert without is not None
    assert (with_help.group(), without.group()) == ("foobar", "foobar")


def test_deep_nesting_is_an_error_of_the_database():
    with pytest.raises(DatabaseError, match="regular expression is too complex"):
        are_match.expression("(" * 5_000 + "a" + ")" * 5_000)
