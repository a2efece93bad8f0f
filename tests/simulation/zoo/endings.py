"""Defects at the end of things: cancellation, time-outs, a service that stops."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import specimen

# -- what a stop forgets


class Outgoing(BaseService):
    """Sends in the background; its end does not wait for the queue."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db
        self.queue: asyncio.Queue[str] = asyncio.Queue()

    async def _setup(self) -> None:
        self.sender = asyncio.create_task(self._send())

    async def _teardown(self) -> None:
        self.sender.cancel()
        await asyncio.wait([self.sender])

    async def post(self, text: str) -> None:
        self.queue.put_nowait(text)

    async def _send(self) -> None:
        while True:
            text = await self.queue.get()
            await self.db.execute("INSERT INTO sent (text) VALUES ($1)", text)
            self.queue.task_done()


class OutgoingToTheEnd(Outgoing):
    """Stops when all has gone out."""

    async def _teardown(self) -> None:
        await self.queue.join()
        await super()._teardown()


@specimen("a stop drops what is still in the queue", bug=Outgoing, twin=OutgoingToTheEnd, runs=200)
async def queue_dropped_by_stop(nexus: Harness, outgoing: type[Outgoing]) -> None:
    await nexus.db.execute("CREATE TABLE sent (text TEXT)")
    service = await nexus.service(outgoing)
    for text in ("a", "b"):
        await service.post(text)
    await asyncio.sleep(0.1)
    await service.cleanup()
    await nexus.db.assert_count("sent", 2)


# -- a time-out that leaves a task


class Quotes(BaseService):
    """Waits for an answer for so long, and leaves the question running."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db

    async def ask(self, item: str) -> bool:
        task = asyncio.create_task(self._ask(item))
        done, _ = await asyncio.wait([task], timeout=5.5)
        return bool(done)

    async def _ask(self, item: str) -> None:
        await self.db.execute("INSERT INTO questions (item) VALUES ($1)", item)


class QuotesThatCancel(Quotes):
    """Ends what it does not wait for."""

    async def ask(self, item: str) -> bool:
        try:
            async with asyncio.timeout(5.5):
                await self._ask(item)
        except TimeoutError:
            return False
        return True


@specimen(
    "a time-out leaves the task running: it acts after it was given up", bug=Quotes, twin=QuotesThatCancel, runs=200
)
async def task_left_by_timeout(nexus: Harness, quotes: type[Quotes]) -> None:
    await nexus.db.execute("CREATE TABLE questions (item TEXT)")
    service = await nexus.service(quotes)
    for item in ("chair", "table"):
        await service.ask(item)
    asked = len(await nexus.db.rows("questions"))
    await nexus.clock.advance(hours=1)
    await nexus.db.assert_count("questions", asked)


# -- a cancellation that is swallowed


class Poller(BaseService):
    """Gives each round five seconds, and takes every cancellation for its own time-out."""

    passes: tuple[type[BaseException], ...] = (TimeoutError, asyncio.CancelledError)

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db

    async def _setup(self) -> None:
        self.worker = asyncio.create_task(self._work())

    async def _teardown(self) -> None:
        self.worker.cancel()
        await asyncio.wait([self.worker])

    async def _work(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._poll(), 5.5)
            except self.passes:
                self.logger.warning("polling took too long")
            await asyncio.sleep(10)

    async def _poll(self) -> None:
        await self.db.execute("UPDATE polls SET count = count + 1")


class PollerThatEnds(Poller):
    """Catches its time-out alone."""

    passes = (TimeoutError,)


@specimen("a cancellation is swallowed: the service never stops", bug=Poller, twin=PollerThatEnds, runs=200)
async def swallowed_cancellation(nexus: Harness, poller: type[Poller]) -> None:
    await nexus.db.execute("CREATE TABLE polls (count INT); INSERT INTO polls VALUES (0)")
    service = await nexus.service(poller)
    await nexus.clock.advance(seconds=25)
    async with asyncio.timeout(60):
        await service.cleanup()


# -- events that a cancellation loses


class Clicks(BaseService):
    """Takes the events out of the buffer, then stores them."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db
        self.buffer: list[str] = []

    async def click(self, page: str) -> None:
        self.buffer.append(page)

    async def flush(self) -> None:
        batch, self.buffer = self.buffer, []
        for page in batch:
            await self._store(page)

    async def _store(self, page: str) -> None:
        await self.db.execute("INSERT INTO clicks (page) VALUES ($1) ON CONFLICT DO NOTHING", page)


class ClicksThatStay(Clicks):
    """Takes an event out of the buffer when it is stored."""

    async def flush(self) -> None:
        while self.buffer:
            await self._store(self.buffer[0])
            del self.buffer[0]


@specimen("a cancelled flush loses its batch", bug=Clicks, twin=ClicksThatStay, runs=200)
async def event_lost_on_cancel(nexus: Harness, clicks: type[Clicks]) -> None:
    await nexus.db.execute("CREATE TABLE clicks (page TEXT PRIMARY KEY)")
    service = await nexus.service(clicks)
    for page in ("/a", "/b", "/c"):
        await service.click(page)
        with suppress(TimeoutError):
            async with asyncio.timeout(5.5):
                await service.flush()
    await service.flush()
    await nexus.db.assert_count("clicks", 3)
