"""Defects around rows: two sessions that want the same ones."""

from __future__ import annotations

import random

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.errors import DeadlockDetected, SerializationFailure, UniqueViolation
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import DatabaseAdapter, Isolation
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import arriving, specimen

# -- check, then act


class Signups(BaseService):
    """Looks whether a name is free, then takes it."""

    schema = "CREATE TABLE members (name TEXT NOT NULL)"

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db

    async def sign_up(self, name: str) -> bool:
        if await self.db.fetch_val("SELECT 1 FROM members WHERE name = $1", name):
            return False
        await self.db.execute("INSERT INTO members (name) VALUES ($1)", name)
        return True


class SignupsByIndex(Signups):
    """Lets the index decide."""

    schema = "CREATE TABLE members (name TEXT NOT NULL UNIQUE)"

    async def sign_up(self, name: str) -> bool:
        done = await self.db.execute("INSERT INTO members (name) VALUES ($1) ON CONFLICT DO NOTHING", name)
        return done.rowcount == 1


@specimen("two sign-ups both find the name free", bug=Signups, twin=SignupsByIndex, runs=200)
async def check_then_act(nexus: Harness, signups: type[Signups]) -> None:
    await nexus.db.execute(signups.schema)
    service = await nexus.service(signups)
    accepted = await arriving(service.sign_up("ann"), service.sign_up("ann"))
    assert accepted.count(True) == 1
    await nexus.db.assert_count("members", 1)


# -- lost update


class Accounts(BaseService):
    """Reads a balance, adds to it, writes it."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db

    async def deposit(self, account: int, amount: int) -> None:
        balance = await self.db.fetch_val("SELECT balance FROM accounts WHERE id = $1", account)
        await self.db.execute("UPDATE accounts SET balance = $2 WHERE id = $1", account, balance + amount)


class AccountsInOneStatement(Accounts):
    """Lets the database add."""

    async def deposit(self, account: int, amount: int) -> None:
        await self.db.execute("UPDATE accounts SET balance = balance + $2 WHERE id = $1", account, amount)


_ACCOUNTS = "CREATE TABLE accounts (id INT PRIMARY KEY, owner TEXT NOT NULL DEFAULT 'ann', balance INT NOT NULL)"


@specimen("a deposit overwrites another one", bug=Accounts, twin=AccountsInOneStatement, runs=200)
async def lost_update(nexus: Harness, accounts: type[Accounts]) -> None:
    await nexus.db.execute(f"{_ACCOUNTS}; INSERT INTO accounts (id, balance) VALUES (1, 0)")
    service = await nexus.service(accounts)
    await arriving(*(service.deposit(1, amount) for amount in (1, 10, 100)))
    await nexus.db.assert_has("accounts", id=1, balance=111)


# -- the last one sold twice


class Shop(BaseService):
    """Sells what was there a moment ago."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db

    async def buy(self, item: str, who: str) -> bool:
        async with self.db.transaction() as session:
            left = await session.fetch_val("SELECT amount FROM stock WHERE item = $1", item)
            if left < 1:
                return False
            await session.execute("INSERT INTO orders (item, buyer) VALUES ($1, $2)", item, who)
            await session.execute("UPDATE stock SET amount = amount - 1 WHERE item = $1", item)
            return True


class ShopThatLocks(Shop):
    """Holds the row from the look to the sale."""

    async def buy(self, item: str, who: str) -> bool:
        async with self.db.transaction() as session:
            left = await session.fetch_val("SELECT amount FROM stock WHERE item = $1 FOR UPDATE", item)
            if left < 1:
                return False
            await session.execute("INSERT INTO orders (item, buyer) VALUES ($1, $2)", item, who)
            await session.execute("UPDATE stock SET amount = amount - 1 WHERE item = $1", item)
            return True


@specimen(
    "more is sold than there is: the row that was looked at is not locked", bug=Shop, twin=ShopThatLocks, runs=200
)
async def oversold(nexus: Harness, shop: type[Shop]) -> None:
    await nexus.db.execute(
        "CREATE TABLE stock (item TEXT PRIMARY KEY, amount INT NOT NULL); INSERT INTO stock VALUES ('chair', 2);"
        "CREATE TABLE orders (item TEXT NOT NULL, buyer TEXT NOT NULL)"
    )
    service = await nexus.service(shop)
    sold = await arriving(*(service.buy("chair", who) for who in ("ann", "bob", "eve")))
    assert sold.count(True) == 2
    await nexus.db.assert_has("stock", item="chair", amount=0)
    await nexus.db.assert_count("orders", 2)


# -- deadlock of rows


class Transfers(BaseService):
    """Takes rows in the order in which it is asked."""

    def __init__(self, db: DatabaseAdapter = inject(), clock: Clock = inject()) -> None:
        super().__init__()
        self.db = db
        self.clock = clock

    async def move(self, source: int, target: int, amount: int) -> None:
        async with self.db.transaction() as session:
            await session.execute("UPDATE accounts SET balance = balance - $2 WHERE id = $1", source, amount)
            await session.execute("UPDATE accounts SET balance = balance + $2 WHERE id = $1", target, amount)


