"""Which faults make sense for a call: what a sweep tries, and what a search draws from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from nexus_testkit.errors import InvalidFault
from nexus_testkit.errors.container import did_you_mean
from nexus_testkit.faults import kinds
from nexus_testkit.faults.kinds import Kind
from nexus_testkit.faults.targets import NO_NAMES, Target, find_target
from nexus_testkit.journal import Crossing

__all__ = ["FaultsOption", "Kind", "Kinds", "kind_named", "kinds_of", "wanted"]

Kinds: TypeAlias = tuple[Kind, ...]
FaultsOption: TypeAlias = "bool | Iterable[object] | Mapping[Any, Any] | None"


def kinds_of(crossing: Crossing) -> Kinds:
    """What can go wrong with this very call, in a fixed order; none for a call that cannot fail by itself.

    Few and realistic: a write can lose its reply, a read cannot (its caller could not tell that from a connection
    that broke before); inside a transaction neither can, for the server rolls it back, while a COMMIT can; OOM
    meets what needs memory. `hangs` is never among them: code without a time-out of its own waits for ever, which is
    seldom news.
    """
    return () if crossing.operation in _NEVER else _BY_PORT[crossing.port](crossing)


# What ends something: whoever calls has finished with it, and learns nothing from its failure.
_NEVER = frozenset({
    "cache.unsubscribe", "clock.sleep", "database.disconnect", "database.release", "database.remove_listener",
})  # fmt: skip


def kind_named(crossing: Crossing, name: str) -> Kind | None:
    """The kind of this name for this call, also one that `kinds_of` leaves out; None where its port has no such kind."""
    return kinds.named(crossing.port, name)


def wanted(option: FaultsOption, *, adapter: Callable[[str], Any]) -> Callable[[Crossing], Kinds]:
    """What a `faults=` option asks for, as a function of the call.

    False and None are no faults, True every kind of `kinds_of`, a list of targets (as `nexus.faults.on` takes
    them) those kinds for calls of these targets, a mapping of a target to names of kinds those and no others (True:
    as in a list). Where several targets are for one call, their kinds are joined. `adapter` gives the adapter behind a
    port, which is needed for routes alone.

    Raises:
        InvalidFault: no such target, or a kind that the target cannot have.
    """
    if option is None or option is False:
        return _none
    if option is True:
        return kinds_of
    if isinstance(option, str) or not isinstance(option, Iterable):
        raise InvalidFault(
            f"faults={option!r} is no choice of faults",
            hint="True, a list of targets such as ['database', 'mail.send'], or {'database': ['40001', 'reset']}",
        )
    pairs = option.items() if isinstance(option, Mapping) else ((target, True) for target in option)
    rules = [_rule(find_target(target, adapter=adapter), names) for target, names in pairs]

    def chosen(crossing: Crossing) -> Kinds:
        found: dict[Kind, None] = {}
        for meets, kinds_for in rules:
            if meets(crossing):
                found.update(dict.fromkeys(kinds_for(crossing)))
        return tuple(found)

    return chosen


_Rule: TypeAlias = tuple[Callable[[Crossing], bool], Callable[[Crossing], Kinds]]


def _rule(target: Target, names: object) -> _Rule:
    if names is True:
        if target.port == "clock" or target.operation in _NEVER:
            hint = "it fails by itself alone, or nobody hears of it; nexus.faults.on(...) can disturb it all the same"
            raise InvalidFault(f"nothing is drawn for {target.words!r}", hint=hint)
        return target.meets, kinds_of
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise InvalidFault(
            f"{names!r} are no kinds of faults for {target.words!r}", hint="a list of names such as ['reset'], or True"
        )
    listed = tuple(_known(target, name) for name in names)
    return target.meets, lambda _crossing: listed


def _known(target: Target, name: object) -> Kind:
    found = kinds.named(target.port, name) if isinstance(name, str) else None
    if found is None:
        known = [kind.name for kind in kinds.KNOWN[target.port]]
        near = did_you_mean(name, known) if isinstance(name, str) else None
        listed = f"the kinds of {target.port} are {', '.join(known)}" if known else f"{target.port} has no kinds"
        raise InvalidFault(f"{target.words!r} cannot have {name!r}", hint=near or listed)
    if target.address is not None and found.options == (("at", "RCPT"),) and found.verb == "refuses":
        return kinds.smtp_recipient(found.arguments[0], target.address)  # not the mail's other recipients
    return found


def _none(_crossing: Crossing) -> Kinds:
    return ()


# ------------------------------------------------------------------------------------------ the database

# Inside of WITH and EXPLAIN; a SELECT may call a function that writes without saying so, and is taken for a read.
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
_CALLS_THAT_WRITE = re.compile(r"\b(?:nextval|setval|pg_notify)\s*\(", re.IGNORECASE)
_LOCKS = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b|\bFOR\s+(?:KEY\s+)?SHARE\b|\bpg_advisory_\w+", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[\s(]*([A-Za-z]+)")
_QUERIES = frozenset({"DECLARE", "EXPLAIN", "FETCH", "SELECT", "TABLE", "VALUES", "WITH"})
# What concerns the session alone: nothing of it can be lost, for the session is.
_OF_SESSION = frozenset({
    "ABORT", "BEGIN", "CLOSE", "DEALLOCATE", "DISCARD", "LISTEN", "MOVE", "PREPARE", "RELEASE", "RESET", "ROLLBACK", "SAVEPOINT",
    "SET", "SHOW", "START", "UNLISTEN",
})  # fmt: skip
_READING = (kinds.EXHAUSTED, kinds.SHUTDOWN, kinds.RESET, kinds.TIMEOUT)
_OPENING = (kinds.TOO_MANY, kinds.REFUSED, kinds.EXHAUSTED)
_WRITING = (kinds.DEADLOCK, kinds.DISK_FULL, kinds.SHUTDOWN, kinds.RESET, kinds.LOST_REPLY)
_GONE = (kinds.SHUTDOWN, kinds.RESET)
_COMMITTING = (kinds.SERIALIZATION, kinds.SHUTDOWN, kinds.RESET, kinds.LOST_REPLY)
_SORTS = ("commit", "write", "lock", "read", "session")  # a text of several statements counts as the first of these


def _of_database(crossing: Crossing) -> Kinds:
    method = crossing.operation.partition(".")[2]
    where = getattr(crossing.subject, "scope", "session")
    match method:
        case "connect":
            return (kinds.STARTING, kinds.TOO_MANY, kinds.REFUSED)
        case "acquire":
            return _OPENING
        case "begin":
            return _OPENING if where == "pool" else _GONE
        case "commit":
            return _GONE if where == "savepoint" else _COMMITTING
        case "rollback" | "add_listener" | "health_check":
            return (kinds.RESET,)
        case "copy_records_to_table":
            return _of_statement("write", where)
        case _:
            return _of_statement(_sort(str(crossing.arguments[0])), where)


def _of_statement(sort: str, where: str) -> Kinds:
    if sort == "session":
        return _GONE
    if sort == "commit":
        return _COMMITTING
    if where in ("transaction", "savepoint"):
        locking = (kinds.DEADLOCK,) if sort != "read" else ()
        writing = (kinds.DISK_FULL,) if sort == "write" else ()
        return (kinds.SERIALIZATION, *locking, *writing, *_GONE)
    if sort == "write":
        return _WRITING
    return _READING if where == "pool" else _GONE


@lru_cache(maxsize=1024)
def _sort(text: str) -> str:
    found = {_sort_of_one(statement) for statement in NO_NAMES.sub(" ", text).split(";") if statement.strip()}
    return next((sort for sort in _SORTS if sort in found), "read")


def _sort_of_one(statement: str) -> str:
    first = _FIRST_WORD.match(statement)
    word = first[1].upper() if first is not None else ""
    if word in ("COMMIT", "END"):
        return "commit"
    if word in _OF_SESSION:
        return "session"
    if word not in _QUERIES:
        return "write"
    locks = _LOCKS.search(statement) is not None
    bare = _LOCKS.sub(" ", statement) if locks else statement
    if _CALLS_THAT_WRITE.search(bare) or (word in ("EXPLAIN", "WITH") and _WRITES.search(bare)):
        return "write"
    return "lock" if locks else "read"


def _of_analytics(crossing: Crossing) -> Kinds:
    if crossing.operation == "analytics.append":
        return (kinds.DISK_FULL, kinds.TOO_MANY, kinds.RESET, kinds.LOST_REPLY)
    return (kinds.TOO_MANY, kinds.RESET)


# --------------------------------------------------------------------------------------------- the cache

_FAILING = (kinds.LOADING, kinds.RESET, kinds.TIMEOUT)
_CHANGING = (kinds.LOADING, kinds.READONLY, kinds.RESET, kinds.TIMEOUT, kinds.LOST_REPLY)
_GROWING = (kinds.LOADING, kinds.READONLY, kinds.OUT_OF_MEMORY, kinds.RESET, kinds.TIMEOUT, kinds.LOST_REPLY)
_OF_CACHE: Mapping[str, Kinds] = {
    **dict.fromkeys(("exists", "get", "get_many", "keys", "ttl"), _FAILING),
    **dict.fromkeys(("clear", "delete", "expire", "publish"), _CHANGING),
    **dict.fromkeys(("increment", "set", "set_many", "lock"), _GROWING),
    "subscribe": (kinds.LOADING, kinds.RESET),
    "message": (kinds.RESET,),
    "unlock": (kinds.RESET, kinds.LOST_REPLY),
    "health_check": (kinds.RESET,),
}
# Of redis-py's client: commands that change nothing (flag READONLY of COMMAND, Redis 7.4), as far as tests use them.
# fmt: off
_READ_COMMANDS = frozenset({
    "BITCOUNT", "BITPOS", "DBSIZE", "DUMP", "ECHO", "EXISTS", "EXPIRETIME", "GEODIST", "GEOPOS", "GEOSEARCH", "GET", "GETBIT",
    "GETRANGE", "HEXISTS", "HGET", "HGETALL", "HKEYS", "HLEN", "HMGET", "HSCAN", "HSTRLEN", "HVALS", "INFO", "KEYS", "LINDEX",
    "LLEN", "LPOS", "LRANGE", "MGET", "OBJECT", "PEXPIRETIME", "PFCOUNT", "PING", "PTTL", "RANDOMKEY", "SCAN", "SCARD", "SDIFF",
    "SINTER", "SINTERCARD", "SISMEMBER", "SMEMBERS", "SMISMEMBER", "SRANDMEMBER", "SSCAN", "STRLEN", "SUBSTR", "SUNION", "TIME",
    "TTL", "TYPE", "XINFO", "XLEN", "XPENDING", "XRANGE", "XREAD", "XREVRANGE", "ZCARD", "ZCOUNT", "ZLEXCOUNT", "ZMSCORE",
    "ZRANDMEMBER", "ZRANGE", "ZRANGEBYLEX", "ZRANGEBYSCORE", "ZRANK", "ZREVRANGE", "ZREVRANK", "ZSCAN", "ZSCORE",
})
# Commands that free memory or need none are taken even where it has run out.
_FREEING_COMMANDS = frozenset({
    "DEL", "EXPIRE", "EXPIREAT", "FLUSHALL", "FLUSHDB", "GETDEL", "HDEL", "LPOP", "LREM", "LTRIM", "PERSIST", "PEXPIRE",
    "PEXPIREAT", "PUBLISH", "RPOP", "SPOP", "SREM", "UNLINK", "XACK", "XDEL", "XTRIM", "ZPOPMAX", "ZPOPMIN", "ZREM",
})
# fmt: on
_STATE_COMMANDS = ("AUTH", "CLIENT", "HELLO", "MULTI", "SELECT", "UNWATCH", "WATCH")


def _of_cache(crossing: Crossing) -> Kinds:
    method = crossing.operation.partition(".")[2]
    if method != "client":
        return _OF_CACHE[method]
    command = str(crossing.arguments[0]).partition(" ")[0].upper()
    if command in _READ_COMMANDS:
        return _FAILING
    if command.startswith(("P", "S", "U", "SS", "SU")) and command.endswith("SUBSCRIBE"):
        return (kinds.RESET,)
    if command in _STATE_COMMANDS:
        return (kinds.RESET,)
    return _CHANGING if command in _FREEING_COMMANDS else _GROWING


# ---------------------------------------------------------------------------------- mail, HTTP and files

_SENDING = (
    kinds.REFUSED,
    kinds.smtp_reply(421, "CONNECT"),
    kinds.smtp_reply(451, "MAIL"),
    kinds.smtp_reply(452, "RCPT"),
    kinds.smtp_reply(451, "END-OF-MESSAGE"),
    kinds.smtp_silence("MAIL"),
    kinds.LOST_REPLY,
)


def _of_mail(crossing: Crossing) -> Kinds:
    if crossing.operation != "mail.send":
        return (kinds.REFUSED,)
    recipients = tuple(crossing.options["recipients"])
    if len(recipients) < 2:
        return _SENDING
    return (*_SENDING, kinds.smtp_recipient(550, recipients[-1]))


_ASKING = (kinds.REFUSED, kinds.SILENCE, kinds.RESET, kinds.http_status(503), kinds.TRUNCATED)
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")  # RFC 9110, 9.2.1


def _of_http(crossing: Crossing) -> Kinds:
    return _ASKING if crossing.arguments[0] in _SAFE else (*_ASKING, kinds.LOST_REPLY)


_OF_FILES: Mapping[str, Kinds] = {
    "write_bytes": (kinds.NO_SPACE, kinds.NO_ACCESS, kinds.IO_ERROR),
    "write_text": (kinds.NO_SPACE, kinds.NO_ACCESS, kinds.IO_ERROR),
    "delete": (kinds.NO_ACCESS, kinds.IO_ERROR),
}


def _of_files(crossing: Crossing) -> Kinds:
    return _OF_FILES.get(crossing.operation.partition(".")[2], (kinds.IO_ERROR,))


_BY_PORT: Mapping[str, Callable[[Crossing], Kinds]] = {
    "analytics": _of_analytics,
    "cache": _of_cache,
    "database": _of_database,
    "files": _of_files,
    "http": _of_http,
    "mail": _of_mail,
}
