"""Enum types: CREATE TYPE ... AS ENUM, ALTER TYPE, DROP TYPE and DROP DOMAIN (`typecmds.c`, `pg_enum.c`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.analyze import dependents, domains, objects, schemas
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog
from nexus_testkit.postgres.lower import ddl as lowered
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.rewriting import rewritten
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed import Const

Step = str | Callable[[Session], Any]

_LONGEST = 63
_FIRST_OID = 16384


def create(context: Context, node: Node) -> SchemaPlan:
    """CREATE TYPE ... AS ENUM."""
    key = domains.new_type(context, node.names("typeName"))
    labels = tuple(node.names("vals")) if "vals" in node else ()
    for label in labels:
        _require_short(context, label)
    double = next((label for at, label in enumerate(labels) if label in labels[:at]), None)
    if double is not None:
        raise context.error(
            "23505",
            'duplicate key value violates unique constraint "pg_enum_typid_label_index"',
            detail=f"Key (enumtypid, enumlabel)=({_FIRST_OID + context.catalog.version}, {double}) already exists.",
            constraint_name="pg_enum_typid_label_index",
            table_name="pg_enum",
            schema_name="pg_catalog",
        )
    catalog = domains.with_temporary(context.catalog, key)
    catalog = catalog.changed(enums={**catalog.enums, key: labels}, fresh=catalog.fresh | {key})
    return SchemaPlan((), catalog, "CREATE TYPE")


def _require_short(context: Context, label: str) -> None:
    if len(label.encode()) > _LONGEST:
        raise context.error(
            "42602", f'invalid enum label "{label}"', detail=f"Labels must be {_LONGEST} bytes or less."
        )


def alter(context: Context, node: Node) -> SchemaPlan:
    """ALTER TYPE ... ADD VALUE, RENAME VALUE."""
    parts = node.names("typeName")
    catalog = context.catalog
    key = naming.user_type(catalog, parts[-2] if len(parts) > 1 else None, parts[-1])
    if key is None:
        raise context.error("42704", f'type "{".".join(parts)}" does not exist')
    if key not in catalog.enums:
        raise context.error("42809", f"{naming.qualified(catalog, key)} is not an enum")
    return _rename_value(context, node, key) if "oldVal" in node else _add_value(context, node, key)


def _add_value(context: Context, node: Node, key: str) -> SchemaPlan:
    catalog = context.catalog
    labels = list(catalog.enums[key])
    new = node["newVal"]
    _require_short(context, new)
    if new in labels:
        if node.get("skipIfNewValExists"):
            node.skip("newValNeighbor", "newValIsAfter")
            return SchemaPlan((), catalog, "ALTER TYPE")
        raise context.error("42710", f'enum label "{new}" already exists')
    node.skip("skipIfNewValExists")
    at = len(labels)
    after = bool(node.get("newValIsAfter"))
    if "newValNeighbor" in node:
        neighbour = node["newValNeighbor"]
        if neighbour not in labels:
            raise context.error("22023", f'"{neighbour}" is not an existing enum label')
        at = labels.index(neighbour) + after
    labels.insert(at, new)
    unsafe = catalog.unsafe if key in catalog.fresh else catalog.unsafe | {(key, new)}
    changed = catalog.changed(enums={**catalog.enums, key: tuple(labels)}, unsafe=unsafe)
    return SchemaPlan(relowered(catalog, changed), changed, "ALTER TYPE")


def _rename_value(context: Context, node: Node, key: str) -> SchemaPlan:
    catalog = context.catalog
    labels = catalog.enums[key]
    old, new = node["oldVal"], node["newVal"]
    _require_short(context, new)
    if old not in labels:
        raise context.error("22023", f'"{old}" is not an existing enum label')
    if new in labels:
        raise context.error("42710", f'enum label "{new}" already exists')

    def change(found: Any) -> Any:
        if isinstance(found, Const) and found.type == key and found.value == old:
            return replace(found, value=new)
        return None

    changed = catalog.changed(
        enums={**catalog.enums, key: tuple(new if label == old else label for label in labels)},
        tables={name: rewritten(table, change) for name, table in catalog.tables.items()},
        views={name: rewritten(view, change) for name, view in catalog.views.items()},
        domains={name: rewritten(domain, change) for name, domain in catalog.domains.items()},
    )
    # The keys that refer to one another are all renamed before they are looked at.
    steps: list[Step] = [*relowered(catalog, changed), "PRAGMA defer_foreign_keys = ON"]
    for table in changed.tables.values():
        for column in table.columns:
            if column.type == key:
                sql = f"UPDATE {quoted(table.name)} SET {quoted(column.name)} = ? WHERE {quoted(column.name)} = ?"
                steps.append(partial(_update, sql=sql, old=old, new=new))
            elif column.type == f"{key}[]":
                steps.append(partial(_update_arrays, table=table.name, column=column.name, old=old, new=new))
    steps.append("PRAGMA defer_foreign_keys = OFF")
    return SchemaPlan(tuple(steps), changed, "ALTER TYPE")


def _update(session: Session, *, sql: str, old: str, new: str) -> None:
    try:
        session.engine.connection.execute(sql, (new, old))
    except sqlite3.Error as error:
        raise UnsupportedSQL(f"RENAME VALUE of an enum of such a column (SQLite: {error})") from error


def _update_arrays(session: Session, *, table: str, column: str, old: str, new: str) -> None:
    connection = session.engine.connection
    rowid = session.engine.catalog.tables[table].rowid
    rows = connection.execute(f"SELECT {rowid}, {quoted(column)} FROM {quoted(table)}").fetchall()
    for number, stored in rows:
        if stored is not None and f'"{old}"' in stored:
            renamed = json.dumps(_renamed(json.loads(stored), old, new), ensure_ascii=False, separators=(",", ":"))
            sql = f"UPDATE {quoted(table)} SET {quoted(column)} = ? WHERE {rowid} = ?"
            connection.execute(sql, (renamed, number))


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, old, new) for item in value]
    return new if value == old else value


def relowered(before: Catalog, after: Catalog) -> tuple[Step, ...]:
    """What makes SQLite's tables and indexes those of a catalogue whose types have changed."""
    steps: list[Step] = []
    for name, table in after.tables.items():
        old = before.tables[name]
        if lowered.create_table(after, table) != lowered.create_table(before, old):
            steps.extend(lowered.rewrite(after, table))
        for was, now in zip(old.keys, table.keys, strict=True):
            sql = lowered.create_index(after, table, now)
            if sql != lowered.create_index(before, old, was):
                steps.append(f"DROP INDEX IF EXISTS {quoted(now.name)}")
                steps.append(sql)
    return tuple(steps)


