"""The same decisions, the same trace: in one process and in several, whatever the seed of Python's hashes.

Run as `python -m tests.simulation determinism`; a process of it is `python -m tests.simulation trace FIRST COUNT`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import defaultdict

from nexus_testkit.exploration.sources import portfolio
from nexus_testkit.exploration.worlds import BodyWorlds
from tests.simulation.scenario import SERVICES, everything

PLANS = 10
CALLS, TURNS, CHANCES = 60, 120, 40  # about what the scenario has: the plans need no stock run


def trace(number: int) -> str:
    """A digest of all that happened in run `number`: every call, its time, its result, and who ran when."""
    source = portfolio(number, "determinism", calls=CALLS, turns=TURNS, chances=CHANCES, latencies=(0.001, 0.05, 1.0))
    outcome = BodyWorlds(everything, faults=True, options={"services": SERVICES}).run(source, counts_turns=True)
    said = [*outcome.journal.lines(most=10**9), outcome.schedule, *outcome.plan.words(), repr(outcome.error)]
    return hashlib.blake2b("\n".join(said).encode(), digest_size=12).hexdigest()


def traces(first: int, count: int) -> int:
    """Print a line for each run: its plan's number and its trace."""
    for number in range(first, first + count):
        plan = number % PLANS + 1
        print(plan, trace(plan))
    return 0


def determinism(runs: int, processes: int = 4) -> int:
    """Make `runs` runs of ten plans in several processes with random hash seeds; 0 where each plan has one trace."""
    share = -(-runs // processes)
    found: dict[int, set[str]] = defaultdict(set)
    made = 0
    commands = [
        [sys.executable, "-m", "tests.simulation", "trace", str(share * process), str(share)]
        for process in range(processes)
    ]
    environment = {**os.environ, "PYTHONHASHSEED": "random"}
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for command in commands]
    for process in running:
        output, _ = process.communicate()
        if process.returncode:
            print(f"a process ended with {process.returncode}")
            return 1
        for line in output.splitlines():
            plan, digest = line.split()
            found[int(plan)].add(digest)
            made += 1
    most = max(len(digests) for digests in found.values())
    print(
        f"{made} runs of {len(found)} plans in {processes} processes: {'1 trace' if most == 1 else f'up to {most} traces'} for each"
    )
    return int(most > 1)
