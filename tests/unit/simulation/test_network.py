"""The in-memory network: who is found where, and who is refused."""

import asyncio
import errno
import socket

import pytest

from nexus_testkit.errors import NotSimulated, SimulationError, StrayConnection
from nexus_testkit.simulation import SimulationLoop, run


async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(b"echo " + line)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ask(host, port, line=b"hello\n"):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(line)
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer


def strays():
    return asyncio.get_running_loop().strays


@pytest.mark.parametrize("served", ["localhost", "127.0.0.1", "::1", "", None, "0.0.0.0", "::"])
@pytest.mark.parametrize("asked", ["localhost", "127.0.0.1", "::1", "LOCALHOST", "localhost."])
def test_the_names_of_this_machine_are_one_host(served, asked):
    async def main():
        async with await asyncio.start_server(echo, served, 8025):
            return await ask(asked, 8025)

    assert run(main) == b"echo hello\n"


def test_any_host_may_be_served_and_is_found_by_name_and_by_address():
    async def main():
        loop = asyncio.get_running_loop()
        async with await asyncio.start_server(echo, "smtp.example.org", 25):
            [(family, kind, _, _, address)] = await loop.getaddrinfo("smtp.example.org", "smtp")
            assert (family, kind) == (socket.AF_INET, socket.SOCK_STREAM)
            assert address[1] == 25
            assert await loop.getnameinfo(address) == ("smtp.example.org", "25")
            return await ask("SMTP.example.org", 25), await ask(address[0], 25), strays()

    assert run(main) == (b"echo hello\n", b"echo hello\n", [])


def test_several_hosts_at_one_port():
    async def main():
        async with await asyncio.start_server(echo, ["a.example", "b.example", "127.0.0.1", "::1"], 80) as server:
            assert len(server.sockets) == 4
            return await ask("a.example", 80), await ask("b.example", 80), await ask("localhost", 80)

    assert run(main) == (b"echo hello\n",) * 3


def test_port_0_gives_the_same_ports_in_every_world():
    async def main():
        servers = [await asyncio.start_server(echo, "127.0.0.1", 0) for _ in range(3)]
        ports = [server.sockets[0].getsockname() for server in servers]
        for server in servers:
            server.close()
        return ports

    assert run(main) == run(main)
    assert len(set(run(main))) == 3


def test_a_port_in_use_is_refused():
    async def main():
        async with await asyncio.start_server(echo, "127.0.0.1", 8025):
            with pytest.raises(OSError, match="address already in use") as caught:
                await asyncio.start_server(echo, "localhost", 8025)
        await asyncio.start_server(echo, "localhost", 8025)  # free again
        return caught.value.errno

    assert run(main) == errno.EADDRINUSE


def test_a_connection_to_nobody_is_refused_and_recorded_with_its_stack():
    async def main():
        try:
            await asyncio.open_connection("api.example.org", 443)
        except OSError as error:
            swallowed = error
        return swallowed, strays()

    error, (stray,) = run(main)
    assert isinstance(error, StrayConnection)
    assert isinstance(error, ConnectionRefusedError)
    assert error.errno == errno.ECONNREFUSED
    assert (stray.host, stray.port) == ("api.example.org", 443)
    assert stray.__traceback__ is None
    assert "open_connection(" in str(stray)
    assert "in main" in str(stray)


def test_a_stray_by_address_is_named_by_the_name_it_was_resolved_from():
    async def main():
        loop = asyncio.get_running_loop()
        [(*_, address)] = await loop.getaddrinfo("api.example.org", 443)
        with pytest.raises(StrayConnection, match=r"api\.example\.org:443"):
            await asyncio.open_connection(*address)

    run(main)


def test_a_server_that_went_away_refuses_without_being_a_stray():
    async def main():
        server = await asyncio.start_server(echo, "localhost", 8025)
        server.close()
        await server.wait_closed()
        with pytest.raises(ConnectionRefusedError, match="Connect call failed"):
            await ask("localhost", 8025)
        return strays()

    assert run(main) == []


