"""What an HTTP transport promises to the clients that use it."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from nexus_testkit.contracts.contract import Contract
from nexus_testkit.contracts.http_origin import BINARY, HANGS_UP, LATIN, SILENT, TRUNCATED, serve
from nexus_testkit.ports.http import HttpTransport

# Short for what never comes alone: a busy machine may take longer than that to connect.
_IMPATIENT = httpx.Timeout(5, read=0.05)


class HttpContract(Contract):
    """The promises of `nexus_testkit.ports.http.HttpTransport`.

    The tests ask the server at `url`, which is by default one on a port of loopback that this class starts. A transport that
    does not reach it overrides that fixture, and `nowhere`, and answers as `nexus_testkit.contracts.http_origin` does.
    """

    @pytest.fixture
    async def url(self) -> AsyncIterator[str]:
        """Where the contract's server is."""
        async with serve() as url:
            yield url

    @pytest.fixture
    async def nowhere(self) -> AsyncIterator[str]:
        """A URL at which nobody listens."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # without listen(): nobody else gets the port, and nobody answers
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"

    @pytest.fixture
    async def client(self, adapter: httpx.AsyncBaseTransport, url: str) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the transport, whose relative URLs are the server's."""
        async with self.new_client(adapter, base_url=url) as client:
            yield client

    def new_client(self, adapter: httpx.AsyncBaseTransport, **options: Any) -> httpx.AsyncClient:
        """A client of the transport that reads no environment."""
        return httpx.AsyncClient(transport=adapter, trust_env=False, **options)

    async def echo(self, client: httpx.AsyncClient, method: str = "GET", url: str = "/echo", **options: Any) -> Any:
        """What the server received: method, target, headers as pairs with lower-case names, and the bytes of the body."""
        told = (await client.request(method, url, **options)).json()
        told["headers"] = [(name.lower(), value) for name, value in told["headers"]]
        told["body"] = base64.b64decode(told["body"])
        return told

    async def test_is_an_http_transport(self, adapter: object) -> None:
        """The adapter is an HttpTransport, and so a transport for any httpx client."""
        assert isinstance(adapter, HttpTransport)

    # -- requests

    async def test_every_method_arrives(self, client: httpx.AsyncClient) -> None:
        """Any method reaches the server as it is, also one that nobody has heard of."""
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"):
            assert (await self.echo(client, method))["method"] == method

    async def test_query_arrives(self, client: httpx.AsyncClient) -> None:
        """A query reaches the server with its order, repetitions and encoding."""
        for query in ("b=2&a=1+%26%3D%C3%BC&b=&c", "", "?/:@"):
            assert (await self.echo(client, url=f"/echo?{query}"))["target"] == f"/echo?{query}"

    async def test_fragment_stays_with_the_client(self, client: httpx.AsyncClient) -> None:
        """The fragment of a URL does not reach the server."""
        told = await self.echo(client, url=str(client.base_url.join("/echo?a=1#part")))
        assert told["target"] == "/echo?a=1"

    async def test_path_keeps_its_encoding(self, client: httpx.AsyncClient) -> None:
        """Encoded characters of a path reach the server encoded, a slash too."""
        response = await client.get("/a%2Fb/%C3%BC%20x")
        assert response.text.startswith("nothing at /a%2Fb/%C3%BC%20x")

    async def test_request_headers_arrive(self, client: httpx.AsyncClient) -> None:
        """Headers reach the server, also several of one name, in order."""
        told = await self.echo(client, headers=[("X-One", "a"), ("X-Two", "b, c"), ("X-One", "d")])
        assert [value for name, value in told["headers"] if name == "x-one"] == ["a", "d"]
        assert ("x-two", "b, c") in told["headers"]

    async def test_headers_are_the_clients(self, client: httpx.AsyncClient) -> None:
        """The client's headers reach the server as they are, an empty one and a Host of another name too; none is replaced."""
        headers = {
            "User-Agent": "promise/1",
            "Accept": "text/x-promise",
            "Accept-Encoding": "identity",
            "Authorization": "Basic YTpi",
            "Cookie": "own=1",
            "X-Empty": "",
            "Host": "other.example",
        }
        told = dict((await self.echo(client, headers=headers))["headers"])
        assert {name: told.get(name.lower()) for name in headers} == headers

    async def test_every_request_arrives(self, client: httpx.AsyncClient) -> None:
        """A request that equals the one before reaches the server again: nothing is answered from memory."""
        for number in ("1", "2"):
            told = await self.echo(client, headers={"X-Number": number})
            assert dict(told["headers"])["x-number"] == number

    async def test_host_header_names_the_server(self, client: httpx.AsyncClient) -> None:
        """The Host header is the URL's host and port."""
        told = await self.echo(client)
        assert dict(told["headers"])["host"] == client.base_url.netloc.decode()

    async def test_binary_body_arrives(self, client: httpx.AsyncClient) -> None:
        """A body of any bytes reaches the server whole, with its length, whatever the method."""
        for method in ("POST", "PATCH", "DELETE"):
            told = await self.echo(client, method, content=BINARY)
            assert told["body"] == BINARY
            assert dict(told["headers"])["content-length"] == str(len(BINARY))

    async def test_empty_body_arrives(self, client: httpx.AsyncClient) -> None:
        """A POST without a body says that its length is 0."""
        told = await self.echo(client, "POST")
        assert (told["body"], dict(told["headers"])["content-length"]) == (b"", "0")

    async def test_json_body_arrives(self, client: httpx.AsyncClient) -> None:
        """A JSON body reaches the server with its type."""
        told = await self.echo(client, "PUT", json={"ü": [1, None]})
        assert json.loads(told["body"]) == {"ü": [1, None]}
        assert dict(told["headers"])["content-type"] == "application/json"

    async def test_streamed_body_arrives(self, client: httpx.AsyncClient) -> None:
        """A body that comes in pieces reaches the server whole."""

        async def pieces() -> AsyncIterator[bytes]:
            for piece in (b"one", b"", b"two" * 10_000):
                yield piece
                await asyncio.sleep(0)

        assert (await self.echo(client, "POST", content=pieces()))["body"] == b"one" + b"two" * 10_000

    async def test_body_is_read_once(self, client: httpx.AsyncClient) -> None:
        """A body that comes in pieces is read once, and not sent again where the connection ends without an answer."""
        body = _Counted()
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(HANGS_UP, content=body)
        assert body.readings == 1

    async def test_large_bodies_pass(self, client: httpx.AsyncClient) -> None:
        """A megabyte passes both ways."""
        response = await client.post("/mirror", content=BINARY * 256)
        assert response.content == BINARY * 256

    # -- responses

    async def test_response_comes_back(self, client: httpx.AsyncClient) -> None:
        """Status, reason, headers and bytes of a response come back, and the request that it answers."""
        response = await client.get("/binary")
        assert (response.status_code, response.reason_phrase, response.http_version) == (200, "OK", "HTTP/1.1")
        assert response.content == BINARY
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.request.url.path == "/binary"

    async def test_errors_of_the_server_are_responses(self, client: httpx.AsyncClient) -> None:
        """A status of 400 and more is a response like any other, not an exception."""
        for status in (404, 418, 500):
            response = await client.get(f"/status/{status}")
            assert (response.status_code, response.text) == (status, f"status {status}")

    async def test_response_without_content_is_empty(self, client: httpx.AsyncClient) -> None:
        """A 204, and the answer to HEAD, have their status and no body."""
        empty = await client.get("/status/204")
        assert (empty.status_code, empty.content) == (204, b"")
        head = await client.head("/binary")
        assert (head.status_code, head.content) == (200, b"")

    async def test_repeated_response_headers_come_back(self, client: httpx.AsyncClient) -> None:
        """Several headers of one name come back, in order; names are looked up in any case."""
        response = await client.get("/cookies")
        assert response.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
        assert response.headers["x-mixed-case"] == response.headers["X-MIXED-CASE"] == "Kept As Is"

    async def test_cookies_are_the_clients(
        self, client: httpx.AsyncClient, adapter: httpx.AsyncBaseTransport, url: str
    ) -> None:
        """A client that was given cookies sends them with its next request, another client of the transport does not."""
        await client.get("/cookies")
        assert dict((await self.echo(client))["headers"])["cookie"] == "a=1; b=2"
        async with self.new_client(adapter, base_url=url) as other:
            assert "cookie" not in dict((await self.echo(other))["headers"])

    async def test_redirect_is_the_clients_choice(self, client: httpx.AsyncClient) -> None:
        """The transport follows no redirect; a client that is told to does."""
        response = await client.get("/redirect")
        assert (response.status_code, response.headers["location"]) == (302, "/echo?redirected=1")
        followed = await client.get("/redirect", follow_redirects=True)
        assert followed.json()["target"] == "/echo?redirected=1"

    async def test_text_has_the_charset_of_its_type(self, client: httpx.AsyncClient) -> None:
        """The text of a response is decoded by the charset of its Content-Type."""
        assert (await client.get("/latin")).text == LATIN

    async def test_compressed_response_is_unpacked(self, client: httpx.AsyncClient) -> None:
        """A body with Content-Encoding gzip is unpacked."""
        response = await client.get("/gzip")
        assert (response.text, response.headers["content-encoding"]) == ("packed" * 100, "gzip")

    async def test_response_can_be_streamed(self, client: httpx.AsyncClient) -> None:
        """A response can be read in pieces, after its status and headers are known."""
        async with client.stream("POST", "/mirror", content=BINARY * 64) as response:
            assert response.status_code == 200
            pieces = [piece async for piece in response.aiter_bytes()]
        assert b"".join(pieces) == BINARY * 64

    async def test_stream_may_be_left_early(self, client: httpx.AsyncClient) -> None:
        """After a streamed response that was not read to its end the next request is answered."""
        async with client.stream("POST", "/mirror", content=BINARY * 64) as response:
            async for _ in response.aiter_bytes(10):
                break
        assert (await client.get("/binary")).content == BINARY

    # -- failures

    async def test_silent_server_is_a_read_timeout(self, client: httpx.AsyncClient) -> None:
        """A server that does not answer in time is httpx.ReadTimeout, with the request."""
        with pytest.raises(httpx.ReadTimeout) as caught:
            await client.get(SILENT, timeout=_IMPATIENT)
        assert caught.value.request.url.path == SILENT

    async def test_nobody_there_is_a_connect_error(self, adapter: httpx.AsyncBaseTransport, nowhere: str) -> None:
        """Where nobody listens it is httpx.ConnectError, with the request."""
        async with self.new_client(adapter) as client:
            with pytest.raises(httpx.ConnectError) as caught:
                await client.get(f"{nowhere}/x")
        assert caught.value.request.url.path == "/x"

    async def test_connection_that_ends_is_a_protocol_error(self, client: httpx.AsyncClient) -> None:
        """A server that closes the connection without an answer is httpx.RemoteProtocolError."""
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(HANGS_UP)

    async def test_truncated_response_is_a_protocol_error(self, client: httpx.AsyncClient) -> None:
        """A body that ends early is httpx.RemoteProtocolError: no half of it is given."""
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(TRUNCATED)

    async def test_transport_goes_on_after_failures(self, client: httpx.AsyncClient) -> None:
        """After a time-out, a broken connection and a truncated body the next request is answered."""
        for path in (SILENT, HANGS_UP, TRUNCATED):
            with pytest.raises(httpx.TransportError):
                await client.get(path, timeout=_IMPATIENT)
            assert (await client.get("/status/200")).text == "status 200"

    async def test_unknown_scheme_is_refused(self, adapter: httpx.AsyncBaseTransport) -> None:
        """A URL that is neither http nor https is httpx.UnsupportedProtocol."""
        async with self.new_client(adapter) as client:
            with pytest.raises(httpx.UnsupportedProtocol):
                await client.get("ftp://example.org/x")

    # -- at the same time, and the end

    async def test_requests_at_once_get_their_own_answers(self, client: httpx.AsyncClient) -> None:
        """Forty requests at once are answered each with its own body."""
        bodies = [str(number).encode() * 100 for number in range(40)]
        responses = await asyncio.gather(*(client.post("/mirror", content=body) for body in bodies))
        assert [response.content for response in responses] == bodies

    async def test_slow_answer_holds_up_no_other(self, client: httpx.AsyncClient) -> None:
        """While one request waits for its answer others are answered."""
        waiting = asyncio.create_task(client.get(SILENT, timeout=60))
        await asyncio.sleep(0.01)
        try:
            async with asyncio.timeout(10):
                assert (await client.get("/status/200")).text == "status 200"
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async def test_cancelled_request_harms_no_other(self, client: httpx.AsyncClient) -> None:
        """After a request was cancelled half-way the next ones get their own answers."""
        for pause_s in (0, 0, 0.005, 0.02):
            task = asyncio.create_task(client.get("/binary", timeout=10))
            await asyncio.sleep(pause_s)
            task.cancel()
            await asyncio.wait([task])
            assert (await client.get("/status/200")).text == "status 200"

    async def test_transport_survives_its_clients(self, adapter: httpx.AsyncBaseTransport, url: str) -> None:
        """A client that is closed does not close the transport for the others: it is shared by services."""
        async with self.new_client(adapter, base_url=url) as first:
            async with self.new_client(adapter, base_url=url) as second:
                assert (await second.get("/status/200")).status_code == 200
            assert (await first.get("/status/200")).status_code == 200
        async with self.new_client(adapter, base_url=url) as third:
            assert (await third.get("/status/200")).status_code == 200

    async def test_closing_while_a_response_is_read_lets_it_end(
        self, adapter: httpx.AsyncBaseTransport, url: str
    ) -> None:
        """A response that is being read when another client is closed can be read to its end."""
        async with (
            self.new_client(adapter, base_url=url) as reader,
            reader.stream("POST", "/mirror", content=BINARY) as response,
        ):
            async with self.new_client(adapter, base_url=url) as other:
                assert (await other.get("/status/200")).status_code == 200
            assert await response.aread() == BINARY

    async def test_closing_twice_is_safe(self, adapter: httpx.AsyncBaseTransport, url: str) -> None:
        """Closing twice does nothing the second time, after a request and without one."""
        await self.close(adapter)
        async with self.new_client(adapter, base_url=url) as client:
            assert (await client.get("/status/200")).status_code == 200
        await self.close(adapter)
        await self.close(adapter)


class _Counted:
    """A body that counts how often it is read."""

    def __init__(self) -> None:
        self.readings = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.readings += 1
        yield b"piece"
