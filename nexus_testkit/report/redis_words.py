"""Calls of the cache port as the Redis commands that they are, for people who read Redis."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

_PLAIN_WORD = re.compile(r"[\w:.*@/+\[\]?-]+")
_SAME = {
    "get": "GET",
    "delete": "DEL",
    "exists": "EXISTS",
    "ttl": "PTTL",
    "publish": "PUBLISH",
    "subscribe": "SUBSCRIBE",
    "unsubscribe": "UNSUBSCRIBE",
    "health_check": "PING",
    "message": "(message)",
}


def redis_command(method: str, arguments: Sequence[str], options: Mapping[str, Any]) -> str | None:
    """The command of one call, or None of one that is several or none: a lock, many keys at once.

    Args:
        method: of the cache port.
        arguments: its positional arguments, as text.
        options: its keyword arguments.
    """
    if method == "client":
        return " ".join(map(_word, arguments[:1])) + "".join(f" {_word(each)}" for each in arguments[1:])
    if method in _SAME:
        return " ".join([_SAME[method], *map(_word, arguments)])
    match method, arguments:
        case "set", [key, value]:
            return " ".join(["SET", _word(key), _word(value), *_expiry(options), *_absent(options)])
        case "increment", [key, *amount]:
            return f"INCRBY {_word(key)} {amount[0] if amount else 1}"
        case "expire", [key, ttl]:
            return f"PERSIST {_word(key)}" if ttl == "None" else f"PEXPIRE {_word(key)} {ttl} s"
        case "keys", [pattern]:
            return f"SCAN 0 MATCH {_word(pattern)}"
        case "clear", []:
            return "FLUSHDB"
    return None


def _word(text: str) -> str:
    if _PLAIN_WORD.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _expiry(options: Mapping[str, Any]) -> list[str]:
    ttl = options.get("ttl")
    if ttl is None:
        return []
    seconds = ttl.total_seconds() if isinstance(ttl, timedelta) else ttl
    if isinstance(seconds, float) and not seconds.is_integer():
        return ["PX", str(round(seconds * 1000))]
    return ["EX", str(int(seconds) if isinstance(seconds, float) else seconds)]


def _absent(options: Mapping[str, Any]) -> list[str]:
    return ["NX"] if options.get("only_if_absent") else []
