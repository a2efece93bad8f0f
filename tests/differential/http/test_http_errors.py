"""What fails at the stub by `raises` and by faults fails at a server that misbehaves so: the same errors, the same words."""

import asyncio
import gzip
import socket

import httpx
import pytest

from nexus_testkit import Harness
from nexus_testkit.adapters.real.http import NetworkTransport
from nexus_testkit.errors import NexusTestkitError
from nexus_testkit.services.http import HTTPService
from tests.differential.http.origin import Answer, Broken
from tests.differential.http.sides import ask, on_the_network, stub

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BODY = b'[{"name": "ann"}]'
HALF = BODY[: len(BODY) // 2]
JSON = (("Content-Type", "application/json"),)
PATIENCE = httpx.Timeout(5, read=0.05)


def length(body, announced=None, *, head=HEAD):
    return head + b"Content-Length: %d\r\n\r\n" % (len(body) if announced is None else announced) + body


# The fault, and what a server writes that is broken so.
FAULTS = {
    "truncated": Broken(length(HALF, len(BODY))),
    "length too large": Broken(length(BODY, 2 * len(BODY) + 1)),
    "length too small": Broken(length(BODY, len(HALF))),
    "json": Broken(length(HALF)),
    "charset": Broken(length(HALF + b"\xff\xfe" + BODY[len(HALF) :], head=HEAD[:-2] + b"; charset=utf-8\r\n")),
    "encoding": Broken(length(BODY, head=HEAD + b"Content-Encoding: gzip\r\n")),
    "silent": Broken(b"", closes=False),
}


def told(found):
    """What was seen, less the length where the fault is in it: the stub's response has been made of the body that came."""
    if isinstance(found, dict):
        return {name: value for name, value in found.items() if name != "headers"}
    return found


@pytest.mark.parametrize("how", FAULTS)
def test_fault_is_seen_as_a_server_that_misbehaves(runner, origin, how):
    async def main():
        async with Harness() as nexus:
            stub(nexus, "GET", f"{origin.base}/a", Answer(200, JSON, BODY))
            fault = nexus.faults.on(f"url:{origin.base}/a")
            fault.goes_silent() if how == "silent" else fault.garbles(how)
            return await ask(nexus.http, origin.base, [("GET", "/a", {})], timeout=PATIENCE)

    network, _ = runner.run(on_the_network(origin, {("GET", "/a"): FAULTS[how]}, [("GET", "/a", {})], timeout=PATIENCE))
    ours = runner.run(main())
    assert [told(each) for each in ours[0]] == [told(each) for each in network[0]]


def test_cut_off_chunks_are_seen_alike(runner, origin):
    async def main():
        async with Harness() as nexus:
            stub(nexus, "GET", f"{origin.base}/a", Answer(200, JSON, BODY, pieces=4))
            nexus.faults.on(f"url:{origin.base}/a").garbles("truncated")
            return await ask(nexus.http, origin.base, [("GET", "/a", {})])

    wire = HEAD + b"Transfer-Encoding: chunked\r\n\r\n8\r\n" + HALF + b"\r\n"
    network, _ = runner.run(on_the_network(origin, {("GET", "/a"): Broken(wire)}, [("GET", "/a", {})]))
    assert runner.run(main()) == network
    assert network[0][0][0] is httpx.RemoteProtocolError


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadTimeout, httpx.TooManyRedirects]
)
def test_raised_error_has_the_words_of_the_network(runner, origin, error):
    async def main():
        async with Harness() as nexus:
            nexus.http.get(f"{base}/a").raises(error)
            return await ask(nexus.http, base, [("GET", "/a", {})])

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        base = f"http://127.0.0.1:{nobody.getsockname()[1]}" if error is httpx.ConnectError else origin.base
        origin.reset(
            {
                ("GET", "/a"): {
                    httpx.RemoteProtocolError: Broken(b""),
                    httpx.ReadTimeout: Broken(b"", closes=False),
                }.get(error, Answer(302, (("Location", "/a"),)))
            }
        )

        async def on_network():
            transport = NetworkTransport()
            try:
                return await ask(
                    transport, base, [("GET", "/a", {})], timeout=PATIENCE, follow_redirects=True, max_redirects=2
                )
            finally:
                await transport.aclose()

        network = runner.run(on_network())
    assert runner.run(main()) == network
    assert network[0][0][0] is error


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, JSON, BODY),
        Answer(200, JSON, b"{"),
        Answer(404, JSON, b"{"),
        Answer(204),
        Answer(200, (*JSON, ("Content-Encoding", "gzip")), gzip.compress(BODY)),
        Answer(200, (("Content-Type", "application/octet-stream"),), b"\xff\x00"),
        Answer(302, (("Location", "https://elsewhere.example/"),)),
        Answer(302, (("Location", "/a"),)),
        Answer(200, (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"x", pieces=1),
    ],
)
def test_http_service_gives_the_same(runner, origin, answer):
    async def fetched(transport, clock):
        service = HTTPService({"base_url": origin.base, "retries": 0}, transport=transport, clock=clock)
        await service.initialize()
        try:
            found = await service.get("/a")
            return found["status_code"], found["headers"].get_list("set-cookie"), found["data"]
        except (httpx.HTTPError, NexusTestkitError) as error:
            return type(error), str(error)
        finally:
            await service.cleanup()

    async def main():
        origin.reset({("GET", "/a"): answer})
        async with Harness() as nexus:
            stub(nexus, "GET", f"{origin.base}/a", answer)
            transport = NetworkTransport()
            try:
                return await fetched(nexus.http, nexus.clock), await fetched(transport, nexus.clock)
            finally:
                await transport.aclose()

    ours, network = runner.run(main())
    assert ours == network


def test_streamed_body_comes_in_the_same_pieces(runner, origin):
    answer = Answer(200, JSON, BODY, pieces=5)

    async def streamed(transport):
        async with (
            httpx.AsyncClient(transport=transport, trust_env=False) as client,
            client.stream("GET", f"{origin.base}/a") as response,
        ):
            raw = [part async for part in response.aiter_raw()]
            with pytest.raises(httpx.StreamConsumed):
                await response.aread()
            return raw, response.num_bytes_downloaded, response.is_stream_consumed

    async def main():
        origin.reset({("GET", "/a"): answer})
        async with Harness() as nexus:
            stub(nexus, "GET", f"{origin.base}/a", answer)
            ours = await streamed(nexus.http)
        transport = NetworkTransport()
        try:
            return ours, await streamed(transport)
        finally:
            await transport.aclose()

    (ours, *ours_more), (network, *network_more) = runner.run(main())
    assert b"".join(ours) == b"".join(network) == BODY  # the network may join pieces
    assert ours_more == network_more


def test_cancelled_request_harms_no_other(runner, origin):
    async def cancelled(transport):
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.get(f"{origin.base}/silent")
            return (await client.get(f"{origin.base}/a")).json()

    async def main():
        origin.reset({("GET", "/silent"): Broken(b"", closes=False), ("GET", "/a"): Answer(200, JSON, BODY)})
        async with Harness() as nexus:
            stub(nexus, "GET", f"{origin.base}/a", Answer(200, JSON, BODY))
            nexus.http.get(f"{origin.base}/silent").respond(200)
            nexus.faults.on(f"url:{origin.base}/silent").hangs()
            ours = await cancelled(nexus.http)
        transport = NetworkTransport()
        try:
            return ours, await cancelled(transport)
        finally:
            await transport.aclose()

    ours, network = runner.run(main())
    assert ours == network == [{"name": "ann"}]
