"""How the machines are held to services with a sown bug, and to sound ones.

`NEXUS_TESTKIT_MACHINES=whole` is the whole number: 5,000 runs of each sound service, each bug from eight seeds. Without it a part
of them, of which each bug must be found all the same.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from nexus_testkit.machines import Broken

WHOLE = os.environ.get("NEXUS_TESTKIT_MACHINES") == "whole"
RUNS = 5_000 if WHOLE else 25
SEEDS = range(1, 9) if WHOLE else (1,)
# A bug must be found in so many runs. Few need more than 50; what is drawn depends on Hypothesis' version and on the modules
# that are loaded (it draws their constants), so that the same seed finds it elsewhere in another run.
BATCHES, BATCH = 25, 40


def untimed(runs, **options):
    """Settings that hold under each profile."""
    return settings(
        max_examples=runs,
        deadline=None,
        database=None,
        derandomize=False,
        stateful_step_count=20,
        suppress_health_check=list(HealthCheck),
        **options,
    )


def hunt(machine, number):
    """The run in which a machine found something, from this seed, and what.

    In batches: within one, Hypothesis varies what it has drawn before, which is of no use where nothing is to be shrunk.
    """
    runs = 0

    class Counted(machine):
        def __init__(self):
            nonlocal runs
            runs += 1
            super().__init__()

    Counted.__name__ = machine.__name__
    for batch in range(BATCHES):
        try:
            run_state_machine_as_test(
                seed(1_000 * number + batch)(Counted), settings=untimed(BATCH, phases=[Phase.generate])
            )
        except Broken as error:
            return runs, error
    pytest.fail(f"{machine.service.__name__}: nothing was found in {runs} runs")


def find_nothing(machine):
    """Run a machine `RUNS` times; in parts, for Hypothesis remembers each run of one search."""
    runs = 0

    class Counted(machine):
        def __init__(self):
            nonlocal runs
            runs += 1
            super().__init__()

    part = 0
    while runs < RUNS:
        run_state_machine_as_test(seed(part)(Counted), settings=untimed(min(RUNS, 250)))
        part += 1
