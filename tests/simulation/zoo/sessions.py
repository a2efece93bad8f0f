"""Defects around sessions and transactions: left open, broken in silence, never given back."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from email.message import EmailMessage
from typing import Any

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.errors import DatabaseError
from nexus_testkit.ports.database import DatabaseAdapter, Queries, Session
from nexus_testkit.ports.mail import MailTransport
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import specimen

# -- a transaction left open


class Ledger(BaseService):
    """Books on a session of its own; an error undoes the entry, a cancellation does not."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db
        self._stack = AsyncExitStack()

    async def _setup(self) -> None:
        self.session: Session = await self._stack.enter_async_context(self.db.connection())

    async def _teardown(self) -> None:
        await self._stack.aclose()

    async def book(self, debit: str, credit: str, amount: int) -> None:
        await self.session.execute("BEGIN")
        try:
            await self._write(self.session, debit, credit, amount)
        except Exception:
            await self.session.execute("ROLLBACK")
            raise
        await self.session.execute("COMMIT")

    async def _write(self, session: Queries, debit: str, credit: str, amount: int) -> None:
        for account, signed in ((debit, amount), (credit, -amount)):
            await session.execute("INSERT INTO entries (account, amount) VALUES ($1, $2)", account, signed)


class LedgerInBlocks(Ledger):
    """Leaves the transaction whatever ends the block."""

    async def book(self, debit: str, credit: str, amount: int) -> None:
        async with self.session.transaction() as session:
            await self._write(session, debit, credit, amount)


@specimen("a cancelled entry leaves its transaction open for the next one", bug=Ledger, twin=LedgerInBlocks, runs=200)
async def transaction_left_open(nexus: Harness, ledger: type[Ledger]) -> None:
    await nexus.db.execute("CREATE TABLE entries (account TEXT NOT NULL, amount INT NOT NULL)")
    service = await nexus.service(ledger)
    for amount in (1, 10, 100):
        with suppress(TimeoutError):
            async with asyncio.timeout(5.5):
                await service.book("cash", "sales", amount)
    assert sum(row["amount"] for row in await nexus.db.rows("entries")) == 0, "debits and credits balance"


# -- an error that is swallowed inside of a transaction


class Registrations(BaseService):
    """Thinks that the audit may fail and the rest goes on; PostgreSQL has aborted the transaction."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db

    async def register(self, name: str) -> None:
        async with self.db.transaction() as session:
            await session.execute("INSERT INTO guests (name) VALUES ($1)", name)
            try:
                await self._audit(session, name)
            except DatabaseError as error:
                self.logger.warning("no audit", error=error)

    async def _audit(self, session: Queries, name: str) -> None:
        await session.execute("INSERT INTO audit (who) VALUES ($1)", name)


class RegistrationsWithSavepoint(Registrations):
    """Gives what may fail a savepoint of its own."""

    async def _audit(self, session: Queries, name: str) -> None:
        async with session.transaction():
            await session.execute("INSERT INTO audit (who) VALUES ($1)", name)


@specimen(
    "an error swallowed inside of a transaction: its COMMIT rolls back, and says nothing",
    bug=Registrations,
    twin=RegistrationsWithSavepoint,
    runs=200,
    faults=["table:audit"],
)
async def commit_of_an_aborted_transaction(nexus: Harness, registrations: type[Registrations]) -> None:
    await nexus.db.execute("CREATE TABLE guests (name TEXT NOT NULL); CREATE TABLE audit (who TEXT NOT NULL)")
    service = await nexus.service(registrations)
    told = set()
    for name in ("ann", "bob"):
        with suppress(DatabaseError):
            await service.register(name)
            told.add(name)
    assert told <= {row["name"] for row in await nexus.db.rows("guests")}, "who was told so is registered"


# -- a connection that an error leaks


class Pool:
    """Some sessions of a database, opened when they are needed, handed out one at a time."""

    def __init__(self, db: DatabaseAdapter, size: int) -> None:
        self._db = db
        self._free: asyncio.Queue[AsyncExitStack | None] = asyncio.Queue()
        self.sessions: dict[AsyncExitStack, Session] = {}
        for _ in range(size):
            self._free.put_nowait(None)

    async def acquire(self) -> AsyncExitStack:
        place = await self._free.get()
        if place is not None:
            return place
        stack = AsyncExitStack()
        try:
            self.sessions[stack] = await stack.enter_async_context(self._db.connection())
        except BaseException:
            self._free.put_nowait(None)
            raise
        return stack

    def release(self, stack: AsyncExitStack) -> None:
        self._free.put_nowait(stack)

    async def discard(self, stack: AsyncExitStack) -> None:
        """Close a session that may be broken; its place is free for another one."""
        del self.sessions[stack]
        self._free.put_nowait(None)
        with suppress(DatabaseError):
            await stack.aclose()

    async def aclose(self) -> None:
        for stack in list(self.sessions):
            await self.discard(stack)


class Catalogue(BaseService):
    """Gives a connection back when all went well."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.pool = Pool(db, 2)

    async def _teardown(self) -> None:
        await self.pool.aclose()

    async def price(self, item: str) -> int:
        stack = await self.pool.acquire()
        price: int = await self._ask(self.pool.sessions[stack], item)
        self.pool.release(stack)
        return price

    async def _ask(self, session: Session, item: str) -> Any:
        return await session.fetch_val("SELECT price FROM items WHERE name = $1", item)


