"""DROP: which rule drops what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nexus_testkit.postgres import deferral
from nexus_testkit.postgres.analyze import dependents, dropping, objects
from nexus_testkit.postgres.analyze.alter import Step
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog.schema import Catalog
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan

_KINDS = {"OBJECT_TABLE": "table", "OBJECT_INDEX": "index", "OBJECT_SEQUENCE": "sequence"}


def drop(context: Context, node: Node) -> SchemaPlan:
    """DROP TABLE, INDEX, SEQUENCE; `objects` has the others."""
    kind = _KINDS.get(node["removeType"])
    if kind is None:
        return objects.drop(context, node)
    cascade = node.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    missing_ok = bool(node.get("missing_ok"))
    names = objects.dropped_names(context, node, missing_ok=missing_ok)
    catalog, steps = _DROPS[kind](context, names, missing_ok=missing_ok, cascade=cascade)
    if node.get("concurrent"):
        steps = [partial(deferral.require_no_block, command="DROP INDEX CONCURRENTLY"), *steps]
    return SchemaPlan(tuple(steps), catalog, f"DROP {kind.upper()}")


def _drop_tables(context: Context, names: list[str], *, missing_ok: bool, cascade: bool) -> tuple[Catalog, list[Step]]:
    found: list[str] = []
    for name in names:
        if name in context.catalog.tables and name not in context.catalog.views:
            found.append(name)
        elif context.catalog.relation_exists(name):
            raise objects.wrong_kind(context, name, "table")
        elif (system := objects.of_the_system(context, name, "table")) is not None:
            raise system
        elif not missing_ok:
            raise context.error("42P01", f'table "{name}" does not exist')
    catalog, steps = dependents.dropped(context, [dependents.Thing("table", name) for name in found], cascade=cascade)
    pending = partial(deferral.require_none_pending, tables=found, command="DROP TABLE")
    return catalog, [pending, *steps]


_DROPS: dict[str, Callable[..., tuple[Catalog, list[Step]]]] = {
    "table": _drop_tables,
    "index": dropping.drop_indexes,
    "sequence": dropping.drop_sequences,
}
