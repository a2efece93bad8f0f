"""Dump PostgreSQL's own types, operators, functions and casts into the package (`postgres/catalog/system.json.xz`).

    python tools/dump_postgres_catalog.py "postgresql://..."      (needs asyncpg)

The file is what overload resolution (manual, chapter 10) works on. Types that the fake cannot store are left
out of the signatures' *use*, not of the tables: that a function exists in PostgreSQL decides between
"function does not exist" (42883) and `UnsupportedSQL`.
"""

from __future__ import annotations

import asyncio
import json
import lzma
import sys
from pathlib import Path
from typing import Any

import asyncpg

TARGET = Path(__file__).parents[1] / "nexus_testkit/postgres/catalog/system.json.xz"

_TYPES = """
    SELECT t.oid, t.typname AS name, t.typcategory::text AS category, t.typispreferred AS preferred, t.typarray AS array_oid,
           format_type(t.oid, NULL) AS title
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = 'pg_catalog' AND t.typtype IN ('b', 'p', 'r', 'm')
      AND (t.typcategory <> 'A' OR t.typname IN ('oidvector', 'int2vector'))
    ORDER BY t.oid
"""
_OPERATORS = """
    SELECT oprname AS name, oprleft AS left, oprright AS right, oprresult AS result, p.proname AS function
    FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode ORDER BY o.oid
"""
_FUNCTIONS = """
    SELECT proname AS name, proargtypes::oid[] AS args, prorettype AS result, prokind::text AS kind, proretset AS many,
           provariadic <> 0 AS variadic, pronargdefaults AS defaults, provolatile::text AS volatility, proisstrict AS strict,
           coalesce(proallargtypes, '{}') AS all_types, coalesce(proargmodes::text[], '{}') AS modes, coalesce(proargnames, '{}') AS names
    FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace ORDER BY oid
"""
_CASTS = "SELECT castsource AS source, casttarget AS target, castcontext::text AS context, castmethod::text AS method FROM pg_cast ORDER BY oid"


async def dump(dsn: str) -> dict[str, Any]:
    """Read the tables from the server at `dsn`; types are named, arrays as `name[]`."""
    connection = await asyncpg.connect(dsn)
    try:
        version = await connection.fetchval("SHOW server_version")
        types = await connection.fetch(_TYPES)
        operators = await connection.fetch(_OPERATORS)
        functions = await connection.fetch(_FUNCTIONS)
        casts = await connection.fetch(_CASTS)
    finally:
        await connection.close()
    names: dict[int, str] = {0: ""}
    for row in types:
        names[row["oid"]] = row["name"]
        if row["array_oid"]:
            names[row["array_oid"]] = row["name"] + "[]"
    return {
        "server_version": version,
        "types": {
            row["name"]: [row["oid"], row["category"], int(row["preferred"]), row["title"], row["array_oid"]]
            for row in types
        },
        "operators": [
            [row["name"], names[row["left"]], names[row["right"]], names[row["result"]]]
            for row in operators
            if all(oid in names for oid in (row["left"], row["right"], row["result"]))
        ],
        "functions": [
            [
                row["name"],
                [names[oid] for oid in row["args"]],
                names[row["result"]],
                row["kind"],
                int(row["many"]),
                int(row["variadic"]),
                row["defaults"],
                row["volatility"],
                int(row["strict"]),
                [
                    [row["names"][at] if at < len(row["names"]) else "", names.get(oid, "")]
                    for at, oid in enumerate(row["all_types"])
                    if row["modes"][at] in "ot"
                ],
            ]
            for row in functions
            if row["result"] in names and all(oid in names for oid in row["args"])
        ],
        "casts": [
            [names[row["source"]], names[row["target"]], row["context"], row["method"]]
            for row in casts
            if row["source"] in names and row["target"] in names and row["source"] != row["target"]
        ],
    }


def main() -> None:
    """Write the data file from the server named on the command line."""
    tables = asyncio.run(dump(sys.argv[1]))
    text = json.dumps(tables, separators=(",", ":"))
    TARGET.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    sizes = {key: len(value) for key, value in tables.items() if key != "server_version"}
    sys.stdout.write(f"PostgreSQL {tables['server_version']}: {sizes}, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
