"""Routes of the HTTP fake: which requests they answer, and with what.

The patterns are respx's (https://lundberg.github.io/respx/guide/#routing-requests), and so are the words:
`respond`, `mock(return_value=, side_effect=)`, `called`, `call_count`. respx's own `Route` and `MockRouter` are
not used: each of their call lists is a `unittest.mock` object, for which Python makes a new class (50 µs
apiece, two a route), their first match wins, and a request that matches none ends in an exception that
`except Exception` swallows for good.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, cast

import httpx
from respx.patterns import M, Method, Pattern, parse_url_patterns

from nexus_testkit.adapters.fake.http_difference import JsonContains, describe_lookups
from nexus_testkit.adapters.fake.http_responses import Chunks, HeaderPairs, check_status, fresh, make_response
from nexus_testkit.errors import InvalidRoute
from nexus_testkit.errors.stack import Stack

RoutePattern: TypeAlias = Pattern
Responder = Callable[..., httpx.Response | Awaitable[httpx.Response]]
Reply = httpx.Response | int | Exception | type[Exception] | Responder

# What httpx 0.28 says where httpcore and anyio raise these; its time-outs and broken reads have empty messages.
_MESSAGES = {
    httpx.ConnectError: "All connection attempts failed",
    httpx.RemoteProtocolError: "Server disconnected without sending a response.",
    httpx.TooManyRedirects: "Exceeded maximum allowed redirects.",
}


class HttpCall:
    """One request that came, and what became of it.

    Attributes:
        request: as it arrived, its body read.
        response: what was answered, or None where an exception was raised, or nothing yet.
        error: the exception that was raised, or None.
        route: the route that took it, or None for a stray.
        at: when it came, by the world's clock.
    """

    __slots__ = ("at", "error", "request", "response", "route")

    def __init__(self, request: httpx.Request, route: Route | None, at: datetime) -> None:
        """Begin the record of a request."""
        self.request = request
        self.route = route
        self.at = at
        self.response: httpx.Response | None = None
        self.error: Exception | None = None

    def __repr__(self) -> str:
        if self.error is not None:
            outcome = f"!! {type(self.error).__name__}"
        else:
            outcome = "no answer" if self.response is None else f"-> {self.response.status_code}"
        return f"<HttpCall {self.request.method} {self.request.url} {outcome}>"


class Route:
    """Requests of one kind, and what they are answered with: an empty 200 unless something else is said.

    Attributes:
        calls: the requests that it took, in order.
        made_at: where it was stubbed.
        is_required: whether a world that never called it fails.
        when_exhausted: what one can do about a call beyond the last of its replies.
    """

    def __init__(self, patterns: Sequence[Pattern], description: str, *, made_at: Stack) -> None:
        """Make a route; `nexus.http.get(url)` and its like do."""
        self.patterns = tuple(patterns)
        self.calls: list[HttpCall] = []
        self.made_at = made_at
        self.is_required = False
        self.when_exhausted = "list more replies in responds([...]), or use respond(...), which repeats"
        self._description = description
        self._replies: list[Reply] = []
        self._repeats = True
        self._taken = 0

    # what it answers

    def respond(
        self,
        status: int = 200,
        *,
        json: Any = None,
        text: str | None = None,
        html: str | None = None,
        content: bytes | None = None,
        stream: Chunks | None = None,
        headers: HeaderPairs | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Route:
        """Answer every call with this response; later words replace earlier ones.

        At most one of `json`, `text`, `html`, `content` and `stream` is given. `headers` may be pairs, so that a
        name can occur twice. `stream` is a list of chunks, or a function that makes an async iterator anew for
        each call; such a response has no length and must be closed by whoever asked for it. To a HEAD, and with
        204 and 304, only the headers go out (RFC 9112, 6.3).

        Raises:
            InvalidRoute: a status outside 100 to 599, several bodies, or a body that has no JSON form.
        """
        response = make_response(
            self._description,
            status,
            {"json": json, "text": text, "html": html, "content": content, "stream": stream},
            headers=headers,
            cookies=cookies,
        )
        return self._answer_with([response], repeats=True)

    def responds(self, replies: Iterable[Reply]) -> Route:
        """Answer the first call with the first of these, and so on; a call beyond the last one is a stray.

        Each is an `httpx.Response`, a status, an exception (its class or an instance), or a function of the request.
        """
        listed = list(replies)
        if not listed:
            raise InvalidRoute(f"{self._description}: responds([]) answers nothing", hint="list at least one response")
        return self._answer_with(listed, repeats=False)

    def repeats_last(self, replies: Iterable[Reply]) -> Route:
        """Answer the first call with the first of these, and so on; calls beyond the last one get that again."""
        return self._answer_with(list(replies), repeats=True)

    def raises(self, error: Exception | type[Exception]) -> Route:
        """Raise this instead of answering; a class is instantiated with the message that httpx gives it."""
        if not (isinstance(error, Exception) or (isinstance(error, type) and issubclass(error, Exception))):
            raise InvalidRoute(f"{self._description}: {error!r} is no exception", hint="raises(httpx.ConnectTimeout)")
        return self._answer_with([error], repeats=True)

    def responds_with(self, function: Responder) -> Route:
        """Answer with what `function(request)` returns, or what the coroutine that it returns does.

        Named groups of the route's regular expressions are given as keyword arguments.
        """
        return self._answer_with([function], repeats=True)

    def mock(
        self, return_value: httpx.Response | None = None, *, side_effect: Reply | Iterable[Reply] | None = None
    ) -> Route:
        """The above in respx's words: a response, or an exception, a function or a sequence of either."""
        if isinstance(side_effect, Iterable) and not isinstance(side_effect, (httpx.Response, type)):
            return self.responds(side_effect)
        if side_effect is not None:
            return self._answer_with([side_effect], repeats=True)
        return self._answer_with([] if return_value is None else [return_value], repeats=True)

    def required(self) -> Route:
        """Fail the test at its end if nobody called this route."""
        self.is_required = True
        return self

    def optional(self) -> Route:
        """Undo `required()`: nobody needs to call this route (as is the case from the beginning)."""
        self.is_required = False
        return self

    # what came

    @property
    def called(self) -> bool:
        """Whether any request came."""
        return bool(self.calls)

    @property
    def call_count(self) -> int:
        """How many requests came."""
        return len(self.calls)

    @property
    def last_request(self) -> httpx.Request | None:
        """The request that came last, or None."""
        return self.calls[-1].request if self.calls else None

    def __repr__(self) -> str:
        return f"<Route {self._description}, called {self.call_count} times>"

    def __str__(self) -> str:
        return self._description

    # for the transport

    def match(self, request: httpx.Request) -> dict[str, Any] | None:
        """None where the request is not for this route; else the named groups of its regular expressions."""
        groups: dict[str, Any] = {}
        for pattern in self.patterns:
            match = pattern.match(request)
            if not match:
                return None
            groups.update(match.context)
        return groups

    @property
    def exhausted(self) -> bool:
        """Whether a sequence of replies has come to its end."""
        return not self._repeats and self._taken >= len(self._replies)

    async def answer(self, call: HttpCall, groups: Mapping[str, Any]) -> httpx.Response:
        """The response to one call, or the exception that was asked for."""
        self.calls.append(call)
        if not self._replies:
            reply: Reply = 200
        else:
            reply = self._replies[min(self._taken, len(self._replies) - 1)]
            self._taken += 1
        try:
            call.response = response = await self._make(reply, call.request, groups)
        except Exception as error:
            call.error = error
            raise
        return response

    async def _make(self, reply: Reply, request: httpx.Request, groups: Mapping[str, Any]) -> httpx.Response:
        if isinstance(reply, httpx.Response):
            return fresh(reply, request)
        if isinstance(reply, int):
            return fresh(httpx.Response(reply), request)
        if isinstance(reply, type):
            raise instantiate(reply, request)
        if isinstance(reply, Exception):
            raise _bound(reply, request)
        response = reply(request, **groups)
        if inspect.isawaitable(response):
            response = await response
        if not isinstance(response, httpx.Response):
            raise InvalidRoute(
                f"{self._description}: the function answered {response!r}", hint="return an httpx.Response from it"
            )
        return fresh(response, request)

    def _answer_with(self, replies: list[Reply], *, repeats: bool) -> Route:
        for reply in replies:
            self._check(reply)
        self._replies = replies
        self._repeats = repeats
        self._taken = 0
        return self

    def _check(self, reply: Reply) -> None:
        if isinstance(reply, type) and issubclass(reply, httpx.HTTPStatusError):
            raise InvalidRoute(
                f"{self._description}: no transport raises HTTPStatusError",
                hint="answer with the status, respond(500), and let the code call raise_for_status()",
            )
        if isinstance(reply, int):
            check_status(self._description, reply)
        elif not (isinstance(reply, (httpx.Response, Exception)) or callable(reply)):
            raise InvalidRoute(
                f"{self._description}: {reply!r} is no answer",
                hint="an httpx.Response, a status, an exception, or a function of the request",
            )


