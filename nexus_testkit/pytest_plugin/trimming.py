"""The traceback of a failure ends where the user's code does: behind that, the kit only says what is wrong."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import TracebackType

import pytest

from nexus_testkit.errors import NexusTestkitError
from nexus_testkit.errors.stack import is_ours, is_plumbing

_LOOP = ("/asyncio/base_events.py", "/asyncio/runners.py")


def trim(item: pytest.Item, error: BaseException) -> None:
    """Drop frames of the kit from a traceback: those at its end, where the kit raised the error on purpose, and those between.

    On purpose are the errors of its tree, the assertions of handles, and what a fault raises in the place of an adapter; what else came
    out of the kit is shown whole. With `--full-trace` nothing is dropped; nor where the test itself is the kit's, as those of
    contracts are.
    """
    if item.config.getoption("fulltrace", False):
        return
    if not isinstance(item, pytest.Function) or is_plumbing(_source_of(item)):
        return
    from nexus_testkit.journal.seam import Disturbance  # noqa: PLC0415  # for what fails alone

    entries = list(_entries(error.__traceback__))
    wanted = [at for at, entry in enumerate(entries) if not is_plumbing(_file(entry))]
    if not wanted:
        return
    last = wanted[-1]
    if any(map(_is_kits, entries[last:])):
        is_fault = entries[-1].tb_frame.f_code is Disturbance.raise_error.__code__
        if not (is_fault or isinstance(error, (NexusTestkitError, AssertionError))) or not is_ours(_file(entries[-1])):
            return
        entries[last].tb_next = None
        before = error.__cause__ or error.__context__
        caught_by = None if before is None else before.__traceback__
        if caught_by is not None and is_ours(_file(caught_by)):
            error.__cause__, error.__suppress_context__ = None, True  # what the kit made its error of
    shown: TracebackType | None = None  # the kit's first or the user's: what pytest does before is pytest's to hide
    for at, entry in enumerate(entries[: last + 1]):
        if shown is not None and _only_calls(entry):
            continue  # such as the container's, between a test and the service that it starts
        if shown is not None:
            shown.tb_next = entry
        if shown is not None or at == wanted[0] or _is_kits(entry):
            shown = entry


def _only_calls(entry: TracebackType) -> bool:
    """Whether it is the kit's, or of the loop that the kit runs."""
    return _is_kits(entry) or _file(entry).replace("\\", "/").endswith(_LOOP)


def _entries(entry: TracebackType | None) -> Iterator[TracebackType]:
    while entry is not None:
        yield entry
        entry = entry.tb_next


def _file(entry: TracebackType) -> str:
    return entry.tb_frame.f_code.co_filename


def _is_kits(entry: TracebackType) -> bool:
    """Whether it is of the kit's own machinery; its services are read as the user's code."""
    return is_ours(_file(entry)) and is_plumbing(_file(entry))


def _source_of(item: pytest.Function) -> str:
    """The file of the test's own function, below what `@given` and `@simulate` make of it."""
    function = getattr(getattr(item.function, "hypothesis", None), "inner_test", item.function)
    function = inspect.unwrap(getattr(function, "nexus_simulated", function))
    code = getattr(function, "__code__", None)
    return "<no function>" if code is None else str(code.co_filename)
