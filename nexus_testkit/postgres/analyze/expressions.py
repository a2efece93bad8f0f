"""Expressions: parse nodes to typed ones (`parse_expr.c`)."""

from __future__ import annotations

import re
from dataclasses import replace

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.analyze import (
    collations,
    functions,
    groupingsets,
    rows,
    rowtests,
    setreturning,
    subqueries,
    usertypes,
)
from nexus_testkit.postgres.analyze.coerce import (
    coerce,
    coerce_boolean,
    coerce_common,
    coerce_explicit,
    common_type,
    undecided,
)
from nexus_testkit.postgres.analyze.context import Context, Rule, Scope
from nexus_testkit.postgres.analyze.currentof import current_of
from nexus_testkit.postgres.analyze.grouping import columns_in
from nexus_testkit.postgres.analyze.mergeaction import merge_action
from nexus_testkit.postgres.analyze.names import column_ref
from nexus_testkit.postgres.analyze.operators import (
    array_compare,
    binary,
    compare,
    distinct,
    make_operator,
    operator_name,
    require_comparison,
)
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.analyze.typenames import resolve_type
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import (
    ArrayExpr,
    BoolOp,
    Call,
    Case,
    Coalesce,
    Const,
    Expr,
    InList,
    IsTest,
    MinMax,
    NullIf,
    Param,
    Subscript,
)
from nexus_testkit.postgres.typed_queries import Output
from nexus_testkit.postgres.values.regs import as_array

_INT4 = 2**31
_INT8 = 2**63
_MOST_DIGITS = 131072  # before the decimal point of a numeric


def expression(context: Context, node: Node, scope: Scope) -> Expr:
    """The typed expression of any expression node.

    Raises:
        UnsupportedSQL: no rule reads this kind of node.
    """
    rule = RULES.get(node.kind)
    if rule is None:
        raise context.unsupported(node.kind, node)
    return rule(context, node, scope)


def condition(context: Context, node: Node, scope: Scope, clause: str) -> Expr:
    """A condition; `clause` is WHERE, JOIN/ON, FILTER, CHECK ..."""
    return coerce_boolean(context, expression(context, node, scope), clause)


def constant(context: Context, node: Node, scope: Scope) -> Expr:  # noqa: ARG001  # a rule's signature
    """A literal: integers and decimals have a type, strings and NULL are unknown."""
    at = node.location
    if node.get("isnull"):
        return Const(UNKNOWN, None, location=at)
    if "ival" in node:
        return Const("int4", node["ival"].get("ival", 0), location=at)
    if "boolval" in node:
        return Const("bool", int(node["boolval"].get("boolval", False)), location=at)
    if "sval" in node:
        return Const(UNKNOWN, node["sval"].get("sval", ""), location=at)
    if "fval" in node:
        try:
            return _number(node["fval"]["fval"], at)
        except DatabaseError as error:
            raise context.located(error, node) from None
    from nexus_testkit.postgres.values import cast  # noqa: PLC0415  # few literals need it

    try:  # B'101' and X'1F'
        return Const("bit", cast(node["bsval"].get("bsval", "b"), UNKNOWN, "bit", None, explicit=True), location=at)
    except DatabaseError as error:
        raise context.located(error, node) from None


def _number(written: str, at: int) -> Const:
    text = written.replace("_", "")
    if re.fullmatch(r"-?\d+", text) or re.match(r"-?0[xobXOB]", text):
        value = int(text, 0 if re.match(r"-?0[xobXOB]", text) else 10)
        if -_INT4 <= value < _INT4:
            return Const("int4", value, location=at)
        if -_INT8 <= value < _INT8:
            return Const("int8", value, location=at)
        return Const("numeric", str(value), location=at)
    from nexus_testkit.postgres.values import cast  # noqa: PLC0415  # only decimals need it

    exponent = text.lower().partition("e")[2]
    if exponent and int(exponent) >= _MOST_DIGITS and float(text.lower().partition("e")[0]):
        raise database_error("22003", "value overflows numeric format")
    return Const("numeric", cast(text, UNKNOWN, "numeric", None, explicit=True), location=at)


