"""What the simulation has no counterpart for: file descriptors, datagrams, processes, signals. Each says so."""

from __future__ import annotations

from typing import Any, NoReturn

from nexus_testkit.errors import NotSimulated, SignalsNotSimulated


def _refuse(operation: str) -> Any:
    def refused(_self: object, *_args: object, **_options: object) -> NoReturn:
        raise NotSimulated(operation)

    refused.__name__ = refused.__qualname__ = operation
    refused.__doc__ = "Not simulated: raises `NotSimulated`."
    return refused


def _refuse_async(operation: str) -> Any:
    async def refused(_self: object, *_args: object, **_options: object) -> NoReturn:
        raise NotSimulated(operation)

    refused.__name__ = refused.__qualname__ = operation
    refused.__doc__ = "Not simulated: raises `NotSimulated`."
    return refused


class Refused:
    """The methods of an event loop that would leave the process, or need a file descriptor."""

    add_reader = _refuse("add_reader")
    remove_reader = _refuse("remove_reader")
    add_writer = _refuse("add_writer")
    remove_writer = _refuse("remove_writer")

    sock_recv = _refuse_async("sock_recv")
    sock_recv_into = _refuse_async("sock_recv_into")
    sock_recvfrom = _refuse_async("sock_recvfrom")
    sock_recvfrom_into = _refuse_async("sock_recvfrom_into")
    sock_sendall = _refuse_async("sock_sendall")
    sock_sendto = _refuse_async("sock_sendto")
    sock_accept = _refuse_async("sock_accept")
    sock_sendfile = _refuse_async("sock_sendfile")
    sendfile = _refuse_async("sendfile")

    connect_accepted_socket = _refuse_async("connect_accepted_socket")
    create_unix_server = _refuse_async("create_unix_server")
    create_datagram_endpoint = _refuse_async("create_datagram_endpoint")
    connect_read_pipe = _refuse_async("connect_read_pipe")
    connect_write_pipe = _refuse_async("connect_write_pipe")
    subprocess_exec = _refuse_async("subprocess_exec")
    subprocess_shell = _refuse_async("subprocess_shell")

    def add_signal_handler(self, sig: int, callback: Any, *args: Any) -> NoReturn:
        """Not simulated: raises `SignalsNotSimulated`, which is a NotImplementedError as on Windows."""
        del sig, callback, args
        raise SignalsNotSimulated("add_signal_handler")

    def remove_signal_handler(self, sig: int) -> NoReturn:
        """Not simulated: raises `SignalsNotSimulated`."""
        del sig
        raise SignalsNotSimulated("remove_signal_handler")
