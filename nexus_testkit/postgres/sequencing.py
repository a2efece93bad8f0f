"""Sequences: where they stand, and the functions that move them (`sequence.c`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.catalog.naming import relation_in, temporary

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog, Sequence
    from nexus_testkit.postgres.engine import Engine
    from nexus_testkit.postgres.session import Session

# How many numbers the server writes to its log ahead (SEQ_LOG_VALS in commands/sequence.c); `log_cnt` is what is left of them.
_LOGGED = 32


@dataclass(slots=True)
class SequenceState:
    """Where a sequence stands. No rollback moves it back.

    `identity` is the sequence itself under whatever name: what sessions got of it is remembered by it.
    """

    definition: Sequence
    last: int
    called: bool = False
    logged: int = 0
    identity: object = field(default_factory=object)

    def next(self) -> int:
        """The next value.

        Raises:
            DatabaseError: 2200H at the end of a sequence that does not cycle.
        """
        definition = self.definition
        if not self.called:
            self.called = True
            self.logged = min(_LOGGED, self._left())
            return self.last
        value = self.last + definition.increment
        if not definition.minimum <= value <= definition.maximum:
            if not definition.cycle:
                up = definition.increment > 0
                bound, edge = ("maximum", definition.maximum) if up else ("minimum", definition.minimum)
                raise database_error(
                    "2200H", f'nextval: reached {bound} value of sequence "{definition.name}" ({edge})'
                )
            value = definition.minimum if definition.increment > 0 else definition.maximum
        self.last = value
        self.logged = self.logged - 1 if self.logged else min(_LOGGED, self._left())
        return value

    def _left(self) -> int:
        """How many numbers there are before the sequence ends or begins anew."""
        definition = self.definition
        if definition.cycle:
            return _LOGGED
        bound = definition.maximum if definition.increment > 0 else definition.minimum
        return (bound - self.last) // definition.increment


def _fetched(session: Session, state: SequenceState) -> int:
    """A number of a sequence with CACHE: a session fetches several at once, and nobody else gets those."""
    name, step = state.definition.name, state.definition.increment
    owner, value, last = session.cached.get(name, (None, 0, 0))
    if owner is not state:
        value = last = state.next()
        for _ in range(state.definition.cache - 1):
            if not state.definition.minimum <= last + step <= state.definition.maximum:
                break
            last = state.next()
    if value == last:
        session.cached.pop(name, None)
    else:
        session.cached[name] = (state, value + step, last)
    return value


class SequenceFunctions:
    """nextval and its kin, for one engine."""

    def __init__(self, engine: Engine) -> None:
        """Read everything that changes from `engine`."""
        self._engine = engine
        self._catalog: Catalog | None = None
        self._keys: dict[str, str | None] = {}

    def named(self) -> dict[str, Callable[..., Any]]:
        """The functions, by their names in lowered SQL."""
        return {
            "pgs_nextval": self.nextval,
            "pgs_currval": self.currval,
            "pgs_lastval": self.lastval,
            "pgs_setval": self.setval,
            "pgs_sequence_row": self.sequence_row,
        }

    def _key(self, name: str) -> str | None:
        """What a name means to the session; asked once for each catalogue."""
        catalog = self._engine.current.catalog_seen()
        if catalog is not self._catalog:
            self._catalog, self._keys = catalog, {}
        if name not in self._keys:
            self._keys[name] = relation_in(catalog, name)
        return self._keys[name]

    def _sequence(self, name: str | int) -> SequenceState:
        key = self._engine.values.registry().keys.get(name) if isinstance(name, int) else self._key(name)
        state = self._engine.sequence(key) if key is not None else None
        catalog = self._engine.catalog
        if state is None and key is not None and catalog.relation_exists(key):
            kind = "tables" if key in catalog.tables else "views" if key in catalog.views else "indexes"
            raise database_error(
                "42809", f'cannot open relation "{key}"', detail=f"This operation is not supported for {kind}."
            )
        if state is None:
            raise database_error("42P01", f'relation "{name}" does not exist')
        return state

    def _require_writable(self, function: str) -> None:
        session = self._engine.current
        if session.read_only if session.in_transaction else session.settings.read_only:
            raise database_error("25006", f"cannot execute {function}() in a read-only transaction")

    def nextval(self, name: str | None) -> int | None:
        """The next value, remembered for currval and lastval."""
        if name is None:
            return None
        state = self._sequence(name)
        if not temporary(state.definition.name):
            self._require_writable("nextval")
        active = self._engine.active
        session = self._engine.current
        if active is not None:
            value = active.nextval(state)
        elif state.definition.cache > 1:
            value = _fetched(session, state)
        else:
            value = state.next()
        session.currvals[state.identity] = value
        session.lastval = state.identity
        return value

    def currval(self, name: str | None) -> int | None:
        """The value that this session got last."""
        if name is None:
            return None
        state = self._sequence(name)
        found = self._engine.current.currvals.get(state.identity)
        if found is None:
            plain = state.definition.name
            raise database_error("55000", f'currval of sequence "{plain}" is not yet defined in this session')
        return found

    def lastval(self) -> int:
        """The value that this session got last, of any sequence."""
        engine, last = self._engine, self._engine.current.lastval
        if not any(
            state.identity is last and name in engine.catalog.sequences for name, state in engine.sequences.items()
        ):
            raise database_error("55000", "lastval is not yet defined in this session")
        return engine.current.currvals[last]

    def setval(self, name: str | None, value: int | None, called: int | None = 1) -> int | None:
        """Put a sequence somewhere."""
        if name is None or value is None or called is None:
            return None
        state = self._sequence(name)
        if not temporary(state.definition.name):
            self._require_writable("setval")
        definition = state.definition
        if not definition.minimum <= value <= definition.maximum:
            raise database_error(
                "22003",
                f'setval: value {value} is out of bounds for sequence "{definition.name}" ({definition.minimum}..{definition.maximum})',
            )
        state.last, state.called, state.logged = value, bool(called), 0
        self._engine.current.forget_cached(definition.name)
        if called:
            self._engine.current.currvals[state.identity] = value
        return value

    def sequence_row(self, name: str) -> str:
        """What a sequence holds, as a list of its one row: last_value, log_cnt, is_called."""
        state = self._sequence(name)
        return f"[[{state.last},{state.logged},{'true' if state.called else 'false'}]]"
