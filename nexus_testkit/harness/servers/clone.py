"""A database, a cache and a folder of their own for one test, on servers and a disk that many tests share."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from nexus_testkit.adapters import paths
from nexus_testkit.adapters.file_faults import FailingFiles
from nexus_testkit.adapters.real.cache import RedisCache
from nexus_testkit.adapters.real.database import PostgresDatabase
from nexus_testkit.adapters.real.files import RootedDirectory
from nexus_testkit.errors import CacheError

# Text sorts by code point, whatever the server's own databases do: as in the fake.
_FRESH = (
    "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
)


class ClonedDatabase(PostgresDatabase):
    """A database that is created with the first query and dropped by `aclose()`.

    Limits: PostgreSQL 17 or newer where no template is named. A run that is killed leaves its databases on a server that
    it did not start itself; their names begin with `nexus_test_`.

    Attributes:
        name: of the database.
    """

    def __init__(
        self, server_url: str, *, template: str | None = None, strategy: str | None = None, **options: Any
    ) -> None:
        """Choose a name nobody has; nothing is created yet.

        Args:
            server_url: of any database on the server, for a user who may create others.
            template: the database to clone, to which nobody may be connected; None: an empty one.
            strategy: how PostgreSQL copies (`"wal_log"`, `"file_copy"`); None: as it chooses.
            options: those of `PostgresDatabase`.
        """
        self.name = f"nexus_test_{os.getpid()}_{secrets.token_hex(4)}"
        super().__init__(with_database(server_url, self.name), **options)
        self._server_url = server_url
        source = _FRESH if template is None else f"TEMPLATE {_quoted(template)}"
        how = "" if strategy is None else f" STRATEGY {strategy}"
        self._create = f"CREATE DATABASE {_quoted(self.name)} {source}{how}"
        self._creating: asyncio.Task[None] | None = None

    async def _new_pool(self) -> Any:
        if self._creating is None:
            self._creating = asyncio.ensure_future(self._administer(self._create))
        try:
            # Shielded: what the server made of it could not be known, had the caller been cancelled meanwhile.
            await asyncio.shield(self._creating)
        except Exception:
            self._creating = None
            raise
        return await super()._new_pool()

    async def aclose(self) -> None:
        await super().aclose()
        creating, self._creating = self._creating, None
        if creating is not None:
            async with self.asking():
                await self._drop(creating)

    async def _drop(self, creating: asyncio.Task[None]) -> None:
        await asyncio.wait([creating])
        if not creating.cancelled() and creating.exception() is None:
            await self._administer(f"DROP DATABASE IF EXISTS {_quoted(self.name)} WITH (FORCE)")

    async def _administer(self, statement: str) -> None:
        async with PostgresDatabase(self._server_url, max_size=1) as server:
            await server.execute(statement)


class TemporaryCache(RedisCache):
    """A cache whose `aclose()` leaves nothing: its own keys where it has a prefix, else the whole server's."""

    async def aclose(self) -> None:
        if not self._closed:
            with suppress(CacheError):  # a server that is gone has forgotten it
                if self._prefix:
                    await self.clear()
                else:
                    await self._call("FLUSHALL")
        await super().aclose()


class TemporaryFiles(FailingFiles, RootedDirectory):
    """A folder of its own on the disk, removed by `aclose()`; with what the world's handle asks of its files."""

    def __init__(self) -> None:
        """Make the folder."""
        self._folder = Path(tempfile.mkdtemp(prefix="nexus-files-"))
        super().__init__(self._folder, durable=False)

    def put(self, path: str, content: bytes) -> None:
        """Write a file at once; for a test's own preparations."""
        with paths.as_port_errors(path):
            self._write(path, paths.split(path), content)

    def tree(self) -> dict[str, bytes]:
        """Every file's content by path, sorted."""
        files = (path for path in self._folder.rglob("*") if path.is_file())
        return {name: (self._folder / name).read_bytes() for name in sorted(map(self._name, files))}

    def folders(self) -> list[str]:
        """Every folder below the root, sorted."""
        return sorted(self._name(path) for path in self._folder.rglob("*") if path.is_dir())

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _make_folders_above(self, parts: tuple[str, ...]) -> None:
        self._folder.joinpath(*parts[:-1]).mkdir(parents=True, exist_ok=True)

    async def aclose(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, partial(shutil.rmtree, self._folder, ignore_errors=True))


def with_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}"))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
