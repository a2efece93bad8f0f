"""`nexus-testkit new`: a plugin project whose tests, lint and types pass at once."""

from nexus_testkit.cli.new.command import run_new

__all__ = ["run_new"]
