"""`HTTPService`: requests that are sent again when that is safe, to hosts that may be called."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import httpx

from nexus_testkit.container import inject
from nexus_testkit.errors import ResponseTooLarge
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.http import HttpTransport
from nexus_testkit.services.base import BaseService
from nexus_testkit.services.http_body import NotJson, decode_body
from nexus_testkit.services.options import Options
from nexus_testkit.services.retry import IDEMPOTENCY_KEY, RetryPolicy
from nexus_testkit.services.urls import UrlRules

# What may be gone a moment later. The other httpx.TransportErrors (a malformed request, an unknown scheme) and
# every other exception are defects, and the same the second time.
_PASSING = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError)


class HTTPService(BaseService):
    """Service for HTTP operations.

    A response is a dict: `status_code`; `headers` (`httpx.Headers`: a mapping that ignores case, with
    `get_list("set-cookie")` for those that come more than once); `data` (parsed JSON, else `{"text": str}`, else
    `{"content": bytes}`; see `http_body`).

    **The contract of failure.** An answer is returned, whatever its status: a 404, and the last 503 when all
    attempts are spent. Where there was no answer, httpx's exception is raised (`httpx.ConnectError`,
    `httpx.ReadTimeout` ...). A request is sent again after a 429, a 5xx or a passing transport error, and only
    if its method is idempotent (RFC 9110: all but POST and PATCH) or it carries an Idempotency-Key. Between
    attempts a random time passes, or what Retry-After asks for.

    Options (`config`):
        base_url: relative URLs are appended to it, and absolute ones outside it are refused.
        allow_hosts: further hosts that may be called (see `UrlRules`); redirects obey both.
        timeout: seconds for the whole call: all attempts, and the waiting between them. 30.
        retries: how often a request is sent again, 0 to 10. 3.
        backoff, backoff_max: seconds; the longest first wait, which doubles each time, and the longest of all.
            1 and 30.
        retry_after_max: the most seconds that a server's Retry-After is obeyed. 60.
        max_response_bytes: beyond it, reading stops. 10 MiB.
        max_redirects: 5; 0 returns the redirect itself.
        jitter_seed: makes the waits repeatable; by default they come from Python's `random`.
    """

    session: httpx.AsyncClient | None

    def __init__(
        self,
        config: Mapping[str, Any] | None = None,
        *,
        transport: HttpTransport = inject(),
        clock: Clock = inject(),
    ) -> None:
        super().__init__(config)
        options = Options(self.config, service=type(self).__name__)
        self.transport = transport
        self.clock = clock
        self.session = None
        self.base_url = options.text("base_url", "")
        self.timeout = options.number("timeout", 30, positive=True)
        self.retries = options.integer("retries", 3, at_least=0, at_most=10)
        self.max_response_bytes = options.integer("max_response_bytes", 10 * 2**20, at_least=1, at_most=2**40)
        self.max_redirects = options.integer("max_redirects", 5, at_least=0, at_most=20)
        self._urls = UrlRules(self.base_url, options.texts("allow_hosts"))
        self._retry = RetryPolicy(
            retries=self.retries,
            backoff_s=options.number("backoff", 1),
            backoff_max_s=options.number("backoff_max", 30),
            retry_after_max_s=options.number("retry_after_max", 60),
            uniform=_jitter(self.config.get("jitter_seed")),
        )

    async def _setup(self) -> None:
        self.session = httpx.AsyncClient(
            transport=self.transport,
            timeout=self.timeout,
            headers={"User-Agent": "Nexus-Plugin/1.0"},
            trust_env=False,  # proxies and certificates are the transport's affair, and looking for them takes 30 ms
        )

    async def _teardown(self) -> None:
        if self.session is not None:
            await self.session.aclose()
            self.session = None

    async def get(
        self, url: str, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Make a GET request."""
        return await self._request("GET", self._build_url(url), params=params, headers=headers)

    async def post(
        self,
        url: str,
        data: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Make a POST request, of a form (`data`) or of JSON; with `idempotency_key`, one that may be sent again."""
        if idempotency_key is not None:
            headers = {**(headers or {}), IDEMPOTENCY_KEY: idempotency_key}
        return await self._request("POST", self._build_url(url), data=data, json=json, headers=headers)

    async def put(
        self,
        url: str,
        data: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Make a PUT request, of a form (`data`) or of JSON."""
        return await self._request("PUT", self._build_url(url), data=data, json=json, headers=headers)

    async def delete(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Make a DELETE request."""
        return await self._request("DELETE", self._build_url(url), headers=headers)

    async def _request(
        self, method: str, url: str, *, params: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Send a request, again where that is safe and may help, until an answer or the deadline.

        Raises:
            UrlNotAllowed: a redirect that leads outside.
            ResponseTooLarge: the body is beyond the limit.
            httpx.RequestError: there was no answer, too many redirects, or JSON that is none.
        """
        session = self._open_session()
        # httpx's own params= would replace the query that the URL has already
        target = httpx.URL(url).copy_merge_params(params) if params else url
        request = session.build_request(method, target, **kwargs)
        attempts = self._retry.attempts(method, request.headers)
        deadline = self.clock.monotonic() + self.timeout

        for attempt in range(1, attempts + 1):
            result: dict[str, Any] | None = None
            failure: httpx.TransportError | None = None
            try:
                result = await self._send(session, request, until=deadline)
            except _PASSING as error:
                failure = error
            if result is not None and not self._retry.is_worth_retrying(result["status_code"]):
                return result

            retry_after = None if result is None else result["headers"].get("retry-after")
            wait_s = self._retry.wait_s(attempt, retry_after, now=self.clock.now())
            self.logger.warning(
                "HTTP request failed",
                method=method,
                url=_shown(request.url),
                attempt=f"{attempt}/{attempts}",
                reason=repr(failure) if result is None else result["status_code"],
            )
            if attempt == attempts or self.clock.monotonic() + wait_s >= deadline:
                break
            await self.clock.sleep(wait_s)

        if failure is not None:
            raise failure
        assert result is not None  # noqa: S101  # an attempt that did not fail has a result
        return result

    async def _send(self, session: httpx.AsyncClient, request: httpx.Request, *, until: float) -> dict[str, Any]:
        """One attempt: the request and the redirects that its answers ask for."""
        try:
            async with asyncio.timeout(until - self.clock.monotonic()):
                for _ in range(self.max_redirects + 1):
                    response, result = await self._exchange(session, request)
                    if response.next_request is None or self.max_redirects == 0:
                        return result
                    self._urls.check(response.next_request.url)
                    request = response.next_request
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"no answer within {self.timeout:g} s", request=request) from error
        raise httpx.TooManyRedirects(f"more than {self.max_redirects} redirects", request=request)

    async def _exchange(
        self, session: httpx.AsyncClient, request: httpx.Request
    ) -> tuple[httpx.Response, dict[str, Any]]:
        response = await session.send(request, stream=True, follow_redirects=False)
        try:
            content = await self._read(response)
        finally:
            await response.aclose()
        try:
            data = decode_body(content, response.headers.get("content-type"))
        except NotJson as error:
            if response.is_success:
                raise httpx.DecodingError(
                    f"the answer calls itself JSON and is not: {error}", request=request
                ) from error
            data = {"text": content.decode("utf-8", errors="replace")}  # an error page; its status is the news
        return response, {"status_code": response.status_code, "headers": response.headers, "data": data}

    async def _read(self, response: httpx.Response) -> bytes:
        """The body, decompressed; the limit counts what comes out, so that a small bomb does not become a large one."""
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > self.max_response_bytes:
                raise ResponseTooLarge(_shown(response.request.url), self.max_response_bytes)
        return bytes(content)

    def _build_url(self, url: str) -> str:
        """The absolute URL for `url`.

        Raises:
            UrlNotAllowed: it is no URL, or leads outside.
        """
        return str(self._urls.absolute(url))

    def _open_session(self) -> httpx.AsyncClient:
        self.validate_initialization()
        assert self.session is not None  # noqa: S101  # `_setup` opened it
        return self.session


def _jitter(seed: int | str | None) -> Any:
    return random.uniform if seed is None else random.Random(seed).uniform  # noqa: S311  # waits, not secrets


def _shown(url: httpx.URL) -> str:
    """The URL without its query and fragment, where keys and personal data are."""
    return str(url.copy_with(query=None, fragment=None))
