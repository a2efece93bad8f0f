"""Running a transaction's statements once more, to learn which rows they touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.concurrency.waiting import MustWait

if TYPE_CHECKING:
    from nexus_testkit.postgres.concurrency.crowd import Crowd
    from nexus_testkit.postgres.concurrency.member import Member
    from nexus_testkit.postgres.concurrency.rows import Place, Row
    from nexus_testkit.postgres.engine import Volatile
    from nexus_testkit.postgres.plan import QueryPlan

# Parts of the names of functions whose effects are not rows.
_EFFECTS = ("advisory", "set_config", "setval", "notify", "sleep")


def replayed(
    crowd: Crowd, member: Member, history: Sequence[tuple[QueryPlan, Sequence[Any], int, Volatile | None]]
) -> bool:
    """Let the only member of a crowd come to its rows and locks by its statements; False where that leads elsewhere.

    It does where a statement's outcome is the moment's, as with `clock_timestamp()`.
    """
    if any(effect in name for plan, *_ in history for name in plan.needs for effect in _EFFECTS):
        return False
    engine, session = crowd.engine, member.session
    wanted = _net(crowd, member.changes())
    before = engine.snapshot_volatile(dice=True)
    kept = dict(session.currvals), session.lastval, session.deferral.copy(), engine.current, engine.values.zone
    levels: list[dict[Place, Row]] = [{} for _ in member.levels]
    engine.current, engine.values.zone = session, session.settings.zone
    try:
        for plan, values, depth, point in history:
            member.levels = levels[: depth + 1]
            if point is not None:
                engine.restore_volatile(point)
            member.run(plan, values)
    except (DatabaseError, MustWait):
        crowd.rows.drop(member, 0)
        return False
    finally:
        engine.restore_volatile(before)
        session.currvals, session.lastval, session.deferral, engine.current, engine.values.zone = kept
        member.attempt = None
    member.levels = levels
    if _net(crowd, member.changes()) == wanted:
        return True
    crowd.rows.drop(member, 0)
    return False


def _net(crowd: Crowd, changes: Mapping[Place, Row]) -> Counter[tuple[str, Row]]:
    """What the tables have more and less of, whatever the rows' numbers are."""
    found: Counter[tuple[str, Row]] = Counter()
    for place, row in changes.items():
        old = crowd.committed(place)
        if row is not None:
            found[place[0], row] += 1
        if old is not None:
            found[place[0], old] -= 1
    return Counter({key: number for key, number in found.items() if number})
