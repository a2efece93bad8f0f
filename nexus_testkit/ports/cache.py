"""The cache port: Redis' strings, counters, expiry, a lock, publish and subscribe.

Values are bytes on the way out, as redis-py gives them; str and numbers are encoded as UTF-8 on the way in.
Keys are str or bytes; `keys()` gives str, decoded with `surrogateescape`, so that every key can be given back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, runtime_checkable

Key = str | bytes
Value = str | bytes | int | float
Ttl = int | float | timedelta


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a subscription.

    Attributes:
        channel: where it was published.
        data: the payload.
    """

    channel: str
    data: bytes


@runtime_checkable
class CacheManager(Protocol):
    """A cache. Errors are `CacheError` and its subclasses, which are redis-py's exceptions too."""

    async def get(self, key: Key, /) -> bytes | None:
        """The value, or None where the key is missing or has expired."""
        ...

    async def set(self, key: Key, value: Value, /, *, ttl: Ttl | None = None, only_if_absent: bool = False) -> bool:
        """Store `value`, for `ttl` seconds (None: for ever). False where `only_if_absent` found the key taken.

        Raises:
            CacheCommandError: ttl of 0 or less.
        """
        ...

    async def delete(self, *keys: Key) -> bool:
        """Delete the keys; True where at least one existed."""
        ...

    async def exists(self, key: Key, /) -> bool:
        """Whether the key is there."""
        ...

    async def increment(self, key: Key, amount: int = 1, /, *, ttl: Ttl | None = None) -> int:
        """Add to a 64-bit counter and give its new value; a missing key counts from 0.

        `ttl` is set in the same step, and only where the counter has none yet.

        Raises:
            CacheTypeError: the value is no integer, or would overflow.
        """
        ...

    async def get_many(self, keys: Iterable[Key], /) -> dict[Key, bytes]:
        """The values of those keys that exist."""
        ...

    async def set_many(self, values: Mapping[Key, Value], /, *, ttl: Ttl | None = None) -> None:
        """Store all of them in one step."""
        ...

    async def expire(self, key: Key, ttl: Ttl | None, /) -> bool:
        """Set the time to live (None: for ever); False where the key is missing."""
        ...

    async def ttl(self, key: Key, /) -> float | None:
        """Seconds left, `math.inf` for a key that never expires, None for a missing one."""
        ...

    async def keys(self, pattern: str = "*", /) -> list[str]:
        """The keys that match a Redis glob, sorted."""
        ...

    async def clear(self) -> None:
        """Delete every key of this cache."""
        ...

    def lock(self, name: str, /, *, ttl: Ttl = 10, wait: float | None = None) -> AbstractAsyncContextManager[None]:
        """A mutual exclusion that ends by itself after `ttl` seconds; waits at most `wait` seconds for it (None: for ever).

        Raises:
            TimeoutError: not acquired in time.
        """
        ...

    async def publish(self, channel: str, data: Value, /) -> int:
        """Send to a channel; the number of subscribers that received it."""
        ...

    def subscribe(self, *channels: str) -> AbstractAsyncContextManager[AsyncIterator[Message]]:
        """Receive what is published to the channels from the beginning of the block on."""
        ...

    async def health_check(self) -> bool:
        """Whether PING is answered."""
        ...

    @property
    def client(self) -> Any:
        """The redis-py client (`redis.asyncio.Redis`) itself, for commands that this port does not wrap."""
        ...
