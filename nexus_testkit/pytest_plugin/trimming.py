"""The traceback of a failure ends where the user's code does: behind that, the kit only says what is wrong."""

from __future__ import annotations

import inspect
from types import TracebackType

import pytest

from nexus_testkit.errors import NexusTestkitError
from nexus_testkit.errors.stack import is_ours, is_plumbing


def trim(item: pytest.Item, error: BaseException) -> None:
    """Drop the kit's frames from the end of a traceback, and what went before in them, where the kit raised the error on purpose.

    That is an error of its tree, or an assertion of a handle. With `--full-trace` nothing is dropped; nor where the test itself is
    the kit's, as those of contracts are.
    """
    if not isinstance(error, (NexusTestkitError, AssertionError)) or item.config.getoption("fulltrace", False):
        return
    if not isinstance(item, pytest.Function) or is_plumbing(_source_of(item)):
        return
    from nexus_testkit.journal.origin import WANTED, kind_of  # noqa: PLC0415  # for what fails alone

    last: TracebackType | None = None
    entry, end = error.__traceback__, error.__traceback__
    while entry is not None:
        if kind_of(entry.tb_frame.f_code.co_filename) == WANTED:
            last = entry
        entry, end = entry.tb_next, entry
    if last is None or end is None or not is_ours(end.tb_frame.f_code.co_filename):
        return
    last.tb_next = None
    before = error.__cause__ or error.__context__
    caught_by = None if before is None else before.__traceback__
    if caught_by is not None and is_ours(caught_by.tb_frame.f_code.co_filename):
        error.__cause__, error.__suppress_context__ = None, True  # what the kit made its error of


def _source_of(item: pytest.Function) -> str:
    """The file of the test's own function, below what `@given` and `@simulate` make of it."""
    function = getattr(getattr(item.function, "hypothesis", None), "inner_test", item.function)
    function = inspect.unwrap(getattr(function, "nexus_simulated", function))
    code = getattr(function, "__code__", None)
    return "<no function>" if code is None else str(code.co_filename)
