"""SQL/JSON expressions (parse_expr.c, `transformJsonFuncExpr`, `transformJsonObjectConstructor` and their kin).

They become calls of functions that no user can name (`values.lowering_json`); what the syntax says goes along as JSON text.
"""

from __future__ import annotations

import json
from typing import Any

from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.overloads import STRING, UNKNOWN
from nexus_testkit.postgres.analyze.typenames import resolve_type
from nexus_testkit.postgres.catalog.system import DomainType, title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Aggregate, Call, Cast, ColumnRef, Const, Expr, SubQuery, Typmod, Window
from nexus_testkit.postgres.typed_select import SetReturning

_IMMUTABLE = frozenset({"INDEX", "INDEX WHERE", "GENERATED"})
_TIMES = frozenset({"date", "time", "timetz", "timestamp", "timestamptz"})
_JSON = frozenset({"json", "jsonb"})
_DEFAULT, _FORMAT = "JS_FORMAT_DEFAULT", "JS_FORMAT_JSON"
_WORDS = {"value": "JSON_VALUE", "query": "JSON_QUERY", "exists": "JSON_EXISTS"}
_COLUMNS = {"value": "scalar columns", "query": "formatted columns", "exists": "EXISTS columns"}
_ALLOWED = {
    "value": (("ERROR", "NULL", "DEFAULT"), "ERROR, NULL, or DEFAULT expression is"),
    "query": (
        ("ERROR", "NULL", "EMPTY", "EMPTY_ARRAY", "EMPTY_OBJECT", "DEFAULT"),
        "ERROR, NULL, EMPTY ARRAY, EMPTY OBJECT, or DEFAULT expression is",
    ),
    "exists": (("ERROR", "TRUE", "FALSE", "UNKNOWN"), "ERROR, TRUE, FALSE, or UNKNOWN is"),
}


def text_of(value: Any) -> Const:
    """A constant of type text: the value, or its JSON."""
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


def is_text(context: Context, kind: str) -> bool:
    """Whether a value of the type may be read as JSON text."""
    return context.overloads.category(kind) == STRING or kind == UNKNOWN


def value(context: Context, node: Node, scope: Scope) -> Expr:
    """A value with its FORMAT: text that is said to be JSON becomes json (`transformJsonValueExpr`)."""
    expr = expressions.expression(context, node["raw_expr"], scope)
    if format_of(node) == _DEFAULT or expr.type in _JSON:
        return coerce(context, expr, "any")
    if expr.type == "bytea":
        name = Const("name", "UTF8")
        expr = Call("text", "convert_from", ("bytea", "name"), (expr, name), declared=("bytea", "name"))
    if not is_text(context, expr.type):
        raise context.error("42804", "cannot use non-string types with explicit FORMAT JSON clause", node["format"])
    return Cast("json", as_text(context, expr), "e", location=expr.location)


def as_text(context: Context, expr: Expr) -> Expr:
    """A literal of unknown type as text; others as they are."""
    return coerce(context, expr, "text") if expr.type == UNKNOWN else expr


def item(context: Context, node: Node, scope: Scope) -> Expr:
    """The context item as jsonb; a text is read when the statement runs."""
    expr = expressions.expression(context, node["raw_expr"], scope)
    format_of(node)
    if expr.type == "jsonb":
        return expr
    if not is_text(context, expr.type) and expr.type != "json":
        raise context.error("42846", f"cannot cast type {title(expr.type)} to jsonb", expr)
    return Cast("jsonb", as_text(context, expr), "e", location=expr.location)


def path(context: Context, node: Node, scope: Scope) -> Expr:
    """The path expression as jsonpath."""
    expr = expressions.expression(context, node, scope)
    if expr.type not in ("jsonpath", UNKNOWN) and not is_text(context, expr.type):
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


def of_type(context: Context, node: Node) -> tuple[str, Typmod]:
    """The type of RETURNING or of a column; domains, whose constraints ON ERROR would catch, are refused."""
    kind, typmod = resolve_type(context, node)
    if isinstance(kind, DomainType):
        raise context.unsupported("a domain as the type of SQL/JSON", node)
    return kind, typmod


def output_type(context: Context, node: Node | None) -> tuple[str, Typmod] | None:
    """The type and modifier of RETURNING; None where it is not written."""
    if node is None:
        return None
    kind, typmod = of_type(context, node["typeName"])
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
                what = f' for column "{column}"' if column else ""
                whose = _COLUMNS[op] if column else f"{_WORDS[op]}()"
                raise context.error(
                    "42601",
                    f"invalid {where} behavior{what}",
                    found,
                    detail=f"Only {words} allowed in {where} for {whose}.",
                )
            if kind == "DEFAULT":
                default = _default(context, found["expr"], scope, target)
        kinds[place] = kind
        defaults.append(default)
    return kinds, defaults


def _holds(expr: Expr, kinds: tuple[type, ...]) -> bool:
    return isinstance(expr, kinds) or any(_holds(inner, kinds) for inner in children(expr))


def _default(context: Context, node: Node, scope: Scope, target: tuple[str, Typmod]) -> Expr:
    expr = expressions.expression(context, node, scope)
    if _holds(expr, (SubQuery, Aggregate, Window, SetReturning)):
        words = "can only specify a constant, non-aggregate function, or operator expression for DEFAULT"
        raise context.error("42804", words, expr if expr.location >= 0 else node)
    if _holds(expr, (ColumnRef,)):
        raise context.error("42804", "DEFAULT expression must not contain column references", expr)
    kind, typmod = target
    if not context.overloads.can_coerce(expr.type, kind, "a"):
        raise context.error(
            "42804", f"cannot cast behavior expression of type {title(expr.type)} to {title(kind)}", expr
        )
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
    if wrapper in ("CONDITIONAL", "UNCONDITIONAL") and quotes == "OMIT":
        raise context.error("42601", "SQL/JSON QUOTES behavior must not be specified when WITH WRAPPER is used", node)
    document = item(context, node["context_item"], scope)
    where = path(context, node["pathspec"], scope)
    names, values = passing(context, node.all("passing"), scope)
    usual = {"value": "text", "query": "jsonb", "exists": "bool"}[op]
    target = output_type(context, output) or (usual, None)
    if scope.clause in _IMMUTABLE and (
        any(each.type in _TIMES for each in values)
        or not isinstance(where, Const)
        or ".date" in str(where.value)
        or ".time" in str(where.value)
    ):
        raise context.unsupported("SQL/JSON that may depend on the time zone in this place", node)
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
    call = made(target[0], "sql/json", [text_of(spec), document, where, *defaults, *values], node)
    call.typmod = target[1]
    return call
