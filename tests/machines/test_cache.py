"""`CacheMachine` finds each sown bug, as what it is; and nothing in the reference service."""

import json
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from nexus.cache import CacheManager
from nexus.services import BaseService, inject
from nexus_testkit.errors import HarnessError
from nexus_testkit.machines import PROMISES, CacheMachine
from nexus_testkit.services import CacheService
from tests.machines.running import SEEDS, find_nothing, hunt, untimed


class NoneIsMissing(CacheService):
    """Takes a cached None for a missing key."""

    async def get(self, key, default=None):
        found = await super().get(key)
        return default if found is None else found


class ForgetsTtl(CacheService):
    """Keeps everything for as long as by default."""

    async def set(self, key, value, ttl=None):
        await super().set(key, value)


class HalvesTtl(CacheService):
    """Keeps values for half of their time."""

    async def set(self, key, value, ttl=None):
        await super().set(key, value, None if ttl is None else ttl / 2)


class CounterEndless(CacheService):
    """Forgets with each increment when a counter was to end."""

    async def increment(self, key, amount=1, *, ttl=None):
        count = await super().increment(key, amount, ttl=ttl)
        await self.cache.set(self._place(key), str(count))
        return count


class CounterOfAnything(CacheService):
    """Counts what is no number from 0."""

    async def increment(self, key, amount=1, *, ttl=None):
        found = await self.get(key, 0)
        if type(found) is not int:
            await self.delete(key)
        return await super().increment(key, amount, ttl=ttl)


class TuplesBecomeLists(CacheService):
    """Writes plain JSON where it can."""

    async def set(self, key, value, ttl=None):
        with suppress(TypeError):
            value = json.loads(json.dumps(value))
        await super().set(key, value, ttl)


class KeysFolded(CacheService):
    """Takes 'A' for 'a'."""

    def _place(self, key):
        return super()._place(key.lower())


class DeletesEverythingSaid(CacheService):
    """Says that it deleted whatever it was told to."""

    async def delete(self, key):
        await super().delete(key)
        return True


class DeletesNothing(CacheService):
    """Looks whether the key is there, and leaves it there."""

    async def delete(self, key):
        self._loads.forget(key)
        return await self.exists(key)


class LoadsForEach(CacheService):
    """Loads once for each caller; does not keep what a change has overtaken."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.changes = Counter()

    async def set(self, key, value, ttl=None):
        self.changes[key] += 1
        await super().set(key, value, ttl)

    async def delete(self, key):
        self.changes[key] += 1
        return await super().delete(key)

    async def get_or_load(self, key, load, *, ttl=None):
        missing = object()
        found = await self.get(key, missing)
        if found is missing:
            before = self.changes[key]
            found = await load()
            if self.changes[key] == before:
                await super().set(key, found, ttl)
        return found


class OvertakenKept(CacheService):
    """Keeps what it has loaded, whatever happened meanwhile."""

    async def get_or_load(self, key, load, **options):
        missing = object()
        loaded = missing

        async def noted():
            nonlocal loaded
            loaded = await load()
            return loaded

        found = await super().get_or_load(key, noted, **options)
        if loaded is not missing:
            await self.set(key, loaded, options.get("ttl"))
        return found


class FailureKept(CacheService):
    """Caches None where a load fails."""

    async def get_or_load(self, key, load, **options):
        try:
            return await super().get_or_load(key, load, **options)
        except Exception:
            await self.set(key, None)
            raise


class SetInTwoSteps(CacheService):
    """Deletes, then sets."""

    async def set(self, key, value, ttl=None):
        await self.cache.delete(self._place(key))
        await super().set(key, value, ttl)


BUGS = {
    NoneIsMissing: "none",
    ForgetsTtl: "expires",
    HalvesTtl: "lives",
    CounterEndless: "expires",
    CounterOfAnything: "counted",
    TuplesBecomeLists: "cached",
    KeysFolded: "apart",
    DeletesEverythingSaid: "told",
    DeletesNothing: "deleted",
    LoadsForEach: "shared",
    OvertakenKept: "overtaken",
    FailureKept: "failed load",
    SetInTwoSteps: "atomic",
}


@pytest.fixture(scope="module")
def table():
    lines = [f"{'bug of a cache':<22}{'found in run':<24}  as"]
    yield lines
    print("\n".join(lines))  # noqa: T201  # for pytest -rP


@pytest.mark.parametrize("service", BUGS)
def test_sown_bug_is_found(service, table):
    class Machine(CacheMachine):
        pass

    Machine.service = service
    found = [hunt(Machine, each) for each in SEEDS]
    table.append(f"{service.__name__:<22}{', '.join(str(run) for run, _ in found):<24}  {PROMISES[BUGS[service]]}")
    assert [error.promise for _, error in found] == [BUGS[service]] * len(found), [str(error) for _, error in found]


def test_reference_cache_service_keeps_every_promise():
    find_nothing(CacheMachine)


class Plain(BaseService):
    """`get` takes no default, `delete` says nothing, and nobody asks what `exists`."""

    def __init__(self, cache: CacheManager = inject()):
        super().__init__()
        self.cache = cache

    async def set(self, key, value, ttl=None):
        await self.cache.set(key, value, ttl=ttl)

    async def get(self, key):
        return await self.cache.get(key)

    async def delete(self, key):
        await self.cache.delete(key)


class Undeleted(Plain):
    """Deletes nothing."""

    async def delete(self, key):
        pass


class PlainMachine(CacheMachine):
    service = Plain
    values = st.binary(max_size=2)
    ttls = (None, 1, 60)
    default_ttl = None
    tells_deletion = False


def test_cache_that_says_less_is_sound():
    find_nothing(PlainMachine)


def test_cache_that_says_less_is_held_to_the_rest():
    class Machine(PlainMachine):
        service = Undeleted

    assert hunt(Machine, 1)[1].promise == "deleted"


def test_deletion_that_says_nothing_is_told_with_its_attribute():
    class Machine(PlainMachine):
        tells_deletion = True

    assert "Hint: where it never says whether there was anything, tells_deletion = False" in str(hunt(Machine, 1)[1])


def test_cache_without_a_method_is_refused():
    class Machine(CacheMachine):
        service = BaseService

    with pytest.raises(HarnessError, match="BaseService has no asynchronous method 'set'"):
        run_state_machine_as_test(Machine, settings=untimed(1))