class CatalogueThatGivesBack(Catalogue):
    """Gives a connection back whatever happened."""

    async def price(self, item: str) -> int:
        stack = await self.pool.acquire()
        try:
            price: int = await self._ask(self.pool.sessions[stack], item)
        except BaseException:
            await self.pool.discard(stack)
            raise
        self.pool.release(stack)
        return price


@specimen(
    "a failed query keeps its connection; the pool runs dry",
    bug=Catalogue,
    twin=CatalogueThatGivesBack,
    runs=200,
    faults=["table:items"],
    decisions=2,
)
async def leaked_connection(nexus: Harness, catalogue: type[Catalogue]) -> None:
    await nexus.db.execute("CREATE TABLE items (name TEXT, price INT); INSERT INTO items VALUES ('chair', 7)")
    service = await nexus.service(catalogue)
    for _ in range(6):
        with suppress(DatabaseError):
            await service.price("chair")
    nexus.faults.calm()
    assert await service.price("chair") == 7


# -- mail before the commit


class Welcome(BaseService):
    """Sends the mail inside of the transaction, which may fail after it."""

    def __init__(self, db: DatabaseAdapter = inject(), mail: MailTransport = inject()) -> None:
        super().__init__()
        self.db = db
        self.mail = mail

    async def join(self, address: str) -> None:
        async with self.db.transaction() as session:
            await session.execute("INSERT INTO members (address) VALUES ($1)", address)
            await self._greet(address)

    async def _greet(self, address: str) -> None:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = "Welcome", "club@example.org", address
        message.set_content("You are a member now.")
        await self.mail.send(message, sender="club@example.org", recipients=[address])


class WelcomeAfterwards(Welcome):
    """Sends the mail when the member is stored."""

    async def join(self, address: str) -> None:
        async with self.db.transaction() as session:
            await session.execute("INSERT INTO members (address) VALUES ($1)", address)
        await self._greet(address)


@specimen(
    "mail is sent before the commit that fails",
    bug=Welcome,
    twin=WelcomeAfterwards,
    runs=200,
    faults=["database.commit"],
)
async def mail_before_commit(nexus: Harness, welcome: type[Welcome]) -> None:
    await nexus.db.execute("CREATE TABLE members (address TEXT NOT NULL)")
    service = await nexus.service(welcome)
    for address in ("ann@example.org", "bob@example.org"):
        with suppress(DatabaseError):
            await service.join(address)
    members = {row["address"] for row in await nexus.db.rows("members")}
    greeted = {address for mail in nexus.mail.sent for address in mail.recipients}
    assert greeted <= members, "who is welcomed is a member"
