"""The search for schedules and faults under which a test fails, and the replay of what was found."""

from nexus_testkit.exploration.changes import Delay, Failure, Plan, Seed, Turn
from nexus_testkit.exploration.conditions import sometimes
from nexus_testkit.exploration.coverage import Coverage
from nexus_testkit.exploration.running import explore, replay
from nexus_testkit.exploration.search import Exploration, Found, search
from nexus_testkit.exploration.simulated import simulate
from nexus_testkit.exploration.sweeping import Sweep, Tried
from nexus_testkit.exploration.swept import Chance, SweepLoop, SweptFault
from nexus_testkit.exploration.token import Token

__all__ = [
    "Chance",
    "Coverage",
    "Delay",
    "Exploration",
    "Failure",
    "Found",
    "Plan",
    "Seed",
    "Sweep",
    "SweepLoop",
    "SweptFault",
    "Token",
    "Tried",
    "Turn",
    "explore",
    "replay",
    "search",
    "simulate",
    "sometimes",
]