def param(context: Context, node: Node, scope: Scope) -> Expr:  # noqa: ARG001  # a rule's signature
    """`$1`; of unknown type until something wants one."""
    number = node.get("number", 0)
    if number < 1:
        raise context.error("42P02", f"there is no parameter ${number}", node)
    return Param(context.params.get(number, UNKNOWN), number, location=node.location)


def type_cast(context: Context, node: Node, scope: Scope) -> Expr:
    """`CAST(x AS type)`, `x::type`."""
    target, typmod = resolve_type(context, node["typeName"])
    where = node.location if node.location >= 0 else node["typeName"].location
    inner = node["arg"]
    if inner.kind == "ParamRef" and node.location < 0 <= node["typeName"].location < inner.location:
        # libpg_query takes a parameter wherever the server wants a literal.
        raise context.error("42601", f'syntax error at or near "${inner["number"]}"', inner)
    if inner.kind == "A_ArrayExpr" and target.endswith("[]"):
        items = [expression(context, item, scope) for item in inner.all("elements")]
        nested = any(item.kind == "A_ArrayExpr" for item in inner.all("elements"))
        element = target if nested else usertypes.element_of(target)
        made = ArrayExpr(
            target,
            tuple(coerce_explicit(context, item, element, typmod, item) for item in items),
            nested,
            location=where,
        )
        # The elements of an array of a domain are looked at each, a domain that is an array as a whole.
        return made if element is not target and usertypes.is_array_of(target) else usertypes.checked(target, made)
    arg = expression(context, inner, scope)
    cast = coerce_explicit(context, arg, target, typmod, where)
    if cast is not arg and not isinstance(cast, Const):
        cast.location = where
    return cast


def bool_expr(context: Context, node: Node, scope: Scope) -> Expr:
    """AND, OR, NOT."""
    op = node["boolop"].removesuffix("_EXPR")
    args = tuple(coerce_boolean(context, expression(context, arg, scope), op) for arg in node["args"])
    return BoolOp("bool", op, args, location=node.location)


def null_test(context: Context, node: Node, scope: Scope) -> Expr:
    """IS [NOT] NULL."""
    arg = expression(context, node["arg"], scope)
    if isinstance(arg, Param) and arg.type == UNKNOWN:
        arg = undecided(context, arg)
    negated = node["nulltesttype"] == "IS_NOT_NULL"
    if (test := rows.is_null(arg, negated=negated, location=node.location)) is not None:
        return test
    return IsTest("bool", arg, "NULL", node["nulltesttype"] == "IS_NOT_NULL", location=node.location)


def boolean_test(context: Context, node: Node, scope: Scope) -> Expr:
    """IS [NOT] TRUE, FALSE, UNKNOWN."""
    words = node["booltesttype"].removeprefix("IS_")
    arg = coerce_boolean(context, expression(context, node["arg"], scope), "IS " + words.replace("_", " "))
    return IsTest("bool", arg, words.removeprefix("NOT_"), words.startswith("NOT_"), location=node.location)


def a_expr(context: Context, node: Node, scope: Scope) -> Expr:
    """Operators and what is written like one."""
    kind = node["kind"]
    rule = _A_EXPR.get(kind)
    if rule is None:
        raise context.unsupported(kind, node)
    return rule(context, node, scope)


def _operator(context: Context, node: Node, scope: Scope) -> Expr:
    name = operator_name(context, node)
    if "lexpr" not in node:
        return make_operator(context, name, [expression(context, node["rexpr"], scope)], node)
    left, right = node["lexpr"], node["rexpr"]
    if left.kind == "RowExpr" and right.kind == "RowExpr":
        return _row_compare(context, node, name, left, right, scope)
    if right.kind == "SubLink" and left.kind == "RowExpr":
        return rowtests.compared(context, node, name, left, right, scope)
    return binary(context, name, expression(context, left, scope), expression(context, right, scope), node)


def _row_compare(context: Context, node: Node, name: str, left: Node, right: Node, scope: Scope) -> Expr:
    ls = [expression(context, item, scope) for item in left.all("args")]
    rs = [expression(context, item, scope) for item in right.all("args")]
    return compare_rows(context, node, name, ls, rs)


