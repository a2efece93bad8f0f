"""The container keeps its promises on random graphs, with failures and cancellations anywhere."""

import asyncio
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus_testkit.machines.lifecycle import Call, Plan, Played, World, play, worlds
from nexus_testkit.simulation import run


class AnyOrder:
    """Lets the ready tasks run in an order drawn from a seed."""

    def __init__(self, seed: int):
        self._random = Random(seed)

    def pick(self, n: int, kind: str) -> int:
        return self._random.randrange(n)


@given(world=worlds())
@settings(max_examples=1000, deadline=None)
def test_lifecycle_keeps_its_promises_in_stock_order(world: World):
    run(play(world)).check()


@given(world=worlds(most_services=7), seed=st.integers(0, 2**32))
@settings(max_examples=1000, deadline=None)
def test_lifecycle_keeps_its_promises_in_any_order_of_tasks(world: World, seed: int):
    async def main() -> Played:
        asyncio.get_running_loop().decider = AnyOrder(seed)
        return await play(world)

    run(main).check()


@given(world=worlds(most_services=5, most_calls=3))
@settings(max_examples=100, deadline=None)
def test_lifecycle_keeps_its_promises_on_pythons_own_loop(world: World):
    asyncio.run(play(world)).check()


def plan(*below: int, **others: object) -> Plan:
    usual = {
        "scoped": False,
        "start_turns": 1,
        "stop_turns": 1,
        "failures": 0,
        "stop_fails": False,
        "on_cancel": "goes",
    }
    return Plan(**{"injects": below, "after": (), **usual, **others})


PAIR = World(services=(plan(), plan(0)), calls=(Call(1, 0, None),), stop_turn=None, stop_patience=None)


def test_played_records_a_sound_world():
    played = run(play(PAIR))
    assert played.events == [
        ("starting", 0),
        ("started", 0),
        ("starting", 1),
        ("started", 1),
        ("stopping", 1),
        ("stopped", 1),
        ("stopping", 0),
        ("stopped", 0),
    ]
    assert played.answers == [("started", None)]


@pytest.mark.parametrize(
    ("events", "promise"),
    [
        ([("starting", 1)], "what 1 needs is started before it"),
        ([("starting", 0), ("starting", 0)], "0 is started once at a time"),
        ([("starting", 0), ("started", 0)], "everything that was started is stopped at the end"),
        (
            [("starting", 0), ("started", 0), ("starting", 1), ("started", 1), ("stopping", 0)],
            "what needs 0 is stopped before it",
        ),
        (
            [("starting", 0), ("started", 0), ("stopping", 0), ("stopped", 0), ("stopping", 0)],
            "0 is stopped once for each start",
        ),
    ],
)
def test_check_notices_a_broken_order(events: list[tuple[str, int]], promise: str):
    played = run(play(PAIR))
    played.events = events
    with pytest.raises(AssertionError, match=f"broken: {promise}"):
        played.check()


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        ({"answers": [("failed", ValueError())]}, "a caller gets the original error"),
        ({"answers": [("cancelled", None)]}, "only who is cancelled is cancelled"),
        ({"answers": [("refused", None)]}, "nobody is refused before the end"),
        ({"robbed": [(0, 0)]}, "the start of 0 goes on while caller 0 waits for it"),
        ({"left": ["start S0"]}, "no task is left"),
        ({"at_the_end": [1, 0]}, "the stop is the exact reverse"),
        ({"stop_error": ExceptionGroup("", [ValueError()])}, "every failure of the stop comes out of it"),
    ],
)
def test_check_notices_a_wrong_answer(change: dict[str, object], promise: str):
    played = run(play(PAIR))
    for name, value in change.items():
        setattr(played, name, value)
    with pytest.raises(AssertionError, match=f"broken: {promise}"):
        played.check()
