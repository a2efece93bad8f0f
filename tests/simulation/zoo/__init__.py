"""Small services with one seeded defect each, and their sound twins: what the search of schedules and faults is tried on."""

from tests.simulation.zoo import caching, delivery, endings, files, locks, requests, rows, sessions, tasks
from tests.simulation.zoo.specimen import Specimen

_CAGES = (rows, sessions, caching, locks, tasks, endings, delivery, requests, files)

ZOO: tuple[Specimen, ...] = tuple(each for cage in _CAGES for each in vars(cage).values() if isinstance(each, Specimen))

__all__ = ["ZOO", "Specimen"]
