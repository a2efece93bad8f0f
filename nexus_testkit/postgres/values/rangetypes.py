"""The names of PostgreSQL's own range and multirange types (pg_range)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.values.late import late

#: Range type -> the type of its bounds.
SUBTYPES = {
    "int4range": "int4",
    "int8range": "int8",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp",
    "tstzrange": "timestamptz",
}

#: Multirange type -> the type of its ranges.
RANGE_OF = {name.replace("range", "multirange"): name for name in SUBTYPES}

#: Range type -> its multirange type.
MULTIRANGE_OF = {name: multi for multi, name in RANGE_OF.items()}


def bound_type(name: str) -> str | None:
    """The type of the bounds of a range or multirange type; None for every other type."""
    return SUBTYPES.get(RANGE_OF.get(name, name))


_makers: list[Callable[[], Callable[..., Any]]] = []


def use(found: Callable[[], Callable[..., Any]]) -> None:
    """Say which class stands for a range in Python: `found()` is asked for it when the first range is decoded.

    Called with lower and upper bound and `lower_inc=`, `upper_inc=`, or with `empty=True`. No driver may be imported in this
    package, and asyncpg's class is its own: so the adapter says it.
    """
    _makers[:] = [found]


def range_class() -> Callable[..., Any]:
    """That class.

    Raises:
        UnsupportedSQL: nobody has said which.
    """
    if not _makers:
        raise UnsupportedSQL("a range as a Python value, as long as no class was named for it")
    return _makers[0]()


#: The aggregates of ranges, by their names in SQLite.
AGGREGATES: dict[str, Any] = {
    "pg_agg_range": late("rangeops.RangeAgg"),
    "pg_agg_range_intersect": late("rangeops.RangeIntersectAgg"),
}


def _collation(subtype: str) -> Callable[[str, str], int]:
    made: list[Callable[[str, str], int]] = []

    def compare(left: str, right: str) -> int:
        if not made:
            made.append(late("ranges.comparer")(subtype))
        return made[0](left, right)

    return compare


#: Their collations; a range type and its multirange type share one.
COLLATIONS = {f"pg_range_{subtype}": _collation(subtype) for subtype in SUBTYPES.values()}
