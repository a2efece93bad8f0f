"""Locks of tables: those of LOCK TABLE, and those that each statement takes (manual, 13.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed_queries import TableSource

if TYPE_CHECKING:
    from nexus_testkit.postgres.concurrency.crowd import Crowd
    from nexus_testkit.postgres.concurrency.member import Member
    from nexus_testkit.postgres.plan import QueryPlan

# The modes are numbered as in lockdefs.h: ACCESS SHARE is 1, ACCESS EXCLUSIVE is 8. Table 13.2 of the manual.
_ACCESS_SHARE, _ROW_SHARE, _ROW_EXCLUSIVE = 1, 2, 3
_CONFLICTS = {
    1: {8},
    2: {7, 8},
    3: {5, 6, 7, 8},
    4: {4, 5, 6, 7, 8},
    5: {3, 4, 6, 7, 8},
    6: {3, 4, 5, 6, 7, 8},
    7: {2, 3, 4, 5, 6, 7, 8},
    8: {1, 2, 3, 4, 5, 6, 7, 8},
}


@dataclass(slots=True)
class _Held:
    member: Member
    mode: int
    depth: int


class TableLocks:
    """Who holds which table.

    Limits: a READ COMMITTED transaction that has only read holds no ACCESS SHARE lock.
    """

    __slots__ = ("_crowd", "_held", "_read")

    def __init__(self, crowd: Crowd) -> None:
        """Of a crowd."""
        self._crowd = crowd
        self._held: dict[str, list[_Held]] = {}
        self._read: dict[int, tuple[QueryPlan, tuple[str, ...]]] = {}

    def read_by(self, plan: QueryPlan) -> tuple[str, ...]:
        """The tables that a plan reads."""
        found = self._read.get(id(plan))
        if found is None:
            tables = {node.table: None for node in nodes(plan.tree) if isinstance(node, TableSource)}
            found = self._read[id(plan)] = (plan, tuple(tables))
        return found[1]

    def contested(self, plan: QueryPlan) -> bool:
        """Whether somebody has one of the tables that a plan reads for himself alone."""
        if not any(each.mode == max(_CONFLICTS) for held in self._held.values() for each in held):
            return False
        return any(each.mode == max(_CONFLICTS) for table in self.read_by(plan) for each in self._held.get(table, ()))

    def use(self, member: Member, plan: QueryPlan) -> None:
        """Take the locks that a statement needs.

        Raises:
            MustWait: somebody has locked a table against it.
        """
        for table in self.read_by(plan):
            self.lock(member, table, _ACCESS_SHARE if plan.writes is None else _ROW_SHARE)
        if plan.writes:
            for table in self._crowd.written_by(plan):
                self.lock(member, table, _ROW_EXCLUSIVE)

    def lock(self, member: Member, table: str, mode: int, *, wait: bool = True) -> None:
        """Lock a table.

        Raises:
            MustWait: others hold it.
            DatabaseError: 55P03 where it may not `wait`.
        """
        held = self._held.setdefault(table, [])
        if any(each.member is member and each.mode == mode for each in held):
            return
        against = _CONFLICTS[mode]
        blockers = {each.member.session: None for each in held if each.member is not member and each.mode in against}
        if blockers and not wait:
            raise database_error("55P03", f'could not obtain lock on relation "{table}"')
        if blockers:
            raise MustWait(*blockers, relation=table)
        held.append(_Held(member, mode, len(member.levels) - 1))

    def drop(self, member: Member, depth: int) -> bool:
        """Let go of what was locked at this depth of savepoints, or below; whether there was anything."""
        found = False
        for table, held in self._held.items():
            kept = [each for each in held if each.member is not member or each.depth < depth]
            found |= len(kept) < len(held)
            self._held[table] = kept
        return found

    def lift(self, member: Member, depth: int) -> None:
        """A savepoint is released: what was locked since belongs to the one round it."""
        for held in self._held.values():
            for each in held:
                if each.member is member and each.depth >= depth:
                    each.depth = depth - 1
