"""Records the real server's answers to every case: `python record.py postgresql://postgres@/postgres?host=/path/to/socket`.

Needs asyncpg and a PostgreSQL 18. Writes answers.json beside it, with the server's version.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import asyncpg
from cases import ANSWERS, fields, lines, query, typed, value
from python_values import evaluate


def failure(error: Exception) -> dict[str, Any]:
    message = getattr(error, "message", None)
    if message is None:  # raised by asyncpg itself
        return {"error": getattr(error, "sqlstate", None), "message": str(error)}
    fields_of = {"detail": getattr(error, "detail", None), "hint": getattr(error, "hint", None)}
    return {
        "error": getattr(error, "sqlstate", None),
        "message": message,
        **{name: text for name, text in fields_of.items() if text},
    }


def type_name(kind: Any) -> str:
    return (
        f"{kind.name[:-2]}[]"
        if kind.name.endswith("[]")
        else f"{kind.name[1:]}[]"
        if kind.name[0] == "_"
        else kind.name
    )


async def answer(connection: Any, line: str) -> dict[str, Any]:
    kind, *rest = fields(line)
    try:
        if kind == "bind":
            statement = await connection.prepare(f"SELECT $1::{rest[0]}")
            return {"type": typed(rest[0])[0], "value": repr(await statement.fetchval(evaluate(rest[1])))}
        if kind == "assign":
            await connection.execute(f"DROP TABLE IF EXISTS target; CREATE TEMP TABLE target (v {rest[1]})")
            await connection.execute(f"INSERT INTO target VALUES ({value(rest[0]).sql()})")
            return {"type": typed(rest[1])[0], "value": repr(await connection.fetchval("SELECT v FROM target"))}
        statement = await connection.prepare(query(line))
        return {
            "type": type_name(statement.get_attributes()[0].type),
            "value": repr(await statement.fetchval()),
        }
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return failure(error)
    except (ValueError, OverflowError) as error:
        raise SystemExit(f"asyncpg cannot decode the answer of {line!r}: {error}") from error


async def main(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    version = await connection.fetchval("SHOW server_version")
    answers = {line: await answer(connection, line) for line in lines()}
    await connection.close()
    text = json.dumps({"server": version, "answers": answers}, ensure_ascii=False, indent=0)
    ANSWERS.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(answers)} answers of PostgreSQL {version}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
