"""What the lifecycle keeps of each instance, and of each call that wants some of them started."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from nexus_testkit.errors.container import type_name


class ServiceState(Enum):
    """Where a service is in its life."""

    REGISTERED = "registered"
    BUILT = "built"
    STARTING = "starting"
    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Unhealthy:
    """A health check that raised; false, like a check that answered False.

    Attributes:
        error: what it raised.
    """

    error: Exception

    def __bool__(self) -> Literal[False]:
        return False


class Managed:
    """One instance whose life the container drives.

    Attributes:
        key: the class that it was asked for by.
        instance: the object.
        owner: the container or the scope at whose end it is stopped.
        dependencies: what must be started before it.
        dependents: what it must outlive.
        state: where it is.
        task: runs its `initialize()`; None at other times.
        holders: starts under way that need it.
        kept: whether a start that needed it has succeeded.
    """

    __slots__ = (
        "cancelled_by",
        "cleanup",
        "dependencies",
        "dependents",
        "holders",
        "initialize",
        "instance",
        "kept",
        "key",
        "owner",
        "state",
        "task",
    )

    def __init__(self, key: type, instance: object, owner: object, dependencies: Iterable[Managed] = ()) -> None:
        self.key = key
        self.instance = instance
        self.owner = owner
        self.dependencies = tuple(dependencies)
        self.dependents: dict[Managed, None] = {}
        self.state = ServiceState.BUILT
        self.task: asyncio.Task[None] | None = None
        self.holders: dict[Start, None] = {}
        self.kept = False
        self.cancelled_by: Start | None = None
        # Looked up on the type: a stand-in that answers any attribute has no lifecycle because of that.
        kind = type(instance)
        self.initialize: Callable[[Any], Any] | None = getattr(kind, "initialize", None)
        self.cleanup: Callable[[Any], Any] | None = getattr(kind, "cleanup", None)
        for each in self.dependencies:
            each.dependents[self] = None

    @property
    def name(self) -> str:
        """The class' name."""
        return type_name(self.key)

    def forget(self) -> None:
        """Cut the ties to what outlives it."""
        for each in self.dependencies:
            each.dependents.pop(self, None)


class Start:
    """One call that wants services started.

    Attributes:
        roots: what was asked for.
        needed: that and everything below it, dependencies first.
        initiator: the service in whose `initialize()` the call was made, or None.
        done: completed when everything is started, or when something failed.
        error: what failed, or None.
        freed: after the failure: what nobody else holds.
        released: whether it has let go.
        problems: what went wrong while unwinding: doing what, and the error.
    """

    __slots__ = ("done", "error", "freed", "initiator", "needed", "pending", "problems", "released", "roots")

    def __init__(self, roots: Sequence[Managed], needed: list[Managed], initiator: Managed | None) -> None:
        self.roots = roots
        self.needed = needed
        self.initiator = initiator
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.pending = sum(each.state is not ServiceState.STARTED for each in needed)
        self.error: BaseException | None = None
        self.freed: list[Managed] = []
        self.released = False
        self.problems: list[tuple[str, BaseException]] = []

    def path_to(self, goal: Managed) -> list[type]:
        """The classes from a root to `goal`."""
        ways: list[tuple[Managed, tuple[type, ...]]] = [(root, (root.key,)) for root in self.roots]
        seen: set[Managed] = set()
        while ways:
            here, path = ways.pop(0)
            if here is goal:
                return list(path)
            if here not in seen:
                seen.add(here)
                ways += [(each, (*path, each.key)) for each in here.dependencies]
        return [goal.key]
