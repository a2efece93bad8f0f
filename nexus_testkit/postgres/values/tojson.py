"""to_json, to_jsonb and what builds on them: values of any type as JSON (src/backend/utils/adt/json.c, `datum_to_json`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, floats, jsonb, records, times
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.outputs import output
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.types import FLOATS, INTEGERS

Convert = Callable[[Any, ValueSession], Any]


def _zoned(storage: str, session: ValueSession) -> str:
    if storage in times.INFINITE:
        return storage
    text = times.timestamptz_output(storage, session)
    at = max(text.rfind("+"), text.rfind("-"))
    offset = text[at:]
    return text[:at].replace(" ", "T") + (offset if ":" in offset else offset + ":00")


def _float(storage: float | str, _session: ValueSession) -> Any:
    if isinstance(storage, str) or math.isinf(storage):
        return floats.float_text(storage)
    return Decimal(floats.float_text(storage))


@lru_cache(maxsize=256)
def converter(type_name: str) -> Convert:
    """The function from a storage value that is not NULL to a JSON value (fractions as Decimal)."""
    if type_name.endswith("[]"):
        element_type = type_name[:-2]
        inner = converter(element_type)
        return lambda storage, session: arrays.map_elements(
            arrays.load(storage), lambda item: inner(arrays.element(item, element_type), session)
        )
    if (row := records.find(type_name)) is not None:
        inside = [(name, kind, converter(kind)) for name, kind in row.fields]
        return lambda storage, session: {
            name: None if item is None else convert(item, session)
            for (name, _, convert), item in zip(inside, records.load(storage, row.fields), strict=True)
        }
    if type_name == "bool":
        return lambda storage, _: bool(storage)
    if type_name in INTEGERS:
        return lambda storage, _: storage
    if type_name in FLOATS:
        if type_name == "float4":
            return lambda storage, _: Decimal(text) if (text := floats.float4_text(storage))[-1].isdigit() else text
        return _float
    if type_name == "numeric":
        return lambda storage, _: Decimal(storage) if storage[-1].isdigit() else storage
    if type_name in {"json", "jsonb"}:
        return lambda storage, _: jsonb.parse(storage)
    if type_name == "timestamptz":
        return _zoned
    if type_name == "timestamp":
        return lambda storage, _: times.timestamp_output(storage).replace(" ", "T")
    if type_name == "bpchar":
        return lambda storage, _: storage
    if type_name == "inet" and (write := output(type_name)):  # its cast to text is another than its output
        return write
    return caster(type_name, "text")


def to_jsonb(session: ValueSession, storage: Any, type_name: str) -> str | None:
    """to_jsonb(value): NULL for NULL."""
    if storage is None:
        return None
    if type_name == "jsonb":
        return str(storage)
    return jsonb.store(_whole(converter(type_name)(storage, session)))


def _whole(value: Any) -> Any:
    """jsonb's numbers have no exponent: 1e20 is written out."""
    if isinstance(value, Decimal):
        return jsonb.positional(value)
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def to_json(session: ValueSession, storage: Any, type_name: str) -> str | None:
    """to_json(value): NULL for NULL; a json or jsonb value keeps its text."""
    return None if storage is None else json_text(storage, type_name, session)


def json_text(storage: Any, type_name: str, session: ValueSession) -> str:
    """The JSON text of a value in json's (not jsonb's) form: no spaces in arrays, floats as PostgreSQL prints them."""
    if storage is None:
        return "null"
    if type_name in {"json", "jsonb"}:
        return str(storage)
    if type_name.endswith("[]"):
        element_type = type_name[:-2]
        return _array_text(arrays.load(storage), element_type, session)
    if type_name in FLOATS | {"numeric"} | set(INTEGERS):
        text: str = caster(type_name, "text")(storage, session)
        return text if text[-1].isdigit() else f'"{text}"'
    if (row := records.find(type_name)) is not None:
        fields = zip(row.fields, records.load(storage, row.fields), strict=True)
        inside = (f"{encode_basestring(name)}:{json_text(item, kind, session)}" for (name, kind), item in fields)
        return "{" + ",".join(inside) + "}"
    value = converter(type_name)(storage, session)
    return ("true" if value else "false") if isinstance(value, bool) else encode_basestring(value)


def _array_text(items: list[Any], element_type: str, session: ValueSession) -> str:
    return (
        "["
        + ",".join(
            _array_text(item, element_type, session)
            if isinstance(item, list)
            else json_text(arrays.element(item, element_type), element_type, session)
            for item in items
        )
        + "]"
    )


