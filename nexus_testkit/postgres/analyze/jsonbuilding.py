"""SQL/JSON constructors, aggregates and predicates (parse_expr.c, `transformJsonObjectConstructor` and their kin)."""

from __future__ import annotations

import json
from typing import Any

from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_explicit
from nexus_testkit.postgres.analyze.context import Context, Rule, Scope
from nexus_testkit.postgres.analyze.sqljson import (
    as_text,
    format_of,
    function,
    is_text,
    made,
    output_type,
    text_of,
    value,
)
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Aggregate, Call, Cast, Const, Expr, SubQuery, Typmod

_JSON = frozenset({"json", "jsonb"})
_DEFAULT = "JS_FORMAT_DEFAULT"


def _returned(context: Context, output: tuple[str, Typmod] | None, expr: Expr) -> Expr:
    """The constructor's value as the type of RETURNING (`coerceJsonFuncExpr`)."""
    if output is None or output[0] == expr.type:
        return expr
    kind, typmod = output
    if kind == "bytea":
        text = Cast("text", expr, "e", location=expr.location)
        return Call("bytea", "convert_to", ("text", "name"), (text, Const("name", "UTF8")), declared=("text", "name"))
    if not context.overloads.can_coerce(expr.type, kind, "a"):
        raise context.error("42846", f"cannot cast type {title(expr.type)} to {title(kind)}")
    return Cast(kind, expr, "a", typmod=typmod, location=expr.location)


def _flags(node: Node, *, binary: bool) -> str:
    return ("a" if node.get("absent_on_null") else "") + ("b" if binary else "") + ("u" if node.get("unique") else "")


def _result(output: tuple[str, Typmod] | None, args: list[Expr]) -> str:
    if output is None:
        return "jsonb" if any(arg.type == "jsonb" for arg in args) else "json"
    return "jsonb" if output[0] == "jsonb" else "json"


def _constructed(context: Context, node: Node, name: str, args: list[Expr]) -> Expr:
    output = output_type(context, node.get("output"))
    kind = _result(output, args)
    flags = _flags(node, binary=kind == "jsonb")
    return _returned(context, output, made(kind, f"sql/json {name} {flags}", args, node))


