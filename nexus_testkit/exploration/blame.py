"""Whether a body failed because of the fault that was injected into it, and as it may."""

from __future__ import annotations

from collections.abc import Iterator

from nexus_testkit.errors import (
    BrokenInvariant,
    ContainerError,
    HarnessError,
    LeakError,
    SimulationError,
    UnsupportedSQL,
)

# Never an answer to a fault: a check that failed, or something that the kit cannot do.
_NEVER = (AssertionError, BrokenInvariant, ContainerError, HarnessError, LeakError, SimulationError, UnsupportedSQL)
# Python's own, raised by a slip in a handler: where somebody means one of them, it is `raise ... from error`.
_SLIPS = (
    ArithmeticError, AttributeError, EOFError, ImportError, LookupError, NameError, NotImplementedError, RecursionError,
    StopAsyncIteration, StopIteration, SyntaxError, SystemError, TypeError, UnicodeError,
)  # fmt: skip


def is_of_the_fault(error: BaseException, injected: BaseException | None) -> bool:
    """Whether `error` is what a service may make of the injected one.

    It is the injected error itself, or was raised `from` one that is, or while one that is was being handled (`from None`
    hides that from the reader and keeps it). A slip of the handler, such as a TypeError, counts only where it was raised `from`
    it, an assertion never does. Of a group every member must be of the fault.

    An error that is raised when the handler has been left, such as a last `raise GaveUp(attempts)` behind a loop of
    retries, has no link to the fault and does not count: it could as well come of a fault that was swallowed. Raise it
    `from` the last error.

    Where the fault raised nothing by itself, such as an answer with status 503, nothing can be linked, and any error counts
    that is neither an assertion nor a slip.
    """
    if not isinstance(error, Exception) or isinstance(error, _NEVER):
        return False
    if isinstance(error, ExceptionGroup):
        return all(is_of_the_fault(member, injected) for member in error.exceptions)
    if injected is None:
        return error.__cause__ is not None or not _is_slip(error)
    if error is injected or (error.__cause__ is not None and _leads_to(error.__cause__, injected)):
        return True
    return not _is_slip(error) and error.__context__ is not None and _leads_to(error.__context__, injected)


def _is_slip(error: Exception) -> bool:
    return isinstance(error, _SLIPS) and type(error).__module__ == "builtins"


def _leads_to(error: BaseException, injected: BaseException) -> bool:
    return any(each is injected for each in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it came of, and the members of groups, each once."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        todo += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions
