"""Every contract on the adapters of a world."""

from nexus_testkit.contracts.suite import *  # noqa: F403  # test classes, which the command runs too