def array_to_json(session: ValueSession, storage: str, type_name: str, pretty: int) -> str:
    """array_to_json(array, pretty): with `pretty`, each element of the outer dimension on a line of its own."""
    if not pretty:
        return json_text(storage, type_name, session)
    element = type_name[:-2]
    parts = [
        _array_text(item, element, session)
        if isinstance(item, list)
        else json_text(arrays.element(item, element), element, session)
        for item in arrays.load(storage)
    ]
    return "[" + ",\n ".join(parts) + "]"


def key_text(storage: Any, type_name: str, session: ValueSession) -> str:
    """An object's key.

    Raises:
        DatabaseError: 22023 for an array, a row or JSON.
    """
    if type_name in {"json", "jsonb"} or type_name.endswith(("[]", ")")):
        raise database_error("22023", "key value must be scalar, not array, composite, or json")
    text: str = (
        _zoned(storage, session)
        if type_name == "timestamptz"
        else converter(type_name)(storage, session)
        if type_name == "timestamp"
        else caster(type_name, "text")(storage, session)
    )
    return text


def _typed(typed: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """Arguments that come as type, value, type, value ..."""
    return list(zip(typed[::2], typed[1::2], strict=True))


def _pairs(name: str, typed: tuple[Any, ...], session: ValueSession) -> list[tuple[str, str, Any]]:
    arguments = _typed(typed)
    if len(arguments) % 2:
        raise database_error(
            "22023",
            "argument list must have even number of elements",
            hint=f"The arguments of {name}() must consist of alternating keys and values.",
        )
    pairs: list[tuple[str, str, Any]] = []
    for at in range(0, len(arguments), 2):
        key_type, key = arguments[at]
        if key is None:
            if name == "jsonb_build_object":
                raise database_error("22023", f"argument {at + 1}: key must not be null")
            raise database_error("22004", "null value not allowed for object key")
        pairs.append((key_text(key, key_type, session), *arguments[at + 1]))
    return pairs


def _value(storage: Any, type_name: str, session: ValueSession) -> Any:
    return None if storage is None else _whole(converter(type_name)(storage, session))


def jsonb_build_object(session: ValueSession, *typed: Any) -> str:
    """jsonb_build_object(...), each argument preceded by its type."""
    pairs = _pairs("jsonb_build_object", typed, session)
    return jsonb.store({key: _value(value, kind, session) for key, kind, value in pairs})


def jsonb_build_array(session: ValueSession, *typed: Any) -> str:
    """jsonb_build_array(...)."""
    return jsonb.store([_value(value, kind, session) for kind, value in _typed(typed)])


def json_build_object(session: ValueSession, *typed: Any) -> str:
    """json_build_object(...): keys as given, also twice."""
    pairs = _pairs("json_build_object", typed, session)
    return (
        "{"
        + ", ".join(f"{encode_basestring(key)} : {json_text(value, kind, session)}" for key, kind, value in pairs)
        + "}"
    )


def json_build_array(session: ValueSession, *typed: Any) -> str:
    """json_build_array(...)."""
    return "[" + ", ".join(json_text(value, kind, session) for kind, value in _typed(typed)) + "]"


def row_to_json(session: ValueSession, storage: str, type_name: str, pretty: int) -> str:
    """row_to_json(record, pretty): with `pretty`, each field on a line of its own."""
    row = records.find(type_name)
    if row is None or not pretty:
        return json_text(storage, type_name, session)
    fields = zip(row.fields, records.load(storage, row.fields), strict=True)
    return (
        "{"
        + ",\n ".join(f"{encode_basestring(name)}:{json_text(item, kind, session)}" for (name, kind), item in fields)
        + "}"
    )


def shown(session: ValueSession, typed: tuple[Any, ...]) -> list[str | None]:
    """Arguments as their output functions write them, which is what concat and format join."""
    return [
        None if value is None else write(value, session) if (write := output(kind)) else str(value)
        for kind, value in _typed(typed)
    ]


def spread(session: ValueSession, name: str, type_name: str, storage: str) -> str:
    """json_build_array(VARIADIC array) and its kin: all elements, of every dimension."""
    element = type_name[:-2]
    typed: list[Any] = []
    for item in arrays.flat(arrays.load(storage)):
        typed += [element, arrays.element(item, element)]
    return _BUILDERS[name](session, *typed)


_BUILDERS: dict[str, Callable[..., str]] = {
    "json_build_array": json_build_array,
    "jsonb_build_array": jsonb_build_array,
    "json_build_object": json_build_object,
    "jsonb_build_object": jsonb_build_object,
}
