"""What ends a command before it has done its work."""

from __future__ import annotations

from collections.abc import Sequence


class Problem(Exception):
    """What was asked for cannot be done.

    Attributes:
        lines: why, in words.
        code: the command's exit code: 2 for what was asked wrongly, 3 for what went wrong on the way.
    """

    def __init__(self, *lines: str, code: int = 2) -> None:
        super().__init__("\n".join(lines))
        self.lines: Sequence[str] = lines
        self.code = code
