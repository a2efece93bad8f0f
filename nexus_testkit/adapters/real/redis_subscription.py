"""The messages of one subscription, until it is closed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Self

from nexus_testkit.adapters.redis_translation import translated
from nexus_testkit.adapters.redis_values import key_text
from nexus_testkit.errors import CacheError
from nexus_testkit.ports.cache import Message

_FAREWELL_S = 1.0


class Subscription:
    """Iterates over messages. A reader that is cancelled loses none: the next one goes on with the same read."""

    def __init__(self, pubsub: Any, *, prefix: bytes) -> None:
        """Read from `pubsub`, redis-py's; `prefix` is taken off the names of channels."""
        self._pubsub = pubsub
        self._prefix = prefix
        self._reading: asyncio.Task[Any] | None = None
        self._early: deque[Any] = deque()
        self._ended = asyncio.Event()

    async def begin(self, channels: Sequence[bytes]) -> None:
        """Subscribe, and return when the server has said so for each channel."""
        with translated():
            await self._pubsub.subscribe(*channels)
            left = len(set(channels))
            while left:
                message = await self._pubsub.get_message(timeout=None)
                if message is not None and message["type"] == "subscribe":
                    left -= 1
                else:  # for a channel that was confirmed already
                    self._early.append(message)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        while not self._ended.is_set():
            message = self._early.popleft() if self._early else await self._next()
            if message is not None and message["type"] == "message":
                return Message(key_text(message["channel"].removeprefix(self._prefix)), message["data"])
        raise StopAsyncIteration

    async def _next(self) -> Any:
        """What comes next; None at the end."""
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._pubsub.get_message(timeout=None))
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait([self._reading, ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
        if self._ended.is_set():
            return None
        done, self._reading = self._reading, None
        with translated():
            return done.result()

    async def aclose(self) -> None:
        """End it, and whoever waits for a message with it; safe to call twice.

        The server has confirmed the end when this returns, unless it is gone: whoever publishes next is not counted wrongly.
        """
        if self._ended.is_set():
            return
        self._ended.set()
        try:
            with suppress(CacheError, TimeoutError), translated():
                async with asyncio.timeout(_FAREWELL_S):
                    await self._pubsub.unsubscribe()
                    while self._pubsub.subscribed:
                        reading, self._reading = self._reading, None
                        await (reading or self._pubsub.get_message(timeout=None))
        finally:
            reading, self._reading = self._reading, None
            if reading is not None:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)  # nobody is left to hear what it says
            with suppress(CacheError), translated():
                await self._pubsub.aclose()
