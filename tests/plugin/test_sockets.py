"""Real sockets while a test with `nexus` runs."""

from __future__ import annotations

import pytest

_SERVER = """
        @pytest.fixture(scope="module")
        def port():
            # A server that belongs to nobody's world: it was there before.
            with socket.create_server(("127.0.0.1", 0)) as server:
                yield server.getsockname()[1]
"""


@pytest.mark.parametrize(
    "statement",
    [
        "socket.create_connection(('127.0.0.1', port))",
        "socket.socket().connect(('localhost', port))",  # IPv4 alone: some machines know localhost as ::1 too
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', port))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('127.0.0.1', port))",
        "socket.getaddrinfo('crm.example', 443)",
        "socket.gethostbyname('crm.example')",
        "socket.socket(socket.AF_UNIX).connect('/run/nobody.sock')",
    ],
)
@pytest.mark.parametrize("kind", ["async def", "def"])
def test_what_would_leave_the_process_is_refused_and_fails_the_test(suite, statement, kind):
    suite.write(
        _SERVER
        + f"""
        import warnings

        {kind} test_it(nexus, port):
            warnings.simplefilter("ignore", ResourceWarning)
            with pytest.raises(ConnectionRefusedError):
                {statement}

        def test_elsewhere(port):
            socket.create_connection(("127.0.0.1", port)).close()
        """
    )
    result = suite.run("-W", "ignore::ResourceWarning", "-W", "ignore::pytest.PytestUnraisableExceptionWarning")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        ["*LeakError: 1 thing*", "*a real connection to * was refused", "*asked for at *test_it*"]
    )


@pytest.mark.parametrize("allowed", ["localhost", "127.0.0.1", "127.0.0.1:{port}", "localhost:{port}"])
def test_allowed_hosts_are_reached(suite, allowed):
    suite.write(
        f"""
        server = socket.create_server(("127.0.0.1", 0))
        port = server.getsockname()[1]

        @pytest.mark.nexus(allow_hosts=[f"{allowed}"])
        def test_it(nexus):
            socket.create_connection(("127.0.0.1", port)).close()
            (found, *_) = socket.getaddrinfo("localhost", port, socket.AF_INET)  # it may be ::1 as well
            socket.create_connection(found[4]).close()

        def test_close():
            server.close()
        """
    )
    suite.run().assert_outcomes(passed=2)


def test_another_port_of_an_allowed_host_is_not(suite):
    suite.write(
        """
        @pytest.mark.nexus(allow_hosts=["127.0.0.1:1"])
        def test_it(nexus):
            with pytest.raises(OSError):
                socket.create_connection(("127.0.0.1", 2))
        """
    )
    suite.run().assert_outcomes(failed=1)


def test_an_allowed_unix_socket_is_reached(suite):
    suite.write(
        """
        path = "nexus-test.sock"

        @pytest.mark.nexus(allow_hosts=["./nexus-test.sock"])
        def test_it(nexus):
            with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
                server.bind("./nexus-test.sock")
                server.listen()
                client.connect("./nexus-test.sock")
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_on_the_system_loop_a_server_of_the_test_itself_is_reached(suite):
    suite.write(
        _SERVER
        + """
        async def echo(reader, writer):
            writer.write(await reader.read(4))
            writer.close()
            await writer.wait_closed()

        @pytest.mark.nexus(loop="system")
        async def test_it(nexus, port):
            async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
                reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                writer.write(b"ping")
                assert await reader.read() == b"ping"
                writer.close()
                await writer.wait_closed()

        @pytest.mark.nexus(loop="system")
        async def test_not_its_own(nexus, port):
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
        """
    )
    suite.run().assert_outcomes(passed=1, failed=1)


def test_fixtures_of_the_test_and_its_threads_are_guarded_too(suite):
    suite.write(
        """
        import threading

        def reach():
            try:
                socket.create_connection(("127.0.0.1", 9))
            except ConnectionRefusedError:
                pass

        @pytest.fixture
        def before():
            reach()

        def test_fixture(before, nexus):
            pass

        def test_thread(nexus):
            thread = threading.Thread(target=reach)
            thread.start()
            thread.join()
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=2)
    assert str(result.stdout).count("a real connection to 127.0.0.1:9 was refused") == 2


def test_what_stays_in_the_process_is_not_refused(suite):
    suite.write(
        """
        async def test_it(nexus):
            left, right = socket.socketpair()
            left.send(b"x")
            assert right.recv(1) == b"x"
            left.close()
            right.close()
            with socket.create_server(("127.0.0.1", 0)):
                pass
            assert socket.getaddrinfo("127.0.0.1", 80)
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_a_socket_pair_that_the_standard_library_makes_of_a_connection_is_no_stray(suite):
    # As socket.py does where the system has no socketpair(): the frame that connects is what is looked at.
    suite.pytester.makepyfile(
        pairs="""
        import socket

        def socketpair():
            with socket.create_server(("127.0.0.1", 0)) as listener:
                client = socket.socket()
                client.connect(listener.getsockname())
                server, _ = listener.accept()
                return client, server
        """
    )
    suite.write(
        """
        import pairs

        def test_it(nexus, monkeypatch):
            monkeypatch.setattr(pairs, "__name__", "socket")
            for end in pairs.socketpair():
                end.close()
        """
    )
    suite.run().assert_outcomes(passed=1)
