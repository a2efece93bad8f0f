"""SQL/JSON: JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_TABLE, the constructors and IS JSON.

(src/backend/executor/execExprInterp.c, `ExecEvalJsonExprPath`; src/backend/utils/adt/jsonpath_exec.c, `JsonPathQuery`, JsonTable*.) What the statement says of a call comes as JSON text, its first argument; documents come as stored json or jsonb.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, jsonb, jsonpath, jsonrecords, numeric, tojson
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.jsonpath_errors import PathError
from nexus_testkit.postgres.values.jsonpath_run import Run
from nexus_testkit.postgres.values.jsonpath_times import Moment
from nexus_testkit.postgres.values.outputs import output
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.types import FLOATS, INTEGERS, TEXTS

Spec = dict[str, Any]
_EMPTY = {"EMPTY_ARRAY": "[]", "EMPTY": "[]", "EMPTY_OBJECT": "{}"}
_TIMES = frozenset({"date", "time", "timetz", "timestamp", "timestamptz"})
_TRUTH = {"TRUE": True, "FALSE": False, "UNKNOWN": None}


@lru_cache(maxsize=512)
def _spec(text: str) -> Spec:
    found: Spec = json.loads(text)
    return found


@lru_cache(maxsize=256)
def _document(text: str) -> Any:
    return jsonb.parse(text)


# -- one expression --------------------------------------------------------------------------------------------------------


def evaluate(session: ValueSession, text: str, document: str | None, path: str | None, *given: Any) -> Any:
    """JSON_VALUE, JSON_QUERY, JSON_EXISTS: `given` are the values of DEFAULT ... ON EMPTY, of DEFAULT ... ON ERROR, and of PASSING."""
    if document is None or path is None:
        return None
    spec = _spec(text)
    names = _passed(session, spec, given[2:])
    return _answer(session, spec, _document(document), path, names, given[:2])


def _passed(session: ValueSession, spec: Spec, values: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind, value in zip(spec["names"], spec["types"], values, strict=True):
        found.setdefault(name, _item(session, kind, value))
    return found


def _item(session: ValueSession, kind: str, value: Any) -> Any:
    """PostgreSQL's `JsonItemFromDatum`."""
    if value is None:
        return None
    if kind == "bool":
        return bool(value)
    if kind in INTEGERS:
        return value
    if kind in FLOATS or kind == "numeric":
        shown = value if kind == "numeric" else caster(kind, "numeric")(value, session)
        return int(shown) if shown.lstrip("-").isdigit() else Decimal(shown)
    if kind in TEXTS or kind == "bpchar":
        return value
    if kind in {"date", "time", "timestamp"}:
        return Moment(kind, value)
    if kind == "timetz":
        return Moment(kind, value, int(value[15:]))
    if kind == "timestamptz":
        return jsonb_moment(session, value)
    stored = value if kind == "jsonb" else tojson.to_jsonb(session, value, kind)
    return _document(str(stored))


def jsonb_moment(session: ValueSession, value: str) -> Moment:
    """A timestamptz in the session's zone."""
    from datetime import datetime  # noqa: PLC0415  # few paths compare with one

    return Moment("timestamptz", value, int(session.offset(datetime.fromisoformat(value)).total_seconds()))


def _answer(
    session: ValueSession, spec: Spec, document: Any, path: str, names: dict[str, Any], defaults: Sequence[Any]
) -> Any:
    run = Run(jsonpath.parse(path), document, names, session, zoned=True, passing=True)
    try:
        if spec["op"] == "exists":
            return _as_type(session, spec, run.exists())
        found = run.values()
        if found:
            return _value(session, spec, found) if spec["op"] == "value" else _query(session, spec, found)
    except PathError as failed:
        return _behaviour(session, spec, "error", failed.error, defaults[1])
    except UnsupportedSQL:
        raise
    except _Conversion as failed:
        return _behaviour(session, spec, "error", failed.error, defaults[1])
    column = f' of column "{spec["column"]}"' if spec["column"] is not None else ""
    nothing = database_error("22035", f"no SQL/JSON item found for specified path{column}")
    return _behaviour(session, spec, "empty", nothing, defaults[0])


class _Conversion(Exception):  # a signal inside this module
    """What was found cannot be of the type that is wanted."""

    def __init__(self, error: DatabaseError) -> None:
        super().__init__(error.message)
        self.error = error


def _behaviour(session: ValueSession, spec: Spec, place: str, error: DatabaseError, default: Any) -> Any:
    wanted = spec[place]
    if wanted == "ERROR":
        raise error
    if wanted == "DEFAULT":
        return default
    if wanted not in _TRUTH and wanted not in _EMPTY:
        return None
    try:
        return (
            _as_type(session, spec, _TRUTH[wanted]) if wanted in _TRUTH else _converted(session, spec, _EMPTY[wanted])
        )
    except _Conversion as failed:
        if spec["error"] == "ERROR":
            raise failed.error from None
        raise database_error(
            "42804",
            f"could not coerce ON {place.upper()} expression ({wanted.replace('_', ' ')}) to the RETURNING type",
            detail=failed.error.message,
        ) from None


def _as_type(session: ValueSession, spec: Spec, truth: bool | None) -> Any:
    if truth is None:
        return None
    if spec["type"] == "bool":
        return int(truth)
    if spec["type"] == "int4":
        return int(truth)
    return _converted(session, spec, "true" if truth else "false")


