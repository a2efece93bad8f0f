"""The harness: one isolated world of services and fakes. The only place that picks adapters."""

from nexus_testkit.harness.harness import Harness
from nexus_testkit.harness.run import run

__all__ = ["Harness", "run"]
