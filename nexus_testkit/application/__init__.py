"""The services on real adapters, for an application: no journal, no faults, nothing of a test."""

from nexus_testkit.application.application import Application, assemble

__all__ = ["Application", "assemble"]