class TransfersThatRetry(Transfers):
    """Begins again when it was the victim."""

    async def move(self, source: int, target: int, amount: int) -> None:
        for attempt in range(1, 10):
            try:
                return await super().move(source, target, amount)
            except DeadlockDetected:
                await self.clock.sleep(0.1 * attempt)
        return await super().move(source, target, amount)


@specimen("the victim of a deadlock of rows (40P01) gives up", bug=Transfers, twin=TransfersThatRetry, runs=200)
async def deadlock_of_rows(nexus: Harness, transfers: type[Transfers]) -> None:
    await nexus.db.execute(f"{_ACCOUNTS}; INSERT INTO accounts (id, balance) VALUES (1, 100), (2, 100)")
    service = await nexus.service(transfers)
    failed = [each for each in await arriving(service.move(1, 2, 10), service.move(2, 1, 30), settled=True) if each]
    assert not failed, f"every transfer arrives: {failed}"
    await nexus.db.assert_has("accounts", id=1, balance=120)
    await nexus.db.assert_has("accounts", id=2, balance=80)


# -- serialization failure


class Withdrawals(BaseService):
    """Two accounts of one owner may be overdrawn as long as their sum is not."""

    isolation: Isolation = "serializable"

    def __init__(self, db: DatabaseAdapter = inject(), clock: Clock = inject()) -> None:
        super().__init__()
        self.db = db
        self.clock = clock

    async def withdraw(self, account: int, amount: int) -> bool:
        async with self.db.transaction(isolation=self.isolation) as session:
            total = await session.fetch_val("SELECT sum(balance) FROM accounts WHERE owner = 'ann'")
            if total < amount:
                return False
            await session.execute("UPDATE accounts SET balance = balance - $2 WHERE id = $1", account, amount)
            return True


class WithdrawalsThatRetry(Withdrawals):
    """Begins again when the database says so."""

    async def withdraw(self, account: int, amount: int) -> bool:
        for attempt in range(1, 10):
            try:
                return await super().withdraw(account, amount)
            except SerializationFailure:
                await self.clock.sleep(0.1 * attempt)
        return await super().withdraw(account, amount)


class WithdrawalsFromSnapshots(WithdrawalsThatRetry):
    """Believes that REPEATABLE READ is enough."""

    isolation: Isolation = "repeatable_read"


async def _withdraw(nexus: Harness, withdrawals: type[Withdrawals], amounts: tuple[int, int]) -> list[object]:
    await nexus.db.execute(f"{_ACCOUNTS}; INSERT INTO accounts (id, balance) VALUES (1, 100), (2, 100)")
    service = await nexus.service(withdrawals)
    done = await arriving(service.withdraw(1, amounts[0]), service.withdraw(2, amounts[1]), settled=True)
    taken = sum(amount for amount, outcome in zip(amounts, done, strict=True) if outcome is True)
    left = sum(row["balance"] for row in await nexus.db.rows("accounts"))
    assert left == 200 - taken
    assert left >= 0, "the owner is not overdrawn"
    return done


@specimen("a serialization failure (40001) is not tried again", bug=Withdrawals, twin=WithdrawalsThatRetry, runs=200)
async def serialization_failure(nexus: Harness, withdrawals: type[Withdrawals]) -> None:
    assert await _withdraw(nexus, withdrawals, (50, 60)) == [True, True]


@specimen(
    "two snapshots each leave enough, both together do not: write skew",
    bug=WithdrawalsFromSnapshots,
    twin=WithdrawalsThatRetry,
    runs=200,
)
async def write_skew(nexus: Harness, withdrawals: type[Withdrawals]) -> None:
    done = await _withdraw(nexus, withdrawals, (150, 120))
    assert done.count(True) == 1


# -- ids that collide


class Orders(BaseService):
    """Draws the numbers of orders, and trusts its luck."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db

    async def place(self, what: str) -> str:
        number = f"2026-{random.randrange(256):02x}"
        await self.db.execute("INSERT INTO orders (number, what) VALUES ($1, $2)", number, what)
        return number


class OrdersThatDrawAgain(Orders):
    """Draws until the number is free."""

    async def place(self, what: str) -> str:
        while True:
            try:
                return await super().place(what)
            except UniqueViolation:
                continue


@specimen("two drawn numbers are the same", bug=Orders, twin=OrdersThatDrawAgain, runs=200)
async def colliding_ids(nexus: Harness, orders: type[Orders]) -> None:
    await nexus.db.execute("CREATE TABLE orders (number TEXT PRIMARY KEY, what TEXT NOT NULL)")
    service = await nexus.service(orders)
    numbers = [await service.place(f"chair {count}") for count in range(6)]
    assert len(set(numbers)) == 6
