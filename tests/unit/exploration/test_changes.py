"""Plans: what they say, how they are kept, and that nothing malformed is taken for one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_testkit.exploration import Delay, Failure, Plan, Seed, Turn

NUMBERS = st.integers(1, 10_000)
CHANGES = st.one_of(
    st.builds(Delay, NUMBERS, st.floats(0.001, 1e6), st.just("database.execute INSERT users")),
    st.builds(Failure, NUMBERS, st.sampled_from(["40001", "loses_reply"]), st.just("cache.get user:1")),
    st.builds(Turn, NUMBERS, st.integers(1, 20)),
    st.builds(Seed, st.integers(1, 2**32 - 1)),
)


@given(st.lists(CHANGES))
def test_a_plan_survives_json(changes):
    plan = Plan(changes)
    assert Plan.decode(json.loads(json.dumps(plan.encode()))) == plan


@given(st.lists(CHANGES))
def test_one_change_a_point_and_a_fixed_order(changes):
    plan = Plan(changes)
    assert len({change.point for change in plan}) == len(plan)
    assert Plan(reversed(plan.changes)) == plan


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Delay(4, 0.001, "database.execute INSERT users"), "delay database call 4 (INSERT users) by 1 ms"),
        (Delay(2, 12.0, "clock.sleep"), "delay clock call 2 (sleep) by 12 s"),
        (Delay(2, 40.0), "delay call 2 by 40 s"),
        (Failure(7, "loses_reply", "database.commit COMMIT"), "database call 7 (COMMIT): loses_reply"),
        (Turn(3, 1, "run Task-3 before Task-2"), "choice 3: run Task-3 before Task-2"),
        (Turn(3, 2), "choice 3: ready task 2"),
        (Seed(77), "random numbers of seed 77"),
    ],
)
def test_words(change, words):
    assert change.words() == words
    assert repr(Plan([change])) == f"<Plan: {words}>"


def test_simpler_changes_come_simplest_first_and_end():
    assert [delay.seconds for delay in Delay(1, 12.0).smaller()] == [0.001, 0.05, 1.0]
    assert list(Delay(1, 0.001).smaller()) == []
    assert [turn.lane for turn in Turn(1, 3).smaller()] == [1, 2]
    assert [seed.value for seed in Seed(9999).smaller()] == [1, 2, 3]
    assert list(Failure(1, "reset").smaller()) == []


@pytest.mark.parametrize(
    "encoded",
    [
        {},
        [["x", 1, 2]],
        [["d", 0, 1.0, ""]],
        [["d", 1, -1.0, ""]],
        [["d", 1, float("inf"), ""]],
        [["d", 1, "long", ""]],
        [["f", 1, 40001, ""]],
        [["t", 1, 0]],
        [["t", 1]],
        [["r", 0]],
        ["r"],
        "nx",
    ],
)
def test_what_is_no_plan_is_refused(encoded):
    with pytest.raises(ValueError, match=r"no change|list of changes"):
        Plan.decode(encoded)
