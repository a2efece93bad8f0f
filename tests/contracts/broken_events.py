"""Stores of events with one bug each; see `test_broken_adapters`."""

BROKEN = {
    "events ignores the type with since": (
        "test_type_and_since_select_together",
        r"""
        async def events(self, t=None, /, *, since=None):
            return await self.inner.events(None if since else t, since=since)
        """,
    ),
    "events ignores since with a type": (
        "test_type_and_since_select_together",
        r"""
        async def events(self, t=None, /, *, since=None):
            f = await self.inner.events(t, since=since)
            return await self.inner.events(t) if t else f
        """,
    ),
    "counts ignores the type with since": (
        "test_type_and_since_select_together",
        r"""
        async def counts(self, t=None, /, *, since=None):
            return await self.inner.counts(None if since else t, since=since)
        """,
    ),
    "an empty type is any": (
        "test_type_selects",
        r"""
        async def events(self, t=None, /, *, since=None):
            return await self.inner.events(t or None, since=since)


        async def counts(self, t=None, /, *, since=None):
            return await self.inner.counts(t or None, since=since)
        """,
    ),
    "order by local time as text": (
        "test_times_of_several_zones_are_compared",
        r"""
        async def append(self, e, /):
            self.__dict__.setdefault("at", {}).update({x.id: x.timestamp.isoformat() for x in e})
            await self.inner.append(e)


        async def events(self, t=None, /, *, since=None):
            return sorted(await self.inner.events(t, since=since), key=lambda e: self.__dict__["at"][e.id])
        """,
    ),
    "later batches of a moment first": (
        "test_events_are_ordered_by_time_then_arrival",
        r"""
        n = 0


        async def append(self, e, /):
            self.n -= 1
            for x in e:
                self.__dict__.setdefault("b", {}).setdefault(x.id, self.n)
            await self.inner.append(e)


        async def events(self, t=None, /, *, since=None):
            return sorted(
                await self.inner.events(t, since=since), key=lambda e: (e.timestamp, self.__dict__["b"][e.id])
            )
        """,
    ),
    "since of events to the second": (
        "test_since_is_inclusive",
        r"""
        async def events(self, t=None, /, *, since=None):
            return await self.inner.events(t, since=since and since.replace(microsecond=0))
        """,
    ),
    "since ignores its zone": (
        "test_times_of_several_zones_are_compared",
        r"""
        async def events(self, t=None, /, *, since=None):
            return await self.inner.events(t, since=since and since.tzinfo and since.replace(tzinfo=UTC) or since)


        async def counts(self, t=None, /, *, since=None):
            return await self.inner.counts(t, since=since and since.tzinfo and since.replace(tzinfo=UTC) or since)
        """,
    ),
    "types by prefix": (
        "test_type_selects",
        r"""
        async def events(self, t=None, /, *, since=None):
            return [e for e in await self.inner.events(since=since) if t is None or e.event_type.startswith(t)]
        """,
    ),
    "at most 100 events": (
        "test_many_events_at_once",
        r"""
        async def events(self, t=None, /, *, since=None):
            return (await self.inner.events(t, since=since))[:100]
        """,
    ),
    "ids ignore case": (
        "test_ids_are_taken_as_they_are",
        r"""
        async def append(self, e, /):
            await self.inner.append([replace(x, id=x.id.lower()) for x in e])
        """,
    ),
    "ids ignore case for duplicates": (
        "test_ids_are_taken_as_they_are",
        r"""
        async def append(self, e, /):
            s = self.__dict__.setdefault("s", {})
            await self.inner.append([x for x in e if s.setdefault(x.id.lower(), x.id) == x.id])
        """,
    ),
    "the last of a repetition stays": (
        "test_repetition_within_one_append_counts_once",
        r"""
        async def append(self, e, /):
            last = {x.id: x for x in e}
            await self.inner.append(list(last.values()))
        """,
    ),
    "large numbers lose digits": (
        "test_large_numbers_come_back",
        r"""
        async def append(self, e, /):
            await self.inner.append(
                [
                    replace(x, properties={k: float(v) if type(v) is int else v for k, v in x.properties.items()})
                    for x in e
                ]
            )
        """,
    ),
    "append takes a list only": (
        "test_events_are_ordered_by_time_then_arrival",
        r"""
        async def append(self, e, /):
            await self.inner.append([] + e)
        """,
    ),
}
