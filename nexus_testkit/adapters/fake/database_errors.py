"""Database errors that are asyncpg's as well: `except asyncpg.UniqueViolationError` works on the fake."""

from __future__ import annotations

from functools import cache
from typing import Any

from nexus_testkit.errors import DatabaseError, InterfaceError

# asyncpg raises this for an argument of the wrong type, before the server is asked.
_CLIENT_DATA_ERROR = "22000"


def as_asyncpg(error: DatabaseError) -> DatabaseError:
    """The same error object, of a class that derives from asyncpg's too; unchanged where asyncpg is not installed."""
    ours: Any = type(error)
    combined = _combined(ours, error.sqlstate)
    if combined is not None:
        error.__class__ = combined
    return error


@cache
def _combined(ours: type[DatabaseError], sqlstate: str | None) -> type[DatabaseError] | None:
    theirs = _asyncpg_class(ours, sqlstate)
    if theirs is None or issubclass(ours, theirs):
        return None
    # No attributes of its own: asyncpg's metaclass would enter a class with a `sqlstate` into its table.
    metaclass: Any = type(theirs)
    made: type[DatabaseError] = metaclass(
        ours.__name__, (ours, theirs), {"__module__": ours.__module__, "__doc__": ours.__doc__}
    )
    return made


def _asyncpg_class(ours: type[DatabaseError], sqlstate: str | None) -> type[BaseException] | None:
    try:
        import asyncpg  # noqa: PLC0415  # optional, and only needed once something failed
    except ImportError:
        return None
    table: Any = asyncpg
    if issubclass(ours, InterfaceError):
        return table.InterfaceError  # type: ignore[no-any-return]  # asyncpg has no types
    if sqlstate == _CLIENT_DATA_ERROR:
        return table.DataError  # type: ignore[no-any-return]  # asyncpg has no types
    return type(table.PostgresError).get_message_class_for_sqlstate(sqlstate)  # type: ignore[no-any-return]  # asyncpg has no types
