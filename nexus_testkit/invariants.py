"""`@invariant`: what must hold whatever fails. It loads nothing, for a conftest says it at the start of every run."""

TYPE_CHECKING = False  # as in the package itself
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

_MARK = "nexus_invariant"


def invariant(check: "F") -> "F":
    """Mark a function as something that must hold whenever a run of a sweep or of a search has passed.

    It takes `nexus`, may be async, and fails by an exception (an `assert`) or by returning False. It is called in calm:
    nothing is made to fail any more, and every task waits for time, for the outside or for ever; `await
    nexus.clock.advance(minutes=5)` lets time pass for whatever has to recover. One with a second parameter, `model`, is
    given what the test handed to `nexus.faults.sweep(model=...)`, and is left out where there is none.

    Those of a test's module and of its conftests are found by themselves, imported ones included; others are given as
    `nexus.faults.sweep(invariants=[...])`.
    """
    setattr(check, _MARK, True)
    return check


def invariants_in(namespace: "Mapping[str, Any]") -> "list[Callable[..., Any]]":
    """The functions of a module that are marked, in their order; each once."""
    found = [value for value in namespace.values() if callable(value) and getattr(value, _MARK, False) is True]
    return list(dict.fromkeys(found))
