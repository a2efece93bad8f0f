"""The file port's side of the seam."""

from __future__ import annotations

import builtins

from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.files import FileSystem


class SeamedFiles:
    """A file system, each of whose calls crosses the seam."""

    def __init__(self, inner: FileSystem, seam: Seam) -> None:
        """Wrap `inner`."""
        self._inner = inner
        self._seam = seam

    async def read_bytes(self, path: str, /) -> bytes:
        return await self._seam.call("files.read_bytes", self._inner.read_bytes, path)

    async def read_text(self, path: str, /, *, encoding: str = "utf-8") -> str:
        return await self._seam.call("files.read_text", self._inner.read_text, path, encoding=encoding)

    async def write_bytes(self, path: str, data: bytes, /) -> None:
        await self._seam.call("files.write_bytes", self._inner.write_bytes, path, data)

    async def write_text(self, path: str, text: str, /, *, encoding: str = "utf-8") -> None:
        await self._seam.call("files.write_text", self._inner.write_text, path, text, encoding=encoding)

    async def exists(self, path: str, /) -> bool:
        return await self._seam.call("files.exists", self._inner.exists, path)

    async def list(self, path: str = "", /) -> builtins.list[str]:
        return await self._seam.call("files.list", self._inner.list, path)

    async def delete(self, path: str, /) -> bool:
        return await self._seam.call("files.delete", self._inner.delete, path)
