"""The HTTP port: an httpx transport.

Errors are httpx's own (`httpx.ConnectTimeout`, `httpx.ReadError` ...), which is what production raises.
"""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from nexus_testkit.errors.ports import PortError


class HttpTransport(httpx.AsyncBaseTransport):
    """Sends requests: `httpx.AsyncClient(transport=transport)`.

    Subclasses implement `handle_async_request`. Closing a client closes its transport, so a transport that is
    injected into several services must survive `aclose()`.
    """


class UnmatchedRequest(PortError, httpx.ConnectError):
    """A request that no route answers: in the fake, a defect of the test or of the code under test.

    It is an httpx.ConnectError, because that is what code sees when a host is not there; the harness records
    it as well and fails the test at its end, whether or not the code swallowed the error.

    Attributes:
        method, url: of the request.
        nearest: the differences to the nearest routes, nearest first, as lines of text.
    """

    default_hint = "stub it with nexus.http.<method>(url).respond(...)"

    def __init__(
        self, method: str, url: str, *, nearest: Sequence[str] = (), hint: str | None = None, shown: str | None = None
    ) -> None:
        """Say so; `shown` is the URL in words, where it has something that is to be left out of them."""
        PortError.__init__(self, f"no route matches {method} {url if shown is None else shown}", hint=hint)
        self._request = None
        self.method = method
        self.url = url
        self.nearest = tuple(nearest)

    def _message(self) -> str:
        return "\n".join([super()._message(), *(f"  {line}" for line in self.nearest)])
