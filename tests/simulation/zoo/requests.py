"""Defects of those who ask over HTTP: what is sent twice, what is never given back, what is not undone."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress

import httpx

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.http import HttpTransport
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import arriving, specimen


class Bank:
    """The other side: charges what it is asked to, once for each idempotency key; without one, each time."""

    def __init__(self) -> None:
        self.charges: list[str] = []
        self._seen: set[str] = set()

    def charge(self, request: httpx.Request) -> httpx.Response:
        key = request.headers.get("Idempotency-Key")
        if key is None or key not in self._seen:
            self.charges.append(request.content.decode())
        if key is not None:
            self._seen.add(key)
        return httpx.Response(201)


class HttpClient(BaseService):
    """A client of one server."""

    base_url = "https://bank.example"

    def __init__(self, transport: HttpTransport = inject(), clock: Clock = inject()) -> None:
        super().__init__()
        self.client = httpx.AsyncClient(transport=transport, base_url=self.base_url, trust_env=False)
        self.clock = clock

    async def _teardown(self) -> None:
        await self.client.aclose()


# -- what is sent twice


class Payments(HttpClient):
    """Sends a charge again when no answer came."""

    async def pay(self, order: str) -> None:
        for attempt in range(3):
            try:
                answer = await self.client.post("/charges", content=order, headers=self._headers(order))
            except httpx.TransportError:
                if attempt == 2:
                    raise
                await self.clock.sleep(2**attempt)
            else:
                answer.raise_for_status()
                return

    def _headers(self, order: str) -> dict[str, str]:
        return {}


class PaymentsWithNewKeys(Payments):
    """Sends an idempotency key with each attempt: another one each time."""

    def _headers(self, order: str) -> dict[str, str]:
        return {"Idempotency-Key": str(uuid.uuid4())}


class PaymentsWithOneKey(Payments):
    """Sends an idempotency key that belongs to the order."""

    def _headers(self, order: str) -> dict[str, str]:
        return {"Idempotency-Key": f"charge-{order}"}


async def _pay(nexus: Harness, payments: type[Payments]) -> None:
    bank = Bank()
    nexus.http.post("https://bank.example/charges").responds_with(bank.charge)
    service = await nexus.service(payments)
    for order in ("1", "2"):
        with suppress(httpx.HTTPError):
            await service.pay(order)
    assert len(set(bank.charges)) == len(bank.charges), f"no order is charged twice: {bank.charges}"


@specimen(
    "a POST is sent again after its answer was lost",
    bug=Payments,
    twin=PaymentsWithOneKey,
    runs=200,
    faults=["http"],
    decisions=3,
)
async def post_retried(nexus: Harness, payments: type[Payments]) -> None:
    await _pay(nexus, payments)


@specimen(
    "an idempotency key is made anew at each attempt",
    bug=PaymentsWithNewKeys,
    twin=PaymentsWithOneKey,
    runs=200,
    faults=["http"],
    decisions=3,
)
async def idempotency_key_anew(nexus: Harness, payments: type[Payments]) -> None:
    await _pay(nexus, payments)


# -- a semaphore that an error keeps


class Weather(HttpClient):
    """Asks for two towns at a time; an error keeps its place."""

    base_url = "https://weather.example"

    def __init__(self, transport: HttpTransport = inject(), clock: Clock = inject()) -> None:
        super().__init__(transport, clock)
        self.places = asyncio.Semaphore(2)

    async def ask(self, town: str) -> str:
        await self.places.acquire()
        answer = (await self.client.get(f"/{town}")).raise_for_status().text
        self.places.release()
        return answer


class WeatherThatReleases(Weather):
    """Gives its place back whatever happened."""

    async def ask(self, town: str) -> str:
        async with self.places:
            return (await self.client.get(f"/{town}")).raise_for_status().text


@specimen(
    "an error keeps its place in a semaphore",
    bug=Weather,
    twin=WeatherThatReleases,
    runs=200,
    faults=["http"],
    decisions=2,
)
async def leaked_semaphore(nexus: Harness, weather: type[Weather]) -> None:
    nexus.http.get("https://weather.example/Bern").respond(text="rain")
    service = await nexus.service(weather)
    for _ in range(6):
        with suppress(httpx.HTTPError):
            await service.ask("Bern")
    nexus.faults.calm()
    assert await asyncio.wait_for(service.ask("Bern"), 600) == "rain"


# -- an exception that is kept


class Settings(HttpClient):
    """Asks once, and keeps what comes; an exception comes too."""

    base_url = "https://settings.example"

    def __init__(self, transport: HttpTransport = inject(), clock: Clock = inject()) -> None:
        super().__init__(transport, clock)
        self._asked: asyncio.Task[str] | None = None

    async def colour(self) -> str:
        if self._asked is None:
            self._asked = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asked)

    async def _ask(self) -> str:
        return (await self.client.get("/colour")).raise_for_status().text


class SettingsThatAskAgain(Settings):
    """Keeps what is worth it."""

    async def _ask(self) -> str:
        try:
            return await super()._ask()
        except BaseException:
            self._asked = None
            raise


@specimen("an exception is cached for good", bug=Settings, twin=SettingsThatAskAgain, runs=200, faults=["http"])
async def cached_exception(nexus: Harness, settings: type[Settings]) -> None:
    nexus.http.get("https://settings.example/colour").respond(text="blue")
    service = await nexus.service(settings)
    with suppress(httpx.HTTPError):
        await service.colour()
    nexus.faults.calm()
    assert await service.colour() == "blue"


# -- two refreshes of one token


class Tokens(HttpClient):
    """Fetches a new token when it has none; the server forgets the older ones."""

    base_url = "https://auth.example"

    def __init__(self, transport: HttpTransport = inject(), clock: Clock = inject()) -> None:
        super().__init__(transport, clock)
        self.token: str | None = None
        self.one_at_a_time = asyncio.Lock()

    async def whoami(self) -> int:
        if self.token is None:
            await self._refresh()
        answer = await self.client.get("/me", headers={"Authorization": f"Bearer {self.token}"})
        return answer.status_code

    async def _refresh(self) -> None:
        self.token = (await self.client.post("/token")).text


class TokensOneAtATime(Tokens):
    """Lets one fetch for all."""

    async def _refresh(self) -> None:
        async with self.one_at_a_time:
            if self.token is None:
                await super()._refresh()


@specimen(
    "two refreshes at once: the token of the first is dead", bug=Tokens, twin=TokensOneAtATime, runs=500, decisions=2
)
async def token_refreshed_twice(nexus: Harness, tokens: type[Tokens]) -> None:
    given: list[str] = []

    def give(_request: httpx.Request) -> httpx.Response:
        given.append(f"token-{len(given)}")
        return httpx.Response(200, text=given[-1])

    def check(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.headers["Authorization"] == f"Bearer {given[-1]}" else 401)

    nexus.http.post("https://auth.example/token").responds_with(give)
    nexus.http.get("https://auth.example/me").responds_with(check)
    service = await nexus.service(tokens)
    assert await arriving(service.whoami(), service.whoami()) == [200, 200]


# -- asked again without a pause


class Imports(HttpClient):
    """Asks for the lock again and again, without a pause."""

    base_url = "https://locks.example"

    def __init__(
        self, transport: HttpTransport = inject(), clock: Clock = inject(), db: DatabaseAdapter = inject()
    ) -> None:
        super().__init__(transport, clock)
        self.db = db

    async def run(self) -> None:
        while (await self.client.put("/import")).status_code == httpx.codes.CONFLICT:
            await self._pause()
        await self.db.execute("INSERT INTO imports DEFAULT VALUES")
        await self.client.delete("/import")

    async def _pause(self) -> None:
        await asyncio.sleep(0)


class ImportsThatWait(Imports):
    """Lets a moment pass."""

    async def _pause(self) -> None:
        await self.clock.sleep(1)


@specimen(
    "a retry without back-off floods the server, and lets nobody else work", bug=Imports, twin=ImportsThatWait, runs=200
)
async def busy_retry(nexus: Harness, imports: type[Imports]) -> None:
    await nexus.db.execute("CREATE TABLE imports (id SERIAL)")
    held: list[bool] = []
    asked: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        assert len(asked) < 300, "the server is flooded"
        if held:
            return httpx.Response(409)
        held.append(True)
        return httpx.Response(201)

    def give_back(_request: httpx.Request) -> httpx.Response:
        held.clear()
        return httpx.Response(204)

    nexus.http.put("https://locks.example/import").responds_with(take)
    nexus.http.delete("https://locks.example/import").responds_with(give_back)
    service = await nexus.service(imports)
    await arriving(service.run(), service.run())
    await nexus.db.assert_count("imports", 2)


# -- what is not undone


class Booking(HttpClient):
    """Takes the room, then asks for the money."""

    def __init__(
        self, transport: HttpTransport = inject(), clock: Clock = inject(), db: DatabaseAdapter = inject()
    ) -> None:
        super().__init__(transport, clock)
        self.db = db

    async def book(self, room: int) -> None:
        await self.db.execute("UPDATE rooms SET taken = true WHERE id = $1", room)
        await self._charge(room)
        await self.db.execute("INSERT INTO bookings (room) VALUES ($1)", room)

    async def _charge(self, room: int) -> None:
        (await self.client.post("/charges", content=str(room))).raise_for_status()


class BookingThatUndoes(Booking):
    """Gives the room back when there was no money."""

    async def _charge(self, room: int) -> None:
        try:
            await super()._charge(room)
        except BaseException:
            await self.db.execute("UPDATE rooms SET taken = false WHERE id = $1", room)
            raise


@specimen(
    "the second step fails, and the first is not undone", bug=Booking, twin=BookingThatUndoes, runs=200, faults=["http"]
)
async def no_compensation(nexus: Harness, booking: type[Booking]) -> None:
    await nexus.db.execute(
        "CREATE TABLE rooms (id INT, taken BOOLEAN NOT NULL DEFAULT false); INSERT INTO rooms (id) VALUES (1), (2);"
        "CREATE TABLE bookings (room INT)"
    )
    nexus.http.post("https://bank.example/charges").respond(201)
    service = await nexus.service(booking)
    for room in (1, 2):
        with suppress(httpx.HTTPError):
            await service.book(room)
    taken = {row["id"] for row in await nexus.db.rows("rooms") if row["taken"]}
    assert taken == {row["room"] for row in await nexus.db.rows("bookings")}, "a room is taken if it is booked"
