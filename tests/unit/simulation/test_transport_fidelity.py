"""Transports beside asyncio's own: the same conversation, on a real loopback connection and in memory.

Each scenario notes what the two protocols saw, each in its own list (the order between two machines is not the
program's to know), and the notes of both loops must be the same.
"""

import asyncio
import logging

import pytest

from nexus_testkit.simulation import SimulationLoop

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


class Noting(asyncio.Protocol):
    """Notes every call; adjacent pieces of data are one, since TCP may cut anywhere."""

    def __init__(self, *, keep_open=False, on_data=None, on_made=None):
        self.notes = []
        self.received = bytearray()
        self.keep_open = keep_open
        self.on_data = on_data
        self.on_made = on_made
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.notes.append("made")
        if self.on_made:
            self.on_made(self)

    def data_received(self, data):
        self.received += data
        if self.notes[-1] != "data":
            self.notes.append("data")
        if self.on_data:
            self.on_data(self, data)

    def eof_received(self):
        self.notes.append("eof")
        return self.keep_open

    def pause_writing(self):
        self.notes.append("pause")

    def resume_writing(self):
        self.notes.append("resume")

    def connection_lost(self, error):
        self.notes.append(f"lost {type(error).__name__}")
        self.lost.set_result(None)


class NotingBuffered(asyncio.BufferedProtocol):
    def __init__(self):
        self.buffer = bytearray(7)
        self.received = bytearray()
        self.notes = []
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.notes.append("made")

    def get_buffer(self, _hint):
        return self.buffer

    def buffer_updated(self, size):
        self.received += self.buffer[:size]

    def eof_received(self):
        self.notes.append("eof")

    def connection_lost(self, error):
        self.notes.append(f"lost {type(error).__name__}")
        self.lost.set_result(None)


class Pair:
    def __init__(self, client, server):
        self.client, self.server = client, server

    def report(self):
        return {
            side: (protocol.notes, bytes(protocol.received))
            for side, protocol in (("client", self.client), ("server", self.server))
        }


async def connect(make_client, make_server):
    loop = asyncio.get_running_loop()
    accepted = loop.create_future()

    def factory():
        protocol = make_server()
        loop.call_soon(accepted.set_result, protocol)
        return protocol

    server = await loop.create_server(factory, "127.0.0.1", 0)
    _, client = await loop.create_connection(make_client, *server.sockets[0].getsockname())
    pair = Pair(client, await accepted)
    await until(lambda: pair.server.notes)
    server.close()
    return pair


