"""Settings that change how a server works and nothing that it answers: the planner's, memory, logging, vacuum, write-ahead log.

They are checked, kept and shown as on the server (`guc.c`), and do nothing. The table of them is the server's own `pg_settings`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

from nexus_testkit.errors.database import database_error

_CATEGORIES = (
    "Query Tuning",
    "Resource Usage",
    "Reporting and Logging",
    "Statistics",
    "Vacuuming",
    "Write-Ahead Log",
    "Client Connection Defaults / Shared Library Preloading",
    "Replication",
)
# A server's own, which a session does not change: contexts of pg_settings and what it says to who tries.
_REFUSALS = {
    "internal": "cannot be changed",
    "postmaster": "cannot be changed without restarting the server",
    "sighup": "cannot be changed now",
    "backend": "cannot be set after connection start",
    "superuser-backend": "cannot be set after connection start",
}
_ON = ("on", "true", "yes", "1", "t", "tr", "tru", "y", "ye")
_OFF = ("off", "false", "no", "0", "of", "f", "fa", "fal", "fals", "n")
_MEMORY = {"TB": 1 << 40, "GB": 1 << 30, "MB": 1 << 20, "kB": 1 << 10, "B": 1}
_TIME = {"d": 86_400e6, "h": 3_600e6, "min": 60e6, "s": 1e6, "ms": 1e3, "us": 1.0}
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)\s*")


@dataclass(frozen=True, slots=True)
class Tuning:
    """One row of pg_settings."""

    name: str
    unit: str | None
    context: str
    kind: str
    least: float
    most: float
    labels: tuple[str, ...]
    initial: str

    @property
    def shown(self) -> str:
        """The value that a fresh server has, as SHOW prints it."""
        return _text(self, float(self.initial)) if self.kind in ("integer", "real") else self.initial


@cache
def tunings() -> dict[str, Tuning]:
    """All of them, by their names in lower case."""
    from nexus_testkit.postgres.system import data  # noqa: PLC0415  # loaded when somebody asks for such a setting

    found = {}
    for name, unit, category, _, _, context, kind, least, most, labels, initial in data.settings():
        if category.startswith(_CATEGORIES):
            bounds = (float(least or 0), float(most or 0))
            found[name.lower()] = Tuning(
                name, unit, context, kind, *bounds, tuple(json.loads(labels or "[]")), initial or ""
            )
    return found


def checked(tuning: Tuning, value: str) -> str:
    """The value as SHOW prints it.

    Raises:
        DatabaseError: 55P02 only the server's start or its configuration file sets it, 22023 no such value.
    """
    refusal = _REFUSALS.get(tuning.context)
    if refusal is not None:
        raise database_error("55P02", f'parameter "{tuning.name}" {refusal}')
    if tuning.kind == "bool":
        if value.lower() in _ON:
            return "on"
        if value.lower() in _OFF:
            return "off"
        raise database_error("22023", f'parameter "{tuning.name}" requires a Boolean value')
    if tuning.kind == "enum":
        if value.lower() in tuning.labels:
            return value.lower()
        raise _wrong(tuning, value, f"Available values: {', '.join(tuning.labels)}.")
    return _number(tuning, value) if tuning.kind in ("integer", "real") else value


def _wrong(tuning: Tuning, value: str, hint: str | None = None) -> Exception:
    return database_error("22023", f'invalid value for parameter "{tuning.name}": "{value}"', hint=hint)


def _units(tuning: Tuning) -> tuple[dict[str, float], float]:
    """The words for units that a setting takes, and its own unit, both in bytes or microseconds."""
    if tuning.unit is None:
        return {}, 1
    amount, word = re.fullmatch(r"(\d*)(\w+)", tuning.unit).groups()  # type: ignore[union-attr]  # `8kB`, `ms`
    table: dict[str, float] = dict(_MEMORY) if word in _MEMORY else dict(_TIME)
    return table, float(amount or 1) * table[word]


def _number(tuning: Tuning, value: str) -> str:
    table, own = _units(tuning)
    found = _NUMBER.fullmatch(value)
    if found is None:
        raise _wrong(tuning, value)
    if found[2] and found[2] not in table:
        words = ", ".join(f'"{word}"' for word in reversed(list(table))).replace(', "', ', "')
        first, _, last = words.rpartition(", ")
        hint = f"Valid units for this parameter are {first}, and {last}." if table else None
        raise _wrong(tuning, value, hint)
    amount = float(found[1]) * (table[found[2]] / own if found[2] else 1)
    if tuning.kind == "integer":
        amount = round(amount)
    if not tuning.least <= amount <= tuning.most:
        unit = f" {tuning.unit}" if tuning.unit else ""
        bounds = f"({tuning.least:g}{unit} .. {_bound(tuning)}{unit})"
        raise database_error(
            "22023", f'{amount:g}{unit} is outside the valid range for parameter "{tuning.name}" {bounds}'
        )
    return _text(tuning, amount)


def _bound(tuning: Tuning) -> str:
    return f"{tuning.most:.0f}" if tuning.kind == "integer" else f"{tuning.most:g}"


def _text(tuning: Tuning, amount: float) -> str:
    """A number in the largest unit that divides it."""
    table, own = _units(tuning)
    if table and amount > 0:
        whole = amount * own
        for word, size in table.items():
            if whole % size == 0:
                return f"{whole / size:.0f}{word}"
    return f"{amount:.0f}" if tuning.kind == "integer" else f"{amount:g}"
