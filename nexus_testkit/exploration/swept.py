"""One run of a sweep: its fault, what `nexus.faults.sweep()` yields in it, and what is seen of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from nexus_testkit.errors import InvalidFault, SweepRefused
from nexus_testkit.errors.container import did_you_mean
from nexus_testkit.exploration.about import about
from nexus_testkit.exploration.blame import is_of_the_fault
from nexus_testkit.exploration.changes import Failure
from nexus_testkit.exploration.checks import Checks, Invariant
from nexus_testkit.exploration.sources import Stock
from nexus_testkit.exploration.standing import Standing
from nexus_testkit.journal.redaction import CURRENT

if TYPE_CHECKING:
    from nexus_testkit.exploration.deciding import Deciding, Kinds
    from nexus_testkit.faults.catalogue import Kind
    from nexus_testkit.harness import Harness
    from nexus_testkit.journal import Call, Crossing


@dataclass(frozen=True, slots=True)
class Chance:
    """A call of a body in the healthy run, and what can go wrong with it.

    Attributes:
        sweep: which of the test's sweeps it belongs to, from 0.
        call: its number in the journal.
        about: the call in a few words, the operation first.
        kinds: of faults, in the order in which they are tried.
    """

    sweep: int
    call: int
    about: str
    kinds: tuple[Kind, ...]

    @property
    def operation(self) -> str:
        """Port and method."""
        return self.about.partition(" ")[0]

    def failure(self, kind: Kind) -> Failure:
        """The decision that lets this call fail."""
        return Failure(self.call, kind.name, self.about)


class Swept(Stock):
    """Decides in one run of a sweep, and is the memory of it.

    Attributes:
        chance, kind: the call that fails, and how; None in the healthy run.
        chances: the calls of all bodies that can fail; in the healthy run.
        loops: how often `sweep()` was called.
        met: the call that the fault has touched, or None.
        unmet: what this run had in the place of the call that was to fail, in words.
        checks: what is looked at in the end.
    """

    name = "sweep"

    def __init__(
        self,
        invariants: Iterable[Invariant] = (),
        *,
        healthy: Swept | None = None,
        chance: Chance | None = None,
        kind: Kind | None = None,
    ) -> None:
        """The healthy run; or one in which a call of it fails."""
        standing = None if healthy is None else healthy.checks.standing
        self.checks: Checks = Checks(invariants, standing=Standing(standing))
        self.chance = chance
        self.kind = kind
        self.chances: list[Chance] = []
        self.loops: list[SweepLoop] = []
        self.met: Call | None = None
        self.unmet: list[str] = []
        self.open: SweptFault | None = None
        self.deciding: Deciding | None = None
        self.harness: Harness | None = None

    def attach(self, deciding: Deciding, harness: Harness) -> None:
        """Decide in this world: `nexus.faults.sweep()` is this run's from now on."""
        self.deciding = deciding
        self.harness = harness
        harness.sweeper = self.sweep

    @property
    def error(self) -> BaseException | None:
        """What the fault's body made of it, or None."""
        return next((loop.fault.error for loop in self.loops if loop.fault.error is not None), None)

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Kind | None:
        chance, body = self.chance, self.open
        if chance is None:
            if kinds and body is not None:
                number = self.loops.index(body.loop)
                self.chances.append(Chance(number, crossing.call.number, about(crossing.call), tuple(kinds)))
            return None
        if crossing.call.number != chance.call:
            return None
        if crossing.operation != chance.operation or crossing.by_test or body is None:
            said = f"call {chance.call} was {chance.about} in the first run, and is {about(crossing.call)}"
            self.unmet.append(CURRENT.get().text(said))
            return None
        self.met = crossing.call
        return self.kind

    def sweep(
        self,
        *,
        only: Any = None,
        also: Iterable[str] = (),
        invariants: Iterable[Invariant] = (),
        model: object = None,
        allow: Iterable[str] = (),
    ) -> SweepLoop:
        """What stands behind `nexus.faults.sweep`, which says what the options mean."""
        standing = self.checks.standing
        if standing is not None:
            standing.allow(list(allow) if not isinstance(allow, str) else allow)
        self.checks.invariants += [check for check in invariants if check not in self.checks.invariants]
        if model is not None:
            self.checks.model = model
        loop = SweepLoop(self, self._kinds(only, also))
        self.loops.append(loop)
        return loop

    def _kinds(self, only: Any, also: Iterable[str]) -> Kinds:
        from nexus_testkit.faults.catalogue import wanted  # noqa: PLC0415  # as everywhere here
        from nexus_testkit.faults.kinds import KNOWN, named  # noqa: PLC0415  # as above

        assert self.harness is not None  # noqa: S101  # the sweeper of a world that is open
        chosen = wanted(True if only is None else only, adapter=self.harness.adapter)
        names = list(also) if not isinstance(also, str) else [also]
        for name in names:
            if not isinstance(name, str) or all(named(port, name) is None for port in KNOWN):
                known = list(dict.fromkeys(kind.name for kinds in KNOWN.values() for kind in kinds))
                near = did_you_mean(name, known) if isinstance(name, str) else None
                raise InvalidFault(f"also={name!r}: no port has such a fault", hint=near or "also=['hangs']")

        def kinds(crossing: Crossing) -> tuple[Kind, ...]:
            besides = [kind for name in names if (kind := named(crossing.port, name)) is not None]
            return tuple(dict.fromkeys([*chosen(crossing), *besides]))

        return kinds


