"""What is secret of a Redis command: a member of a secret name, a value under such a key, a password."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nexus_testkit.journal.redaction import Redaction

# Where the pairs of names and values begin, and whether a key stands before them, which may be secret itself.
_PAIRS = {"MSET": (1, False), "MSETNX": (1, False), "HSET": (2, True), "HMSET": (2, True), "HSETNX": (2, True)}
_SETTINGS = frozenset({"requirepass", "masterauth", "masteruser", "tls-key-file-pass"})
_MEMBERS = frozenset({"HGET", "HMGET", "HDEL", "HEXISTS", "HSTRLEN"})
_NAMES_ONLY = frozenset(
    {"DEL", "EXISTS", "EXPIRE", "PEXPIRE", "TTL", "PTTL", "TYPE", "UNLINK", "TOUCH", "PERSIST", "STRLEN"}
)


class Commands(str):
    """Commands of a pipeline in words, and one by one as `parts`."""

    __slots__ = ("parts",)
    parts: Sequence[Sequence[Any]]


def text_of(value: Any) -> str:
    """A key, a name or a command as text; "" of what is none."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def secret_places(command: Sequence[Any], redaction: Redaction) -> set[int]:
    """The places of a command's words that are secret."""
    if not command:
        return set()
    name, *subcommand = text_of(command[0]).upper().split(" ")
    every = range(1, len(command))
    if name == "AUTH":
        return {len(command) - 1} if len(command) > 1 else set()
    if name in {"HELLO", "MIGRATE"}:
        return {each + 2 for each in every if text_of(command[each]).upper() == "AUTH" and each + 2 < len(command)}
    if name == "CONFIG":
        return {each + 1 for each in every if text_of(command[each]).lower() in _SETTINGS and each + 1 < len(command)}
    if name == "ACL":
        return {each for each in every if text_of(command[each])[:1] in {">", "<", "#", "!"}}
    if name in _PAIRS and not subcommand:
        begin, has_key = _PAIRS[name]
        if has_key and redaction.hides_key(text_of(command[1] if len(command) > 1 else "")):
            return set(range(2, len(command)))
        return {at + 1 for at in range(begin, len(command) - 1, 2) if redaction.hides_key(text_of(command[at]))}
    if name in _NAMES_ONLY or len(command) < 3:  # the command, a key: nothing that is kept there
        return set()
    return set(range(2, len(command))) if redaction.hides_key(text_of(command[1])) and name not in _MEMBERS else set()


def hides_reply(command: Sequence[Any], redaction: Redaction) -> bool:
    """Whether a reply with a value is secret: what stands under such a key, or as a member of such a name."""
    name = text_of(command[0]).upper() if command else ""
    if name in {"MGET", "HMGET", "HGET"}:
        return any(redaction.hides_key(text_of(each)) for each in command[1:])
    return len(command) > 1 and redaction.hides_key(text_of(command[1]))
