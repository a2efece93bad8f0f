"""The faults of one world: they decide at the seam what becomes of a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from nexus_testkit.errors import InvalidFault, SweepRefused
from nexus_testkit.errors.stack import Stack
from nexus_testkit.faults.effects import Effect, Failing, Plain
from nexus_testkit.faults.fault import Fault
from nexus_testkit.faults.kinds import Kind
from nexus_testkit.faults.selection import Selection
from nexus_testkit.faults.targets import find_target
from nexus_testkit.journal import Crossing, Decider, Disturbance, Seam

if TYPE_CHECKING:
    from nexus_testkit.exploration.swept import SweepLoop


class Drawing(Decider, Protocol):
    """A decider that draws, and can be told to stop.

    Attributes:
        quiet: whether it draws nothing any more.
    """

    quiet: bool


class Faults:
    """What tests see as `nexus.faults`: `on(target)`, then which calls, then what happens to them.

    `nexus.faults.on("database.fetch_one").nth(3).raises("40001")`. Which calls: `nth(n)`, `times(n)`, `always()`,
    `when(predicate)`; every call where none is said. What happens: `raises(error)`, `delays(seconds)`,
    `loses_reply()`, `hangs()`; of mail also `refuses(code, text, at=)`, `goes_silent(at=)` and `hangs_up(at=)`; of HTTP also
    `responds(status)`, `goes_silent()`, `garbles(how)` and `trickles(seconds)`. A fault that has never fired is reported
    at the end of the world, unless it is `optional()`.

    Where several faults are for one call, their delays add up, and of the others the one declared last decides, as
    of routes the one stubbed last answers.

    Limits: calls through `nexus.db` and the other handles count like those of the code under test; their assertions
    do not. `hangs()` and `delays()` know no time-outs of the production drivers, only those of the code, and
    `raises("timeout")` lets no time pass; `goes_silent()` does. A fault is what is left when a driver has given up:
    redis-py, which by default sends a command again when its connection fails (up to ten times in version 8), does not
    do so here.
    """

    def __init__(self, seam: Seam, *, adapter: Callable[[str], Any], sweeper: Callable[..., Any] | None = None) -> None:
        """No faults; `adapter` gives the adapter behind a port. The seam is taken with the first fault.

        `sweeper` is called for `sweep`, where the test can be run again.
        """
        self._seam = seam
        self._adapter = adapter
        self._faults: list[Fault] = []
        self._hanging: list[asyncio.Future[None]] = []
        self._drawn_hanging: list[tuple[asyncio.Future[None], Crossing]] = []
        self._beside: Drawing | None = None
        self._sweeper = sweeper

    def on(self, target: object) -> Selection:
        """Begin a fault of the calls that `target` names.

        - a port: `"database"`, `"cache"`, `"mail"`, `"http"`, `"files"`, `"analytics"`, `"clock"`;
        - an operation, as the journal calls it: `"database.commit"`, `"cache.increment"`, `"http.request"`;
        - a route: what `nexus.http.get(...)` and its like return. The failed calls count as the route's, and take
          none of the replies of `responds([...])`;
        - `"table:users"`: statements that hold the name as a word outside of literals and comments, so a column or
          alias of that name counts as well; what views, triggers and foreign keys do does not;
        - `"key:user:*"`: cache operations on a key that Redis' pattern matches; of the commands of `cache.client` the
          first argument is looked at, and pipelines and channels are not;
        - `"url:https://crm.example/*"`, `"url:POST https://crm.example/users"`: requests, whether or not a route is there; `*` is
          any characters, and a query counts only where the pattern has one;
        - `"recipient:bob@example.org"`: mails that go to this address, among others.

        Raises:
            InvalidFault: there is no such target.
        """
        found = find_target(target, adapter=self._adapter)
        if self._seam.decider not in (None, self):
            raise InvalidFault(
                "another decider has the seam of this world", hint="leave seam.decider alone to use faults"
            )
        fault = Fault(found, made_at=Stack(skip=2))
        self._seam.decider = self
        self._faults.append(fault)
        return Selection(fault, partial(self._failing, found.port, found.words))

    def sweep(self, **options: Any) -> SweepLoop:
        """Let each call of the body fail once, in each way that makes sense for it, each time in a fresh world.

        ```
        async for fault in nexus.faults.sweep():
            async with fault:
                await plugin.notes.create({"slug": "a"})
        ```

        The test is run again and again, fixtures included. In its first run nothing fails, and the calls of the body are
        counted: those between entering and leaving `async with fault` that services make, with what they have set
        going. In each further run one of them has one fault. So the loop has one turn in each run, and what stands
        behind the block is run each time as well.

        The body may fail because of the fault: an exception that the injected error led to is swallowed, and is
        `fault.error`. When the body is left, nothing fails any more, and what the fault has delayed gets up to two virtual
        minutes to finish. When the test has ended, the invariants are checked: the kit's own, `@nexus_testkit.invariant`
        functions of the test's module and its conftests, and what the world left behind. At the end all runs that broke
        are reported together, each with the token that replays it.

        Args:
            options:
                - `only=`: targets, or target -> names of kinds, as `nexus_testkit.explore` takes for `faults`. The
                  default is every kind of `nexus_testkit.faults.kinds_of`.
                - `also=["hangs"]`: names of kinds to try besides, for the calls that can have them.
                - `invariants=[...]`: functions to be checked besides, marked or not.
                - `model=`: what invariants with a parameter `model` are given.
                - `allow=[...]`: the kit's own invariants that need not hold: `"no mail twice"`, `"nothing left open"`,
                  `"no error unseen"`.

        Raises:
            SweepRefused: nobody can run this test again, or something else decides what fails in it.
            InvalidFault: an option names what does not exist.
            SweepFailed (at the end): some faults broke the test.
        """
        if self._sweeper is None:
            raise SweepRefused(
                "a sweep runs the test once for each fault, and nobody here can run it again",
                hint="use the 'nexus' fixture, nexus_testkit.run(main) or @nexus_testkit.simulate instead of a bare Harness, "
                "and the simulation loop",
            )
        made: SweepLoop = self._sweeper(**options)
        return made

    def calm(self) -> None:
        """From now on nothing is drawn any more: no fault and no latency, for the checks at the end of an explored test.

        Drawn calls that hang fail as when their connection is lost. Faults that the test itself declared stay.
        """
        if self._beside is not None:
            self._beside.quiet = True
        drawn, self._drawn_hanging = self._drawn_hanging, []
        for future, crossing in drawn:
            if not future.done():
                future.set_exception(self._given_up(crossing))

    def _given_up(self, crossing: Crossing) -> Exception:
        adapter = self._failing(crossing.port, crossing.port)
        # Files have no connection to lose.
        error = adapter.as_raised("EIO") if crossing.port == "files" else adapter.lost_reply()
        was_counted = crossing.port == "http"  # as one of its route, when it began to hang
        adapter.disturbed(
            crossing.operation, crossing.subject, error, arguments=crossing.arguments, reached=was_counted
        )
        return error

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults))

    def decide(self, crossing: Crossing, /) -> Disturbance | None:
        """What the faults do to this call; where they leave it alone, what the decider beside them says."""
        found = [(fault, effect) for fault in self._faults if (effect := fault.effect_on(crossing)) is not None]
        if not found:
            return None if self._beside is None else self._beside.decide(crossing)
        delays = [each for each in found if each[1].is_delay]
        deciding = [each for each in found if not each[1].is_delay][-1:]
        marks: list[str] = []
        for fault, effect in (*delays, *deciding):
            fault.fired += 1
            marks.append(f"{effect.words} of {fault.made_at.place()}")
        crossing.call.mark("; ".join(marks))
        disturbance = self._disturbance(crossing, deciding[0][1]) if deciding else Disturbance()
        return replace(
            disturbance,
            delay_s=sum(effect.delay_s for _, effect in delays),
            reply_delay_s=sum(effect.reply_delay_s for _, effect in delays),
        )

    def beside(self, decider: Drawing) -> None:
        """Ask `decider` of the calls that no declared fault disturbs: the explorer, which draws and delays."""
        self._beside = decider
        self._seam.decider = self

    def disturbance(self, crossing: Crossing, kind: Kind) -> Disturbance:
        """What `kind` does to this call, as if it had been declared for it alone; the call's record says so.

        It is for the call that is about to cross: to be given to the seam, and made once.
        """
        crossing.call.mark(f"{kind.code}, drawn")
        made = self._disturbance(crossing, kind.effect(self._failing(crossing.port, crossing.port)))
        if made.hangs is not None:
            self._drawn_hanging.append((self._hanging[-1], crossing))
        return made

    def _disturbance(self, crossing: Crossing, effect: Effect) -> Disturbance:
        if effect.within is not None:
            return Disturbance(within=effect.within(crossing))
        operation, subject = crossing.operation, crossing.subject
        adapter = self._failing(crossing.port, crossing.port)
        makes = effect.makes
        if makes is None:
            adapter.disturbed(operation, subject, None, arguments=crossing.arguments, reached=False)
            self._hanging = [future for future in self._hanging if not future.done()]
            self._hanging.append(asyncio.get_running_loop().create_future())
            return Disturbance(hangs=self._hanging[-1])

        def fail() -> Exception:
            error = makes()
            adapter.disturbed(operation, subject, error, arguments=crossing.arguments, reached=effect.loses_reply)
            return error.with_traceback(None)  # one instance may be raised many times

        return Disturbance(error=fail, loses_reply=effect.loses_reply)

    def _failing(self, port: str, words: str) -> Failing:
        # Events are stored in the database, whose errors are what the store raises.
        adapter = self._adapter("database" if port == "analytics" else port)
        return adapter if hasattr(adapter, "as_raised") else Plain(words)

    def unfired(self) -> list[str]:
        """The faults that never fired and were to, and those without a verb, each with the place of its declaration."""
        return [line for line in (fault.unfired() for fault in self._faults) if line is not None]

    def end(self) -> bool:
        """Let go of the seam and end the calls that hang; whether there were any. Safe to call twice."""
        if self._seam.decider is self:
            self._seam.decider = None
        hanging = [future for future in self._hanging if not future.done()]
        for future in hanging:
            future.cancel()
        self._hanging.clear()
        return bool(hanging)
