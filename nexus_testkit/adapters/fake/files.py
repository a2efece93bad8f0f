"""The file port in memory."""

from __future__ import annotations

import asyncio
import builtins
from difflib import get_close_matches

from nexus_testkit.adapters import paths
from nexus_testkit.adapters.file_faults import FailingFiles
from nexus_testkit.ports.clock import Clock

_Parts = tuple[str, ...]


class MemoryFiles(FailingFiles):
    """A tree of files that nobody else sees.

    Every operation lets other tasks run once before it happens, as a disk would, and then happens whole. Folders
    stay when their last file goes, as they do on a disk.

    Limits: names are compared as given, upper and lower case apart; no permissions, links, times or quota.
    """

    def __init__(self, *, clock: Clock) -> None:
        """Make an empty tree. The clock is not read: nothing here has a time."""
        del clock
        self._files: dict[_Parts, bytes] = {}
        self._folders: set[_Parts] = {()}

    async def read_bytes(self, path: str, /) -> bytes:
        parts = paths.split(path)
        await asyncio.sleep(0)
        return self._content(path, parts)

    async def read_text(self, path: str, /, *, encoding: str = "utf-8") -> str:
        return (await self.read_bytes(path)).decode(encoding)

    async def write_bytes(self, path: str, data: bytes, /) -> None:
        parts = paths.split(path)
        content = paths.content(data)
        await asyncio.sleep(0)
        self.put(path, content, parts)

    async def write_text(self, path: str, text: str, /, *, encoding: str = "utf-8") -> None:
        await self.write_bytes(path, str.encode(text, encoding))

    async def exists(self, path: str, /) -> bool:
        parts = paths.split(path, may_be_folder=True)
        await asyncio.sleep(0)
        return parts in self._folders or (parts in self._files and not path.endswith("/"))

    async def list(self, path: str = "", /) -> builtins.list[str]:
        parts = paths.split(path, may_be_folder=True)
        await asyncio.sleep(0)
        if parts not in self._folders:
            raise self._missing(path, parts)
        depth = len(parts)
        inside = [f"{found[-1]}/" for found in self._folders if len(found) == depth + 1 and found[:depth] == parts]
        inside += [found[-1] for found in self._files if len(found) == depth + 1 and found[:depth] == parts]
        return sorted(inside)

    async def delete(self, path: str, /) -> bool:
        parts = paths.split(path)
        await asyncio.sleep(0)
        if parts in self._folders:
            raise paths.is_a_directory(path)
        return self._files.pop(parts, None) is not None

    # -- for the harness, at once

    def put(self, path: str, content: bytes, parts: _Parts | None = None) -> None:
        """Write a file without waiting; for a test's own preparations."""
        parts = paths.split(path) if parts is None else parts
        if parts in self._folders:
            raise paths.is_a_directory(path)
        above = [parts[:depth] for depth in range(1, len(parts))]
        if any(folder in self._files for folder in above):
            raise paths.not_a_directory(path)
        self._folders.update(above)
        self._files[parts] = content

    def tree(self) -> dict[str, bytes]:
        """Every file's content by path, sorted."""
        return {"/".join(parts): self._files[parts] for parts in sorted(self._files)}

    def folders(self) -> builtins.list[str]:
        """Every folder below the root, sorted."""
        return sorted("/".join(parts) for parts in self._folders if parts)

    def _make_folders_above(self, parts: _Parts) -> None:
        above = [parts[:depth] for depth in range(1, len(parts))]
        if not any(folder in self._files for folder in above):
            self._folders.update(above)

    def leaks(self) -> builtins.list[str]:
        """Nothing: no handle is ever open."""
        return []

    async def aclose(self) -> None:
        """Nothing to close; safe to call twice."""

    def _content(self, path: str, parts: _Parts) -> bytes:
        if parts in self._folders:
            raise paths.is_a_directory(path)
        found = self._files.get(parts)
        if found is None:
            raise self._missing(path, parts)
        return found

    def _missing(self, path: str, parts: _Parts) -> paths.FileError:
        if any(parts[:depth] in self._files for depth in range(1, len(parts) + 1)):
            return paths.not_a_directory(path)
        near = get_close_matches(path, self.tree(), n=1)
        return paths.not_found(path, hint=f"did you mean {near[0]!r}?" if near else None)
