"""One test's world: its loop, its harness, its guard, and the order in which they end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from nexus_testkit.container import activate
from nexus_testkit.errors import LeakError
from nexus_testkit.harness import Harness
from nexus_testkit.harness.again import Again
from nexus_testkit.harness.recordings import Policy
from nexus_testkit.journal import Journal, Redaction
from nexus_testkit.journal.redaction import CURRENT
from nexus_testkit.pytest_plugin.options import WorldOptions
from nexus_testkit.pytest_plugin.running import make_stage
from nexus_testkit.pytest_plugin.sockets import SocketGuard

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

    from nexus_testkit.exploration.checks import Checks
    from nexus_testkit.pytest_plugin.showing import Failure
    from nexus_testkit.report import Tape


Decide: TypeAlias = "Callable[[Harness, Context], AbstractContextManager[object]]"


class World:
    """What stands behind the `nexus` fixture of one test.

    Attributes:
        harness: what the fixture gives.
        stage: runs the test's coroutines.
        passed: whether the body came to its end. Where it did not, its error is the news, and what the world
            left behind is told beside it.
        left: what the world left behind, in words, where it was not raised.
        told: whether a report shows the journal already.
        failure: what the test failed with, as it was reported first, or None.
        shown: the journal that reports show, where it is not this world's own: that of the run of a sweep that broke.
        tape: the decisions of the run and how to make it again, where it is one of a search, a sweep or a replay.
        again: whether the test has asked for a sweep, which begins it again.
        checks: what is looked at when the body has passed and when the world has ended, or None.
    """

    def __init__(
        self, options: WorldOptions, *, decide: Decide | None = None, redaction: Redaction | None = None
    ) -> None:
        """Make and open a world; real sockets are refused from here on.

        `redaction` says what reports of it leave out. `decide` is given the open harness and the context in which coroutines run; its block is entered around all that
        follows, before anything has crossed a port.

        Raises:
            Exception: what `services=` or `plugins=` raised while they started.
        """
        __tracebackhide__ = True
        self.passed = False
        self.left: list[str] = []
        self.told = False
        self.failure: Failure | None = None
        self.tape: Tape | None = None
        self.shown: Journal | None = None
        self.again = Again()
        self.checks: Checks | None = None
        self._finish: Callable[[], None] | None = None
        self._blocks = ExitStack()
        self.stage = make_stage(loop=options.loop, threads=options.threads)
        self._blocks.callback(self.stage.close)
        is_open = False
        try:
            self.harness = Harness(loop=self.stage.loop, seed=options.seed, **options.harness)
            recording = Policy(options.folder, mode=options.record_http, by_run=True)
            self.harness.recording = recording
            if redaction is not None:
                self.harness.journal.redaction = redaction
                self.stage.context.run(CURRENT.set, redaction)
            if options.loop == "simulation":
                self.harness.sweeper = self.again
            # Twice: in the context of the stage, where coroutines run, and here, for synchronous code.
            self.stage.context.run(self.harness.open)
            is_open = True
            if decide is not None:
                self._blocks.enter_context(decide(self.harness, self.stage.context))
            self._blocks.enter_context(activate(self.harness.container))
            self._guard = SocketGuard(
                allow=options.allow_hosts, own_servers=options.loop == "system", threads=recording.threads
            )
            self._guard.on()
            self._blocks.callback(self._guard.off)
        except BaseException:
            with self._blocks:
                if is_open:
                    self.stage.run(self.harness.aclose, last=True)
            raise
        if options.harness.get("services") or options.harness.get("plugins"):
            self._start()

    @property
    def journal(self) -> Journal:
        """What reports show."""
        return self.harness.journal if self.shown is None else self.shown

    def _start(self) -> None:
        __tracebackhide__ = True
        try:
            self.stage.run(self.harness.start)
        except BaseException as error:
            if self.harness.journal.calls:
                error.add_note("\n".join(["what crossed the ports:", *self.harness.journal.lines()]))
            self.close()
            raise

    def bind(self, fixturedef: pytest.FixtureDef[Any], request: SubRequest) -> None:
        """Say which fixture the world is, so that `finish` can end it and `before_end` can come before."""
        self._finish = partial(fixturedef.finish, request=request)
        self.before_end = fixturedef.addfinalizer

    def finish(self) -> None:
        """Check what must hold, then end every fixture that was set up after the world, then the world.

        It is done while the test can still fail.

        Raises:
            BaseException: what the fixtures raised, or `close` did.
        """
        __tracebackhide__ = True
        if self.checks is not None:
            self.stage.run(self.checks.before_end)
        self.passed = True
        if self._finish is not None:
            self._finish()

    def close(self) -> None:
        """End the world on its own loop, then the loop.

        Raises:
            LeakError: a test that passed left something behind.
            Exception: whatever failed while the services of a test that passed were stopping.
        """
        with self._blocks:
            error: Exception | None = None
            self.harness.failed = not self.passed
            try:
                self.stage.run(self.harness.aclose, last=True)
            except Exception as raised:  # noqa: BLE001  # told below, together with what the guard saw
                error = raised
            error = _with_strays(error, self._guard.strays)
            if self.passed and self.checks is not None:
                error = _with(error, self.checks.after_end())
            if error is not None:
                if self.passed:
                    raise error
                self.left += [f"{type(found).__name__}: {found}" for found in _members(error)]
            if not self.passed:
                self.left += self.harness.recorded


def _with_strays(error: Exception | None, strays: list[str]) -> Exception | None:
    if not strays:
        return error
    others = [] if error is None else _members(error)
    known = [leak for other in others if isinstance(other, LeakError) for leak in other.leaks]
    rest = [other for other in others if not isinstance(other, LeakError)]
    leaks = LeakError([*strays, *known])
    return ExceptionGroup("the world did not end cleanly", [*rest, leaks]) if rest else leaks


def _with(error: Exception | None, other: Exception | None) -> Exception | None:
    if error is None or other is None:
        return error or other
    return ExceptionGroup("the world did not end cleanly", [*_members(error), other])


def _members(error: Exception) -> list[Exception]:
    return list(error.exceptions) if isinstance(error, ExceptionGroup) else [error]