def compare_rows(context: Context, node: Node, name: str, ls: list[Expr], rs: list[Expr]) -> Expr:
    """`ROW(...) name ROW(...)`."""
    if len(ls) != len(rs):
        raise context.error("42601", "unequal number of entries in row expressions", node)
    if name in ("=", "<>"):
        parts = tuple(binary(context, name, one, other, node) for one, other in zip(ls, rs, strict=True))
        return BoolOp("bool", "AND" if name == "=" else "OR", parts, location=node.location)
    if name not in ("<", "<=", ">", ">="):
        raise context.unsupported(f"rows compared with {name}", node)
    # (a, b) < (c, d)  is  a < c OR (a = c AND b < d)
    result = binary(context, name, ls[-1], rs[-1], node)
    for one, other in zip(reversed(ls[:-1]), reversed(rs[:-1]), strict=True):
        strict = binary(context, name[0], one, other, node)
        equal = binary(context, "=", one, other, node)
        result = BoolOp("bool", "OR", (strict, BoolOp("bool", "AND", (equal, result))), location=node.location)
    return result


def _any_all(context: Context, node: Node, scope: Scope) -> Expr:
    every = node["kind"] == "AEXPR_OP_ALL"
    left = expression(context, node["lexpr"], scope)
    right = expression(context, node["rexpr"], scope)
    return array_compare(context, operator_name(context, node), left, right, node, every=every)


def _in_list(context: Context, node: Node, scope: Scope) -> Expr:
    negated = operator_name(context, node) == "<>"
    items = node["rexpr"]["items"]
    if node["lexpr"].kind == "RowExpr":
        parts = tuple(_row_compare(context, node, "=", node["lexpr"], item, scope) for item in items)
        found: Expr = BoolOp("bool", "OR", parts, location=node.location)
        return BoolOp("bool", "NOT", (found,), location=node.location) if negated else found
    left = expression(context, node["lexpr"], scope)
    rights = [expression(context, item, scope) for item in items]
    name, joined = ("<>", "AND") if negated else ("=", "OR")
    # PostgreSQL makes `left = ANY (ARRAY[...])`, all of one common type, of what reads no column (parse_expr.c, transformAExprIn).
    local = {entry.relation for entry in scope.entries}
    reading = [right for right in rights if any(column.relation in local for column in columns_in(right))]
    plain = [right for right in rights if right not in reading] if reading else rights
    listed: tuple[Expr, ...] = ()
    if (len(plain) > 1 or not reading) and _have_common(context, [left, *plain]):
        compared = common_type(context, [*plain, left], "IN")
        operator = compare(context, "=", Const(compared, None), Const(compared, None), node)
        wanted = operator.signature[0] if isinstance(operator, Call) else compared
        items = tuple(coerce(context, right, wanted) for right in plain)
        listed = (InList("bool", coerce(context, left, wanted), items, wanted, negated, location=node.location),)
        if not reading:
            return listed[0]
    parts = tuple(binary(context, name, left, right, node) for right in (reading if listed else rights))
    return BoolOp("bool", "AND" if joined == "AND" else "OR", (*listed, *parts), location=node.location)


def _have_common(context: Context, exprs: list[Expr]) -> bool:
    if any(expr.type.endswith("[]") for expr in exprs):
        return False  # there is no array of arrays: each is compared by itself
    categories = {context.overloads.category(expr.type) for expr in exprs if expr.type != UNKNOWN}
    return len(categories) <= 1


def _like(context: Context, node: Node, scope: Scope) -> Expr:
    name = operator_name(context, node)
    return binary(
        context, name, expression(context, node["lexpr"], scope), expression(context, node["rexpr"], scope), node
    )


def _distinct(context: Context, node: Node, scope: Scope) -> Expr:
    operator_name(context, node)
    left = expression(context, node["lexpr"], scope)
    right = expression(context, node["rexpr"], scope)
    return distinct(context, left, right, node, negated=node["kind"] == "AEXPR_NOT_DISTINCT")