class SweepLoop:
    """What `async for fault in nexus.faults.sweep()` goes through: one fault in each run of the test."""

    def __init__(self, run: Swept, kinds: Kinds) -> None:
        """The loop of `run`; `kinds` are what is tried for a call of its body."""
        self.run = run
        self.kinds = kinds
        self.fault = SweptFault(self)
        self._yielded = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SweptFault:
        if self._yielded:
            if not self.fault.entered:
                raise SweepRefused("nothing is swept: the fault was not entered", hint="async with fault: ...")
            raise StopAsyncIteration
        self._yielded = True
        return self.fault


class SweptFault:
    """The fault of this run: `async with fault:` is the body in which a call fails. In the first run none does.

    Attributes:
        error: what the body raised because of the fault, or None; to be read behind the block.
        entered: whether the body has begun.
    """

    def __init__(self, loop: SweepLoop) -> None:
        """The fault of this loop."""
        self.loop = loop
        self.error: BaseException | None = None
        self.entered = False

    @property
    def fired(self) -> bool:
        """Whether a call of this body has failed so far."""
        return self._is_mine and self.loop.run.met is not None

    @property
    def words(self) -> str:
        """What fails in this run: `"database call 4 (INSERT notes): 40001, serialization failure"`, or `"no fault"`."""
        run = self.loop.run
        if not self._is_mine or run.chance is None or run.kind is None:
            return "no fault"
        return f"{run.chance.failure(run.kind).words()}, {run.kind.words}"

    @property
    def _is_mine(self) -> bool:
        run = self.loop.run
        return run.chance is not None and run.loops.index(self.loop) == run.chance.sweep

    def __repr__(self) -> str:
        return f"<SweptFault: {self.words}>"

    async def __aenter__(self) -> Self:
        run = self.loop.run
        if self.entered:
            raise SweepRefused("this fault was entered before", hint="one 'async with fault:' in each turn of the loop")
        if run.open is not None:
            raise SweepRefused("a sweep inside the body of another one", hint="one after the other, or one alone")
        assert run.deciding is not None  # noqa: S101  # the loop is that of a world
        assert run.harness is not None  # noqa: S101  # as above
        self.entered = True
        run.open = self
        if run.checks.standing is not None:
            run.checks.standing.body_begins(run.harness)
        run.deciding.kinds = self.loop.kinds if run.chance is None else None
        run.deciding.calm = False
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        run = self.loop.run
        assert run.deciding is not None  # noqa: S101  # as above
        assert run.harness is not None  # noqa: S101  # as above
        try:
            if error is not None and not (self.fired and is_of_the_fault(error, self._injected)):
                return False
            self.error = error
            await run.harness.settle()  # what the body has set going belongs to it
        finally:
            run.deciding.kinds = None
            run.open = None
        run.harness.faults.calm()
        await run.harness.settle()
        run.deciding.quiet = False  # for the next sweep of the same test
        if run.checks.standing is not None:
            await run.checks.standing.body_ended(run.harness)
        return error is not None

    @property
    def _injected(self) -> BaseException | None:
        """What the failed call raised; None where it came back with a bad answer, or was given up by the caller."""
        met = self.loop.run.met
        return met.error if met is not None and isinstance(met.error, Exception) else None
