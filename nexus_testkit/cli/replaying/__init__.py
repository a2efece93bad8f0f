"""`nexus-testkit replay`: one run again, or a test that needs no search to fail."""

from nexus_testkit.cli.replaying.command import print_test, run_replay

__all__ = ["print_test", "run_replay"]