def _nullif(context: Context, node: Node, scope: Scope) -> Expr:
    operator_name(context, node)
    left = expression(context, node["lexpr"], scope)
    right = expression(context, node["rexpr"], scope)
    equal = binary(context, "=", left, right, node)
    value = equal.args[0] if isinstance(equal, Call) else left
    return NullIf(value.type, value, equal, typmod=value.typmod, location=node.location)


def _between(context: Context, node: Node, scope: Scope) -> Expr:
    kind = node["kind"]
    node.skip("name")
    low, high = node["rexpr"]["items"]

    # transformAExprBetween makes these of it, and shows them so.
    above, below, joined, doubled = ("<", ">", "OR", "AND") if "NOT" in kind else (">=", "<=", "AND", "OR")

    def compared(first: Node, second: Node) -> Expr:
        parts = (
            binary(context, above, expression(context, node["lexpr"], scope), expression(context, first, scope), node),
            binary(context, below, expression(context, node["lexpr"], scope), expression(context, second, scope), node),
        )
        return BoolOp("bool", "AND" if joined == "AND" else "OR", parts, location=node.location)

    found = compared(low, high)
    if kind.endswith("SYM"):
        both = (found, compared(high, low))
        found = BoolOp("bool", "AND" if doubled == "AND" else "OR", both, location=node.location)
    return found


_A_EXPR: dict[str, Rule] = {
    "AEXPR_OP": _operator,
    "AEXPR_OP_ANY": _any_all,
    "AEXPR_OP_ALL": _any_all,
    "AEXPR_IN": _in_list,
    "AEXPR_LIKE": _like,
    "AEXPR_ILIKE": _like,
    "AEXPR_SIMILAR": _like,
    "AEXPR_DISTINCT": _distinct,
    "AEXPR_NOT_DISTINCT": _distinct,
    "AEXPR_NULLIF": _nullif,
    "AEXPR_BETWEEN": _between,
    "AEXPR_NOT_BETWEEN": _between,
    "AEXPR_BETWEEN_SYM": _between,
    "AEXPR_NOT_BETWEEN_SYM": _between,
}


def case(context: Context, node: Node, scope: Scope) -> Expr:
    """CASE, searched or simple."""
    subject = expression(context, node["arg"], scope) if "arg" in node else None
    if subject is not None and subject.type == UNKNOWN:
        subject = coerce(context, subject, "text")
    tests: list[Expr] = []
    results: list[Expr] = []
    for when in node["args"]:
        tested = expression(context, when["expr"], scope)
        if subject is not None:
            tested = binary(context, "=", subject, tested, when)
        tests.append(coerce_boolean(context, tested, "CASE/WHEN"))
        results.append(expression(context, when["result"], scope))
    default = expression(context, node["defresult"], scope) if "defresult" in node else Const(UNKNOWN, None)
    setreturning.refuse_inside(
        context, [*tests, *results, default, *([subject] if subject is not None else [])], "CASE"
    )
    # The default stands first in PostgreSQL's list of types.
    common, (default, *results) = coerce_common(context, [default, *results], "CASE")
    whens = tuple(zip(tests, results, strict=True))
    return Case(common, whens, default, simple=subject is not None, location=node.location)


def coalesce(context: Context, node: Node, scope: Scope) -> Expr:
    """COALESCE."""
    args = [expression(context, arg, scope) for arg in node["args"]]
    setreturning.refuse_inside(context, args, "COALESCE")
    common, args = coerce_common(context, args, "COALESCE")
    return Coalesce(common, tuple(args), location=node.location)


def min_max(context: Context, node: Node, scope: Scope) -> Expr:
    """GREATEST, LEAST."""
    greatest = node["op"] == "IS_GREATEST"
    args = [expression(context, arg, scope) for arg in node["args"]]
    common, args = coerce_common(context, args, "GREATEST" if greatest else "LEAST")
    require_comparison(common)
    return MinMax(common, greatest, tuple(args), location=node.location)


