"""The contracts of every port on the adapters of a world: fakes, or real ones with `--nexus-backend=real`.

`nexus-testkit contracts` runs this file, and so do the kit's own tests. The raw adapters are tested, not what stands
behind the seam, which journals and hands on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx
import pytest

from nexus_testkit.contracts import (
    CacheContract,
    ClockContract,
    DatabaseContract,
    EventsContract,
    FilesContract,
    HttpContract,
    MailContract,
)
from nexus_testkit.contracts.http_origin import HANGS_UP, SILENT, TRUNCATED, answer


class _OfAWorld:
    """The adapter of one port of the test's world, which closes it."""

    nexus_options: ClassVar[Mapping[str, Any]] = {}  # virtual time, on real servers too; --nexus-loop=system: real time
    port: ClassVar[str]

    @pytest.fixture
    async def adapter(self, nexus: Any) -> Any:
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


_ORIGIN = "http://origin.example"


class TestHttp(_OfAWorld, HttpContract):
    port = "http"

    @pytest.fixture
    async def url(self, nexus: Any) -> str:
        def respond(request: httpx.Request) -> httpx.Response:
            target = request.url.raw_path.decode()
            status, headers, body = answer(request.method, target, request.headers.multi_items(), request.content)
            return httpx.Response(status, headers=headers, content=b"" if request.method == "HEAD" else body)

        nexus.http.route(url__startswith=_ORIGIN).responds_with(respond)
        nexus.http.route(url=f"{_ORIGIN}{SILENT}").raises(httpx.ReadTimeout)
        for path in (HANGS_UP, TRUNCATED):
            nexus.http.route(url=f"{_ORIGIN}{path}").raises(httpx.RemoteProtocolError)
        return _ORIGIN

    @pytest.fixture
    async def nowhere(self, nexus: Any) -> str:
        nexus.http.route(host="nowhere.example").raises(httpx.ConnectError)
        return "http://nowhere.example"
