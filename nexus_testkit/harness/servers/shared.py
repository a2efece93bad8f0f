"""The servers of one test run: named by the environment, or started when they are first asked for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from nexus_testkit.errors import ServerError
from nexus_testkit.harness.servers.postgres import start_postgres
from nexus_testkit.harness.servers.process import GuardedProcess
from nexus_testkit.harness.servers.redis import start_redis

if TYPE_CHECKING:
    from nexus_testkit.harness.servers.clone import ClonedDatabase, TemporaryCache
    from nexus_testkit.simulation.outside import Outside

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

    def new_database(self, *, outside: Outside | None = None, **options: Any) -> ClonedDatabase:
        """A database of its own on the PostgreSQL server; `options` are those of `PostgresDatabase`.

        NEXUS_TESTKIT_POSTGRES_TEMPLATE names the database to clone; without it, it is empty. With the way `outside` of a
        world in virtual time, its time is the world's.

        Raises:
            ServerError: there is no server.
        """
        url, template = self.postgres_url, os.environ.get(POSTGRES_TEMPLATE)
        if self.owns(
            POSTGRES_URL
        ):  # its template1 is as it should be, and nothing has to be flushed for a copy of files
            options = {"template": template or "template1", "strategy": "file_copy", **options}
        else:
            options = {"template": template, **options}
        if outside is None:
            from nexus_testkit.harness.servers.clone import ClonedDatabase  # noqa: PLC0415  # loads asyncpg

            return ClonedDatabase(url, **options)
        from nexus_testkit.harness.servers.virtual import VirtualDatabase  # noqa: PLC0415  # as above

        return VirtualDatabase(url, outside=outside, **options)

    def new_cache(self, *, outside: Outside | None = None, **options: Any) -> TemporaryCache:
        """A cache on the Redis server that nobody else uses meanwhile, emptied by its `aclose()`; `options` are `RedisCache`'s.

        On a server that was named the keys, locks and channels have a prefix of their own. With the way `outside` of a
        world in virtual time, its times to live are the world's.

        Raises:
            ServerError: there is no server.
        """
        url = self.redis_url
        if not self.owns(REDIS_URL) or REDIS_URL in self._adopted:
            options = {"prefix": f"nexus-test-{secrets.token_hex(4)}:", **options}
        if outside is None:
            from nexus_testkit.harness.servers.clone import TemporaryCache  # noqa: PLC0415  # loads redis-py

            return TemporaryCache(url, **options)
        if "+" in urlsplit(url).scheme:
            raise ServerError(
                f"{url}: virtual time needs one server, whose times to live it can move", hint="--nexus-loop=system"
            )
        from nexus_testkit.harness.servers.virtual import VirtualCache  # noqa: PLC0415  # as above

        return VirtualCache(url, outside=outside, **options)

    @property
    def postgres_place(self) -> tuple[str, int | None]:
        """Where the PostgreSQL server listens: its host and port, or the path of its socket and None."""
        parts = urlsplit(self.postgres_url)
        folder = parse_qs(parts.query).get("host", [""])[-1]
        if folder:
            return f"{folder}/.s.PGSQL.{parts.port or 5432}", None
        return parts.hostname or "localhost", parts.port or 5432

    @property
    def redis_place(self) -> tuple[str, int | None]:
        """Where the Redis server listens, likewise."""
        parts = urlsplit(self.redis_url)
        return (parts.path, None) if parts.scheme == "unix" else (parts.hostname or "localhost", parts.port or 6379)

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
