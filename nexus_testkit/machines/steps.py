"""What a machine did, as the code of a test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from enum import Enum
from math import isfinite
from typing import Any, TypeVar
from unicodedata import normalize

T = TypeVar("T")


class Name(str):
    """A piece of code, shown as it stands among arguments: `item1["id"]`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Steps:
    """The lines of a test that does what a machine did."""

    def __init__(self, head: Sequence[str] = ("async def test_again(nexus):",)) -> None:
        """Begin with the lines in `head`."""
        self._head = list(head)
        self._lines: list[str] = []

    def begin(self, *lines: str) -> None:
        """Put lines after those that begin the test."""
        self._head += [f"    {line}" for line in lines]

    def add(self, line: str) -> None:
        """Add a line."""
        self._lines.append(line)

    def look(self, line: str) -> None:
        """Add a line that changes nothing; where it stands there already, as the last one, it is not repeated."""
        if not self._lines or self._lines[-1] != line:
            self._lines.append(line)

    def raised(self, line: str, error: BaseException) -> None:
        """Add a line that raised `error`."""
        self.add(f"with pytest.raises({type(error).__name__}):")
        self._lines.append(f"    {line}")

    def lines(self) -> list[str]:
        """The test, one line each."""
        return [*self._head, *(f"    {line}" for line in self._lines)]


async def later(turns: int, action: Awaitable[T]) -> T:
    """Await something after so many turns of the loop, as the steps of a machine do."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return await action


def call(function: str, *arguments: Any, **options: Any) -> str:
    """A call as code."""
    shown = [_code(value) for value in arguments] + [f"{name}={_code(value)}" for name, value in options.items()]
    return f"{function}({', '.join(shown)})"


def _code(value: Any) -> str:
    """The value as an expression, also where its `repr` is none."""
    if isinstance(value, float) and not isfinite(value):
        return f"float('{value}')"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}" if value.name else f"{type(value).__name__}({value.value!r})"
    if type(value) is list:
        return f"[{', '.join(map(_code, value))}]"
    if type(value) is tuple and len(value) > 1:
        return f"({', '.join(map(_code, value))})"
    if type(value) is dict:
        return f"{{{', '.join(f'{_code(key)}: {_code(each)}' for key, each in value.items())}}}"
    return repr(value)


def changed(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    """The fields that differ, one line each."""
    lines = []
    for name in {**wanted, **got}:
        if name in wanted and name in got and got[name] == wanted[name]:
            continue
        here = repr(got[name]) if name in got else "(missing)"
        there = repr(wanted[name]) if name in wanted else "(missing)"
        if normalize("NFC", here) == normalize("NFC", there):  # they look the same
            here, there = ascii(got.get(name)), ascii(wanted.get(name))
        lines.append(f"  {name}: {here} instead of {there}")
    return lines
