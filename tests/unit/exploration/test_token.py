"""Replay tokens."""

import base64
import zlib

import pytest

from nexus_testkit.errors import InvalidToken
from nexus_testkit.exploration import Delay, Plan, Token, Turn
from nexus_testkit.exploration.token import digest, versions

PLAN = Plan([Delay(4, 0.001, "database.execute INSERT users"), Turn(2, 1)])


def test_a_token_is_one_word_that_gives_the_run_back():
    text = str(Token(plan=PLAN, seed=7, code="abcd"))
    assert text.startswith("nx1:")
    assert text.split() == [text]
    token = Token.parse(f"  {text}\n")
    assert (token.plan, token.seed, token.code) == (PLAN, 7, "abcd")
    assert token.versions == versions()
    assert token.differences() == []


def test_words_of_a_plan_that_went_through_a_token_name_the_operation():
    assert Token.parse(str(Token(plan=PLAN))).plan.words()[0] == "delay database call 4 (execute) by 1 ms"


def test_other_versions_are_told_one_by_one():
    token = Token(plan=PLAN, versions={**versions(), "python": "3.9.1", "gone": "1.0"})
    here = versions()["python"]
    assert token.differences() == ["gone was 1.0 and is not there", f"python was 3.9.1 and is {here}"]


async def one(nexus):
    assert nexus


async def other(nexus):
    assert not nexus


def test_another_test_is_told():
    token = Token(plan=PLAN, code=digest(one))
    assert token.differences(one) == []
    assert token.differences(other) == ["the code of the test is another"]


def test_decorators_are_not_part_of_the_code():
    @pytest.mark.nexus(explore=3)
    async def test_it(nexus):
        assert nexus

    marked = digest(test_it)

    @pytest.mark.nexus(replay="nx1:...")
    async def test_it(nexus):
        assert nexus

    assert digest(test_it) == marked


def test_code_without_source_has_no_digest():
    assert digest(len) == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "does not begin"),
        ("hello", "does not begin"),
        ("nx2:abc", "another version of the kit"),
        ("nx1:", "damaged"),
        ("nx1:!!!", "damaged"),
        (str(Token(plan=PLAN))[:-9], "damaged"),
        (None, "does not begin"),
    ],
)
def test_what_is_no_token(text, problem):
    with pytest.raises(InvalidToken, match=problem) as caught:
        Token.parse(text)
    assert "Hint: copy the whole word" in str(caught.value)


@pytest.mark.parametrize("content", [b"[" * 50_000_000, b" " * 50_000_000 + b"{}"], ids=["deep", "large"])
def test_a_token_that_unpacks_to_too_much_is_damaged(content):
    bomb = base64.urlsafe_b64encode(zlib.compress(content)).decode()
    with pytest.raises(InvalidToken, match="damaged"):
        Token.parse(f"nx1:{bomb}")
