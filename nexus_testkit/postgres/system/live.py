"""Relations of the system whose rows are made for each statement: settings, databases, time zones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nexus_testkit.postgres.settings import DEFAULTS
from nexus_testkit.postgres.system import data
from nexus_testkit.postgres.system.owntypes import OWNER, Row
from nexus_testkit.postgres.system.registry import Registry
from nexus_testkit.postgres.values import interval

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine

DATABASE, DATABASE_OID = "postgres", 5
_SETTING = ["name", "unit", "category", "short_desc", "extra_desc", "context", "vartype", "min_val", "max_val", "enumvals", "boot_val"]  # fmt: skip
_DATABASES = (("template1", 1, 1), (DATABASE, DATABASE_OID, 0), ("template0", 4, 1))


def pg_database(engine: Engine, registry: Registry) -> Iterator[Row]:  # noqa: ARG001  # called like the others
    """The one database, and the templates."""
    for name, oid, template in _DATABASES:
        yield {
            "oid": oid,
            "datname": name,
            "datdba": OWNER,
            "encoding": 6,
            "datlocprovider": "b",
            "datistemplate": template,
            "datallowconn": int(name != "template0"),
            "dathasloginevt": 0,
            "datconnlimit": -1,
            "dattablespace": 1663,
            "datcollate": "C",
            "datctype": "C",
            "datlocale": "C.UTF-8",
            "datacl": None if not template else '["=c/postgres","postgres=CTc/postgres"]',
        }


def pg_settings(engine: Engine, registry: Registry) -> Iterator[Row]:  # noqa: ARG001  # called like the others
    """The settings that a session of the fake knows."""
    settings = engine.current.settings
    for row in data.settings():
        made = dict(zip(_SETTING, row, strict=True))
        name = made["name"]
        if name.lower() not in DEFAULTS:
            continue
        made["setting"] = _plain(settings.show(name.lower(), missing_ok=True), made["unit"])
        made["reset_val"] = _plain(DEFAULTS[name.lower()], made["unit"])
        yield made


_UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "kB": 1, "MB": 1024, "GB": 1024**2}


def _plain(shown: str | None, unit: str | None) -> str | None:
    """A setting in its unit: SHOW says 4MB, pg_settings 4096."""
    if shown is None or unit not in ("ms", "kB", "s"):
        return shown
    digits = shown.rstrip("abcdefghijklmnopqrstuvwxyzBKMGT")
    word = shown[len(digits) :]
    if not digits or word not in _UNITS:
        return shown
    return str(int(digits) * _UNITS[word] // _UNITS[unit])


def pg_timezone_names(engine: Engine, registry: Registry) -> Iterator[Row]:  # noqa: ARG001  # called like the others
    """Time zones, as they are now."""
    now = engine.values.now().astimezone(UTC)
    for name in data.zones():
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
        local = now.astimezone(zone)
        offset, dst = local.utcoffset(), local.dst()
        seconds = int(offset.total_seconds()) if offset is not None else 0
        yield {
            "name": name,
            "abbrev": local.tzname(),
            "utc_offset": interval.pack(0, 0, seconds * 1_000_000),
            "is_dst": int(bool(dst)),
        }


TABLES: dict[str, Callable[[Engine, Registry], Iterator[Row]]] = {
    "pg_catalog.pg_database": pg_database,
    "pg_catalog.pg_settings": pg_settings,
    "pg_catalog.pg_timezone_names": pg_timezone_names,
}
