"""Which columns of a select list the server computes after it has sorted (`planner.c`, `make_sort_input_target`).

Volatile ones always, and, where LIMIT follows, those that cost more than some operators do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nexus_testkit.postgres.analyze.grouping import children
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
    SubQuery,
    Window,
)
from nexus_testkit.postgres.typed_queries import JoinSource, Output, Query, Select, Source

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

_EXPENSIVE = 10  # operators a row
_ELEMENTS = 10  # of an array that is not known yet (selfuncs.c, estimate_array_length)
_TEXTS = frozenset({"text", "varchar", "bpchar", "name"})


def postponed(expr: Expr) -> bool:
    """Whether an output that ORDER BY does not name is computed after the sort, where LIMIT follows."""
    return _volatile(expr) or _cost(expr) > _EXPENSIVE


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
    names = [name for source in body.sources for name in _aliases(source)]
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


def _aliases(source: Source) -> list[str]:
    return [*_aliases(source.left), *_aliases(source.right)] if isinstance(source, JoinSource) else [source.alias]


def _windowed(expr: Expr) -> bool:
    return isinstance(expr, Window) or (not isinstance(expr, SubQuery) and any(map(_windowed, children(expr))))


def _draws(expr: Expr) -> bool:
    return any(isinstance(part, Call) and part.name == "nextval" for part in nodes(expr))


def _volatile(expr: Expr) -> bool:
    return any(isinstance(node, Call) and node.volatile for node in nodes(expr))


def _cost(expr: Expr) -> float:
    """How many operators, roughly as `costsize.c`, `cost_qual_eval_walker` counts them."""
    if folds(expr) or isinstance(expr, Aggregate | Window):
        return 0
    if isinstance(expr, SubQuery):
        # One that reads nothing of the row is computed once, and does not count.
        body = expr.query.body
        return (_EXPENSIVE + 1 if isinstance(body, Select) and body.sources else 4) if _correlated(expr) else 0
    inside = sum(map(_cost, children(expr)))
    if isinstance(expr, InList):
        return inside + (len(expr.items) / 2 if all(map(folds, expr.items)) else len(expr.items))
    if isinstance(expr, ArrayCompare):
        return inside + _ELEMENTS / 2
    if isinstance(expr, Cast):
        texts = (expr.arg.type in _TEXTS) + (expr.type in _TEXTS)
        return inside + (0 if expr.arg.type == expr.type or texts == 2 else 1 + texts)
    return inside + isinstance(expr, Call | Distinct | NullIf | MinMax)


def _correlated(expr: SubQuery) -> bool:
    own = {name for node in nodes(expr.query) if (name := getattr(node, "alias", None))}
    return any(isinstance(node, ColumnRef) and node.relation and node.relation not in own for node in nodes(expr.query))
