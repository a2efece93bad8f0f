"""The portfolio: which ways a search takes, and that it tries each single delay and fault before any comes again."""

from collections import Counter
from types import SimpleNamespace

import pytest

from nexus_testkit.exploration.changes import LATENCIES_S
from nexus_testkit.exploration.sources import Latency, portfolio

CALLS = 13


def ways(runs, *, chances, seed=0, turns=50):
    stock = {"calls": CALLS, "turns": turns, "chances": chances, "latencies": LATENCIES_S}
    return [portfolio(number, seed, **stock) for number in range(1, runs + 1)]


def answers(way, kinds=()):
    """What the way says to each call, in a run whose calls are those of the stock run."""
    calls = (SimpleNamespace(call=SimpleNamespace(number=number)) for number in range(1, CALLS + 1))
    return {crossing.call.number: answer for crossing in calls if (answer := way.call(crossing, kinds)) is not None}


def kinds_of(found):
    return Counter(way.name.partition(", ")[0] for way in found)


@pytest.mark.parametrize("seed", [0, "another"])
def test_each_call_is_late_by_each_latency_before_any_comes_again(seed):
    # Every fourth run delays a call or two, and every fourth of those what is drawn: 65 plain ones are behind run 4 * 86.
    runs = 4 * 86
    plain = [
        delays
        for way in ways(runs, chances=0, seed=seed)
        if way.name == "one delay" and not next(iter((delays := answers(way)).values())).reply
    ]
    tried = [next(iter(delays.items())) for delays in plain]
    assert set(tried) == {(call, Latency(seconds)) for call in range(1, CALLS + 1) for seconds in LATENCIES_S}
    assert len(tried) == CALLS * len(LATENCIES_S)
    assert tried != sorted(tried)


def test_late_replies_and_two_delays_are_tried_too():
    found = ways(400, chances=0)
    assert kinds_of(found)["two delays"] > 5
    delays = [latency for way in found for latency in answers(way).values()]
    assert sum(latency.reply for latency in delays) > 50
    assert sum(not latency.reply for latency in delays) > 50


def test_with_faults_every_way_is_taken_with_a_swarm_and_without_one():
    found = kinds_of(ways(200, chances=6))
    assert found["one fault"] == 50
    assert {"one delay", "heavy tail", "permutation", "priorities", "swarm of faults"} <= set(found)


def test_a_fault_comes_at_each_chance_before_it_comes_at_any_again():
    tried = [
        next(iter(answers(way, kinds=["reset"]))) for way in ways(4 * CALLS, chances=CALLS) if way.name == "one fault"
    ]
    assert sorted(tried) == list(range(1, CALLS + 1))


def test_where_nothing_can_be_decided_all_runs_are_stock():
    found = [portfolio(number, 0, calls=0, turns=0, chances=0, latencies=LATENCIES_S) for number in range(1, 20)]
    assert kinds_of(found) == {"stock": 19}


def test_without_latencies_only_the_order_changes():
    found = [portfolio(number, 0, calls=9, turns=9, chances=0, latencies=()) for number in range(2, 20)]
    assert set(kinds_of(found)) == {"permutation", "priorities"}


def test_when_all_single_delays_were_tried_two_are():
    found = [portfolio(number, 0, calls=2, turns=9, chances=0, latencies=LATENCIES_S) for number in range(1, 401)]
    assert kinds_of(found)["two delays"] > 50
