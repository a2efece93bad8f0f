"""The rule for each kind of expression; `expressions` applies them."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import functions, groupingsets, rows, subqueries
from nexus_testkit.postgres.analyze.comparisons import a_expr
from nexus_testkit.postgres.analyze.conditionals import bool_expr, boolean_test, case, coalesce, min_max, null_test
from nexus_testkit.postgres.analyze.constants import constant, param, set_to_default, value_function
from nexus_testkit.postgres.analyze.context import Context, Rule, Scope
from nexus_testkit.postgres.analyze.currentof import current_of
from nexus_testkit.postgres.analyze.indirections import array, indirection
from nexus_testkit.postgres.analyze.mergeaction import merge_action
from nexus_testkit.postgres.analyze.names import column_ref
from nexus_testkit.postgres.analyze.typecasts import collate, type_cast
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Expr


def sql_json(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_VALUE, JSON_OBJECT, IS JSON and their kin."""
    from nexus_testkit.postgres.analyze import jsonbuilding  # noqa: PLC0415  # few statements need it

    return jsonbuilding.RULES[node.kind](context, node, scope)


_SQL_JSON = (
    *("JsonFuncExpr", "JsonValueExpr", "JsonObjectConstructor", "JsonArrayConstructor", "JsonArrayQueryConstructor"),
    *("JsonObjectAgg", "JsonArrayAgg", "JsonParseExpr", "JsonScalarExpr", "JsonSerializeExpr", "JsonIsPredicate"),
)

RULES: dict[str, Rule] = {
    **dict.fromkeys(_SQL_JSON, sql_json),
    "CollateClause": collate,
    "A_Const": constant,
    "ParamRef": param,
    "ColumnRef": column_ref,
    "TypeCast": type_cast,
    "BoolExpr": bool_expr,
    "NullTest": null_test,
    "BooleanTest": boolean_test,
    "A_Expr": a_expr,
    "CaseExpr": case,
    "CoalesceExpr": coalesce,
    "MinMaxExpr": min_max,
    "A_ArrayExpr": array,
    "A_Indirection": indirection,
    "SQLValueFunction": value_function,
    "SetToDefault": set_to_default,
    "FuncCall": functions.call,
    "GroupingFunc": groupingsets.grouping,
    "SubLink": subqueries.sublink,
    "MergeSupportFunc": merge_action,
    "RowExpr": rows.row,
    "CurrentOfExpr": current_of,
}
