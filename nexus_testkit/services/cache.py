"""`CacheService`: values of Python in a cache, and back as what they were."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from nexus_testkit.container import inject
from nexus_testkit.errors import CacheError, CacheTypeError, CacheValueError, ValidationError
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.services.base import BaseService
from nexus_testkit.services.cache_codec import decode, encode, fingerprint
from nexus_testkit.services.options import Options
from nexus_testkit.services.single_flight import Flight, SingleFlight

T = TypeVar("T")
Ttl = int | float | timedelta

LIST_TTL_S = 300
_LIST_GENERATION = "users:list:generation"
_OUTAGE = (CacheError, OSError)  # OSError: connections that break below the driver, TimeoutError among them


class Missing:
    """The type of `MISSING`."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()
"""Stands for a missing key where None could be a cached value: `await cache.get(key, MISSING) is MISSING`."""


class CacheService(BaseService):
    """Service for caching operations.

    Values come back equal and of the same types (see `cache_codec`). Keys are texts; each is stored with the
    namespace in front, so that two plugins can share a server. `key("user", name)` makes a key of parts that
    may hold anything.

    Times to live are seconds or a timedelta, above zero; None is `default_ttl` and `math.inf` never expires.

    Options (`config`): `namespace` ("nexus"; "" for none), `default_ttl` (3600 seconds).
    """

    def __init__(self, cache: CacheManager = inject(), *, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        options = Options(self.config, service=type(self).__name__)
        self.cache = cache
        self.namespace = options.text("namespace", "nexus")
        self.default_ttl = options.number("default_ttl", 3600, positive=True)  # 1 hour
        self._loads = SingleFlight()

    async def _teardown(self) -> None:
        await self._loads.aclose()

    @staticmethod
    def key(*parts: object) -> str:
        """A key of several parts, joined by `:`; what is in a part cannot be taken for the end of it."""
        return ":".join(quote(str(part), safe="@.+ ", errors="surrogatepass") for part in parts)

    async def set(self, key: str, value: Any, ttl: Ttl | None = None) -> None:
        """Store a value.

        Raises:
            CacheValueError: it holds something that would not come back as it was.
            ValidationError: `ttl` is zero or negative, or `key` is no text.
        """
        place, seconds, text = self._place(key), self._seconds(ttl), encode(value, key=key)
        self._loads.forget(key)
        await self.cache.set(place, text, ttl=seconds)
        self.logger.debug("Cached value", key=key)

    async def get(self, key: str, default: Any = None) -> Any:
        """The value, or `default` where the key is missing. A cached None is a value: see `MISSING`.

        Raises:
            CacheValueError: what is there was not written by `set`.
        """
        data = await self.cache.get(self._place(key))
        return default if data is None else decode(data, key=key)

    async def delete(self, key: str) -> bool:
        """Delete a key; False where it was missing. A `get_or_load` that is under way will not bring it back."""
        place = self._place(key)
        self._loads.forget(key)
        deleted = await self.cache.delete(place)
        if deleted:
            self.logger.debug("Deleted cache key", key=key)
        return deleted

    async def exists(self, key: str) -> bool:
        """Whether the key is there."""
        return await self.cache.exists(self._place(key))

    async def increment(self, key: str, amount: int = 1, *, ttl: Ttl | None = None) -> int:
        """Add to a counter and give its new value; a missing one counts from 0.

        A new counter gets its time to live in the same step, an old one keeps the one that it has.

        Raises:
            CacheValueError: what is there is no integer, or the sum has more than 64 bits.
        """
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise ValidationError(f"amount must be an int, not {amount!r}", field="amount")
        try:
            return await self.cache.increment(self._place(key), amount, ttl=self._seconds(ttl))
        except CacheTypeError as error:
            raise CacheValueError(
                f"{key!r} is no counter: {error}", key=key, hint="delete it first, or count under another key"
            ) from error

    async def get_or_load(
        self,
        key: str,
        load: Callable[[], Awaitable[T]],
        *,
        ttl: Ttl | None = None,
        absent_ttl: Ttl | None = None,
    ) -> T:
        """The cached value; where it is missing, what `load` gives, which is then cached.

        - Callers at the same time share one `load`. Each gets an object of its own, the same from cache and
          from `load`.
        - A None is kept for `absent_ttl` (`ttl`, where it is not given): what is not there now may soon be.
        - `set(key)` and `delete(key)` during a `load` win: the outdated result goes to those who waited, and is
          not kept.
        - A cache that is down, or holds something unreadable, costs a warning and a `load`, not the answer.

        Raises:
            Exception: whatever `load` raises; nothing is cached then.
            CacheValueError: what `load` gave cannot be cached.
        """
        seconds = self._seconds(ttl)
        absent_seconds = seconds if absent_ttl is None else self._seconds(absent_ttl)
        self._place(key)

        async def load_and_keep(flight: Flight) -> str:
            value = await load()
            text = encode(value, key=key)
            await self._keep(key, text, absent_seconds if value is None else seconds, flight)
            return text

        cached = await self._cached_or_missing(key)
        if not isinstance(cached, Missing):
            return cached  # type: ignore[no-any-return]  # what was cached under this key is what `load` gave
        value: T = decode(await self._loads.do(key, load_and_keep), key=key)
        return value

    async def set_user_cache(self, user_id: int, data: Mapping[str, Any], ttl: Ttl | None = None) -> None:
        """Cache a user's data."""
        await self.set(self.user_key(user_id), data, ttl)

    async def get_user_cache(self, user_id: int) -> dict[str, Any] | None:
        """A user's cached data, or None."""
        user: dict[str, Any] | None = await self.get(self.user_key(user_id))
        return user

    async def invalidate_user_cache(self, user_id: int) -> bool:
        """Forget a user's cached data; False where there was none."""
        return await self.delete(self.user_key(user_id))

    async def cache_user_list(
        self, filters: Mapping[str, Any], users: list[dict[str, Any]], ttl: Ttl | None = None
    ) -> None:
        """Cache the users that match `filters`, for 5 minutes unless `ttl` says otherwise."""
        await self.set(await self._list_key(filters), users, LIST_TTL_S if ttl is None else ttl)

    async def get_cached_user_list(self, filters: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """The users cached for the same filters, in whatever order these are given; or None."""
        users: list[dict[str, Any]] | None = await self.get(await self._list_key(filters))
        return users

    async def invalidate_user_lists(self) -> None:
        """Forget every cached list of users.

        The lists' keys hold the number of a generation, and this begins the next one: one step, however many
        lists there are, where looking for them (KEYS, SCAN) would read the whole server. The old ones expire by
        themselves.
        """
        await self.increment(_LIST_GENERATION, ttl=math.inf)

    @classmethod
    def user_key(cls, user_id: int) -> str:
        """The key of a user's cached data."""
        return cls.key("user", user_id)

    async def _list_key(self, filters: Mapping[str, Any]) -> str:
        generation = await self.get(_LIST_GENERATION, 0)
        return self.key("users", "list", generation, fingerprint(filters, key="users:list"))

    async def _cached_or_missing(self, key: str) -> Any:
        try:
            return await self.get(key, MISSING)
        except _OUTAGE as error:
            self.logger.warning("The cache is down, reading past it", key=key, error=error)
        except CacheValueError as error:
            self.logger.warning("Replacing an unreadable cache entry", key=key, error=error)
        return MISSING

    async def _keep(self, key: str, text: str, seconds: float | None, flight: Flight) -> None:
        if flight.outdated:
            return
        place = self._place(key)
        try:
            await self.cache.set(place, text, ttl=seconds)
            if flight.outdated:  # changed while this was being written, and the change may have arrived first
                await self.cache.delete(place)
        except _OUTAGE as error:
            self.logger.warning("The cache is down, nothing was kept", key=key, error=error)

    def _place(self, key: object) -> str:
        if not isinstance(key, str) or not key:
            raise ValidationError(
                f"a cache key must be a text that is not empty, not {key!r}",
                field="key",
                hint="CacheService.key(*parts) makes one",
            )
        return f"{self.namespace}:{key}" if self.namespace else key

    def _seconds(self, ttl: Ttl | None) -> float | None:
        if ttl is None:
            ttl = self.default_ttl
        seconds = ttl.total_seconds() if isinstance(ttl, timedelta) else ttl
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
            raise ValidationError(
                f"ttl must be above 0, not {ttl!r}",
                field="ttl",
                hint="None is the default, math.inf never expires, delete() ends it now",
            )
        return None if seconds == math.inf else seconds
