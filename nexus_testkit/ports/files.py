"""The file port: a tree of files under a root."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class FileSystem(Protocol):
    """Files under a root. Paths are relative, with `/` between their parts; `a/./b` is `a/b`; `..` is refused.

    Raises (every method): PathOutsideRoot for a path that leads out; FileError (an OSError, of the kind that
    Python's own functions raise: FileNotFoundError, IsADirectoryError, NotADirectoryError) for the rest.
    """

    async def read_bytes(self, path: str, /) -> bytes:
        """The content of a file."""
        ...

    async def read_text(self, path: str, /, *, encoding: str = "utf-8") -> str:
        """The content of a file, decoded strictly; line ends are left alone."""
        ...

    async def write_bytes(self, path: str, data: bytes, /) -> None:
        """Write a file, whole or not at all; the folders above it are made."""
        ...

    async def write_text(self, path: str, text: str, /, *, encoding: str = "utf-8") -> None:
        """Write a file as text; line ends are left alone."""
        ...

    async def exists(self, path: str, /) -> bool:
        """Whether a file or folder is there."""
        ...

    async def list(self, path: str = "", /) -> list[str]:
        """The names in a folder, sorted; folders end in `/`. The root is `""`."""
        ...

    async def delete(self, path: str, /) -> bool:
        """Delete a file; False where there is none."""
        ...
