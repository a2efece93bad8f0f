"""Caches with one bug each, in values, counters and channels; see `test_broken_adapters`."""

BROKEN = {
    "get gives bytearray": (
        "test_value_comes_back",
        r"""
        async def get(self, k, /):
            f = await self.inner.get(k)
            return f if f is None else bytearray(f)
        """,
    ),
    "get_many reversed": (
        "test_get_many_gives_those_that_exist",
        r"""
        async def get_many(self, keys, /):
            f = await self.inner.get_many(keys)
            return dict(reversed(f.items()))
        """,
    ),
    "get_many in several steps": (
        "test_set_many_is_one_step",
        r"""
        async def get_many(self, keys, /):
            r = {}
            for k in keys:
                v = await self.inner.get(k)
                if v is not None:
                    r[k] = v
            return r
        """,
    ),
    "set_many in steps": (
        "test_set_many_is_one_step",
        r"""
        async def set_many(self, values, /, *, ttl=None):
            await self.inner.set_many({}, ttl=ttl)
            for v in values.values():
                if not isinstance(v, (int, str, bytes, float)):
                    raise CacheError("no")
            for k, v in values.items():
                await self.inner.set(k, v, ttl=ttl)
        """,
    ),
    "set_many ttl for last alone": (
        "test_set_many_sets_all_with_ttl",
        r"""
        async def set_many(self, values, /, *, ttl=None):
            await self.inner.set_many(values)
            if ttl is not None and values:
                await self.inner.expire(list(values)[-1], ttl)
        """,
    ),
    "set_many keeps old ttl": (
        "test_set_many_sets_all_with_ttl",
        r"""
        async def set_many(self, values, /, *, ttl=None):
            old = {k: await self.inner.ttl(k) for k in values}
            await self.inner.set_many(values, ttl=ttl)
            for k, t in old.items():
                if ttl is None and t and math.isfinite(t):
                    await self.inner.expire(k, t)
        """,
    ),
    "only_if_absent loses ttl": (
        "test_only_if_absent_sets_ttl",
        r"""
        async def set(self, k, v, /, *, ttl=None, only_if_absent=False):
            return await self.inner.set(k, v, ttl=None if only_if_absent else ttl, only_if_absent=only_if_absent)
        """,
    ),
    "increment ttl only when new": (
        "test_increment_sets_ttl_once",
        r"""
        async def increment(self, k, n=1, /, *, ttl=None):
            new = not await self.inner.exists(k)
            return await self.inner.increment(k, n, ttl=ttl if new else None)
        """,
    ),
    "increment of 0 is of 1": (
        "test_increment_of_nothing_counts",
        r"""
        async def increment(self, k, n=1, /, *, ttl=None):
            return await self.inner.increment(k, n or 1, ttl=ttl)
        """,
    ),
    "increment truncates a float": (
        "test_increment_takes_whole_amounts",
        r"""
        async def increment(self, k, n=1, /, *, ttl=None):
            return await self.inner.increment(k, int(n), ttl=ttl)
        """,
    ),
    "increment with ttl not atomic": (
        "test_increment_loses_nothing",
        r"""
        async def increment(self, k, n=1, /, *, ttl=None):
            if ttl is None:
                return await self.inner.increment(k, n)
            f = await self.inner.get(k)
            v = int(f or 0) + n
            if abs(v) >= 2**63:
                return await self.inner.increment(k, n, ttl=ttl)
            left = await self.inner.ttl(k)
            await self.inner.set(k, v, ttl=left if left and math.isfinite(left) else ttl)
            return v
        """,
    ),
    "keys by fnmatch": (
        "test_keys_match_globs",
        r"""
        async def keys(self, p="*", /):
            return [
                k
                for k in await self.inner.keys()
                if fnmatch.fnmatchcase(k, p.replace("[^", "[!").replace("\\*", "[*]"))
            ]
        """,
    ),
    "keys case insensitive": (
        "test_keys_match_globs",
        r"""
        async def keys(self, p="*", /):
            return sorted(set(await self.inner.keys(p)) | set(await self.inner.keys(p.lower())))
        """,
    ),
    "keys sorted ignoring case": (
        "test_keys_can_be_given_back",
        r"""
        async def keys(self, p="*", /):
            return sorted(await self.inner.keys(p), key=str.lower)
        """,
    ),
    "clear leaves keys with ttl": (
        "test_clear_deletes_every_key",
        r"""
        async def clear(self):
            for k in await self.inner.keys():
                if await self.inner.ttl(k) == math.inf:
                    await self.inner.delete(k)
        """,
    ),
    "messages by an async generator": (
        "test_reader_that_gave_up_loses_nothing",
        r"""
        @asynccontextmanager
        async def subscribe(self, *c):
            async with self.inner.subscribe(*c) as m:

                async def it():
                    async for x in m:
                        yield x

                yield it()
        """,
    ),
    "messages that wait with a dead task": (
        "test_reader_that_gave_up_loses_nothing",
        r"""
        @asynccontextmanager
        async def subscribe(self, *c):
            async with self.inner.subscribe(*c) as m:

                class It:
                    def __aiter__(s):
                        return s

                    async def __anext__(s):
                        x = await anext(m)
                        await asyncio.sleep(0.01)
                        return x

                yield It()
        """,
    ),
    "subscription lasts where its block raised": (
        "test_subscription_ends_with_its_block",
        r"""
        @asynccontextmanager
        async def subscribe(self, *c):
            cm = self.inner.subscribe(*c)
            self.__dict__.setdefault("l", []).append(cm)
            yield await cm.__aenter__()
            await cm.__aexit__(None, None, None)
        """,
    ),
    "slow subscriber loses messages": (
        "test_slow_subscriber_loses_nothing",
        r"""
        @asynccontextmanager
        async def subscribe(self, *c):
            async with self.inner.subscribe(*c) as m:
                q = asyncio.Queue(10)

                async def pump():
                    async for x in m:
                        if not q.full():
                            q.put_nowait(x)

                t = asyncio.create_task(pump())

                class It:
                    def __aiter__(s):
                        return s

                    async def __anext__(s):
                        return await q.get()

                yield It()
                t.cancel()
                await asyncio.wait([t])
        """,
    ),
    "channel twice received twice": (
        "test_channel_named_twice_is_one",
        r"""
        @asynccontextmanager
        async def subscribe(self, *c):
            async with self.inner.subscribe(*c) as m:

                class It:
                    pend = []

                    def __aiter__(s):
                        return s

                    async def __anext__(s):
                        if s.pend:
                            return s.pend.pop(0)
                        x = await anext(m)
                        s.pend += [x] * (c.count(x.channel) - 1)
                        return x

                yield It()
        """,
    ),
    "key of any type": (
        "test_key_that_is_no_text_is_refused",
        r"""
        async def get(self, k, /):
            return await self.inner.get(k if isinstance(k, (str, bytes)) else str(k))


        async def set(self, k, v, /, **o):
            return await self.inner.set(k if isinstance(k, (str, bytes)) else str(k), v, **o)
        """,
    ),
    "closed cache answers all but get": (
        "test_closed_cache_raises",
        r"""
        async def get(self, k, /):
            if self.__dict__.get("c"):
                raise CacheError("closed")
            return await self.inner.get(k)


        async def aclose(self):
            self.c = True


        async def health_check(self):
            return not self.__dict__.get("c")


        def subscribe(self, *c):
            if self.__dict__.get("c"):
                raise CacheError("closed")
            return self.inner.subscribe(*c)
        """,
    ),
}
