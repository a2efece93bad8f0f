"""The harness: one isolated world of services and fakes. The only place that picks adapters."""

from nexus_testkit.harness.harness import Harness
from nexus_testkit.harness.simulate import run, simulate

__all__ = ["Harness", "run", "simulate"]
