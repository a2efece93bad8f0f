"""redis-py's client for a URL: one server, a cluster, or a master that sentinels know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

_KINDS = ("", "cluster", "sentinel")
_SENTINEL_PORT = 26_379


def make_client(url: str, *, max_connections: int, acquire_timeout_s: float, options: Mapping[str, Any]) -> Any:
    """A client that connects on first use, and repeats nothing: only the caller knows whether a command may run twice.

    Raises:
        ValueError: a URL that is none of those in `RedisCache`.
    """
    base, kind = split(url)
    given: dict[str, Any] = {"socket_keepalive": True, **options, "retry": Retry(NoBackoff(), 0)}
    if kind == "cluster":
        return redis.asyncio.RedisCluster.from_url(base, max_connections=max_connections, **given)
    if kind == "sentinel":
        return _of_sentinels(base, max_connections, given)
    if base.startswith("unix:"):
        del given["socket_keepalive"]
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        base, max_connections=max_connections, timeout=acquire_timeout_s, **given
    )
    return redis.asyncio.Redis.from_pool(pool)


def make_subscriber(url: str, *, options: Mapping[str, Any]) -> Any:
    """A client whose connections wait for messages for as long as it takes.

    In a cluster it is a client of the first node: each node passes on what is published at any.
    """
    base, kind = split(url)
    if kind == "cluster":
        base, kind = _first_host(base), ""
    plain = base if not kind else url
    return make_client(plain, max_connections=2**31, acquire_timeout_s=0, options={**options, "socket_timeout": None})


async def close_client(client: Any) -> None:
    """Close the client's connections, those to its sentinels as well: redis-py leaves these open."""
    await client.aclose()
    manager = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
    for sentinel in manager.sentinels if manager is not None else ():
        await sentinel.aclose()


def split(url: str) -> tuple[str, str]:
    """The URL as redis-py takes it, and "", "cluster" or "sentinel".

    Raises:
        ValueError: another kind, or an option that would change what the port gives.
    """
    parts = urlsplit(url)
    scheme, _, kind = parts.scheme.partition("+")
    if scheme not in ("redis", "rediss", "unix") or kind not in _KINDS or (scheme == "unix" and kind):
        raise ValueError(
            f"{parts.scheme}:// is no URL of Redis; give redis://, rediss://, unix://, redis+cluster:// or redis+sentinel://"
        )
    if any(name == "decode_responses" for name, _ in parse_qsl(parts.query)):
        raise ValueError("decode_responses in the URL of a cache: the port's values are bytes; decode them yourself")
    return scheme + url[len(parts.scheme) :], kind


def _hosts(url: str) -> tuple[str, list[str]]:
    """Login, with its `@`, and the hosts of `user:password@host:port,host:port`."""
    login, at, places = urlsplit(url).netloc.rpartition("@")
    return login + at, [place for place in places.split(",") if place]


def _first_host(url: str) -> str:
    login, hosts = _hosts(url)
    return urlunsplit(urlsplit(url)._replace(netloc=login + (hosts[0] if hosts else "localhost")))


def _of_sentinels(url: str, max_connections: int, given: dict[str, Any]) -> Any:
    parts = urlsplit(url)
    login, hosts = _hosts(url)
    service, _, database = parts.path.strip("/").partition("/")
    if not service or not hosts:
        raise ValueError("a URL of sentinels is redis+sentinel://host:port,host:port/NAME-OF-THE-MASTER/DATABASE")
    username, _, password = login.rstrip("@").partition(":")
    found: dict[str, Any] = {**given, "max_connections": max_connections, "db": int(database or 0)}
    found |= {"username": unquote(username) or None, "password": unquote(password) or None}
    theirs = {name: value for name, value in given.items() if name.startswith(("socket_", "ssl_"))}
    for name, value in parse_qsl(parts.query):
        role, _, rest = name.partition("_")
        if role != "sentinel" or rest not in ("username", "password"):
            raise ValueError(f"{name!r} in a URL of sentinels; sentinel_username and sentinel_password may stand there")
        theirs[rest] = value
    if parts.scheme == "rediss":
        found["ssl"] = theirs["ssl"] = True
    places = [_place(host) for host in hosts]
    sentinel = redis.asyncio.Sentinel(places, sentinel_kwargs={**theirs, "retry": given["retry"]})  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    client = sentinel.master_for(service, **found)
    client.auto_close_connection_pool = True
    return client


def _place(host: str) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    return (name, int(port)) if colon and not host.endswith("]") else (host, _SENTINEL_PORT)
