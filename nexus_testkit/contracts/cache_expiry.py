"""What a cache promises about times to live."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from nexus_testkit.contracts.contract import Contract, raising
from nexus_testkit.errors import CacheCommandError
from nexus_testkit.ports.cache import CacheManager

_SHORT_S = 0.08
"""A time to live that both kinds of time can wait for; twice as long is surely over."""


class ExpiryPromises(Contract):
    """The part of `CacheContract` that concerns keys which expire."""

    async def test_ttl_expires_key(self, adapter: CacheManager) -> None:
        """A key is gone when its `ttl` is over: for get, exists, keys and ttl."""
        await adapter.set("key", 1, ttl=_SHORT_S)
        await self.pass_time(adapter, 2 * _SHORT_S)
        assert await adapter.get("key") is None
        assert await adapter.exists("key") is False
        assert await adapter.keys() == []
        assert await adapter.ttl("key") is None

    async def test_ttl_is_not_over_early(self, adapter: CacheManager) -> None:
        """A key is there while its `ttl` lasts."""
        await adapter.set("key", 1, ttl=60)
        await self.pass_time(adapter, _SHORT_S)
        assert await adapter.get("key") == b"1"

    async def test_ttl_counts_down(self, adapter: CacheManager) -> None:
        """`ttl` gives the seconds that are left, fractions included."""
        await adapter.set("key", 1, ttl=60)
        await self.pass_time(adapter, _SHORT_S)
        left = await adapter.ttl("key")
        assert left is not None
        assert 50 < left <= 60 - _SHORT_S * 0.9

    async def test_ttl_keeps_its_fraction(self, adapter: CacheManager) -> None:
        """A time to live keeps its fraction of a second, also above one, and `ttl` gives it."""
        await adapter.set("set", 1, ttl=1.75)
        await adapter.set("expire", 1)
        await adapter.expire("expire", 1.75)
        for key in ("set", "expire"):
            assert 1.2 < (await adapter.ttl(key) or 0) <= 1.75

    async def test_ttl_may_be_long(self, adapter: CacheManager) -> None:
        """A `ttl` of a hundred years is kept as it is."""
        century_s = 100 * 365 * 86_400
        await adapter.set("key", 1, ttl=century_s)
        assert century_s - 10 < (await adapter.ttl("key") or 0) <= century_s

    async def test_reading_prolongs_no_life(self, adapter: CacheManager) -> None:
        """Who reads a key, asks for it or counts with it leaves its time to live as it is."""
        await adapter.set("key", 1, ttl=60)
        await self.pass_time(adapter, _SHORT_S)
        assert await adapter.get("key") == b"1"
        assert await adapter.exists("key") is True
        assert await adapter.get_many(["key"]) == {"key": b"1"}
        assert await adapter.increment("key") == 2
        assert 50 < (await adapter.ttl("key") or 0) <= 60 - _SHORT_S * 0.9

    async def test_ttl_of_a_lasting_key_is_infinite(self, adapter: CacheManager) -> None:
        """`ttl` is infinite for a key that never expires, and None for a missing one."""
        await adapter.set("key", 1)
        assert (await adapter.ttl("key"), await adapter.ttl("missing")) == (math.inf, None)

    async def test_ttl_may_be_a_timedelta(self, adapter: CacheManager) -> None:
        """A time to live may be a timedelta wherever one is taken, a lock's too."""
        ttl = timedelta(minutes=2)
        await adapter.set("set", 1, ttl=ttl)
        await adapter.set_many({"set_many": 1}, ttl=ttl)
        await adapter.increment("increment", ttl=ttl)
        await adapter.set("expire", 1)
        await adapter.expire("expire", ttl)
        for key in ("set", "set_many", "increment", "expire"):
            assert 110 < (await adapter.ttl(key) or 0) <= 120
        async with adapter.lock("lock", ttl=ttl, wait=0):
            pass

    async def test_ttl_of_nothing_is_refused(self, adapter: CacheManager) -> None:
        """A `ttl` of 0 or less, or below a millisecond, is a CacheCommandError; nothing is stored, counted or locked."""
        await adapter.set("n", 7)
        for ttl in (0, -1, -0.5, 0.0001, timedelta(0)):
            for what, call in _with_ttl(adapter, ttl).items():
                with raising(CacheCommandError, f"{what} with ttl={ttl!r}"):
                    await call()
        assert (await adapter.keys(), await adapter.get("n"), await adapter.ttl("n")) == (["n"], b"7", math.inf)

    async def test_ttl_that_is_no_number_is_refused(self, adapter: CacheManager) -> None:
        """A time to live of infinity or NaN is a CacheCommandError, and nothing changes."""
        await adapter.set("n", 7, ttl=60)
        for ttl in (math.inf, math.nan):
            for what, call in _with_ttl(adapter, ttl).items():
                with raising(CacheCommandError, f"{what} with ttl={ttl!r}"):
                    await call()
            with raising(CacheCommandError, f"expire('n', {ttl!r})"):
                await adapter.expire("n", ttl)
        assert (await adapter.keys(), await adapter.get("n")) == (["n"], b"7")
        assert 50 < (await adapter.ttl("n") or 0) <= 60

    async def test_set_drops_ttl(self, adapter: CacheManager) -> None:
        """Setting a key without `ttl` makes it last for ever, whatever it had."""
        await adapter.set("key", 1, ttl=60)
        await adapter.set("key", 2)
        assert await adapter.ttl("key") == math.inf

    async def test_expire_sets_and_takes_away_the_ttl(self, adapter: CacheManager) -> None:
        """`expire` sets a time to live, or with None takes it away; True both times, and twice."""
        await adapter.set("key", 1)
        assert await adapter.expire("key", 60) is True
        assert 50 < (await adapter.ttl("key") or 0) <= 60
        assert await adapter.expire("key", None) is True
        assert await adapter.expire("key", None) is True
        assert await adapter.ttl("key") == math.inf

    async def test_expire_replaces_the_ttl(self, adapter: CacheManager) -> None:
        """`expire` replaces a time to live by a shorter or a longer one."""
        await adapter.set("key", 1, ttl=600)
        for ttl in (60, 6000):
            assert await adapter.expire("key", ttl) is True
            assert ttl - 10 < (await adapter.ttl("key") or 0) <= ttl

    async def test_expire_of_a_missing_key_is_false(self, adapter: CacheManager) -> None:
        """`expire` of a key that is not there is False and makes none."""
        assert await adapter.expire("missing", 60) is False
        assert await adapter.expire("missing", None) is False
        assert await adapter.exists("missing") is False

    async def test_expire_of_nothing_deletes(self, adapter: CacheManager) -> None:
        """`expire` with 0 or less deletes the key at once."""
        for ttl in (0, -1):
            await adapter.set("key", 1)
            assert await adapter.expire("key", ttl) is True
            assert await adapter.exists("key") is False

    async def test_expired_key_is_absent(self, adapter: CacheManager) -> None:
        """A key whose `ttl` is over is a missing one for `delete`, `expire`, `get_many`, `only_if_absent` and counters."""
        await adapter.set_many({"key": 1, "other": 1}, ttl=_SHORT_S)
        await adapter.set("third", 1, ttl=_SHORT_S)
        await adapter.increment("counter", 5, ttl=_SHORT_S)
        await self.pass_time(adapter, 2 * _SHORT_S)
        assert await adapter.get_many(["third", "other"]) == {}
        assert await adapter.expire("other", 60) is False
        assert await adapter.delete("third", "other") is False
        assert await adapter.set("key", 2, only_if_absent=True) is True
        assert await adapter.increment("counter") == 1


def _with_ttl(cache: CacheManager, ttl: Any) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Everything that takes a `ttl` and refuses one of nothing; "n" is a counter that is there."""
    return {
        "set": lambda: cache.set("key", 1, ttl=ttl),
        "set(only_if_absent=True)": lambda: cache.set("key", 1, ttl=ttl, only_if_absent=True),
        "set_many": lambda: cache.set_many({"key": 1, "other": 2}, ttl=ttl),
        "increment": lambda: cache.increment("n", ttl=ttl),
        "lock": lambda: cache.lock("lock", ttl=ttl, wait=0).__aenter__(),
    }
