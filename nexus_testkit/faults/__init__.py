"""Faults that a test asks for by name: a call that fails, waits, hangs or loses its reply."""

from nexus_testkit.faults.fault import Fault, Selection
from nexus_testkit.faults.faults import Faults

__all__ = ["Fault", "Faults", "Selection"]
