"""The simulation: an event loop with virtual time and a network in memory, on which the same program takes the same steps."""

from nexus_testkit.simulation.current import current_loop
from nexus_testkit.simulation.loop import EPOCH, Decider, SimulationLoop
from nexus_testkit.simulation.report import describe
from nexus_testkit.simulation.runner import run, tear_down, uncollected
from nexus_testkit.simulation.threads import Hold
from nexus_testkit.simulation.walltime import follow_virtual_time, virtual_time

__all__ = [
    "EPOCH",
    "Decider",
    "Hold",
    "SimulationLoop",
    "current_loop",
    "describe",
    "follow_virtual_time",
    "run",
    "tear_down",
    "uncollected",
    "virtual_time",
]
