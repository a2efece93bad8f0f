"""Aggregates WITHIN GROUP (`parse_func.c`, `parse_agg.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import functions, sorting
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_common
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Aggregate, Expr, SortKey

# pg_aggregate.aggkind: `o`, `h`
ORDERED_SETS = frozenset({"percentile_cont", "percentile_disc", "mode"})
HYPOTHETICAL = frozenset({"rank", "dense_rank", "percent_rank", "cume_dist"})


def within_group(context: Context, node: Node, scope: Scope, name: str, written: list[Node]) -> Expr:
    """`name(written) WITHIN GROUP (ORDER BY ...)`.

    Raises:
        DatabaseError: 42883, 42809, 42804 as the server words them.
    """
    before, scope.inside_aggregate = scope.inside_aggregate, True
    try:
        direct = [functions.argument(context, arg, scope) for arg in written]
        order = [sorting.plain_key(context, key, scope, undecided=True) for key in node.all("agg_order")]
        where = functions.filter_of(context, node, scope)
    finally:
        scope.inside_aggregate = before
    functions.require_aggregate_place(context, node, scope)
    sorted_ = [key.expr for key in order]
    found = functions.resolve(context, name, [*direct, *sorted_], node)
    if found.kind == "f":
        raise context.error("42809", f"WITHIN GROUP specified, but {name} is not an aggregate function", node)
    if name in HYPOTHETICAL:
        if len(direct) != len(order):
            shown = ", ".join(title(expr.type) for expr in (*direct, *sorted_))
            raise context.error(
                "42883",
                f"function {name}({shown}) does not exist",
                node,
                hint=f"To use the hypothetical-set aggregate {name}, the number of hypothetical direct arguments "
                f"(here {len(direct)}) must match the number of ordering columns (here {len(order)}).",
            )
        for at, (one, other) in enumerate(zip(direct, sorted_, strict=True)):
            # the sorted column comes first in the choice of a type, as in unify_hypothetical_args
            _, (sorted_[at], direct[at]) = coerce_common(context, [other, one], "WITHIN GROUP")
    elif name in ORDERED_SETS:
        wanted = found.args[len(direct) :]
        if len(wanted) != len(order):
            raise context.unsupported("this number of sorted columns", node)
        direct = [coerce(context, expr, kind) for expr, kind in zip(direct, found.args, strict=False)]
        sorted_ = [coerce(context, expr, kind) for expr, kind in zip(sorted_, wanted, strict=True)]
    else:
        raise context.error("42809", f"{name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP", node)
    scope.aggregates = True
    keys = tuple(SortKey(expr, key.descending, key.nulls_first) for expr, key in zip(sorted_, order, strict=True))
    return Aggregate(
        found.result,
        name,
        tuple(expr.type for expr in direct),
        tuple(direct),
        order=keys,
        where=where,
        declared=found.declared,
        within=True,
        location=node.location,
    )
