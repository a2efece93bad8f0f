"""What a machine did, as the code of a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


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
        """Add a line; one that stands there already, as the last one, is not repeated."""
        if not self._lines or self._lines[-1] != line:
            self._lines.append(line)

    def raised(self, line: str, error: BaseException) -> None:
        """Add a line that raised `error`."""
        self.add(f"with pytest.raises({type(error).__name__}):")
        self._lines.append(f"    {line}")

    def lines(self) -> list[str]:
        """The test, one line each."""
        return [*self._head, *(f"    {line}" for line in self._lines)]


def call(function: str, *arguments: Any, **options: Any) -> str:
    """A call as code."""
    shown = [repr(value) for value in arguments] + [f"{name}={value!r}" for name, value in options.items()]
    return f"{function}({', '.join(shown)})"


def changed(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    """The fields that differ, one line each."""
    missing = "(missing)"
    return [
        f"  {name}: {got.get(name, missing)!r} instead of {wanted.get(name, missing)!r}"
        for name in {**wanted, **got}
        if name not in wanted or name not in got or got[name] != wanted[name]
    ]
