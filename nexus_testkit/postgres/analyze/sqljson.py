"""SQL/JSON expressions (parse_expr.c, `transformJsonFuncExpr`, `transformJsonObjectConstructor` and their kin).

They become calls of functions that no user can name (`values.lowering_json`); what the syntax says goes along as JSON text.
"""

from __future__ import annotations

import json
from typing import Any

from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_explicit
from nexus_testkit.postgres.analyze.context import Context, Rule, Scope
from nexus_testkit.postgres.analyze.overloads import STRING, UNKNOWN
from nexus_testkit.postgres.analyze.typenames import resolve_type
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Aggregate, Call, Cast, Const, Expr, SubQuery, Typmod

_JSON = frozenset({"json", "jsonb"})
_DEFAULT, _FORMAT = "JS_FORMAT_DEFAULT", "JS_FORMAT_JSON"
_WORDS = {"value": "JSON_VALUE", "query": "JSON_QUERY", "exists": "JSON_EXISTS"}
_ALLOWED = {
    "value": (("ERROR", "NULL", "DEFAULT"), "ERROR, NULL, or DEFAULT expression is"),
    "query": (
        ("ERROR", "NULL", "EMPTY", "EMPTY_ARRAY", "EMPTY_OBJECT", "DEFAULT"),
        "ERROR, NULL, EMPTY ARRAY, EMPTY OBJECT, or DEFAULT expression is",
    ),
    "exists": (("ERROR", "TRUE", "FALSE", "UNKNOWN"), "ERROR, TRUE, FALSE, or UNKNOWN is"),
}


def _text(value: Any) -> Const:
    return Const("text", value if isinstance(value, str) else json.dumps(value))


def made(kind: str, name: str, args: list[Expr], node: Node) -> Call:
    """A call of one of our own functions."""
    return Call(kind, name, tuple(arg.type for arg in args), tuple(args), location=node.location)


def format_of(node: Node) -> str:
    """What FORMAT says, `JS_FORMAT_DEFAULT` where it is not written."""
    found = node.get("format")
    if found is None:
        return _DEFAULT
    kind = found.get("format_type", _DEFAULT)
    if found.get("encoding", "JS_ENC_DEFAULT") != "JS_ENC_DEFAULT":
        raise node.statement.unsupported("ENCODING of JSON", found)
    return str(kind)


def _is_text(context: Context, kind: str) -> bool:
    return context.overloads.category(kind) == STRING or kind == UNKNOWN


def value(context: Context, node: Node, scope: Scope) -> Expr:
    """A value with its FORMAT: text that is said to be JSON becomes json (`transformJsonValueExpr`)."""
    expr = expressions.expression(context, node["raw_expr"], scope)
    if format_of(node) == _DEFAULT or expr.type in _JSON:
        return coerce(context, expr, "any")
    if not _is_text(context, expr.type):
        raise context.error("42804", "cannot use non-string types with explicit FORMAT JSON clause", node["format"])
    return Cast("json", _as_text(context, expr), "e", location=expr.location)


def _as_text(context: Context, expr: Expr) -> Expr:
    return coerce(context, expr, "text") if expr.type == UNKNOWN else expr


def item(context: Context, node: Node, scope: Scope) -> Expr:
    """The context item as jsonb; a text is read when the statement runs."""
    expr = expressions.expression(context, node["raw_expr"], scope)
    format_of(node)
    if expr.type == "jsonb":
        return expr
    if not _is_text(context, expr.type) and expr.type != "json":
        raise context.error("42846", f"cannot cast type {title(expr.type)} to jsonb", expr)
    return Cast("jsonb", _as_text(context, expr), "e", location=expr.location)


def path(context: Context, node: Node, scope: Scope) -> Expr:
    """The path expression as jsonpath."""
    expr = expressions.expression(context, node, scope)
    if expr.type not in ("jsonpath", UNKNOWN) and not _is_text(context, expr.type):
        raise context.error(
            "42804", f"JSON path expression must be of type jsonpath, not of type {title(expr.type)}", expr
        )
    return coerce(context, expr, "jsonpath", "e")


def passing(context: Context, nodes: list[Node], scope: Scope) -> tuple[list[str], list[Expr]]:
    """Names and values of PASSING."""
    names, values = [], []
    for node in nodes:
        names.append(node["name"])
        values.append(value(context, node["val"], scope))
    return names, values


def _output(context: Context, node: Node | None) -> tuple[str, Typmod] | None:
    if node is None:
        return None
    kind, typmod = resolve_type(context, node["typeName"])
    returning = node.get("returning")
    if returning is not None:
        form = returning.get("format")
        if form is not None and form.get("encoding", "JS_ENC_DEFAULT") != "JS_ENC_DEFAULT":
            if kind != "bytea":
                raise context.error("0A000", "cannot set JSON encoding for non-bytea output types", form)
            if form["encoding"] != "JS_ENC_UTF8":
                raise context.unsupported("this JSON encoding", form)
        if form is not None:
            form.skip("format_type")
    return kind, typmod


def behaviours(
    context: Context, node: Node, scope: Scope, op: str, target: tuple[str, Typmod], column: str = ""
) -> tuple[dict[str, str], list[Expr]]:
    """ON EMPTY and ON ERROR: their kinds, and the values of DEFAULT; `column` is that of a JSON_TABLE."""
    kinds: dict[str, str] = {}
    defaults: list[Expr] = []
    for place in ("empty", "error"):
        found = node.get(f"on_{place}")
        kind = "FALSE" if op == "exists" and place == "error" else "NULL"
        default: Expr = Const("text", None)
        if found is not None:
            kind = found["btype"].removeprefix("JSON_BEHAVIOR_")
            allowed, words = _ALLOWED[op]
            if kind not in allowed:
                where = f"ON {place.upper()}"
                raise context.error(
                    "42601",
                    f"invalid {where} behavior",
                    found,
                    detail=f"Only {words} allowed in {where} for {_WORDS[op]}().",
                )
            if kind == "DEFAULT":
                default = _default(context, found["expr"], scope, target)
        kinds[place] = kind
        defaults.append(default)
    return kinds, defaults


