"""A body that uses every port from several tasks at once, whatever fails: for determinism, and for the benchmark."""

from __future__ import annotations

import asyncio
import random
import uuid

from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.files import FileSystem
from nexus_testkit.services import AnalyticsService, EmailService, HTTPService

SERVICES = (HTTPService, EmailService, AnalyticsService)  # started before the body, where nothing fails
TABLE = "CREATE TABLE jobs (id uuid PRIMARY KEY, owner text NOT NULL, state text NOT NULL, score int)"


async def everything(nexus):
    """Four workers on all ports; what they raise is a result like any other."""
    await nexus.db.execute(TABLE)
    nexus.http.get("https://crm.example/people").respond(200, json={"items": [1, 2, 3]})
    nexus.http.post("https://crm.example/people").respond(201, json={"id": 7})
    http, email, events = nexus.get(HTTPService), nexus.get(EmailService), nexus.get(AnalyticsService)
    db, cache, files = nexus.get(DatabaseAdapter), nexus.get(CacheManager), nexus.get(FileSystem)

    async def work(name):
        job = uuid.uuid4()
        await db.execute("INSERT INTO jobs VALUES ($1, $2, 'new', $3)", job, name, random.randrange(100))
        await cache.set(f"job:{name}", str(job), ttl=60)
        async with db.transaction() as session:
            await session.fetch_one("SELECT state FROM jobs WHERE id = $1 FOR UPDATE", job)
            await session.execute("UPDATE jobs SET state = 'done' WHERE id = $1", job)
        await http.get("https://crm.example/people")
        await events.track_event("job_done", name)
        async with asyncio.TaskGroup() as group:
            group.create_task(http.post("https://crm.example/people", data={"job": name}))
            group.create_task(cache.increment("jobs"))
            group.create_task(files.write_text(f"{name}.txt", str(job)))
        await email.send_email([f"{name}@example.org"], "Done", str(job))
        return str(job)

    names = {"ann", "bob", "cid", "dee"}  # a set of texts: its order is PYTHONHASHSEED's, and is made one here
    results = await asyncio.gather(*map(work, sorted(names)), return_exceptions=True)
    await nexus.settle()
    return [repr(result) for result in results]


async def rows(nexus):
    """Two writers and a reader on the database alone."""
    db = nexus.get(DatabaseAdapter)
    await nexus.db.execute("CREATE TABLE counters (name text PRIMARY KEY, value int NOT NULL)")

    async def add(name):
        await db.execute(
            "INSERT INTO counters VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1", name
        )

    await asyncio.gather(add("a"), add("a"), db.fetch_all("SELECT * FROM counters"))
    assert await nexus.db.fetch_val("SELECT value FROM counters") == 2