def instantiate(error: type[Exception], request: httpx.Request | None = None) -> Exception:
    """An exception with the message that httpx gives it."""
    if issubclass(error, httpx.RequestError):
        return error(_MESSAGES.get(error, ""), request=request)
    return error()


def make_patterns(
    method: str | None,
    url: str | httpx.URL | re.Pattern[str] | None,
    patterns: Sequence[Pattern],
    lookups: Mapping[str, Any],
) -> tuple[list[Pattern], str]:
    """The patterns of a route, and the route in words.

    Raises:
        InvalidRoute: the URL cannot be one that a client asks for, or a matcher is unknown or malformed.
    """
    shown = url.pattern if isinstance(url, re.Pattern) else url
    description = f"{method or 'ANY'} {'any URL' if shown is None else shown}{describe_lookups(lookups)}"
    found: list[Pattern] = []
    try:
        # What M(method=..., url=...) makes, without combining it to one pattern that we would take apart again (10 µs).
        if method is not None:
            found.append(Method(method))
        if url is not None:
            found += parse_url_patterns(url if isinstance(url, re.Pattern) else _checked(url)).values()
        for pattern in patterns:
            found.append(pattern)
            description += f" {pattern!r}"
        for name, value in lookups.items():
            if name == JsonContains.key:
                found.append(cast("Pattern", JsonContains(value)))  # a pattern by what routes ask of it
                continue
            found += (pattern for pattern in M(**{name: value}) if pattern)
    except InvalidRoute:
        raise
    except (KeyError, NotImplementedError, TypeError, ValueError, re.error, httpx.InvalidURL) as error:
        raise InvalidRoute(
            f"{description}: {error.args[0] if error.args else error}",
            hint="matchers are respx's: params=, headers=, json=, json_contains=, content=, data=, cookies=, path__regex=, host= ...",
        ) from error
    return found, description


def _checked(url: str | httpx.URL) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        raise InvalidRoute(f"{url!r} is no URL: {error}", hint="such as https://api.example/items") from error
    if parsed.scheme not in {"http", "https"}:
        what = f"has the scheme {parsed.scheme!r}" if parsed.scheme else "is relative"
        raise InvalidRoute(
            f"no request can match {str(url)!r}: it {what}",
            hint="write the whole URL, https://host/path; for a path on any host: nexus.http.route(method='GET', path='/x')",
        )
    if not parsed.host:
        raise InvalidRoute(f"no request can match {str(url)!r}: it names no host", hint="https://host/path")
    return parsed


def _bound(error: Exception, request: httpx.Request) -> Exception:
    if isinstance(error, httpx.RequestError):
        error.request = request
    # One instance may be raised many times; without this each time adds its frames to those of the last one.
    return error.with_traceback(None)
