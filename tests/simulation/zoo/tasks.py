"""Defects of plain asyncio: tasks, events, conditions, cancellation."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import arriving, specimen

# -- a wake-up that is lost


class Jobs(BaseService):
    """Looks for work, and sleeps until it is woken; what comes between the two is not heard."""

    def __init__(self, db: DatabaseAdapter = inject(), cache: CacheManager = inject()) -> None:
        super().__init__()
        self.db = db
        self.cache = cache
        self.wake = asyncio.Event()

    async def _setup(self) -> None:
        self.worker = asyncio.create_task(self._work())

    async def _teardown(self) -> None:
        self.worker.cancel()
        await asyncio.wait([self.worker])

    async def submit(self, name: str) -> None:
        await self.db.execute("INSERT INTO jobs (name) VALUES ($1)", name)
        self.wake.set()

    async def _work(self) -> None:
        while True:
            await self._once()
            await self.cache.set("jobs:state", "idle")
            self.wake.clear()
            await self.wake.wait()

    async def _once(self) -> None:
        await self.db.execute("UPDATE jobs SET done = true WHERE NOT done")


class JobsThatClearFirst(Jobs):
    """Forgets the wake-ups that came before it looked, and none that comes after."""

    async def _work(self) -> None:
        while True:
            self.wake.clear()
            await self._once()
            await self.cache.set("jobs:state", "idle")
            await self.wake.wait()


@specimen("a wake-up between the look and the sleep is lost", bug=Jobs, twin=JobsThatClearFirst, runs=200)
async def lost_wakeup(nexus: Harness, jobs: type[Jobs]) -> None:
    await nexus.db.execute("CREATE TABLE jobs (name TEXT NOT NULL, done BOOLEAN NOT NULL DEFAULT false)")
    service = await nexus.service(jobs)
    await arriving(*(service.submit(name) for name in "abc"), every_s=0.5)
    await nexus.clock.advance(hours=1)
    await nexus.db.assert_count("jobs", 3, done=True)


# -- a condition that is not looked at again


class Mailbox(BaseService):
    """Believes that who is woken finds something."""

    def __init__(self, cache: CacheManager = inject()) -> None:
        super().__init__()
        self.cache = cache
        self.changed = asyncio.Condition()
        self.letters: deque[str] = deque()

    async def put(self, letter: str) -> None:
        await self.cache.increment("letters")
        async with self.changed:
            self.letters.append(letter)
            self.changed.notify()

    async def take(self, who: str) -> str:
        await self.cache.set(f"waiting:{who}", 1)
        await self.cache.increment("readers")
        async with self.changed:
            await self._until_there_is_one()
            return self.letters.popleft()

    async def _until_there_is_one(self) -> None:
        if not self.letters:
            await self.changed.wait()


class MailboxThatLooksAgain(Mailbox):
    """Looks when it is woken."""

    async def _until_there_is_one(self) -> None:
        while not self.letters:
            await self.changed.wait()


@specimen(
    "who is woken finds that another was faster: a condition without a loop",
    bug=Mailbox,
    twin=MailboxThatLooksAgain,
    runs=200,
    decisions=2,
)
async def condition_without_while(nexus: Harness, mailbox: type[Mailbox]) -> None:
    service = await nexus.service(mailbox)
    ann = asyncio.create_task(service.take("ann"))
    await nexus.settle()
    first, eve = asyncio.create_task(service.put("a")), asyncio.create_task(service.take("eve"))
    await first
    await service.put("b")
    assert {await ann, await eve} == {"a", "b"}


# -- two locks


class Seats(BaseService):
    """Locks seats in the order in which they are named."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db
        self.locks = {seat: asyncio.Lock() for seat in "AB"}

    async def swap(self, one: str, other: str) -> None:
        first, second = self._in_order(one, other)
        async with self.locks[first]:
            holder = await self.db.fetch_val("SELECT holder FROM seats WHERE seat = $1", first)
            async with self.locks[second]:
                neighbour = await self.db.fetch_val("SELECT holder FROM seats WHERE seat = $1", second)
                await self.db.execute("UPDATE seats SET holder = $2 WHERE seat = $1", first, neighbour)
                await self.db.execute("UPDATE seats SET holder = $2 WHERE seat = $1", second, holder)

    def _in_order(self, one: str, other: str) -> tuple[str, str]:
        return one, other


class SeatsInOrder(Seats):
    """Locks seats in one order, whoever asks."""

    def _in_order(self, one: str, other: str) -> tuple[str, str]:
        return min(one, other), max(one, other)


@specimen("two locks are taken in either order: deadlock", bug=Seats, twin=SeatsInOrder, runs=200)
async def deadlock_of_two_locks(nexus: Harness, seats: type[Seats]) -> None:
    await nexus.db.execute("CREATE TABLE seats (seat TEXT PRIMARY KEY, holder TEXT)")
    await nexus.db.execute("INSERT INTO seats VALUES ('A', 'ann'), ('B', 'bob')")
    service = await nexus.service(seats)
    await arriving(service.swap("A", "B"), service.swap("B", "A"))
    await nexus.db.assert_has("seats", seat="A", holder="ann")


# -- initialised twice


