"""What redis-py raises, as the port's errors, which are redis-py's too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from redis import exceptions as driver
from redis._parsers.base import BaseParser  # the table of codes; exported nowhere else

from nexus_testkit.adapters.redis_errors import as_raised, command_error, connection_error
from nexus_testkit.errors import CacheError


def translate(error: Exception) -> Exception:
    """The port's error for one that redis-py raised; others as they are."""
    if isinstance(error, CacheError):
        return error
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


def translate_client(client: Any, check: Callable[[], object]) -> Any:
    """Let what redis-py's `client` raises be the port's errors too, in place: commands, pipelines, a client of one connection.

    `check` is called first; it raises where the cache has been closed, for redis-py would connect again. Errors among the
    answers of a pipeline (`raise_on_error=False`) are the port's as well.

    Limits: `pubsub()` and `monitor()` raise redis-py's own.
    """
    make, alone = client.pipeline, getattr(client, "client", None)

    def pipeline(*args: Any, **options: Any) -> Any:
        made = make(*args, **options)
        for name in ("execute", "immediate_execute_command"):
            if hasattr(made, name):  # a cluster's has no second one
                setattr(made, name, _translating(getattr(made, name), check))
        return made

    client.execute_command = _translating(client.execute_command, check)
    client.pipeline = pipeline
    if alone is not None:
        client.client = lambda: translate_client(alone(), check)
    return client


def _translating(function: Callable[..., Awaitable[Any]], check: Callable[[], object]) -> Callable[..., Awaitable[Any]]:
    async def run(*args: Any, **options: Any) -> Any:
        check()
        with translated():
            answer = await function(*args, **options)
        if isinstance(answer, list):
            return [translate(each) if isinstance(each, Exception) else each for each in answer]
        return answer

    return run


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
