"""NetworkTransport against servers on loopback ports."""

import asyncio
import ssl
from contextlib import asynccontextmanager

import httpx
import pytest
import trustme

from nexus_testkit.adapters.real.http import NetworkTransport


@asynccontextmanager
async def serving(answer, **options):
    """A server on a loopback port that reads a request's head and calls `answer(head, reader, writer)`; its address."""
    tasks = set()

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if not await answer(head, reader, writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, **options)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Echo:
    """Answers with the request's first line; counts connections."""

    def __init__(self):
        self.connections = set()

    async def __call__(self, head, reader, writer):
        self.connections.add(writer.get_extra_info("peername"))
        body = head.split(b"\r\n")[0]
        writer.write(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        return True


async def never(head, reader, writer):
    await asyncio.Event().wait()


def run(main):
    asyncio.run(asyncio.wait_for(main(), 60))


def test_requests_share_connections_and_the_transport_survives_its_clients():
    async def main():
        echo = Echo()
        transport = NetworkTransport()
        async with serving(echo) as address:
            async with httpx.AsyncClient(transport=transport) as client:
                for _ in range(3):
                    response = await client.get(f"http://{address}/a?b=1")
                assert (response.text, response.headers.get_list("x-a")) == ("GET /a?b=1 HTTP/1.1", ["1", "2"])
                assert response.extensions["http_version"] == b"HTTP/1.1"
                assert len(echo.connections) == 1
            async with httpx.AsyncClient(transport=transport) as client:
                assert (await client.get(f"http://{address}/")).status_code == 200
            assert len(echo.connections) == 2
            await transport.aclose()
            await transport.aclose()
            assert transport.leaks() == []

    run(main)


def test_a_client_that_is_closed_breaks_nobody_elses_response():
    async def main():
        more = asyncio.Event()

        async def slowly(head, reader, writer):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
            await writer.drain()
            await more.wait()
            writer.write(b"cd")
            return True

        transport = NetworkTransport()
        async with serving(slowly) as address, httpx.AsyncClient(transport=transport) as reader:
            async with reader.stream("GET", f"http://{address}/slow") as response:
                (leak,) = transport.leaks()
                assert "GET http://127.0.0.1" in leak
                assert "test_http_real.py" in leak
                await httpx.AsyncClient(transport=transport).aclose()
                more.set()
                assert await response.aread() == b"abcd"
            assert transport.leaks() == []
            assert transport._pool is None

    run(main)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", httpx.RemoteProtocolError),
        (b"", httpx.RemoteProtocolError),
        (b"no HTTP at all\r\n\r\n", httpx.RemoteProtocolError),
    ],
)
def test_a_broken_answer_is_httpxs_error(answer, error):
    async def main():
        async def give(head, reader, writer):
            writer.write(answer)
            return False

        transport = NetworkTransport()
        async with serving(give) as address, httpx.AsyncClient(transport=transport) as client:
            with pytest.raises(error):
                await client.get(f"http://{address}/")
            assert transport.leaks() == []

    run(main)


def test_a_server_that_is_not_there():
    async def main():
        async with httpx.AsyncClient(transport=NetworkTransport()) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get("http://127.0.0.1:1/")
            with pytest.raises(httpx.UnsupportedProtocol):
                await client.get("gopher://127.0.0.1/")

    run(main)


def test_timeouts():
    async def main():
        transport = NetworkTransport(timeout_s=0.02, max_connections=1)
        async with serving(never) as address:
            async with httpx.AsyncClient(
                transport=transport, timeout=httpx.Timeout(30, read=0.02, pool=0.02)
            ) as client:
                with pytest.raises(httpx.ReadTimeout):
                    await client.get(f"http://{address}/")
                waiting = asyncio.create_task(client.get(f"http://{address}/", timeout=30))
                await asyncio.sleep(0)
                with pytest.raises(httpx.PoolTimeout):
                    await client.get(f"http://{address}/")
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
            with pytest.raises(httpx.TimeoutException):  # the transport's own, where nobody said anything
                await transport.handle_async_request(httpx.Request("GET", f"http://{address}/"))
            assert transport.leaks() == []

    run(main)


def test_tls():
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    async def main():
        async with serving(Echo(), ssl=context) as address:
            for tls in (trusting, False):
                async with httpx.AsyncClient(transport=NetworkTransport(tls=tls)) as client:
                    assert (await client.get(f"https://{address}/")).status_code == 200
            async with httpx.AsyncClient(transport=NetworkTransport()) as client:
                with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                    await client.get(f"https://{address}/")

    run(main)


def test_a_unix_socket_and_a_body(tmp_path):
    async def main():
        async def length(head, reader, writer):
            body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            return True

        async def serve(reader, writer):
            await length(await reader.readuntil(b"\r\n\r\n"), reader, writer)
            writer.close()

        path = tmp_path / "s"
        server = await asyncio.start_unix_server(serve, path)
        async with httpx.AsyncClient(transport=NetworkTransport(unix_socket=str(path))) as client:
            assert (await client.post("http://anywhere/", content=b"\x00\xff")).content == b"\x00\xff"
        server.close()

    run(main)
