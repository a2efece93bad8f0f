"""Functions that make and change jsonb (src/backend/utils/adt/jsonfuncs.c); storage texts in and out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, jsonb
from nexus_testkit.postgres.values.jsonops import index_of, items, members


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


def _steps(path: str) -> Iterator[tuple[int, bool, str]]:
    """The keys of a path, one after the other, with their position and whether it is the last; a NULL is an error once it is reached."""
    keys = arrays.load(path)
    for level, key in enumerate(keys, 1):
        if key is None:
            raise database_error("22004", f"path element at position {level} is null")
        yield level, level == len(keys), key


def _position(key: str, level: int) -> int:
    at = index_of(key)
    if at is None:
        raise database_error("22P02", f'path element at position {level} is not an integer: "{key}"')
    return at


def delete_path(document: str, path: str) -> str:
    """jsonb #- text[]."""
    value = jsonb.parse(document)
    if not isinstance(value, (dict, list)):
        raise _error("cannot delete path in scalar")
    if not value:
        return document
    here: Any = value
    for level, last, key in _steps(path):
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


def assign_lax(
    document: str | None, path: str | None, new: str | None, create: int | None = 1, null: str | None = "use_json_null"
) -> str | None:
    """jsonb_set_lax(...): what a NULL means is the last argument's to say."""
    if document is None or path is None or create is None:
        return None
    if new is not None:
        return assign(document, path, new, create)
    if null == "raise_exception":
        raise database_error(
            "22004",
            "JSON value must not be null",
            detail='Exception was raised because null_value_treatment is "raise_exception".',
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
    here: Any = value
    for level, last, key in _steps(path):
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


def strip_nulls(document: str, in_arrays: int = 0) -> str:
    """jsonb_strip_nulls(document, strip_in_arrays)."""
    return jsonb.dump(_stripped(jsonb.parse(document), in_arrays=bool(in_arrays)))


def json_strip_nulls(document: str, in_arrays: int = 0) -> str:
    """json_strip_nulls: without spaces, everything else as written."""
    pairs = members(document)
    if pairs is not None:
        kept = [
            f"{json.dumps(key, ensure_ascii=False)}:{json_strip_nulls(part, in_arrays)}"
            for key, part in pairs
            if part != "null"
        ]
        return "{" + ",".join(kept) + "}"
    parts = items(document)
    if parts is not None:
        kept = [json_strip_nulls(part, in_arrays) for part in parts if not in_arrays or part != "null"]
        return "[" + ",".join(kept) + "]"
    return document.strip()


def _stripped(value: Any, *, in_arrays: bool) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item, in_arrays=in_arrays) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_stripped(item, in_arrays=in_arrays) for item in value if item is not None or not in_arrays]
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
    return jsonb.store(dict(_pairs_of(pairs)))


def json_object_of(pairs: str) -> str:
    """json_object(text[]), with all keys that were given."""
    return _as_json(_pairs_of(pairs))


def _pairs_of(pairs: str) -> list[tuple[str, Any]]:
    flat = arrays.load(pairs)
    if flat and isinstance(flat[0], list):
        if any(isinstance(item, list) for pair in flat for item in pair):
            raise database_error("2202E", "wrong number of array subscripts")
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
    return jsonb.store(dict(_paired(keys, values)))


def json_object_of_two(keys: str, values: str) -> str:
    """json_object(text[], text[])."""
    return _as_json(_paired(keys, values))


def _paired(keys: str, values: str) -> list[tuple[str, Any]]:
    names, texts = arrays.load(keys), arrays.load(values)
    if any(isinstance(item, list) for item in (*names, *texts)):
        raise database_error("2202E", "wrong number of array subscripts")
    if len(names) != len(texts):
        raise database_error("2202E", "mismatched array dimensions")
    return _object(names, texts)


def _object(keys: list[Any], values: list[Any]) -> list[tuple[str, Any]]:
    if None in keys:
        raise database_error("22004", "null value not allowed for object key")
    return list(zip(keys, values, strict=True))


def _as_json(pairs: list[tuple[str, Any]]) -> str:
    return "{" + ", ".join(f"{jsonb.dump(key)} : {jsonb.dump(value)}" for key, value in pairs) + "}"
