"""TLS over connections in memory: from the first byte, and by STARTTLS at both ends."""

import asyncio
import ssl
from contextlib import suppress

import pytest
import trustme

from nexus_testkit.simulation import SimulationLoop, run


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def server_context(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "smtp.example.org", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def client_context(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(b"echo " + line)
        await writer.drain()
    writer.close()


def on_both_loops(main):
    """The result of `main`, which must be the same on a loopback connection and in memory."""
    with asyncio.Runner() as runner:
        real = runner.run(main())
    with asyncio.Runner(loop_factory=SimulationLoop) as runner:
        simulated = runner.run(main())
    assert simulated == real
    return simulated


def test_tls_from_the_first_byte(server_context, client_context):
    async def main():
        server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=server_context)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=client_context)
        writer.write(b"secret\n")
        answer = await reader.readline()
        big = b"x" * 60_000 + b"\n"
        writer.write(big)
        assert await reader.readline() == b"echo " + big
        version = writer.get_extra_info("ssl_object").version()
        names = writer.get_extra_info("peercert")["subjectAltName"]
        writer.close()
        await writer.wait_closed()
        server.close()
        return answer, version, names

    answer, version, names = on_both_loops(main)
    assert answer == b"echo secret\n"
    assert version == "TLSv1.3"
    assert ("DNS", "localhost") in names


def test_a_name_that_the_certificate_lacks_is_refused(server_context, client_context):
    async def main():
        server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=server_context)
        address = server.sockets[0].getsockname()
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            await asyncio.open_connection(*address, ssl=client_context, server_hostname="other.example")
        server.close()
        return caught.value.verify_message

    assert "other.example" in on_both_loops(main)


def test_an_authority_that_nobody_trusts_is_refused(server_context):
    async def main():
        server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=server_context)
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=True)
        server.close()
        return caught.value.verify_message

    on_both_loops(main)


def test_plain_text_to_a_server_that_speaks_tls_ends_the_connection(server_context):
    async def main():
        server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=server_context)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"EHLO me\r\n")
        with suppress(ConnectionResetError):  # a kernel may reset instead of ending; either way nothing was served
            await reader.read()
        writer.close()
        server.close()
        return True

    assert on_both_loops(main)


def test_start_tls_at_both_ends(server_context, client_context):
    async def serve(reader, writer):
        assert await reader.readline() == b"STARTTLS\n"
        writer.write(b"220 go ahead\n")
        await writer.drain()
        await writer.start_tls(server_context)
        await echo(reader, writer)

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"STARTTLS\n")
        assert await reader.readline() == b"220 go ahead\n"
        assert writer.get_extra_info("ssl_object") is None
        await writer.start_tls(client_context, server_hostname="localhost")
        writer.write(b"secret\n")
        answer = await reader.readline()
        secured = writer.get_extra_info("ssl_object") is not None
        writer.close()
        server.close()
        return answer, secured

    assert on_both_loops(main) == (b"echo secret\n", True)


def test_a_named_host_is_verified_by_its_name(server_context, client_context):
    async def main():
        async with await asyncio.start_server(echo, "smtp.example.org", 465, ssl=server_context):
            reader, writer = await asyncio.open_connection("smtp.example.org", 465, ssl=client_context)
            writer.write(b"hello\n")
            answer = await reader.readline()
            writer.close()
            return answer

    assert run(main) == b"echo hello\n"


def test_a_handshake_that_never_comes_times_out_in_virtual_time(client_context):
    async def silent(reader, writer):
        await reader.read()
        writer.close()

    async def main():
        async with await asyncio.start_server(silent, "localhost", 8025):
            with pytest.raises(ConnectionAbortedError, match="handshake is taking longer than 7"):
                await asyncio.open_connection("localhost", 8025, ssl=client_context, ssl_handshake_timeout=7)
            return asyncio.get_running_loop().time()

    assert run(main) == 7


def test_tls_connections_left_open_go_with_their_world(server_context, client_context):
    """No warning about an unclosed transport: the run's teardown closed it, and so does the loop's own close."""

    async def main():
        await asyncio.start_server(echo, "localhost", 8025, ssl=server_context)
        return await asyncio.open_connection("localhost", 8025, ssl=client_context)

    run(main)
    loop = SimulationLoop()
    _, writer = loop.run_until_complete(main())
    loop.close()
    assert writer.is_closing()


def test_smtp_with_starttls_and_authentication(server_context, client_context):
    """aiosmtpd serves and aiosmtplib sends: both upgrade the connection with machinery of their own."""
    import aiosmtplib
    from aiosmtpd.smtp import SMTP, AuthResult

    received = []

    class Handler:
        async def handle_DATA(self, _server, session, envelope):  # noqa: N802  # aiosmtpd's name
            received.append((session.ssl is not None, session.authenticated, envelope.rcpt_tos, envelope.content))
            return "250 OK"

    def serve():
        return SMTP(
            Handler(),
            tls_context=server_context,
            require_starttls=True,
            auth_require_tls=True,
            authenticator=lambda *_: AuthResult(success=True),
            loop=asyncio.get_running_loop(),
        )

    async def main():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(serve, "smtp.example.org", 587)
        async with aiosmtplib.SMTP(
            hostname="smtp.example.org",
            port=587,
            start_tls=True,
            tls_context=client_context,
            username="ann",
            password="secret",
        ) as client:
            await client.sendmail("a@example.org", ["b@example.org"], b"Subject: hello\r\n\r\nbody\r\n")
        server.close()
        await loop.settle()
        return loop.time(), loop.strays, loop.leaks()

    assert run(main) == (0, [], [])
    assert received == [(True, True, ["b@example.org"], b"Subject: hello\r\n\r\nbody\r\n")]
