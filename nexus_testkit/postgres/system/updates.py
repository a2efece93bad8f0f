"""What may be done to a relation: `pg_relation_is_updatable`, `pg_column_is_updatable` (`utils/adt/misc.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.updatable import obstacle
from nexus_testkit.postgres.system.registry import Registry
from nexus_testkit.postgres.typed import ColumnRef
from nexus_testkit.postgres.typed_queries import Select, TableSource, ViewSource


def updatable(registry: Registry, oid: int, column: int | None = None) -> int:
    """What may be done to a relation of the user's: 4 UPDATE, 8 INSERT, 16 DELETE; or whether a column may be changed."""
    key = registry.keys[oid]
    view = registry.catalog.views.get(key)
    if view is None:
        return 0 if key not in registry.catalog.tables else 28 if column is None else 1
    if view.materialized or obstacle(view.query) is not None or not isinstance(view.query.body, Select):
        return 0
    source = view.query.body.sources[0]
    if not isinstance(source, TableSource | ViewSource):
        return 0
    base = registry.catalog.numbers.relations.get(source.table if isinstance(source, TableSource) else source.view)
    if base is None or not updatable(registry, base.oid):
        return 0
    simple = [
        isinstance(output.expr, ColumnRef)
        and bool(updatable(registry, base.oid, base.columns.get(output.expr.name, 0)))
        for output in view.query.outputs
    ]
    if column is not None:
        return int(simple[column - 1])
    return 28 if any(simple) else 16
