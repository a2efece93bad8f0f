"""Queries in SQLite's words.

Every relation has an alias that no other relation of the statement has, and the columns of a query are called
c0, c1 ...: so no name of the user's can be taken for another one, or for a text.
"""

from __future__ import annotations

from dataclasses import replace

from nexus_testkit.postgres.catalog.naming import RELATION
from nexus_testkit.postgres.lower import lateral, limiting, locked, postponing, qualifying, ties
from nexus_testkit.postgres.lower.expressions import Lowering, direction
from nexus_testkit.postgres.lower.text import name
from nexus_testkit.postgres.typed import Aggregate, Cast, ColumnRef, Const, Expr, SortKey
from nexus_testkit.postgres.typed_queries import (
    THERE,
    CommonTable,
    CteSource,
    FunctionSource,
    JoinSource,
    LateralSource,
    Query,
    QuerySource,
    Select,
    SetOperation,
    Source,
    TableSource,
    Values,
)

# The schemas of the system, as the keys of their relations begin.
_SYSTEM = (f"pg_catalog{RELATION}", f"information_schema{RELATION}")


# SQLite takes 500 parts of a UNION, and any number of rows of VALUES.
_MOST_ARMS = 400


def query(low: Lowering, node: Query) -> str:
    """A whole query, with its hidden columns cut off."""
    text = with_clause(low, node.ctes, recursive=node.recursive) + _body(low, node)
    hidden = getattr(node.body, "hidden", 0)
    if hidden and (isinstance(node.body, Select) and node.body.distinct):
        raise low.refuse("ORDER BY of a column that SELECT DISTINCT drops", -1)
    return text


def with_clause(low: Lowering, ctes: list[CommonTable], *, recursive: bool) -> str:
    """WITH, and a space behind it; "" where there is none."""
    if not ctes:
        return ""
    parts: list[str] = []
    for cte in ctes:
        shown = len(cte.query.outputs) - getattr(cte.query.body, "hidden", 0)
        columns = ", ".join(f"c{at}" for at in range(shown))
        materialized = f"{cte.materialized} " if cte.materialized else ""
        parts.append(f"{cte.name}({columns}) AS {materialized}({low.query(low, cte.query)})")
    return f"WITH {'RECURSIVE ' if recursive else ''}{', '.join(parts)} "


def _body(low: Lowering, node: Query) -> str:
    body = node.body
    if isinstance(body, Select) and (node.ties or node.locks or body.distinct_on):
        postponing.require_no_drawing(low, node, body)
    if node.ties and not (isinstance(body, Select) and body.distinct_on):
        whole = _select(low, replace(body, hidden=0)) if isinstance(body, Select) else _body(low, Query(body))
        return ties.query(low, node, whole)
    if node.ties:
        raise low.refuse("DISTINCT ON with WITH TIES", -1)
    if isinstance(body, Select) and body.distinct_on:
        text, order = _distinct_on(low, node, body)
    elif isinstance(body, Select) and node.locks:
        inner = _select(low, body, locked.numbers(low, node)) + _order(low, node, body)
        return locked.query(node, body, inner, limiting.words(low, node))
    elif isinstance(body, Select) and (parts := postponing.split(low, node, body)) is not None:
        before, selected, alias, after = parts
        text, order = _select(low, selected), _order(low, before, selected)
        columns = ", ".join(f"{low.expr(expr)} AS c{at}" for at, expr in enumerate(after))
        return limiting.late(low, before, text, order, columns, alias)
    elif isinstance(body, Select):
        text = _select(low, body, locked.passed_on(low, node) if node.numbers else "")
        order = _order(low, node, body)
    elif isinstance(body, Values):
        text = _values(low, body)
        order = _order(low, node, None)
        if order or node.limit is not None or node.offset is not None:
            text = f"SELECT * FROM ({text})"
    else:
        text = _set_operation(low, body)
        order = _order(low, node, None)
        if any((item[1] if isinstance(item, tuple) else item).expr.type in low.catalog.enums for item in node.order):
            # An enum is sorted by its rank, and SQLite sorts a compound query by its columns alone.
            text = f"SELECT * FROM ({text})"
    return limiting.query(low, node, text, order)


def _distinct_on(low: Lowering, node: Query, body: Select) -> tuple[str, str]:
    """The first row of each group in ORDER BY's order, and that order over the outputs."""
    keys = [item for item in node.order if isinstance(item, tuple)]
    for item in body.sources:  # which say how their columns are reached
        source(low, item)
    groups = ", ".join(low.key(body.outputs[at].expr) for at in body.distinct_on)
    ordered = ", ".join(low.sort_key(key) for _, key in keys)
    picked = f"row_number() OVER (PARTITION BY {groups} ORDER BY {ordered}) AS pick"
    inner = _select(low, replace(body, distinct_on=[], hidden=0), picked)
    shown = ", ".join(f"c{at}" for at in range(len(body.outputs) - body.hidden))
    order = ", ".join(low.sort_key(replace(key, expr=ColumnRef(key.expr.type, "", f"c{at}"))) for at, key in keys)
    return f"SELECT {shown} FROM ({inner}) WHERE pick = 1", f" ORDER BY {order}"


