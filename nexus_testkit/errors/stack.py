"""Where something was made: a stack that is cheap to take and is put into words only when it is needed."""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType, FrameType

_DEEPEST = 30
_OURS = __file__.replace("\\", "/").rpartition("/errors/")[0] + "/"
_STDLIB = os.path.dirname(os.__file__).replace("\\", "/") + "/"  # noqa: PTH120  # pathlib would be loaded for this line


class Stack:
    """The callers at one moment, innermost first. Taking one costs about a microsecond for ten frames."""

    __slots__ = ("_frames",)

    def __init__(self, *, skip: int = 1, deepest: int = _DEEPEST) -> None:
        """Take the innermost `deepest` frames, after the first `skip` (1: without the frame that calls this)."""
        frame: FrameType | None = sys._getframe(skip)  # noqa: SLF001  # the only cheap way to the callers
        frames: list[tuple[CodeType, int]] = []
        while frame is not None and len(frames) < deepest:
            frames.append((frame.f_code, frame.f_lineno))
            frame = frame.f_back
        self._frames = frames

    @classmethod
    def of(cls, frames: list[tuple[CodeType, int]]) -> Stack:
        """A stack of known frames, innermost first, such as those of a suspended coroutine."""
        stack = cls.__new__(cls)
        stack._frames = frames  # noqa: SLF001  # its own class
        return stack

    def lines(self, *, most: int = 6) -> list[str]:
        """The innermost `most` frames that belong to the user's code, as `file:line in function: source line`."""
        theirs = [place for place in self._frames if not is_plumbing(place[0].co_filename)]
        return [_describe(code, line) for code, line in (theirs or self._frames)[:most]]

    def where(self) -> str:
        """The innermost frame of the user's code, as `file:line`."""
        for code, line in self._frames:
            if not is_plumbing(code.co_filename):
                return f"{code.co_filename}:{line}"
        code, line = self._frames[0]
        return f"{code.co_filename}:{line}"

    def place(self) -> str:
        """`where()` without folders."""
        return self.where().replace("\\", "/").rpartition("/")[2]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def is_plumbing(filename: str) -> bool:
    """Whether a file is the standard library's, an installed package's or the kit's own: not the user's code."""
    filename = filename.replace("\\", "/")
    parts = filename.split("/")
    return (
        filename.startswith(("<", _STDLIB))
        or "site-packages" in parts
        # The package itself, but not a checkout in a folder of the same name; its services are read as examples.
        or (filename.startswith(_OURS) and not filename.startswith(_OURS + "services/"))
    )


def is_ours(filename: str) -> bool:
    """Whether a file is the kit's own."""
    return filename.replace("\\", "/").startswith(_OURS)


def _describe(code: CodeType, line: int) -> str:
    source = linecache.getline(code.co_filename, line).strip()
    return f"{code.co_filename}:{line} in {code.co_name}: {source}"
