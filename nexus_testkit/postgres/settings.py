"""Settings of a session: SET, SET LOCAL, SHOW, RESET, and their way back on ROLLBACK (manual, 19)."""

from __future__ import annotations

import re
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.tuning import checked as checked_tuning
from nexus_testkit.postgres.tuning import tunings
from nexus_testkit.postgres.values.session import fixed_zone

# What a session on a fresh server of PostgreSQL 18 shows, for the settings that applications touch.
DEFAULTS = {
    "application_name": "",
    "bytea_output": "hex",
    "client_encoding": "UTF8",
    "client_min_messages": "notice",
    "datestyle": "ISO, MDY",
    "deadlock_timeout": "1s",
    "default_table_access_method": "heap",
    "default_tablespace": "",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "extra_float_digits": "1",
    "idle_in_transaction_session_timeout": "0",
    "intervalstyle": "postgres",
    "is_superuser": "on",
    "jit": "on",
    "lc_collate": "C.UTF-8",
    "lock_timeout": "0",
    "block_size": "8192",
    "default_transaction_deferrable": "off",
    "max_connections": "100",
    "max_prepared_transactions": "0",
    "search_path": '"$user", public',
    "server_encoding": "UTF8",
    "server_version": "18.6",
    "server_version_num": "180006",
    "session_replication_role": "origin",
    "standard_conforming_strings": "on",
    "statement_timeout": "0",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "transaction_deferrable": "off",
    "transaction_isolation": "read committed",
    "transaction_read_only": "off",
    "work_mem": "4MB",
}

# Settings that change what statements mean: only the value that the fake has is accepted.
_FIXED = {
    "bytea_output": {"hex"},
    "client_encoding": {"utf8", "utf-8", "unicode"},
    "extra_float_digits": {"1", "2", "3"},
    "datestyle": {"iso, mdy", "iso", "iso,mdy", "mdy"},
    "intervalstyle": {"postgres"},
    "standard_conforming_strings": {"on", "true", "1"},
    "session_replication_role": {"origin"},
}

_READ_ONLY = frozenset(
    {"server_version", "server_version_num", "server_encoding", "is_superuser", "lc_collate", "block_size"}
)
_AT_START = frozenset({"max_connections", "max_prepared_transactions"})


_MOST = 2**31 - 1
_POSIX = re.compile(r"<[+-]\d\d(?::\d\d)?>([+-])(\d\d)(?::(\d\d))?")
_HOURS = re.compile(r"[+-]?\d{1,2}(\.\d+)?")
# GUC_NO_RESET of src/backend/utils/misc/guc_parameters.dat
_NEVER_RESET = frozenset({"transaction_isolation", "transaction_read_only", "transaction_deferrable", "seed"})
_READ_ONLY_DEFAULT = "default_transaction_read_only"
_LEVELS = frozenset({"read uncommitted", "read committed", "repeatable read", "serializable"})
_ON = frozenset({"on", "true", "yes", "1", "t", "tr", "tru", "y", "ye"})
_OFF = frozenset({"off", "false", "no", "0", "of", "f", "fa", "fal", "fals", "n"})


def _refuse_known(key: str) -> None:
    """Refuse a setting that a server has and the fake knows nothing of.

    Raises:
        UnsupportedSQL: as said.
    """
    from nexus_testkit.postgres.system import data  # noqa: PLC0415  # seldom used

    if any(row[0].lower() == key for row in data.settings()):
        raise UnsupportedSQL(f"the setting {key}")


def checked(key: str, value: str) -> str:
    """The value as SHOW prints it.

    Raises:
        DatabaseError: 22023.
    """
    if key.endswith("transaction_isolation"):
        if value.lower() not in _LEVELS:
            raise database_error("22023", f'invalid value for parameter "{key}": "{value}"')
        return value.lower()
    if key == "timezone":
        return zone_named(value)[0]
    if key in _UNITS:
        return _measured(key, value)
    if key == "search_path":
        schemas(value)
        return value
    if key == "client_min_messages" and value.lower() not in _MESSAGES:
        raise database_error("22023", f'invalid value for parameter "{key}": "{value}"')
    if DEFAULTS.get(key) in ("on", "off"):
        if value.lower() in _ON:
            return "on"
        if value.lower() in _OFF:
            return "off"
        raise database_error("22023", f'parameter "{key}" requires a Boolean value')
    return value


_USER = "postgres"
_DEFAULT_PATH = (_USER, "public")


