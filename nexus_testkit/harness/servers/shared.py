"""The servers of one test run: named by the environment, or started when they are first asked for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from nexus_testkit.harness.servers.postgres import start_postgres
from nexus_testkit.harness.servers.process import GuardedProcess
from nexus_testkit.harness.servers.redis import start_redis

if TYPE_CHECKING:
    from nexus_testkit.harness.servers.clone import ClonedDatabase, TemporaryCache

POSTGRES_TEMPLATE = "NEXUS_TESTKIT_POSTGRES_TEMPLATE"
POSTGRES_URL = "NEXUS_TESTKIT_POSTGRES_URL"
REDIS_URL = "NEXUS_TESTKIT_REDIS_URL"


class SharedServers:
    """Real servers for as many tests as like. A URL in the environment wins; otherwise a server is started, once.

    What was started here ends with `stop()`, or with this process if nobody calls it.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._processes: list[GuardedProcess] = []
        self._urls: dict[str, str] = {}
        self._adopted: frozenset[str] = frozenset()

    @property
    def postgres_url(self) -> str:
        """The URL of a database on the PostgreSQL server, for a user who may create others.

        Raises:
            ServerError: none is named, and none can be started.
        """
        return self._url(POSTGRES_URL)

    @property
    def redis_url(self) -> str:
        """The URL of the Redis server.

        Raises:
            ServerError: none is named, and none can be started.
        """
        return self._url(REDIS_URL)

    def new_database(self, **options: Any) -> ClonedDatabase:
        """A database of its own on the PostgreSQL server; `options` are those of `PostgresDatabase`.

        NEXUS_TESTKIT_POSTGRES_TEMPLATE names the database to clone; without it, it is empty.

        Raises:
            ServerError: there is no server.
        """
        from nexus_testkit.harness.servers.clone import ClonedDatabase  # noqa: PLC0415  # loads asyncpg

        url, template = self.postgres_url, os.environ.get(POSTGRES_TEMPLATE)
        if self.owns(
            POSTGRES_URL
        ):  # its template1 is as it should be, and nothing has to be flushed for a copy of files
            return ClonedDatabase(url, template=template or "template1", strategy="file_copy", **options)
        return ClonedDatabase(url, template=template, **options)

    def new_cache(self, **options: Any) -> TemporaryCache:
        """A cache on the Redis server that nobody else uses meanwhile, emptied by its `aclose()`; `options` are `RedisCache`'s.

        On a server that was named the keys, locks and channels have a prefix of their own.

        Raises:
            ServerError: there is no server.
        """
        from nexus_testkit.harness.servers.clone import TemporaryCache  # noqa: PLC0415  # loads redis-py

        url = self.redis_url
        if not self.owns(REDIS_URL) or REDIS_URL in self._adopted:
            options = {"prefix": f"nexus-test-{secrets.token_hex(4)}:", **options}
        return TemporaryCache(url, **options)

    def adopt(self, urls: Mapping[str, str]) -> None:
        """Use servers that another process of this run started, by the names of their variables; they are its to end."""
        self._urls.update(urls)
        self._adopted = frozenset(urls)

    def owns(self, variable: str) -> bool:
        """Whether this run itself started the server that `variable` would name."""
        return variable in self._urls and not os.environ.get(variable)

    def _url(self, variable: str) -> str:
        named = os.environ.get(variable)
        if named:
            return named
        found = self._urls.get(variable)
        if found is None:
            process, found = start_postgres() if variable == POSTGRES_URL else start_redis()
            self._processes.append(process)
            self._urls[variable] = found
        return found

    def stop(self) -> None:
        """End what was started here; safe to call twice."""
        while self._processes:
            self._processes.pop().stop()
        self._urls.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
