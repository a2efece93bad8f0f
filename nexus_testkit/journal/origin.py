"""Who called a port: which files of a chain of callers are the user's code or a service, and where an instruction stands."""

from __future__ import annotations

from types import CodeType
from typing import Final

from nexus_testkit.errors.stack import is_plumbing

PASSED: Final = "a library's, or the kit's own"
WANTED: Final = "a service's, or the user's"
END: Final = "the loop's"

_SERVICES = __file__.replace("\\", "/").rpartition("/journal/")[0] + "/services/"
# Whatever lies further out than the loop's own call of a task called the loop, not the port.
_LOOP = ("/asyncio/events.py", "/asyncio/runners.py", "/simulation/loop.py")

KINDS: dict[str, str] = {}
"""File name -> what it is, of those that were asked for."""


def kind_of(filename: str) -> str:
    """What a file is; remembered, since every call of a port asks."""
    path = filename.replace("\\", "/")
    if path.endswith(_LOOP):
        kind = END
    elif path.startswith(_SERVICES) or not is_plumbing(filename):
        kind = WANTED
    else:
        kind = PASSED
    KINDS[filename] = kind
    return kind


def line_of(code: CodeType, instruction: int) -> int:
    """The line of an instruction, or the function's first."""
    for start, end, line in code.co_lines():
        if start <= instruction < end and line is not None:
            return line
    return code.co_firstlineno
