"""Database errors that faults raise: by SQLSTATE, by class, or as given; all of them asyncpg's as well."""

from __future__ import annotations

import re

from nexus_testkit.adapters.postgres_errors import as_asyncpg
from nexus_testkit.adapters.postgres_failures import exhausted, lost, silent
from nexus_testkit.errors import DatabaseError, InterfaceError, InvalidFault
from nexus_testkit.errors.database import database_error

# What PostgreSQL 18 says, in the words of its source (src/backend), of what comes of other sessions and of the machine.
_TEXTS = {
    "08003": "connection was closed in the middle of operation",
    "08006": "connection was closed in the middle of operation",
    "25P03": "terminating connection due to idle-in-transaction timeout",
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
    "57P05": "terminating connection due to idle-session timeout",
}
_FIELDS: dict[str, dict[str, str]] = {
    "40P01": {
        "detail": "Process 11121 waits for ShareLock on transaction 742; blocked by process 11120.\n"
        "Process 11120 waits for ShareLock on transaction 743; blocked by process 11121.",
        "hint": "See server log for query details.",
    },
    "53100": {"hint": "Check free disk space."},
    "53200": {"detail": 'Failed on request of size 8192 in memory context "ExecutorState".'},
}
_AT_COMMIT = (
    "could not serialize access due to read/write dependencies among transactions",
    "Reason code: Canceled on identification as a pivot, during commit attempt.",
    "The transaction might succeed if retried.",
)
# Of severity FATAL: the server closes the connection behind them.
_REFUSES_CONNECTION = ("53300", "57P03")
_KILLS_CONNECTION = ("25P03", "57P01", "57P02", "57P05")
_ENDS_CONNECTION = ("08", "57P", "25P03")

_NO_ERRORS = ("00", "01", "02")


def lost_connection() -> DatabaseError:
    """What asyncpg raises where the connection breaks before the reply: ConnectionDoesNotExistError (protocol.pyx)."""
    return of_sqlstate("08003")


def of_sqlstate(sqlstate: str) -> DatabaseError:
    """The error of a SQLSTATE with the server's text, or with the SQLSTATE as the text, as RAISE has it.

    (https://www.postgresql.org/docs/18/plpgsql-errors-and-messages.html) What ends the connection of a session, such as
    57P01, arrives as asyncpg 0.32 hands it over: a ConnectionDoesNotExistError (08003) whose `__cause__` is the
    server's error (`_handle_waiter_on_connection_lost`, protocol.pyx).

    Raises:
        InvalidFault: no SQLSTATE, or one that is no error.
    """
    if not re.fullmatch(r"[0-9A-Z]{5}", sqlstate):
        raise InvalidFault(
            f"{sqlstate!r} is no SQLSTATE",
            hint='five digits or capital letters, such as "40001"; or "refused", "reset", "timeout", "exhausted"',
        )
    if sqlstate.startswith(_NO_ERRORS):
        raise InvalidFault(f"SQLSTATE {sqlstate} is no error", hint="classes 00, 01 and 02 are success and warnings")
    error = database_error(sqlstate, _TEXTS.get(sqlstate, sqlstate), **_FIELDS.get(sqlstate, {}))
    if sqlstate in (*_REFUSES_CONNECTION, *_KILLS_CONNECTION):
        error.severity = "FATAL"
    return as_asyncpg(error)


def _handed_over(error: DatabaseError) -> DatabaseError:
    if error.sqlstate not in _KILLS_CONNECTION:
        return error
    lost = as_asyncpg(database_error("08003", f"{_TEXTS['08003']}: {error.message}"))
    lost.__cause__ = error
    return lost


_WHERE = "localhost:5432/app"
# The production adapter's defaults; it has no time-out for replies, and who sets one sets about this.
_PATIENCE_S, _SESSIONS = 30, 10


def in_words(wanted: str) -> Exception:
    """The error for `"refused"`, `"reset"`, `"timeout"`, `"exhausted"`, or a SQLSTATE.

    A connection that breaks is the same whether its reply was under way or not. The others are errors of the operating system
    in asyncpg, and here the port's as well.

    Raises:
        InvalidFault: none of these.
    """
    match wanted:
        case "refused":
            return lost(ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 5432)"), _WHERE)
        case "reset":
            return lost_connection()
        case "timeout":
            return silent(_PATIENCE_S)
        case "exhausted":
            return exhausted(_PATIENCE_S, _SESSIONS)
    return _handed_over(of_sqlstate(wanted))


def as_raised(wanted: str | Exception | type[Exception]) -> Exception:
    """The port's error, which is asyncpg's too, for words, or for an error or a class of either; others as they are."""
    if isinstance(wanted, str):
        return in_words(wanted)
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


def at_commit(error: Exception) -> None:
    """Give a serialization failure that meets COMMIT the words that it has there (`predicate.c`)."""
    if isinstance(error, DatabaseError) and error.sqlstate == "40001" and error.message == _TEXTS["40001"]:
        error.message, error.detail, error.hint = _AT_COMMIT
        error.args = (error.message,)


def ends_connection(error: Exception) -> bool:
    """Whether the server, or the network, closes the connection with this error."""
    if isinstance(error, DatabaseError):
        return error.sqlstate is not None and error.sqlstate.startswith(_ENDS_CONNECTION)
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)
