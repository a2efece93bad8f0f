"""What a runtime function may know of the session it runs in: the clock, the time zone, the dice, the pending error."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL


def _epoch() -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC)


def _no_registry() -> Any:
    raise UnsupportedSQL("the name of an object outside a session")


class ValueSession:
    """The surroundings of a value function: one for each SQLite connection.

    Attributes:
        now: gives the transaction's time, aware; `now()`, `'today'` and their kin read it.
        zone: the session's TimeZone; None is UTC, which most sessions have and which costs nothing.
        zone_name: as `SHOW timezone` prints it.
        pending: the error that a function raised inside SQLite, which sqlite3 replaces by an OperationalError
            without its type. Read it with `take_pending`.
        registry: gives what knows the names behind OIDs (`system.registry.Registry`).
        random: the generator behind `random()` and `gen_random_uuid()`; seeded, so that a run repeats.
        shown_now: the last value of `now` with its text: one for all rows of a transaction.
        windows: of each window function, the partition that is being read, with its results; see `frames`.
        clock: gives the time at this instant, for `clock_timestamp()`; the same as `now` unless set.
    """

    __slots__ = ("clock", "now", "pending", "random", "registry", "shown_now", "windows", "zone", "zone_name")

    def __init__(self, *, now: Callable[[], datetime] = _epoch, seed: int = 0) -> None:
        self.now = now
        self.clock = now
        self.zone: tzinfo | None = None
        self.zone_name = "UTC"
        self.shown_now: tuple[datetime, str] | None = None
        self.pending: DatabaseError | None = None
        self.registry: Callable[[], Any] = _no_registry
        self.windows: dict[str, tuple[tuple[Any, ...], list[Any]]] = {}
        self.random = random.Random(seed)  # noqa: S311  # reproducible by intent, never a secret

    def take_pending(self) -> DatabaseError | None:
        """The error that the last statement's functions raised, or None; the slot is empty afterwards."""
        error, self.pending = self.pending, None
        return error

    def local_now(self) -> datetime:
        """The transaction's time in the session's zone, naive."""
        return self.now().astimezone(self.zone or UTC).replace(tzinfo=None)

    def offset(self, utc: datetime) -> timedelta:
        """How far the session's zone is ahead of UTC at a naive UTC time."""
        if self.zone is None:
            return timedelta()
        return utc.replace(tzinfo=UTC).astimezone(self.zone).utcoffset() or timedelta()

    def uuid4(self) -> str:
        """A version 4 UUID out of `random`, as text."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))


def fixed_zone(seconds: int) -> tzinfo:
    """The zone that is `seconds` ahead of UTC."""
    return timezone(timedelta(seconds=seconds))


#: For values that are cast outside any connection: UTC, and a clock that stands still.
DETACHED = ValueSession()


class Aggregator:
    """Base of the aggregates: SQLite calls `step` for each row and `finalize` once.

    Attributes:
        session: of the connection.
    """

    def __init__(self, session: ValueSession) -> None:
        self.session = session


#: What makes a storage of another: a conversion, an input or output function.
Cast = Callable[[Any, ValueSession], Any]
