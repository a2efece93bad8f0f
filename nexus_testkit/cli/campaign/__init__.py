"""`nexus-testkit explore`: one test, searched in chunks of runs by as many processes as are wanted."""

from nexus_testkit.cli.campaign.command import Wanted, run_campaign

__all__ = ["Wanted", "run_campaign"]
