"""Commands of which fakeredis (2.40) answers otherwise than Redis: mended here, or refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fakeredis._command_args_parsing import Int
from fakeredis._commands import Key, Signature
from fakeredis._core import CommandItem
from fakeredis._helpers import OK, SimpleError, SimpleString
from fakeredis._msgs import (
    LIMIT_NEGATIVE_MSG,
    SYNTAX_ERROR_MSG,
    UNKNOWN_COMMAND_MSG,
    WRONGTYPE_MSG,
    XREADGROUP_KEY_OR_GROUP_NOT_FOUND_MSG,
)
from fakeredis.aioredis import AsyncFakeSocket
from fakeredis.model import XStream, ZSet
from fakeredis.model._base_type import BaseModel

from nexus_testkit.adapters.fake import redis_hyperloglog as hyperloglog

_NO_HYPERLOGLOG = "WRONGTYPE Key is not a valid HyperLogLog string value."
_POSITIONS = "refused: fakeredis keeps positions less exactly than Redis"
_SUBSEQUENCES = "refused: of bytes beyond ASCII, and of places, fakeredis makes others than Redis"
_MODULES = "refused: commands of modules were never compared with Redis"
_LATER = "refused: Redis 8.2 does not have this command"
# By COMMAND LIST of Redis 8.2.3; fakeredis 2.40 has them.
_NOT_IN_REDIS = frozenset(
    [
        "arcount",
        "ardel",
        "ardelrange",
        "arget",
        "argetrange",
        "argrep",
        "arinfo",
        "arinsert",
        "arlastitems",
        "arlen",
        "armget",
        "armset",
        "arnext",
        "arop",
        "arring",
        "arscan",
        "arseek",
        "arset",
        "blmovem",
        "delex",
        "digest",
        "himport",
        "increx",
        "lmovem",
        "msetex",
        "saddex",
        "sdiffcard",
        "sunioncard",
        "xcfgset",
        "xidmprecord",
        "xnack",
    ]
)
# The words that Redis 8.2 has where fakeredis has others, or those of an older version.
_WORDS = (
    (re.compile(r"^ERR (?=BUSYGROUP )"), ""),
    (re.compile(r"^(?=RANK can't be zero)"), "ERR "),
    (re.compile(r"invalid expire time in (\w+)$"), r"invalid expire time in '\1' command"),
    (re.compile(r"at least 1 input key is needed for (\w+)$"), r"at least 1 input key is needed for '\1' command"),
    (re.compile(r"not a valid string range item$"), "not valid string range item"),
    (re.compile(r"(BITOP NOT must be called with a single source key)$"), r"\1."),
)


def why_refused(command: str) -> str | None:
    """Why a command is unknown to the fake, though fakeredis has it; None where it is not refused here."""
    if command.startswith("geo"):
        return _POSITIONS
    if command == "lcs":
        return _SUBSEQUENCES
    if "." in command:
        return _MODULES
    return _LATER if command.partition(" ")[0] in _NOT_IN_REDIS else None


def in_redis_words(message: str) -> str:
    """The text of an error reply, as Redis has it."""
    for pattern, words in _WORDS:
        message = pattern.sub(words, message)
    return message


class HyperLogLog(BaseModel):
    """What PFADD keeps: the registers that are not zero. It never changes; a change is another one."""

    _model_type = b"string"

    def __init__(self, known: dict[int, int]) -> None:
        self.known = known


_HYPERLOGLOG = {
    name: Signature(name, name, (Key(),), (repeated,))  # type: ignore[arg-type]  # what fakeredis itself gives it
    for name, repeated in {"pfadd": bytes, "pfcount": Key(), "pfmerge": Key()}.items()
}


def _known(key: CommandItem) -> dict[int, int] | None:
    value = key.value
    if isinstance(value, bytes):
        raise SimpleError(_NO_HYPERLOGLOG)
    if value is not None and not isinstance(value, HyperLogLog):
        raise SimpleError(WRONGTYPE_MSG)
    return None if value is None else value.known


class RedisCommands(AsyncFakeSocket):
    """fakeredis finds the function of a command by its name: these stand before its own.

    Limits: the bytes of a HyperLogLog cannot be read (GET, STRLEN): WRONGTYPE.
    """

    def _name_to_func(self, cmd_name: str) -> Any:
        if why_refused(cmd_name) is not None:
            raise SimpleError(UNKNOWN_COMMAND_MSG.format(cmd_name))
        if cmd_name in _HYPERLOGLOG:
            return getattr(self, cmd_name), _HYPERLOGLOG[cmd_name]
        return super()._name_to_func(cmd_name)

    def pfadd(self, key: CommandItem, *elements: bytes) -> int:
        known = _known(key)
        added = hyperloglog.added(known or {}, elements)
        if added or known is None:
            key.value = HyperLogLog({**(known or {}), **added})
        return int(bool(added) or known is None)

    def pfcount(self, *keys: CommandItem) -> int:
        return hyperloglog.estimate(hyperloglog.merged(_known(key) or {} for key in keys))

    def pfmerge(self, dest: CommandItem, *sources: CommandItem) -> SimpleString:
        dest.value = HyperLogLog(hyperloglog.merged(_known(key) or {} for key in (dest, *sources)))
        return OK

    def sintercard(self, numkeys: int, *args: bytes) -> int:
        keys, options = args[: max(numkeys, 0)], args[max(numkeys, 0) :]
        there = [key for key in keys if self._db.get(key) is not None]
        if len(keys) != numkeys or len(there) == numkeys:
            return int(super().sintercard(numkeys, *args))
        if there:
            super().sintercard(len(there), *there, *options)  # what is wrong with the others is said all the same
        elif options and (len(options) != 2 or options[0].upper() != b"LIMIT"):
            raise SimpleError(SYNTAX_ERROR_MSG)
        elif options and Int.decode(options[1]) < 0:
            raise SimpleError(LIMIT_NEGATIVE_MSG)
        return 0

    def _zpop(self, key: CommandItem, count: int, reverse: bool, flatten_list: bool) -> list[list[Any]]:
        if key.value != [] and not isinstance(key.value, ZSet):  # an empty list stands for no key
            raise SimpleError(WRONGTYPE_MSG)
        return list(super()._zpop(key, count, reverse, flatten_list))

    def _lmpop(self, keys: Sequence[bytes], count: int, direction_left: bool, first_pass: bool) -> list[Any] | None:
        found: list[Any] | None = super()._lmpop(keys, count, direction_left, first_pass)
        if found:  # fakeredis keeps the key of a list that is empty now, and tells no WATCH
            item = CommandItem(found[0], self._db, item=self._db.get(found[0]))
            item.updated()
            item.writeback()
        return found

    def bitpos(self, key: CommandItem, bit: int, *args: bytes) -> int:
        # A negative end that lies before the beginning is the beginning (getRangeFromArgs of bitops.c).
        if key.value and len(args) > 1 and re.fullmatch(rb"-\d{1,18}", args[1]):
            length = len(key.value) * (8 if len(args) > 2 and args[2].upper() == b"BIT" else 1)
            args = (args[0], b"%d" % max(int(args[1]) + length, 0), *args[2:])
        return int(super().bitpos(key, bit, *args))

    def xreadgroup(self, group_const: bytes, group_name: bytes, consumer_name: bytes, *args: bytes) -> Any:
        words = [arg.upper() for arg in args]
        streams = args[words.index(b"STREAMS") + 1 :] if b"STREAMS" in words else ()
        for key in streams[: len(streams) // 2]:
            item = self._db.get(key)
            if item is None:
                names = (name.partition(b"\0")[0].decode(errors="replace") for name in (key, group_name))  # C strings
                raise SimpleError(XREADGROUP_KEY_OR_GROUP_NOT_FOUND_MSG.format(*names))
            if not isinstance(item.value, XStream):
                raise SimpleError(WRONGTYPE_MSG)
        return super().xreadgroup(group_const, group_name, consumer_name, *args)
