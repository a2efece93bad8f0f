"""Which columns of a select list the server computes after it has sorted (`planner.c`, `make_sort_input_target`).

Volatile ones always, and, where LIMIT follows, those that cost more than some operators do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.volatility import volatile
from nexus_testkit.postgres.lower.failing import can_fail, folds
from nexus_testkit.postgres.rewriting import nodes, rewritten
from nexus_testkit.postgres.typed import (
    Aggregate,
    ArrayCompare,
    Call,
    Cast,
    ColumnRef,
    Distinct,
    Expr,
    InList,
    MinMax,
    NullIf,
    Param,
    SubQuery,
    Window,
)
from nexus_testkit.postgres.typed_queries import JoinSource, Output, Query, Select, Source

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

_EXPENSIVE = 10  # operators a row
_ELEMENTS = 10  # of an array that is not known yet (selfuncs.c, estimate_array_length)
_HASHED = 9  # elements of a list (clauses.c, MIN_ARRAY_SIZE_FOR_HASHED_SAOP)
_TEXTS = frozenset({"text", "varchar", "bpchar", "name"})


def postponed(expr: Expr) -> bool:
    """Whether an output that ORDER BY does not name is computed after the sort, where LIMIT follows."""
    return volatile(expr) or cost(expr) > _EXPENSIVE


def require_no_drawing(low: Lowering, node: Query, body: Select) -> None:
    """Refuse nextval() beside ORDER BY in queries of which SQLite computes all before it sorts.

    Raises:
        UnsupportedSQL: see above.
    """
    keys = {item[0] for item in node.order if isinstance(item, tuple)}
    for at, output in enumerate(body.outputs):
        if node.order and body.sources and at not in keys and _draws(output.expr):
            raise low.refuse("nextval() in the select list beside ORDER BY", output.expr.location)


def split(low: Lowering, node: Query, body: Select) -> tuple[Query, Select, str, list[Expr]] | None:
    """What is computed before the sort (the query and its body), an alias for it, and the select list over its columns.

    None where all of it may be computed at once.
    """
    shown = len(body.outputs) - body.hidden
    keys = {item[0] for item in node.order if isinstance(item, tuple)}
    late = {at for at, output in enumerate(body.outputs[:shown]) if at not in keys and _matters(node, output.expr)}
    names = [name for source in body.sources for name in aliases(source)]
    if not late or not node.order or not names:
        return None
    if body.aggregated or body.distinct or node.numbers or any(_windowed(body.outputs[at].expr) for at in late):
        require_no_drawing(low, node, body)
        return None
    alias = f"{names[0]}_sorted"
    outputs = [output for at, output in enumerate(body.outputs[:shown]) if at not in late]
    places = [at for at in range(shown) if at not in late]
    after: list[Expr] = []

    def change(part: object) -> Expr | None:
        if not isinstance(part, ColumnRef) or part.relation not in names:
            return None
        at = next((at for at, output in enumerate(outputs) if output.expr == part), len(outputs))
        if at == len(outputs):
            outputs.append(Output(part.name, part))
        return ColumnRef(part.type, alias, f"c{at}", part.shown, typmod=part.typmod, location=part.location)

    for at, output in enumerate(body.outputs[:shown]):
        if at in late:
            after.append(rewritten(output.expr, change))
        else:
            after.append(ColumnRef(output.expr.type, alias, f"c{places.index(at)}"))
    order = [
        (places.index(item[0]) if item[0] < shown else item[0] - shown + len(outputs), item[1])
        if isinstance(item, tuple)
        else item
        for item in node.order
    ]
    before = replace(body, outputs=[*outputs, *body.outputs[shown:]])
    return replace(node, body=before, order=order), before, alias, after


def _matters(node: Query, expr: Expr) -> bool:
    """Whether a column is computed after the sort, and it shows: it may fail, or draws from a sequence."""
    if node.limit is None:
        return _draws(expr)
    return can_fail(expr) and not folds(expr) and postponed(expr)


def aliases(source: Source) -> list[str]:
    """The names under which SQLite reaches an item of FROM."""
    return [*aliases(source.left), *aliases(source.right)] if isinstance(source, JoinSource) else [source.alias]


def _windowed(expr: Expr) -> bool:
    return isinstance(expr, Window) or (not isinstance(expr, SubQuery) and any(map(_windowed, children(expr))))


def _draws(expr: Expr) -> bool:
    return any(isinstance(part, Call) and part.name == "nextval" for part in nodes(expr))


def cost(expr: Expr) -> float:
    """How many operators a row costs, roughly as `costsize.c`, `cost_qual_eval_walker` counts them."""
    if folds(expr) or isinstance(expr, Aggregate | Window):
        return 0
    if isinstance(expr, SubQuery):
        return _of_query(expr)
    inside = sum(map(cost, children(expr)))
    if isinstance(expr, InList):
        return inside + _listed(expr)
    if isinstance(expr, ArrayCompare):
        # An argument is known when the planner looks at it, and mostly short.
        return inside + (1 if isinstance(expr.array, Param) else _ELEMENTS / 2)
    if isinstance(expr, Cast):
        texts = (expr.arg.type in _TEXTS) + (expr.type in _TEXTS)
        if expr.arg.type == expr.type or texts == 2:
            return inside + (expr.typmod is not None)
        return inside + 1 + texts
    return inside + isinstance(expr, Call | Distinct | NullIf | MinMax)


def _of_query(expr: SubQuery) -> float:
    if _correlated(expr):
        body = expr.query.body
        return _EXPENSIVE + 1 if isinstance(body, Select) and body.sources else _EXPENSIVE - 1
    if expr.left is None:
        return 0  # computed once
    hashed = (expr.operator, expr.kind) in (("=", "any"), ("<>", "all"))
    return cost(expr.left) + (1 if hashed else _EXPENSIVE + 1)


def _listed(expr: InList) -> float:
    count = len(expr.items)
    if not all(map(folds, expr.items)) or count == 1:
        return count
    return count / 2 if count < _HASHED else 2


def _correlated(expr: SubQuery) -> bool:
    own = {name for node in nodes(expr.query) if (name := getattr(node, "alias", None))}
    return any(isinstance(node, ColumnRef) and node.relation and node.relation not in own for node in nodes(expr.query))
