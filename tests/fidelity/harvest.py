"""Scenarios from what the kit's own suites ask of the fake.

`python -m tests.fidelity harvest [path ...]` runs the suites with this module as a pytest plugin, which listens to
every engine's sessions; what came by and was not the same as before becomes the category `harvest`, and what a server
answers to it is recorded. A world whose statements cannot be recorded (one waits for another session) is left out, and a scenario
ends where a statement is given what the fake made up itself, such as a token: the server made another one.
"""

from __future__ import annotations

import functools
import re
import sys
import weakref
from typing import Any

import pytest

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres import Session
from tests.fidelity import scenarios, server
from tests.fidelity.scenarios import Scenario, Step

CATEGORY = "harvest"
SUITES = ["tests/errata", "tests/guide", "tests/docs", "tests/unit/harness", "tests/unit/services", "examples"]
_LONGEST = 60  # steps of a scenario
_MADE_UP = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|datetime\.datetime\([^)]*\)")
# what the port's methods say in SQL
_COMMANDS = {"begin": "BEGIN", "commit": "COMMIT", "rollback": "ROLLBACK"}
_NAMED = {"savepoint": "SAVEPOINT {}", "release": "RELEASE {}", "rollback_to": "ROLLBACK TO {}"}


class Recorder:
    """A pytest plugin that notes what every session of every engine was asked, in order."""

    def __init__(self) -> None:
        self.worlds: list[list[Step]] = []
        self._world: weakref.WeakKeyDictionary[Any, _World] = weakref.WeakKeyDictionary()
        self._inside = False
        self._test = pytest.MonkeyPatch()

    def pytest_configure(self) -> None:
        for method in ("execute", "execute_script", "execute_many", *_COMMANDS, *_NAMED):
            self._test.setattr(Session, method, self._listening(method, getattr(Session, method)))

    def pytest_unconfigure(self) -> None:
        self._test.undo()

    def _listening(self, method: str, original: Any) -> Any:
        @functools.wraps(original)
        def listening(session: Session, *args: Any, **options: Any) -> Any:
            if self._inside:
                return original(session, *args, **options)
            self._inside = True
            try:
                result = original(session, *args, **options)
            except DatabaseError:
                self._note(session, _step(method, args, options), None)
                raise
            else:
                self._note(session, _step(method, args, options), result)
                return result
            finally:
                self._inside = False

        return listening

    def _note(self, session: Session, step: Step, result: Any) -> None:
        world = self._world.get(session.engine)
        if world is None:
            world = self._world[session.engine] = _World()
            self.worlds.append(world.steps)
        step.session = world.sessions.setdefault(id(session), len(world.sessions) + 1)
        world.ended |= any(made in step.args for made in world.made)
        if not world.ended:
            world.given.append(step.args)
            world.steps.append(step)
            world.made |= {
                made for made in _MADE_UP.findall(repr(getattr(result, "rows", ""))) if not world.was_given(made)
            }


class _World:
    """What is known of one engine: its steps, and what it made up."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.sessions: dict[int, int] = {}
        self.given: list[str] = []
        self.made: set[str] = set()
        self.ended = False

    def was_given(self, text: str) -> bool:
        return any(text in args for args in self.given)


def _step(method: str, args: tuple[Any, ...], options: dict[str, Any]) -> Step:
    if method in _COMMANDS:
        isolation = options.get("isolation")
        level = f" ISOLATION LEVEL {isolation.upper()}" if isolation else ""
        return Step(_COMMANDS[method] + level + (" READ ONLY" if options.get("read_only") else ""))
    if method in _NAMED:
        return Step(_NAMED[method].format(args[0]))
    query, values = args[0], list(args[1]) if len(args) > 1 else []
    if method == "execute_many":
        return Step(query, repr([tuple(row) for row in values]), protocol="many")
    text = ", ".join(map(repr, values))
    return Step(
        query, text, protocol="script" if method == "execute_script" and ";" in query.strip(" \n;") else "prepared"
    )


def _usable(step: Step) -> bool:
    """Whether a file can hold it: no blank lines inside, arguments that their repr gives back."""
    try:
        step.values()
    except (SyntaxError, NameError, TypeError, ValueError):
        return False
    return "\x00" not in step.sql


def distinct(worlds: list[list[Step]]) -> list[Scenario]:
    """Scenarios that together hold every statement (by text and number of arguments) that came by, longest world first."""
    found: list[Scenario] = []
    seen: set[tuple[Any, ...]] = set()
    for steps in sorted(worlds, key=len, reverse=True):
        kept: list[Step] = []
        for step in steps[:_LONGEST]:
            if not _usable(step):
                break
            step.sql = "\n".join(line.rstrip() for line in step.sql.strip().splitlines() if line.strip())
            kept.append(step)
        keys = {(step.sql, step.protocol, step.args.count(",")) for step in kept}
        if keys - seen:
            seen |= keys
            found.append(Scenario(CATEGORY, f"world {len(found) + 1}", steps=kept))
    return found


def main(paths: list[str]) -> int:
    """Run the suites, write the scenarios, record them."""
    recorder = Recorder()
    pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *(paths or SUITES)], plugins=[recorder])
    kept: list[Scenario] = []
    with server.server() as url:
        for scenario in distinct(recorder.worlds):
            try:
                server.recorded(url, [scenario])
            except server.RecordingError as error:
                print(f"left out: {error}", file=sys.stderr)
            else:
                kept.append(scenario)
        (scenarios.DIRECTORY / f"{CATEGORY}.sql").write_text(scenarios.written(kept), encoding="utf-8")
        kept = scenarios.read(CATEGORY)
        scenarios.write_record(CATEGORY, server.recorded(url, kept))
    print(f"{len(recorder.worlds)} worlds, {len(kept)} scenarios, {sum(len(one.steps) for one in kept)} steps")
    return 0
