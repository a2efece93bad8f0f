"""Random uses of a cache, on the fake and on Redis in step: the port's operations, and commands of its client."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.harness.servers import SharedServers
from tests.differential.pair import Pair, Refused

Step = tuple[Any, ...]

KEYS = st.sampled_from(["a", "b", "c", "", "ключ", b"\x00\xff", "a:1", "a*", "[x]"])
TEXTS = st.sampled_from(
    [b"", b"x", b"10", b"-3", b"1.5", b"0.1", b" 1", b"1e3", b"nan", b"inf", b"9223372036854775807", b"\xff\x00", b"01"]
)
NUMBERS = st.one_of(st.integers(-5, 5), st.sampled_from([2**31, 2**63 - 1, -(2**63), 2**63]))
SMALL = st.integers(-4, 4)
VALUES = st.one_of(TEXTS, st.text(max_size=3), NUMBERS, st.floats(), st.sampled_from([None, True, [], {}, object]))
TTLS = st.one_of(
    st.sampled_from([0.0004, 0.5, 1, 10, 60, 3600, 0, -1, math.inf, math.nan, 2**40, 1e300, "1", None]),
    st.timedeltas(timedelta(0), timedelta(days=2)),
)
PATTERNS = st.sampled_from(
    ["*", "a*", "?", "[a-c]", "[^a]", "\\*", "a\\*", "*:*", "[x]", "", "[", "a**", "[b-a]", "[]a]"]
)

_LOCKS = st.sampled_from(["l", "m"])  # no keys: who holds a lock is a random word there

# The first word is the operation of the port, or a command of the client where it is in capitals.
_PORT: list[st.SearchStrategy[Step]] = [
    st.tuples(st.just("get"), KEYS),
    st.tuples(st.just("set"), KEYS, VALUES, st.one_of(st.none(), TTLS), st.booleans()),
    st.tuples(st.just("delete"), KEYS, KEYS),
    st.tuples(st.just("exists"), KEYS),
    st.tuples(st.just("increment"), KEYS, st.one_of(NUMBERS, st.sampled_from(["1", 1.5])), st.one_of(st.none(), TTLS)),
    st.tuples(st.just("get_many"), st.lists(KEYS, max_size=3)),
    st.tuples(st.just("set_many"), st.dictionaries(KEYS, VALUES, max_size=3), st.one_of(st.none(), TTLS)),
    st.tuples(st.just("expire"), KEYS, TTLS),
    st.tuples(st.just("ttl"), KEYS),
    st.tuples(st.just("keys"), PATTERNS),
    st.tuples(st.just("publish"), KEYS.filter(lambda key: isinstance(key, str)), TEXTS),
    st.tuples(st.just("lock"), _LOCKS, st.sampled_from([1, 60, 0, -1])),
    st.tuples(st.just("hold"), _LOCKS),
    st.tuples(st.just("advance"), st.sampled_from([0.2, 0.6, 5, 70, 4000])),
]


def _command(name: str, *fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(name), *fields)


def _variants(*words: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(words)


_SKETCHES = st.sampled_from(["p", "q"])  # no others: the fake cannot give the bytes of a HyperLogLog
_FIELDS = st.sampled_from([b"f", b"g", b""])
_SCORES = st.sampled_from([b"1", b"-2.5", b"1e2", b"inf", b"-inf", b"x", b"0.1", b"3"])
_BOUNDS = st.sampled_from([b"-inf", b"+inf", b"(1", b"0", b"3", b"(x"])
_CLIENT: list[st.SearchStrategy[Step]] = [
    _command("APPEND", KEYS, TEXTS),
    _command("STRLEN", KEYS),
    _command("GETRANGE", KEYS, SMALL, SMALL),
    _command("SETRANGE", KEYS, SMALL, TEXTS),
    _command("INCRBY", KEYS, NUMBERS),
    _command("DECRBY", KEYS, NUMBERS),
    _command("INCRBYFLOAT", KEYS, TEXTS),
    _command("GETDEL", KEYS),
    _command("GETEX", KEYS, _variants(b"PERSIST", b"EX", b"KEEPTTL")),
    _command("MGET", KEYS, KEYS),
    _command("MSET", KEYS, TEXTS, KEYS, TEXTS),
    _command("MSETNX", KEYS, TEXTS, KEYS, TEXTS),
    _command("SETEX", KEYS, SMALL, TEXTS),
    _command("SET", KEYS, TEXTS, _variants(b"NX", b"XX", b"GET", b"KEEPTTL", b"NOSUCH")),
    _command("SET", KEYS, TEXTS, _variants(b"NX", b"XX"), _variants(b"GET", b"XX")),
    _command("TYPE", KEYS),
    _command("RENAME", KEYS, KEYS),
    _command("RENAMENX", KEYS, KEYS),
    _command("COPY", KEYS, KEYS),
    _command("PERSIST", KEYS),
    _command("EXPIRE", KEYS, st.integers(-1, 100), _variants(b"NX", b"XX", b"GT", b"LT")),
    _command("SETBIT", KEYS, st.integers(-1, 20), st.integers(-1, 2)),
    _command("GETBIT", KEYS, st.integers(-1, 20)),
    _command("BITCOUNT", KEYS),
    _command("HSET", KEYS, _FIELDS, TEXTS),
    _command("HSETNX", KEYS, _FIELDS, TEXTS),
    _command("HGET", KEYS, _FIELDS),
    _command("HMGET", KEYS, _FIELDS, _FIELDS),
    _command("HGETALL", KEYS),
    _command("HDEL", KEYS, _FIELDS),
    _command("HLEN", KEYS),
    _command("HEXISTS", KEYS, _FIELDS),
    _command("HINCRBY", KEYS, _FIELDS, NUMBERS),
    _command("HINCRBYFLOAT", KEYS, _FIELDS, TEXTS),
    _command("HKEYS", KEYS),
    _command("LPUSH", KEYS, TEXTS, TEXTS),
    _command("RPUSH", KEYS, TEXTS),
    _command("LPUSHX", KEYS, TEXTS),
    _command("LPOP", KEYS),
    _command("RPOP", KEYS, SMALL),
    _command("LLEN", KEYS),
    _command("LRANGE", KEYS, SMALL, SMALL),
    _command("LTRIM", KEYS, SMALL, SMALL),
    _command("LINDEX", KEYS, SMALL),
    _command("LSET", KEYS, SMALL, TEXTS),
    _command("LREM", KEYS, SMALL, TEXTS),
    _command("LINSERT", KEYS, _variants(b"BEFORE", b"AFTER", b"BESIDE"), TEXTS, TEXTS),
    _command("LMOVE", KEYS, KEYS, _variants(b"LEFT", b"RIGHT"), _variants(b"LEFT", b"RIGHT")),
    _command("SADD", KEYS, TEXTS, TEXTS),
    _command("SREM", KEYS, TEXTS),
    _command("SMEMBERS", KEYS),
    _command("SISMEMBER", KEYS, TEXTS),
    _command("SCARD", KEYS),
    _command("SINTER", KEYS, KEYS),
    _command("SUNION", KEYS, KEYS),
    _command("SDIFF", KEYS, KEYS),
    _command("SMOVE", KEYS, KEYS, TEXTS),
    _command("ZADD", KEYS, _SCORES, TEXTS),
    _command("ZADD", KEYS, _variants(b"NX", b"XX", b"GT", b"LT", b"CH", b"INCR"), _SCORES, TEXTS),
    _command("ZREM", KEYS, TEXTS),
    _command("ZSCORE", KEYS, TEXTS),
    _command("ZRANK", KEYS, TEXTS),
    _command("ZREVRANK", KEYS, TEXTS),
    _command("ZCARD", KEYS),
    _command("ZCOUNT", KEYS, _BOUNDS, _BOUNDS),
    _command("ZINCRBY", KEYS, _SCORES, TEXTS),
    _command("ZRANGE", KEYS, SMALL, SMALL),
    _command("ZRANGE", KEYS, SMALL, SMALL, st.just(b"REV")),
    _command("ZRANGEBYSCORE", KEYS, _BOUNDS, _BOUNDS),
    _command("ZREMRANGEBYSCORE", KEYS, _BOUNDS, _BOUNDS),
    _command("ZREMRANGEBYRANK", KEYS, SMALL, SMALL),
    _command("ZPOPMIN", KEYS),
    _command("ZPOPMAX", KEYS, SMALL),
    _command("SINTERCARD", st.just(2), KEYS, KEYS),
    _command("SINTERCARD", _variants(0, 1, 2), KEYS, _variants(b"LIMIT", b"MAXIMUM"), SMALL),
    _command("SMISMEMBER", KEYS, TEXTS, TEXTS),
    _command("SUNIONSTORE", KEYS, KEYS, KEYS),
    _command("SINTERSTORE", KEYS, KEYS, KEYS),
    _command("SDIFFSTORE", KEYS, KEYS, KEYS),
    _command("PFADD", _SKETCHES, TEXTS),
    _command("PFADD", _SKETCHES, *[st.integers(0, 2000)] * 8),
    _command("PFCOUNT", _SKETCHES, _SKETCHES),
    _command("PFMERGE", _SKETCHES, _SKETCHES, _SKETCHES),
    _command("BITOP", _variants(b"AND", b"OR", b"XOR", b"NOT"), KEYS, KEYS),
    _command("BITOP", _variants(b"AND", b"OR", b"XOR", b"NOT"), KEYS, KEYS, KEYS),
    _command("BITPOS", KEYS, _variants(0, 1), SMALL, SMALL),
    _command("BITPOS", KEYS, _variants(0, 1), SMALL, SMALL, _variants(b"BIT", b"BYTE")),
    _command("BITCOUNT", KEYS, SMALL, SMALL, _variants(b"BIT", b"BYTE")),
    _command("LPOS", KEYS, TEXTS, _variants(b"RANK", b"COUNT", b"MAXLEN"), SMALL),
    _command("LMPOP", _variants(1, 2), KEYS, KEYS, _variants(b"LEFT", b"RIGHT")),
    _command("SORT", KEYS, _variants(b"ALPHA", b"DESC")),
    _command("ZMPOP", _variants(1), KEYS, _variants(b"MIN", b"MAX")),
    _command("ZMSCORE", KEYS, TEXTS, TEXTS),
    _command("ZUNIONSTORE", KEYS, _variants(2), KEYS, KEYS),
    _command("ZINTERSTORE", KEYS, _variants(2), KEYS, KEYS, st.just(b"AGGREGATE"), _variants(b"MIN", b"MAX", b"SUM")),
    _command("ZDIFF", _variants(2), KEYS, KEYS, st.just(b"WITHSCORES")),
    _command("XADD", KEYS, _variants(b"5-1", b"6-*", b"7-7", b"0-0"), _FIELDS, TEXTS),
    _command("XLEN", KEYS),
    _command("XRANGE", KEYS, _variants(b"-", b"5", b"(5-1"), _variants(b"+", b"7", b"x")),
    _command("XDEL", KEYS, _variants(b"5-1", b"7-7")),
    _command("XTRIM", KEYS, st.just(b"MAXLEN"), SMALL),
    _command("XGROUP", st.just(b"CREATE"), KEYS, st.just(b"g"), _variants(b"0", b"$"), st.just(b"MKSTREAM")),
    _command("XACK", KEYS, st.just(b"g"), _variants(b"5-1", b"7-7")),
    _command("XREADGROUP", *map(st.just, (b"GROUP", b"g", b"c", b"STREAMS")), KEYS, _variants(b">", b"0")),
    _command("GET", KEYS, KEYS),
    _command("NOSUCHCOMMAND", KEYS),
]
STEPS = st.lists(st.one_of(st.one_of(_PORT), st.one_of(_CLIENT)), min_size=1, max_size=20)

_INEXACT = 1e12
_UNORDERED = frozenset({"SMEMBERS", "SINTER", "SUNION", "SDIFF", "HKEYS"})
# Where more than one thing is wrong with a command, fakeredis may tell of another one than Redis, or in other words.
_OTHER_WORDS = frozenset(
    {
        *(
            "DECRBY",
            "GETEX",
            "HINCRBY",
            "HINCRBYFLOAT",
            "INCRBYFLOAT",
            "LINSERT",
            "BITOP",
            "LPOS",
            "LREM",
            "LSET",
            "NOSUCHCOMMAND",
            "SETBIT",
            "SETRANGE",
        ),
        *(
            "ZADD",
            "ZCOUNT",
            "ZINCRBY",
            "ZPOPMAX",
            "ZPOPMIN",
            "ZRANGEBYSCORE",
            "ZREMRANGEBYSCORE",
            "EXPIRE",
            "RPOP",
            "LMOVE",
            "SET",
        ),
    }
)


class CachePair(Pair):
    """A fake and a real cache; every example begins with both empty."""

    def __init__(self, servers: SharedServers) -> None:
        super().__init__(servers)
        self.real = servers.new_cache(outside=self.loop.reach(*servers.redis_place))

    def excuses(self, step: Any, fake: Any, real: Any) -> bool:
        # Both refuse the command, with other words; "Limits" of FakeRedisCache speaks of it.
        return step is not None and step[0] in _OTHER_WORDS and _refuses(fake) and _refuses(real)

    async def play(self, steps: list[Step]) -> None:
        """Take the steps, and compare at each."""
        if self.fake is not None:
            await self.fake.aclose()
        self.fake = FakeRedisCache(clock=VirtualClock(self.loop))
        await self.real.clear()
        async with contextlib.AsyncExitStack() as held:
            for step in steps:
                await self._take(step, held)
            for key in await self.both("keys at the end", lambda cache, _: cache.keys()):
                await self._take(("ttl", key), held)
                await self._take(("TYPE", key), held)

    async def _take(self, step: Step, held: contextlib.AsyncExitStack) -> None:
        name, *fields = step
        words = f"{name} {', '.join(map(repr, fields))}"
        if name == "advance":
            self.steps.append(words)
            await self.loop.advance(fields[0])
            return
        if name == "hold":
            await self.both(words, lambda cache, _: _hold(cache, fields[0], held))
            return
        answer = await self.both(
            words, lambda cache, _: _ask(cache, name, fields), shown=lambda found: _shown(name, found), step=step
        )
        if name.endswith("INCRBYFLOAT") and not isinstance(answer, Exception) and abs(float(answer)) >= _INEXACT:
            raise Refused("the fake counts in doubles, Redis in long doubles")  # and what follows from that differs


def _refuses(answer: Any) -> bool:
    return isinstance(answer, tuple) and answer[0] in ("CacheCommandError", "CacheTypeError")


def example(steps: list[Step]) -> Any:
    """What `Pair.run` runs."""

    async def play(pair: CachePair) -> None:
        await pair.play(steps)

    return play


async def _ask(cache: Any, name: str, fields: list[Any]) -> Any:
    match name:
        case "set":
            key, value, ttl, absent = fields
            return await cache.set(key, value, ttl=ttl, only_if_absent=absent)
        case "increment":
            key, amount, ttl = fields
            return await cache.increment(key, amount, ttl=ttl)
        case "set_many":
            values, ttl = fields
            return await cache.set_many(values, ttl=ttl)
        case "lock":
            async with cache.lock(fields[0], ttl=fields[1], wait=0):
                return "acquired"
        case _ if name.isupper():
            return await cache.client.execute_command(name, *fields)
    return await getattr(cache, name)(*fields)


async def _hold(cache: Any, name: str, held: contextlib.AsyncExitStack) -> str:
    lock = cache.lock(name, ttl=3, wait=0)
    await lock.__aenter__()

    async def release() -> None:
        with contextlib.suppress(Exception):  # it may have ended meanwhile
            await lock.__aexit__(None, None, None)

    held.push_async_callback(release)
    return "held"


def _shown(name: str, found: Any) -> Any:
    if name in _UNORDERED and not isinstance(found, (int, bytes)):
        return sorted(found)
    if name == "ttl" and isinstance(found, float):
        return _Seconds(found)
    return found


class _Seconds(float):
    """A time to live: the server's own clock runs a little while it answers."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and math.isclose(self, other, rel_tol=0, abs_tol=0.1)

    __hash__ = None  # type: ignore[assignment]  # two that are equal may differ


@contextlib.contextmanager
def pair(servers: SharedServers) -> Iterator[CachePair]:
    """A pair, closed at the end of the block."""
    made = CachePair(servers)
    try:
        yield made
    finally:
        made.close()
