"""`nexus-testkit trace`: a trace page, or the index of a run, in the terminal."""

from nexus_testkit.cli.trace.command import Wanted, run_trace

__all__ = ["Wanted", "run_trace"]
