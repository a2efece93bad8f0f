"""SELECT, VALUES, set operations, WITH (`analyze.c`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nexus_testkit.postgres.analyze import (
    expressions,
    fulljoins,
    grouping,
    groupingsets,
    indirections,
    pruning,
    recursion,
    setreturning,
    sorting,
    sources,
    windows,
)
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_integer, common_type
from nexus_testkit.postgres.analyze.context import Context, CteEntry, Entry, Scope
from nexus_testkit.postgres.analyze.distincton import distinct_on
from nexus_testkit.postgres.analyze.locking import lock_rows
from nexus_testkit.postgres.analyze.names import expand_star
from nexus_testkit.postgres.analyze.operators import require_ordering
from nexus_testkit.postgres.analyze.outputnames import output_name
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ColumnRef, Const, Expr, SortKey
from nexus_testkit.postgres.typed_queries import CommonTable, Output, Query, Select, SetOperation, Values

_MOST_OUTPUTS = 1664  # htup_details.h, MaxTupleAttributeNumber


def query(context: Context, node: Node, scope: Scope, *, resolve: bool = True) -> Query:
    """A whole query in a fresh scope; with `resolve`, outputs of unknown type become text."""
    if node.kind not in ("SelectStmt", "larg", "rarg"):
        raise context.unsupported(f"{node.kind} inside a query", node)
    ctes, recursive = with_clause(context, node, scope)
    op = node.get("op", "SETOP_NONE")
    if op != "SETOP_NONE":
        made = _set_operation(context, node, scope, op)
    elif "valuesLists" in node:
        made = _values(context, node, scope)
    else:
        made = _select(context, node, scope, resolve=resolve)
    made.ctes = ctes
    made.recursive = recursive
    if resolve:
        resolve_unknown(context, made)
    _limits(context, node, scope, made)
    lock_rows(context, node, scope, made)
    if ctes:
        pruning.prune_common(made)
    return made


def resolve_unknown(context: Context, made: Query) -> None:
    """Literals and parameters that nothing gave a type become text."""
    for at, output in enumerate(made.outputs):
        if output.expr.type == UNKNOWN:
            coerce_output(context, made, at, "text")


def coerce_output(context: Context, made: Query, at: int, target: str) -> None:
    """Make one column of a query another type, in each of its parts."""
    body = made.body
    if isinstance(body, SetOperation):
        coerce_output(context, body.left, at, target)
        coerce_output(context, body.right, at, target)
        body.outputs[at].expr = ColumnRef(target, "", f"c{at}", body.outputs[at].name)
        return
    if isinstance(body, Values):
        for row in body.rows:
            row[at] = coerce(context, row[at], target)
        body.outputs[at].expr = ColumnRef(target, "", f"c{at}", body.outputs[at].name)
        return
    before = body.outputs[at].expr
    after = coerce(context, before, target)
    body.outputs[at].expr = after
    for item in made.order:
        key = item[1] if isinstance(item, tuple) else item
        if key.expr is before:
            key.expr = after


# ------------------------------------------------------------------------------------------------- WITH


def with_clause(context: Context, node: Node, scope: Scope) -> tuple[list[CommonTable], bool]:
    """WITH: the tables, in order, and whether it said RECURSIVE; their names are added to the scope."""
    if "withClause" not in node:
        return [], False
    clause = node["withClause"]
    recursive = bool(clause.get("recursive"))
    tables: list[CommonTable] = []
    items: list[Node] = clause["ctes"]
    names: list[str] = [item["ctename"] for item in items]
    for at, item in enumerate(items):
        if names[at] in names[:at]:
            raise context.error("42712", f'WITH query name "{names[at]}" specified more than once', item)
    for at, item in enumerate(recursion.ordered(context, items) if recursive else items):
        name = item["ctename"]
        scope.future = set() if recursive else set(names[at:])
        inner = item["ctequery"]
        itself = recursive and recursion.reads_itself(item)
        if itself:
            recursion.check(context, item)
        elif "search_clause" in item or "cycle_clause" in item:
            raise context.error("42601", "WITH query is not recursive", item)
        if inner.kind != "SelectStmt":
            tables.append(_change(context, item, inner, scope))
            continue
        lowered = context.cte_name()
        given = item.names("aliascolnames") if "aliascolnames" in item else []
        within = Scope(parent=scope)
        if itself:
            made = recursion.query(context, item, inner, within, lowered, given)
        else:
            made = query(context, inner, within)
        visible = made.outputs[: len(made.outputs) - getattr(made.body, "hidden", 0)]
        scope.ctes[name] = CteEntry(lowered, named(context, item, visible, given))
        materialized = {"CTEMaterializeAlways": "MATERIALIZED", "CTEMaterializeNever": "NOT MATERIALIZED"}
        tables.append(CommonTable(lowered, made, materialized.get(item.get("ctematerialized", ""), "")))
    scope.future = set()
    return tables, recursive


def named(context: Context, item: Node, outputs: list[Output], given: list[str]) -> list[Output]:
    """The columns of a WITH query under the names that were given to it."""
    if len(given) > len(outputs):
        raise context.error(
            "42P10",
            f'WITH query "{item["ctename"]}" has {len(outputs)} columns available but {len(given)} columns specified',
            item,
        )
    return [Output(given[at] if at < len(given) else output.name, output.expr) for at, output in enumerate(outputs)]


def _change(context: Context, item: Node, node: Node, scope: Scope) -> CommonTable:
    """INSERT, UPDATE or DELETE in WITH; what it returns stands in the table of that name."""
    if scope.parent is not None:
        raise context.error("0A000", "WITH clause containing a data-modifying statement must be at the top level", item)
    from nexus_testkit.postgres.analyze import dml, merge  # noqa: PLC0415  # a cycle otherwise

    rule: Any = {
        "InsertStmt": dml.insert,
        "UpdateStmt": dml.update,
        "DeleteStmt": dml.delete,
        "MergeStmt": merge.merge,
    }.get(node.kind)
    if rule is None:
        raise context.unsupported(f"{node.kind} in WITH", item)
    tree = rule(context, node, Scope(parent=scope))
    lowered = f"pgs_{context.cte_name()}"
    given = item.names("aliascolnames") if "aliascolnames" in item else []
    entry = CteEntry(lowered, named(context, item, tree.returning, given), silent=not tree.returning)
    scope.ctes[item["ctename"]] = entry
    context.changes[lowered] = (entry, tree)
    item.skip("ctematerialized")
    return CommonTable(lowered, Query(Values([], tree.returning)))


# ----------------------------------------------------------------------------------------------- bodies


def _select(context: Context, node: Node, scope: Scope, *, resolve: bool) -> Query:
    select_sources = sources.from_clause(context, node.all("fromClause"), scope)
    windows.named(context, node, scope)
    scope.clause = "SELECT"
    outputs = target_list(context, node.all("targetList"), scope)
    where = having = None
    if "whereClause" in node:
        scope.clause = "WHERE"
        where = expressions.condition(context, node["whereClause"], scope, "WHERE")
    if "havingClause" in node:
        scope.clause = "HAVING"
        having = expressions.condition(context, node["havingClause"], scope, "HAVING")
    if len(outputs) > _MOST_OUTPUTS:
        raise context.error("54011", f"target lists can have at most {_MOST_OUTPUTS} entries")
    fulljoins.check(context, select_sources, where)
    shown = len(outputs)
    scope.clause = "ORDER BY"
    order = sorting.order_by(context, node.all("sortClause"), scope, outputs, hide=True)
    scope.clause = "GROUP BY"
    groups, sets = groupingsets.group_by(context, node, scope, outputs[:shown])
    picked: list[int] = []
    if "distinctClause" in node and not _plain_distinct(node):
        scope.clause = "DISTINCT ON"
        picked = distinct_on(context, node["distinctClause"], scope, outputs, order)
    scope.clause = "SELECT"
    if resolve:
        for output in outputs:
            if output.expr.type == UNKNOWN:
                output.expr = coerce(context, output.expr, "text")
    distinct = _distinct(context, node, outputs, shown, order)
    aggregated = scope.aggregates or "groupClause" in node or having is not None
    groups, first = setreturning.before_groups(context, outputs, groups)
    select_sources = [*select_sources, *first]
    defined = windows.definitions(context, scope)
    if aggregated:
        grouping.check(context, outputs, having, groups, scope, sets, defined)
    keys: list[SortKey | tuple[int, SortKey]] = [
        (at, SortKey(outputs[at].expr, key.descending, key.nulls_first)) for at, key in order
    ]
    body = Select(outputs, select_sources, where, groups, having, aggregated, distinct, len(outputs) - shown, picked)
    if aggregated:
        body = groupingsets.settled(context, body, sets, scope)
        keys = [(at, SortKey(body.outputs[at].expr, key.descending, key.nulls_first)) for at, key in order]
    if scope.set_returning:
        body, keys = setreturning.spread(context, body, keys)
    pruning.prune(body)
    return Query(body, order=keys)


def _distinct(
    context: Context, node: Node, outputs: list[Output], shown: int, order: list[tuple[int, SortKey]]
) -> bool:
    if not _plain_distinct(node):
        return False
    node.skip("distinctClause")
    for output in outputs[:shown]:
        require_ordering(context, output.expr, output.expr)
    for at, key in order:
        if at >= shown:
            raise context.error(
                "42P10", "for SELECT DISTINCT, ORDER BY expressions must appear in select list", key.expr
            )
    return True


def _plain_distinct(node: Node) -> bool:
    # libpg_query's list for DISTINCT alone holds one empty item.
    return "distinctClause" in node and not any(node.fields["distinctClause"])


def target_list(context: Context, nodes: Sequence[Node], scope: Scope) -> list[Output]:
    """The outputs of a select list or a RETURNING list."""
    outputs: list[Output] = []
    for node in nodes:
        value = node["val"]
        if value.kind == "ColumnRef" and "A_Star" in value.fields["fields"][-1]:
            outputs.extend(expand_star(context, value, scope))
            continue
        if value.kind == "A_Indirection" and "A_Star" in value.fields["indirection"][-1]:
            outputs.extend(indirections.spread(context, value, scope))
            continue
        expr = expressions.expression(context, value, scope)
        outputs.append(Output(node.get("name") or output_name(value), expr))
    return outputs


def _listed(context: Context, node: Node, scope: Scope) -> list[Expr]:
    """An item of VALUES: `alias.*` is as many as it has columns (`transformExpressionList`)."""
    if node.kind == "ColumnRef" and "A_Star" in node.fields["fields"][-1]:
        return [output.expr for output in expand_star(context, node, scope)]
    return [expressions.expression(context, node, scope)]


def _values(context: Context, node: Node, scope: Scope) -> Query:
    scope.clause = "VALUES"
    rows = [[expr for item in row["items"] for expr in _listed(context, item, scope)] for row in node["valuesLists"]]
    width = len(rows[0])
    for row, written in zip(rows, node["valuesLists"], strict=True):
        if len(row) != width:
            raise context.error("42601", "VALUES lists must all be the same length", written["items"][0])
    outputs: list[Output] = []
    for at in range(width):
        column = [row[at] for row in rows]
        common = common_type(context, column, "VALUES") if any(expr.type != UNKNOWN for expr in column) else "text"
        for row in rows:
            row[at] = coerce(context, row[at], common)
        outputs.append(Output(f"column{at + 1}", ColumnRef(common, "", f"c{at}", f"column{at + 1}")))
    made = Query(Values(rows, outputs))
    made.order = list(_outer_order(context, node, outputs))
    return made


def _set_operation(context: Context, node: Node, scope: Scope, op: str) -> Query:
    left = query(context, node["larg"], Scope(parent=scope), resolve=False)
    right = query(context, node["rarg"], Scope(parent=scope), resolve=False)
    word = op.removeprefix("SETOP_")
    keep = bool(node.get("all"))
    lefts = left.outputs[: len(left.outputs) - getattr(left.body, "hidden", 0)]
    rights = right.outputs[: len(right.outputs) - getattr(right.body, "hidden", 0)]
    if len(lefts) != len(rights):
        raise context.error(
            "42601", f"each {word} query must have the same number of columns", rights[0].expr if rights else None
        )
    outputs: list[Output] = []
    for at, (one, other) in enumerate(zip(lefts, rights, strict=True)):
        common = common_type(context, [one.expr, other.expr], word)
        for part, expr in ((left, one.expr), (right, other.expr)):
            if expr.type != common:
                coerce_output(context, part, at, common)
        column = ColumnRef(common, "", f"c{at}", one.name, location=one.expr.location)
        if not keep:
            require_ordering(context, column, one.expr)
        outputs.append(Output(one.name, column))
    made = Query(SetOperation(f"{word} ALL" if keep else word, left, right, outputs))
    with sorting.arms_named(made):
        made.order = list(_outer_order(context, node, outputs))
    return made


def _outer_order(context: Context, node: Node, outputs: list[Output]) -> list[tuple[int, SortKey]]:
    within = Scope(entries=[Entry(None, [(output.name, output.expr) for output in outputs])])
    return sorting.order_by(context, node.all("sortClause"), within, outputs, hide=False)


def _limits(context: Context, node: Node, scope: Scope, made: Query) -> None:
    made.ties = node.get("limitOption") == "LIMIT_OPTION_WITH_TIES"
    # The columns of FROM are in scope, only to be refused by their name.
    outer = Scope(parent=scope.parent, ctes=scope.ctes, entries=scope.entries)
    if "limitOffset" in node:
        outer.clause = "OFFSET"
        made.offset = _limit(context, node["limitOffset"], outer, "OFFSET")
    if "limitCount" in node:
        if made.ties and node["limitCount"].fields.get("isnull"):
            raise context.error("2201W", "row count cannot be null in FETCH FIRST ... WITH TIES clause")
        outer.clause = "LIMIT"
        made.limit = _limit(context, node["limitCount"], outer, "LIMIT")


def _variable(expr: Expr, relations: set[str]) -> Expr | None:
    if isinstance(expr, ColumnRef) and expr.relation in relations:
        return expr
    found = (_variable(child, relations) for child in grouping.children(expr))
    return next((each for each in found if each is not None), None)


def _limit(context: Context, node: Node, scope: Scope, clause: str) -> Expr:
    expr = coerce_integer(context, expressions.expression(context, node, scope), clause)
    own = {
        column.relation
        for entry in scope.entries
        for _, column in entry.columns
        if isinstance(column, ColumnRef) and column.relation
    }
    variable = _variable(expr, own)
    if variable is not None:
        raise context.error("42P10", f"argument of {clause} must not contain variables", variable)
    if isinstance(expr, Const) and expr.value is not None and expr.value < 0:
        state, name = ("2201W", "LIMIT") if clause == "LIMIT" else ("2201X", "OFFSET")
        raise context.error(state, f"{name} must not be negative")
    return expr