def test_a_server_that_does_not_serve_yet_refuses():
    async def main():
        server = await asyncio.start_server(echo, "localhost", 8025, start_serving=False)
        assert not server.is_serving()
        with pytest.raises(ConnectionRefusedError):
            await ask("localhost", 8025)
        await server.start_serving()
        answer = await ask("localhost", 8025)
        server.close()
        return answer, strays()

    assert run(main) == (b"echo hello\n", [])


def test_serve_forever_ends_when_it_is_cancelled():
    async def main():
        server = await asyncio.start_server(echo, "localhost", 8025)
        task = asyncio.create_task(server.serve_forever())
        assert await ask("localhost", 8025) == b"echo hello\n"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return server.is_serving(), server.sockets

    assert run(main) == (False, ())


def test_both_ends_know_both_addresses():
    seen = {}

    async def note(_reader, writer):
        seen["server"] = writer.get_extra_info("sockname"), writer.get_extra_info("peername")
        writer.close()

    async def main():
        async with await asyncio.start_server(note, "localhost", 8025):
            reader, writer = await asyncio.open_connection("localhost", 8025, local_addr=("127.0.0.1", 7))
            raw = writer.get_extra_info("socket")
            seen["client"] = raw.getsockname(), raw.getpeername()
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
            assert (raw.fileno(), raw.family, raw.type) == (-1, socket.AF_INET, socket.SOCK_STREAM)
            await reader.read()
            writer.close()

    run(main)
    assert seen == {
        "client": (("127.0.0.1", 7), ("127.0.0.1", 8025)),
        "server": (("127.0.0.1", 8025), ("127.0.0.1", 7)),
    }


@pytest.mark.parametrize(
    ("host", "family", "address"),
    [
        ("127.0.0.1", 0, ("127.0.0.1", 80)),
        ("localhost", socket.AF_INET6, ("::1", 80, 0, 0)),
        ("localhost", 0, ("127.0.0.1", 80)),
        (None, 0, ("127.0.0.1", 80)),
        (b"localhost", 0, ("127.0.0.1", 80)),
        ("2001:db8::1", 0, ("2001:db8::1", 80, 0, 0)),
        ("first.example", 0, ("198.18.0.1", 80)),
    ],
)
def test_names_resolve_in_memory(host, family, address):
    async def main():
        [(*_, found)] = await asyncio.get_running_loop().getaddrinfo(host, 80, family=family)
        return found

    assert run(main) == address


def test_what_cannot_be_resolved_is_a_gaierror():
    async def main():
        loop = asyncio.get_running_loop()
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("127.0.0.1", 80, family=socket.AF_INET6)
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("127.0.0.1", "no-such-service")

    run(main)


def test_a_port_out_of_range_is_an_overflow_error_as_in_sockets():
    with pytest.raises(OverflowError, match="0-65535"):
        run(lambda: asyncio.open_connection("localhost", 70_000))


def test_a_server_whose_protocol_cannot_be_made_ends_that_connection_only():
    made = []

    def factory():
        made.append(True)
        if len(made) == 1:
            raise RuntimeError("no protocol today")
        return asyncio.Protocol()

    async def main():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(factory, "localhost", 8025)
        reader, writer = await asyncio.open_connection("localhost", 8025)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        _, second = await asyncio.open_connection("localhost", 8025)
        second.close()
        await loop.settle()
        server.close()

    run(main)
    assert len(made) == 2


def test_a_client_that_wrote_to_a_protocol_that_was_never_made_is_told_in_the_end():
    lost = []

    class Client(asyncio.Protocol):
        def connection_made(self, transport):
            transport.write(b"x" * 1_000_000)
            transport.close()

        def connection_lost(self, error):
            lost.append(error)

    def factory():
        raise RuntimeError("no protocol today")

    async def main():
        loop = asyncio.get_running_loop()
        async with await loop.create_server(factory, "localhost", 8025):
            await loop.create_connection(Client, "localhost", 8025)
            await loop.settle()

    run(main)
    assert lost == [None]


