"""Faults that a test asks for by name, or that a search draws: a call that fails, waits, hangs or loses its reply."""

from nexus_testkit.faults.catalogue import FaultsOption, Kind, kind_named, kinds_of, wanted
from nexus_testkit.faults.fault import Fault
from nexus_testkit.faults.faults import Faults
from nexus_testkit.faults.selection import Selection

__all__ = ["Fault", "Faults", "FaultsOption", "Kind", "Selection", "kind_named", "kinds_of", "wanted"]
