"""Small services that do not stand a fault, each beside a twin that does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.message import EmailMessage

from nexus_testkit.container import inject
from nexus_testkit.errors import (
    CacheError,
    MailDataRefused,
    MailRecipientsRefused,
    MailSenderRefused,
    PortError,
)
from nexus_testkit.ports.analytics import Event, EventStore
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.mail import MailTransport
from nexus_testkit.services.base import BaseService


def letter(subject="Welcome", body="Hello"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@example.org", "ann@example.org", subject
    message.set_content(body)
    return message


class Mailing(BaseService):
    """Sends one mail, and tries again where that fails."""

    retries_on: tuple[type[Exception], ...] = (PortError,)

    def __init__(self, mail: MailTransport = inject()) -> None:
        super().__init__()
        self.mail = mail
        self.attempt = 0

    async def work(self):
        for attempt in (1, 2):
            message = self.made()
            try:
                await self.mail.send(message, sender="shop@example.org", recipients=["ann@example.org"])
            except self.retries_on:
                if attempt == 2:
                    raise
            else:
                return

    def made(self):
        self.attempt += 1
        message = letter()
        message["Message-ID"] = f"<{self.attempt}@example.org>"  # a new one for each attempt
        return message


class MailingWithCare(Mailing):
    """Tries again only where the server has said that it did not take the mail."""

    retries_on = (MailSenderRefused, MailRecipientsRefused, MailDataRefused)


class MailingWithOneId(Mailing):
    """The same message, with the same Message-ID; its text says which attempt it is."""

    def made(self):
        self.attempt += 1
        message = letter(body=f"Attempt {self.attempt}")
        message["Message-ID"] = "<1@example.org>"
        return message


class Transfer(BaseService):
    """Moves money inside a transaction that it ends by hand."""

    def __init__(self, db: DatabaseAdapter = inject(), cache: CacheManager = inject()) -> None:
        super().__init__()
        self.db = db
        self.cache = cache

    async def _setup(self):
        await self.db.execute("CREATE TABLE accounts (name text PRIMARY KEY, amount int)")
        await self.db.execute("INSERT INTO accounts VALUES ('a', 10), ('b', 0)")

    async def work(self):
        block = self.db.transaction()
        tx = await block.__aenter__()
        await tx.execute("UPDATE accounts SET amount = amount - 1 WHERE name = 'a'")
        await tx.execute("UPDATE accounts SET amount = amount + 1 WHERE name = 'b'")
        await self.cache.delete("accounts")
        await block.__aexit__(None, None, None)


class TransferInABlock(Transfer):
    async def work(self):
        async with self.db.transaction() as tx:
            await tx.execute("UPDATE accounts SET amount = amount - 1 WHERE name = 'a'")
            await tx.execute("UPDATE accounts SET amount = amount + 1 WHERE name = 'b'")
        await self.cache.delete("accounts")


class TransferHeldBack(Transfer):
    """Keeps the session of a transfer that failed, and gives it back when the service ends: nobody else can write."""

    held = None

    async def work(self):
        self.held = self.db.transaction()
        tx = await self.held.__aenter__()
        await tx.execute("UPDATE accounts SET amount = amount - 1 WHERE name = 'a'")
        await self.cache.delete("accounts")
        await self._give_back()

    async def _give_back(self):
        held, self.held = self.held, None
        if held is not None:
            await held.__aexit__(None, None, None)

    async def _teardown(self):
        await self._give_back()


class Watching(BaseService):
    """Watches over its work with a task, and forgets it where the work fails."""

    def __init__(self, cache: CacheManager = inject()) -> None:
        super().__init__()
        self.cache = cache

    async def work(self):
        watcher = asyncio.create_task(self.watch())
        await self.cache.set("work", "1")
        watcher.cancel()

    async def watch(self):
        for _ in range(10**6):
            await asyncio.sleep(10)


class WatchingToTheEnd(Watching):
    async def work(self):
        watcher = asyncio.create_task(self.watch())
        try:
            await self.cache.set("work", "1")
        finally:
            watcher.cancel()


class Forgetful(BaseService):
    """Leaves its work to a task whose error nobody sees."""

    def __init__(self, cache: CacheManager = inject()) -> None:
        super().__init__()
        self.cache = cache
        self.tasks: set[asyncio.Task[None]] = set()

    async def work(self):
        task = asyncio.create_task(self.note())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def note(self):
        await self.cache.set("work", "1")


class Mindful(Forgetful):
    async def note(self):
        try:
            await super().note()
        except CacheError as error:
            self.logger.warning("not noted: %s", error)


class Prices(BaseService):
    """Keeps a copy in the cache, and changes it before it knows that the change was committed."""

    def __init__(self, db: DatabaseAdapter = inject(), cache: CacheManager = inject()) -> None:
        super().__init__()
        self.db = db
        self.cache = cache

    async def _setup(self):
        await self.db.execute("CREATE TABLE prices (name text PRIMARY KEY, price int)")
        await self.db.execute("INSERT INTO prices VALUES ('tea', 1)")
        await self.cache.set("tea", 1)

    async def work(self):
        async with self.db.transaction() as tx:
            await tx.execute("UPDATE prices SET price = 2 WHERE name = 'tea'")
            await self.cache.set("tea", 2)


class PricesForgotten(Prices):
    """Forgets the copy before the change and after it, so that nobody reads an old one."""

    async def work(self):
        await self.cache.delete("tea")
        await self.db.execute("UPDATE prices SET price = 2 WHERE name = 'tea'")
        await self.cache.delete("tea")


async def cached_price_is_stored_one(nexus):
    cached = await nexus.cache.get("tea")
    assert cached is None or int(cached) == await nexus.db.fetch_val("SELECT price FROM prices")


class Counting(BaseService):
    """Buffers events, and empties the buffer before they are stored."""

    def __init__(self, store: EventStore = inject()) -> None:
        super().__init__()
        self.store = store
        self.buffer: list[Event] = []

    async def work(self):
        self.buffer.append(Event("1", "visit", datetime.now(UTC)))
        await self.flush()

    async def flush(self):
        events, self.buffer = self.buffer, []
        await self.store.append(events)

    async def _teardown(self):
        if self.buffer:
            await self.store.append(self.buffer)


class CountingInOrder(Counting):
    async def flush(self):
        count = len(self.buffer)
        await self.store.append(self.buffer)
        del self.buffer[:count]


async def no_event_is_lost(nexus):
    service = next(each for each in nexus.container.started_instances if isinstance(each, Counting))
    stored = await nexus.analytics.counts("visit")
    assert len(service.buffer) + stored.get("visit", 0) >= 1


class Booking(BaseService):
    """Takes a seat, then writes the booking, and keeps the seat where that fails."""

    def __init__(self, db: DatabaseAdapter = inject(), cache: CacheManager = inject()) -> None:
        super().__init__()
        self.db = db
        self.cache = cache

    async def _setup(self):
        await self.db.execute("CREATE TABLE bookings (seat int PRIMARY KEY)")

    async def work(self):
        await self.cache.set("seat:1", "taken", only_if_absent=True)
        await self.db.execute("INSERT INTO bookings VALUES (1)")


class BookingUndone(Booking):
    async def work(self):
        try:
            await super().work()
        except PortError:
            await self.cache.delete("seat:1")
            raise


async def every_seat_taken_is_booked(nexus):
    if await nexus.cache.exists("seat:1"):
        assert await nexus.db.fetch_val("SELECT count(*) FROM bookings") == 1
