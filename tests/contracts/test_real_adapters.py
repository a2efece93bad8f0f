"""The contracts on the real adapters that need no server of their own.

The database, the cache and the events on real servers: `pytest tests/contracts --nexus-backend=real`.
"""

import pytest

from nexus_testkit.adapters.real.clock import SystemClock
from nexus_testkit.adapters.real.files import RootedDirectory
from nexus_testkit.cli.network_suite import *  # noqa: F403  # test classes, which the command runs too
from nexus_testkit.contracts import ClockContract, FilesContract


class TestSystemClock(ClockContract):
    @pytest.fixture
    async def adapter(self):
        return SystemClock()


class TestRootedDirectory(FilesContract):
    @pytest.fixture
    async def adapter(self, tmp_path):
        return RootedDirectory(tmp_path / "root")
