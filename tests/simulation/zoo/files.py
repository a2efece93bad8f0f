"""Defects around files, which errors leave behind."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.files import FileSystem
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import specimen

# -- half a file


class Export(BaseService):
    """Writes a file page by page, under its final name."""

    def __init__(self, db: DatabaseAdapter = inject(), files: FileSystem = inject()) -> None:
        super().__init__()
        self.db = db
        self.files = files

    async def export(self) -> None:
        await self.files.write_text("sales.csv", "")
        for page in range(3):
            text = await self.files.read_text("sales.csv")
            await self.files.write_text("sales.csv", text + await self._page(page))

    async def _page(self, page: int) -> str:
        rows = await self.db.fetch_all("SELECT id FROM sales ORDER BY id LIMIT 2 OFFSET $1", page * 2)
        return "".join(f"{row['id']}\n" for row in rows)


class ExportAtOnce(Export):
    """Writes the file when it has all of it."""

    async def export(self) -> None:
        await self.files.write_text("sales.csv", "".join([await self._page(page) for page in range(3)]))


@specimen(
    "an error leaves half a file under the final name", bug=Export, twin=ExportAtOnce, runs=200, faults=["table:sales"]
)
async def half_a_file(nexus: Harness, export: type[Export]) -> None:
    await nexus.db.execute("CREATE TABLE sales (id INT); INSERT INTO sales VALUES (1), (2), (3), (4), (5)")
    service = await nexus.service(export)
    with suppress(Exception):
        await service.export()
    assert nexus.files.tree().get("sales.csv") in {None, b"1\n2\n3\n4\n5\n"}, "there is the whole file or none"


# -- a clean-up beside a sibling that goes on


class Gallery(BaseService):
    """Cleans up when the first upload has failed; the others go on."""

    def __init__(self, files: FileSystem = inject(), cache: CacheManager = inject()) -> None:
        super().__init__()
        self.files = files
        self.cache = cache

    async def publish(self, names: list[str]) -> None:
        try:
            await self._all(names)
        finally:
            for name in await self.files.list("tmp"):
                await self.files.delete(f"tmp/{name}")

    async def _all(self, names: list[str]) -> None:
        await asyncio.gather(*map(self._one, names))

    async def _one(self, name: str) -> None:
        size = await self.cache.get(f"size:{name}")
        await self.files.write_bytes(f"tmp/{name}", b"." * int(size or 1))


class GalleryInGroups(Gallery):
    """Waits for all, or has ended all."""

    async def _all(self, names: list[str]) -> None:
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(self._one(name))


@specimen(
    "the clean-up after a failed task runs while its siblings still write",
    bug=Gallery,
    twin=GalleryInGroups,
    runs=200,
    faults=["cache.get"],
    decisions=9,
)
async def cleanup_beside_a_sibling(nexus: Harness, gallery: type[Gallery]) -> None:
    service = await nexus.service(gallery)
    nexus.files.put("tmp/old", "")
    with suppress(Exception):
        await service.publish(["a", "b", "c"])
    await nexus.clock.advance(hours=1)
    assert nexus.files.tree() == {}, "nothing temporary is left"
