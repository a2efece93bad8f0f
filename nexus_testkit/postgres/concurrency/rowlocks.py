"""Locks of rows: four strengths, held until the transaction or its savepoint ends (manual, 13.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexus_testkit.postgres.concurrency.member import Member
    from nexus_testkit.postgres.concurrency.rows import Place


class Strength(IntEnum):
    """Of a row's lock, the weakest first."""

    KEY_SHARE = 1
    SHARE = 2
    NO_KEY_UPDATE = 3
    UPDATE = 4


#: Table 13.3 of the manual.
_CONFLICTS: dict[int, frozenset[Strength]] = {
    Strength.KEY_SHARE: frozenset({Strength.UPDATE}),
    Strength.SHARE: frozenset({Strength.NO_KEY_UPDATE, Strength.UPDATE}),
    Strength.NO_KEY_UPDATE: frozenset({Strength.SHARE, Strength.NO_KEY_UPDATE, Strength.UPDATE}),
    Strength.UPDATE: frozenset(Strength),
}


@dataclass(slots=True)
class _Held:
    member: Member
    strength: int
    depth: int


class RowLocks:
    """Who holds which row."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[Place, list[_Held]] = {}

    def blockers(self, member: Member, place: Place, strength: int) -> list[Member]:
        """Those whose locks of a row don't go with this one."""
        held = self._held.get(place)
        if not held:
            return []
        against = _CONFLICTS[strength]
        return list({each.member: None for each in held if each.member is not member and each.strength in against})

    def add(self, member: Member, place: Place, strength: int, depth: int) -> None:
        """Hold a row that nobody else's lock keeps from being held."""
        held = self._held.setdefault(place, [])
        if not any(each.member is member and each.strength >= strength for each in held):
            held.append(_Held(member, strength, depth))

    def drop(self, member: Member, depth: int) -> bool:
        """Let go of what was locked at this depth of savepoints, or below; whether there was anything."""
        found = False
        for place in list(self._held):
            held = self._held[place]
            kept = [each for each in held if each.member is not member or each.depth < depth]
            if len(kept) < len(held):
                found = True
                if kept:
                    self._held[place] = kept
                else:
                    del self._held[place]
        return found

    def lift(self, member: Member, depth: int) -> None:
        """A savepoint is released: what was locked since belongs to the one round it."""
        for held in self._held.values():
            for each in held:
                if each.member is member and each.depth >= depth:
                    each.depth = depth - 1