# ---------------------------------------------------------------------------------------------- any type


def drop(context: Context, node: Node) -> SchemaPlan:
    """DROP TYPE, DROP DOMAIN."""
    kind = node["removeType"].removeprefix("OBJECT_")
    cascade = node.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    missing_ok = bool(node.get("missing_ok"))
    found: list[dependents.Thing] = []
    for key in objects.dropped_names(context, node, missing_ok=missing_ok):
        if context.catalog.type_exists(key):
            if kind == "DOMAIN" and key not in context.catalog.domains:
                raise context.error("42809", f"{naming.qualified(context.catalog, key)} is not a domain")
            found.append(dependents.Thing("type", key))
        elif not missing_ok:
            raise context.error("42704", f'type "{key}" does not exist')
    catalog, steps = dependents.dropped(context, found, cascade=cascade)
    return SchemaPlan(steps, catalog, f"DROP {kind}")


def rename(context: Context, node: Node) -> SchemaPlan:
    """ALTER TYPE, ALTER DOMAIN ... RENAME TO."""
    kind = node["renameType"].removeprefix("OBJECT_")
    parts = [part["sval"] for part in node["object"]["items"]]
    catalog = context.catalog
    key = naming.user_type(catalog, parts[-2] if len(parts) > 1 else None, parts[-1])
    if key is None:
        raise context.error("42704", f'type "{".".join(parts)}" does not exist')
    if kind == "DOMAIN" and key not in catalog.domains:
        raise context.error("42809", f"{naming.qualified(catalog, key)} is not a domain")
    new = naming.type_key(naming.schema_of(key), node["newname"])
    relation = naming.key(naming.schema_of(key), node["newname"])
    if catalog.type_exists(new) or relation in catalog.tables or relation in catalog.views:
        raise context.error("42710", f'type "{node["newname"]}" already exists')
    after, steps = schemas.moved(catalog, {}, {key: new})
    return SchemaPlan(steps, after, f"ALTER {kind}")
