"""The HTTP fake: an httpx transport that answers from stubs and lets nothing out of the process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from respx.patterns import Pattern

from nexus_testkit.adapters.fake.http_difference import nearest
from nexus_testkit.adapters.fake.http_routes import HttpCall, Route, instantiate, left_open, make_patterns
from nexus_testkit.errors import InvalidFault
from nexus_testkit.errors.stack import Stack
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.http import HttpTransport, UnmatchedRequest

_DIFFERENCES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class StrayRequest:
    """A request that no route answered.

    Attributes:
        request: as it came.
        error: what was raised; the code may have swallowed it.
        made_at: the stack of whoever asked.
    """

    request: httpx.Request
    error: UnmatchedRequest
    made_at: Stack

    def __str__(self) -> str:
        return "\n".join([str(self.error), *(f"asked at {line}" for line in self.made_at.lines(most=3))])


class StubTransport(HttpTransport):
    """Answers requests from routes. Of several routes that match, the one stubbed last answers.

    A request that none answers raises UnmatchedRequest and is recorded in `strays`, which `leaks()` reports.
    Closing a client does not close this transport: it belongs to the world, and the next client uses it too.

    Limits: no network, so no DNS, no TLS, no proxies and no connection pool: `httpx.PoolTimeout` and time-outs
    happen only where a route raises them. Request bodies are read whole before a route sees them. The
    `http_version` of a response is HTTP/1.1.

    Attributes:
        routes: in the order in which they were stubbed.
        calls: every request, strays included.
        strays: those that no route answered.
    """

    def __init__(self, *, clock: Clock) -> None:
        """Make a transport without routes."""
        self._clock = clock
        self.routes: list[Route] = []
        self.calls: list[HttpCall] = []
        self.strays: list[StrayRequest] = []

    def add(
        self, method: str | None, url: str | httpx.URL | re.Pattern[str] | None, *patterns: Pattern, **lookups: Any
    ) -> Route:
        """Stub a route.

        Raises:
            InvalidRoute: no request could ever match it.
        """
        made, description = make_patterns(method, url, patterns, lookups)
        route = Route(made, description, made_at=Stack(skip=2))
        self.routes.append(route)
        return route

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        for route in reversed(self.routes):
            groups = route.match(request)
            if groups is not None:
                call = HttpCall(request, route, self._clock.now())
                self.calls.append(call)
                if route.exhausted:
                    call.error = self._stray(request, f"{route} has given all of its {route.call_count} replies")
                    raise call.error
                return await route.answer(call, groups)
        call = HttpCall(request, None, self._clock.now())
        self.calls.append(call)
        call.error = self._stray(request)
        raise call.error

    def route_of(self, request: httpx.Request) -> Route | None:
        """The route that answers a request whose body has been read, or None."""
        return next((route for route in reversed(self.routes) if route.match(request) is not None), None)

    def as_raised(self, wanted: str | Exception | type[Exception], /) -> Exception:
        """An exception with httpx' message; only httpx has errors here, by class."""
        if isinstance(wanted, str):
            raise InvalidFault(f"HTTP has no errors by code, such as {wanted!r}", hint="raises(httpx.ConnectTimeout)")
        kind = wanted if isinstance(wanted, type) else type(wanted)
        if issubclass(kind, httpx.HTTPStatusError):
            raise InvalidFault(
                "no transport raises HTTPStatusError", hint="answer with the status: nexus.http.get(url).respond(500)"
            )
        return instantiate(wanted) if isinstance(wanted, type) else wanted

    def lost_reply(self) -> Exception:
        """The error of a connection that broke while the answer was read."""
        return instantiate(httpx.ReadError)

    def disturbed(self, _operation: str, request: httpx.Request, error: Exception | None, /, *, reached: bool) -> None:
        """A request failed by a fault, or hangs: it counts as one of its route, whether or not there is one."""
        if isinstance(error, httpx.RequestError):
            error.request = request
        if not reached:
            route = self.route_of(request)
            call = HttpCall(request, route, self._clock.now())
            call.error = error
            self.calls.append(call)
            if route is not None:
                route.calls.append(call)

    async def aclose(self) -> None:
        """Do nothing: a client that is closed closes its transport, and this one serves them all."""

    def clear(self) -> None:
        """Forget the routes and the calls. Strays stay: they are defects, whatever comes after."""
        self.routes.clear()
        self.calls.clear()

    def leaks(self) -> list[str]:
        """The strays, the required routes that nobody called, and the streamed responses that nobody closed."""
        return [*map(str, self.strays), *self._uncalled(), *self._unclosed()]

    def _uncalled(self) -> Iterator[str]:
        for at, route in enumerate(self.routes):
            if route.is_required and not route.called:
                shadows = [later for later in self.routes[at + 1 :] if later.called and str(later) == str(route)]
                why = f"\nstubbed again at {shadows[-1].made_at.where()}, which took the calls" if shadows else ""
                yield f"a required route that nobody called: {route}\nstubbed at {route.made_at.where()}{why}"

    def _unclosed(self) -> Iterator[str]:
        for call in self.calls:
            opened_at = left_open(call.response)
            if opened_at is not None:
                lines = [f"a streamed response that nobody closed: {call.request.method} {call.request.url}"]
                yield "\n".join([*lines, *(f"asked at {line}" for line in opened_at.lines(most=3))])

    def _stray(self, request: httpx.Request, reason: str | None = None) -> UnmatchedRequest:
        lines = [reason] if reason else self._nearest(request)
        hint = "list more replies in responds([...]), or use respond(...), which repeats" if reason else None
        error = UnmatchedRequest(request.method, str(request.url), nearest=lines, hint=hint)
        error.request = request
        self.strays.append(StrayRequest(request, error, Stack(skip=2)))
        return error

    def _nearest(self, request: httpx.Request) -> list[str]:
        if not self.routes:
            return ["no route is stubbed"]
        lines: list[str] = []
        newest_first = list(reversed(self.routes))
        for description, found in nearest([(str(route), route.patterns) for route in newest_first], request):
            lines.append(f"nearest: {description}" if not lines else f"then:    {description}")
            lines += [f"  {difference.text}" for difference in found[:_DIFFERENCES_SHOWN]]
            if len(found) > _DIFFERENCES_SHOWN:
                lines.append(f"  and {len(found) - _DIFFERENCES_SHOWN} more differences")
        return lines
