"""What redis-py raises, as the port's errors, which are redis-py's too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from redis import exceptions as driver
from redis._parsers.base import BaseParser  # the table of codes; exported nowhere else

from nexus_testkit.adapters.redis_errors import as_raised, command_error, connection_error


def translate(error: Exception) -> Exception:
    """The port's error for one that redis-py raised; others as they are."""
    if isinstance(error, driver.ResponseError):
        return command_error(_whole(error))
    if isinstance(error, driver.TimeoutError):
        return connection_error(str(error), driver.TimeoutError)
    if isinstance(error, driver.RedisError):
        return as_raised(error)
    if isinstance(error, OSError):  # a host name that does not resolve
        return connection_error(str(error))
    return error


@contextmanager
def translated() -> Iterator[None]:
    """What redis-py raises in the block is the port's error.

    On Python 3.11 redis-py loses cancellations: it calls `asyncio.wait_for`, which drops one that comes together with
    the result (https://github.com/python/cpython/issues/86296). It is raised at the end of the block.
    """
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling()
    try:
        yield
    except Exception as error:
        raised = translate(error)
        if raised is error:
            raise
        raise raised from error
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError


def _whole(error: driver.ResponseError) -> str:
    """The server's reply: redis-py takes the code off where it has a class for it."""
    message = str(error)
    code = getattr(error, "status_code", None) or _codes().get(type(error))  # redis-py 8; its older ones
    if code is not None:
        return message if message.startswith(f"{code} ") else f"{code} {message}"
    word = message.partition(" ")[0]
    return message if word.isupper() else f"ERR {message}"


@cache
def _codes() -> dict[type[Exception], str]:
    table: dict[str, object] = BaseParser.EXCEPTION_CLASSES
    return {kind: code for code, kind in table.items() if isinstance(kind, type)}
