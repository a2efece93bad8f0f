"""Aggregates that collect: texts, arrays, JSON, bits."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, jsonb, tojson
from nexus_testkit.postgres.values.session import Aggregator, ValueSession


class _Fold(Aggregator):
    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.value: Any = None

    def finalize(self) -> Any:
        return self.value


class BitAnd(_Fold):
    """bit_and(integer)."""

    def step(self, value: int | None) -> None:
        if value is not None:
            self.value = value if self.value is None else self.value & value


class BitOr(_Fold):
    """bit_or(integer)."""

    def step(self, value: int | None) -> None:
        if value is not None:
            self.value = value if self.value is None else self.value | value


class BitXor(_Fold):
    """bit_xor(integer)."""

    def step(self, value: int | None) -> None:
        if value is not None:
            self.value = value if self.value is None else self.value ^ value


class AnyValue(_Fold):
    """any_value(x): the first that is not NULL."""

    def step(self, value: Any) -> None:
        if self.value is None:
            self.value = value


class StringAgg(Aggregator):
    """string_agg(text or bytea, delimiter): the first row's delimiter is not used."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.pieces: list[Any] = []

    def step(self, value: Any, delimiter: Any) -> None:
        if value is None:
            return
        if self.pieces:
            self.pieces.append(delimiter if delimiter is not None else value[:0])
        self.pieces.append(value)

    def finalize(self) -> Any:
        if not self.pieces:
            return None
        return self.pieces[0][:0].join(self.pieces)


class ArrayAgg(Aggregator):
    """array_agg(element), NULLs included."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.items: list[Any] = []

    def step(self, value: Any) -> None:
        self.items.append(value)

    def finalize(self) -> Any:
        return arrays.store(self.items) if self.items else None


class ArrayAggArray(ArrayAgg):
    """array_agg(array): one dimension more."""

    def step(self, value: Any) -> None:
        if value is None:
            raise database_error("22004", "cannot accumulate null arrays")
        items = arrays.load(value)
        if not items and not self.items:
            raise database_error("2202E", "cannot accumulate empty arrays")
        if self.items and arrays.dimensions(self.items[0]) != arrays.dimensions(items):
            raise database_error("2202E", "cannot accumulate arrays of different dimensionality")
        self.items.append(items)


class JsonbAgg(Aggregator):
    """jsonb_agg(type, value)."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.parts: list[str] = []

    def step(self, type_name: str, value: Any) -> None:
        self.parts.append(tojson.to_jsonb(self.session, value, type_name) or "null")

    def finalize(self) -> Any:
        return "[" + ", ".join(self.parts) + "]" if self.parts else None


class JsonAgg(JsonbAgg):
    """json_agg(type, value)."""

    def step(self, type_name: str, value: Any) -> None:
        kind = "json" if type_name == "record" else type_name
        text = tojson.json_text(value, kind, self.session)
        structured = type_name.endswith(("[]", ")")) or type_name == "record"
        # an array or a row that is not the first stands on a line of its own, NULL never does
        self.parts.append("\n " + text if structured and self.parts and value is not None else text)


class JsonbObjectAgg(Aggregator):
    """jsonb_object_agg(key type, key, value type, value)."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.pairs: list[tuple[str, str]] = []

    null_key = ("22023", "field name must not be null")

    def _key(self, key_type: str, key: Any) -> str:
        if key is None:
            raise database_error(*self.null_key)
        return tojson.key_text(key, key_type, self.session)

    def step(self, key_type: str, key: Any, type_name: str, value: Any) -> None:
        self.pairs.append((self._key(key_type, key), tojson.to_jsonb(self.session, value, type_name) or "null"))

    def finalize(self) -> Any:
        if not self.pairs:
            return None
        return jsonb.parse_jsonb(
            "{" + ", ".join(f"{encode_basestring(key)}: {value}" for key, value in self.pairs) + "}"
        )


class JsonObjectAgg(JsonbObjectAgg):
    """json_object_agg(key type, key, value type, value)."""

    null_key = ("22004", "null value not allowed for object key")

    def step(self, key_type: str, key: Any, type_name: str, value: Any) -> None:
        self.pairs.append((self._key(key_type, key), tojson.json_text(value, type_name, self.session)))

    def finalize(self) -> Any:
        if not self.pairs:
            return None
        return "{ " + ", ".join(f"{encode_basestring(key)} : {value}" for key, value in self.pairs) + " }"
