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


def invalid(message: str) -> DatabaseError:
    """The error 22023."""
    return database_error("22023", message)


@lru_cache(maxsize=256)
def _cached(text: str) -> Any:
    return jsonb.parse(text)


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    return value if isinstance(value, str) else jsonb.dump(value)


def index_of(key: Any) -> int | None:
    """The integer that a key of a path is, or None."""
    if isinstance(key, int):
        return key
    return int(key) if _INTEGER.match(key) else None


def _step(value: Any, key: Any, *, path: bool = False) -> Any:
    if isinstance(value, dict):
        return value.get(key, _MISSING) if isinstance(key, str) else _MISSING
    if isinstance(value, list):
        at = index_of(key) if path or isinstance(key, int) else None
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
    _check(text)
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
    _check(text)
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


def _check(text: str) -> None:
    """The server unescapes every string on its way through a json value, wanted or not."""
    if "\\u" in text:
        jsonb.check_escapes(text)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _part(text: str, key: str | int, *, path: bool = False) -> str | None:
    if isinstance(key, str):
        pairs = members(text)
        if pairs is not None:
            return dict(pairs).get(key)
        at = index_of(key) if path else None
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


def type_of(document: str) -> str:
    """jsonb_typeof."""
    return jsonb.type_of(_cached(document))


def array_length(document: str) -> int:
    """jsonb_array_length; 22023 for anything but an array."""
    value = _cached(document)
    if isinstance(value, list):
        return len(value)
    raise invalid("cannot get array length of a " + ("non-array" if isinstance(value, dict) else "scalar"))


# -- rows ------------------------------------------------------------------------------------------------------------


def elements(document: str, kind: str) -> str:
    """The elements of an array as a JSON list of storage texts, for json_each; `kind`: `jsonb`, `json`, with `_text` for text.

    22023 for an object and for a scalar.
    """
    base, _, as_text = kind.partition("_")
    value = _cached(document)
    if not isinstance(value, list):
        if base == "json":
            raise invalid(
                "cannot call json_array_elements"
                + ("_text" if as_text else "")
                + (" on a non-array" if isinstance(value, dict) else " on a scalar")
            )
        raise invalid("cannot extract elements from " + ("an object" if isinstance(value, dict) else "a scalar"))
    if base == "json":
        parts: list[Any] = items(document) or []
        return arrays.store([_unquoted(part) if as_text else part for part in parts])
    return arrays.store([_plain(item) if as_text else jsonb.dump(item) for item in value])


def entries(document: str, kind: str, function: str) -> str:
    """The members of an object as a JSON list of [key, storage text], for json_each; `kind` as in `elements`."""
    base, _, as_text = kind.partition("_")
    value = _cached(document)
    if not isinstance(value, dict):
        kind_of = "an array" if isinstance(value, list) else "a scalar"
        if function in {"json_each", "json_each_text"}:
            raise invalid(f"cannot deconstruct {kind_of}" + (" as an object" if isinstance(value, list) else ""))
        raise invalid(f"cannot call {function} on {kind_of if function.endswith('keys') else 'a non-object'}")
    if base == "json":
        pairs: list[Any] = [[key, _unquoted(part) if as_text else part] for key, part in members(document) or []]
    else:
        pairs = [[key, _plain(item) if as_text else jsonb.dump(item)] for key, item in value.items()]
    return arrays.store(pairs)
