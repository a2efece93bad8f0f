"""What a session keeps beside its transaction: prepared statements, cursors, channels that it listens on.

Sources: manual, PREPARE, DECLARE, NOTIFY; src/backend/commands/async.c, portalcmds.c, prepare.c.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors.database import database_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from nexus_testkit.postgres.session import Session

#: The longest payload is a byte shorter; a channel's name is cut nowhere, but refused.
_PAYLOAD, _CHANNEL = 8000, 64


@dataclass(slots=True)
class Prepared:
    """A statement that PREPARE has read.

    Attributes:
        query: the whole PREPARE statement, to which positions refer.
        kind, fields: the statement in it.
        types: those of the parameters that were written, by number.
        columns, result: the names and types of what it gives, which must stay.
    """

    name: str
    query: str
    kind: str
    fields: dict[str, Any]
    types: dict[int, str]
    columns: tuple[str, ...]
    result: tuple[str, ...]


@dataclass(slots=True)
class Cursor:
    """A cursor: all its rows, and where it stands (0: before the first).

    Attributes:
        hold: whether it outlives its transaction; `held` once it has.
        scroll: whether it may go back.
        places: for each row, the row's number in `table`, where WHERE CURRENT OF can tell.
    """

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    hold: bool
    scroll: bool
    table: str = ""
    places: list[int] = field(default_factory=list)
    at: int = 0
    held: bool = False


@dataclass(slots=True)
class _Mark:
    name: str
    cursors: frozenset[str]
    notes: int
    listening: int


class Kept:
    """One session's prepared statements, cursors and notifications.

    Attributes:
        pid: the number of the server's process.
        prepared, cursors: by name.
        notes: what the transaction has notified so far: channel and payload, each pair once.
        shown: modes of the transaction that SHOW tells and that mean nothing here.
        wanted: what LISTEN and UNLISTEN of the transaction ask for.
        listeners: what the adapter calls then, by channel.
        on_notify: called with (pid of the sender, channel, payload) for what arrives.
    """

    def __init__(self, session: Session) -> None:
        """Nothing yet."""
        self._session = session
        self.prepared: dict[str, Prepared] = {}
        self.cursors: dict[str, Cursor] = {}
        self.notes: dict[tuple[str, str], None] = {}
        self.pid = session.engine.next_pid()
        self.on_notify: Callable[[int, str, str], None] | None = None
        self.listeners: dict[str, list[Any]] = {}
        self._inbox: list[tuple[int, str, str]] = []
        self.wanted: list[str | None] = []
        self.shown: dict[str, str] = {}
        self._marks: list[_Mark] = []

    # -------------------------------------------------------------------------------- notifications

    def notify(self, channel: str | None, payload: str | None) -> None:
        """NOTIFY: delivered when the transaction commits, equal ones once.

        Raises:
            DatabaseError: 22023.
        """
        if not channel:
            raise database_error("22023", "channel name cannot be empty")
        if len(channel.encode()) >= _CHANNEL:
            raise database_error("22023", "channel name too long")
        text = payload or ""
        if len(text.encode()) >= _PAYLOAD:
            raise database_error("22023", "payload string too long")
        self.notes[channel, text] = None

    def listen(self, channel: str) -> None:
        """LISTEN, from the commit on."""
        self.wanted.append(channel)

    def unlisten(self, channel: str | None) -> None:
        """UNLISTEN, from the commit on; None is `*`."""
        self.wanted.append(None if channel is None else f"-{channel}")

    def channels(self) -> list[str]:
        """What the session listens on."""
        listeners = self._session.engine.listeners
        return [channel for channel, sessions in listeners.items() if self._session in sessions]

    def settle(self, *, committed: bool) -> None:
        """The transaction (or the statement outside one) has ended."""
        wanted, self.wanted = self.wanted, []
        notes, self.notes = self.notes, {}
        if not committed:
            return
        listeners = self._session.engine.listeners
        for item in wanted:
            if item is None:
                self.stop_listening()
            elif item.startswith("-"):
                listeners.get(item[1:], {}).pop(self._session, None)
            else:
                listeners.setdefault(item, {})[self._session] = None
        for channel, payload in notes:
            for session in listeners.get(channel, {}):
                session.kept.receive(self.pid, channel, payload)

    def receive(self, pid: int, channel: str, payload: str) -> None:
        """A notification: handed on at once, or when the transaction ends that the session is in."""
        if self._session.in_transaction:
            self._inbox.append((pid, channel, payload))
        elif self.on_notify is not None:
            self.on_notify(pid, channel, payload)

    def stop_listening(self) -> None:
        """UNLISTEN *, at once."""
        for sessions in self._session.engine.listeners.values():
            sessions.pop(self._session, None)

    # ---------------------------------------------------------------------------------- transactions

    def ended(self, *, committed: bool) -> None:
        """The transaction has ended: only held cursors stay."""
        if not (self.cursors or self.notes or self.wanted or self._inbox or self._marks or self.shown):
            return
        self._marks.clear()
        self.shown.clear()
        kept: dict[str, Cursor] = {}
        for name, cursor in self.cursors.items():
            if cursor.held or (committed and cursor.hold):
                cursor.held = True
                kept[name] = cursor
        self.cursors = kept
        self.settle(committed=committed)
        inbox, self._inbox = self._inbox, []
        for note in inbox:
            self.receive(*note)

    def marked(self, name: str) -> None:
        """SAVEPOINT."""
        self._marks.append(_Mark(name, frozenset(self.cursors), len(self.notes), len(self.wanted)))

    def released(self, name: str) -> None:
        """RELEASE SAVEPOINT."""
        while self._marks and self._marks.pop().name != name:
            pass

    def gone_back(self, name: str) -> None:
        """ROLLBACK TO SAVEPOINT."""
        while self._marks and self._marks[-1].name != name:
            self._marks.pop()
        if not self._marks:
            return
        mark = self._marks[-1]
        self.cursors = {own: cursor for own, cursor in self.cursors.items() if own in mark.cursors}
        self.notes = dict(list(self.notes.items())[: mark.notes])
        del self.wanted[mark.listening :]

    def forget(self) -> None:
        """What asyncpg's pool resets: cursors and channels; prepared statements stay."""
        self.cursors.clear()
        self.stop_listening()
        self.on_notify = None
        self.listeners.clear()
        self._inbox.clear()
        self.notes.clear()
        self.wanted.clear()

    # --------------------------------------------------------------------------------------- cursors

    def cursor(self, name: str) -> Cursor:
        """The cursor of that name.

        Raises:
            DatabaseError: 34000.
        """
        found = self.cursors.get(name)
        if found is None:
            raise database_error("34000", f'cursor "{name}" does not exist')
        return found

    def place(self, name: str, table: str) -> int:
        """The number of the row of `table` on which a cursor stands (WHERE CURRENT OF).

        Raises:
            DatabaseError: 34000, 24000.
        """
        cursor = self.cursor(name)
        if cursor.table != table or not cursor.places:
            raise database_error("24000", f'cursor "{name}" is not a simply updatable scan of table "{table}"')
        if not 1 <= cursor.at <= len(cursor.rows):
            raise database_error("24000", f'cursor "{name}" is not positioned on a row')
        return cursor.places[cursor.at - 1]
