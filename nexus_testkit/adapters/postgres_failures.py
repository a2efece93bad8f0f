"""What has no answer of PostgreSQL's, as the port's errors: no server, no reply in time, no free session in time."""

from __future__ import annotations

from nexus_testkit.errors import DatabaseError, OperationalError, QueryCanceled

# asyncpg's own name for a server that cannot be reached; it raises the operating system's error instead.
_NO_CONNECTION = "08001"


def lost(error: OSError, where: str) -> DatabaseError:
    """The error of a server that cannot be reached, or that went away; of the operating system's class as well.

    A TimeoutError is one of those: no connection in time.
    """
    kind = of_the_system(OperationalError, type(error))
    made = kind(f"no connection to {where}: {str(error) or 'timed out'}", sqlstate=_NO_CONNECTION)
    made.errno, made.strerror = error.errno, error.strerror  # type: ignore[attr-defined]  # it is an OSError
    return made


def silent(seconds: float, query: str | None = None) -> DatabaseError:
    """The error of a statement that asyncpg gave up, and told the server to cancel: 57014, and a TimeoutError."""
    kind = of_the_system(QueryCanceled, TimeoutError)
    return kind(f"no reply within {seconds:g} s; the statement was cancelled", query=query)


def exhausted(seconds: float, size: int) -> DatabaseError:
    """The error of a call that found no free session in time; a TimeoutError, as asyncpg's pool raises it."""
    kind = of_the_system(OperationalError, TimeoutError)
    return kind(
        f"no session became free within {seconds:g} s: all {size} are taken",
        hint="blocks of db.transaction() and db.connection() hold one each; shorten them, or give the pool a larger max_size",
    )


_kinds: dict[tuple[type, type], type[DatabaseError]] = {}


def of_the_system(ours: type[DatabaseError], theirs: type[OSError]) -> type[DatabaseError]:
    """The class that is both; made as such, for no error becomes one of the operating system's afterwards."""
    found = _kinds.get((ours, theirs))
    if found is None:
        names = {"__doc__": ours.__doc__, "__module__": ours.__module__}
        found = _kinds[ours, theirs] = type(ours.__name__, (ours, theirs), names)
    return found
