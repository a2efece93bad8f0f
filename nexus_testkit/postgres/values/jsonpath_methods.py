"""The item methods of jsonpath: `.size()`, `.double()`, `.datetime()` ... (src/backend/utils/adt/jsonpath_exec.c)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import floats, integers, jsonb, jsonpath_template, jsonpath_times, numeric
from nexus_testkit.postgres.values.jsonpath_errors import PathError, failure
from nexus_testkit.postgres.values.jsonpath_run import Run, number
from nexus_testkit.postgres.values.jsonpath_times import Moment
from nexus_testkit.postgres.values.jsonpath_tree import Item, is_number
from nexus_testkit.postgres.values.types import display

_NOT_A_NUMBER = "22036"
_NOT_A_TIME = "22031"
_SPECIAL = frozenset({"NaN", "Infinity", "-Infinity"})


def _only(method: str, what: str, sqlstate: str = _NOT_A_NUMBER) -> PathError:
    return failure(sqlstate, f"jsonpath item method .{method}() can only be applied to a {what}")


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else numeric.to_text(Decimal(value))


def _invalid(method: str, value: Any, kind: str) -> PathError:
    return failure(
        _NOT_A_NUMBER,
        f'argument "{_text_of(value)}" of jsonpath item method .{method}() is invalid for type {display(kind)}',
    )


def _type(_run: Run, _item: Item, value: Any) -> str:
    return value.type_name if isinstance(value, Moment) else jsonb.type_of(value)


def _size(_run: Run, _item: Item, value: Any) -> int:
    return len(value) if isinstance(value, list) else 1


def _numeric(function: Callable[[str], str]) -> Callable[[Run, Item, Any], Any]:
    def method(_run: Run, item: Item, value: Any) -> Any:
        if not is_number(value):
            raise _only(item.kind, "numeric value")
        return number(function(_text_of(value)))

    return method


def _double(_run: Run, item: Item, value: Any) -> Any:
    if not is_number(value) and not isinstance(value, str):
        raise _only("double", "string or numeric value")
    try:
        read = floats.parse_float(_text_of(value), "float8")
    except DatabaseError:
        raise _invalid(item.kind, value, "float8") from None
    shown = floats.float_to_numeric_text(read, "float8")
    if isinstance(read, str) or read in (float("inf"), float("-inf")):
        raise failure(_NOT_A_NUMBER, "NaN or Infinity is not allowed for jsonpath item method .double()")
    return number(numeric.parse(shown))


def _integer(kind: str) -> Callable[[Run, Item, Any], int]:
    def method(_run: Run, item: Item, value: Any) -> int:
        if not is_number(value) and not isinstance(value, str):
            raise _only(item.kind, "string or numeric value")
        try:
            if isinstance(value, str):
                return integers.parse_integer(value, kind)
            return numeric.to_integer(_text_of(value), kind)
        except DatabaseError:
            raise _invalid(item.kind, value, kind) from None

    return method


def _boolean(_run: Run, _item: Item, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    try:
        if is_number(value):
            return integers.parse_integer(_text_of(value), "int4") != 0
        if isinstance(value, str):
            return bool(integers.parse_bool(value))
    except DatabaseError:
        raise _invalid("boolean", value, "bool") from None
    raise _only("boolean", "boolean, string, or numeric value")


def _decimal(_run: Run, item: Item, value: Any) -> Any:
    method = item.kind
    if not is_number(value) and not isinstance(value, str):
        raise _only(method, "string or numeric value")
    try:
        stored = numeric.parse(_text_of(value))
    except DatabaseError:
        raise _invalid(method, value, "numeric") from None
    if stored in _SPECIAL:
        raise failure(_NOT_A_NUMBER, f"NaN or Infinity is not allowed for jsonpath item method .{method}()")
    if item.args:
        for word, given in zip(("precision", "scale"), item.args, strict=False):
            if not -(2**31) <= given < 2**31:
                raise failure(
                    _NOT_A_NUMBER, f"{word} of jsonpath item method .{method}() is out of range for type integer"
                )
        precision, places = (*item.args, 0)[:2]
        if not 1 <= precision <= 1000:
            raise database_error("22023", f"NUMERIC precision {precision} must be between 1 and 1000")
        if not -1000 <= places <= 1000:
            raise database_error("22023", f"NUMERIC scale {places} must be between -1000 and 1000")
        try:
            stored = numeric.apply_typmod(stored, (precision, places))
        except DatabaseError:
            raise _invalid(method, value, "numeric") from None
    return number(stored)


def _string(_run: Run, _item: Item, value: Any) -> str:
    if isinstance(value, Moment):
        return value.text()
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value) or isinstance(value, str):
        return _text_of(value)
    raise _only("string", "boolean, string, numeric, or datetime value")


_TARGETS = {
    "date": "date",
    "time": "time",
    "time_tz": "timetz",
    "timestamp": "timestamp",
    "timestamp_tz": "timestamptz",
}


def _datetime(run: Run, item: Item, value: Any) -> Moment:
    method = item.kind
    if isinstance(value, Moment) or not isinstance(value, str):
        raise _only(method, "string", _NOT_A_TIME)
    if method == "datetime" and item.args:
        try:
            return jsonpath_template.read_with(value, item.args[0])
        except DatabaseError as error:
            if error.sqlstate == "0A000":
                raise
            raise PathError(error) from None
    places = None
    if item.args:
        if item.args[0] >= 2**31:
            raise failure(
                _NOT_A_TIME, f"time precision of jsonpath item method .{method}() is out of range for type integer"
            )
        places = min(item.args[0], 6)
    found = jsonpath_times.read(value)
    if found is None:
        raise _unrecognised(method, value, hint=method == "datetime")
    if method == "datetime":
        return found
    made = jsonpath_times.convert(found, _TARGETS[method], run.session, zoned=run.zoned)
    if made is None:
        raise _unrecognised(method, value)
    return made if places is None else jsonpath_times.rounded(made, places)


def _unrecognised(method: str, value: str, *, hint: bool = False) -> PathError:
    return failure(
        _NOT_A_TIME,
        f'{method} format is not recognized: "{value}"',
        hint="Use a datetime template argument to specify the input data format." if hint else None,
    )


METHODS: dict[str, Callable[[Run, Item, Any], Any]] = {
    "type": _type,
    "size": _size,
    "abs": _numeric(numeric.absolute),
    "floor": _numeric(numeric.floor),
    "ceiling": _numeric(numeric.ceiling),
    "double": _double,
    "bigint": _integer("int8"),
    "integer": _integer("int4"),
    "boolean": _boolean,
    "decimal": _decimal,
    "number": _decimal,
    "string": _string,
    **dict.fromkeys(["datetime", *_TARGETS], _datetime),
}


# -- keyvalue ------------------------------------------------------------------------------------------------------------

_OBJECTS = 10_000_000_000  # ids of one object stay below


def key_value(run: Run, item: Item, value: Any, found: list[Any] | None, *, unwrap: bool) -> bool:
    """`.keyvalue()`: an object for each member; `id` is the place of its object in jsonb's binary form."""
    if unwrap and isinstance(value, list):
        return run.each(value, item, found, unwrap=False)
    if not isinstance(value, dict):
        raise failure("2203C", "jsonpath item method .keyvalue() can only be applied to an object")
    if value and item.next is None and found is None:
        return True
    base, serial = run.base
    places: dict[int, int] = {}
    _layout(base, 0, places)
    known = places.get(id(value), 0) + serial * _OBJECTS
    some = False
    for key, member in value.items():
        made = {"id": known, "key": key, "value": member}
        before = run.base
        run.base = (made, run.generated)
        run.generated += 1
        some |= run.following(item, made, found)
        run.base = before
        if some and found is None:
            return True
    return some


