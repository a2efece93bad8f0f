"""The file port on a folder of the disk."""

from __future__ import annotations

import asyncio
import builtins
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

from nexus_testkit.adapters import paths
from nexus_testkit.errors import PathOutsideRoot

T = TypeVar("T")

_UNFINISHED = ".nexus-unfinished-"


class RootedDirectory:
    """The files of one folder. Blocking calls run in the loop's default executor.

    A file is written beside its place and then moved there, so that readers see the old or the new one, whole; what was
    written is on the disk when the call returns. Links are followed as long as they stay inside the root.

    Limits: links are looked at before the file is opened; who can swap a link in between can lead out. A process that is
    killed while it writes leaves a file whose name begins with `.nexus-unfinished-`; `list` does not show it.
    """

    def __init__(self, root: str | os.PathLike[str], *, durable: bool = True) -> None:
        """Use the folder `root`, which is made where it is missing.

        `durable` forces each file and its name to the disk (fsync), so that a power failure loses nothing that was
        written; without, a write is many times as fast.
        """
        self._root = Path(root)
        self._durable = durable

    async def read_bytes(self, path: str, /) -> bytes:
        parts = paths.split(path)
        return await self._run(path, lambda: self._existing_file(path, parts).read_bytes())

    async def read_text(self, path: str, /, *, encoding: str = "utf-8") -> str:
        return (await self.read_bytes(path)).decode(encoding)

    async def write_bytes(self, path: str, data: bytes, /) -> None:
        parts = paths.split(path)
        content = paths.content(data)
        await self._run(path, lambda: self._write(path, parts, content))

    async def write_text(self, path: str, text: str, /, *, encoding: str = "utf-8") -> None:
        await self.write_bytes(path, str.encode(text, encoding))

    async def exists(self, path: str, /) -> bool:
        parts = paths.split(path, may_be_folder=True)

        def look() -> bool:
            place = self._inside(path, parts)
            return place.is_dir() if path.endswith("/") else place.exists()

        return await self._run(path, look)

    async def list(self, path: str = "", /) -> builtins.list[str]:
        parts = paths.split(path, may_be_folder=True)

        def look() -> builtins.list[str]:
            with os.scandir(self._inside(path, parts)) as found:
                names = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in found]
            return sorted(name for name in names if not name.startswith(_UNFINISHED))

        return await self._run(path, look)

    async def delete(self, path: str, /) -> bool:
        parts = paths.split(path)
        return await self._run(path, lambda: self._delete(path, parts))

    def _inside(self, path: str, parts: tuple[str, ...]) -> Path:
        self._root.mkdir(parents=True, exist_ok=True)
        root = self._root.resolve()
        place = root.joinpath(*parts)
        if not place.resolve().is_relative_to(root):
            raise PathOutsideRoot(path, reason="a link leads out of the root")
        return place

    def _existing_file(self, path: str, parts: tuple[str, ...]) -> Path:
        place = self._inside(path, parts)
        if place.is_dir():  # Windows answers "permission denied"
            raise paths.is_a_directory(path)
        return place

    def _write(self, path: str, parts: tuple[str, ...], content: bytes) -> None:
        place = self._existing_file(path, parts).resolve()
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError:  # mkdir's word for a file that stands where a folder must be
            raise paths.not_a_directory(path) from None
        unfinished = place.with_name(f"{_UNFINISHED}{secrets.token_hex(8)}")
        try:
            with unfinished.open("xb") as file:
                file.write(content)
                if self._durable:
                    file.flush()
                    os.fsync(file.fileno())
            unfinished.replace(place)
            if self._durable:
                _force_names(place.parent)
        finally:
            unfinished.unlink(missing_ok=True)

    def _delete(self, path: str, parts: tuple[str, ...]) -> bool:
        try:
            self._existing_file(path, parts).unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    async def _run(self, path: str, work: Callable[[], T]) -> T:
        def translated() -> T:
            with paths.as_port_errors(path):
                return work()

        return await asyncio.get_running_loop().run_in_executor(None, translated)

    def leaks(self) -> builtins.list[str]:
        """Nothing: no file stays open."""
        return []

    async def aclose(self) -> None:
        """Nothing to close; safe to call twice. The files stay."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _force_names(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there, and NTFS keeps a journal of names
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
