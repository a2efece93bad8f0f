"""`CrudMachine` finds what shows neither on few rows nor while no call takes any time: ties between pages, reads that overtake."""

import asyncio
import json

import pytest
from hypothesis import strategies as st

from nexus.cache import CacheManager
from nexus.database import DatabaseAdapter
from nexus.services import BaseService, inject
from nexus_testkit.machines import Broken, CrudMachine
from nexus_testkit.machines.crud_drawing import Given, Slow
from tests.machines.running import find_nothing, hunt


class Tasks(BaseService):
    """Tasks by rank, in pages; each is cached where it was read."""

    order = "rank, id"

    def __init__(self, db: DatabaseAdapter = inject(), cache: CacheManager = inject()):
        super().__init__()
        self.db = db
        self.cache = cache
        self.lock = asyncio.Lock()

    async def _setup(self):
        await self.db.execute("CREATE TABLE IF NOT EXISTS tasks (id SERIAL PRIMARY KEY, rank INT NOT NULL)")

    async def create(self, data):
        return await self.db.fetch_val("INSERT INTO tasks (rank) VALUES ($1) RETURNING id", data["rank"])

    async def get(self, number):
        async with self.lock:
            return await self.read(number)

    async def read(self, number):
        cached = await self.cache.get(f"task:{number}")
        if cached is not None:
            return json.loads(cached)
        row = await self.db.fetch_one("SELECT * FROM tasks WHERE id = $1", number)
        if row is not None:
            await self.cache.set(f"task:{number}", json.dumps(dict(row)), ttl=60)
        return row and dict(row)

    async def update(self, number, changes):
        async with self.lock:
            try:
                done = await self.db.execute("UPDATE tasks SET rank = $2 WHERE id = $1", number, changes["rank"])
            finally:
                await self.cache.delete(f"task:{number}")
        return {"id": number, **changes} if done.rowcount else None

    async def list(self, page=1, per_page=20):
        return [
            dict(row)
            for row in await self.db.fetch_all(
                f"SELECT * FROM tasks ORDER BY {self.order} LIMIT $1 OFFSET $2", per_page, (page - 1) * per_page
            )
        ]


class Hasty(Tasks):
    """Keeps what it has read, whatever has become of it."""

    async def get(self, number):
        return await self.read(number)


class Unordered(Tasks):
    """Leaves it open what comes first of one rank."""

    order = "rank"


class TasksMachine(CrudMachine):
    service = Tasks
    new = st.fixed_dictionaries({"rank": st.integers(1, 2)})
    order_by = ("rank",)


def test_sound_service_keeps_every_promise():
    find_nothing(TasksMachine)


def test_pages_by_an_order_with_ties_are_found():
    class Machine(TasksMachine):
        service = Unordered

    _, error = hunt(Machine, 1)
    assert error.promise in ("pages", "sorted")
    assert "nexus.db.shuffle_ties()" in "\n".join(error.__notes__)


@pytest.mark.parametrize("service", [Tasks, Hasty])
def test_read_that_an_update_overtakes_is_not_kept(service):
    class Machine(TasksMachine):
        pass

    Machine.service = service
    machine = Machine()
    try:
        machine.create_first(given=[{"rank": 1}], pause=0)
        race = {"number": 0, "given": Given({"rank": 2}), "turns": 1, "pause": 86_400}
        if service is Tasks:
            machine.read_during_update(**race, slow=Slow("database", 1, reply=True))
        else:
            with pytest.raises(Broken, match="a read after an update sees it"):
                machine.read_during_update(**race, slow=Slow("database", 1, reply=True))
            assert "fault = nexus.faults.on('database').nth(1).delays(0.001, reply=True).optional()" in "\n".join(
                machine.steps.lines()
            )
    finally:
        machine.teardown()
