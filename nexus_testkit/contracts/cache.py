"""What a cache promises: Redis' strings and counters. Times to live are in `cache_expiry`, locks in `cache_locks`, channels in `cache_channels`."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nexus_testkit.contracts.cache_channels import ChannelPromises
from nexus_testkit.contracts.cache_expiry import ExpiryPromises
from nexus_testkit.contracts.cache_locks import LockPromises
from nexus_testkit.contracts.contract import check_methods, raising
from nexus_testkit.errors import CacheError, CacheTypeError
from nexus_testkit.ports.cache import CacheManager

_BINARY = bytes(range(256))


class CacheContract(ExpiryPromises, LockPromises, ChannelPromises):
    """The promises of `nexus_testkit.ports.cache.CacheManager`; `adapter` gives one without keys.

    Times to live are tested with 80 ms.
    """

    async def test_is_a_cache_manager(self, adapter: CacheManager) -> None:
        """The adapter has every method of the port."""
        check_methods(adapter, CacheManager)

    # -- values

    async def test_value_comes_back(self, adapter: CacheManager) -> None:
        """What was set is given back as bytes."""
        assert await adapter.set("key", b"value") is True
        found = await adapter.get("key")
        assert (type(found), found) == (bytes, b"value")

    async def test_missing_key_is_none(self, adapter: CacheManager) -> None:
        """`get` of a key that nobody set is None."""
        assert await adapter.get("nobody") is None

    async def test_binary_value_comes_back_whole(self, adapter: CacheManager) -> None:
        """A value of any bytes comes back byte by byte, line ends and NUL included."""
        for value in (_BINARY, b"\r\n$5\r\n", b"\x00", b"\xff\xfe"):
            await adapter.set("key", value)
            assert await adapter.get("key") == value

    async def test_binary_keys_are_kept_apart(self, adapter: CacheManager) -> None:
        """Keys of any bytes are different keys wherever they differ in one."""
        keys = [_BINARY, _BINARY[:-1], b"\xff", b"\xfe", b"a\x00b", b"a", b"a b\r\nc"]
        for number, key in enumerate(keys):
            await adapter.set(key, number)
        assert [await adapter.get(key) for key in keys] == [str(number).encode() for number in range(len(keys))]

    async def test_key_as_text_is_key_as_utf8(self, adapter: CacheManager) -> None:
        """A key given as text is the key of its UTF-8 bytes."""
        await adapter.set("ünï:☃", 1)
        assert await adapter.get("ünï:☃".encode()) == b"1"

    async def test_keys_are_case_sensitive(self, adapter: CacheManager) -> None:
        """Keys that differ in case, or in Unicode normal form, are different keys."""
        await adapter.set("Key", 1)
        await adapter.set("\u00e9", 2)
        assert (await adapter.get("key"), await adapter.get("e\u0301")) == (None, None)

    async def test_empty_value_is_not_a_missing_one(self, adapter: CacheManager) -> None:
        """An empty value is stored: `get` gives b"", `exists` True."""
        await adapter.set("key", b"")
        assert (await adapter.get("key"), await adapter.exists("key")) == (b"", True)

    async def test_key_that_is_no_text_is_refused(self, adapter: CacheManager) -> None:
        """A key that is neither text nor bytes is a CacheError, and nothing is stored."""
        keys: list[Any] = [1, None, ("a",), 1.5]
        for key in keys:
            for call in (adapter.get, adapter.delete, adapter.increment, adapter.ttl):
                with raising(CacheError, f"{call.__name__}({key!r})"):
                    await call(key)
            with raising(CacheError, f"set({key!r}, 1)"):
                await adapter.set(key, 1)
        assert await adapter.keys() == []

    async def test_empty_key_is_a_key(self, adapter: CacheManager) -> None:
        """The empty key can be set, read and deleted like any other."""
        await adapter.set("", 1)
        assert await adapter.get(b"") == b"1"
        assert await adapter.delete("") is True

    async def test_text_is_stored_as_utf8(self, adapter: CacheManager) -> None:
        """A text is stored as UTF-8."""
        await adapter.set("key", "ß☃")
        assert await adapter.get("key") == "ß☃".encode()

    async def test_numbers_are_stored_as_decimal_text(self, adapter: CacheManager) -> None:
        """Integers of any size and floats are stored as Python writes them."""
        for value, stored in ((7, b"7"), (-(2**70), b"-1180591620717411303424"), (1.5, b"1.5"), (0.1, b"0.1")):
            await adapter.set("key", value)
            assert await adapter.get("key") == stored

    async def test_unstorable_value_is_refused(self, adapter: CacheManager) -> None:
        """None, a bool, a list or an object is a CacheError, and the key keeps what it had."""
        await adapter.set("key", "before")
        refused: list[Any] = [None, True, [1], {"a": 1}, object()]
        for value in refused:
            with raising(CacheError, f"set('key', {value!r})"):
                await adapter.set("key", value)
        assert await adapter.get("key") == b"before"

    async def test_large_value_comes_back(self, adapter: CacheManager) -> None:
        """A value of 4 MiB under a key of 10,000 characters comes back."""
        value = _BINARY * 16_384
        await adapter.set("k" * 10_000, value)
        found = await adapter.get("k" * 10_000)
        same = found == value
        assert same, f"{len(found or b'')} other bytes came back"  # pytest would spell out the difference of 4 MiB

    async def test_set_replaces_value(self, adapter: CacheManager) -> None:
        """Setting a key again replaces its value."""
        await adapter.set("key", "long before")
        await adapter.set("key", "new")
        assert await adapter.get("key") == b"new"

    async def test_only_if_absent_keeps_what_is_there(self, adapter: CacheManager) -> None:
        """`set(only_if_absent=True)` stores under a free key and is True; under a taken one it is False and changes nothing."""
        assert await adapter.set("key", 1, only_if_absent=True) is True
        assert await adapter.set("key", 2, only_if_absent=True, ttl=60) is False
        assert (await adapter.get("key"), await adapter.ttl("key")) == (b"1", math.inf)

    async def test_only_if_absent_sets_ttl(self, adapter: CacheManager) -> None:
        """What `set(only_if_absent=True)` stores has the `ttl` that was asked for."""
        assert await adapter.set("key", 1, only_if_absent=True, ttl=60) is True
        assert 50 < (await adapter.ttl("key") or 0) <= 60

    async def test_only_if_absent_has_one_winner(self, adapter: CacheManager) -> None:
        """Of many tasks that set a key only if it is absent, one succeeds."""
        won = await asyncio.gather(*(adapter.set("key", number, only_if_absent=True) for number in range(20)))
        assert won.count(True) == 1
        assert await adapter.get("key") == str(won.index(True)).encode()

    async def test_delete_says_whether_anything_was_there(self, adapter: CacheManager) -> None:
        """`delete` is True where the key was there, and False the second time."""
        await adapter.set("key", 1)
        assert await adapter.delete("key") is True
        assert await adapter.delete("key") is False
        assert await adapter.get("key") is None

    async def test_delete_takes_several_keys(self, adapter: CacheManager) -> None:
        """`delete` of several keys is True if one of them was there; of none it is False."""
        await adapter.set_many({"a": 1, "b": 2, "c": 3})
        assert await adapter.delete("a", "missing", b"b") is True
        assert await adapter.delete() is False
        assert await adapter.keys() == ["c"]

    async def test_exists(self, adapter: CacheManager) -> None:
        """`exists` says whether a key is there, as a bool."""
        await adapter.set("key", 0)
        assert (await adapter.exists("key"), await adapter.exists("other")) == (True, False)

    # -- counters

    async def test_increment_counts_from_zero(self, adapter: CacheManager) -> None:
        """`increment` gives the new value; a missing key counts from 0, and amounts may be negative."""
        assert [await adapter.increment("n"), await adapter.increment("n", 4), await adapter.increment("n", -7)] == [
            1,
            5,
            -2,
        ]
        assert await adapter.get("n") == b"-2"

    async def test_increment_goes_on_from_what_was_set(self, adapter: CacheManager) -> None:
        """`increment` goes on from a number that was set, as an int or as text, and keeps its `ttl`."""
        await adapter.set("n", "41", ttl=60)
        assert await adapter.increment("n") == 42
        assert 50 < (await adapter.ttl("n") or 0) <= 60

    async def test_increment_loses_nothing(self, adapter: CacheManager) -> None:
        """Fifty tasks that increment at once get fifty different values, with a `ttl` or without."""
        for key, options in (("n", {}), ("m", {"ttl": 60})):
            values = await asyncio.gather(*(adapter.increment(key, **options) for _ in range(50)))
            assert sorted(values) == list(range(1, 51))

    async def test_increment_of_nothing_counts(self, adapter: CacheManager) -> None:
        """`increment` by 0 gives the value as it is, and makes a counter of 0 where there is none."""
        assert await adapter.increment("n", 0) == 0
        assert await adapter.get("n") == b"0"
        await adapter.increment("n", 7)
        assert await adapter.increment("n", 0) == 7

    async def test_increment_takes_whole_amounts(self, adapter: CacheManager) -> None:
        """`increment` by what is no integer is a CacheError, and the counter stays."""
        await adapter.set("n", 7)
        amounts: list[Any] = [1.5, "x", None, True]
        for amount in amounts:
            with raising(CacheError, f"increment('n', {amount!r})"):
                await adapter.increment("n", amount)
        assert await adapter.get("n") == b"7"

    async def test_increment_refuses_what_is_no_integer(self, adapter: CacheManager) -> None:
        """`increment` of a value that is no integer is a CacheTypeError, and the value stays."""
        for start in ("text", "1.5", "", " 1"):
            await adapter.set("n", start)
            with raising(CacheTypeError, f"increment of {start!r}"):
                await adapter.increment("n")
            assert await adapter.get("n") == start.encode()

    async def test_increment_refuses_overflow(self, adapter: CacheManager) -> None:
        """Counters have 64 bits: one step too far is a CacheTypeError, and the value stays."""
        for start, amount in ((2**63 - 1, 1), (-(2**63), -1)):
            await adapter.set("n", start)
            with pytest.raises(CacheTypeError):
                await adapter.increment("n", amount)
            assert await adapter.get("n") == str(start).encode()

    async def test_increment_is_exact(self, adapter: CacheManager) -> None:
        """Counters keep all of their 64 bits, with a `ttl` as well."""
        assert await adapter.increment("n", 2**63 - 2, ttl=60) == 2**63 - 2
        assert await adapter.increment("n", ttl=60) == 2**63 - 1
        assert await adapter.increment("n", -(2**53), ttl=60) == 2**63 - 1 - 2**53

    async def test_increment_sets_ttl_once(self, adapter: CacheManager) -> None:
        """`increment(ttl=)` sets a time to live where the counter has none, new or not, and leaves one that it has."""
        await adapter.set("old", 1)
        for key in ("new", "old"):
            await adapter.increment(key, ttl=60)
            await adapter.increment(key, ttl=6000)
            assert 50 < (await adapter.ttl(key) or 0) <= 60

    async def test_error_says_its_code(self, adapter: CacheManager) -> None:
        """An error that the server answers has `code`, the first word of Redis' answer."""
        await adapter.set("n", "text")
        with pytest.raises(CacheTypeError) as caught:
            await adapter.increment("n")
        assert caught.value.code == "ERR"

    # -- many, and all

    async def test_get_many_gives_those_that_exist(self, adapter: CacheManager) -> None:
        """`get_many` gives the values by key, in the order in which they were asked for, and leaves out what is missing."""
        await adapter.set_many({"a": 1, b"b": "zwei", "c": b""})
        found = await adapter.get_many(["c", "a", "missing", b"b"])
        assert list(found.items()) == [("c", b""), ("a", b"1"), (b"b", b"zwei")]
        assert await adapter.get_many(key for key in ["a"]) == {"a": b"1"}
        assert await adapter.get_many([]) == {}

    async def test_set_many_sets_all_with_ttl(self, adapter: CacheManager) -> None:
        """`set_many` sets each key, with the `ttl` where one is given, and else for ever; none is fine."""
        await adapter.set_many({})
        await adapter.set_many({"a": 1, "b": 2}, ttl=60)
        assert await adapter.keys() == ["a", "b"]
        for key in ("a", "b"):
            assert 50 < (await adapter.ttl(key) or 0) <= 60
        await adapter.set_many({"a": 3})
        assert await adapter.ttl("a") == math.inf

    async def test_set_many_is_one_step(self, adapter: CacheManager) -> None:
        """Who reads with `get_many` while another one sets the same keys with `set_many` sees all of its values or none."""
        keys = ["a", "b", "c"]

        async def write() -> None:
            for number in range(10):
                await adapter.set_many(dict.fromkeys(keys, number))

        writing = asyncio.create_task(write())
        seen: list[dict[str | bytes, bytes]] = []
        while not writing.done():
            seen.append(await adapter.get_many(keys))
            await asyncio.sleep(0)  # an adapter that never waits would keep the writer from its turn
        await writing
        for found in seen:
            assert len(set(found.values())) <= 1, found
            assert len(found) in (0, len(keys)), found

    async def test_set_many_refuses_all_for_one(self, adapter: CacheManager) -> None:
        """`set_many` with one value that cannot be stored is a CacheError, and sets none."""
        values: dict[str | bytes, Any] = {"a": 1, "b": object()}
        with pytest.raises(CacheError):
            await adapter.set_many(values)
        assert await adapter.keys() == []

    async def test_keys_match_globs(self, adapter: CacheManager) -> None:
        r"""`keys` understands Redis' globs: `*`, `?`, `[a-c]`, `[^b]` and `\`; case matters, and `!` is a character."""
        await adapter.set_many(dict.fromkeys(["abc", "a*c", "a[b]", "a", "über"], 1))
        patterns = {"*": 5, "": 0, "a": 1, "ü*": 1, "A": 0, "A*": 0, "a[!x]c": 0, "a[!b]c": 1, "b*": 0, "*b": 0}
        assert {pattern: len(await adapter.keys(pattern)) for pattern in patterns} == patterns
        assert await adapter.keys("a?c") == ["a*c", "abc"]
        assert await adapter.keys("a[a-c]c") == ["abc"]
        assert await adapter.keys("a[^b]c") == ["a*c"]
        assert await adapter.keys("a\\*c") == ["a*c"]

    async def test_keys_can_be_given_back(self, adapter: CacheManager) -> None:
        """`keys` are texts, sorted by code point, and each can be given back, whatever bytes it was made of."""
        await adapter.set_many({b"\xff\xfe": 1, "b": 2, "a": 3, "C": 4, "ü": 5})
        found = await adapter.keys()
        assert found == sorted(found)
        assert [await adapter.get(key) for key in found] == [b"4", b"3", b"2", b"5", b"1"]

    async def test_clear_deletes_every_key(self, adapter: CacheManager) -> None:
        """`clear` deletes every key, those with a `ttl` too, and is fine on an empty cache."""
        await adapter.set_many({"a": 1, b"\xff": 2})
        await adapter.set_many({"b": 3}, ttl=60)
        await adapter.clear()
        assert await adapter.keys() == []
        await adapter.clear()

    async def test_callers_at_once_get_their_own_answers(self, adapter: CacheManager) -> None:
        """A hundred calls at once are answered each with its own value."""
        await asyncio.gather(*(adapter.set(f"key:{number}", number) for number in range(100)))
        found = await asyncio.gather(*(adapter.get(f"key:{number}") for number in range(100)))
        assert found == [str(number).encode() for number in range(100)]

    async def test_cancelled_call_harms_no_other(self, adapter: CacheManager) -> None:
        """After a call was cancelled half-way, later ones get their own answers."""
        await adapter.set_many({"a": "a", "b": "b"})
        for _ in range(5):
            task = asyncio.create_task(adapter.get("a"))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            assert await adapter.get("b") == b"b"

    # -- the end

    async def test_health_check_of_a_working_cache_is_true(self, adapter: CacheManager) -> None:
        """`health_check` is True."""
        assert await adapter.health_check() is True

    async def test_closing_twice_is_safe(self, adapter: CacheManager) -> None:
        """Closing a cache twice does nothing the second time, also where it was never used."""
        await self.close(adapter)
        await self.close(adapter)

    async def test_closed_cache_raises(self, adapter: CacheManager) -> None:
        """Any call after closing is a CacheError."""
        await adapter.set("key", 1)
        await self.close(adapter)
        calls: dict[str, Callable[[], Awaitable[Any]]] = {
            "adapter.get('key')": lambda: adapter.get("key"),
            "adapter.set('key', 2)": lambda: adapter.set("key", 2),
            "adapter.delete('key')": lambda: adapter.delete("key"),
            "adapter.exists('key')": lambda: adapter.exists("key"),
            "adapter.increment('n')": lambda: adapter.increment("n"),
            "adapter.increment('n', ttl=60)": lambda: adapter.increment("n", ttl=60),
            "adapter.get_many(['key'])": lambda: adapter.get_many(["key"]),
            "adapter.set_many({'key': 2})": lambda: adapter.set_many({"key": 2}),
            "adapter.expire('key', 60)": lambda: adapter.expire("key", 60),
            "adapter.ttl('key')": lambda: adapter.ttl("key"),
            "adapter.keys()": adapter.keys,
            "adapter.clear()": adapter.clear,
            "adapter.lock('lock')": lambda: adapter.lock("lock").__aenter__(),
            "adapter.publish('channel', 1)": lambda: adapter.publish("channel", 1),
        }
        for what, call in calls.items():
            with raising(CacheError, what):
                await call()

    async def test_closed_cache_is_not_healthy(self, adapter: CacheManager) -> None:
        """After closing `health_check` is False, and a subscription is a CacheError."""
        await self.close(adapter)
        assert await adapter.health_check() is False
        with pytest.raises(CacheError):
            async with adapter.subscribe("channel"):
                pass
