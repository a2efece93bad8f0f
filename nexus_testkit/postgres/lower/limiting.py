"""LIMIT and OFFSET over a select list that may fail: which of the rows that they leave out are computed.

The server computes what stands below its Limit node (`nodeLimit.c`): every row that OFFSET skips, and, where it sorts, all the rows,
but for the columns that it puts off until after the sort. SQLite computes what comes out, and of a sort what was among the first at
some time. A query inside, with a LIMIT of its own, keeps SQLite from moving the select list.

Where an index may give the order, the server's plan decides whether it sorts; SQLite, with the same index, does not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.lower.failing import can_fail, folds
from nexus_testkit.postgres.lower.postponing import postponed
from nexus_testkit.postgres.lower.text import literal, together
from nexus_testkit.postgres.typed import Aggregate, Cast, Const, Expr, Param, SubQuery, Window
from nexus_testkit.postgres.typed_queries import Query, Select, SetOperation

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

_NEGATIVE_OFFSET = "pg_raise('2201X', 'OFFSET must not be negative')"
_MANY = 2**61  # rows: of two such numbers there is a sum


def query(low: Lowering, node: Query, text: str, order: str) -> str:
    """The query whose rows `text` gives, in this order, up to its limit."""
    limits = words(low, node)
    if not limits or not _risky(node):
        return text + order + limits
    if isinstance(node.body, Select) and node.body.distinct:
        # The server has all rows before it knows which ones differ; so has SQLite where it sorts.
        return (
            text + order + limits if order else f"WITH pgs_all AS MATERIALIZED ({text}) SELECT * FROM pgs_all{limits}"
        )
    limit, offset = _limit(low, node), _offset(low, node)
    if _sorts(node):
        return f"SELECT * FROM ({_forced(low, node, text, order, limit)}){limits}"
    if not offset:
        return text + order + limits
    return f"SELECT * FROM ({text}{order} LIMIT {_both(limit, offset)}) LIMIT -1 OFFSET {offset}"


def late(low: Lowering, node: Query, text: str, order: str, columns: str, alias: str) -> str:
    """The same, with `columns` computed of its rows (`alias`) after the sort."""
    limit, offset = _limit(low, node) or "-1", _offset(low, node)
    if _sorts(node):
        text, order = f"SELECT * FROM ({_forced(low, node, text, order, limit)})", ""
    rows = f"{text}{order} LIMIT {_both(limit, offset) if offset else limit}"
    computed = f"SELECT {columns} FROM ({rows}) AS {alias} LIMIT -1"
    return f"SELECT * FROM ({computed}) LIMIT -1 OFFSET {offset}" if offset else computed


def _forced(low: Lowering, node: Query, text: str, order: str, limit: str) -> str:
    """All rows, computed."""
    body = node.body
    if isinstance(body, Select) and body.aggregated:
        # Groups come in order: without a key that is no column SQLite would stop at the limit.
        computed = together([*map(low.expr, _sorted_first(node)), "''"])
        order += f", {computed}"
    return f"{text}{order} LIMIT {_all_or_none(limit)}"


def _sorts(node: Query) -> bool:
    """Whether something may fail that the server computes before it sorts."""
    if not node.order or node.limit is None or ((known := _known(node.limit)) and known.value is None):
        return False
    return isinstance(node.body, SetOperation) or bool(_sorted_first(node))


def _both(limit: str, offset: str) -> str:
    """A limit for what both take, those that are skipped too."""
    if limit in ("-1", "0"):
        return limit
    return f"iif({limit} > 0, min({limit}, {_MANY}) + min({offset}, {_MANY}), {limit})"


def _all_or_none(limit: str) -> str:
    if limit.isdigit():
        return "-1" if int(limit) else "0"
    return f"iif({limit} = 0, 0, -1)"


def without_columns(node: Query) -> Query:
    """The query of an EXISTS, without what the planner throws away (`subselect.c`, `simplify_EXISTS_query`)."""
    body = node.body
    if not isinstance(body, Select) or body.having is not None or node.offset is not None or node.locks:
        return node
    if any(_gathers(output.expr) for output in body.outputs) or (body.aggregated and not body.groups):
        return node
    limit = node.limit
    if limit is not None and not isinstance(limit.arg if isinstance(limit, Cast) else limit, Param):
        known = _known(limit)
        if known is None or known.value == 0:
            return node
        limit = None
    bare = replace(body, outputs=[], hidden=0, distinct=False, distinct_on=[], groups=[], aggregated=False)
    return replace(node, body=bare, order=[], limit=limit, ties=False)


def _gathers(expr: Expr) -> bool:
    """Whether an aggregate or a window is in it."""
    if isinstance(expr, SubQuery):
        return False
    return isinstance(expr, Aggregate | Window) or any(map(_gathers, children(expr)))


def words(low: Lowering, node: Query) -> str:
    """LIMIT and OFFSET, or nothing."""
    limit, offset = _limit(low, node), _offset(low, node)
    return (f" LIMIT {limit}" if limit else "") + (f" OFFSET {offset}" if offset else "")


def _risky(node: Query) -> bool:
    """Whether some column of some row may fail, and SQLite may not compute it."""
    body = node.body
    if isinstance(body, Select):
        return any(map(_fails, _shown(body)))
    if isinstance(body, SetOperation):
        return body.op == "UNION ALL" and (_risky(body.left) or _risky(body.right))
    return any(_fails(expr) for row in body.rows for expr in row)


def _shown(body: Select) -> list[Expr]:
    return [output.expr for output in body.outputs[: len(body.outputs) - body.hidden]]


def _fails(expr: Expr) -> bool:
    return can_fail(expr) and not folds(expr)


def _sorted_first(node: Query) -> list[Expr]:
    """The columns that the server computes before it sorts, besides the keys."""
    if not isinstance(node.body, Select):
        return []
    keys = {item[0] for item in node.order if isinstance(item, tuple)}
    shown = enumerate(_shown(node.body))
    return [expr for at, expr in shown if at not in keys and _fails(expr) and not postponed(expr)]


def _limit(low: Lowering, node: Query) -> str:
    """In SQLite a negative LIMIT means none at all and a null is an error; PostgreSQL has 2201W and "no limit"."""
    if node.limit is None:
        return "" if node.offset is None else "-1"
    known = _known(node.limit)
    if known is not None:
        return literal(known.value) if known.value is not None else "-1"
    sql = low.expr(node.limit)
    first = ""
    if node.offset is not None and _known(node.offset) is None:
        # The server looks at OFFSET first (nodeLimit.c, recompute_limits), SQLite at LIMIT.
        first = f"WHEN {low.expr(node.offset)} < 0 THEN {_NEGATIVE_OFFSET} "
    return (
        f"CASE {first}WHEN {sql} >= 0 THEN {sql} WHEN {sql} IS NULL THEN -1 "
        "ELSE pg_raise('2201W', 'LIMIT must not be negative') END"
    )


def _offset(low: Lowering, node: Query) -> str:
    if node.offset is None:
        return ""
    known = _known(node.offset)
    if known is not None:
        return literal(known.value or 0)
    sql = low.expr(node.offset)
    return f"CASE WHEN {sql} >= 0 THEN {sql} WHEN {sql} IS NULL THEN 0 ELSE {_NEGATIVE_OFFSET} END"


def _known(expr: Expr) -> Const | None:
    """The whole number or null that is written there; what is an error or must be rounded is not."""
    if isinstance(expr, Cast) and expr.type == "int8":
        expr = expr.arg
    if isinstance(expr, Const) and (expr.value is None or (isinstance(expr.value, int) and expr.value >= 0)):
        return expr
    return None