def array(context: Context, node: Node, scope: Scope) -> Expr:
    """`ARRAY[...]`."""
    written = node.all("elements")
    if not written:
        raise context.error(
            "42P18",
            "cannot determine type of empty array",
            node,
            hint='Explicitly cast to the desired type, for example "ARRAY[]::integer[]".',
        )
    items = [expression(context, item, scope) for item in written]
    common, items = coerce_common(context, items, "ARRAY")
    nested = common.endswith("[]")
    return ArrayExpr(common if nested else common + "[]", tuple(items), nested, location=node.location)


def spread(context: Context, node: Node, scope: Scope) -> list[Output]:
    """`(row).*`."""
    expr = expression(context, node["arg"], scope)
    for step in node["indirection"]:
        if step.kind == "A_Star":
            return rows.spread(context, expr, expr)
        if step.kind != "String":
            raise context.unsupported("a subscript before .*", node)
        expr = rows.field(context, expr, step["sval"], expr)
    raise context.unsupported("this field of a row", node)


def indirection(context: Context, node: Node, scope: Scope) -> Expr:
    """`array[1]`, `jsonb['key']`."""
    expr = expression(context, node["arg"], scope)
    steps = list(node["indirection"])
    while steps:
        step = steps.pop(0)
        if step.kind == "String":
            expr = rows.field(context, expr, step["sval"], expr)
            continue
        if as_array(expr.type).endswith("[]"):
            from nexus_testkit.postgres.analyze import subscripts  # noqa: PLC0415  # seldom used

            count = next((at for at, other in enumerate(steps) if other.kind != "A_Indices"), len(steps))
            own, steps = [step, *steps[:count]], steps[count:]
            expr = subscripts.of_array(context, node, expr, own, scope, as_array(expr.type))
            continue
        if expr.type == "jsonb" and step.kind == "A_Indices":
            from nexus_testkit.postgres.analyze import jsonsubscripts  # noqa: PLC0415  # a cycle otherwise

            expr = Subscript("jsonb", expr, jsonsubscripts.key(context, step, scope), location=node.location)
        else:
            raise context.error(
                "42804", f"cannot subscript type {title(expr.type)} because it does not support subscripting", expr
            )
    return expr


_VALUE_FUNCTIONS = {
    "SVFOP_CURRENT_TIMESTAMP": ("now", "timestamptz"),
    "SVFOP_LOCALTIMESTAMP": ("localtimestamp", "timestamp"),
    "SVFOP_CURRENT_DATE": ("current_date", "date"),
    "SVFOP_LOCALTIME": ("localtime", "time"),
    "SVFOP_CURRENT_USER": ("current_user", "name"),
    "SVFOP_SESSION_USER": ("session_user", "name"),
    "SVFOP_USER": ("current_user", "name"),
    "SVFOP_CURRENT_SCHEMA": ("current_schema", "name"),
    "SVFOP_CURRENT_CATALOG": ("current_database", "name"),
}


def value_function(context: Context, node: Node, scope: Scope) -> Expr:  # noqa: ARG001  # a rule's signature
    """CURRENT_TIMESTAMP and the others that are written without parentheses."""
    op = node["op"]
    if op not in _VALUE_FUNCTIONS:
        from nexus_testkit.postgres.analyze import notation  # noqa: PLC0415  # seldom used

        found = notation.value_function(context, node)
        if isinstance(found, Call) and not found.args:
            found.written = op.removeprefix("SVFOP_")
        return found
    name, result = _VALUE_FUNCTIONS[op]
    written = op.removeprefix("SVFOP_")
    return Call(result, name, (), (), volatile=True, written=written, location=node.location)


def set_to_default(context: Context, node: Node, scope: Scope) -> Expr:  # noqa: ARG001  # a rule's signature
    """DEFAULT anywhere but where INSERT and UPDATE look for it."""
    raise context.error("42601", "DEFAULT is not allowed in this context", node)


def collate(context: Context, node: Node, scope: Scope) -> Expr:
    """`COLLATE "C"`: the collation that the fake has anyway."""
    arg = expression(context, node["arg"], scope)
    wanted = collations.require(context, node, arg.type)
    return replace(coerce(context, arg, "text") if arg.type == UNKNOWN else arg, collation=wanted)


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