def _order(low: Lowering, node: Query, select: Select | None) -> str:
    if not node.order:
        return ""
    keys: list[str] = []
    shown = len(node.outputs) - (select.hidden if select else 0)
    for item in node.order:
        at, key = item if isinstance(item, tuple) else (-1, item)
        if 0 <= at < shown and key.expr.type not in low.catalog.enums and (select is None or select.distinct):
            placed = SortKey(ColumnRef(key.expr.type, "", f"c{at}"), key.descending, key.nulls_first)
            keys.append(low.sort_key(placed))
        elif select is not None:
            keys.append(_constant_free(low, key))
        else:
            placed = SortKey(ColumnRef(key.expr.type, "", f"c{at}"), key.descending, key.nulls_first)
            keys.append(low.sort_key(placed))
    return " ORDER BY " + ", ".join(keys)


def _constant_free(low: Lowering, key: SortKey) -> str:
    """A key by its expression. A whole number would be taken for a column's place, so it is wrapped."""
    if _is_number(low, key.expr):
        return f"({low.expr(key.expr)} || ''){direction(key)}"
    return low.sort_key(key)


def _is_number(low: Lowering, expr: Expr) -> bool:
    return isinstance(expr, Const) or (isinstance(expr, Cast) and low.expr(expr).strip("()-").isdigit())


def _select(low: Lowering, body: Select, extra: str = "") -> str:
    # FROM first: a function in it says how its columns are reached.
    sources = ", ".join(source(low, item) for item in body.sources)
    shown = body.outputs[: len(body.outputs) - body.hidden]
    outputs = ", ".join(
        f"{_output(low, output.expr, compared=body.distinct)} AS c{at}" for at, output in enumerate(shown)
    )
    if extra:
        outputs += f", {extra}"
    text = f"SELECT {'DISTINCT ' if body.distinct else ''}{outputs or 'NULL'}"
    if body.sources:
        text += f" FROM {sources}"
    own = [alias for item in body.sources for alias in postponing.aliases(item)]
    if body.where is not None:
        text += f" WHERE {low.condition(qualifying.ordered(body.where, own))}"
    if body.groups:
        text += " GROUP BY " + ", ".join(_group(low, group) for group in body.groups)
    if body.having is not None:
        if not body.groups and not any(isinstance(output.expr, Aggregate) for output in body.outputs):
            # SQLite wants GROUP BY or an aggregate before HAVING.
            text += " GROUP BY ''"
        # In a CASE: SQLite would move the parts of an AND to WHERE, each by itself, and compute them there in an order of its own.
        text += f" HAVING CASE WHEN {low.condition(qualifying.ordered(body.having, own))} THEN 1 END"
    return text


def _output(low: Lowering, expr: Expr, *, compared: bool) -> str:
    if compared and expr.type not in low.catalog.enums:
        return low.key(expr)
    return low.expr(expr)


def _group(low: Lowering, group: Expr) -> str:
    if _is_number(low, group):
        return f"({low.expr(group)} || '')"
    if group.type in low.catalog.enums:
        return low.expr(group)
    return low.key(group)


def source(low: Lowering, node: Source) -> str:
    """An item of FROM."""
    if isinstance(node, TableSource):
        if node.table.startswith(_SYSTEM):
            low.system.add(node.table)
        return f"{low.instead.get(node.table) or name(node.table)} AS {node.alias}"
    if isinstance(node, CteSource):
        return f"{_marked(node.cte) if node.marked else node.cte} AS {node.alias}"
    if isinstance(node, QuerySource):
        query = f"({low.query(low, node.query)})"
        return f"{_marked(query) if node.marked else query} AS {node.alias}"
    if isinstance(node, FunctionSource):
        return _function(low, node)
    if isinstance(node, LateralSource):
        low.functions[node.alias] = node
        return lateral.source(low, node)
    return _join(low, node)


def _marked(rows: str) -> str:
    return f"(SELECT *, 1 AS {THERE} FROM {rows})"


def _function(low: Lowering, source: FunctionSource) -> str:
    """A set-returning function gives a JSON array; each element is a row, or a list of its columns."""
    low.functions[source.alias] = source
    return f"json_each({low.expr(source.call)}) AS {source.alias}"


def _join(low: Lowering, node: JoinSource) -> str:
    left, right = source(low, node.left), source(low, node.right)
    if isinstance(node.right, JoinSource):
        right = f"({right})"
    if node.kind == "CROSS" or node.on is None:
        return f"{left} CROSS JOIN {right}"
    return f"{left} {node.kind} JOIN {right} ON {low.condition(qualifying.ordered(node.on))}"


