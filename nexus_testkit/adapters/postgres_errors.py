"""The database's errors as asyncpg's too, for fake and real alike: `except asyncpg.UniqueViolationError` works on both."""

from __future__ import annotations

from functools import cache
from typing import Any

from nexus_testkit.errors import DatabaseError, InterfaceError

# asyncpg raises this for an argument of the wrong type, before the server is asked.
_CLIENT_DATA_ERROR = "22000"

# What asyncpg makes of the server's "cached plan must not change result type" (exceptions/_base.py).
OUTDATED = "cached statement plan is invalid due to a database schema or configuration change"

_BEGIN_HINT = (
    "a statement outside a transaction may run on any session: use 'async with db.transaction():', "
    "or 'async with db.connection() as session:' and run BEGIN on that session"
)


def as_asyncpg(error: DatabaseError) -> DatabaseError:
    """The same error object, of a class that derives from asyncpg's too; unchanged where asyncpg is not installed."""
    theirs = _asyncpg_class(type(error), "" if error.message == OUTDATED else error.sqlstate)
    return error if theirs is None else as_theirs(error, theirs)


def as_theirs(error: DatabaseError, *theirs: type[BaseException]) -> DatabaseError:
    """The same error object, of a class that derives from those too."""
    ours: Any = type(error)
    made: Any = _combined(ours, theirs)
    error.__class__ = made
    return error


def begin_outside_a_session(query: str) -> InterfaceError:
    """The error for a statement that would have left a transaction open on a session that nobody holds."""
    word = query.split(None, 1)[0].upper()
    return InterfaceError(f"{word} outside a session", hint=_BEGIN_HINT, query=query)


@cache
def _combined(ours: type[DatabaseError], theirs: tuple[type[BaseException], ...]) -> type[DatabaseError]:
    new = tuple(cls for cls in theirs if not issubclass(ours, cls))
    if not new:
        return ours
    # No attributes of its own: asyncpg's metaclass would enter a class with a `sqlstate` into its table.
    metaclass: Any = next((type(cls) for cls in new if type(cls) is not type), type)
    made: type[DatabaseError] = metaclass(
        ours.__name__, (ours, *new), {"__module__": ours.__module__, "__doc__": ours.__doc__}
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
    if not sqlstate:
        return table.InvalidCachedStatementError  # type: ignore[no-any-return]  # likewise
    return type(table.PostgresError).get_message_class_for_sqlstate(sqlstate)  # type: ignore[no-any-return]  # asyncpg has no types
