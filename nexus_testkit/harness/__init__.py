"""The harness: one isolated world of services and fakes. The only place that picks adapters."""

from nexus_testkit.harness.harness import Harness

__all__ = ["Harness"]
