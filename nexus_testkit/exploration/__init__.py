"""The search for schedules and faults under which a test fails, and the replay of what was found."""

from nexus_testkit.exploration.changes import Delay, Failure, Plan, Seed, Turn
from nexus_testkit.exploration.conditions import sometimes
from nexus_testkit.exploration.coverage import Coverage
from nexus_testkit.exploration.running import explore, replay
from nexus_testkit.exploration.search import Exploration, Found, search
from nexus_testkit.exploration.simulated import simulate
from nexus_testkit.exploration.token import Token

__all__ = [
    "Coverage",
    "Delay",
    "Exploration",
    "Failure",
    "Found",
    "Plan",
    "Seed",
    "Token",
    "Turn",
    "explore",
    "replay",
    "search",
    "simulate",
    "sometimes",
]
