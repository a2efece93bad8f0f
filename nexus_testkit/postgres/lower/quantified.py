"""IN lists, ANY and ALL in SQLite's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower import routines
from nexus_testkit.postgres.lower.arrays import element_of
from nexus_testkit.postgres.lower.failing import can_fail
from nexus_testkit.postgres.lower.text import COMPARISONS, collated, together
from nexus_testkit.postgres.typed import ArrayCompare, ArrayExpr, Call, ColumnRef, Const, Expr, InList, Param

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering


def in_list(low: Lowering, node: InList) -> str:
    """`left [NOT] IN (...)`."""
    return _listed(low, node.left, node.items, node.compared, negated=node.negated)


def _listed(low: Lowering, left: Expr, items: tuple[Expr, ...], compared: str, *, negated: bool) -> str:
    written = [low.expr(item) for item in items]
    joined = ", ".join(written)
    value = low.expr(left)
    found = f"({collated(value, compared, joined)} {'NOT ' if negated else ''}IN ({joined}))"
    failing = [sql for sql, item in zip(written, items, strict=True) if can_fail(item)]
    if not failing:
        return found
    # SQLite stops at the first that is equal, and before any where the left side is null; an array is made whole.
    return f"(CASE WHEN {together([value if can_fail(left) else 'NULL', *failing])} IS 'x' THEN NULL ELSE {found} END)"


def array_compare(low: Lowering, node: ArrayCompare, *, strict: bool = True) -> str:
    """`left operator ANY|ALL (array)`; unless `strict`, a null array may count as one without elements."""
    left, array = low.expr(node.left), low.expr(node.array)
    element = node.compared
    key = collated(left, element, array)
    membership = (node.operator, node.every) in (("=", False), ("<>", True))
    if membership and isinstance(node.array, ArrayExpr) and not node.array.nested:
        # Without a subquery, which SQLite takes in no CHECK; PostgreSQL shows IN (...) in this form.
        return _listed(low, node.left, node.array.items, element, negated=node.every)
    items = _flattened(node.array, array)
    if membership:
        found = f"{key} {'NOT ' if node.every else ''}IN (SELECT {element_of(element)} FROM json_each({items}))"
    elif node.operator in COMPARISONS and element not in low.catalog.enums:
        # min/max of the failing comparisons keeps null as unknown.
        test = f"{key} {node.operator} {element_of(element)}"
        found = f"(SELECT {quantify(node.every)} FROM (SELECT ({test}) AS value FROM json_each({items})))"
    elif element not in low.catalog.enums:
        value = routines.call(
            Call(
                "bool", node.operator, (node.left.type, element), (), operator=True, declared=(node.left.type, element)
            ),
            [left, element_of(element)],
        )
        if value is None:
            raise low.refuse(f"operator {node.operator} with ANY or ALL", node.location)
        found = f"(SELECT {quantify(node.every)} FROM (SELECT ({value}) AS value FROM json_each({items})))"
    else:
        raise low.refuse(f"operator {node.operator} with ANY or ALL", node.location)
    if not strict or (isinstance(node.array, ArrayExpr | Const) and getattr(node.array, "value", "") is not None):
        return f"({found})"
    # json_each of null has no rows; PostgreSQL's answer for a null array is null.
    return f"(CASE WHEN {array} IS NOT NULL THEN {found} END)"


def _flattened(node: Expr, array: str) -> str:
    """The array with its dimensions taken away, which ANY and ALL do not see."""
    if isinstance(node, Param | ColumnRef | Const):
        return f"CASE WHEN substr({array}, 1, 2) = '[[' THEN pg_unnest({array}) ELSE {array} END"
    return array if isinstance(node, ArrayExpr) and not node.nested else f"pg_unnest({array})"


def quantify(every: bool) -> str:
    """ANY or ALL of a column of truth values called `value`; unknown where only nulls decide."""
    deciding, other = ("0", "1") if every else ("1", "0")
    return (
        f"CASE WHEN coalesce(sum(value = {deciding}), 0) > 0 THEN {deciding} "
        f"WHEN count(*) > count(value) THEN NULL ELSE {other} END"
    )