def _values(low: Lowering, body: Values) -> str:
    if len(body.rows) > _MOST_ARMS:
        shown = ", ".join(f"column{at + 1} AS c{at}" for at in range(len(body.outputs)))
        return (
            f"SELECT {shown} FROM (VALUES {', '.join('(' + ', '.join(map(low.expr, row)) + ')' for row in body.rows)})"
        )
    rows = ["SELECT " + ", ".join(f"{low.expr(expr)} AS c{at}" for at, expr in enumerate(row)) for row in body.rows]
    return " UNION ALL ".join(rows)


def _counted(low: Lowering, body: SetOperation) -> str:
    """INTERSECT ALL and EXCEPT ALL: each of several equal rows gets a number, which makes them different."""
    keys = [low.key(ColumnRef(output.expr.type, "", f"c{at}")) for at, output in enumerate(body.outputs)]
    columns = ", ".join(f"{sql} AS c{at}" for at, sql in enumerate(keys))
    number = f"row_number() OVER (PARTITION BY {', '.join(keys)}) AS n"
    arms = [f"SELECT {columns}, {number} FROM ({low.query(low, arm)})" for arm in (body.left, body.right)]
    if " COLLATE " in columns:
        # Of values that are equal and not the same (1.5, 1.50) PostgreSQL gives the first of the left side, as often as needed.
        group = f" OVER (PARTITION BY {', '.join(keys)})"
        firsts = ", ".join(
            f"{low.key(ColumnRef(output.expr.type, '', f'f{at}'))} AS c{at}" for at, output in enumerate(body.outputs)
        )
        inner = ", ".join(f"first_value(c{at}){group} AS f{at}" for at in range(len(keys)))
        arms[0] = f"SELECT {firsts}, n FROM (SELECT {inner}, {number} FROM ({low.query(low, body.left)}))"
    shown = ", ".join(f"c{at}" for at in range(len(keys)))
    return f"SELECT {shown} FROM ({arms[0]} {body.op.removesuffix(' ALL')} {arms[1]})"


def _set_operation(low: Lowering, body: SetOperation) -> str:
    if body.op in ("INTERSECT ALL", "EXCEPT ALL"):
        if any(output.expr.type in low.catalog.enums for output in body.outputs):
            raise low.refuse(f"{body.op} of an enum", -1)
        return _counted(low, body)
    if body.op == "UNION" and not body.recursive:
        compared = [
            f"c{at}"  # labels that are the same are equal
            if output.expr.type in low.catalog.enums
            else low.key(ColumnRef(output.expr.type, "", f"c{at}"))
            for at, output in enumerate(body.outputs)
        ]
        if any(" COLLATE " in sql for sql in compared):
            # Of values that are equal and not the same (1.5, 1.50) PostgreSQL keeps the first; SQLite's UNION does not.
            columns = ", ".join(f"{sql} AS c{at}" for at, sql in enumerate(compared))
            every = replace(body, op="UNION ALL")
            return f"SELECT DISTINCT {columns} FROM ({_set_operation(low, every)})"
    return f"{_arm(low, body.left, body, first=True)} {body.op} {_arm(low, body.right, body, first=False)}"


# Of one compound SELECT: SQLite takes 500.
_MOST_TERMS = 400


def _terms(node: Query) -> int:
    """The queries that would stand in a row."""
    count = 1
    while isinstance(node.body, SetOperation):
        count += 1
        node = node.body.left
    return count


def _arm(low: Lowering, node: Query, body: SetOperation, *, first: bool) -> str:
    """One side. SQLite compares with the collations of the first; it has no parentheses round a side."""
    shown = len(body.outputs)
    columns = [
        low.key(ColumnRef(output.expr.type, "", f"c{at}")) if output.expr.type not in low.catalog.enums else f"c{at}"
        for at, output in enumerate(body.outputs[:shown])
    ]
    plain = [f"c{at}" for at in range(shown)]
    needs_collation = first and columns != plain and not body.op.endswith("ALL")
    if needs_collation:
        pairs = [f"{sql} AS {alias}" for sql, alias in zip(columns, plain, strict=True)]
        return f"SELECT {', '.join(pairs)} FROM ({low.query(low, node)})"
    bare = not (node.order or node.limit or node.offset or node.ctes or node.ties)
    if first and bare and isinstance(node.body, SetOperation) and _terms(node) < _MOST_TERMS:
        return _set_operation(low, node.body)  # SQLite reads it from the left, as it is meant
    simple = isinstance(node.body, Select) and not (node.order or node.limit or node.offset or node.ctes)
    if simple:
        return low.query(low, node)
    return f"SELECT * FROM ({low.query(low, node)})"
