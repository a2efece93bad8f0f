"""Database errors that are asyncpg's as well: `except asyncpg.UniqueViolationError` works on the fake."""

from __future__ import annotations

from functools import cache

from nexus_testkit.errors import DatabaseError, InterfaceError

# asyncpg raises this for an argument of the wrong type, before the server is asked.
_CLIENT_DATA_ERROR = "22000"


def as_asyncpg(error: DatabaseError) -> DatabaseError:
    """The same error object, of a class that derives from asyncpg's too; unchanged where asyncpg is not installed."""
    combined = _combined(type(error), error.sqlstate)
    if combined is not None:
        error.__class__ = combined
    return error


@cache
def _combined(ours: type[DatabaseError], sqlstate: str | None) -> type[DatabaseError] | None:
    theirs = _asyncpg_class(ours, sqlstate)
    if theirs is None or issubclass(ours, theirs):
        return None
    # No attributes of its own: asyncpg's metaclass would enter a class with a `sqlstate` into its table.
    return type(theirs)(ours.__name__, (ours, theirs), {"__module__": ours.__module__, "__doc__": ours.__doc__})


def _asyncpg_class(ours: type[DatabaseError], sqlstate: str | None) -> type[BaseException] | None:
    try:
        import asyncpg  # noqa: PLC0415  # optional, and only needed once something failed
    except ImportError:
        return None
    if issubclass(ours, InterfaceError):
        found: type[BaseException] = asyncpg.InterfaceError
        return found
    if sqlstate == _CLIENT_DATA_ERROR:
        found = asyncpg.DataError
        return found
    by_state: type[BaseException] = type(asyncpg.PostgresError).get_message_class_for_sqlstate(sqlstate)
    return by_state
