"""The HTTP fake: an httpx transport that answers from stubs and lets nothing out of the process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import httpx
from respx.patterns import Pattern

from nexus_testkit.adapters.fake.http_difference import nearest
from nexus_testkit.adapters.fake.http_faults import Answer, garbling, instead, silence, trickling
from nexus_testkit.adapters.fake.http_responses import HeaderPairs, fresh, left_open, make_response
from nexus_testkit.adapters.fake.http_routes import HttpCall, Route, instantiate, make_patterns
from nexus_testkit.errors import InvalidFault
from nexus_testkit.errors.stack import Stack
from nexus_testkit.journal.redaction import CURRENT
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.http import HttpTransport, UnmatchedRequest

_DIFFERENCES_SHOWN = 6
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_LONGEST_BODY = 200
_SCHEMES = ("http", "https", "ws", "wss")  # httpcore 1.0, AsyncConnectionPool.handle_async_request
_IN_WORDS = {"refused": httpx.ConnectError, "reset": httpx.ReadError, "timeout": httpx.ReadTimeout}


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

    A request that none answers raises UnmatchedRequest and is recorded in `strays`, which `leaks()` reports; one that
    is no HTTP raises httpx.UnsupportedProtocol, as in production.
    Closing a client does not close this transport: it belongs to the world, and the next client uses it too.

    Limits: no network, so no DNS, no TLS, no proxies and no connection pool: `httpx.PoolTimeout` and time-outs
    happen only where a route raises them. Request bodies are read whole before a route sees them. The
    `http_version` of a response is HTTP/1.1.

    Attributes:
        routes: in the order in which they were stubbed.
        calls: every request, strays included.
        strays: those that no route answered.
        how_to_record: what to do about a request that is in no file of recorded exchanges, where there is such a file.
    """

    def __init__(self, *, clock: Clock) -> None:
        """Make a transport without routes."""
        self._clock = clock
        self.routes: list[Route] = []
        self.calls: list[HttpCall] = []
        self.strays: list[StrayRequest] = []
        self.how_to_record: str | None = None
        self._answers: dict[httpx.Request, Answer] = {}

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
        if request.url.scheme not in _SCHEMES:
            self._note(request).error = error = _unsupported(request)
            raise error
        await request.aread()
        answer = self._answers.get(request)
        if answer is None:
            return await self._ask(request)
        call = None if answer.asks else self._note(request)
        try:
            response = await answer.give(request, partial(self._ask, request))
        except httpx.TransportError as error:
            self._call_of(request, call).error = error
            raise
        self._call_of(request, call).response = response
        return response

    def _call_of(self, request: httpx.Request, noted: HttpCall | None) -> HttpCall:
        return noted or next(call for call in reversed(self.calls) if call.request is request)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        for route in reversed(self.routes):
            groups = route.match(request)
            if groups is not None:
                call = HttpCall(request, route, self._clock.now())
                self.calls.append(call)
                if route.exhausted:
                    call.error = self._stray(request, route)
                    raise call.error
                return await route.answer(call, groups)
        call = HttpCall(request, None, self._clock.now())
        self.calls.append(call)
        call.error = self._stray(request)
        raise call.error

    def _note(self, request: httpx.Request) -> HttpCall:
        """Count a request whose route was not asked as one of it, whether or not there is one."""
        route = self.route_of(request)
        call = HttpCall(request, route, self._clock.now())
        self.calls.append(call)
        if route is not None:
            route.calls.append(call)
        return call

    def route_of(self, request: httpx.Request) -> Route | None:
        """The route that answers a request whose body has been read, or None."""
        return next((route for route in reversed(self.routes) if route.match(request) is not None), None)

    # faults

    def as_raised(self, wanted: str | Exception | type[Exception], /) -> Exception:
        """An exception with httpx' message, for `"refused"`, `"reset"`, `"timeout"`, or one of httpx or its class."""
        if isinstance(wanted, str):
            found = _IN_WORDS.get(wanted)
            if found is None:
                raise InvalidFault(
                    f"HTTP has no errors by code, such as {wanted!r}",
                    hint="raises(httpx.ConnectTimeout), raises('refused'), 'reset', 'timeout'; responds(503) is a status",
                )
            return instantiate(found)
        kind = wanted if isinstance(wanted, type) else type(wanted)
        if issubclass(kind, httpx.HTTPStatusError):
            raise InvalidFault("no transport raises HTTPStatusError", hint="answer with the status: responds(500)")
        return instantiate(wanted) if isinstance(wanted, type) else wanted

    def lost_reply(self) -> Exception:
        """The error of a connection that broke while the answer was read."""
        return instantiate(httpx.ReadError)

    def responding(self, status: int, *, headers: HeaderPairs | None = None, **bodies: Any) -> Answer:
        """An answer that no route gives; `bodies` as in `Route.respond`."""
        template = make_response("a fault", status, bodies, headers=headers)
        return instead(partial(fresh, template))

    def garbling(self, how: str) -> Answer:
        """The route's answer with a broken body; see `http_faults`."""
        return garbling(how)

    def trickling(self, seconds: float, *, chunks: int) -> Answer:
        """The route's answer with a body that comes in pieces."""
        return trickling(seconds, chunks)

    def silence(self) -> Answer:
        """No answer, until the client's read time-out."""
        return silence()

    @contextmanager
    def answering(self, request: httpx.Request, answer: Answer) -> Iterator[None]:
        """Answer this very request so, during the block."""
        self._answers[request] = answer
        try:
            yield
        finally:
            del self._answers[request]

    def disturbed(
        self,
        _operation: str,
        request: httpx.Request,
        error: Exception | None,
        /,
        *,
        arguments: Sequence[Any],
        reached: bool,
    ) -> None:
        """A request failed by a fault, or hangs: it counts as one of its route, whether or not there is one."""
        del arguments
        if isinstance(error, httpx.RequestError):
            error.request = request
        if not reached:
            self._note(request).error = error

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
                lines = [
                    f"a streamed response that nobody closed: {CURRENT.get().text(f'{call.request.method} {call.request.url}')}"
                ]
                yield "\n".join([*lines, *(f"asked at {line}" for line in opened_at.lines(most=3))])

    def _stray(self, request: httpx.Request, exhausted: Route | None = None) -> UnmatchedRequest:
        if exhausted is not None:
            lines = [f"{exhausted} has given all of its {exhausted.call_count} replies"]
            hint = exhausted.when_exhausted
        else:
            lines = self._nearest(request)
            hint = "\n      ".join(filter(None, [as_route(request), self.how_to_record and f"or {self.how_to_record}"]))
        url = str(request.url)
        error = UnmatchedRequest(request.method, url, nearest=lines, hint=hint, shown=CURRENT.get().text(url))
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


def as_route(request: httpx.Request) -> str:
    """A line to paste into the test: the route of a request whose body has been read, with an answer to fill in."""
    verb = request.method.lower()
    beginning = f"{verb}(" if verb in _VERBS else f"request({request.method!r}, "
    # What has a secret is left out as a whole, so that the line still matches: a URL without a query matches any.
    redaction = replace(CURRENT.get(), addresses=False)
    url, body = str(request.url), ""
    if redaction.text(url) != url:
        url = redaction.text(str(request.url.copy_with(query=None, userinfo=b"")))
    if "json" in request.headers.get("content-type", ""):
        with suppress(ValueError):
            shown = repr(json.loads(request.content))
            body = f", json={shown}" if len(shown) <= _LONGEST_BODY and redaction.text(shown) == shown else ""
    return f"stub it: nexus.http.{beginning}{url!r}{body}).respond(200, json={{}})"


def _unsupported(request: httpx.Request) -> httpx.UnsupportedProtocol:
    scheme = request.url.scheme
    what = f"has an unsupported protocol '{scheme}://'" if scheme else "is missing an 'http://' or 'https://' protocol"
    return httpx.UnsupportedProtocol(f"Request URL {what}.", request=request)
