"""Dump PostgreSQL's system relations into the package (`postgres/system/relations.zip`).

    python tools/dump_postgres_relations.py "postgresql://..."      (needs asyncpg)

The database must be new (`CREATE DATABASE ... TEMPLATE template0`): what is in it is what every database begins with.
Of each relation of pg_catalog and information_schema the columns are kept; of the catalogues in `FILLED` also the
rows, column by column, in the storage forms of `postgres/values`. Each catalogue is a part of its own, for a statement needs few. Statistics, what depends on the machine, and the
trees of rules are not.
"""

from __future__ import annotations

import asyncio
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import asyncpg

TARGET = Path(__file__).parents[1] / "nexus_testkit/postgres/system/relations.zip"

FILLED = ["pg_aggregate", "pg_am", "pg_amop", "pg_amproc", "pg_attribute", "pg_auth_members", "pg_authid", "pg_cast", "pg_class", "pg_collation", "pg_constraint", "pg_conversion", "pg_depend", "pg_description", "pg_extension", "pg_index", "pg_language", "pg_namespace", "pg_opclass", "pg_operator", "pg_opfamily", "pg_proc", "pg_range", "pg_rewrite", "pg_shdescription", "pg_tablespace", "pg_ts_config", "pg_ts_config_map", "pg_ts_dict", "pg_ts_parser", "pg_ts_template", "pg_type"]  # fmt: skip  # reads better than 30 quoted names

#: Columns whose contents differ from one server to the next, or that only the planner reads.
VOLATILE = {
    "pg_class": {"relpages": "0", "reltuples": "'-1'::float4", "relallvisible": "0", "relallfrozen": "0"},
    "pg_authid": {"rolpassword": "NULL"},
    "pg_constraint": {"conbin": "pg_get_expr(conbin, conrelid)"},
    "pg_proc": {"proargdefaults": "pg_get_expr(proargdefaults, 0)", "prosqlbody": "NULL"},
    "pg_index": {"indexprs": "NULL", "indpred": "NULL"},
    "pg_rewrite": {"ev_qual": "'<>'", "ev_action": "NULL"},
    "pg_type": {"typdefaultbin": "NULL"},
}

_PLAIN = frozenset(("bool", "int2", "int4", "int8", "float4", "float8", "oid", "text", "name", "varchar"))

_COLUMNS = """
    SELECT n.nspname || '.' || c.relname AS relation, c.relkind::text AS kind, a.attname AS name, a.attnotnull AS required,
           coalesce(base.typname, t.typname) AS type, coalesce(e.typname, '') AS element,
           CASE WHEN t.typtype = 'd' THEN t.typname ELSE '' END AS domain
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
         JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type base ON t.typtype = 'd' AND base.oid = t.typbasetype
         LEFT JOIN pg_type e ON t.typcategory = 'A' AND e.oid = t.typelem AND t.typname NOT IN ('int2vector', 'oidvector')
    WHERE n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v') AND a.attnum > 0
    ORDER BY n.nspname DESC, c.relname, a.attnum
"""
_SETTINGS = """
    SELECT name, unit, category, short_desc, extra_desc, context, vartype, min_val, max_val, array_to_json(enumvals) AS enumvals, boot_val
    FROM pg_settings ORDER BY name
"""


def _stored(column: str, kind: str) -> str:
    """The SELECT item that gives a column's storage as JSON carries it."""
    name = f'"{column}"'
    if kind in ("int2vector", "oidvector"):
        # Text like `1 2`: the storage is a JSON array.
        return f"'[' || replace({name}::text, ' ', ',') || ']'"
    if kind == "oid[]":
        return f"'[' || array_to_string({name}, ',') || ']'"  # array_to_json would make texts of them
    if kind.endswith("[]"):
        return (
            f"array_to_json({name}::text[])::text"
            if kind in ("aclitem[]", "char[]")
            else f"array_to_json({name})::text"
        )
    if kind.startswith("reg"):
        return f"{name}::oid"
    return name if kind in _PLAIN else f"{name}::text"


async def dump(dsn: str) -> dict[str, Any]:
    """Read everything from the server at `dsn`."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SET search_path = pg_catalog; SET timezone = 'UTC'")
        relations: dict[str, list[list[Any]]] = {}
        kinds: dict[str, str] = {}
        for row in await connection.fetch(_COLUMNS):
            kind = row["element"] + "[]" if row["element"] else row["type"]
            relations.setdefault(row["relation"], []).append([row["name"], kind, int(row["required"]), row["domain"]])
            kinds[row["relation"]] = row["kind"]
        rows: dict[str, list[list[Any]]] = {}
        empty: list[str] = []
        for relation in FILLED:
            columns = relations[f"pg_catalog.{relation}"]
            odd = VOLATILE.get(relation, {})
            items = ", ".join(odd.get(name, _stored(name, kind)) for name, kind, *_ in columns)
            order = "oid" if columns[0][0] == "oid" else ", ".join(str(at + 1) for at in range(min(3, len(columns))))
            where = "WHERE oid < 16384" if columns[0][0] == "oid" else ""  # roles are the whole server's
            found = await connection.fetch(f"SELECT {items} FROM pg_catalog.{relation} {where} ORDER BY {order}")
            rows[relation] = [
                [int(value) if isinstance(value, bool) else value for value in column]
                for column in zip(*(tuple(row.values()) for row in found), strict=True)
            ]
        for relation, kind in kinds.items():
            schema, _, name = relation.partition(".")
            stored = schema == "pg_catalog" and kind == "r" and name not in rows
            if stored and not await connection.fetchval(f"SELECT count(*) FROM {relation}"):
                empty.append(name)
        views = await connection.fetch(
            "SELECT c.oid, pg_get_viewdef(c.oid) AS text FROM pg_class c WHERE relkind = 'v' ORDER BY c.oid"
        )
        settings = await connection.fetch(_SETTINGS)
        keywords = await connection.fetch(
            "SELECT word, catcode::text, barelabel, catdesc, baredesc FROM pg_get_keywords()"
        )
        zones = await connection.fetch("SELECT name FROM pg_timezone_names ORDER BY name")
    finally:
        await connection.close()
    return {
        "relations": relations,
        "kinds": {name: kind for name, kind in kinds.items() if kind != "r"},
        "rows": rows,
        "empty": empty,
        "views": [[row["oid"] for row in views], [row["text"] for row in views]],
        "settings": [list(column) for column in zip(*(tuple(row.values()) for row in settings), strict=True)],
        "keywords": [list(column) for column in zip(*(tuple(row.values()) for row in keywords), strict=True)],
        "zones": [row["name"] for row in zones],
    }


def main() -> None:
    """Write the data file from the server named on the command line."""
    tables = asyncio.run(dump(sys.argv[1]))
    rows = tables.pop("rows")
    parts = {**tables, **{f"rows/{name}": value for name, value in rows.items()}}
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_LZMA) as target:
        for name, value in parts.items():
            # With a date that is always the same, so that the same tables make the same file.
            entry = zipfile.ZipInfo(f"{name}.json")
            entry.compress_type = zipfile.ZIP_LZMA
            target.writestr(entry, json.dumps(value, separators=(",", ":")))
    sys.stdout.write(f"{len(parts)} parts, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
