"""Where the decisions of a replay fell: which call of its operation in the body each was, and the line that declares it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.errors import HarnessError
from nexus_testkit.exploration.changes import Delay, Failure
from nexus_testkit.exploration.token import Token
from nexus_testkit.faults.catalogue import kind_named
from nexus_testkit.faults.targets import find_target
from nexus_testkit.harness import Harness
from nexus_testkit.journal import Call, Crossing


def placed(token: str, harness: Harness, began: int) -> list[str] | None:
    """The plan of a token as lines of code for the start of a body; None where not all of it can be said so.

    An order of tasks and random numbers have no words in `nexus.faults`, nor has a call that a fixture made
    before the body: faults count from their declaration on.

    Args:
        token: what was replayed.
        harness: of its world.
        began: how many calls there were before the body.
    """
    calls = harness.journal.calls
    lines = [_said(change, calls, began, harness.adapter) for change in Token.parse(token).plan]
    return None if None in lines else [line for line in lines if line is not None]


def _said(change: object, calls: list[Call], began: int, adapter: Callable[[str], Any]) -> str | None:
    if not isinstance(change, (Delay, Failure)) or not began < change.call <= len(calls):
        return None
    crossing = _crossing(calls[change.call - 1])
    target: str = crossing.operation
    if isinstance(change, Delay):
        verb = f"delays({change.seconds:g}, reply=True)" if change.reply else f"delays({change.seconds:g})"
    else:
        kind = kind_named(crossing, change.kind)
        if kind is None:
            return None
        verb, target = kind.code, kind.target or target
    try:
        meets = find_target(target, adapter=adapter).meets
    except HarnessError:
        return None
    count = sum(meets(_crossing(call)) for call in calls[began : change.call])
    return f'nexus.faults.on("{target}").nth({count}).{verb}'


def _crossing(call: Call) -> Crossing:
    """The call as the targets look at it; its adapter, which only routes ask for, is not known any more."""
    return Crossing(call, _crossing, call.arguments, call.options)
