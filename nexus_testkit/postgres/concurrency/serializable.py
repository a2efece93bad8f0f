"""SERIALIZABLE: read/write dependencies between transactions (predicate.c, README-SSI).

A transaction that reads what a concurrent one writes has to come before it in any serial order. Where one (the pivot) has such a
dependency on both sides, and the last of the three commits first, one of them is cancelled. The functions are those of
predicate.c, by name in the comments, so that the same transaction is cancelled at the same statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.concurrency import lookups
from nexus_testkit.postgres.concurrency.rows import Place

if TYPE_CHECKING:
    from nexus_testkit.postgres.concurrency.crowd import Crowd
    from nexus_testkit.postgres.concurrency.member import Member
    from nexus_testkit.postgres.plan import QueryPlan

_NEVER = 1 << 62


@dataclass(slots=True, eq=False)
class Dependencies:
    """What is known of one serializable transaction (SERIALIZABLEXACT).

    Attributes:
        began: how many of them had committed when its snapshot was taken.
        tables, pages, rows: what it has read: whole tables; indexes, into which a new row goes; single rows.
        written, changed: the rows that it has changed, and the tables that it has written to.
        before, after: those with a dependency to it (they read what it wrote), and those it has one to.
        earliest: when the first of `after` committed that did so before it.
    """

    read_only: bool
    snapshot: int
    began: int
    tables: dict[str, None] = field(default_factory=dict)
    pages: dict[str, None] = field(default_factory=dict)
    rows: dict[Place, None] = field(default_factory=dict)
    written: dict[Place, None] = field(default_factory=dict)
    changed: dict[str, None] = field(default_factory=dict)
    before: dict[int, Dependencies] = field(default_factory=dict)
    after: dict[int, Dependencies] = field(default_factory=dict)
    wrote: bool = False
    doomed: bool = False
    prepared: int = 0
    committed: int = 0
    commit_number: int = 0
    earliest: int = _NEVER


def _failure(reason: str) -> DatabaseError:
    return database_error(
        "40001",
        "could not serialize access due to read/write dependencies among transactions",
        detail=f"Reason code: {reason}.",
        hint="The transaction might succeed if retried.",
    )


class Serializable:
    """The dependencies of a crowd's serializable transactions.

    Limits: a query locks whole tables, but for a look-up by primary key, which locks the row and the index; which rows and pages
    PostgreSQL locks beyond that depends on the plan that it chooses.
    """

    __slots__ = ("_all", "_clock", "_crowd")

    def __init__(self, crowd: Crowd) -> None:
        """None so far."""
        self._crowd = crowd
        self._all: list[Dependencies] = []
        self._clock = 1

    def begin(self, *, read_only: bool) -> Dependencies:
        """A serializable transaction fixes its snapshot."""
        made = Dependencies(read_only, self._crowd.number, self._clock)
        self._all.append(made)
        return made

    def read(self, member: Member, plan: QueryPlan, values: Sequence[Any]) -> None:
        """It runs a statement that reads (PredicateLockRelation and its kin, CheckForSerializableConflictOut)."""
        me = member.dependencies
        if me is None:
            return
        if me.doomed:
            raise _failure("Canceled on identification as a pivot, during conflict out checking")
        tables, rows, pages = lookups.read_by(self._crowd, plan, values)
        me.tables.update(dict.fromkeys(tables))
        me.pages.update(dict.fromkeys(pages))
        me.rows.update(dict.fromkeys(rows))
        for other in self._all:
            if other is me or other.doomed or id(other) in me.after or not self._concurrent(me, other):
                continue
            if not (any(table in other.changed for table in tables) or any(row in other.written for row in rows)):
                continue
            if me.read_only and other.committed and me.began < other.earliest:
                continue
            self._flag(me, other, me)

    def write(self, member: Member, table: str, number: int | None, *, indexed: bool = False) -> None:
        """It writes a row; no number: a new one (CheckForSerializableConflictIn)."""
        me = member.dependencies
        if me is None:
            return
        if me.doomed:
            raise _failure("Canceled on identification as a pivot, during conflict in checking")
        me.changed[table] = None
        if number is not None:
            me.written[table, number] = None
        for other in self._all:
            if other is me or id(me) in other.after or not self._concurrent(me, other):
                continue
            touched = (
                table in other.tables
                or ((number is None or indexed) and table in other.pages)
                or (number is not None and (table, number) in other.rows)
            )
            if touched:
                self._flag(other, me, me)

    @staticmethod
    def _concurrent(me: Dependencies, other: Dependencies) -> bool:
        return not other.committed or other.committed > me.began

    def _flag(self, reader: Dependencies, writer: Dependencies, me: Dependencies) -> None:
        # FlagRWConflict, OnConflict_CheckForSerializationFailure
        failure = bool(writer.committed and writer.earliest < _NEVER)
        failure = failure or any(
            other.prepared
            and (not reader.committed or other.prepared <= reader.committed)
            and (not writer.committed or other.prepared <= writer.committed)
            and (not reader.read_only or other.prepared <= reader.began)
            for other in writer.after.values()
        )
        if not failure and writer.prepared and not reader.read_only:
            failure = any(
                not other.doomed
                and (not other.committed or other.committed >= writer.prepared)
                and (not other.read_only or other.began >= writer.prepared)
                for other in reader.before.values()
            )
        if failure:
            if me is writer:
                raise _failure("Canceled on identification as a pivot, during write")
            if writer.prepared:
                raise _failure("Canceled on conflict out to pivot, during read")
            writer.doomed = True
        reader.after[id(writer)] = writer
        writer.before[id(reader)] = reader

    def before_commit(self, member: Member) -> None:
        """It is about to commit (PreCommit_CheckForSerializationFailure).

        Raises:
            DatabaseError: 40001; it has to roll back.
        """
        me = member.dependencies
        if me is None:
            return
        if me.doomed:
            raise _failure("Canceled on identification as a pivot, during commit attempt")
        for near in me.before.values():
            if near.committed or near.doomed:
                continue
            for far in near.before.values():
                if far is me or not (far.committed or far.read_only or far.doomed):
                    if near.prepared:
                        raise _failure("Canceled on commit attempt with conflict in from prepared pivot")
                    near.doomed = True
                    break
        self._clock += 1
        me.prepared = self._clock

    def end(self, member: Member, *, committed: bool) -> None:
        """It has ended (ReleasePredicateLocks)."""
        me = member.dependencies
        if me is None:
            return
        if committed:
            self._clock += 1
            me.committed = self._clock
            me.read_only |= not me.wrote
            if not me.read_only:
                for other in me.after.values():
                    if other.committed:
                        me.earliest = min(me.earliest, other.prepared)
        else:
            self._forget(me)
        active = [each.began for each in self._all if not each.committed]
        for each in [each for each in self._all if each.committed and all(each.committed <= began for began in active)]:
            self._forget(each)

    def _forget(self, gone: Dependencies) -> None:
        self._all = [each for each in self._all if each is not gone]
        for each in self._all:
            each.before.pop(id(gone), None)
            each.after.pop(id(gone), None)
