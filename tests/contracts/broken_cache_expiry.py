"""Caches with one bug each, in times to live and locks; see `test_broken_adapters`."""

BROKEN = {
    "ttl of set loses its fraction above a second": (
        "test_ttl_keeps_its_fraction",
        r"""
        async def set(self, k, v, /, *, ttl=None, **o):
            if isinstance(ttl, float) and ttl > 1 and math.isfinite(ttl):
                ttl = int(ttl)
            return await self.inner.set(k, v, ttl=ttl, **o)
        """,
    ),
    "ttl capped at 30 days": (
        "test_ttl_may_be_long",
        r"""
        async def set(self, k, v, /, *, ttl=None, **o):
            if isinstance(ttl, (int, float)) and 30 * 86400 < ttl < math.inf:
                ttl = 30 * 86400
            return await self.inner.set(k, v, ttl=ttl, **o)
        """,
    ),
    "ttl given as whole seconds, floor": (
        "test_ttl_keeps_its_fraction",
        r"""
        async def ttl(self, k, /):
            f = await self.inner.ttl(k)
            return float(math.floor(f)) if f and math.isfinite(f) else f
        """,
    ),
    "get refreshes ttl": (
        "test_reading_prolongs_no_life",
        r"""
        def _t(self):
            return self.__dict__.setdefault("ttls", {})


        async def set(self, k, v, /, *, ttl=None, **o):
            r = await self.inner.set(k, v, ttl=ttl, **o)
            if r:
                self._t()[k] = ttl
            return r


        async def get(self, k, /):
            f = await self.inner.get(k)
            if f is not None and self._t().get(k):
                await self.inner.expire(k, self._t()[k])
            return f
        """,
    ),
    "exists refreshes ttl": (
        "test_reading_prolongs_no_life",
        r"""
        async def exists(self, k, /):
            f = await self.inner.exists(k)
            if f and math.isfinite(await self.inner.ttl(k) or 0):
                await self.inner.expire(k, 60)
            return f
        """,
    ),
    "set_many ttl of 0 lasts": (
        "test_ttl_of_nothing_is_refused",
        r"""
        async def set_many(self, values, /, *, ttl=None):
            await self.inner.set_many(values, ttl=ttl or None)
        """,
    ),
    "increment ttl 0 ignored": (
        "test_ttl_of_nothing_is_refused",
        r"""
        async def increment(self, k, n=1, /, *, ttl=None):
            return await self.inner.increment(k, n, ttl=ttl or None)
        """,
    ),
    "increment counts and then refuses ttl": (
        "test_ttl_of_nothing_is_refused",
        r"""
        async def increment(self, k, n=1, /, *, ttl=None):
            r = await self.inner.increment(k, n)
            if ttl is not None:
                await self.inner.increment(k, 0, ttl=ttl)
            return r
        """,
    ),
    "expire loses fraction": (
        "test_ttl_keeps_its_fraction",
        r"""
        async def expire(self, k, t, /):
            if isinstance(t, float) and math.isfinite(t):
                t = math.ceil(t)
            return await self.inner.expire(k, t)
        """,
    ),
    "expire takes no timedelta": (
        "test_ttl_may_be_a_timedelta",
        r"""
        async def expire(self, k, t, /):
            if isinstance(t, timedelta):
                raise TypeError("seconds")
            return await self.inner.expire(k, t)
        """,
    ),
    "expire only lengthens": (
        "test_expire_replaces_the_ttl",
        r"""
        async def expire(self, k, t, /):
            old = await self.inner.ttl(k)
            if t and old and math.isfinite(old) and t < old:
                return True
            return await self.inner.expire(k, t)
        """,
    ),
    "expire only shortens": (
        "test_expire_replaces_the_ttl",
        r"""
        async def expire(self, k, t, /):
            old = await self.inner.ttl(k)
            if t and old and t > old:
                return True
            return await self.inner.expire(k, t)
        """,
    ),
    "expire of inf lasts": (
        "test_ttl_that_is_no_number_is_refused",
        r"""
        async def expire(self, k, t, /):
            return await self.inner.expire(k, None if t == math.inf else t)
        """,
    ),
    "increment takes no timedelta": (
        "test_ttl_may_be_a_timedelta",
        r"""
        async def increment(self, k, n=1, /, *, ttl=None):
            if isinstance(ttl, timedelta):
                raise TypeError("seconds")
            return await self.inner.increment(k, n, ttl=ttl)
        """,
    ),
    "set_many takes no timedelta": (
        "test_ttl_may_be_a_timedelta",
        r"""
        async def set_many(self, v, /, *, ttl=None):
            if isinstance(ttl, timedelta):
                raise TypeError("seconds")
            return await self.inner.set_many(v, ttl=ttl)
        """,
    ),
    "lock takes no timedelta": (
        "test_ttl_may_be_a_timedelta",
        r"""
        def lock(self, name, /, *, ttl=10, wait=None):
            if isinstance(ttl, timedelta):
                raise TypeError("seconds")
            return self.inner.lock(name, ttl=ttl, wait=wait)
        """,
    ),
    "lock of ttl 0 lasts": (
        "test_ttl_of_nothing_is_refused",
        r"""
        def lock(self, name, /, *, ttl=10, wait=None):
            return self.inner.lock(name, ttl=ttl or 10, wait=wait)
        """,
    ),
    "lock tries once where wait is given": (
        "test_lock_that_is_released_in_time_is_acquired",
        r"""
        def lock(self, name, /, *, ttl=10, wait=None):
            return self.inner.lock(name, ttl=ttl, wait=None if wait is None else 0)
        """,
    ),
    "lock wait is for ever": (
        "test_lock_gives_up_in_time",
        r"""
        def lock(self, name, /, *, ttl=10, wait=None):
            return self.inner.lock(name, ttl=ttl, wait=wait if wait in (None, 0) else 5)
        """,
    ),
    "lost lock hides the block's error": (
        "test_blocks_own_error_comes_before_a_lost_lock",
        r"""
        @asynccontextmanager
        async def lock(self, name, /, *, ttl=10, wait=None):
            l = self.inner.lock(name, ttl=ttl, wait=wait)
            await l.__aenter__()
            try:
                yield
            finally:
                await l.__aexit__(None, None, None)
        """,
    ),
    "expired keys still deletable": (
        "test_expired_key_is_absent",
        r"""
        async def delete(self, *keys):
            seen = self.__dict__.setdefault("seen", set())
            r = await self.inner.delete(*keys)
            out = r or any(k in seen for k in keys)
            seen -= set(keys)
            return out


        async def set(self, k, v, /, **o):
            self.__dict__.setdefault("seen", set()).add(k)
            return await self.inner.set(k, v, **o)
        """,
    ),
    "get_many gives expired": (
        "test_expired_key_is_absent",
        r"""
        async def get_many(self, keys, /):
            keys = list(keys)
            old = self.__dict__.setdefault("old", {})
            f = await self.inner.get_many(keys)
            return {k: f.get(k, old.get(k)) for k in keys if k in f or k in old}


        async def set(self, k, v, /, **o):
            r = await self.inner.set(k, v, **o)
            if o.get("ttl"):
                self.__dict__.setdefault("old", {})[k] = await self.inner.get(k)
            return r
        """,
    ),
}
