"""Operators and functions of json and jsonb (src/backend/utils/adt/jsonfuncs.c, jsonb_op.c).

The functions take and give storage texts. Those for json (not jsonb) give parts of the text as written.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, jsonb

_SCANNER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_INTEGER = re.compile(r"\s*[+-]?\d+\Z")
_MISSING = object()


@lru_cache(maxsize=256)
def _cached(text: str) -> Any:
    return jsonb.parse(text)


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    return value if isinstance(value, str) else jsonb.dump(value)


def _index(key: Any) -> int | None:
    if isinstance(key, int):
        return key
    return int(key) if _INTEGER.match(key) else None


def _step(value: Any, key: Any, *, path: bool = False) -> Any:
    if isinstance(value, dict):
        return value.get(key, _MISSING) if isinstance(key, str) else _MISSING
    if isinstance(value, list):
        at = _index(key) if path or isinstance(key, int) else None
        if at is None or not -len(value) <= at < len(value):
            return _MISSING
        return value[at]
    if isinstance(key, int) and not path and key in {0, -1}:
        return value  # a scalar is an array of one to `->`
    return _MISSING


def get(document: str, key: str | int) -> str | None:
    """jsonb -> key or index."""
    value = _step(_cached(document), key)
    return None if value is _MISSING else jsonb.dump(value)


def get_text(document: str, key: str | int) -> str | None:
    """jsonb ->> key or index."""
    value = _step(_cached(document), key)
    return None if value is _MISSING else _plain(value)


def _walk(document: str, path: str) -> Any:
    value = _cached(document)
    for key in arrays.load(path):
        if key is None:
            return _MISSING
        value = _step(value, key, path=True)
        if value is _MISSING:
            return _MISSING
    return value


def get_path(document: str, path: str) -> str | None:
    """jsonb #> text[]."""
    value = _walk(document, path)
    return None if value is _MISSING else jsonb.dump(value)


def get_path_text(document: str, path: str) -> str | None:
    """jsonb #>> text[]."""
    value = _walk(document, path)
    return None if value is _MISSING else _plain(value)


# -- json: parts as written ------------------------------------------------------------------------------------------


def members(text: str) -> list[tuple[str, str]] | None:
    """The keys of a json object with the texts of their values, or None for anything else."""
    at = _skip(text, 0)
    if text[at] != "{":
        return None
    found: list[tuple[str, str]] = []
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _SCANNER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        _, end = _SCANNER.raw_decode(text, at)
        found.append((key, text[at:end]))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def items(text: str) -> list[str] | None:
    """The texts of a json array's elements, or None for anything else."""
    at = _skip(text, 0)
    if text[at] != "[":
        return None
    found: list[str] = []
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _SCANNER.raw_decode(text, at)
        found.append(text[at:end])
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _part(text: str, key: str | int, *, path: bool = False) -> str | None:
    if isinstance(key, str):
        pairs = members(text)
        if pairs is not None:
            return dict(pairs).get(key)
        at = _index(key) if path else None
        if at is None:
            return None
    else:
        at = key
    elements = items(text)
    if elements is None or not -len(elements) <= at < len(elements):
        return None
    return elements[at]


def _unquoted(part: str | None) -> str | None:
    if part is None or part == "null":
        return None
    if part[0] == '"':
        value: str = json.loads(part)
        return value
    return part


def json_get(document: str, key: str | int) -> str | None:
    """json -> key or index."""
    return _part(document, key)


def json_get_text(document: str, key: str | int) -> str | None:
    """json ->> key or index."""
    return _unquoted(_part(document, key))


def json_get_path(document: str, path: str) -> str | None:
    """json #> text[]."""
    part: str | None = document
    for key in arrays.load(path):
        part = None if part is None or key is None else _part(part, key, path=True)
    return part


def json_get_path_text(document: str, path: str) -> str | None:
    """json #>> text[]."""
    return _unquoted(json_get_path(document, path))


# -- containment and existence ---------------------------------------------------------------------------------------


def contains(document: str, part: str) -> int:
    """jsonb @> jsonb."""
    a, b = _cached(document), _cached(part)
    if isinstance(a, list) and not isinstance(b, (dict, list)):
        return int(any(_contains(item, b) for item in a))
    return int(_contains(a, b))


def contained(part: str, document: str) -> int:
    """jsonb <@ jsonb."""
    return contains(document, part)


def _contains(a: Any, b: Any) -> bool:
    if isinstance(b, dict):
        return isinstance(a, dict) and all(key in a and _contains(a[key], item) for key, item in b.items())
    if isinstance(b, list):
        return isinstance(a, list) and all(any(_contains(each, item) for each in a) for item in b)
    if isinstance(a, (dict, list)):
        return False
    return jsonb.type_of(a) == jsonb.type_of(b) and bool(a == b)


def has_key(document: str, key: str) -> int:
    """jsonb ? text: a key, an element that is this string, or this string itself."""
    value = _cached(document)
    if isinstance(value, (dict, list)):
        return int(any(item == key for item in value if isinstance(item, str)))
    return int(isinstance(value, str) and value == key)


