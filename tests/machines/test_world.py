"""`WorldMachine`: what holds for every machine."""

import pytest
import time_machine
from hypothesis.stateful import rule

from nexus_testkit.machines import WorldMachine


class EndsBadly(WorldMachine):
    @rule()
    async def nothing(self):
        """A machine has to have a rule."""

    async def finish(self):
        raise ValueError("at the end")


def test_a_world_ends_whatever_its_end_raises():
    machine = EndsBadly()
    with pytest.raises(ValueError, match="at the end"):
        machine.teardown()
    assert not time_machine.escape_hatch.is_travelling()
