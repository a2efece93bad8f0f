"""The transactions that overlap, and what is committed while they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import deferral
from nexus_testkit.postgres.concurrency import rows
from nexus_testkit.postgres.concurrency.links import Link
from nexus_testkit.postgres.concurrency.member import Member
from nexus_testkit.postgres.concurrency.rowlocks import RowLocks
from nexus_testkit.postgres.concurrency.rows import Place, Row, Shape
from nexus_testkit.postgres.concurrency.serializable import Serializable
from nexus_testkit.postgres.concurrency.tablelocks import TableLocks
from nexus_testkit.postgres.concurrency.triggers import referable
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.lower.text import name
from nexus_testkit.postgres.transactions import READ_COMMITTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nexus_testkit.postgres.engine import Engine
    from nexus_testkit.postgres.plan import QueryPlan
    from nexus_testkit.postgres.results import Result
    from nexus_testkit.postgres.session import Session

# Connections kept for the next crowd.
_SPARE = 8


class Change(NamedTuple):
    """What became of a row: the commit that changed it last, the one that changed its key last, whether it is gone."""

    number: int
    key_number: int
    deleted: bool


_UNCHANGED = Change(0, 0, deleted=False)


class Crowd:
    """Stands in the writer's place (`Engine.writer`) while transactions overlap.

    Attributes:
        has_changed_schema: what a session in the place may have done, a crowd never.
        number: how many commits there were; a snapshot is such a number.
        members: the transactions that have written, locked or fixed what they see, in the order in which they came.
        rows, tables: the locks.
        shapes: of the catalogue's tables, to which there may come others meanwhile.
    """

    def __init__(self, engine: Engine) -> None:
        """Of an engine on whose connection nothing is uncommitted."""
        self.engine = engine
        self.has_changed_schema = False
        self.number = 0
        self.members: dict[Session, Member] = {}
        self.rows = RowLocks()
        self.tables = TableLocks(self)
        self.serializable = Serializable(self)
        self.shapes = {table.name: Shape(table) for table in engine.catalog.tables.values()}
        self._images: dict[int, bytes] = {}
        self._changed: dict[Place, Change] = {}
        self._counters: dict[str, int] = {}
        self._written: dict[int, tuple[QueryPlan, tuple[str, ...]]] = {}

    # ------------------------------------------------------------------------------------- statements

    def run(self, session: Session, plan: QueryPlan, values: Sequence[Any]) -> Result:
        """Run a statement of a session.

        Raises:
            MustWait: run it again later.
            DatabaseError: of the statement.
        """
        member = self.members.get(session)
        if session.in_transaction:
            isolation = session.isolation
            if (
                member is None
                and plan.writes is None
                and isolation == READ_COMMITTED
                and not self.tables.contested(plan)
            ):
                return session.run_plan(plan, values)
            return (member or self.join(session, isolation)).run(plan, values)
        if member is not None and not member.waits_with(plan):
            self.leave(member)  # the statement that waited is not the one that comes
            member = None
            self.engine.writer = self  # it may have been the last one
        isolation = session.default("transaction_isolation")
        if plan.writes is None and not self.tables.contested(plan):
            return session.run_plan(plan, values)
        member = member or self.join(session, isolation)
        try:
            result = member.run(plan, values)
            self.commit(member)
        except MustWait:
            raise
        except BaseException:
            if session in self.members:
                self.leave(member)
            raise
        return result

    def written_by(self, plan: QueryPlan) -> tuple[str, ...]:
        """The tables whose rows a plan may write, those of foreign keys' actions included."""
        found = self._written.get(id(plan))
        if found is None:
            catalog = self.engine.catalog
            pending = [each.writes for each in _parts(plan) if each.writes and each.writes in catalog.tables]
            reached: dict[str, None] = {}
            while pending:
                table = pending.pop()
                if table not in reached:
                    reached[table] = None
                    pending += [
                        other.name
                        for other, foreign in catalog.references_to(table)
                        if {foreign.on_delete, foreign.on_update} & {"c", "n", "d"}
                    ]
            found = self._written[id(plan)] = (plan, tuple(reached))
        return found[1]

    # ---------------------------------------------------------------------------------------- members

    def join(self, session: Session, isolation: str) -> Member:
        """Let a session's transaction take part."""
        member = self.members[session] = Member(self, session, isolation)
        session.crowd = self
        return member

    def commit(self, member: Member) -> None:
        """Make a transaction's rows everybody's.

        Raises:
            DatabaseError: 40001 of SERIALIZABLE; the transaction is still there.
        """
        changes = member.changes()
        if changes:
            self._require_deferred(member)
        if member.dependencies is not None:
            self.serializable.before_commit(member)
        if changes:
            self._apply(changes)
        if member.dependencies is not None:
            self.serializable.end(member, committed=True)
        self._remove(member, committed=self.number if changes else None)

    def _require_deferred(self, member: Member) -> None:
        """Look at the constraints that wait for COMMIT."""
        session, catalog = member.session, self.engine.catalog
        keys = session.deferral.keys
        if not keys and not any(
            foreign.deferrable for table in catalog.tables.values() for foreign in table.foreign_keys
        ):
            return
        with self.engine.working_on(member.newest()):
            if keys:
                deferral.before_commit(session)
            found = deferral.faults(session)
        if found:
            raise deferral.blamed(session, found)

    def fail(self, member: Member) -> None:
        """An error has aborted a transaction, or its innermost savepoint: what was done there is undone at once (xact.c)."""
        member.attempt = None
        if len(member.levels) > 1:
            member.rollback_to(len(member.levels) - 1)
        else:
            self.leave(member)

    def leave(self, member: Member) -> None:
        """A transaction ends without a trace."""
        if member.dependencies is not None:
            self.serializable.end(member, committed=False)
        self._remove(member)

    def _remove(self, member: Member, *, committed: int | None = None) -> None:
        del self.members[member.session]
        member.session.crowd = None
        self.rows.drop(member, 0)
        self.tables.drop(member, 0)
        link = member.end(committed)
        if link is not None:
            spare = self.engine.spare_links
            if len(spare) < _SPARE:
                spare.append(link)
            else:
                link.close()
        self._forget_images()
        if not self.members:
            self.engine.writer = None
        self.engine.notify_release()

    def require_alone(self, session: Session) -> None:
        """End the crowd for a statement that changes the catalogue.

        Raises:
            MustWait: for all others.
        """
        others = [each for each in self.members if each is not session]
        if others:
            raise MustWait(*others, alone=True)

    # ------------------------------------------------------------------------------------------ rows

    def link(self, state: Any) -> Link:
        """A connection, one that holds this state if there is one."""
        spare = self.engine.spare_links
        for at, link in enumerate(spare):
            if link.state == state:
                return spare.pop(at)
        return spare.pop() if spare else Link(self.engine)

    def image(self, number: int) -> bytes:
        """The database after a commit that is the last one, or that somebody still sees."""
        found = self._images.get(number)
        if found is None:
            if number != self.number:
                raise database_error("XX000", "the fake database has lost a snapshot")
            found = self._images[number] = self.engine.main.serialize()
        return found

    def keep_image(self) -> None:
        """Something is about to be committed: keep the state as it is, if somebody goes on seeing it."""
        if any(member.base == self.number for member in self.members.values()):
            self.image(self.number)

    def schema_added(self) -> None:
        """There are new tables, which whoever has no snapshot sees."""
        self.number += 1
        self.shapes = {table.name: Shape(table) for table in self.engine.catalog.tables.values()}

    def committed(self, place: Place) -> Row:
        """A row as it was committed last."""
        return self.shapes[place[0]].row(self.engine.main, place[1])

    def last_change(self, place: Place) -> Change:
        """What became of a row."""
        return self._changed.get(place, _UNCHANGED)

    def changed_since(self, number: int, table: str) -> list[Place]:
        """The rows of a table that were committed after a commit."""
        return [place for place, change in self._changed.items() if change.number > number and place[0] == table]

    def fresh(self, table: str, numbers: list[int]) -> list[int]:
        """The numbers for new rows that SQLite gave `numbers`: such as no row of any transaction has or had."""
        least = self._counters.get(table)
        if least is None:
            found = self.engine.catalog.tables[table]
            row = self.engine.main.execute(f"SELECT coalesce(max({found.rowid}), 0) FROM {name(table)}").fetchone()
            taken = [
                at for member in self.members.values() for level in member.levels for of, at in level if of == table
            ]
            gone = [at for of, at in self._changed if of == table]
            least = max([row[0], *taken, *gone]) + 1
        if min(numbers) < least:
            least = max(least, max(numbers) + 1)
            numbers = list(range(least, least + len(numbers)))
        self._counters[table] = max(numbers) + 1
        return numbers

    def _apply(self, changes: dict[Place, Row]) -> None:
        main = self.engine.main
        self.keep_image()
        moved = {place: self._moves_key(place, row) for place, row in changes.items()}
        main.execute("PRAGMA foreign_keys = OFF")
        try:
            main.execute("BEGIN")
            try:
                rows.write(main, self.shapes, changes)
            except BaseException:
                main.execute("ROLLBACK")
                raise
            main.execute("COMMIT")
        finally:
            main.execute("PRAGMA foreign_keys = ON")
        self.number += 1
        for place, row in changes.items():
            key_number = self.number if moved[place] else self.last_change(place).key_number
            self._changed[place] = Change(self.number, key_number, deleted=row is None)

    def close(self) -> None:
        """Close the members' connections: the engine ends."""
        for member in self.members.values():
            link = member.end(None)
            if link is not None:
                link.close()

    def _moves_key(self, place: Place, row: Row) -> bool:
        before = self.committed(place)
        if row is None or before is None:
            return True
        columns = self.shapes[place[0]].columns
        return any(
            before[columns.index(column)] != row[columns.index(column)]
            for column in referable(self.engine.catalog.tables[place[0]])
            if column in columns
        )

    def _forget_images(self) -> None:
        wanted = {self.number, *(member.base for member in self.members.values())}
        self._images = {number: image for number, image in self._images.items() if number in wanted}


def _parts(plan: QueryPlan) -> list[QueryPlan]:
    found = [plan]
    for step in plan.steps:
        found.append(step.plan)
        found += [action for _, action in step.actions]
    return found
