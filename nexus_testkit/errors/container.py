"""Errors of registration, injection and lifecycle.

The subclasses take their facts as keyword arguments; `path` is the chain of classes from the service that
was asked for to the one at fault, `registered_at` says where each was registered (`file:line`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from nexus_testkit.errors.base import NexusTestkitError


def type_name(key: object) -> str:
    """The short name of a class, without the function that it was defined in; the repr of anything else."""
    return key.__qualname__.rpartition("<locals>.")[2] if isinstance(key, type) else repr(key)


def draw_path(path: Sequence[object]) -> str:
    """`A -> B -> C`."""
    return " -> ".join(type_name(key) for key in path)


def did_you_mean(wanted: str, known: Sequence[str]) -> str | None:
    """A sentence with the nearest known name, or None."""
    near = get_close_matches(wanted, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else None


class ContainerError(NexusTestkitError):
    """Base of the container's errors.

    Attributes:
        path: classes from the one that was asked for to the one at fault; may be empty.
        registered_at: for classes of the path, where they were registered.
    """

    def __init__(
        self,
        message: str = "",
        *,
        path: Sequence[object] = (),
        registered_at: Mapping[object, str] | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.path = tuple(path)
        self.registered_at = dict(registered_at or {})

    def _message(self) -> str:
        lines = [super()._message()]
        if len(self.path) > 1:
            lines.append(f"  path: {draw_path(self.path)}")
        seen: set[int] = set()
        for key in self.path:
            where = self.registered_at.get(key)
            if where and id(key) not in seen:
                seen.add(id(key))
                lines.append(f"  {type_name(key)}: registered at {where}")
        return "\n".join(lines)


class NoActiveContainer(ContainerError, RuntimeError):
    """register_service, get_service or an injection outside any harness."""

    default_hint = (
        "ask for the 'nexus' fixture in the test, or use 'async with Harness() as nexus:'; "
        "inside either, the container is found by itself"
    )


class InvalidServiceType(ContainerError, TypeError):
    """What was named is not a class that the container can build."""


class InvalidScope(ContainerError, ValueError):
    """A scope other than singleton, scoped and transient."""


class InvalidServiceConfig(ContainerError, ValueError):
    """A configuration that is no mapping, names no service, or reaches a service that takes none."""


class MissingDependency(ContainerError, LookupError):
    """A parameter that nothing can fill."""


class CyclicDependency(ContainerError):
    """Services that need one another in a circle; `path` begins and ends with the same class."""


class CaptiveDependency(ContainerError):
    """A longer-lived service that would hold a shorter-lived one."""


class DuplicateRegistration(ContainerError, ValueError):
    """The same class registered twice."""


class OverrideError(ContainerError):
    """An override that came too late (already built) or that nobody asked for."""


class UnfilledInjection(ContainerError, TypeError):
    """A constructor called by hand left a parameter at its `inject()` default."""


class LifecycleError(ContainerError, RuntimeError):
    """A step that the service's state does not allow."""


class ServiceNotInitialized(LifecycleError):
    """A public method was called before `initialize()` or after `cleanup()`."""
