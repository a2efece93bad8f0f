"""jsonb_path_exists, jsonb_path_match, jsonb_path_query and their kin, `@?` and `@@`: storage values in and out."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, jsonb, jsonpath
from nexus_testkit.postgres.values.jsonpath_errors import PathError
from nexus_testkit.postgres.values.jsonpath_run import Run
from nexus_testkit.postgres.values.jsonpath_times import Moment
from nexus_testkit.postgres.values.session import ValueSession


@lru_cache(maxsize=256)
def document_of(text: str) -> Any:
    """The value of a stored jsonb; many paths are asked of one document."""
    return jsonb.parse(text)


def _run(session: ValueSession, document: str, path: str, names: str, zoned: int) -> Run:
    variables = document_of(names)
    if not isinstance(variables, dict):
        raise database_error(
            "22023",
            '"vars" argument is not an object',
            detail='Jsonpath parameters should be encoded as key-value pairs of "vars" object.',
        )
    return Run(jsonpath.parse(path), document_of(document), variables, session, zoned=bool(zoned))


def stored(value: Any) -> str:
    """The jsonb of an item that a path gave."""
    return jsonb.store(value.text() if isinstance(value, Moment) else value)


def _values(run: Run, silent: int) -> list[Any]:
    try:
        return run.values()
    except PathError as error:
        if silent:
            return run.found  # what came before the error stays
        raise error.error from None


def exists(
    session: ValueSession, zoned: int, document: str, path: str, names: str = "{}", silent: int = 0
) -> int | None:
    """jsonb_path_exists; NULL where an error was silenced."""
    try:
        return int(_run(session, document, path, names, zoned).exists())
    except PathError as error:
        if silent:
            return None
        raise error.error from None


def match(
    session: ValueSession, zoned: int, document: str, path: str, names: str = "{}", silent: int = 0
) -> int | None:
    """jsonb_path_match: the truth of a predicate."""
    found = _values(_run(session, document, path, names, zoned), silent)
    if len(found) == 1 and (found[0] is None or isinstance(found[0], bool)):
        return None if found[0] is None else int(found[0])
    if silent:
        return None
    raise database_error("22038", "single boolean result is expected")


def query(session: ValueSession, zoned: int, document: str, path: str, names: str = "{}", silent: int = 0) -> str:
    """jsonb_path_query: a JSON list of stored jsonb values, for json_each."""
    return arrays.store([stored(item) for item in _values(_run(session, document, path, names, zoned), silent)])


def query_array(session: ValueSession, zoned: int, document: str, path: str, names: str = "{}", silent: int = 0) -> str:
    """jsonb_path_query_array."""
    found = _values(_run(session, document, path, names, zoned), silent)
    return "[" + ", ".join(stored(item) for item in found) + "]"


def query_first(
    session: ValueSession, zoned: int, document: str, path: str, names: str = "{}", silent: int = 0
) -> str | None:
    """jsonb_path_query_first; NULL where there is none."""
    found = _values(_run(session, document, path, names, zoned), silent)
    return stored(found[0]) if found else None
