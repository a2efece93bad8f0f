"""Aggregates over sorted or distinct rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from nexus_testkit.postgres.values.aggregates import AGGREGATES
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.session import Aggregator, ValueSession


class _Native(Aggregator):
    """SQLite's own aggregates, for rows that `Ordered` has gathered: count, min, max, sum(int4), bool_and, bool_or."""

    def __init__(self, session: ValueSession, name: str, type_name: str) -> None:
        super().__init__(session)
        self.name = name
        self.compare = comparer(type_name)
        self.values: list[Any] = []

    def step(self, *values: Any) -> None:
        if not values or values[0] is not None:
            self.values.append(values[0] if values else 1)

    def finalize(self) -> Any:
        if self.name == "count":
            return len(self.values)
        if not self.values:
            return None
        if self.name == "sum":
            return sum(self.values)
        ordered = sorted(self.values, key=cmp_to_key(self.compare))
        return ordered[0] if self.name in {"min", "bool_and", "every"} else ordered[-1]


def make(name: str, session: ValueSession, type_name: str = "text") -> Any:
    """An instance of an aggregate by its name in AGGREGATES, or of a native one."""
    from nexus_testkit.postgres.values.registry import AGGREGATE_NAMES  # noqa: PLC0415  # that module imports this one

    found = AGGREGATES.get(name) or AGGREGATE_NAMES.get(f"pg_agg_{name}")
    return found(session) if found is not None else _Native(session, name, type_name)


class Ordered(Aggregator):
    """`aggregate(DISTINCT arguments ORDER BY keys)`: gathers the rows, sorts them, and runs the aggregate.

    `step(spec, arguments..., keys...)`; the spec is `name|constants|types|keys|distinct`: constants and types are joined by commas, each
    key is `type:a` or `type:d`, then `f` or `l` for where NULLs go.
    """

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.spec = ""
        self.rows: list[tuple[Any, ...]] = []

    def step(self, spec: str, *values: Any) -> None:
        self.spec = spec
        self.rows.append(values)

    def finalize(self) -> Any:
        if not self.rows:
            return None
        name, layout, types, keys, distinct = self.spec.split("|")
        type_names = types.split(",") if types else []
        count = len(type_names)
        rows = self.rows
        sorters = [key_comparer(key) for key in keys.split(",") if key]
        if distinct:
            own = [key_comparer(f"{type_name}:al") for type_name in type_names]
            if not sorters:
                rows = sorted(rows, key=cmp_to_key(row_comparer(own, 0)))
        if sorters:
            rows = sorted(rows, key=cmp_to_key(row_comparer(sorters, count)))
        if distinct:
            rows = _unique(rows, row_comparer(own, 0), adjacent=not sorters)
        inner = make(name, self.session, type_names[0] if type_names else "text")
        with_types = layout == "typed"
        for row in rows:
            arguments = row[:count]
            if with_types:
                inner.step(*(piece for pair in zip(type_names, arguments, strict=True) for piece in pair))
            else:
                inner.step(*arguments)
        return inner.finalize()


def _unique(
    rows: list[tuple[Any, ...]], compare: Callable[[Any, Any], int], *, adjacent: bool
) -> list[tuple[Any, ...]]:
    kept: list[tuple[Any, ...]] = []
    for row in rows:
        earlier = kept[-1:] if adjacent else kept
        if not any(compare(row, each) == 0 for each in earlier):
            kept.append(row)
    return kept


def key_comparer(key: str) -> Callable[[Any, Any], int]:
    """The comparison of a key, nulls included."""
    type_name, _, flags = key.rpartition(":")
    compare = comparer(type_name)
    sign = -1 if flags[0] == "d" else 1
    null = -1 if flags[1] == "f" else 1

    def order(a: Any, b: Any) -> int:
        if a is None or b is None:
            return 0 if a is b else null if a is None else -null
        return sign * compare(a, b)

    return order


def row_comparer(keys: list[Callable[[Any, Any], int]], offset: int) -> Callable[[Any, Any], int]:
    """The comparison of rows whose keys begin at `offset`."""

    def order(a: tuple[Any, ...], b: tuple[Any, ...]) -> int:
        for at, compare in enumerate(keys, offset):
            result = compare(a[at], b[at])
            if result:
                return result
        return 0

    return order
