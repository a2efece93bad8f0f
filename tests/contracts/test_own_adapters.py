"""Every contract on the adapters of a world."""

from nexus_testkit.cli.contract_suite import *  # noqa: F403  # test classes, which the command runs too
