"""SELECT DISTINCT ON: which outputs tell rows apart, and what ORDER BY must begin with (`transformDistinctOnClause`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import sorting
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.operators import require_ordering
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import SortKey
from nexus_testkit.postgres.typed_queries import Output

_MISMATCH = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions"


def distinct_on(
    context: Context, items: list[Node], scope: Scope, outputs: list[Output], order: list[tuple[int, SortKey]]
) -> list[int]:
    """The places of the outputs in the parentheses; `order` gets those that ORDER BY did not name.

    Raises:
        DatabaseError: 42P10 where ORDER BY begins with something else.
    """
    places: dict[int, Node] = {}
    for item in items:
        at = sorting.place(context, item, scope, outputs, "DISTINCT ON")
        require_ordering(context, outputs[at].expr, item)
        places.setdefault(at, item)
    skipped = False
    ordered: set[int] = set()
    for at, _ in order:
        if at not in places:
            skipped = True
        elif skipped and at not in ordered:
            raise context.error("42P10", _MISMATCH, places[at])
        else:
            ordered.add(at)
    for at, item in places.items():
        if at in ordered:
            continue
        if skipped:
            raise context.error("42P10", _MISMATCH, item)
        order.append((at, SortKey(outputs[at].expr)))
    return list(places)
