"""The pytest plugin: the `nexus` fixture, its marker, and a runner for `async def` tests that use them.

It is loaded in every pytest run where the kit is installed, so importing it imports neither asyncio nor any
driver; what a test needs is imported when the first test needs it.
"""

from nexus_testkit.pytest_plugin.collecting import pytest_itemcollected
from nexus_testkit.pytest_plugin.fixtures import _nexus_world, nexus
from nexus_testkit.pytest_plugin.hooks import (
    pytest_configure_node,
    pytest_fixture_setup,
    pytest_fixture_unclaimed,
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_runtest_setup,
)
from nexus_testkit.pytest_plugin.options import (
    pytest_addhooks,
    pytest_addoption,
    pytest_configure,
    pytest_report_header,
)

__all__ = [
    "_nexus_world",
    "nexus",
    "pytest_addhooks",
    "pytest_addoption",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_fixture_setup",
    "pytest_fixture_unclaimed",
    "pytest_itemcollected",
    "pytest_report_header",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
]
