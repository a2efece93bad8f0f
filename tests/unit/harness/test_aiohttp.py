"""aiohttp in a world: the same routes, the same strays, never the network."""

import asyncio
import gzip
import subprocess
import sys

import aiohttp
import httpx
import pytest

import nexus_testkit
from nexus_testkit import Harness
from nexus_testkit.errors import LeakError

API = "https://api.example"


async def test_session_reaches_the_routes(nexus):
    route = nexus.http.post(f"{API}/items", params={"a": "ü"}, json={"name": "tea"}).respond(
        201, json={"id": 7}, headers=[("X-A", "1"), ("X-A", "2")]
    )
    async with aiohttp.ClientSession(headers={"X-Key": "k"}) as session:
        async with session.post(f"{API}/items?a=ü", json={"name": "tea"}) as answer:
            assert (answer.status, await answer.json()) == (201, {"id": 7})
            assert answer.headers.getall("X-A") == ["1", "2"]
        async with session.post(f"{API}/items?a=ü", json={"name": "tea"}) as answer:
            assert answer.status == 201  # by the kept connection
    assert route.call_count == 2
    assert route.last_request.headers["x-key"] == "k"
    assert "http.request" in {call.operation for call in nexus.journal.calls}


def test_route_by_its_body_is_reached_also_where_a_server_may_be_meant():
    async def main():
        async with Harness() as nexus, aiohttp.ClientSession() as session:
            nexus.http.post("http://localhost:1/items", json={"n": 1}, headers={"X-A": "1"}).respond(201)
            async with session.post("http://localhost:1/items", json={"n": 1}, headers={"X-A": "1"}) as answer:
                return answer.status

    assert asyncio.run(main()) == 201


async def test_redirects_cookies_and_compression_are_aiohttps_own(nexus):
    nexus.http.get(f"{API}/old").respond(302, headers={"Location": "/new", "Set-Cookie": "a=1; Path=/"})
    new = nexus.http.get(f"{API}/new", cookies={"a": "1"}).respond(
        content=gzip.compress(b"hello"), headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"}
    )
    async with aiohttp.ClientSession() as session, session.get(f"{API}/old") as answer:
        assert await answer.text() == "hello"
        assert [each.status for each in answer.history] == [302]
    assert new.called


async def test_bodies_in_pieces_and_without(nexus):
    nexus.http.get(f"{API}/stream").respond(stream=[b"a", b"", b"bc"])
    nexus.http.head(f"{API}/head").respond(json={"a": 1})
    nexus.http.delete(f"{API}/gone").respond(204)
    upload = nexus.http.put(f"{API}/upload", content=b"xy")

    async def pieces():
        yield b"x"
        await asyncio.sleep(1)
        yield b"y"

    async with aiohttp.ClientSession() as session:
        async with session.get(f"{API}/stream") as answer:
            assert await answer.read() == b"abc"
        async with session.head(f"{API}/head") as answer:
            assert (answer.headers["Content-Length"], await answer.read()) == ("7", b"")
        async with session.delete(f"{API}/gone") as answer:
            assert (answer.status, await answer.read()) == (204, b"")
        async with session.put(f"{API}/upload", data=pieces(), expect100=True) as answer:
            assert answer.status == 200
    assert upload.called


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (httpx.ConnectError, aiohttp.ClientConnectorError),
        (httpx.ConnectTimeout, aiohttp.ServerTimeoutError),
        (httpx.ReadTimeout, aiohttp.SocketTimeoutError),
        (httpx.ReadError, aiohttp.ClientOSError),
        (httpx.RemoteProtocolError, aiohttp.ServerDisconnectedError),
        (KeyError("of the test's own"), KeyError),
    ],
)
async def test_errors_are_aiohttps(nexus, raised, seen):
    nexus.http.get(API).raises(raised)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(seen):
            await session.get(API)


async def test_faults_reach_it(nexus):
    route = nexus.http.get(API).respond(json=[1, 2, 3])
    nexus.faults.on(route).nth(1).garbles("truncated")
    nexus.faults.on(route).nth(2).goes_silent()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=9)) as session:
        async with session.get(API) as answer:
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.read()
        with pytest.raises(TimeoutError):
            await session.get(API)
        assert nexus.elapsed_s == 9
        async with session.get(API) as answer:
            assert await answer.json() == [1, 2, 3]


def test_stray_fails_the_test_though_the_code_swallows_it():
    async def main(nexus):
        nexus.http.get(f"{API}/items").respond()
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(f"{API}/item")

    with pytest.raises(LeakError, match=f"no route matches GET {API}/item") as caught:
        nexus_testkit.run(main)
    assert "path: expected '/items', got '/item'" in str(caught.value)


def test_session_of_a_world_on_pythons_own_loop_reaches_the_routes_too():
    async def main():
        async with nexus_testkit.Harness() as nexus:
            nexus.http.get(f"{API}/items").respond(json=[])
            async with aiohttp.ClientSession() as session, session.get(f"{API}/items") as answer:
                assert await answer.json() == []

    asyncio.run(main())


def test_a_server_on_loopback_is_reached_where_no_route_is_meant():
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
        writer.close()

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with nexus_testkit.Harness() as nexus, server, aiohttp.ClientSession() as session:
            nexus.http.get(f"{url}/stub").respond(text="stub")
            async with session.get(f"{url}/") as answer:
                assert await answer.text() == "hi"
            async with session.get(f"{url}/stub") as answer:
                assert await answer.text() == "stub"

    asyncio.run(main())


def test_aiohttp_that_is_imported_late_is_connected_and_no_world_imports_it():
    code = """
import sys, nexus_testkit

async def main(nexus):
    nexus.http.get("https://api.example/items").respond(text="stub")
    assert "aiohttp" not in sys.modules
    import aiohttp
    async with aiohttp.ClientSession() as session, session.get("https://api.example/items") as answer:
        return await answer.text()

print(nexus_testkit.run(main))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stdout == "stub\n", found.stderr
