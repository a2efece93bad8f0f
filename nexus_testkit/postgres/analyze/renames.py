"""ALTER ... RENAME of what is no table: views and their columns, schemas, types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nexus_testkit.postgres.analyze import domains, enums, schemas, sources, tablenames
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import View
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan

_WORDS = {"VIEW": "view", "MATVIEW": "materialized view"}


def rename(context: Context, node: Node) -> SchemaPlan:
    """RENAME, whatever it is of."""
    kind = node["renameType"].removeprefix("OBJECT_")
    rule = _RULES.get(kind)
    if rule is not None:
        node.skip("relationType")
        return rule(context, node)
    if "relation" in node:
        key = sources.relation_name(context, node["relation"])
        view = context.catalog.views.get(key)
        of = node.get("relationType", "OBJECT_TABLE").removeprefix("OBJECT_")
        if view is not None and (kind in ("TABLE", "COLUMN")):
            tag = _WORDS.get(kind if kind != "COLUMN" else of, "table")
            return (_rename_column if kind == "COLUMN" else _rename_view)(context, node, view, tag)
        if kind == "COLUMN" and of in _WORDS and context.catalog.relation_exists(key):
            raise context.error("42809", f'"{naming.bare(key)}" is not a {_WORDS[of]}')
    return tablenames.rename(context, node)


def _view(context: Context, node: Node) -> SchemaPlan:
    kind = node["renameType"].removeprefix("OBJECT_")
    relation = node["relation"]
    key = sources.relation_name(context, relation)
    view = context.catalog.views.get(key)
    words = _WORDS[kind]
    if view is None or view.materialized != (kind == "MATVIEW"):
        if context.catalog.relation_exists(key):
            raise context.error("42809", f'"{naming.bare(key)}" is not a {words}')
        if node.get("missing_ok"):
            node.skip("newname")
            return SchemaPlan((), context.catalog, f"ALTER {words.upper()}")
        shown = (
            f"{relation.fields['schemaname']}.{relation['relname']}" if "schemaname" in relation else naming.bare(key)
        )
        raise context.error("42P01", f'relation "{shown}" does not exist')
    node.skip("missing_ok")
    return _rename_view(context, node, view, words)


def _rename_view(context: Context, node: Node, view: View, words: str) -> SchemaPlan:
    new = naming.beside(view.name, node["newname"])
    if context.catalog.relation_exists(new):
        raise context.error("42P07", f'relation "{naming.bare(new)}" already exists')
    catalog, steps = schemas.moved(context.catalog, {view.name: new}, {})
    return SchemaPlan(steps, catalog, f"ALTER {words.upper()}")


def _rename_column(context: Context, node: Node, view: View, words: str) -> SchemaPlan:
    old, new = node["subname"], node["newname"]
    catalog = context.catalog
    if not any(column.name == old for column in view.columns):
        raise context.error("42703", f'column "{old}" does not exist')
    if any(column.name == new for column in view.columns):
        raise context.error("42701", f'column "{new}" of relation "{naming.bare(view.name)}" already exists')
    if view.materialized:
        plan = tablenames.rename(context, node)
        catalog = plan.catalog
    columns = tuple(replace(column, name=new) if column.name == old else column for column in view.columns)
    after = replace(view, columns=columns)
    comments = {
        (kind, name, new if (name, part) == (view.name, old) else part): text
        for (kind, name, part), text in catalog.comments.items()
    }
    steps = plan.steps if view.materialized else ()
    catalog = catalog.changed(views={**catalog.views, view.name: after}, comments=comments)
    return SchemaPlan(steps, catalog, f"ALTER {words.upper()}")


_RULES: dict[str, Callable[[Context, Node], SchemaPlan]] = {
    "VIEW": _view,
    "MATVIEW": _view,
    "SCHEMA": schemas.rename,
    "TYPE": enums.rename,
    "DOMAIN": enums.rename,
    "DOMCONSTRAINT": domains.rename_constraint,
}
