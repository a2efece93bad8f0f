"""A fake and a real adapter in one world of virtual time, asked the same in step."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any

from nexus_testkit.errors import CacheError, DatabaseError, NexusTestkitError, UnsupportedSQL
from nexus_testkit.harness.servers import SharedServers
from nexus_testkit.simulation import SimulationLoop, tear_down, virtual_time

# What an error says, beside its class: the port's own attributes.
_FACTS = ("sqlstate", "code", "detail", "constraint_name", "table_name", "column_name", "position")


class Refused(Exception):  # no error of the fake: it says that it cannot do this
    """The fake refused."""


class Pair:
    """Two adapters of one port, `fake` and `real`.

    Attributes:
        loop: of their world; its time is that of both.
        steps: what was asked in this example, for the report of a difference.
    """

    def __init__(self, servers: SharedServers) -> None:
        self.loop = SimulationLoop(max_steps=10_000_000)
        self.servers = servers
        self.fake: Any = None
        self.real: Any = None
        self.steps: list[str] = []

    def run(self, example: Callable[[Pair], Awaitable[None]]) -> None:
        """Run one example."""
        self.steps = []
        with virtual_time(self.loop):  # which fakeredis follows
            self.loop.run_until_complete(example(self))

    def excuses(self, step: Any, fake: Any, real: Any) -> bool:
        """Whether it is known, and said in the documentation, that these two answers to a step differ."""
        return False

    async def both(
        self,
        words: str,
        ask: Callable[[Any, int], Awaitable[Any]],
        *,
        shown: Callable[[Any], Any] = lambda found: found,
        step: Any = None,
    ) -> Any:
        """Ask both; `ask` gets the adapter and which it is. `shown` takes from the answers what may differ."""
        self.steps.append(words)
        answers = [await _outcome(ask, adapter, at) for at, adapter in enumerate((self.fake, self.real))]
        if isinstance(answers[0], UnsupportedSQL):
            raise Refused(str(answers[0]))
        fake, real = (_described(answer, shown) for answer in answers)
        if not _alike(fake, real) and not self.excuses(step, fake, real):
            steps = "\n".join(f"  {number}. {step}" for number, step in enumerate(self.steps, 1))
            raise AssertionError(f"they differ at the last of\n{steps}\n  fake: {fake!r}\n  real: {real!r}")
        return answers[1]

    def close(self) -> None:
        """End both, and their world."""

        async def end() -> None:
            for adapter in (self.fake, self.real):
                if adapter is not None:
                    await adapter.aclose()

        try:
            self.loop.run_until_complete(end())
            tear_down(self.loop)
        finally:
            self.loop.close()


async def _outcome(ask: Callable[[Any, int], Awaitable[Any]], adapter: Any, at: int) -> Any:
    try:
        return await ask(adapter, at)
    except (TimeoutError, NexusTestkitError, TypeError, ValueError, OverflowError) as error:
        return error


def _described(answer: Any, shown: Callable[[Any], Any]) -> Any:
    if not isinstance(answer, Exception):
        return _typed(shown(answer))
    ours = next((cls.__name__ for cls in type(answer).__mro__ if cls.__module__.startswith("nexus_testkit.errors")), "")
    facts = {name: value for name in _FACTS if (value := getattr(answer, name, None)) is not None}
    message = answer.message if isinstance(answer, DatabaseError) else answer.args[0] if answer.args else ""
    return (ours or type(answer).__name__, message, facts)


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _typed(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return (type(value).__name__, [_typed(each) for each in value])
    return (type(value).__name__, value)


def _alike(fake: Any, real: Any) -> bool:
    if isinstance(fake, float) and isinstance(real, float):
        return bool(fake == real) or (math.isnan(fake) and math.isnan(real))
    if isinstance(fake, (list, tuple)) and type(fake) is type(real):
        return len(fake) == len(real) and all(map(_alike, fake, real))
    if isinstance(fake, dict) and isinstance(real, dict):
        return fake.keys() == real.keys() and all(_alike(fake[name], real[name]) for name in fake)
    return bool(fake == real)


__all__ = ["CacheError", "Pair", "Refused"]
