"""COMMENT ON: texts that the catalogue keeps by kind of object, its key, and the column's name ("" for none)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.objects import name_parts
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan

_RELATIONS = {
    "TABLE": "table",
    "VIEW": "view",
    "MATVIEW": "materialized view",
    "INDEX": "index",
    "SEQUENCE": "sequence",
}


def comment(context: Context, node: Node) -> SchemaPlan:
    """COMMENT ON TABLE, COLUMN, VIEW, INDEX, SEQUENCE, TYPE, DOMAIN, SCHEMA, CONSTRAINT, DATABASE."""
    kind = node["objtype"].removeprefix("OBJECT_")
    target = node["object"]
    text = node.get("comment")
    parts = name_parts(target)
    if kind in _RELATIONS:
        found = ("relation", _relation(context, parts, _RELATIONS[kind]), "")
    elif kind == "COLUMN":
        found = _column(context, parts)
    elif kind == "TABCONSTRAINT":
        found = _constraint(context, parts)
    elif kind in ("TYPE", "DOMAIN"):
        found = ("type", _type(context, parts, kind), "")
    elif kind == "DOMCONSTRAINT":
        raise context.unsupported("COMMENT ON CONSTRAINT of a domain", node)
    elif kind == "SCHEMA":
        if parts[0] not in context.catalog.schemas:
            raise context.error("3F000", f'schema "{parts[0]}" does not exist')
        found = ("schema", parts[0], "")
    elif kind == "DATABASE":
        if parts[0] != "postgres":
            raise context.error("3D000", f'database "{parts[0]}" does not exist')
        found = ("database", parts[0], "")
    else:
        raise context.unsupported(f"COMMENT ON {kind}", node)
    comments = {key: words for key, words in context.catalog.comments.items() if key != found}
    if text:  # an empty text takes the comment away, as NULL does
        comments[found] = text
    return SchemaPlan((), context.catalog.changed(comments=comments), "COMMENT")


def _relation(context: Context, parts: list[str], kind: str) -> str:
    catalog = context.catalog
    key = naming.relation(catalog, parts[-2] if len(parts) > 1 else None, parts[-1])
    if key is None:
        raise context.error("42P01", f'relation "{".".join(parts)}" does not exist')
    view = catalog.views.get(key)
    if view is not None:
        actual = "materialized view" if view.materialized else "view"
    else:
        actual = "table" if key in catalog.tables else "sequence" if key in catalog.sequences else "index"
    if actual != kind:
        raise context.error("42809", f'"{parts[-1]}" is not {"an" if kind == "index" else "a"} {kind}')
    return key


def _column(context: Context, parts: list[str]) -> tuple[str, str, str]:
    catalog = context.catalog
    key = naming.relation(catalog, parts[-3] if len(parts) > 2 else None, parts[-2])
    if key is None:
        raise context.error("42P01", f'relation "{".".join(parts[:-1])}" does not exist')
    columns = catalog.tables[key].columns if key in catalog.tables else catalog.views[key].columns
    if not any(column.name == parts[-1] for column in columns):
        raise context.error("42703", f'column "{parts[-1]}" of relation "{naming.bare(key)}" does not exist')
    return "column", key, parts[-1]


def _constraint(context: Context, parts: list[str]) -> tuple[str, str, str]:
    catalog = context.catalog
    key = naming.relation(catalog, parts[-3] if len(parts) > 2 else None, parts[-2])
    if key is None or key not in catalog.tables:
        raise context.error("42P01", f'relation "{".".join(parts[:-1])}" does not exist')
    table = catalog.tables[key]
    names = [
        *(check.name for check in table.checks),
        *(naming.bare(made.name) for made in table.keys if made.constraint),
        *(foreign.name for foreign in table.foreign_keys),
    ]
    if parts[-1] not in names:
        raise context.error("42704", f'constraint "{parts[-1]}" for table "{naming.bare(key)}" does not exist')
    return "constraint", key, parts[-1]


def _type(context: Context, parts: list[str], kind: str) -> str:
    catalog = context.catalog
    found = naming.user_type(catalog, parts[-2] if len(parts) > 1 else None, parts[-1])
    if found is None:
        raise context.error("42704", f'type "{".".join(parts)}" does not exist')
    if kind == "DOMAIN" and found not in catalog.domains:
        raise context.error("42809", f'"{parts[-1]}" is not a domain')
    return found