class Session(BaseService):
    """Logs in when it is first needed."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db
        self.token: str | None = None
        self.one_at_a_time = asyncio.Lock()

    async def get(self) -> str:
        if self.token is None:
            serial = await self.db.fetch_val("INSERT INTO logins DEFAULT VALUES RETURNING id")
            self.token = f"token-{serial}"
        return self.token


class SessionOnce(Session):
    """Logs in once."""

    async def get(self) -> str:
        async with self.one_at_a_time:
            return await super().get()


@specimen("what is made on first need is made twice", bug=Session, twin=SessionOnce, runs=200)
async def double_initialise(nexus: Harness, session: type[Session]) -> None:
    await nexus.db.execute("CREATE TABLE logins (id SERIAL PRIMARY KEY)")
    service = await nexus.service(session)
    tokens = await arriving(*(service.get() for _ in range(3)))
    assert set(tokens) == {"token-1"}


# -- an event before its handler


class Imports(BaseService):
    """Calls whoever has registered by then."""

    def __init__(self, cache: CacheManager = inject(), db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.cache = cache
        self.db = db
        self.handlers: list[Callable[[int], None]] = []

    async def start(self, handler: Callable[[int], None]) -> None:
        self.task = asyncio.create_task(self._import())
        await self.cache.set("import:state", "running")
        self.handlers.append(handler)

    async def _import(self) -> None:
        for item in range(3):
            await self.db.execute("INSERT INTO items (id) VALUES ($1)", item)
        for handler in self.handlers:
            handler(3)


class ImportsThatListenFirst(Imports):
    """Has the handler before anything can happen."""

    async def start(self, handler: Callable[[int], None]) -> None:
        self.handlers.append(handler)
        self.task = asyncio.create_task(self._import())
        await self.cache.set("import:state", "running")


@specimen("an event comes before its handler", bug=Imports, twin=ImportsThatListenFirst, runs=200)
async def handler_after_the_event(nexus: Harness, imports: type[Imports]) -> None:
    await nexus.db.execute("CREATE TABLE items (id INT)")
    service = await nexus.service(imports)
    told: list[int] = []
    await service.start(told.append)
    await service.task
    assert told == [3]


# -- three steps in one order


class Search(BaseService):
    """Keeps what is added during a rebuild for its end; what is added during that end is lost."""

    def __init__(self, db: DatabaseAdapter = inject(), cache: CacheManager = inject()) -> None:
        super().__init__()
        self.db = db
        self.cache = cache
        self.rebuilding = False
        self.pending: list[str] = []

    async def add(self, text: str) -> None:
        await self.db.execute("INSERT INTO documents (text) VALUES ($1)", text)
        if self.rebuilding:
            self.pending.append(text)
        else:
            await self._index(text)

    async def rebuild(self) -> None:
        self.rebuilding = True
        texts = [row["text"] for row in await self.db.fetch_all("SELECT text FROM documents")]
        await self._index("", *texts)
        await self._drain()
        self.rebuilding = False

    async def _drain(self) -> None:
        if self.pending:
            await self._index(*self.pending)
            self.pending.clear()

    async def _index(self, *texts: str) -> None:
        await self.cache.client.sadd("index", *texts)


class SearchThatDrains(Search):
    """Goes on until nothing has come meanwhile."""

    async def _drain(self) -> None:
        while self.pending:
            batch, self.pending = self.pending, []
            await self._index(*batch)


@specimen(
    "what is added while the additions of a slow rebuild are written: three steps in one order",
    bug=Search,
    twin=SearchThatDrains,
    runs=1_000,
    decisions=3,
)
async def three_steps(nexus: Harness, search: type[Search]) -> None:
    await nexus.db.execute("CREATE TABLE documents (text TEXT NOT NULL)")
    service = await nexus.service(search)
    texts = "abcdef"
    await arriving(service.rebuild(), *(service.add(text) for text in texts), every_s=0.3)
    assert {text.decode() for text in await nexus.cache.client.smembers("index")} >= set(texts)


# -- changed while it is walked


class Topics(BaseService):
    """Walks through its subscribers, and waits at each of them."""

    def __init__(self, cache: CacheManager = inject()) -> None:
        super().__init__()
        self.cache = cache
        self.subscribers: dict[str, str] = {}

    async def publish(self, text: str) -> None:
        for channel in self._current():
            await self.cache.publish(channel, text)

    def _current(self) -> list[str]:
        return self.subscribers.keys()  # type: ignore[return-value]  # the defect: a view, not a copy

    async def join(self, name: str) -> None:
        await self.cache.set(f"joined:{name}", 1)
        self.subscribers[name] = f"topic:{name}"


class TopicsOfTheMoment(Topics):
    """Walks through those who were there when it began."""

    def _current(self) -> list[str]:
        return list(self.subscribers)


@specimen("a dict changes while a loop over it waits", bug=Topics, twin=TopicsOfTheMoment, runs=200)
async def changed_while_walked(nexus: Harness, topics: type[Topics]) -> None:
    service = await nexus.service(topics)
    for name in ("ann", "bob"):
        await service.join(name)
    await arriving(service.publish("hello"), service.join("eve"))
    assert len(service.subscribers) == 3
