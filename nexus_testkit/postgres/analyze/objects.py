"""DROP: the names that it means, and the objects that are no tables, indexes, sequences or types."""

from __future__ import annotations

from collections.abc import Callable

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.analyze import schemas, views
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan


def name_parts(item: Node) -> list[str]:
    """The parts of an object's name in DROP, COMMENT and their like."""
    if item.kind == "TypeName":
        return item.names("names")
    if item.kind == "String":
        return [item["sval"]]
    return [part["sval"] for part in item["items"]]


def dropped_names(context: Context, node: Node, *, missing_ok: bool) -> list[str]:
    """The keys of what DROP names; a name that means nothing stands for itself."""
    types = node["removeType"] in ("OBJECT_TYPE", "OBJECT_DOMAIN")
    return [
        found
        for item in node["objects"]
        if (found := _key(context, name_parts(item), types=types, missing_ok=missing_ok)) is not None
    ]


def _key(context: Context, parts: list[str], *, types: bool, missing_ok: bool) -> str | None:
    catalog = context.catalog
    schema = parts[-2] if len(parts) > 1 else None
    if schema is not None and schema not in (*catalog.schemas, "pg_temp", "pg_catalog", "information_schema"):
        if missing_ok:
            return None
        raise context.error("3F000", f'schema "{schema}" does not exist')
    if types:
        found = naming.user_type(catalog, schema, parts[-1])
        return found or naming.type_key(schema or "", parts[-1])
    return naming.relation(catalog, schema, parts[-1]) or naming.key(schema or "", parts[-1])


def of_the_system(context: Context, key: str, wanted: str) -> DatabaseError | None:
    """The error of dropping one of the system's relations; None for a key of none."""
    schema, name = naming.split(key)
    if schema not in ("pg_catalog", "information_schema"):
        return None
    from nexus_testkit.postgres.system import data  # noqa: PLC0415  # seldom used

    shown = f"{schema}.{name}"
    outline = data.outline()
    if shown not in outline.relations:
        return None
    if (shown in outline.views) != (wanted == "view"):
        kind = "view" if shown in outline.views else "table"
        hint = f"Use DROP {kind.upper()} to remove {_article(kind)}."
        return context.error("42809", f'"{name}" is not {_article(wanted)}', hint=hint)
    if wanted == "table":
        return context.error("42501", f'permission denied: "{name}" is a system catalog')
    return context.unsupported(f"DROP of {shown}")


def wrong_kind(context: Context, key: str, wanted: str) -> DatabaseError:
    """DROP names a relation of another kind (`DropErrorMsgWrongType`)."""
    catalog = context.catalog
    view = catalog.views.get(key)
    if view is not None:
        kind = "materialized view" if view.materialized else "view"
    else:
        kind = "table" if key in catalog.tables else "sequence" if key in catalog.sequences else "index"
    return context.error(
        "42809",
        f'"{naming.bare(key)}" is not {_article(wanted)}',
        hint=f"Use DROP {kind.upper()} to remove {_article(kind)}.",
    )


def _article(kind: str) -> str:
    return f"{'an' if kind == 'index' else 'a'} {kind}"


_RULES: dict[str, Callable[[Context, Node], SchemaPlan]] = {
    "VIEW": views.drop,
    "MATVIEW": views.drop,
    "SCHEMA": schemas.drop,
}


def drop(context: Context, node: Node) -> SchemaPlan:
    """DROP of anything but tables, indexes, sequences and types."""
    kind = node["removeType"].removeprefix("OBJECT_")
    if kind in ("TYPE", "DOMAIN"):
        from nexus_testkit.postgres.analyze import enums  # noqa: PLC0415  # a cycle otherwise

        return enums.drop(context, node)
    rule = _RULES.get(kind)
    if rule is None:
        raise context.unsupported(f"DROP {kind}", node)
    return rule(context, node)
