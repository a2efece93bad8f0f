"""Defects of those who hand things on: mails, outboxes, buffers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage

import httpx

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.errors import DatabaseError, MailError
from nexus_testkit.ports.analytics import Event, EventStore
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.http import HttpTransport
from nexus_testkit.ports.mail import MailTransport
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import arriving, specimen

# -- a mail that goes out twice


class Reminders(BaseService):
    """Sends again after any error."""

    def __init__(self, mail: MailTransport = inject(), clock: Clock = inject()) -> None:
        super().__init__()
        self.mail = mail
        self.clock = clock

    async def remind(self, address: str) -> None:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = "Tomorrow", "club@example.org", address
        message.set_content("We meet at eight.")
        for attempt in range(3):
            try:
                await self.mail.send(message, sender="club@example.org", recipients=[address])
            except MailError as error:
                if attempt == 2 or not self._was_refused(error):
                    raise
                await self.clock.sleep(60)
            else:
                return

    def _was_refused(self, error: MailError) -> bool:
        return True


class RemindersThatKnow(Reminders):
    """Sends again where the server has said that it did not take the mail."""

    def _was_refused(self, error: MailError) -> bool:
        return error.code is not None


@specimen(
    "a mail is sent again whose acceptance was lost",
    bug=Reminders,
    twin=RemindersThatKnow,
    runs=200,
    faults=["mail"],
    decisions=3,
)
async def retry_that_sends_twice(nexus: Harness, reminders: type[Reminders]) -> None:
    service = await nexus.service(reminders)
    for address in ("ann@example.org", "bob@example.org"):
        with suppress(MailError):
            await service.remind(address)
    reached = [address for mail in nexus.mail.sent for address in mail.recipients]
    assert len(reached) == len(set(reached)), "nobody is reminded twice"


# -- an outbox that loses


class Relay(BaseService):
    """Deletes, then hands on."""

    def __init__(self, db: DatabaseAdapter = inject(), events: EventStore = inject()) -> None:
        super().__init__()
        self.db = db
        self.events = events

    async def relay(self) -> None:
        while row := await self.db.fetch_one(
            "DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox) RETURNING id, kind"
        ):
            await self._hand_on(row["id"], row["kind"])

    async def _hand_on(self, number: int, kind: str) -> None:
        await self.events.append([Event(f"outbox-{number}", kind, datetime(2026, 1, 1, tzinfo=UTC))])


class RelayThatDeletesLast(Relay):
    """Hands on, then deletes; what is handed on twice has one id and counts once."""

    async def relay(self) -> None:
        while row := await self.db.fetch_one("SELECT id, kind FROM outbox ORDER BY id LIMIT 1"):
            await self._hand_on(row["id"], row["kind"])
            await self.db.execute("DELETE FROM outbox WHERE id = $1", row["id"])


@specimen(
    "an outbox deletes what it then fails to hand on",
    bug=Relay,
    twin=RelayThatDeletesLast,
    runs=200,
    faults=["analytics.append"],
)
async def outbox_that_loses(nexus: Harness, relay: type[Relay]) -> None:
    await nexus.db.execute("CREATE TABLE outbox (id SERIAL PRIMARY KEY, kind TEXT NOT NULL)")
    await nexus.db.execute("INSERT INTO outbox (kind) VALUES ('order'), ('order')")
    service = await nexus.service(relay)
    with suppress(DatabaseError, TimeoutError):
        await service.relay()
    nexus.faults.calm()
    await service.relay()
    await nexus.analytics.assert_tracked("order", count=2)


# -- an outbox that sends twice


class Hooks(BaseService):
    """Reads what is due, sends it, marks it; so does the other worker."""

    due = "SELECT id FROM hooks WHERE NOT sent ORDER BY id LIMIT 1"

    def __init__(self, db: DatabaseAdapter = inject(), transport: HttpTransport = inject()) -> None:
        super().__init__()
        self.db = db
        self.client = httpx.AsyncClient(transport=transport, base_url="https://partner.example", trust_env=False)

    async def _teardown(self) -> None:
        await self.client.aclose()

    async def work(self) -> None:
        while await self._one():
            pass

    async def _one(self) -> bool:
        async with self.db.transaction() as session:
            number = await session.fetch_val(self.due)
            if number is None:
                return False
            await self.client.post("/hook", content=str(number))
            await session.execute("UPDATE hooks SET sent = true WHERE id = $1", number)
            return True


class HooksThatLock(Hooks):
    """Leaves alone what another worker has in its hands."""

    due = f"{Hooks.due} FOR UPDATE SKIP LOCKED"


@specimen("two workers of an outbox send the same message", bug=Hooks, twin=HooksThatLock, runs=200)
async def outbox_that_sends_twice(nexus: Harness, hooks: type[Hooks]) -> None:
    await nexus.db.execute("CREATE TABLE hooks (id SERIAL PRIMARY KEY, sent BOOLEAN NOT NULL DEFAULT false)")
    await nexus.db.execute("INSERT INTO hooks (sent) VALUES (false), (false), (false)")
    route = nexus.http.post("https://partner.example/hook").respond(204)
    service = await nexus.service(hooks)
    await arriving(service.work(), service.work())
    assert sorted(call.request.content for call in route.calls) == [b"1", b"2", b"3"]


# -- a flush that overtakes another


class Log(BaseService):
    """Stores each pair of lines in a task of its own."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db
        self.lines: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.one_at_a_time = asyncio.Lock()

    async def write(self, line: str) -> None:
        self.lines.append(line)
        if len(self.lines) >= 2:
            self.tasks.append(asyncio.create_task(self._flush()))
            await asyncio.sleep(0)

    async def close(self) -> None:
        await asyncio.gather(*self.tasks)
        await self._flush()

    async def _flush(self) -> None:
        batch, self.lines = self.lines, []
        await self.db.execute_many("INSERT INTO log (line) VALUES ($1)", [(line,) for line in batch])


class LogInOrder(Log):
    """Stores one batch after the other."""

    async def _flush(self) -> None:
        async with self.one_at_a_time:
            await super()._flush()


@specimen("a flush overtakes another: lines are stored out of order", bug=Log, twin=LogInOrder, runs=200)
async def out_of_order_flush(nexus: Harness, log: type[Log]) -> None:
    await nexus.db.execute("CREATE TABLE log (id SERIAL PRIMARY KEY, line TEXT NOT NULL)")
    service = await nexus.service(log)
    written = [str(number) for number in range(6)]
    for line in written:
        await service.write(line)
    await service.close()
    rows = await nexus.db.fetch_all("SELECT line FROM log ORDER BY id")
    assert [row["line"] for row in rows] == written
