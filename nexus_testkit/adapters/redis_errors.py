"""Redis' errors at the cache port: classes that derive from the port's error and from redis-py's, for fake and real alike."""

from __future__ import annotations

import re
from typing import Any

from redis import exceptions as driver
from redis._parsers.base import BaseParser  # the table of codes; exported nowhere else

from nexus_testkit.errors import CacheCommandError, CacheConnectionError, CacheError, CacheTypeError, InvalidFault

# What Redis answers where a value is of the wrong kind: WRONGTYPE, and these texts under the code ERR
# (src/t_string.c, src/object.c and src/t_hash.c of Redis 7.4).
_TYPE_TEXTS = (
    "value is not an integer or out of range",
    "value is not a valid float",
    "increment or decrement would overflow",
    "increment would produce NaN or Infinity",
    "value is NaN or Infinity",
    "hash value is not an integer",
    "hash value is not a float",
)


_combined: dict[tuple[type, ...], type[Any]] = {}


def combined(ours: type[CacheError], theirs: type[Exception], *more: type[Exception]) -> type[Any]:
    """The class that is both the port's error and redis-py's; the same one each time."""
    bases = (ours, theirs, *more)
    found = _combined.get(bases)
    if found is None:
        # redis-py's __repr__ leaves the message out.
        names = {"__doc__": ours.__doc__, "__module__": __name__, "__repr__": Exception.__repr__}
        found = _combined[bases] = type(ours.__name__, bases, names)
    return found


def command_error(text: str) -> CacheError:
    """The exception for an error reply such as `"WRONGTYPE Operation against ..."`.

    Its message is the one that redis-py gives: without the code where redis-py has a class for the code.
    """
    code, _, rest = text.partition(" ")
    their_error = BaseParser.parse_error(text)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    theirs = type(their_error)
    message = str(their_error)
    if issubclass(theirs, driver.ConnectionError):
        return connection_error(message, theirs)
    wrong_type = code == "WRONGTYPE" or (code == "ERR" and rest.startswith(_TYPE_TEXTS))
    error: CacheError = combined(CacheTypeError if wrong_type else CacheCommandError, theirs)(
        message, code=code if code.isupper() else "ERR"
    )
    return error


def connection_error(message: str, theirs: type[Exception] = driver.ConnectionError) -> CacheError:
    """The exception for a server that cannot be reached."""
    error: CacheError = combined(CacheConnectionError, theirs)(message)
    return error


def unencodable(value: object) -> CacheError:
    """The exception for a value that Redis cannot store; redis-py's DataError."""
    error: CacheError = combined(CacheError, driver.DataError)(
        f"cannot store a value of type {type(value).__name__}",
        hint="the cache port stores bytes, str, int and float; CacheService stores JSON values",
    )
    return error


def lock_timeout(name: str, wait: float) -> CacheError:
    """The exception for a lock that was not acquired in time; a TimeoutError and redis-py's LockError."""
    message = f"lock {name!r} was not acquired within {wait:g} s"
    error: CacheError = combined(CacheError, driver.LockError, TimeoutError)(
        message, hint="another holder kept it; its ttl bounds how long"
    )
    error.args = (message,)  # an OSError leaves that to __init__, and redis-py 5's LockError does not do it
    return error


def lock_lost(name: str, ttl_s: float) -> CacheError:
    """The exception at the end of a block that held its lock for too long; redis-py's LockNotOwnedError."""
    error: CacheError = combined(CacheError, driver.LockNotOwnedError)(
        f"lock {name!r} was lost before its block ended",
        hint=f"the block took longer than the lock's ttl of {ttl_s:g} s, or somebody deleted the key; "
        "what the block did may have run beside another holder",
    )
    return error


# What redis-py 5 to 8 and Redis 7.4 say where these come without a text of their own.
_TEXTS: tuple[tuple[type[Exception], str], ...] = (
    (driver.BusyLoadingError, "Redis is loading the dataset in memory"),
    (driver.ReadOnlyError, "You can't write against a read only replica."),
    (driver.ConnectionError, "Connection closed by server."),
    (driver.TimeoutError, "Timeout reading from localhost:6379"),
    (CacheConnectionError, "Connection closed by server."),
    (CacheTypeError, "WRONGTYPE Operation against a key holding the wrong kind of value"),
)


def lost_connection() -> CacheError:
    """What redis-py raises where the connection ends before the reply (`SERVER_CLOSED_CONNECTION_ERROR`)."""
    return connection_error("Connection closed by server.")


# What Redis 7.4 answers (createSharedObjects, src/server.c), by the code alone.
_REPLIES = {
    "BUSY": "Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "LOADING": "Redis is loading the dataset in memory",
    "OOM": "command not allowed when used memory > 'maxmemory'.",
    "READONLY": "You can't write against a read only replica.",
}
_REPLY = re.compile(r"(?P<code>[A-Z][A-Z0-9]*)(?: \S.*)?")
_NO_FAILURES = ("OK", "PONG", "QUEUED")


def _in_words(wanted: str) -> CacheError:
    """The error for `"refused"`, `"reset"` and `"timeout"`, for an error reply, or for its code alone.

    Raises:
        InvalidFault: it is none of these.
    """
    match wanted:
        case "refused":  # format_error_message, redis/utils.py
            return connection_error("Error 111 connecting to localhost:6379. Connect call failed ('127.0.0.1', 6379).")
        case "reset":  # Connection.read_response, redis/asyncio/connection.py
            return connection_error("Error while reading from localhost:6379 : (104, 'Connection reset by peer')")
        case "timeout":
            return connection_error("Timeout reading from localhost:6379", driver.TimeoutError)
    found = _REPLY.fullmatch(wanted)
    if found is None or found["code"] in _NO_FAILURES:
        raise InvalidFault(
            f"{wanted!r} is no error reply of Redis",
            hint=f"'refused', 'reset', 'timeout', {', '.join(map(repr, _REPLIES))}, or a reply such as 'ERR no such key'",
        )
    return command_error(f"{wanted} {_REPLIES[wanted]}" if wanted in _REPLIES else wanted)


def as_raised(wanted: str | Exception | type[Exception]) -> Exception:
    """The port's error, which is redis-py's too, for words, or an error or a class of either; others as they are.

    Raises:
        InvalidFault: words that Redis does not say.
    """
    if isinstance(wanted, str):
        return _in_words(wanted)
    if isinstance(wanted, type):
        text = next((text for kind, text in _TEXTS if issubclass(wanted, kind)), None)
        wanted = wanted() if text is None else wanted(text)
    message = str(wanted.args[0]) if wanted.args else ""
    kind = type(wanted)
    if isinstance(wanted, driver.RedisError) and isinstance(wanted, CacheError):
        return wanted
    if isinstance(wanted, (driver.ConnectionError, driver.TimeoutError)):
        return connection_error(message, kind)
    if isinstance(wanted, driver.ResponseError):
        return _replied(CacheCommandError, kind, message)
    if isinstance(wanted, driver.RedisError):
        made: CacheError = combined(CacheError, kind)(message)
        return made
    if isinstance(wanted, CacheConnectionError):
        return connection_error(message)
    if isinstance(wanted, CacheCommandError):
        return _replied(kind, driver.ResponseError, message, code=wanted.code)
    return wanted


def _replied(ours: type[Any], theirs: type[Exception], message: str, *, code: str | None = None) -> CacheError:
    word = message.partition(" ")[0]
    error: CacheError = combined(ours, theirs)(message, code=code or (word if word.isupper() else "ERR"))
    return error
