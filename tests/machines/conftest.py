"""Thousands of runs with faults: what services log of them is no news."""

import logging

import pytest


@pytest.fixture(autouse=True)
def _no_logs(caplog):
    caplog.set_level(logging.CRITICAL, logger="nexus")
