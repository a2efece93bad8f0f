"""What crossed a port, in order, and the one seam through which it crosses."""

from nexus_testkit.journal.journal import Call, Journal
from nexus_testkit.journal.seam import Crossing, Decider, Disturbance, Seam, TestSeam

__all__ = ["Call", "Crossing", "Decider", "Disturbance", "Journal", "Seam", "TestSeam"]
