"""The contracts of every port on the adapters of a world: fakes, or real ones with `--nexus-backend=real`.

`nexus-testkit contracts` runs this file, and so do the kit's own tests. The raw adapters are tested, not what stands
behind the seam, which journals and hands on.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from nexus_testkit import Harness
from nexus_testkit.contracts import (
    CacheContract,
    ClockContract,
    DatabaseContract,
    EventsContract,
    FilesContract,
    MailContract,
)


class _OfAWorld:
    """The adapter of one port of the test's world, which closes it."""

    nexus_options: ClassVar[dict[str, Any]] = {}  # virtual time, or real time where the world is real
    port: ClassVar[str]

    @pytest.fixture
    async def adapter(self, nexus: Harness) -> Any:
        return nexus.adapter(self.port)


class TestCache(_OfAWorld, CacheContract):
    port = "cache"


class TestFiles(_OfAWorld, FilesContract):
    port = "files"


class TestClock(_OfAWorld, ClockContract):
    port = "clock"


class TestEvents(_OfAWorld, EventsContract):
    port = "analytics"


class TestDatabase(_OfAWorld, DatabaseContract):
    port = "database"


class TestMail(_OfAWorld, MailContract):
    port = "mail"
