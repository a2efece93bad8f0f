"""The steps that a failure prints are a test: they run as they stand, and raise what they say."""

import asyncio
import datetime as dt
from decimal import Decimal

import pytest

from nexus_testkit import errors, run
from nexus_testkit.machines import CacheMachine, OutboxMachine, later
from tests.machines.running import hunt
from tests.machines.seeded_bugs import IdReused, LostUpdate, PartialCreate, StaleRead
from tests.machines.test_cache import DeletesNothing, LoadsForEach, OvertakenKept
from tests.machines.test_crud import NotesMachine
from tests.machines.test_outbox import LastFirst, NewIdentifiers

IMPORTS = {**vars(errors), "asyncio": asyncio, "datetime": dt, "Decimal": Decimal, "later": later, "pytest": pytest}


@pytest.mark.parametrize(
    ("base", "bug"),
    [
        *((NotesMachine, bug) for bug in (IdReused, LostUpdate, PartialCreate, StaleRead)),
        *((CacheMachine, bug) for bug in (DeletesNothing, LoadsForEach, OvertakenKept)),
        *((OutboxMachine, bug) for bug in (LastFirst, NewIdentifiers)),
    ],
)
def test_steps_of_a_failure_run_as_they_stand(base, bug):
    machine = type("Machine", (base,), {"service": bug})
    _, error = hunt(machine, 1)
    steps = next(note for note in error.__notes__ if note.startswith("the steps, as code:"))
    names = {**IMPORTS, bug.__name__: bug, "Machine": machine}
    exec(steps.partition("\n")[2], names)

    async def again(nexus):
        await names["test_again"](nexus)
        return len(nexus.journal.calls)

    assert run(again) > 0
