"""What SQL/JSON builds and checks: JSON_OBJECT, JSON_ARRAY, JSON_SCALAR, JSON(), IS JSON, the aggregates."""

from __future__ import annotations

import json
from collections import Counter
from json.encoder import encode_basestring
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import jsonb, tojson
from nexus_testkit.postgres.values.session import Aggregator, ValueSession


def json_object(session: ValueSession, flags: str, *typed: Any) -> str:
    """JSON_OBJECT(key: value ...); `flags`: `b` for jsonb, `a` for ABSENT ON NULL, `u` for WITH UNIQUE KEYS. Arguments come as type, value."""
    arguments = list(zip(typed[::2], typed[1::2], strict=True))
    pairs: list[tuple[str, str, Any]] = []
    for at in range(0, len(arguments), 2):
        key_type, key = arguments[at]
        if key is None:
            if "b" in flags:
                raise database_error("22023", f"argument {at + 1}: key must not be null")
            raise database_error("22004", "null value not allowed for object key")
        pairs.append((tojson.key_text(key, key_type, session), *arguments[at + 1]))
    return _object(session, flags, pairs) or "{}"


def _object(session: ValueSession, flags: str, pairs: list[tuple[str, str, Any]], *, aggregate: bool = False) -> str:
    if "u" in flags:
        seen: set[str] = set()
        for key, _, _ in pairs:
            if key in seen:
                shown = "" if "b" in flags else f": {encode_basestring(key)}"
                raise database_error("22030", f"duplicate JSON object key value{shown}")
            seen.add(key)
    if "a" in flags:
        pairs = [pair for pair in pairs if pair[2] is not None]
    if "b" in flags:
        shown = ", ".join(
            f"{encode_basestring(key)}: {tojson.to_jsonb(session, value, kind) or 'null'}" for key, kind, value in pairs
        )
        return jsonb.parse_jsonb("{" + shown + "}")
    inner = ", ".join(
        f"{encode_basestring(key)} : {tojson.json_text(value, kind, session)}" for key, kind, value in pairs
    )
    return f"{{ {inner} }}" if aggregate else "{" + inner + "}"


def json_array(session: ValueSession, flags: str, *typed: Any) -> str:
    """JSON_ARRAY(value ...); flags as above."""
    items = [
        (kind, value)
        for kind, value in zip(typed[::2], typed[1::2], strict=True)
        if value is not None or "a" not in flags
    ]
    if "b" in flags:
        return "[" + ", ".join(tojson.to_jsonb(session, value, kind) or "null" for kind, value in items) + "]"
    return "[" + ", ".join(tojson.json_text(value, kind, session) for kind, value in items) + "]"


def scalar(session: ValueSession, kind: str, value: Any) -> str | None:
    """JSON_SCALAR(value)."""
    return tojson.to_json(session, value, kind)


def unique_json(text: str) -> str:
    """JSON(text WITH UNIQUE KEYS)."""
    jsonb.parse_json(text)
    if not _unique(text):
        raise database_error("22030", "duplicate JSON object key value")
    return text


class _Pairs(list[Any]):
    """An object as its members, duplicates and all."""


_STRICT = json.JSONDecoder(object_pairs_hook=_Pairs)


def _unique(text: str) -> bool:
    def check(value: Any) -> bool:
        if isinstance(value, _Pairs):
            most = max(Counter(key for key, _ in value).values(), default=1)
            return most == 1 and all(check(item) for _, item in value)
        return all(check(item) for item in value) if isinstance(value, list) else True

    return check(_STRICT.decode(text))


def is_json(kind: str, unique: int, text: Any) -> int:
    """IS JSON [VALUE | SCALAR | ARRAY | OBJECT] [WITH UNIQUE KEYS] of a text, bytea, json or jsonb."""
    if isinstance(text, bytes):
        if b"\0" in text:
            raise database_error("22021", 'invalid byte sequence for encoding "UTF8": 0x00')
        try:
            text = text.decode()
        except UnicodeDecodeError as error:
            raise database_error(
                "22021", f'invalid byte sequence for encoding "UTF8": 0x{text[error.start]:02x}'
            ) from None
    try:
        value = jsonb.parse(text)
    except DatabaseError:
        return 0
    found = "OBJECT" if isinstance(value, dict) else "ARRAY" if isinstance(value, list) else "SCALAR"
    if kind not in {"ANY", found}:
        return 0
    return int(not unique or _unique(text))


# -- aggregates ------------------------------------------------------------------------------------------------------------


class JsonObjects(Aggregator):
    """JSON_OBJECTAGG and json_object_agg_strict, _unique, _unique_strict: key type, key, value type, value."""

    flags = ""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.pairs: list[tuple[str, str, Any]] = []
        self.rows = 0

    def step(self, key_type: str, key: Any, kind: str, value: Any) -> None:
        """One row."""
        self.rows += 1
        if key is None:
            if "b" in self.flags:
                raise database_error("22023", "field name must not be null")
            raise database_error("22004", "null value not allowed for object key")
        self.pairs.append((tojson.key_text(key, key_type, self.session), kind, value))

    def finalize(self) -> Any:
        """NULL of no rows."""
        return _object(self.session, self.flags, self.pairs, aggregate=True) if self.rows else None


class JsonArrays(Aggregator):
    """json_agg_strict and jsonb_agg_strict: type, value; NULLs are passed over."""

    flags = ""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.parts: list[str] = []
        self.rows = 0

    def step(self, kind: str, value: Any) -> None:
        """One row."""
        self.rows += 1
        if value is None:
            return
        if "b" in self.flags:
            self.parts.append(tojson.to_jsonb(self.session, value, kind) or "null")
            return
        text = tojson.json_text(value, kind, self.session)
        self.parts.append("\n " + text if kind.endswith(("[]", ")")) and self.parts else text)

    def finalize(self) -> Any:
        """NULL of no rows."""
        return "[" + ", ".join(self.parts) + "]" if self.rows else None


def aggregate(session: ValueSession, base: type[Any], flags: str) -> Any:
    """An aggregate with its flags."""
    return type(base.__name__, (base,), {"flags": flags})(session)


def _with(base: type[Any], flags: str) -> Any:
    return lambda session: aggregate(session, base, flags)


json_object_agg_strict = _with(JsonObjects, "a")
json_object_agg_unique = _with(JsonObjects, "u")
json_object_agg_unique_strict = _with(JsonObjects, "au")
jsonb_object_agg_strict = _with(JsonObjects, "ab")
jsonb_object_agg_unique = _with(JsonObjects, "ub")
jsonb_object_agg_unique_strict = _with(JsonObjects, "aub")
json_agg_strict = _with(JsonArrays, "a")
jsonb_agg_strict = _with(JsonArrays, "ab")