@lru_cache(maxsize=64)
def schemas(path: str) -> tuple[str, ...]:
    """The schemas that a search_path names; `"$user"` is the session's user.

    Raises:
        DatabaseError: 22023.
    """
    if not path.strip():
        return ()
    found: list[str] = []
    for part in re.split(r""",(?=(?:[^"]*"[^"]*")*[^"]*$)""", path):
        name = part.strip()
        if name.startswith('"') and name.endswith('"') and len(name) > 1:
            name = name[1:-1].replace('""', '"')
        elif not name or any(char.isspace() or char == '"' for char in name):
            raise database_error(
                "22023", f'invalid value for parameter "search_path": "{path}"', detail="List syntax is invalid."
            )
        else:
            name = name.lower()
        found.append(_USER if name == "$user" else name)
    return tuple(found)


_MESSAGES = frozenset(
    {"debug5", "debug4", "debug3", "debug2", "debug1", "debug", "log", "notice", "info", "warning", "error"}
)
_TIMES = {"d": 86_400_000, "h": 3_600_000, "min": 60_000, "s": 1000, "ms": 1}
_SIZES = {"TB": 1 << 30, "GB": 1 << 20, "MB": 1 << 10, "kB": 1}
# The settings with a unit: its words, the largest first, and the least value.
_UNITS = {
    "statement_timeout": (_TIMES, 0),
    "lock_timeout": (_TIMES, 0),
    "idle_in_transaction_session_timeout": (_TIMES, 0),
    "deadlock_timeout": (_TIMES, 1),
    "work_mem": (_SIZES, 64),
}
_MEASURE = re.compile(r"\s*([+-]?\d+(?:\.\d*)?)\s*([A-Za-z]*)\s*")


def _measured(key: str, value: str) -> str:
    """A time or a size in the largest unit that divides it, as SHOW prints it."""
    units, least = _UNITS[key]
    base = next(reversed(units))
    found = _MEASURE.fullmatch(value)
    if found is None or found[2] not in {"", *units}:
        raise database_error("22023", f'invalid value for parameter "{key}": "{value}"')
    amount = round(float(found[1]) * units.get(found[2], 1))
    if not least <= amount <= _MOST:
        bounds = f"({least} {base} .. {_MOST} {base})"
        raise database_error("22023", f'{amount} {base} is outside the valid range for parameter "{key}" {bounds}')
    if amount == 0:
        return "0"
    unit, size = next((unit, size) for unit, size in units.items() if amount % size == 0)
    return f"{amount // size}{unit}"