def _typmod(spec: Spec) -> Any:
    typmod = spec["typmod"]
    return tuple(typmod) if isinstance(typmod, list) else typmod


def _value(session: ValueSession, spec: Spec, found: list[Any]) -> Any:
    place = f'for column "{spec["column"]}"' if spec["column"] is not None else "in JSON_VALUE"
    if len(found) > 1 or isinstance(found[0], (list, dict)):
        sqlstate = "22034" if len(found) > 1 else "2203F"
        raise PathError(database_error(sqlstate, f"JSON path expression {place} must return single scalar item"))
    item = found[0]
    if item is None:
        return None
    kind = spec["type"]
    if kind in {"json", "jsonb"}:
        return jsonb.dump(item.text() if isinstance(item, Moment) else item)
    return _input(session, spec, _scalar_text(session, item))


def _scalar_text(session: ValueSession, item: Any) -> str:
    """PostgreSQL's `ExecGetJsonValueItemString`."""
    if isinstance(item, Moment):
        write = output(item.kind)
        return str(write(item.storage, session)) if write else item.storage
    if isinstance(item, bool):
        return "t" if item else "f"
    return item if isinstance(item, str) else numeric.to_text(Decimal(item))


def _converted(session: ValueSession, spec: Spec, text: str) -> Any:
    """A text as the type of RETURNING, through its input function."""
    kind = spec["type"]
    if kind.endswith("[]") or "(" in kind:
        return _populated(session, spec, text)
    return _input(session, spec, text)


def _input(session: ValueSession, spec: Spec, text: str) -> Any:
    """What the input function of the type of RETURNING makes of a text."""
    kind = spec["type"]
    try:
        return caster("text", kind, _typmod(spec), "a")(text, session)
    except DatabaseError as error:
        if isinstance(error, UnsupportedSQL):
            raise
        raise _Conversion(error) from None


def _populated(session: ValueSession, spec: Spec, text: str) -> Any:
    try:
        return jsonrecords.populate(text, spec["type"], _typmod(spec), session)
    except DatabaseError as error:
        if isinstance(error, UnsupportedSQL):
            raise
        raise _Conversion(error) from None


def _query(session: ValueSession, spec: Spec, found: list[Any]) -> Any:
    """PostgreSQL's `JsonPathQuery`."""
    items = [item.text() if isinstance(item, Moment) else item for item in found]
    wrapper = spec["wrapper"]
    if wrapper == "UNCONDITIONAL" or (wrapper == "CONDITIONAL" and len(items) > 1):
        item: Any = items
    elif len(items) > 1:
        column = spec["column"]
        place = f'for column "{column}"' if column is not None else "in JSON_QUERY"
        raise PathError(
            database_error(
                "22034",
                f"JSON path expression {place} must return single item when no wrapper is requested",
                hint="Use the WITH WRAPPER clause to wrap SQL/JSON items into an array.",
            )
        )
    else:
        item = items[0]
    if spec["quotes"] == "OMIT":
        if isinstance(item, str):
            return _input(session, spec, item)
        return _converted(session, spec, jsonb.store(item))
    stored = jsonb.store(item)
    if isinstance(item, str) and spec["type"].endswith(("[]", ")")):
        raise _Conversion(_no_container(spec["type"]))
    if isinstance(item, str) and spec["type"] in _TIMES:
        return _converted(session, spec, item)  # to the input of dates and times quotes are mere punctuation
    return stored if spec["type"] in {"json", "jsonb"} else _converted(session, spec, stored)


def _no_container(kind: str) -> DatabaseError:
    if kind.endswith("[]"):
        return database_error("22P02", "expected JSON array")
    return database_error("22023", "cannot call populate_composite on a scalar")


# -- JSON_TABLE ------------------------------------------------------------------------------------------------------------


def table(session: ValueSession, text: str, document: str | None, *given: Any) -> str:
    """JSON_TABLE: a JSON list of rows. `given` are the values of all DEFAULTs, two for each column, and of PASSING."""
    if document is None:
        return "[]"
    spec = _spec(text)
    width = spec["width"]
    names = _passed(session, spec, given[2 * width :])
    builder = _Table(session, names, given[: 2 * width], width)
    return arrays.store(
        [arrays.store(row) for row in builder.rows(spec["plan"], _document(document), ignore=not spec["strict"])]
    )


class _Table:
    def __init__(self, session: ValueSession, names: dict[str, Any], defaults: Sequence[Any], width: int) -> None:
        self.session, self.names, self.defaults, self.width = session, names, defaults, width

    def rows(self, plan: Spec, document: Any, *, ignore: bool) -> list[list[Any]]:
        run = Run(jsonpath.parse(plan["path"]), document, self.names, self.session, zoned=True, passing=True)
        try:
            items = run.values()
        except PathError as failed:
            if ignore:
                return []
            raise failed.error from None
        found: list[list[Any]] = []
        for number, item in enumerate(items, 1):
            own: list[Any] = [None] * self.width
            for column in plan["columns"]:
                own[column["at"]] = number if column["op"] == "ordinality" else self._cell(column, item)
            nested = [row for inner in plan["nested"] for row in self.rows(inner, item, ignore=ignore)]
            found += [
                [mine if mine is not None else theirs for mine, theirs in zip(own, row, strict=True)] for row in nested
            ] or [own]
        return found

    def _cell(self, column: Spec, item: Any) -> Any:
        at = column["at"]
        return _answer(self.session, column, item, column["path"], self.names, self.defaults[2 * at : 2 * at + 2])
