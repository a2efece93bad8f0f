"""The cases, one a line, and how a line is asked of the server and of the fake.

`name ; type:text ; type:text` is an operator or function of values; `cast ; type:text ; type(5,2) ; type` a chain of casts;
`assign ; type:text ; varchar(3)` an INSERT into a column; `agg ; name ; type type ; text , text / text , text` an aggregate over rows;
`bind ; type ; python expression` an argument as asyncpg binds it. `\\N` is NULL; a line that begins with `#` is a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ANSWERS = HERE / "answers.json"
_TYPE = re.compile(r"([a-z0-9_]+(?:\[\])?)(?:\((-?\d+(?:,-?\d+)*)\))?(\[\])?\Z")


@dataclass(frozen=True)
class Value:
    """A literal of a type; text None is NULL."""

    type: str
    text: str | None

    def sql(self) -> str:
        if self.text is None:
            return f"NULL::{self.type}"
        quoted = self.text.replace("'", "''")
        return f"'{quoted}'::{self.type}"


def value(field: str) -> Value:
    kind, _, text = field.partition(":")
    return Value(kind.strip(), None if text == "\\N" else text.replace("\\n", "\n"))


def typed(field: str) -> tuple[str, tuple[int, ...] | None]:
    found = _TYPE.match(field.strip())
    assert found, field
    return found[1] + (found[3] or ""), tuple(map(int, found[2].split(","))) if found[2] else None


def lines() -> Iterator[str]:
    for path in sorted(HERE.glob("cases_*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line


def fields(line: str) -> list[str]:
    return line.split(" ; ")


def is_operator(name: str) -> bool:
    return not name[0].isalpha()


def call_sql(name: str, values: list[Value]) -> str:
    written = [item.sql() for item in values]
    if not is_operator(name):
        return f'pg_catalog."{name}"({", ".join(written)})'
    return f"({name} {written[0]})" if len(written) == 1 else f"({written[0]} {name} {written[1]})"


def query(line: str) -> str:
    """The SQL that asks the server."""
    kind, *rest = fields(line)
    if kind == "cast":
        first, *chain = rest
        return f"SELECT {value(first).sql()}" + "".join(f"::{step.strip()}" for step in chain)
    if kind == "agg":
        name, types, rows = rest
        kinds = types.split()
        arguments = ", ".join(f"c{at}::{each}" for at, each in enumerate(kinds))
        table = ", ".join(
            "(" + ", ".join(value(f"text:{item}").sql() for item in row.split(" , ")) + ")" for row in rows.split(" / ")
        )
        names = ", ".join(f"c{at}" for at in range(len(kinds)))
        name, _, order = name.partition(" by ")
        if order:
            what = "DISTINCT " if order == "distinct" else ""
            tail = "" if what else f" ORDER BY c0::{kinds[0]} {order}"
            return f"SELECT {name}({what}{arguments}{tail}) FROM (VALUES {table}) t({names})"
        return f"SELECT {name}({arguments}) FROM (VALUES {table}) t({names})"
    return f"SELECT {call_sql(kind, [value(field) for field in rest])}"