def _default(context: Context, node: Node, scope: Scope, target: tuple[str, Typmod]) -> Expr:
    if node.kind in ("SubLink", "ColumnRef"):
        message = (
            "can only specify a constant, non-aggregate function, or operator expression for DEFAULT"
            if node.kind == "SubLink"
            else "DEFAULT expression must not contain column references"
        )
        raise context.error("42804", message, node)
    expr = expressions.expression(context, node, scope)
    kind, typmod = target
    if not context.overloads.can_coerce(expr.type, kind, "a"):
        raise context.error("42804", f"cannot cast behavior expression of type {title(expr.type)} to {title(kind)}", expr)
    return coerce(context, expr, kind, "a", typmod)


def function(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_VALUE, JSON_QUERY, JSON_EXISTS."""
    op = node["op"].removeprefix("JSON_").removesuffix("_OP").lower()
    output = node.get("output")
    if op != "query" and output is not None:
        form = output.fields.get("returning", {}).get("format", {})
        if form.get("format_type") == _FORMAT:
            place = form.get("location", -1)
            raise context.error("42601", f"cannot specify FORMAT JSON in RETURNING clause of {_WORDS[op]}()", place)
    wrapper = node.get("wrapper", "JSW_UNSPEC").removeprefix("JSW_")
    quotes = node.get("quotes", "JS_QUOTES_UNSPEC").removeprefix("JS_QUOTES_")
    if wrapper in ("CONDITIONAL", "UNCONDITIONAL") and quotes != "UNSPEC":
        raise context.error(
            "42601", "SQL/JSON QUOTES behavior must not be specified when WITH WRAPPER is used", node
        )
    document = item(context, node["context_item"], scope)
    where = path(context, node["pathspec"], scope)
    names, values = passing(context, node.all("passing"), scope)
    usual = {"value": "text", "query": "jsonb", "exists": "bool"}[op]
    target = _output(context, output) or (usual, None)
    kinds, defaults = behaviours(context, node, scope, op, target)
    spec = {
        "op": op,
        "type": target[0],
        "typmod": target[1],
        "wrapper": wrapper,
        "quotes": quotes,
        "names": names,
        "types": [each.type for each in values],
        "column": None,
        **kinds,
    }
    call = made(target[0], "sql/json", [_text(spec), document, where, *defaults, *values], node)
    call.typmod = target[1]
    return call


# -- constructors ----------------------------------------------------------------------------------------------------------


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
    output = _output(context, node.get("output"))
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
    output = _output(context, node.get("output"))
    format_of(node)
    written = node.fields["query"]
    node.skip("query", "absent_on_null")
    if len(written["SelectStmt"].get("targetList", ())) > 1:
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
    link = Node(
        "SubLink", {"subLinkType": "EXPR_SUBLINK", "subselect": _written("SelectStmt", query)}, node.statement
    )
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
    return _output(context, node["constructor"].get("output"))


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
    output = _output(context, node.get("output"))
    unique = bool(node.get("unique_keys"))
    if expr.type in _JSON and not unique:
        found = expr if expr.type == "json" else coerce_explicit(context, expr, "json", None, node)
    elif not _is_text(context, expr.type):
        if unique:
            raise context.error("42804", "cannot use non-string types with WITH UNIQUE KEYS clause", expr)
        raise context.error("42846", f"cannot cast type {title(expr.type)} to json", _inner_place(expr, node))
    elif unique:
        found = made("json", "sql/json unique", [_as_text(context, expr)], node)
    else:
        found = Cast("json", _as_text(context, expr), "e", location=node.location)
    return _returned(context, output, found)


def _inner_place(expr: Expr, node: Node) -> Expr | Node:
    return expr if expr.location >= 0 else node


def scalar(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_SCALAR(value)."""
    expr = coerce(context, expressions.expression(context, node["expr"], scope), "any")
    output = _output(context, node.get("output"))
    return _returned(context, output, made("json", "sql/json scalar", [expr], node))


def serialized(context: Context, node: Node, scope: Scope) -> Expr:
    """JSON_SERIALIZE(json): text that is checked by nothing is read as json first."""
    given = node["expr"]
    expr = expressions.expression(context, given["raw_expr"], scope)
    form = format_of(given)
    output = _output(context, node.get("output")) or ("text", None)
    if expr.type == "jsonb":  # 18.6 hands out the bytes of the value
        raise context.unsupported("JSON_SERIALIZE of jsonb", node)
    if expr.type != "json":
        if not _is_text(context, expr.type):
            word = "implicit" if form == _DEFAULT else "explicit"
            raise context.error("42804", f"cannot use non-string types with {word} FORMAT JSON clause", expr)
        expr = Cast("json", _as_text(context, expr), "e", location=expr.location)
    if output[0] != "bytea" and not _is_text(context, output[0]):
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
    if expr.type not in _JSON and expr.type != "bytea" and not _is_text(context, expr.type):
        raise context.error("42804", f"cannot use type {title(expr.type)} in IS JSON predicate")
    return made("bool", "sql/json is", [_text(kind), Const("int4", int(unique)), _as_text(context, expr)], node)


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