def object_constructor(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_OBJECT(key: value ...)."""
    args: list[Expr] = []
    for pair in node.all("exprs"):
        args.append(coerce(context, expressions.expression(context, pair["key"], scope), "any"))
        args.append(value(context, pair["value"], scope))
    return _constructed(context, node, "object", args)


def array_constructor(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_ARRAY(value ...)."""
    return _constructed(context, node, "array", [value(context, each, scope) for each in node.all("exprs")])


def _written(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {kind: fields}


def _named(name: str) -> list[dict[str, Any]]:
    return [_written("String", {"sval": name})]


def array_query(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_ARRAY(SELECT ...): an aggregate over the query."""
    output = output_type(context, node.get("output"))
    format_of(node)
    written = node.fields["query"]
    node.skip("query", "absent_on_null")
    targets = written["SelectStmt"].get("targetList")
    many = targets is not None and len(targets) != 1
    if not targets or '"A_Star"' in json.dumps(targets):
        from nexus_testkit.postgres.analyze import select  # noqa: PLC0415  # a cycle otherwise

        inner = select.query(context, Node("SelectStmt", written["SelectStmt"], node.statement), Scope(parent=scope))
        many = len(inner.outputs) - getattr(inner.body, "hidden", 0) != 1
    if many:
        raise context.error("42601", "subquery must return only one column", node)
    kind = "jsonb" if output is not None and output[0] == "jsonb" else "json"
    call = {"funcname": _named(f"{kind}_agg_strict"), "args": [_written("ColumnRef", {"fields": _named("a")})]}
    source = {"subquery": written, "alias": {"aliasname": "q", "colnames": _named("a")}}
    query = {
        "targetList": [_written("ResTarget", {"val": _written("FuncCall", call)})],
        "fromClause": [_written("RangeSubselect", source)],
        "limitOption": "LIMIT_OPTION_DEFAULT",
        "op": "SETOP_NONE",
    }
    link = Node("SubLink", {"subLinkType": "EXPR_SUBLINK", "subselect": _written("SelectStmt", query)}, node.statement)
    found = expressions.expression(context, link, scope)
    if isinstance(found, SubQuery):
        found.location = node.location
    return _returned(context, output, found)


def _aggregate(context: Context, node: Node, scope: Scope, name: str, args: list[dict[str, Any]], kind: str) -> Expr:
    """An aggregate as the function that it stands for."""
    constructor = node.fields["constructor"]
    fields: dict[str, Any] = {"funcname": _named(name), "args": args, "location": constructor.get("location", -1)}
    fields.update({key: constructor[key] for key in ("agg_filter", "agg_order", "over") if key in constructor})
    found = expressions.expression(context, Node("FuncCall", fields, node.statement), scope)
    if isinstance(found, Aggregate):
        found.type = kind
    node["constructor"].ignore()
    node.ignore()
    return found


def _aggregate_output(context: Context, node: Node) -> tuple[str, Typmod] | None:
    return output_type(context, node["constructor"].get("output"))


def object_aggregate(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_OBJECTAGG(key: value)."""
    output = _aggregate_output(context, node)
    kind = "jsonb" if output is not None and output[0] == "jsonb" else "json"
    name = f"{kind}_object_agg" + ("_unique" if node.get("unique") else "")
    name += "_strict" if node.get("absent_on_null") else ""
    pair = node.fields["arg"]
    args = [pair["key"], _written("JsonValueExpr", pair["value"])]
    return _returned(context, output, _aggregate(context, node, scope, name, args, kind))


def array_aggregate(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_ARRAYAGG(value)."""
    output = _aggregate_output(context, node)
    kind = "jsonb" if output is not None and output[0] == "jsonb" else "json"
    name = f"{kind}_agg" + ("_strict" if node.get("absent_on_null") else "")
    args = [_written("JsonValueExpr", node.fields["arg"])]
    return _returned(context, output, _aggregate(context, node, scope, name, args, kind))


def parsed(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON(text [WITH UNIQUE KEYS])."""
    given = node["expr"]
    expr = expressions.expression(context, given["raw_expr"], scope)
    format_of(given)
    output = output_type(context, node.get("output"))
    unique = bool(node.get("unique_keys"))
    if expr.type in _JSON and not unique:
        found = expr if expr.type == "json" else coerce_explicit(context, expr, "json", None, node)
    elif not is_text(context, expr.type):
        if unique:
            raise context.error("42804", "cannot use non-string types with WITH UNIQUE KEYS clause", node)
        raise context.error("42846", f"cannot cast type {title(expr.type)} to json", _inner_place(expr, node))
    elif unique:
        found = made("json", "sql/json unique", [as_text(context, expr)], node)
    else:
        found = Cast("json", as_text(context, expr), "e", location=node.location)
    return _returned(context, output, found)


def _inner_place(expr: Expr, node: Node) -> Expr | Node:
    return expr if expr.location >= 0 else node


def scalar(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_SCALAR(value)."""
    expr = coerce(context, expressions.expression(context, node["expr"], scope), "any")
    output = output_type(context, node.get("output"))
    return _returned(context, output, made("json", "sql/json scalar", [expr], node))


def serialized(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_SERIALIZE(json): text that is checked by nothing is read as json first."""
    given = node["expr"]
    expr = expressions.expression(context, given["raw_expr"], scope)
    form = format_of(given)
    output = output_type(context, node.get("output")) or ("text", None)
    if expr.type == "jsonb":  # 18.6 hands out the bytes of the value
        raise context.unsupported("JSON_SERIALIZE of jsonb", node)
    if expr.type != "json":
        if not is_text(context, expr.type):
            word = "implicit" if form == _DEFAULT else "explicit"
            raise context.error("42804", f"cannot use non-string types with {word} FORMAT JSON clause", expr)
        expr = Cast("json", as_text(context, expr), "e", location=expr.location)
    if output[0] != "bytea" and not is_text(context, output[0]):
        raise context.error(
            "42804",
            f"cannot use type {title(output[0])} in RETURNING clause of JSON_SERIALIZE()",
            hint="Try returning a string type or bytea.",
        )
    return _returned(context, output, expr)


def is_json(context: Context, node: Node, scope: Scope) -> Expr:
    """IS JSON [VALUE | SCALAR | ARRAY | OBJECT] [WITH UNIQUE KEYS]."""
    expr = expressions.expression(context, node["expr"], scope)
    format_of(node)
    kind = node["item_type"].removeprefix("JS_TYPE_")
    unique = bool(node.get("unique_keys"))
    if expr.type not in _JSON and expr.type != "bytea" and not is_text(context, expr.type):
        raise context.error("42804", f"cannot use type {title(expr.type)} in IS JSON predicate")
    return made("bool", "sql/json is", [text_of(kind), Const("int4", int(unique)), as_text(context, expr)], node)


RULES: dict[str, Rule] = {
    "JsonFuncExpr": function,
    "JsonValueExpr": value,
    "JsonObjectConstructor": object_constructor,
    "JsonArrayConstructor": array_constructor,
    "JsonArrayQueryConstructor": array_query,
    "JsonObjectAgg": object_aggregate,
    "JsonArrayAgg": array_aggregate,
    "JsonParseExpr": parsed,
    "JsonScalarExpr": scalar,
    "JsonSerializeExpr": serialized,
    "JsonIsPredicate": is_json,
}

_COLUMN_NAMES = {
    "JSON_EXISTS_OP": "json_exists",
    "JSON_QUERY_OP": "json_query",
    "JSON_VALUE_OP": "json_value",
}
_NAMES = {
    "JsonObjectConstructor": "json_object",
    "JsonArrayConstructor": "json_array",
    "JsonArrayQueryConstructor": "json_array",
    "JsonObjectAgg": "json_objectagg",
    "JsonArrayAgg": "json_arrayagg",
    "JsonParseExpr": "json",
    "JsonScalarExpr": "json_scalar",
    "JsonSerializeExpr": "json_serialize",
}


def column_name(kind: str, fields: dict[str, Any]) -> str | None:
    """The name of an output column without one (`FigureColnameInternal`)."""
    return _COLUMN_NAMES.get(str(fields.get("op"))) if kind == "JsonFuncExpr" else _NAMES.get(kind)
