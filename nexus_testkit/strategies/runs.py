"""How a world runs: which services there are, and what is decided in it."""

from __future__ import annotations

from hypothesis import strategies as st

from nexus_testkit.exploration.changes import LATENCIES_S, Delay, Failure, Plan, Seed, Turn
from nexus_testkit.machines.lifecycle import World, worlds

_KINDS = ("refused", "reset", "timeout", "loses_reply")  # those that calls of most ports know


def service_graphs(*, most_services: int = 12) -> st.SearchStrategy[World]:
    """Services that need one another in no circle, and who asks for them when; `machines.lifecycle.play(world)` runs one."""
    return worlds(most_services=most_services)


def fault_plans(*, max_size: int = 4, most_calls: int = 30) -> st.SearchStrategy[Plan]:
    """Plans of delays, failures, turns and seeds; `Plan.decode(plan.encode())` is the plan again."""
    calls = st.integers(1, most_calls)
    changes = st.one_of(
        st.builds(Delay, call=calls, seconds=st.sampled_from(LATENCIES_S)),
        st.builds(Failure, call=calls, kind=st.sampled_from(_KINDS)),
        st.builds(Turn, turn=calls, lane=st.integers(1, 3)),
        st.builds(Seed, value=st.integers(1, 2**32 - 1)),
    )
    return st.lists(changes, max_size=max_size).map(Plan)


st.register_type_strategy(Plan, fault_plans())
st.register_type_strategy(World, service_graphs())