def _layout(value: Any, at: int, places: dict[int, int]) -> int:
    """Where a value that begins at `at` ends in the binary form (jsonb.h, jsonb_util.c `convertJsonbValue`)."""
    if isinstance(value, (dict, list)):
        at = -(-at // 4) * 4
        places[id(value)] = at
        at += 4 + 4 * len(value) * (2 if isinstance(value, dict) else 1)
        if isinstance(value, dict):
            at += sum(len(key.encode()) for key in value)
            value = list(value.values())
        for each in value:
            at = _layout(each, at, places)
        return at
    if isinstance(value, str):
        return at + len(value.encode())
    if is_number(value):
        return -(-at // 4) * 4 + _numeric_size(Decimal(value))
    return at


def _numeric_size(value: Decimal) -> int:
    """The bytes of a numeric: a header of 6 (4 and 2), and 2 for each four digits (numeric.c, `make_result`)."""
    whole, _, fraction = numeric.to_text(abs(value)).partition(".")
    whole = whole.lstrip("0")
    digits = whole.rjust(-(-len(whole) // 4) * 4, "0") + fraction.ljust(-(-len(fraction) // 4) * 4, "0")
    groups = [digits[start : start + 4] for start in range(0, len(digits), 4)]
    while groups and groups[-1] == "0000":
        groups.pop()
    while groups and groups[0] == "0000":
        groups.pop(0)
    return 6 + 2 * len(groups)
