"""`CacheMachine`: holds a cache service to what its callers rely on."""

from __future__ import annotations

import asyncio
import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from nexus_testkit.errors import CacheValueError, HarnessError
from nexus_testkit.machines.cache_values import same_value, takes_default
from nexus_testkit.machines.promises import Broken
from nexus_testkit.machines.steps import Name, call
from nexus_testkit.machines.world import WorldMachine
from nexus_testkit.services.cache import CacheService

_LEAVES = st.sampled_from(
    [None, True, False, 0, 1, 1.0, -7, "", "1", "é", b"\x00", (1, 2), datetime(2026, 1, 1, tzinfo=UTC), Decimal("1.50")]
)
_VALUES = _LEAVES | st.lists(_LEAVES, max_size=2) | st.dictionaries(st.sampled_from(["a", "$a"]), _LEAVES, max_size=2)
_OUR_KEYS = st.runner().flatmap(lambda machine: machine.keys)
_OUR_VALUES = st.runner().flatmap(lambda machine: machine.values)
_OUR_TTLS = st.runner().flatmap(lambda machine: st.sampled_from(machine.ttls))
# No sum of a few of them is one of the times to live: whether a value is there at that very moment nobody asks.
_WAITS_S = (0.7, 37, 3_000)


@dataclass(frozen=True, slots=True)
class _Entry:
    value: Any
    expires: float | None


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


_MISSING = _Missing()