def has_any_key(document: str, keys: str) -> int:
    """jsonb ?| text[]."""
    return int(any(has_key(document, key) for key in arrays.load(keys) if key is not None))


def has_all_keys(document: str, keys: str) -> int:
    """jsonb ?& text[]."""
    return int(all(has_key(document, key) for key in arrays.load(keys) if key is not None))


# -- change ----------------------------------------------------------------------------------------------------------


def _error(message: str, **fields: Any) -> DatabaseError:
    return database_error("22023", message, **fields)


def concat(left: str, right: str) -> str:
    """jsonb || jsonb."""
    a, b = jsonb.parse(left), jsonb.parse(right)
    if isinstance(a, dict) and isinstance(b, dict):
        return jsonb.store({**a, **b})
    a_items = a if isinstance(a, list) else [a]
    return jsonb.store([*a_items, *(b if isinstance(b, list) else [b])])


def delete_key(document: str, key: str) -> str:
    """jsonb - text."""
    return _delete(document, [key])


def delete_keys(document: str, keys: str) -> str:
    """jsonb - text[]."""
    return _delete(document, [key for key in arrays.load(keys) if key is not None])


def _delete(document: str, keys: list[str]) -> str:
    value = jsonb.parse(document)
    if isinstance(value, dict):
        return jsonb.dump({key: item for key, item in value.items() if key not in keys})
    if isinstance(value, list):
        return jsonb.dump([item for item in value if not (isinstance(item, str) and item in keys)])
    raise _error("cannot delete from scalar")


def delete_index(document: str, at: int) -> str:
    """jsonb - integer."""
    value = jsonb.parse(document)
    if isinstance(value, dict):
        raise _error("cannot delete from object using integer index")
    if not isinstance(value, list):
        raise _error("cannot delete from scalar")
    if -len(value) <= at < len(value):
        del value[at]
    return jsonb.dump(value)


def _path(path: str) -> list[str]:
    keys = arrays.load(path)
    for at, key in enumerate(keys):
        if key is None:
            raise database_error("22004", f"path element at position {at + 1} is null")
    return keys


def _position(key: str, level: int) -> int:
    at = _index(key)
    if at is None:
        raise database_error("22P02", f'path element at position {level} is not an integer: "{key}"')
    return at


def delete_path(document: str, path: str) -> str:
    """jsonb #- text[]."""
    value = jsonb.parse(document)
    if not isinstance(value, (dict, list)):
        raise _error("cannot delete path in scalar")
    keys = _path(path)
    here: Any = value
    for level, key in enumerate(keys, 1):
        last = level == len(keys)
        if isinstance(here, dict):
            if key not in here:
                break
            if last:
                del here[key]
            else:
                here = here[key]
        elif isinstance(here, list):
            at = _position(key, level)
            if not -len(here) <= at < len(here):
                break
            if last:
                del here[at]
            else:
                here = here[at]
        else:
            break
    return jsonb.dump(value)


def assign(document: str, path: str, new: str, create: int = 1) -> str:
    """jsonb_set(document, path, new, create)."""
    return _edit(document, path, new, insert=None, create=bool(create))


def insert(document: str, path: str, new: str, after: int = 0) -> str:
    """jsonb_insert(document, path, new, after)."""
    return _edit(document, path, new, insert=bool(after), create=True)


def assign_lax(document: str | None, path: str | None, new: str | None, create: int | None = 1, null: str | None = "use_json_null") -> str | None:
    """jsonb_set_lax(...): what a NULL means is the last argument's to say."""
    if document is None or path is None or create is None:
        return None
    if new is not None:
        return assign(document, path, new, create)
    if null == "raise_exception":
        raise database_error(
            "22004", "JSON value must not be null", detail="Exception was raised because null_value_treatment is \"raise_exception\".",
            hint="To avoid, either change the null_value_treatment argument or ensure that an SQL NULL is not passed.",
        )
    if null == "use_json_null":
        return assign(document, path, "null", create)
    if null == "delete_key":
        return delete_path(document, path)
    if null == "return_target":
        return document
    raise _error('null_value_treatment must be "delete_key", "return_target", "use_json_null", or "raise_exception"')


def _edit(document: str, path: str, new: str, *, insert: bool | None, create: bool) -> str:
    value = jsonb.parse(document)
    if not isinstance(value, (dict, list)):
        raise _error("cannot set path in scalar")
    if not value and not create:
        return document
    keys = _path(path)
    here: Any = value
    for level, key in enumerate(keys, 1):
        last = level == len(keys)
        if isinstance(here, dict):
            if last:
                _edit_member(here, key, jsonb.parse(new), insert=insert, create=create)
            elif key in here:
                here = here[key]
            else:
                break
        elif isinstance(here, list):
            at = _position(key, level)
            if last:
                _edit_item(here, at, jsonb.parse(new), insert=insert, create=create)
            elif -len(here) <= at < len(here):
                here = here[at]
            else:
                break
        else:
            break
    return jsonb.store(value)