def test_what_is_open_is_a_leak_with_the_stack_of_its_making():
    async def main():
        loop = asyncio.get_running_loop()
        assert loop.leaks() == []
        server = await asyncio.start_server(echo, "localhost", 8025)
        _, writer = await asyncio.open_connection("localhost", 8025)
        leaks = loop.leaks()
        writer.close()
        await writer.wait_closed()
        server.close()
        await loop.settle()
        assert loop.leaks() == []
        return leaks

    server, connection = run(main)
    assert "<MemoryServer localhost:8025> is still open" in server
    assert "in main: server = await asyncio.start_server" in server
    assert "in main: _, writer = await asyncio.open_connection" in connection


def test_the_loop_takes_open_connections_along_without_a_warning():
    loop = SimulationLoop()

    async def main():
        await asyncio.start_server(echo, "localhost", 8025)
        return await asyncio.open_connection("localhost", 8025)

    _, writer = loop.run_until_complete(main())
    loop.close()
    assert writer.is_closing()
    loop.close()


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("add_reader", (0, print)),
        ("remove_reader", (0,)),
        ("add_writer", (0, print)),
        ("remove_writer", (0,)),
        ("add_signal_handler", (2, print)),
        ("remove_signal_handler", (2,)),
    ],
)
def test_what_needs_a_file_descriptor_says_so(operation, arguments):
    loop = SimulationLoop()
    try:
        with pytest.raises(NotSimulated, match=rf"loop\.{operation}\(\)(.|\n)*Hint:.*loop='system'"):
            getattr(loop, operation)(*arguments)
    finally:
        loop.close()


def test_a_unix_socket_is_reached_only_where_it_is_allowed():
    async def main():
        await asyncio.get_running_loop().create_unix_connection(asyncio.Protocol, "/tmp/nobody")

    with pytest.raises(NotSimulated, match=r"create_unix_connection\(\)"):
        run(main)


@pytest.mark.parametrize(
    "operation",
    [
        "sock_recv",
        "sock_recv_into",
        "sock_recvfrom",
        "sock_recvfrom_into",
        "sock_sendall",
        "sock_sendto",
        "sock_accept",
        "sock_sendfile",
        "sendfile",
        "connect_accepted_socket",
        "create_unix_server",
        "create_datagram_endpoint",
        "connect_read_pipe",
        "connect_write_pipe",
        "subprocess_exec",
        "subprocess_shell",
    ],
)
def test_what_would_leave_the_process_says_so(operation):
    async def main():
        await getattr(asyncio.get_running_loop(), operation)()

    with pytest.raises(NotSimulated, match=rf"loop\.{operation}\(\)"):
        run(main)


def test_a_library_that_makes_its_own_sockets_is_a_stray_or_refused():
    async def main():
        loop = asyncio.get_running_loop()
        with pytest.raises(StrayConnection):
            await loop.sock_connect(object(), ("192.0.2.1", 80))
        async with await asyncio.start_server(echo, "localhost", 8025):
            with pytest.raises(NotSimulated):
                await loop.sock_connect(object(), ("127.0.0.1", 8025))
        with pytest.raises(NotSimulated):
            await loop.sock_connect(object(), "/run/a.sock")
        return [(stray.host, stray.port) for stray in loop.strays]

    assert run(main) == [("192.0.2.1", 80)]


def test_subprocesses_are_refused_through_asyncios_own_functions():
    with pytest.raises(NotSimulated, match="subprocess_exec"):
        run(lambda: asyncio.create_subprocess_exec("true"))


def test_signal_handlers_are_refused_as_portable_code_expects():
    async def main():
        with pytest.raises(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(2, print)

    run(main)


@pytest.mark.parametrize("operation", ["create_server", "create_connection"])
def test_a_socket_of_the_users_is_refused(operation):
    async def main():
        await getattr(asyncio.get_running_loop(), operation)(asyncio.Protocol, sock=object())

    with pytest.raises(SimulationError, match=rf"loop\.{operation}\(sock=\.\.\.\)"):
        run(main)


@pytest.mark.parametrize("operation", ["create_server", "create_connection"])
def test_neither_host_nor_port_is_a_value_error_as_in_asyncio(operation):
    async def main():
        await getattr(asyncio.get_running_loop(), operation)(asyncio.Protocol)

    with pytest.raises(ValueError, match="specified"):
        run(main)
