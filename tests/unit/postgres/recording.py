"""Scenarios of SQL, run on the real server and on the fake.

`python tests/unit/postgres/recording.py <dsn> [name ...]` runs each scenario (or those named) in a fresh schema of a PostgreSQL server and writes what it answered, with
its version, to `expected.json`; `test_recorded.py` replays it. A line of a scenario is a statement; ` -- [...]` at its
end are its arguments, as Python.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import decimal
import json
import sys
import uuid
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
EXPECTED = HERE / "expected.json"
_NAMES = {"datetime": dt, "decimal": decimal, "uuid": uuid, "float": float}
FIELDS = ("message", "detail", "position", "constraint_name", "table_name", "column_name")


def scenarios() -> dict[str, list[tuple[str, list[Any]]]]:
    """Each scenario's statements with their arguments."""
    found: dict[str, list[tuple[str, list[Any]]]] = {}
    for path in sorted((HERE / "scenarios").glob("*.sql")):
        steps: list[tuple[str, list[Any]]] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("--") or not line.strip():
                continue
            query, _, args = line.partition(" -- [")
            steps.append((query, eval("[" + args, dict(_NAMES)) if args else []))  # our own file
        found[path.stem] = steps
    return found


def error_answer(error: Any) -> dict[str, Any]:
    """An error as it is recorded."""
    answer: dict[str, Any] = {"error": type(error).__name__ if not getattr(error, "sqlstate", None) else error.sqlstate}
    fields = {name: getattr(error, name, None) for name in FIELDS}
    if not fields["message"]:
        fields["message"] = str(error.args[0])
    if fields["position"] is not None:
        fields["position"] = int(fields["position"])
    answer.update({name: value for name, value in fields.items() if value})
    return answer


def rows_answer(columns: list[str], rows: list[tuple[Any, ...]], status: str) -> dict[str, Any]:
    """A result as it is recorded: values by their repr, so that types count."""
    return {"columns": columns, "rows": [[repr(value) for value in row] for row in rows], "status": status}


async def record(dsn: str, names: list[str]) -> dict[str, Any]:
    """What the server at `dsn` answers to every step, of the scenarios named or of all."""
    import asyncpg

    recorded: dict[str, Any] = {}
    version = ""
    for name, steps in scenarios().items():
        if names and name not in names:
            continue
        admin = await asyncpg.connect(dsn)
        version = await admin.fetchval("SHOW server_version")
        await admin.execute("DROP DATABASE IF EXISTS scenario")
        await admin.execute("CREATE DATABASE scenario TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        await admin.close()
        connection = await asyncpg.connect(dsn, database="scenario", server_settings={"timezone": "UTC"})
        for kind in ("json", "jsonb"):
            await connection.set_type_codec(kind, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        answers = []
        for query, args in steps:
            try:
                statement = await connection.prepare(query)
                rows = await statement.fetch(*args)
            except Exception as error:  # noqa: BLE001  # whatever the server or the driver says is the answer
                answers.append(error_answer(error))
            else:
                columns = [attribute.name for attribute in statement.get_attributes()]
                answers.append(rows_answer(columns, [tuple(row.values()) for row in rows], statement.get_statusmsg()))
        await connection.close()
        recorded[name] = answers
    return {"server_version": version, "scenarios": recorded}


if __name__ == "__main__":
    answers = asyncio.run(record(sys.argv[1], sys.argv[2:]))
    if sys.argv[2:]:
        kept = json.loads(EXPECTED.read_text(encoding="utf-8"))["scenarios"]
        answers["scenarios"] = dict(sorted({**kept, **answers["scenarios"]}.items()))
    EXPECTED.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
