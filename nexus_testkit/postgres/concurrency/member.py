"""One transaction of a crowd: what it has written, savepoint by savepoint, and how its statements run."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.concurrency import keys, older
from nexus_testkit.postgres.concurrency.attempts import Args, Attempt
from nexus_testkit.postgres.concurrency.links import Link
from nexus_testkit.postgres.concurrency.rowlocks import Strength
from nexus_testkit.postgres.concurrency.rows import Place, Row
from nexus_testkit.postgres.concurrency.waiting import MustWait, StartAgain
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.transactions import READ_COMMITTED, SERIALIZABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nexus_testkit.postgres.catalog.schema import Table
    from nexus_testkit.postgres.concurrency.crowd import Crowd
    from nexus_testkit.postgres.concurrency.serializable import Dependencies
    from nexus_testkit.postgres.plan import QueryPlan
    from nexus_testkit.postgres.sequencing import SequenceState
    from nexus_testkit.postgres.session import Session


class Member:
    """A transaction.

    Attributes:
        session: whose transaction it is.
        levels: the final states of the rows that it has written, for itself and for each savepoint.
        snapshot: the commit whose state REPEATABLE READ and SERIALIZABLE see; None under READ COMMITTED.
        attempt: the statement that waits in its middle, or None.
        queued: the statement that waits for a table before it begins, or None.
        running: the statement that runs, or None.
        taken: the keys of the rows that it has written so far.
        dependencies: of SERIALIZABLE.
    """

    __slots__ = (
        "_crowd",
        "_isolation",
        "_link",
        "_log",
        "_version",
        "attempt",
        "dependencies",
        "levels",
        "queued",
        "running",
        "session",
        "snapshot",
        "taken",
    )

    def __init__(self, crowd: Crowd, session: Session, isolation: str) -> None:
        """Take part in `crowd` from now on."""
        self._crowd = crowd
        self.session = session
        self.levels: list[dict[Place, Row]] = [{} for _ in range(max(session.depth, 1))]
        self.snapshot: int | None = None
        self.attempt: Attempt | None = None
        self.queued: QueryPlan | None = None
        self.running: Attempt | None = None
        self.dependencies: Dependencies | None = None
        self._link: Link | None = None
        self._version = 0
        self._log: list[tuple[str, str, int]] = []
        self.taken: list[tuple[str, str, Args]] = []
        self._isolation = isolation

    def fix_snapshot(self) -> None:
        """From its first query on it sees one state, unless its level is READ COMMITTED. LOCK TABLE is no query."""
        if self._isolation == READ_COMMITTED or self.snapshot is not None:
            return
        self.snapshot = self._crowd.number
        if self._isolation == SERIALIZABLE:
            self.dependencies = self._crowd.serializable.begin(read_only=self.session.read_only)

    # ------------------------------------------------------------------------------------- its rows

    @property
    def base(self) -> int | None:
        """The commit whose image it needs kept, or None."""
        if self.snapshot is not None:
            return self.snapshot
        return self.attempt.base if self.attempt is not None else None

    def waits_with(self, plan: QueryPlan) -> bool:
        """Whether this is the statement that it waits with: for a table, or in the middle."""
        return plan is (self.queued if self.attempt is None else self.attempt.plan)

    def changes(self) -> dict[Place, Row]:
        """The final states of all rows that it has written."""
        if len(self.levels) == 1:
            return self.levels[0]
        found: dict[Place, Row] = {}
        for level in self.levels:
            found.update(level)
        return found

    def _written(self) -> tuple[Member, int] | None:
        """What tells the states of its own rows apart; None where there are none."""
        return (self, self._version) if any(self.levels) else None

    def savepoint(self) -> None:
        """A savepoint begins."""
        self.levels.append({})

    def release(self, at: int) -> None:
        """The savepoint of this number is released, with those inside it."""
        for level in self.levels[at:]:
            self.levels[at - 1].update(level)
        del self.levels[at:]
        self._crowd.rows.lift(self, at)
        self._crowd.tables.lift(self, at)

    def rollback_to(self, at: int) -> None:
        """What was written and locked since a savepoint is undone; the savepoint stays."""
        if any(self.levels[at:]):
            self._version += 1
        del self.levels[at:]
        self.levels.append({})
        freed = self._crowd.rows.drop(self, at)
        if self._crowd.tables.drop(self, at) or freed:
            self._crowd.engine.notify_release()

    def end(self, committed: int | None) -> Link | None:
        """It is over; gives its connection back, which holds what is now the last commit's state if that was `committed`."""
        link, self._link = self._link, None
        if link is not None and link.state is not None:
            of, base, version, _ = link.state
            link.state = (of, committed, None, ()) if committed == base + 1 and version == self._written() else None
        return link

    # ----------------------------------------------------------------------------------- its statements

    def run(self, plan: QueryPlan, values: Sequence[Any]) -> Result:
        """Run a statement on what this transaction sees.

        Raises:
            DatabaseError: of the statement; 40001.
            MustWait: run it again later, with nothing of it done but the locks that it has got.
        """
        crowd = self._crowd
        self.queued = plan
        crowd.tables.use(self, plan)
        self.queued = None
        self.fix_snapshot()
        attempt = self.attempt
        self.attempt = None
        waited = attempt is not None and attempt.plan is plan
        if attempt is None or attempt.plan is not plan:
            attempt = Attempt(plan, crowd.number if self.snapshot is None else self.snapshot)
        elif plan.tag.startswith("INSERT") and self.snapshot is None:
            attempt.base = crowd.number  # what waited for a key meets the row that has it
        if self.dependencies is not None and not waited:
            crowd.serializable.read(self, plan, values)
        if plan.writes is None and attempt.base == crowd.number and not any(self.levels):
            return self.session.run_plan(plan, values)
        while True:
            try:
                return self._run_once(attempt, values)
            except StartAgain:
                continue
            except MustWait:
                attempt.taken = self.taken
                self.attempt = attempt
                raise

    def _run_once(self, attempt: Attempt, values: Sequence[Any]) -> Result:
        crowd, engine, plan = self._crowd, self._crowd.engine, attempt.plan
        again = older.variant(engine.catalog, plan) if any(attempt.newer.values()) else None
        link = self._prepared(attempt.base, attempt.newer, older_of=plan.writes if again is not None else None)
        link.provide(plan.needs)
        if plan.writes is not None:
            link.watch(engine.catalog, crowd.written_by(plan))
        attempt.used = 0
        self._log = []
        self.taken = []
        self.running = attempt
        link.connection.execute("SAVEPOINT pgs_statement")
        try:
            with engine.working_on(link, self):
                result = self.session.run_plan(again or plan, values)
                self._finish(link)
        except BaseException as error:
            self._undo(link)
            if isinstance(error, DatabaseError) and error.sqlstate in keys.BROKEN:
                self._look_again(attempt, link, error)
            raise
        finally:
            self.running = None
        link.connection.execute("RELEASE pgs_statement")
        return result

    def _look_again(self, attempt: Attempt, link: Link, error: DatabaseError) -> None:
        """A foreign key is broken on what the statement sees; the server asks what is committed now (`ri_PerformCheck`).

        Raises:
            StartAgain: READ COMMITTED: with the rows on the other side as they are now.
            UnsupportedSQL: on a snapshot, where the other side has changed since.
        """
        crowd = self._crowd
        if attempt.base == crowd.number:
            return
        if self.snapshot is not None:
            if keys.sees_gone_child(crowd, link.connection, attempt.base, error):
                raise UnsupportedSQL(
                    "a foreign key that only rows break which others have deleted or changed since this transaction's snapshot"
                ) from error
            return
        own = self.changes()
        later = [
            place
            for table in keys.related(crowd, crowd.written_by(attempt.plan))
            for place in crowd.changed_since(attempt.base, table)
            if place not in attempt.newer and place not in own
        ]
        if later:
            attempt.newer.update(dict.fromkeys(later, False))
            raise StartAgain from error

    def _undo(self, link: Link) -> None:
        if link.connection.in_transaction:
            link.connection.execute("ROLLBACK TO pgs_statement")
            link.connection.execute("RELEASE pgs_statement")
        else:
            link.state = None

    def newest(self) -> Link:
        """The connection, with what is committed now and its own rows."""
        return self._prepared(self._crowd.number, {})

    def _prepared(self, base: int, newer: Mapping[Place, bool], *, older_of: str | None = None) -> Link:
        """The connection, with the state after a commit, some newer rows, and its own; and the older rows of a table."""
        crowd, session = self._crowd, self.session
        state = (crowd, base, self._written(), tuple(newer))
        link = self._link
        if link is None:
            link = self._link = crowd.link(state)
        if state[3] or link.state != state:
            own = self.changes()
            committed = {place: crowd.committed(place) for place in newer if place not in own}
            locked = {place: row for place, row in committed.items() if not newer[place]}
            table = crowd.engine.catalog.tables[older_of] if older_of is not None else None
            link.load(crowd.image(base), crowd.shapes, (locked, own), committed, older.copy(table) if table else ())
            link.state = None if state[3] else state
        if session.deferral.modes:
            put_off = "ON" if session.deferral.puts_off(crowd.engine.catalog) else "OFF"
            link.connection.execute(f"PRAGMA defer_foreign_keys = {put_off}")
        return link

    def _finish(self, link: Link) -> None:
        """The statement has run: note what it wrote, lock what its foreign keys point to."""
        if not self._log:
            return
        crowd, connection = self._crowd, link.connection
        crowd.engine.active = None  # nothing below is the statement's doing
        log, self._log = self._log, []
        moved = self._number_anew(connection, log)
        places: dict[Place, None] = {}
        pointing: dict[Place, None] = {}
        for kind, table, number in log:
            place = moved.get((table, number), (table, number)) if kind != "d" else (table, number)
            places[place] = None
            if kind in "if":
                pointing[place] = None
        for place in pointing:
            keys.lock_parents(crowd, self, connection, place)
        found = {place: crowd.shapes[place[0]].row(connection, place[1]) for place in places}
        self.levels[-1].update(found)
        self._version += 1
        if link.state is not None:
            link.state = (crowd, link.state[1], self._written(), ())
        if self.dependencies is not None:
            self.dependencies.wrote = True

    def _number_anew(self, connection: sqlite3.Connection, log: list[tuple[str, str, int]]) -> dict[Place, Place]:
        """Give new rows numbers that no row of any transaction has or had; gives what they were and are."""
        inserted: dict[str, list[int]] = {}
        for kind, table, number in log:
            if kind == "i":
                inserted.setdefault(table, []).append(number)
        moved: dict[Place, Place] = {}
        for table, numbers in inserted.items():
            for number, fresh in zip(numbers, self._crowd.fresh(table, numbers), strict=True):
                if fresh != number:
                    connection.execute(self._crowd.shapes[table].move, (fresh, number))
                    moved[table, number] = (table, fresh)
        return moved

    # ------------------------------------------------------------------------ what the triggers report

    def lock(self, place: Place, strength: int, *, wait: bool = True, writes: bool = False) -> list[Member]:
        """Lock a row that the running statement has reached; gives who prevents it where it may not `wait`.

        A newer version of the row starts the statement again, or is 40001.
        """
        crowd = self._crowd
        blockers = crowd.rows.blockers(self, place, strength)
        attempt = self.running
        if blockers:
            if not wait:
                return blockers
            if attempt is not None and self.snapshot is None:
                attempt.newer[place] = writes or attempt.newer.get(place, False)
            raise MustWait(*(each.session for each in blockers), relation=place[0])
        crowd.rows.add(self, place, strength, len(self.levels) - 1)
        if attempt is not None:
            self._require_newest(attempt, place, strength, writes=writes)
        return []

    def _require_newest(self, attempt: Attempt, place: Place, strength: int, *, writes: bool) -> None:
        number, key_number, deleted = self._crowd.last_change(place)
        # FOR KEY SHARE goes along with an update that leaves the key alone (`heap_lock_tuple`).
        if (key_number if strength == Strength.KEY_SHARE else number) <= attempt.base:
            return
        if self.snapshot is not None:
            what = "delete" if deleted and writes else "update"  # nodeLockRows.c says "update" of both
            raise database_error("40001", f"could not serialize access due to concurrent {what}")
        if place not in attempt.newer:
            attempt.newer[place] = writes
            raise StartAgain

    def proposed(self, table: str, row: Args) -> None:
        """An INSERT is about to try a row."""
        if self.dependencies is not None:
            self._crowd.serializable.write(self, table, None)
        keys.check(self._crowd, self, self._crowd.engine.catalog.tables[table], row, None, inserting=True)

    def inserted(self, table: str, number: int) -> None:
        """A row is new."""
        self._log.append(("i", table, number))

    def update(
        self, table: str, number: int, key_changes: bool, unique: bool, indexed: bool, row: Args
    ) -> None:  # SQLite calls it
        """A row is about to be changed."""
        self.lock((table, number), Strength.UPDATE if key_changes else Strength.NO_KEY_UPDATE, writes=True)
        found: Table = self._crowd.engine.catalog.tables[table]
        if unique:
            keys.check(self._crowd, self, found, row, number, inserting=False)
        if key_changes:
            changed = {column.name: value for column, value in zip(found.columns, row, strict=True)}
            keys.require_unreferred(self._crowd, self, found, number, changed)
        if self.dependencies is not None:
            self._crowd.serializable.write(self, table, number, indexed=indexed)

    def updated(self, table: str, number: int, refers: bool) -> None:  # likewise
        """A row has been changed; `refers`: so have columns of its foreign keys."""
        self._log.append(("f" if refers else "u", table, number))

    def delete(self, table: str, number: int) -> None:
        """A row is about to go."""
        self.lock((table, number), Strength.UPDATE, writes=True)
        keys.require_unreferred(self._crowd, self, self._crowd.engine.catalog.tables[table], number, None)
        if self.dependencies is not None:
            self._crowd.serializable.write(self, table, number)
        self._log.append(("d", table, number))

    def nextval(self, state: SequenceState) -> int:
        """A sequence's next number, or the one that an earlier run of the statement took."""
        attempt, name = self.running, state.definition.name
        if attempt is None:
            return state.next()
        at = attempt.used
        attempt.used += 1
        if at < len(attempt.drawn) and attempt.drawn[at][0] == name:
            return attempt.drawn[at][1]
        del attempt.drawn[at:]
        value = state.next()
        attempt.drawn.append((name, value))
        return value
