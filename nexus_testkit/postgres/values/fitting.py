"""Type modifiers: a value of a type, made to fit `bit(4)`, `numeric(5, 2)`, `timestamp(3)`."""

from __future__ import annotations

from typing import Any

from nexus_testkit.postgres.values import interval, numeric, times
from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.session import Cast, ValueSession
from nexus_testkit.postgres.values.types import Typmod, modifiers


def unchanged(value: Any, _session: ValueSession) -> Any:
    """The value itself."""
    return value


def fitted(type_name: str, typmod: Typmod, kind: str = "e") -> Cast:
    """The function that applies a type modifier, and nothing else; `kind` as in `casts.cast`."""
    if typmod is None:
        return unchanged
    if type_name in {"bit", "varbit"}:
        return lambda value, _: _fit_bits(value, type_name, typmod, kind)
    if type_name == "numeric":
        return lambda value, _: numeric.apply_typmod(value, typmod)
    if type_name in {"timestamp", "timestamptz"}:
        return lambda value, _: times.round_seconds(value, typmod)
    if type_name == "interval":
        return lambda value, _: interval.apply_typmod(value, typmod)
    if type_name in {"time", "timetz"}:
        places = modifiers(typmod)[0]
        return lambda value, _: times.time_text(times.round_micros(times.micros_of(value), places)) + value[15:]
    return unchanged


_fit_bits = late("bitstrings.fit")
