"""The promises of each port, as test classes for anyone's adapter.

    from nexus_testkit.contracts import CacheContract

    class TestDiskCache(CacheContract):
        @pytest.fixture
        async def adapter(self, tmp_path):
            async with DiskCache(tmp_path) as cache:
                yield cache

Each method is one promise, which its docstring says in a sentence. No other pytest plugin is needed, and those for
asyncio change nothing. `Contract` says what a subclass may set.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

_HOMES = {
    "CacheContract": "cache",
    "ClockContract": "clock",
    "Contract": "contract",
    "DatabaseContract": "database",
    "EventsContract": "analytics",
    "FilesContract": "files",
    "HttpContract": "http",
    "MailContract": "mail",
}
_PARTS = (
    "cache_channels",
    "cache_expiry",
    "cache_locks",
    "database_by_hand",
    "database_rows",
    "database_sessions",
    "database_table",
    "http_origin",
    "mail_replies",
)

# Their assertions are what a user reads when a promise is broken.
pytest.register_assert_rewrite(*(f"{__name__}.{module}" for module in (*_HOMES.values(), *_PARTS)))

if TYPE_CHECKING:
    from nexus_testkit.contracts.analytics import EventsContract
    from nexus_testkit.contracts.cache import CacheContract
    from nexus_testkit.contracts.clock import ClockContract
    from nexus_testkit.contracts.contract import Contract
    from nexus_testkit.contracts.database import DatabaseContract
    from nexus_testkit.contracts.files import FilesContract
    from nexus_testkit.contracts.http import HttpContract
    from nexus_testkit.contracts.mail import MailContract

__all__ = [
    "CacheContract",
    "ClockContract",
    "Contract",
    "DatabaseContract",
    "EventsContract",
    "FilesContract",
    "HttpContract",
    "MailContract",
]


def __getattr__(name: str) -> Any:
    """Import the module of a contract when it is asked for: who tests a cache loads no httpx."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