def _edit_member(here: dict[str, Any], key: str, new: Any, *, insert: bool | None, create: bool) -> None:
    if key in here and insert is not None:
        raise _error("cannot replace existing key", hint="Try using the function jsonb_set to replace key value.")
    if key in here or create:
        here[key] = new


def _edit_item(here: list[Any], at: int, new: Any, *, insert: bool | None, create: bool) -> None:
    inside = -len(here) <= at < len(here)
    if inside and insert is None:
        here[at] = new
    elif inside:
        position = at if at >= 0 else at + len(here)
        here.insert(position + bool(insert), new)
    elif create:
        here.insert(len(here) if at >= 0 else 0, new)


# -- questions -------------------------------------------------------------------------------------------------------


def type_of(document: str) -> str:
    """jsonb_typeof."""
    return jsonb.type_of(_cached(document))


def array_length(document: str) -> int:
    """jsonb_array_length; 22023 for anything but an array."""
    value = _cached(document)
    if isinstance(value, list):
        return len(value)
    raise _error("cannot get array length of a " + ("non-array" if isinstance(value, dict) else "scalar"))


def strip_nulls(document: str) -> str:
    """jsonb_strip_nulls."""
    return jsonb.dump(_stripped(jsonb.parse(document)))


def json_strip_nulls(document: str) -> str:
    """json_strip_nulls: without spaces."""
    return json.dumps(_stripped(json.loads(document, parse_float=_Raw, parse_int=_Raw)), ensure_ascii=False, separators=(",", ":"))


class _Raw(int):
    """A number that prints as it was written."""

    def __new__(cls, text: str) -> _Raw:
        made = int.__new__(cls, 0)
        made.text = text
        return made

    text: str

    def __repr__(self) -> str:
        return self.text


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    return value


def pretty(document: str) -> str:
    """jsonb_pretty."""
    return _pretty(jsonb.parse(document), 0)


def _pretty(value: Any, depth: int) -> str:
    pad, end = "    " * (depth + 1), "\n" + "    " * depth
    if isinstance(value, dict):
        inner = ",\n".join(f"{pad}{jsonb.dump(key)}: {_pretty(item, depth + 1)}" for key, item in value.items())
        return "{" + ("\n" + inner if inner else "") + end + "}"
    if isinstance(value, list):
        inner = ",\n".join(pad + _pretty(item, depth + 1) for item in value)
        return "[" + ("\n" + inner if inner else "") + end + "]"
    return jsonb.dump(value)


def object_of(pairs: str) -> str:
    """jsonb_object(text[]): alternating keys and values."""
    flat = arrays.load(pairs)
    if flat and isinstance(flat[0], list):
        if any(len(pair) != 2 for pair in flat):
            raise database_error("2202E", "array must have two columns")
        keys, values = [pair[0] for pair in flat], [pair[1] for pair in flat]
    else:
        if len(flat) % 2:
            raise database_error("2202E", "array must have even number of elements")
        keys, values = flat[::2], flat[1::2]
    return _object(keys, values)


def object_of_two(keys: str, values: str) -> str:
    """jsonb_object(text[], text[])."""
    names, texts = arrays.load(keys), arrays.load(values)
    if len(names) != len(texts):
        raise database_error("2202E", "mismatched array dimensions")
    return _object(names, texts)


def _object(keys: list[Any], values: list[Any]) -> str:
    if None in keys:
        raise database_error("22004", "null value not allowed for object key")
    return jsonb.store(dict(zip(keys, values, strict=True)))


# -- rows ------------------------------------------------------------------------------------------------------------


def elements(document: str, kind: str) -> str:
    """The elements of an array as a JSON list of storage texts, for json_each; `kind`: `jsonb`, `json`, with `_text` for text.

    22023 for an object and for a scalar.
    """
    base, _, as_text = kind.partition("_")
    value = _cached(document)
    if not isinstance(value, list):
        if base == "json":
            raise _error("cannot call json_array_elements" + ("_text" if as_text else "") + (" on a non-array" if isinstance(value, dict) else " on a scalar"))
        raise _error("cannot extract elements from " + ("an object" if isinstance(value, dict) else "a scalar"))
    if base == "json":
        parts: list[Any] = items(document) or []
        return arrays.store([_unquoted(part) if as_text else part for part in parts])
    return arrays.store([_plain(item) if as_text else jsonb.dump(item) for item in value])


def entries(document: str, kind: str, function: str) -> str:
    """The members of an object as a JSON list of [key, storage text], for json_each; `kind` as in `elements`."""
    base, _, as_text = kind.partition("_")
    value = _cached(document)
    if not isinstance(value, dict):
        what = "a non-object" if function != "jsonb_object_keys" else "an array" if isinstance(value, list) else "a scalar"
        raise _error(f"cannot call {function} on {what}")
    if base == "json":
        pairs: list[Any] = [[key, _unquoted(part) if as_text else part] for key, part in members(document) or []]
    else:
        pairs = [[key, _plain(item) if as_text else jsonb.dump(item)] for key, item in value.items()]
    return arrays.store(pairs)