class CacheMachine(WorldMachine):
    """A property test of a cache service; `service = YourCache` holds your own to what `CacheService` keeps.

    The service has `set(key, value, ttl=)`, `get(key, default)`, `delete(key)`, and perhaps `exists(key)`,
    `increment(key, amount, ttl=)` and `get_or_load(key, load, ttl=)`; what it lacks is left out. Where `get` takes no default, None
    is what is missing, and `values` must draw no None. Each run sets, reads, counts and loads, one by one and at the same time, while time passes, calls of the cache fail or lose their reply, and
    the service stops and starts again.

    Attributes:
        service: the class.
        keys, values: strategies of what is cached under what.
        ttls: times to live in seconds; None is the default, `math.inf` never ends.
        default_ttl: seconds that None stands for; None: for ever.
        tells_deletion: whether `delete` says if there was anything.
        invalid: what `increment` raises where there is no whole number.
        with_faults: whether calls of the cache fail.
    """

    service: ClassVar[Any] = CacheService
    keys: ClassVar[st.SearchStrategy[str]] = st.sampled_from(["a", "A", "a:b", "*"])
    values: ClassVar[st.SearchStrategy[Any]] = _VALUES
    ttls: ClassVar[tuple[float | None, ...]] = (None, 1, 60, math.inf)
    default_ttl: ClassVar[float | None] = 3_600
    tells_deletion: ClassVar[bool] = True
    invalid: ClassVar[type[Exception]] = CacheValueError
    with_faults: ClassVar[bool] = True

    async def begin(self) -> None:
        """Start the service.

        Raises:
            HarnessError: it lacks a method that it must have, or one is not asynchronous.
        """
        for role in ("set", "get", "delete"):
            method = getattr(self.service, role, None)
            if not callable(method) or not inspect.iscoroutinefunction(inspect.unwrap(method)):
                raise HarnessError(
                    f"{self.service.__name__} has no asynchronous method {role!r}",
                    hint=f"async def {role}(self, key, ...)",
                )
        self._gives_default = takes_default(self.service.get)
        self._cache = await self.nexus.service(self.service)
        self.steps.begin(f"cache = await nexus.service({self.service.__name__})")
        self._there: dict[str, _Entry] = {}
        self._gone: dict[str, str] = {}  # which promise is broken where the key is there all the same

    # -- one by one

    @rule(key=_OUR_KEYS, value=_OUR_VALUES, ttl=_OUR_TTLS)
    def set(self, key: str, value: Any, ttl: float | None) -> None:
        """Cache a value."""
        self.run(self._set(key, value, ttl))

    async def _set(self, key: str, value: Any, ttl: float | None) -> None:
        await self._meet(key)
        await self._ask("set", key, value, ttl=ttl)
        self._keep(key, value, ttl)
        await self._look(key, "cached")

    @rule(key=_OUR_KEYS)
    def delete(self, key: str) -> None:
        """Delete a key, whether it is there or not."""
        self.run(self._delete(key))

    async def _delete(self, key: str) -> None:
        await self._meet(key)
        there = self._entry(key) is not None
        told = await self._ask("delete", key)
        if self.tells_deletion and told is not there:
            hint = "Hint: where it never says whether there was anything, tells_deletion = False"
            raise Broken(
                "told", f"{self._line('delete', key)} gave {told!r}; it was {'' if there else 'not '}there", hint
            )
        self._forget(key)
        await self._look(key, "cached")

    @precondition(lambda self: self._can("increment"))
    @rule(key=_OUR_KEYS, amount=st.sampled_from([1, 5, -2]), ttl=_OUR_TTLS)
    def increment(self, key: str, amount: int, ttl: float | None) -> None:
        """Count."""
        self.run(self._increment(key, amount, ttl))

    async def _increment(self, key: str, amount: int, ttl: float | None) -> None:
        await self._meet(key)
        entry = self._entry(key)
        if entry is not None and entry.expires is None:
            ttl = math.inf  # whether a counter that never ends gets an end is the service's
        line = self._line("increment", key, amount, ttl=ttl)
        if entry is not None and type(entry.value) is not int:
            try:
                given = await self._ask("increment", key, amount, ttl=ttl)
            except self.invalid:
                await self._look(key, "counted")
                return
            raise Broken("counted", f"{line} gave {given!r}, and {entry.value!r} was there")
        wanted = amount if entry is None else entry.value + amount
        given = await self._ask("increment", key, amount, ttl=ttl)
        if given != wanted:
            raise Broken("counted", f"{line} gave {given!r}, not {wanted}")
        if entry is None:
            self._keep(key, wanted, ttl)
        else:  # the time to live is that of the first one
            self._there[key] = _Entry(wanted, entry.expires)
        await self._look(key, "counted")

    @rule(seconds=st.sampled_from(_WAITS_S))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.run(self._wait(seconds))

    async def _wait(self, seconds: float) -> None:
        self.steps.add(f"await nexus.clock.advance(seconds={seconds})")
        await self.nexus.clock.advance(seconds=seconds)
        await self._look(None, "lives")

    @rule()
    def reopen(self) -> None:
        """Stop the service, and start another instance of it: what was cached is still there."""
        self.run(self._reopen())

    async def _reopen(self) -> None:
        self._cache = await self.restart(self.service)
        await self._look(None, "reopened")

    # -- loading

    @precondition(lambda self: self._can("get_or_load"))
    @rule(key=_OUR_KEYS, value=_OUR_VALUES, ttl=_OUR_TTLS, callers=st.integers(1, 3))
    def load(self, key: str, value: Any, ttl: float | None, callers: int) -> None:
        """Ask for a value that may have to be loaded, from several tasks at once."""
        self.run(self._load(key, value, ttl, callers))

    async def _load(self, key: str, value: Any, ttl: float | None, callers: int) -> None:
        loads = 0

        async def load() -> Any:
            nonlocal loads
            loads += 1
            await asyncio.sleep(0.01)
            return value

        await self._meet(key)
        entry = self._entry(key)
        line = call("cache.get_or_load", key, Name("load"), ttl=ttl)
        self._note_load("await asyncio.sleep(0.01)", f"return {value!r}")
        self.steps.add(f"await asyncio.gather({', '.join([line] * callers)})")
        given = await asyncio.gather(*(self._cache.get_or_load(key, load, ttl=ttl) for _ in range(callers)))
        if loads != (entry is None):
            raise Broken(
                "shared" if loads > 1 and callers > 1 else "loaded", f"{line} by {callers} callers loaded {loads} times"
            )
        wanted = value if entry is None else entry.value
        for each in given:
            if not same_value(each, wanted):
                raise Broken("loaded", f"{line} gave {each!r}, not {wanted!r}")
        if entry is None:
            self._keep(key, value, ttl)
        await self._look(key, "loaded")

    @precondition(lambda self: self._can("get_or_load"))
    @rule(key=_OUR_KEYS)
    def load_fails(self, key: str) -> None:
        """Let a load fail: its error comes out, and the next one loads again."""
        self.run(self._load_fails(key))

    async def _load_fails(self, key: str) -> None:
        async def load() -> Any:
            raise LookupError(key)

        await self._meet(key)
        if self._entry(key) is not None:
            return
        line = self._line("get_or_load", key, Name("load"))
        self._note_load(f"raise LookupError({key!r})")
        try:
            given = await self._cache.get_or_load(key, load)
        except LookupError as error:
            self.steps.raised(line, error)
            self._gone[key] = "failed load"
            await self._look(key, "failed load")
            return
        raise Broken("failed load", f"{line} gave {given!r}, and its load had failed")

    @precondition(lambda self: self._can("get_or_load"))
    @rule(key=_OUR_KEYS, old=_OUR_VALUES, new=st.none() | st.tuples(_OUR_VALUES), turns=st.integers(0, 6))
    def load_overtaken(self, key: str, old: Any, new: tuple[Any] | None, turns: int) -> None:
        """Set or delete a key while its old value is being loaded."""
        self.run(self._load_overtaken(key, old, new, turns))

    async def _load_overtaken(self, key: str, old: Any, new: tuple[Any] | None, turns: int) -> None:
        loading = asyncio.Event()

        async def load() -> Any:
            loading.set()
            for _ in range(turns):
                await asyncio.sleep(0)
            return old

        await self._meet(key)
        if self._entry(key) is not None:
            return
        self.steps.add("loading = asyncio.Event()")
        self._note_load("loading.set()", *["await asyncio.sleep(0)"] * turns, f"return {old!r}")
        self.steps.add(f"task = asyncio.create_task({call('cache.get_or_load', key, Name('load'))})")
        self.steps.add("await loading.wait()")
        task = asyncio.create_task(self._cache.get_or_load(key, load))
        await loading.wait()
        if new is None:
            await self._ask("delete", key)
            self._gone[key] = "overtaken"
        else:
            await self._ask("set", key, new[0], ttl=None)
            self._keep(key, new[0], None)
        self.steps.add("await task")
        await task
        given = await self._get(key)
        if new is not None and given is _MISSING:
            # A load that cannot know whether the change arrived before it may delete: a cache may forget, it may not lie.
            self._forget(key)
        elif new is not None and not same_value(given, new[0]):
            await self._set(key, new[0], None)  # what is wrong without a load too has nothing to do with it
            raise Broken("overtaken", f"while {key!r} was loaded it was set to {new[0]!r}, and it was {given!r}")
        await self._look(key, "overtaken")

    # -- with faults

    @precondition(lambda self: self.with_faults)
    @rule(
        role=st.sampled_from(["set", "delete"]),
        key=_OUR_KEYS,
        value=_OUR_VALUES,
        number=st.integers(1, 2),
        lost=st.booleans(),
    )
    def change_fails(self, role: str, key: str, value: Any, number: int, *, lost: bool) -> None:
        """Let a call of the cache fail, or lose its reply: the key has what it had, or what it was to have."""
        self.run(self._change_fails(role, key, value, number, lost=lost))

    async def _change_fails(self, role: str, key: str, value: Any, number: int, *, lost: bool) -> None:
        await self._meet(key)
        before = self._entry(key)
        verb = "loses_reply()" if lost else "raises('reset')"
        self.steps.add(f"fault = nexus.faults.on('cache').nth({number}).{verb}.optional()")
        chosen = self.nexus.faults.on("cache").nth(number)
        fault = (chosen.loses_reply() if lost else chosen.raises("reset")).optional()
        error: Exception | None = None
        try:
            await self._ask(role, key, *([value] if role == "set" else []))
        except Exception as raised:  # noqa: BLE001  # the service says in its own words that the cache failed
            error = raised
        finally:
            fault.stop()
            self.steps.add("fault.stop()")
        if error is not None and not fault.fired:
            raise error
        if error is not None:
            given = await self._get(key)
            allowed = [_MISSING if before is None else before.value, value if role == "set" else _MISSING]
            if not any(same_value(given, each) for each in allowed):
                if role == "set":
                    await self._set(key, value, None)  # what is wrong without a fault too has nothing to do with it
                raise Broken("atomic", f"a {role} of {key!r} failed, and it is {given!r}, neither of {allowed}")
            # Which of the two it was, and so when it ends, may be unknown: begin again.
            await self._ask("delete", key)
            self._there.pop(key, None)
            self._gone[key] = "deleted"
        elif role == "set":
            self._keep(key, value, None)
        else:
            self._forget(key)
        await self._look(key, "cached")

    # -- what the rules are made of

    async def _ask(self, role: str, *arguments: Any, **options: Any) -> Any:
        line = self._line(role, *arguments, **options)
        try:
            answer = await getattr(self._cache, role)(*arguments, **options)
        except Exception as error:
            self.steps.raised(line, error)
            raise
        self.steps.add(line)
        return answer

    def _note_load(self, *body: str) -> None:
        self.steps.add("async def load():")
        for line in body:
            self.steps.add(f"    {line}")

    @staticmethod
    def _line(role: str, *arguments: Any, **options: Any) -> str:
        return f"await {call(f'cache.{role}', *arguments, **options)}"

    def _can(self, role: str) -> bool:
        return callable(getattr(self.service, role, None))

    async def _get(self, key: str) -> Any:
        if self._gives_default:
            return await self._cache.get(key, _MISSING)
        found = await self._cache.get(key)
        return _MISSING if found is None else found

    def _keep(self, key: str, value: Any, ttl: float | None) -> None:
        seconds = self.default_ttl if ttl is None else ttl
        endless = seconds is None or seconds == math.inf
        self._there[key] = _Entry(value, None if endless else self._now() + float(seconds or 0))

    def _forget(self, key: str) -> None:
        if self._there.pop(key, None) is not None:
            self._gone[key] = "deleted"

    async def _meet(self, key: str) -> None:
        """A key that was not used so far is missing, whatever others have."""
        if key not in self._there and key not in self._gone:
            self._gone[key] = "apart" if self._there or self._gone else "absent"
            await self._look(key, "apart")

    def _entry(self, key: str) -> _Entry | None:
        entry = self._there.get(key)
        if entry is not None and entry.expires is not None and entry.expires <= self._now():
            del self._there[key]
            self._gone[key] = "expires"
            return None
        return entry

    def _now(self) -> float:
        return self.nexus.clock.monotonic()

    async def _look(self, touched: str | None, promise: str) -> None:
        """Hold every key against the model; `promise` is what a wrong value of the touched one breaks."""
        keys: Mapping[str, None] = dict.fromkeys([*([touched] if touched else []), *self._there, *self._gone])
        for key in keys:
            entry, given = self._entry(key), await self._get(key)
            exists = await self._cache.exists(key) if self._can("exists") else entry is not None
            wanted = _MISSING if entry is None else entry.value
            if same_value(given, wanted) and exists is (entry is not None):
                continue
            details = f"cache.get({key!r}) is {given!r}, and exists {exists!r}; it must be {wanted!r}"
            if entry is None:
                raise Broken(self._gone.get(key, "absent") if key == touched or touched is None else "apart", details)
            if entry.value is None or given is None:
                raise Broken("none", details)
            raise Broken(promise if key == touched or touched is None else "apart", details)
