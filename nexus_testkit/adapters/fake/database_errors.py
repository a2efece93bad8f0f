"""Database errors that are asyncpg's as well: `except asyncpg.UniqueViolationError` works on the fake."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from nexus_testkit.errors import DatabaseError, InterfaceError, InvalidFault
from nexus_testkit.errors.database import database_error

# What PostgreSQL 18 says, in the words of its source (src/backend), of what comes of other sessions and of the machine.
_TEXTS = {
    "08003": "connection was closed in the middle of operation",
    "08006": "connection was closed in the middle of operation",
    "40001": "could not serialize access due to concurrent update",
    "40P01": "deadlock detected",
    "53100": 'could not extend file "base/5/16384": No space left on device',
    "53200": "out of memory",
    "53300": "sorry, too many clients already",
    "55P03": "canceling statement due to lock timeout",
    "57014": "canceling statement due to statement timeout",
    "57P01": "terminating connection due to administrator command",
    "57P02": "terminating connection because of crash of another server process",
    "57P03": "the database system is starting up",
}
_ENDS_CONNECTION = ("08", "57P")

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


def lost_connection() -> DatabaseError:
    """What asyncpg raises where the connection breaks before the reply: ConnectionDoesNotExistError (protocol.pyx)."""
    return of_sqlstate("08003")


def of_sqlstate(sqlstate: str) -> DatabaseError:
    """The error of a SQLSTATE with the server's text, or with the SQLSTATE as the text, as RAISE has it.

    (https://www.postgresql.org/docs/18/plpgsql-errors-and-messages.html)

    Raises:
        InvalidFault: five characters are wanted.
    """
    if not re.fullmatch(r"[0-9A-Z]{5}", sqlstate):
        raise InvalidFault(f"{sqlstate!r} is no SQLSTATE", hint='five digits or capital letters, such as "40001"')
    return as_asyncpg(database_error(sqlstate, _TEXTS.get(sqlstate, sqlstate)))


def as_raised(wanted: str | Exception | type[Exception]) -> Exception:
    """The port's error, which is asyncpg's too, for a SQLSTATE, or for an error or a class of either; others as they are."""
    if isinstance(wanted, str):
        return of_sqlstate(wanted)
    sqlstate = getattr(wanted, "sqlstate", None)
    if isinstance(wanted, type):
        if isinstance(sqlstate, str) and not issubclass(wanted, InterfaceError):
            return of_sqlstate(sqlstate)
        wanted = wanted(wanted.__name__) if issubclass(wanted, DatabaseError) else wanted()
    if isinstance(wanted, DatabaseError):
        return as_asyncpg(wanted)
    if isinstance(sqlstate, str):
        return as_asyncpg(database_error(sqlstate, str(wanted)))
    if any(cls.__module__.startswith("asyncpg.") and cls.__name__ == "InterfaceError" for cls in type(wanted).__mro__):
        return as_asyncpg(InterfaceError(str(wanted)))
    return wanted


def ends_connection(error: Exception) -> bool:
    """Whether the server, or the network, closes the connection with this error."""
    if isinstance(error, DatabaseError):
        return error.sqlstate is not None and error.sqlstate.startswith(_ENDS_CONNECTION)
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)
