"""What tests see as `nexus.http`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import httpx

from nexus_testkit.adapters.fake.http import StrayRequest, StubTransport
from nexus_testkit.adapters.fake.http_difference import differences
from nexus_testkit.adapters.fake.http_routes import HttpCall, Route, RoutePattern, make_patterns
from nexus_testkit.errors import HarnessError
from nexus_testkit.journal.http import SeamedHttp
from nexus_testkit.journal.seam import Seam

if TYPE_CHECKING:
    from nexus_testkit.adapters.fake.http_recording import Mode, RecordedExchanges
    from nexus_testkit.harness.recordings import Recordings

Url = str | httpx.URL | re.Pattern[str]

_CALLS_SHOWN = 10


class HttpHandle(SeamedHttp):
    """Stubs of HTTP, and what was asked of them. It is a transport too: `httpx.AsyncClient(transport=nexus.http)`.

    `nexus.http.get(url)` and its kin stub a route and return it: `.respond(201, json={"id": 7})`. An URL matches
    as a whole, its query included where it has one; a host may begin with `*.`; a `re.Pattern` is searched
    for; None means any URL. Keyword arguments are respx's matchers: `params=`, `headers=`, `json=`, `content=`,
    `data=`, `cookies=`, `path__regex=` and so on; `json_contains=` takes a JSON body whose objects may have more. Where several routes match, the one stubbed last answers.
    """

    def __init__(self, inner: StubTransport, seam: Seam) -> None:
        """Stand for `inner` in a test."""
        super().__init__(inner, seam)
        self._stubs = inner
        self.make_recordings: Callable[[StubTransport], Recordings] | None = None  # set by the world
        self.recordings: Recordings | None = None

    def request(self, method: str, url: Url | None = None, **matchers: Any) -> Route:
        """Stub a route for any method.

        Raises:
            InvalidRoute: no request could match it.
        """
        return self._stubs.add(method, url, **matchers)

    def get(self, url: Url | None = None, **matchers: Any) -> Route:
        """Stub a GET."""
        return self._stubs.add("GET", url, **matchers)

    def post(self, url: Url | None = None, **matchers: Any) -> Route:
        """Stub a POST."""
        return self._stubs.add("POST", url, **matchers)

    def put(self, url: Url | None = None, **matchers: Any) -> Route:
        """Stub a PUT."""
        return self._stubs.add("PUT", url, **matchers)

    def patch(self, url: Url | None = None, **matchers: Any) -> Route:
        """Stub a PATCH."""
        return self._stubs.add("PATCH", url, **matchers)

    def delete(self, url: Url | None = None, **matchers: Any) -> Route:
        """Stub a DELETE."""
        return self._stubs.add("DELETE", url, **matchers)

    def head(self, url: Url | None = None, **matchers: Any) -> Route:
        """Stub a HEAD."""
        return self._stubs.add("HEAD", url, **matchers)

    def options(self, url: Url | None = None, **matchers: Any) -> Route:
        """Stub an OPTIONS."""
        return self._stubs.add("OPTIONS", url, **matchers)

    def route(self, *patterns: RoutePattern, **matchers: Any) -> Route:
        """Stub by respx's patterns alone: `route(method="GET", path="/x")`, `route(M(host="a") | M(host="b"))`."""
        method, url = matchers.pop("method", None), matchers.pop("url", None)
        if method is not None and not isinstance(method, str):
            matchers["method__in"], method = method, None
        return self._stubs.add(method, url, *patterns, **matchers)

    def recorded(
        self,
        path: str | os.PathLike[str],
        *,
        repeats: bool = False,
        match_on: Collection[str] = ("method", "url", "body"),
        record: Mode | bool | None = None,
    ) -> RecordedExchanges:
        """Answer from a file of recorded exchanges, each the request that it was recorded for, in the order of the file.

        With `pytest --nexus-record-http=missing` (or `=all`) requests that are in the file's charge really go out, and the
        file is written when the test has passed. Without it nothing does: a request that is not in the file is a stray. Routes
        that are stubbed later come first, and all routes come before the recording.

        Args:
            path: of a JSON file; a relative one begins at the test's own file, and outside of pytest in the working directory.
            repeats: whether a request that comes more often than it was recorded gets the last answer again; else it is a stray.
            match_on: what makes two requests the same: of `"method"`, `"url"` (the order of a query does not count) and
                `"body"` (as a JSON value where it is one). All are compared as the file has them, without their secrets.
            record: for a `Harness` outside of pytest: `"missing"` or True, `"all"`, or False for never; None: what the run says.

        Raises:
            RecordingError: there is no such file, or it is malformed, or `record` says what nobody allowed.
        """
        if self.recordings is None:
            if self.make_recordings is None:
                raise HarnessError("this handle belongs to no world", hint="use the one of a Harness: nexus.http")
            self.recordings = self.make_recordings(self._stubs)
        return self.recordings.open(path, repeats=repeats, match_on=match_on, record=record)

    @property
    def routes(self) -> list[Route]:
        """The routes, in the order in which they were stubbed."""
        return list(self._stubs.routes)

    @property
    def calls(self) -> list[HttpCall]:
        """Every request that came, in order, those included that no route answered."""
        return list(self._stubs.calls)

    @property
    def strays(self) -> list[StrayRequest]:
        """The requests that no route answered; the harness fails the test for each of them at its end."""
        return list(self._stubs.strays)

    def clear(self) -> None:
        """Forget the routes and the calls; strays stay."""
        self._stubs.clear()

    def assert_called(
        self, method: str | None = None, url: Url | None = None, *, count: int | None = None, **matchers: Any
    ) -> list[HttpCall]:
        """The requests that match, of which there must be `count` (None: at least one).

        Takes what `request` takes; None means any method, any URL.

        Raises:
            AssertionError: with the requests that came, nearest first, and how each differs.
        """
        patterns, description = make_patterns(method, url, (), matchers)
        calls = self._stubs.calls
        compared = [(call, differences(patterns, call.request)) for call in calls]
        matching = [call for call, found in compared if not found]
        if len(matching) == count or (count is None and matching):
            return matching
        wanted = "at least one" if count is None else str(count)
        lines = [f"expected {wanted} of {description}, got {len(matching)}"]
        compared.sort(key=lambda entry: sum(difference.weight for difference in entry[1]))
        for call, found in compared[:_CALLS_SHOWN]:
            lines.append(f"  {self._shown(call)}")
            lines += [f"    {difference.text}" for difference in found]
        if len(calls) > _CALLS_SHOWN:
            lines.append(f"  and {len(calls) - _CALLS_SHOWN} more")
        if not calls:
            lines.append("  no request was made")
        raise AssertionError("\n".join(lines))

    def assert_nothing_called(self) -> None:
        """No request came.

        Raises:
            AssertionError: with those that came.
        """
        if self._stubs.calls:
            shown = [f"  {self._shown(call)}" for call in self._stubs.calls[:_CALLS_SHOWN]]
            if len(self._stubs.calls) > _CALLS_SHOWN:
                shown.append(f"  and {len(self._stubs.calls) - _CALLS_SHOWN} more")
            raise AssertionError("\n".join([f"expected no request, got {len(self._stubs.calls)}", *shown]))

    def _shown(self, call: HttpCall) -> str:
        return self._seam.journal.redaction.text(repr(call))
