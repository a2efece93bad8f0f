"""jsonb's subscripts: `data['a'][0]`, and assignment to one (src/backend/utils/adt/jsonbsubs.c, jsonfuncs.c `setPath`)."""

from __future__ import annotations

from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, jsonb
from nexus_testkit.postgres.values.jsonops import get_path, index_of


def read(document: str, key: str | int) -> str | None:
    """document[key]: a key of an object, or an index that may be written as text."""
    return get_path(document, arrays.store([str(key)]))


def assign(document: str | None, new: str | None, *keys: str | int | None) -> str:
    """The document after `document[key]... = new`; what is missing on the way is made, gaps in arrays are filled with null."""
    if None in keys:
        raise database_error("22004", "jsonb subscript in assignment must not be null")
    value = None if new is None else jsonb.parse(new)
    if document is None:
        whole: Any = [] if isinstance(keys[0], int) else {}
    else:
        whole = jsonb.parse(document)
    if not isinstance(whole, (dict, list)):
        raise _scalar()
    _set(whole, [str(key) for key in keys], 0, value)
    return jsonb.store(whole)


def _scalar() -> Exception:
    return database_error(
        "22023",
        "cannot replace existing key",
        detail="The path assumes key is a composite object, but it is a scalar value.",
    )


def _set(here: Any, keys: list[str], level: int, value: Any) -> None:
    key: Any = keys[level]
    last = level == len(keys) - 1
    if isinstance(here, list):
        at = index_of(key)
        if at is None:
            raise database_error("22P02", f'path element at position {level + 1} is not an integer: "{key}"')
        if at < 0:
            if -at > len(here):
                raise database_error("22023", f"path element at position {level + 1} is out of range: {at}")
            at += len(here)
        missing = at >= len(here)
        here.extend([None] * (at + 1 - len(here)))
        key = at
    else:
        missing = key not in here
    if last:
        here[key] = value
    elif missing:
        here[key] = _made(keys[level + 1 :], value)
    elif isinstance(here[key], (dict, list)):
        _set(here[key], keys, level + 1, value)
    else:
        raise _scalar()


def _made(keys: list[str], value: Any) -> Any:
    """New containers along a path (`push_path`): an array where the key is a number."""
    if not keys:
        return value
    inner = _made(keys[1:], value)
    at = index_of(keys[0])
    if at is None:
        return {keys[0]: inner}
    return [*[None] * max(at, 0), inner]
