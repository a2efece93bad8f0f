"""What crossed a port, in order, and the one seam through which it crosses."""

from nexus_testkit.journal.call import Call, Origin
from nexus_testkit.journal.journal import Journal
from nexus_testkit.journal.redaction import Redaction
from nexus_testkit.journal.seam import Crossing, Decider, Disturbance, Seam, TestSeam

__all__ = ["Call", "Crossing", "Decider", "Disturbance", "Journal", "Origin", "Redaction", "Seam", "TestSeam"]