async def until(condition):
    """Wait for something that the kernel does in its own time; virtual time costs nothing."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never happened")


async def both_lost(pair):
    async with asyncio.timeout(20):
        await asyncio.gather(pair.client.lost, pair.server.lost)


@scenario
async def close_at_once():
    pair = await connect(Noting, Noting)
    pair.client.transport.close()
    assert pair.client.transport.is_closing()
    await both_lost(pair)
    return pair.report()


@scenario
async def write_then_close():
    pair = await connect(Noting, Noting)
    pair.client.transport.write(b"last words")
    pair.client.transport.close()
    pair.client.transport.close()
    await both_lost(pair)
    return pair.report()


@scenario
async def server_closes_after_an_answer():
    def answer(protocol, data):
        protocol.transport.write(data.upper())
        protocol.transport.close()

    pair = await connect(Noting, lambda: Noting(on_data=answer))
    pair.client.transport.write(b"question")
    await both_lost(pair)
    return pair.report()


@scenario
async def server_speaks_first():
    pair = await connect(Noting, lambda: Noting(on_made=lambda protocol: protocol.transport.write(b"220 hello\r\n")))
    await until(lambda: pair.client.received)
    pair.server.transport.close()
    await both_lost(pair)
    return pair.report()


@scenario
async def half_close_and_an_answer_afterwards():
    pair = await connect(Noting, lambda: Noting(keep_open=True))
    pair.client.transport.writelines([b"all ", b"I ", b"have"])
    assert pair.client.transport.can_write_eof()
    pair.client.transport.write_eof()
    with pytest.raises(RuntimeError):
        pair.client.transport.write(b"more")
    await until(lambda: "eof" in pair.server.notes)
    pair.server.transport.write(b"thanks")
    pair.server.transport.close()
    await both_lost(pair)
    return pair.report()


@scenario
async def abort_loses_nothing_that_was_sent():
    pair = await connect(Noting, Noting)
    pair.client.transport.write(b"sent")
    pair.client.transport.abort()
    await both_lost(pair)
    return pair.report()


@scenario
async def writes_after_the_loss_are_dropped():
    pair = await connect(Noting, Noting)
    pair.client.transport.close()
    await both_lost(pair)
    for _ in range(10):
        pair.client.transport.write(b"into the void")
    return pair.report()


@scenario
async def a_second_write_to_a_peer_that_is_gone_breaks_the_pipe():
    pair = await connect(lambda: Noting(keep_open=True), Noting)
    pair.server.transport.close()
    await pair.server.lost
    await until(lambda: "eof" in pair.client.notes)
    pair.client.transport.write(b"first")
    await asyncio.sleep(0.01)  # the kernel's reset arrives
    pair.client.transport.write(b"second")
    await both_lost(pair)
    return pair.report()


@scenario
async def a_slow_reader_pauses_the_writer():
    size = 32 * 1024 * 1024  # more than any kernel keeps for a connection
    pair = await connect(Noting, Noting)
    pair.server.transport.pause_reading()
    assert not pair.server.transport.is_reading()
    pair.client.transport.write(b"x" * size)
    assert pair.client.notes == ["made", "pause"]
    assert pair.client.transport.get_write_buffer_size() > 0
    await asyncio.sleep(0.01)
    assert pair.server.received == b""
    pair.server.transport.resume_reading()
    await until(lambda: len(pair.server.received) == size)
    pair.client.transport.close()
    await both_lost(pair)
    pair.server.received = bytearray(str(len(pair.server.received)).encode())
    return pair.report()


@scenario
async def closing_while_data_waits_delivers_it_first():
    size = 32 * 1024 * 1024
    pair = await connect(Noting, Noting)
    pair.server.transport.pause_reading()
    pair.client.transport.write(b"x" * size)
    pair.client.transport.close()
    await asyncio.sleep(0.01)
    assert pair.client.notes == ["made", "pause"]
    pair.server.transport.resume_reading()
    await both_lost(pair)
    pair.server.received = bytearray(str(len(pair.server.received)).encode())
    return pair.report()


@scenario
async def closing_with_a_little_unread_resets_the_connection():
    pair = await connect(Noting, Noting)
    pair.server.transport.pause_reading()
    pair.client.transport.write(b"never read")
    await asyncio.sleep(0.01)
    pair.server.transport.close()
    await both_lost(pair)
    return pair.report()


@scenario
async def closing_with_much_unread_resets_the_connection():
    pair = await connect(Noting, Noting)
    pair.server.transport.pause_reading()
    pair.client.transport.write(b"x" * 32 * 1024 * 1024)
    await asyncio.sleep(0.01)
    pair.server.transport.close()
    await both_lost(pair)
    return pair.report()


@scenario
async def the_client_writes_as_soon_as_it_is_connected():
    pair = await connect(lambda: Noting(on_made=lambda protocol: protocol.transport.write(b"EHLO")), Noting)
    await until(lambda: pair.server.received)
    pair.client.transport.close()
    await both_lost(pair)
    return pair.report()


@scenario
async def the_client_is_gone_as_soon_as_it_is_connected():
    def write_and_close(protocol):
        protocol.transport.write(b"EHLO")
        protocol.transport.close()

    pair = await connect(lambda: Noting(on_made=write_and_close), Noting)
    await both_lost(pair)
    return pair.report()


@scenario
async def a_buffered_protocol_gets_what_fits():
    pair = await connect(Noting, NotingBuffered)
    pair.client.transport.write(b"0123456789" * 3)
    pair.client.transport.close()
    await both_lost(pair)
    return pair.report()


@scenario
async def a_protocol_that_fails_loses_its_connection_alone():
    def fail(_protocol, _data):
        raise ValueError("bad data")

    reports = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context["message"]))
    pair = await connect(Noting, lambda: Noting(on_data=fail))
    pair.client.transport.write(b"anything")
    await both_lost(pair)
    return pair.report(), reports


@scenario
async def the_protocol_can_be_changed_in_mid_connection():
    pair = await connect(Noting, Noting)
    successor = Noting()
    pair.server.transport.set_protocol(successor)
    assert pair.server.transport.get_protocol() is successor
    pair.client.transport.write(b"to the successor")
    pair.client.transport.close()
    await pair.client.lost
    await successor.lost
    return pair.client.notes, pair.server.notes, successor.notes, bytes(successor.received)


@scenario
async def write_buffer_limits():
    pair = await connect(Noting, Noting)
    transport = pair.client.transport
    limits = []
    for options in ({}, {"high": 100}, {"low": 100}, {"high": 0}, {"high": 300, "low": 200}):
        transport.set_write_buffer_limits(**options)
        limits.append(transport.get_write_buffer_limits())
    with pytest.raises(ValueError, match="must be >= low"):
        transport.set_write_buffer_limits(high=1, low=2)
    with pytest.raises(TypeError):
        transport.write("text")
    transport.write(b"")
    transport.close()
    await both_lost(pair)
    return limits, pair.report()


@scenario
async def streams_end_to_end():
    async def serve(reader, writer):
        while line := await reader.readline():
            writer.write(line[::-1])
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    answers = []
    for line in (b"one\n", b"two\n", b"y" * 50_000 + b"\n"):
        writer.write(line)
        await writer.drain()
        answers.append(await reader.readexactly(len(line)))
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
    return answers


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_conversation_is_the_same_on_a_socket_and_in_memory(name, caplog):
    caplog.set_level(logging.CRITICAL, logger="asyncio")
    with asyncio.Runner() as runner:
        real = runner.run(SCENARIOS[name]())
    with asyncio.Runner(loop_factory=SimulationLoop) as runner:
        assert runner.run(SCENARIOS[name]()) == real
