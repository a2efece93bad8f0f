"""`nexus.cache`: what is in the cache."""

from __future__ import annotations

import asyncio
import json
import math
from contextlib import suppress
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, NamedTuple

from nexus_testkit.errors import CacheTypeError, CacheValueError
from nexus_testkit.journal.cache import SeamedCache
from nexus_testkit.journal.forms import HIDDEN
from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.cache import CacheManager, Key
from nexus_testkit.services import cache_codec
from nexus_testkit.simulation import SimulationLoop

_ANY: Any = object()
_LONGEST_SHOWN = 160
_MOST_SHOWN = 8
_MILLISECOND = 0.001


class Entry(NamedTuple):
    """One key of the cache.

    Attributes:
        value: the stored bytes; the members, for a list, hash, set, sorted set or stream.
        ttl: seconds left, `math.inf` where it never expires.
    """

    value: Any
    ttl: float


class CacheHandle(SeamedCache):
    """The cache, with assertions that go round the journal.

    Assertions take a key as it stands in Redis or without the namespace that CacheService puts before it.
    """

    def __init__(self, adapter: CacheManager, seam: Seam) -> None:
        """Wrap the adapter; assertions go round `seam`."""
        super().__init__(adapter, seam)
        self._adapter = adapter

    async def dump(self) -> dict[str, Entry]:
        """Everything that is in the cache, sorted by key."""
        return {key: entry for key in await self._adapter.keys() if (entry := await self._entry(key)) is not None}

    async def assert_has(
        self, key: Key, /, *, value: Any = _ANY, ttl: float | timedelta | None = _ANY, tolerance_s: float | None = None
    ) -> Entry:
        """Assert that a key is there; what it holds.

        Args:
            key: as stored, or without its namespace.
            value: what it holds: as bytes, as text, or as what JSON or CacheService reads from it.
            ttl: the seconds it still has to live; None means for ever.
            tolerance_s: by how much the time to live may differ; left out, 0 in virtual time (0.01 on a real server there) and 1
                in real time.

        Raises:
            AssertionError: with what the key holds instead, or the nearest keys there are.
        """
        stored = await self.dump()
        name = _find(key, stored)
        if name is None:
            raise AssertionError(
                "\n".join([f"expected a key {_text(key)!r}, it is missing", *self._listing(_text(key), stored)])
            )
        entry = stored[name]
        wrong = []
        if value is not _ANY and not _holds(entry.value, value):
            wrong += [f"  expected: {value!r}", f"  found:    {_readable(entry.value)}"]
        if ttl is not _ANY and not _lasts(entry.ttl, ttl, _tolerance(tolerance_s, self._adapter)):
            wrong.append(f"  expected a ttl of {_seconds(ttl)}, found {_seconds(entry.ttl)}")
        if wrong:
            raise AssertionError("\n".join([f"the key {name!r} is not as expected", *wrong]))
        return entry

    async def assert_missing(self, key: Key, /) -> None:
        """Assert that a key is not there, neither as given nor in a namespace.

        Raises:
            AssertionError: with what it holds.
        """
        stored = await self.dump()
        name = _text(key)
        found = [name] if name in stored else _namespaced(name, stored)
        if found:
            lines = [f"expected no key {name!r}", *(f"  {self._line(each, stored[each])}" for each in found)]
            raise AssertionError("\n".join(lines))

    async def assert_count(self, count: int, /, pattern: str = "*") -> None:
        """Assert how many keys match a Redis glob.

        Raises:
            AssertionError: with the keys.
        """
        matching = await self._adapter.keys(pattern)
        if len(matching) != count:
            stored = await self.dump()
            lines = [f"  {self._line(key, stored[key])}" for key in matching[:_MOST_SHOWN] if key in stored]
            if not matching:
                lines = self._listing(pattern, stored)  # what there is instead, the nearest first
            raise AssertionError(
                "\n".join([f"expected {count} key(s) like {pattern!r}, found {len(matching)}", *lines])
            )

    def _listing(self, name: str, stored: dict[str, Entry]) -> list[str]:
        if not stored:
            return ["  the cache is empty"]
        near = get_close_matches(name, stored, n=_MOST_SHOWN, cutoff=0.3) or list(stored)[:_MOST_SHOWN]
        lines = [f"  {self._line(each, stored[each])}" for each in near]
        return lines if len(near) == len(stored) else [*lines, f"  and {len(stored) - len(near)} more"]

    def _line(self, key: str, entry: Entry) -> str:
        """A key that is only shown beside the one that was asked for: without its secrets."""
        redaction = self._seam.journal.redaction
        value = HIDDEN if redaction.hides_key(key) else redaction.text(_readable(entry.value))
        return f"{redaction.text(repr(key))} = {value}, ttl {_seconds(entry.ttl)}"

    async def _entry(self, key: str) -> Entry | None:
        left = await self._adapter.ttl(key)
        if left is None:
            return None
        try:
            value: Any = await self._adapter.get(key)
        except CacheTypeError:
            value = await _members(self._adapter.client, key.encode("utf-8", "surrogateescape"))
        return None if value is None else Entry(value, left)


async def _members(client: Any, key: bytes) -> Any:
    kind = (await client.type(key)).decode()
    match kind:
        case "hash":
            return await client.hgetall(key)
        case "list":
            return await client.lrange(key, 0, -1)
        case "set":
            return await client.smembers(key)
        case "zset":
            return await client.zrange(key, 0, -1, withscores=True)
        case "stream":
            return await client.xrange(key)
        case _:
            return f"<{kind}>"


def _find(key: Key, stored: dict[str, Entry]) -> str | None:
    name = _text(key)
    if name in stored:
        return name
    found = _namespaced(name, stored)
    if len(found) > 1:
        lines = [f"the key {name!r} is in several namespaces; name one of", *(f"  {each!r}" for each in found)]
        raise AssertionError("\n".join(lines))
    return found[0] if found else None


def _namespaced(name: str, stored: dict[str, Entry]) -> list[str]:
    return [each for each in stored if each.endswith(f":{name}")]


def _holds(stored: Any, wanted: Any) -> bool:
    return any(type(form) is type(wanted) and form == wanted for form in _forms(stored))


def _forms(stored: Any) -> list[Any]:
    """Everything that a stored value can be read as: bytes, text, JSON, what CacheService makes of that."""
    forms = [stored]
    if isinstance(stored, bytes):
        with suppress(ValueError, CacheValueError):
            forms.append(stored.decode())
            forms.append(json.loads(stored))
            forms.append(cache_codec.decode(stored, key=""))
    return forms


def _tolerance(given: float | None, adapter: object) -> float:
    if given is not None:
        return given
    return getattr(adapter, "drift_s", 0.0) if isinstance(asyncio.get_running_loop(), SimulationLoop) else 1.0


def _lasts(left: float, wanted: float | timedelta | None, tolerance_s: float) -> bool:
    seconds = math.inf if wanted is None else wanted.total_seconds() if isinstance(wanted, timedelta) else wanted
    if math.isinf(left) or math.isinf(seconds):
        return left == seconds
    return abs(left - seconds) < tolerance_s + _MILLISECOND  # Redis counts whole milliseconds


def _readable(value: Any) -> str:
    if isinstance(value, bytes):
        with suppress(UnicodeDecodeError):
            value = value.decode()
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _seconds(ttl: float | timedelta | None) -> str:
    if ttl is None or ttl == math.inf:
        return "for ever"
    return f"{ttl.total_seconds() if isinstance(ttl, timedelta) else ttl:g} s"


def _text(key: Key) -> str:
    return key if isinstance(key, str) else key.decode("utf-8", "surrogateescape")
