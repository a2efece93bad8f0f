"""Functions in FROM: sets and single values, several side by side, with ordinality, with a list of columns (`parse_clause.c`, `transformRangeFunction`)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from nexus_testkit.postgres.analyze import expressions, functions, populating, setreturning
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.typenames import resolve_type
from nexus_testkit.postgres.catalog.system import DomainType, system, title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, ColumnRef, Const, Expr, SubQuery, Typmod
from nexus_testkit.postgres.typed_queries import Source
from nexus_testkit.postgres.values import records
from nexus_testkit.postgres.values.regs import as_array

_RECORDS = {
    "json_to_record": "sql/json record",
    "jsonb_to_record": "sql/json record",
    "json_to_recordset": "sql/json recordset",
    "jsonb_to_recordset": "sql/json recordset",
}


@dataclass(slots=True)
class _Item:
    """One function: its call, its columns, and how many the call gives (one more than there are where a row has one alone)."""

    call: Call
    name: str
    columns: list[tuple[str, str, Typmod]]
    width: int
    named: bool  # whether its only column has a name of its own


def source(context: Context, node: Node, scope: Scope) -> tuple[Source, list[Entry]]:
    """A RangeFunction and what it brings into scope."""
    from nexus_testkit.postgres.analyze.sources import renamed  # noqa: PLC0415  # a cycle otherwise

    # A function in FROM always sees the items on its left; LATERAL is noise.
    node.skip("lateral", "is_rowsfrom")
    before, scope.clause = scope.clause, "FROM"
    try:
        items = [each for part in node["functions"] for each in _items(context, part, node, scope)]
    finally:
        scope.clause = before
    alias = context.alias()
    given = node.get("alias")
    ordinality = bool(node.get("ordinality"))
    made = setreturning.source(alias, [(item.call, item.width) for item in items])
    made.ordinality = ordinality
    if len(items) == 1 and len(items[0].columns) == 1 and not items[0].named and given is not None:
        _, kind, typmod = items[0].columns[0]
        items[0].columns = [(given.fields["aliasname"], kind, typmod)]
    shown = items[0].name
    columns: list[tuple[str, Expr]] = []
    at = 0
    for item in items:
        for number, (name, kind, typmod) in enumerate(item.columns):
            columns.append((name, ColumnRef(kind, alias, f"c{at + number}", f"{shown}.{name}", typmod=typmod)))
        at += item.width
    if ordinality:
        columns.append(("ordinality", ColumnRef("int8", alias, f"c{made.width}", f"{shown}.ordinality")))
    scalar = len(columns) == 1 and items[0].width == 1
    shown, columns = renamed(context, given, columns, shown)
    return made, [Entry(shown, columns, alias, scalar=scalar)]


def _items(context: Context, part: Node, node: Node, scope: Scope) -> list[_Item]:
    written = part["items"]
    call, listed = written[0], list(node.all("coldeflist"))
    if len(written) > 1 and isinstance(written[1], Node) and written[1].fields:
        listed = written[1]["items"]
    if call.kind == "FuncCall":
        together = _unnest(context, call, scope)
        if together:
            return together
    expr = (functions.call if call.kind == "FuncCall" else expressions.expression)(context, call, scope)
    if expr.type == "unknown":
        expr = coerce(context, expr, "text")
    populated = populating.rows(expr) if isinstance(expr, Call) else None
    if populated is not None and not listed:
        made, fields = populated
        shown = call.fields["funcname"][-1]["String"]["sval"]
        return [_Item(made, shown, fields, max(len(fields), 2), named=True)]
    name = (
        expr.name
        if isinstance(expr, Call)
        else call.fields["funcname"][-1]["String"]["sval"]
        if call.kind == "FuncCall"
        else expr.type
    )
    if isinstance(expr, Call) and expr.type == "record" and not setreturning.outputs_of(expr):
        return [_listed(context, expr, name, listed, call, node)]
    if listed and not _of_rows(expr):
        outs = isinstance(expr, Call) and setreturning.outputs_of(expr)
        words = (
            "a column definition list is redundant for a function with OUT parameters"
            if outs
            else 'a column definition list is only allowed for functions returning "record"'
        )
        raise context.error("42601", words, listed[0])
    _refuse_nested(context, expr)
    if isinstance(expr, Call) and _is_set(expr):
        outputs = setreturning.outputs_of(expr)
        columns: list[tuple[str, str, Typmod]] = [(column, kind, None) for column, kind in outputs]
        row = records.find(expr.type)
        if row is not None and not columns and row.key == records.ANONYMOUS:
            return [_listed(context, expr, name, listed, call, node)]
        if row is not None and not columns:
            columns = [(column, kind, None) for column, kind in row.fields]
            return [_Item(expr, name, columns, max(len(columns), 2), named=True)]
        columns = columns or [(name, expr.type, None)]
        return [_Item(expr, name, columns, len(columns), len(outputs) == 1)]
    row = records.find(expr.type)
    if row is not None:
        raise context.unsupported(f"{name} in FROM", node)
    single = Call("record", "set of one", (expr.type,), (expr,), location=expr.location)
    return [_Item(single, name, [(name, expr.type, None)], 1, named=False)]


def _refuse_nested(context: Context, expr: Expr) -> None:
    if isinstance(expr, SubQuery):
        return
    for child in children(expr):
        if isinstance(child, Call) and not child.operator and _is_set(child):
            raise context.error("0A000", "set-returning functions must appear at top level of FROM", child.location)
        _refuse_nested(context, child)


def _of_rows(expr: Expr) -> bool:
    row = records.find(expr.type)
    return row is not None and row.key == records.ANONYMOUS


def _is_set(call: Call) -> bool:
    return any(row.many and row.declared == call.declared for row in system().functions.get(call.name, ()))


def _unnest(context: Context, node: Node, scope: Scope) -> list[_Item]:
    """`unnest(a, b ...)` is as many functions as it has arguments; nothing where it is another function or of one array."""
    if len(node.fields.get("args", ())) < 2 or functions.function_name(context, node) != "unnest":
        return []
    given = [functions.argument(context, arg, scope) for arg in node["args"]]
    found: list[_Item] = []
    for arg in given:
        if not as_array(arg.type).endswith("[]") and arg.type != "unknown":
            raise context.error(
                "42883",
                f"function pg_catalog.unnest({title(arg.type)}) does not exist",
                node,
                hint="No function matches the given name and argument types. You might need to add explicit type casts.",
            )
        call = functions.make_call(context, functions.resolve(context, "unnest", [arg], node), [arg], node)
        found.append(_Item(call, "unnest", [("unnest", call.type, None)], 1, named=False))
    return found


def _listed(context: Context, call: Call, name: str, listed: list[Node], where: Node, node: Node) -> _Item:
    """A function whose columns are written beside it."""
    if listed and node.get("ordinality"):
        raise context.error("42601", "WITH ORDINALITY cannot be used with a column definition list", listed[0])
    if not listed:
        raise context.error("42601", 'a column definition list is required for functions returning "record"', where)
    if name not in _RECORDS:
        raise context.unsupported(f"{name} in FROM", where)
    columns: list[tuple[str, str, Typmod]] = []
    for item in listed:
        kind, typmod = resolve_type(context, item["typeName"])
        if isinstance(kind, DomainType):
            raise context.unsupported("a domain in a column definition list", item)
        columns.append((item["colname"], kind, typmod))
        item.skip("is_local")
    args: list[Expr] = [Const("text", json.dumps(columns))]
    if name.endswith("set"):
        args.append(Const("text", name))
    args += call.args
    made = Call("record", _RECORDS[name], tuple(arg.type for arg in args), tuple(args), location=call.location)
    return _Item(made, name, columns, max(len(columns), 2), named=True)
