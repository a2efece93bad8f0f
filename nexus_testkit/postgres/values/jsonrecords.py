"""JSON values as values of SQL types: json_to_record and its kin (src/backend/utils/adt/jsonfuncs.c, `populate_record_field`).

The functions called `to_*` give lists of storage values, one for each column; a column is `[name, type, modifier]`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, jsonb, jsonops, records
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.types import Typmod

Columns = list[tuple[str, str, Typmod]]


@lru_cache(maxsize=256)
def columns_of(text: str) -> Columns:
    """The columns out of a plan's text."""
    return [
        (name, kind, tuple(typmod) if isinstance(typmod, list) else typmod) for name, kind, typmod in json.loads(text)
    ]


def populate(part: str, kind: str, typmod: Typmod, session: ValueSession, *, path: str = "") -> Any:
    """The storage of a JSON text (a part of json, or a stored jsonb) as a type; `path` is the place that a HINT names."""
    start = part.lstrip(" \t\n\r")
    if start.startswith("null"):
        return None
    if kind == "json":
        return part
    if kind == "jsonb":
        return jsonb.parse_jsonb(part)
    if kind.endswith("[]"):
        return _array(part, kind, typmod, session, path)
    row = records.find(kind)
    if row is not None and not start.startswith('"'):
        return record(part, [(name, type_name, None) for name, type_name in row.fields], session)
    text = json.loads(start) if start.startswith('"') else part
    return caster("text", kind, typmod, "a")(text, session)


def _array(part: str, kind: str, typmod: Typmod, session: ValueSession, path: str) -> Any:
    if part.lstrip(" \t\n\r").startswith('"'):
        return caster("text", kind, typmod, "a")(json.loads(part), session)
    depth: list[int] = []
    found = _elements(part, kind[:-2], typmod, session, path, 0, depth)
    return arrays.store([] if not arrays.flat(found) else found)


def _elements(
    part: str, kind: str, typmod: Typmod, session: ValueSession, path: str, level: int, lengths: list[int]
) -> list[Any]:
    items = jsonops.items(part)
    if items is None:
        raise database_error("22P02", "expected JSON array", hint=_hint(path))
    if level == len(lengths):
        lengths.append(len(items))
    elif lengths[level] != len(items):
        raise database_error(
            "22P02",
            "malformed JSON array",
            detail="Multidimensional arrays must have sub-arrays with matching dimensions.",
        )
    nested = bool(items) and items[0].startswith("[") and kind not in {"json", "jsonb"}
    if nested or len(lengths) > level + 1:
        return [_elements(item, kind, typmod, session, path, level + 1, lengths) for item in items]
    return [populate(item, kind, typmod, session) for item in items]


def _hint(path: str) -> str | None:
    return f'See the value of key "{path}".' if path else None


def record(part: str, columns: Columns, session: ValueSession, base: list[Any] | None = None) -> str:
    """An object as a row: a JSON list of the columns' storage values; what the object has not is taken from `base`."""
    members = jsonops.members(part)
    if members is None:
        kind = "an array" if part.lstrip(" \t\n\r").startswith("[") else "a scalar"
        raise database_error("22023", f"cannot call populate_composite on {kind}")
    given = dict(members)
    return arrays.store(
        [
            populate(given[name], kind, typmod, session, path=name)
            if name in given
            else base[at]
            if base is not None
            else None
            for at, (name, kind, typmod) in enumerate(columns)
        ]
    )


def to_record(session: ValueSession, columns: str, part: str | None) -> str:
    """json_to_record, jsonb_to_record: one row, also of NULL."""
    if part is None:
        return arrays.store([arrays.store([None] * len(columns_of(columns)))])
    return arrays.store([record(part, columns_of(columns), session)])


def to_recordset(session: ValueSession, columns: str, name: str, part: str | None) -> str:
    """json_to_recordset, jsonb_to_recordset: a row for each object of an array."""
    if part is None:
        return "[]"
    return arrays.store([record(item, columns_of(columns), session) for item in _objects(part, name)])


def _objects(part: str, name: str) -> list[str]:
    items = jsonops.items(part)
    if items is None:
        what = "a non-array"
        if not name.startswith("jsonb"):
            what = "an object" if part.lstrip(" \t\n\r").startswith("{") else "a scalar"
        raise database_error("22023", f"cannot call {name} on {what}")
    for item in items:
        if not item.startswith("{"):
            raise database_error("22023", f"argument of {name} must be an array of objects")
    return items


def populate_record(session: ValueSession, columns: str, base: str | None, part: str | None) -> str | None:
    """json_populate_record(row, json): the row with the object's values."""
    if part is None:
        return base
    return record(part, columns_of(columns), session, arrays.load(base) if base is not None else None)


def populate_valid(session: ValueSession, columns: str, base: str | None, part: str | None) -> int | None:
    """jsonb_populate_record_valid(row, jsonb): whether jsonb_populate_record would succeed."""
    if part is None:
        return None
    try:
        populate_record(session, columns, base, part)
    except UnsupportedSQL:
        raise
    except DatabaseError:
        return 0
    return 1


def populate_recordset(session: ValueSession, columns: str, name: str, base: str | None, part: str | None) -> str:
    """json_populate_recordset(row, json)."""
    if part is None:
        return "[]"
    known = arrays.load(base) if base is not None else None
    return arrays.store([record(item, columns_of(columns), session, known) for item in _objects(part, name)])
