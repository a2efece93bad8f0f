"""Keys, values and times to live as Redis has them, for fake and real alike."""

from __future__ import annotations

import math
from datetime import timedelta

from nexus_testkit.adapters.redis_errors import command_error, unencodable
from nexus_testkit.ports.cache import Key, Ttl, Value


def key_bytes(key: Key) -> bytes:
    """A key as it goes to the server; text that `key_text` made of other bytes becomes those again.

    Raises:
        CacheError: neither str nor bytes.
    """
    if isinstance(key, str):
        return key.encode("utf-8", "surrogateescape")
    if isinstance(key, bytes):
        return key
    raise unencodable(key)


def value_bytes(value: Value) -> bytes:
    """A value as redis-py writes it.

    Raises:
        CacheError: no bytes, str, int or float.
    """
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, int | float) and not isinstance(value, bool):  # redis-py refuses bool as well
        return repr(value).encode()
    raise unencodable(value)


def key_text(name: bytes) -> str:
    """A key or channel as text."""
    return name.decode("utf-8", "surrogateescape")


def as_milliseconds(ttl: Ttl) -> int:
    """A time to live in Redis' unit.

    Raises:
        CacheTypeError: no finite number.
    """
    seconds = ttl.total_seconds() if isinstance(ttl, timedelta) else ttl
    if not math.isfinite(seconds):
        raise command_error("ERR value is not an integer or out of range")
    return round(seconds * 1000)


def positive_milliseconds(ttl: Ttl, command: str) -> int:
    """A time to live that `command` takes.

    Raises:
        CacheCommandError: less than half a millisecond, in Redis' words.
    """
    lasts_ms = as_milliseconds(ttl)
    if lasts_ms <= 0:
        error = command_error(f"ERR invalid expire time in '{command}' command")
        error.hint = f"ttl is {ttl!r}; give a positive number of seconds, or None for no expiry"
        raise error
    return lasts_ms
