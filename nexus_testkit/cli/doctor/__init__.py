"""`nexus-testkit doctor`: what is installed, what is in the way, and how to mend it."""

from nexus_testkit.cli.doctor.command import run_doctor

__all__ = ["run_doctor"]
