"""Asks the fake's runtime what `record.py` asked the server."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres import placeholders, values
from nexus_testkit.postgres.values import lowering
from tests.unit.postgres.values.cases import fields, typed, value
from tests.unit.postgres.values.python_values import evaluate

_PLACE = re.compile(r"\{(t?)(\d+)\}")


class World:
    """One SQLite connection with the whole runtime."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.session = values.register(self.connection, now=lambda: datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC))

    def run(self, sql: str, arguments: list[Any]) -> Any:
        try:
            return placeholders.execute(self.connection, sql, arguments).fetchone()[0]
        except sqlite3.OperationalError:
            error = self.session.take_pending()
            if error is None:
                raise
            raise error from None


def fill(template: str, types: list[str], arguments: list[str]) -> str:
    if template.isidentifier():
        return f"{template}({', '.join(arguments)})"
    pairs = ", ".join(f"'{kind}', {argument}" for kind, argument in zip(types, arguments, strict=False))
    template = template.replace("{typed}", pairs).replace("{args}", ", ".join(arguments))
    return _PLACE.sub(lambda at: f"'{types[int(at[2])]}'" if at[1] else arguments[int(at[2])], template)


def call(world: World, name: str, rest: list[str]) -> Any:
    given = [value(field) for field in rest]
    types = [item.type for item in given]
    stored = [values.cast(item.text, "text", item.type) for item in given]
    template = lowering.lowering(name, types)
    assert template is not None, (name, types)
    names = [f"?{at + 1}" for at in range(len(stored))]
    return world.run(f"SELECT {fill(template, types, names)}", stored)


def aggregate(world: World, rest: list[str]) -> Any:
    name, listed, rows = rest
    name, _, order = name.partition(" by ")
    types = listed.split()
    keys = [] if not order or order == "distinct" else [(types[0], order == "desc", order == "desc")]
    if order:
        template = lowering.ordered_aggregate(name, types, keys, distinct=order == "distinct")
    else:
        template = lowering.lowering(name, types)
    assert template is not None, (name, types)
    columns = [f"c{at}" for at in range(len(types))]
    written = [[value(f"text:{item}").text for item in row.split(" , ")] for row in rows.split(" / ")]
    stored = [[values.cast(text, "text", kind) for text, kind in zip(row, types, strict=True)] for row in written]
    world.connection.execute("DROP TABLE IF EXISTS t")
    declared = ", ".join(f"c{at} {values.affinity(kind)}" for at, kind in enumerate(types))
    world.connection.execute(f"CREATE TABLE t ({declared})")
    world.connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(types))})", stored)
    sql = fill(template, [*types, *types], [*columns, *["c0" for _ in keys]])
    answer = world.run(f"SELECT {sql} FROM t", [])
    parts = None if order else lowering.aggregate_parts(name, types)
    if parts is not None and "bytea" not in types:
        over = windowed(*parts, types, columns)
        assert world.run(f"SELECT {over} FROM t", []) == answer, "the window's answer differs"
    return answer


def windowed(name: str, layout: str, types: list[str], columns: list[str]) -> str:
    """An aggregate over a window that has all rows in its one frame."""
    spec = {"name": name, "layout": layout, "types": types, "keys": [], "exclude": ""}
    spec |= {"mode": "ROWS", "start": "UNBOUNDED PRECEDING", "end": "UNBOUNDED FOLLOWING"}
    packed = [
        f"pg_float_repr({column})" if kind.startswith("float") else f"{column} || ''" if "json" in kind else column
        for column, kind in zip(columns, types, strict=True)
    ]
    over = "OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    rows = f"json_group_array(json_array({', '.join(['1', *packed])})) {over}"
    return f"pg_windowed('{json.dumps(spec)}', row_number() {over}, {rows}, NULL, NULL)"


def answer(world: World, line: str, result_type: str | None) -> str:
    """The repr of the Python value, as the server's was recorded; raises what the fake raises."""
    kind, *rest = fields(line)
    if kind == "bind":
        bare, typmod = typed(rest[0])
        stored = values.encode(evaluate(rest[1]), bare, typmod)
        result_type = bare
    elif kind == "cast":
        first = value(rest[0])
        stored, here = values.cast(first.text, "text", first.type), first.type
        for step in rest[1:]:
            bare, typmod = typed(step)
            stored, here = values.cast(stored, here, bare, typmod), bare
        result_type = here
    elif kind == "assign":
        first = value(rest[0])
        bare, typmod = typed(rest[1])
        stored = values.cast(values.cast(first.text, "text", first.type), first.type, bare, typmod, "a")
        result_type = bare
    elif kind == "agg":
        stored = aggregate(world, rest)
    else:
        stored = call(world, kind, rest)
    assert result_type is not None or stored is None, "the server refused what the fake answers"
    decode = values.decoder(result_type or "text")
    return repr(stored if stored is None or decode is None else decode(stored))


def outcome(world: World, line: str, result_type: str | None) -> dict[str, Any]:
    """The answer in the form of answers.json."""
    try:
        return {"type": result_type, "value": answer(world, line, result_type)}
    except DatabaseError as error:
        made = {"error": error.sqlstate, "message": error.message, "detail": error.detail, "hint": error.hint}
        return {name: text for name, text in made.items() if text}
