"""Recorded exchanges as routes: each answers the request that it was recorded for; what is not there yet can be recorded."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from respx.patterns import Match, Pattern

from nexus_testkit.adapters.fake.http import StubTransport
from nexus_testkit.adapters.fake.http_exchanges import Answered, Asked, Exchange, locked, read, write
from nexus_testkit.adapters.fake.http_recorded import Comparison, Key, RecordedRequest, response_of
from nexus_testkit.adapters.fake.http_redaction import ExchangeRedaction
from nexus_testkit.adapters.fake.http_routes import Reply, Route
from nexus_testkit.errors import RecordingError
from nexus_testkit.errors.stack import Stack
from nexus_testkit.journal import Redaction

Mode = Literal["missing", "all"]
Received = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers and body of a response, the body as it was on the wire."""
Send = Callable[[httpx.Request], Awaitable[Received]]


@dataclass(slots=True)
class _Slot:
    """A request that went out; the response is not there before it came, and never where none did."""

    request: Asked
    response: Answered | None = None


class RecordedExchanges:
    """The exchanges of one file as routes of a world: what `nexus.http.recorded(path)` gives.

    Attributes:
        path: of the file.
        routes: one for each request of the file, in its order.
        mode: None: answers come from the file alone; `"missing"`: what the file lacks is asked of the network and
            recorded; `"all"`: everything is.
    """

    def __init__(
        self,
        path: Path,
        stubs: StubTransport,
        *,
        redaction: Redaction,
        match_on: Collection[str],
        repeats: bool,
        mode: Mode | None,
        send: Send,
        how: str,
    ) -> None:
        """Read the file and stub its routes; `how` says how one records it.

        Raises:
            RecordingError: there is no file, or it is malformed, or `match_on` names what there is not.
        """
        self.path = path
        self.mode = mode
        self._comparison = Comparison(ExchangeRedaction(redaction), match_on)
        self._repeats = repeats
        self._send = send
        self._slots: list[_Slot] = []
        self._how = how
        self.routes: list[Route] = []
        exchanges = self._read()
        self._known = Counter(map(self._key, exchanges))
        if mode != "all":
            self.routes += self._routes(exchanges)
        stubs.routes += self.routes
        stubs.how_to_record = how
        if mode is not None:
            # Before all others: the newest is asked first, and this one takes what none of them does.
            newest = sum(isinstance(route, _Recorder) for route in stubs.routes)
            stubs.routes.insert(newest, self._recorder())

    def required(self) -> RecordedExchanges:
        """Fail the test at its end if one of the requests never came."""
        for route in self.routes:
            route.required()
        return self

    @property
    def called(self) -> bool:
        """Whether any of the routes was asked."""
        return any(route.called for route in self.routes)

    @property
    def call_count(self) -> int:
        """How many requests the routes took."""
        return sum(route.call_count for route in self.routes)

    @property
    def new_count(self) -> int:
        """How many exchanges have been recorded so far."""
        return sum(slot.response is not None for slot in self._slots)

    def __repr__(self) -> str:
        recording = f", recording {self.mode}" if self.mode else ""
        return f"<RecordedExchanges {str(self.path)!r}, {len(self.routes)} requests{recording}>"

    # -- replaying

    def _read(self) -> list[Exchange]:
        if self.path.exists():
            return read(self.path)
        if self.mode is None:
            raise RecordingError(f"there is no file {self.path}", hint=self._how)
        return []

    def _key(self, exchange: Exchange) -> Key:
        return self._comparison.key(exchange.request)

    def _routes(self, exchanges: Iterable[Exchange]) -> Iterable[Route]:
        grouped: dict[Key, list[Exchange]] = {}
        for exchange in exchanges:
            grouped.setdefault(self._key(exchange), []).append(exchange)
        for same in grouped.values():
            asked = same[0].request
            route = Route(
                [_pattern(RecordedRequest(asked, self._comparison))], self._words(asked), made_at=Stack(skip=4)
            )
            replies: list[Reply] = [response_of(exchange.response) for exchange in same]
            if self.mode == "missing" and not self._repeats:
                route.repeats_last([*replies, self._ask])
            elif self._repeats:
                route.repeats_last(replies)
            else:
                route.responds(replies)
                route.when_exhausted = f"repeats=True gives the last one again; or {self._how}"
            yield route

    def _words(self, asked: Asked) -> str:
        return f"{asked.method} {asked.url} recorded in {self.path.name}"

    # -- recording

    def _recorder(self) -> Route:
        route = _Recorder(
            [_pattern(_Anything())], f"ANY any URL, to be recorded in {self.path.name}", made_at=Stack(skip=4)
        )
        return route.responds_with(self._ask)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        slot = _Slot(self._comparison.asked(request))
        self._slots.append(slot)  # now: in the order in which they were asked
        status, headers, content = await self._send(request)
        slot.response, response = self._comparison.answered(request.method, status, headers, content)
        return response

    def save(self) -> None:
        """Write what was recorded, beside what others have written meanwhile; nothing where there is nothing new.

        Raises:
            RecordingError: the file cannot be written, or what is there by now is none of ours.
        """
        new = [Exchange(slot.request, slot.response) for slot in self._slots if slot.response is not None]
        if not new:
            return
        with locked(self.path):
            there = read(self.path) if self.path.exists() else []
            write(self.path, self._renewed(there, new) if self.mode == "all" else self._completed(there, new))

    def _completed(self, there: list[Exchange], new: list[Exchange]) -> list[Exchange]:
        """What is there, and after it what nobody else has added."""
        has, seen = Counter(map(self._key, there)), Counter(self._known)
        added = []
        for exchange in new:
            key = self._key(exchange)
            seen[key] += 1
            if seen[key] > has[key]:
                added.append(exchange)
        return there + added

    def _renewed(self, there: list[Exchange], new: list[Exchange]) -> list[Exchange]:
        """What is there, with the exchanges of the same requests in their places; those of other tests stay."""
        fresh: dict[Key, deque[Exchange]] = {}
        for exchange in new:
            fresh.setdefault(self._key(exchange), deque()).append(exchange)
        found = []
        for exchange in there:
            queue = fresh.get(self._key(exchange))
            if queue is None:
                found.append(exchange)
            elif queue:
                found.append(queue.popleft())
        left = {id(exchange) for queue in fresh.values() for exchange in queue}
        return found + [exchange for exchange in new if id(exchange) in left]


class _Recorder(Route):
    """The route that takes what no other does."""


class _Anything:
    """A pattern that every request matches."""

    key = "anything"

    def match(self, _request: httpx.Request) -> Match:
        return Match(matches=True)


def _pattern(pattern: RecordedRequest | _Anything) -> Pattern:
    return pattern  # type: ignore[return-value]  # a pattern by what routes ask of it