@lru_cache(maxsize=64)
def zone_named(name: str) -> tuple[str, tzinfo | None]:
    """A TimeZone as SHOW prints it, and the zone; None is UTC. Hours are east of Greenwich, as SET TIME ZONE takes them.

    Raises:
        DatabaseError: 22023.
        UnsupportedSQL: a POSIX specification, or a machine without time zones.
    """
    if name in ("UTC", "Etc/UTC"):
        return name, None
    posix = _POSIX.fullmatch(name)
    if _HOURS.fullmatch(name) or posix:
        # POSIX counts hours west of Greenwich; this is the form that SHOW prints for a number.
        sign = -1 if posix and posix[1] == "+" else 1
        seconds = round(float(name) * 3600) if not posix else sign * (int(posix[2]) * 3600 + int(posix[3] or 0) * 60)
        hours, minutes = divmod(abs(seconds) // 60, 60)
        shown = f"{hours:02d}" + (f":{minutes:02d}" if minutes else "")
        east, west = ("-", "+") if seconds < 0 else ("+", "-")
        return f"<{east}{shown}>{west}{shown}", fixed_zone(seconds)
    known = {each.lower(): each for each in available_timezones()}
    if not known:
        raise UnsupportedSQL(f"timezone = {name} on a machine without time zones (pip install tzdata)")
    found = known.get(name.lower())
    if found is None:
        if any(char.isdigit() for char in name):
            raise UnsupportedSQL(f"timezone = {name}")
        raise database_error("22023", f'invalid value for parameter "TimeZone": "{name}"')
    return found, None if found in ("UTC", "Etc/UTC") else ZoneInfo(found)


Snapshot = tuple[dict[str, str], dict[str, str]] | None


class Settings:
    """The settings of one session.

    Attributes:
        zone: TimeZone as a zone; None is UTC.
        path: the schemas of search_path; None is the default.

    Limits: DateStyle, IntervalStyle and their like accept only what the fake does anyway (ISO, postgres) and refuse the rest.
    In virtual time only waiting takes any, so timeouts end nothing else.
    """

    __slots__ = ("_before", "_local", "_placeholders", "path", "values", "zone")

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._local: dict[str, str] = {}
        self._before: dict[str, str] | None = None
        self._placeholders: set[str] = set()
        self.zone: tzinfo | None = None
        self.path: tuple[str, ...] | None = None

    def show(self, name: str, *, missing_ok: bool = False) -> str | None:
        """A setting's value.

        Raises:
            DatabaseError: 42704.
        """
        key = name.lower()
        for layer in (self._local, self.values, DEFAULTS):
            if key in layer:
                return layer[key]
        if key in self._placeholders:
            return ""
        tuning = tunings().get(key)
        if tuning is not None:
            return tuning.shown
        _refuse_known(key)
        if missing_ok:
            return None
        raise database_error("42704", f'unrecognized configuration parameter "{name}"')

    def seconds(self, name: str) -> float:
        """A setting that is a time; 0 where it is off."""
        text = str(self.show(name))
        unit = text.lstrip("0123456789")
        return int(text[: len(text) - len(unit)]) * _TIMES.get(unit, 1) / 1000

    def set(self, name: str, value: str, *, local: bool = False) -> str:
        """Set one; `local` until the transaction ends.

        Raises:
            DatabaseError: 42704 unknown, 55P02 read-only.
            UnsupportedSQL: a value that would change what statements mean.
        """
        key = name.lower()
        tuning = tunings().get(key) if key not in DEFAULTS and "." not in key else None
        if tuning is None and key not in DEFAULTS and "." not in key:
            _refuse_known(key)
            raise database_error("42704", f'unrecognized configuration parameter "{name}"')
        if key in _READ_ONLY:
            raise database_error("55P02", f'parameter "{key}" cannot be changed')
        if key in _AT_START:
            raise database_error("55P02", f'parameter "{key}" cannot be changed without restarting the server')
        if key in _FIXED and value.lower() not in _FIXED[key]:
            raise UnsupportedSQL(f"{name} = {value}")
        value = checked(key, value) if tuning is None else checked_tuning(tuning, value)
        self.name(name)
        if not local:
            self._local.pop(key, None)
        (self._local if local else self.values)[key] = value
        self._follow()
        return value

    def _follow(self) -> None:
        """Let `zone` be what TimeZone says, and `path` what search_path does."""
        self.zone = zone_named(str(self.show("timezone")))[1]
        path = schemas(str(self.show("search_path")))
        self.path = None if path == _DEFAULT_PATH else path

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas of search_path, those that do not exist too."""
        return _DEFAULT_PATH if self.path is None else self.path

    def name(self, name: str) -> None:
        """Somebody sets or resets this one: a setting of the application's own is known from then on, as an empty text.

        Raises:
            DatabaseError: 42704 unknown.
        """
        if "." in name:
            self._placeholders.add(name.lower())
        self.show(name)

    def reset(self, name: str | None) -> None:
        """Back to the default; None means all."""
        if name is None:
            self.values.clear()
            self._local.clear()
            self.zone = self.path = None
            return
        if name.lower() in _NEVER_RESET:
            raise database_error("0A000", f'parameter "{name.lower()}" cannot be reset')
        self.name(name)
        self.values.pop(name.lower(), None)
        self._local.pop(name.lower(), None)
        self._follow()

    @property
    def read_only(self) -> bool:
        """Whether a transaction is read-only unless it says otherwise."""
        return self._local.get(_READ_ONLY_DEFAULT, self.values.get(_READ_ONLY_DEFAULT)) == "on"

    @property
    def untouched(self) -> bool:
        """Whether all of them are the defaults."""
        return not (self.values or self._local)

    def snapshot(self) -> Snapshot:
        """What they are now, for `restore`; None where nothing was ever set."""
        return (dict(self.values), dict(self._local)) if self.values or self._local else None

    def restore(self, snapshot: Snapshot) -> None:
        """A savepoint is rolled back to."""
        values, local = snapshot or ({}, {})
        if values != self.values or local != self._local:
            self.values, self._local = dict(values), dict(local)
            self._follow()

    def begin(self) -> None:
        """A transaction begins: remember what to go back to."""
        self._before = dict(self.values)

    def end(self, *, committed: bool) -> None:
        """The transaction is over: SET LOCAL is forgotten, SET too where it was rolled back."""
        if self._local:
            self._local = {}
            self._follow()
        if self._before is not None:
            if not committed and self._before != self.values:
                self.values = self._before
                self._follow()
            self._before = None
