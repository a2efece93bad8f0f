"""Hypothesis machines: random use of a service in random worlds, and what must hold in all of them.

Importing this package loads Hypothesis.
"""

from nexus_testkit.machines.cache import CacheMachine
from nexus_testkit.machines.crud import CrudMachine
from nexus_testkit.machines.crud_filters import Filter, contains, equals, has_all
from nexus_testkit.machines.outbox import OutboxMachine
from nexus_testkit.machines.promises import PROMISES, Broken
from nexus_testkit.machines.services import LifecycleMachine
from nexus_testkit.machines.steps import later
from nexus_testkit.machines.users import UserMachine
from nexus_testkit.machines.world import WorldMachine

__all__ = [
    "PROMISES",
    "Broken",
    "CacheMachine",
    "CrudMachine",
    "Filter",
    "LifecycleMachine",
    "OutboxMachine",
    "UserMachine",
    "WorldMachine",
    "contains",
    "equals",
    "has_all",
    "later",
]
