"""FROM: tables, subqueries, common table expressions, functions, joins (`parse_clause.c`)."""

from __future__ import annotations

from dataclasses import replace

from nexus_testkit.postgres.analyze import expressions, functions, select
from nexus_testkit.postgres.analyze.coerce import coerce, common_type
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.operators import binary
from nexus_testkit.postgres.catalog.schema import Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import (
    BoolOp,
    Call,
    Coalesce,
    ColumnRef,
    Const,
    CteSource,
    Expr,
    FunctionSource,
    JoinSource,
    LateralSource,
    QuerySource,
    Source,
    TableSource,
)


def find_table(context: Context, node: Node, *, located: bool = True) -> Table:
    """The stored table of a RangeVar. DDL reports a missing one without a position (`located` False).

    Raises:
        DatabaseError: 42P01.
    """
    name = relation_name(context, node)
    table = context.catalog.tables.get(name)
    if table is None:
        shown = f"{node.fields['schemaname']}.{name}" if "schemaname" in node else name
        if shown.startswith(("pg_catalog.", "information_schema.", "pg_")):
            raise context.unsupported(f"the system catalogue {shown}", node)
        if name in context.catalog.sequences:
            raise context.unsupported("a sequence as a table", node)
        raise context.error("42P01", f'relation "{shown}" does not exist', node if located else None)
    return table


def relation_name(context: Context, node: Node) -> str:
    """The name in a RangeVar; the schema may be public."""
    schema = node.get("schemaname")
    name: str = node["relname"]
    if schema not in (None, "public"):
        if schema in ("pg_catalog", "information_schema"):
            raise context.unsupported(f"the system catalogue {schema}.{name}", node)
        raise context.error("42P01", f'relation "{schema}.{name}" does not exist', node)
    return name


def table_entry(table: Table, alias: str, shown: str, relation: str) -> Entry:
    """What a table brings into scope. `relation` is its alias in the lowered SQL."""
    columns: list[tuple[str, Expr]] = [
        (column.name, ColumnRef(column.type, relation, column.name, f"{shown}.{column.name}", typmod=column.typmod))
        for column in table.columns
    ]
    return Entry(shown, columns, alias, table)


def from_clause(context: Context, nodes: list[Node], scope: Scope) -> list[Source]:
    """All items of FROM; their entries are added to the scope."""
    sources: list[Source] = []
    for node in nodes:
        source, entries = _item(context, node, scope)
        _check_aliases(context, scope.entries, entries)
        scope.entries.extend(entries)
        sources.append(source)
    return sources


def _check_aliases(context: Context, before: list[Entry], after: list[Entry]) -> None:
    taken = {entry.alias for entry in before if entry.alias is not None and entry.qualified}
    for entry in after:
        if entry.alias in taken and entry.qualified:
            raise context.error(
                "42712",
                f'table name "{entry.alias}" specified more than once',
            )


def _item(context: Context, node: Node, scope: Scope) -> tuple[Source, list[Entry]]:
    if node.kind == "RangeVar":
        return _relation(context, node, scope)
    if node.kind == "RangeSubselect":
        return _subquery(context, node, scope)
    if node.kind == "RangeFunction":
        return _function(context, node, scope)
    if node.kind == "JoinExpr":
        return _join(context, node, scope)
    raise context.unsupported(node.kind, node)


def _renamed(
    context: Context, alias: Node | None, columns: list[tuple[str, Expr]], shown: str
) -> tuple[str, list[tuple[str, Expr]]]:
    """The alias and column names of `AS alias(a, b)`."""
    if alias is None:
        return shown, columns
    name = alias["aliasname"]
    given = alias.names("colnames") if "colnames" in alias else []
    if len(given) > len(columns):
        raise context.error(
            "42P10", f'table "{name}" has {len(columns)} columns available but {len(given)} columns specified'
        )
    names = given + [column for column, _ in columns[len(given) :]]
    result: list[tuple[str, Expr]] = []
    for column, (_, expr) in zip(names, columns, strict=True):
        if isinstance(expr, ColumnRef):
            expr.shown = f"{name}.{column}"
        result.append((column, expr))
    return name, result


def _relation(context: Context, node: Node, scope: Scope) -> tuple[Source, list[Entry]]:
    name = relation_name(context, node)
    alias = context.alias()
    given = node.get("alias")
    cte = scope.cte(name) if "schemaname" not in node else None
    if cte is not None:
        cte.used = True
        if cte.silent:
            raise context.error("0A000", f'WITH query "{name}" does not have a RETURNING clause', node)
        columns: list[tuple[str, Expr]] = [
            (
                output.name,
                ColumnRef(output.expr.type, alias, f"c{at}", f"{name}.{output.name}", typmod=output.expr.typmod),
            )
            for at, output in enumerate(cte.outputs)
        ]
        shown, columns = _renamed(context, given, columns, name)
        return CteSource(alias, cte.name), [Entry(shown, columns, alias)]
    table = find_table(context, node)
    entry = table_entry(table, alias, name, alias)
    shown, columns = _renamed(context, given, entry.columns, name)
    return TableSource(alias, table.name), [Entry(shown, columns, alias, table)]


def _subquery(context: Context, node: Node, scope: Scope) -> tuple[Source, list[Entry]]:
    lateral = bool(node.get("lateral"))
    alias = context.alias()
    query = select.query(context, node["subquery"], Scope(parent=scope if lateral else _without_entries(scope)))
    visible = query.outputs[: len(query.outputs) - getattr(query.body, "hidden", 0)]
    columns: list[tuple[str, Expr]] = [
        (output.name, ColumnRef(output.expr.type, alias, f"c{at}", output.name, typmod=output.expr.typmod))
        for at, output in enumerate(visible)
    ]
    shown, columns = _renamed(context, node.get("alias"), columns, "")
    made = LateralSource(alias, query) if lateral and scope.entries else QuerySource(alias, query)
    return made, [Entry(shown or None, columns, alias)]


def _without_entries(scope: Scope) -> Scope:
    """What a subquery in FROM sees of the level round it: its common table expressions and all levels further out."""
    return Scope(parent=scope.parent, ctes=scope.ctes, unreachable=scope.entries)


def _function(context: Context, node: Node, scope: Scope) -> tuple[Source, list[Entry]]:
    # A function in FROM always sees the items on its left; LATERAL is noise.
    node.skip("lateral")
    items = node["functions"]
    if len(items) != 1 or node.get("is_rowsfrom"):
        raise context.unsupported("ROWS FROM", node)
    parts = items[0]["items"]
    call_node = parts[0]
    if call_node.kind != "FuncCall":
        raise context.unsupported(f"{call_node.kind} in FROM", node)
    if "coldeflist" in node:
        raise context.unsupported("a column definition list", node)
    before = scope.clause
    scope.clause = "FROM"
    try:
        together = functions.unnest_together(context, call_node, scope)
        call = together[0] if together else functions.call(context, call_node, scope)
    finally:
        scope.clause = before
    if not isinstance(call, Call):
        raise context.unsupported("this expression in FROM", node)
    name = call.name
    given = node.get("alias")
    alias = context.alias()
    outputs = together[1] if together else _outputs(context, call, node)
    if len(outputs) == 1 and not _has_named_output(call):
        outputs = [(given.fields["aliasname"] if given is not None else name, outputs[0][1])]
    ordinality = bool(node.get("ordinality"))
    if ordinality:
        outputs = [*outputs, ("ordinality", "int8")]
    columns: list[tuple[str, Expr]] = [
        (column, ColumnRef(kind, alias, f"c{at}", f"{name}.{column}")) for at, (column, kind) in enumerate(outputs)
    ]
    shown, columns = _renamed(context, given, columns, name)
    width = len(outputs) - ordinality
    scalar = width == 1 and not ordinality
    return FunctionSource(alias, call, width, ordinality), [Entry(shown, columns, alias, scalar=scalar)]


def _routine_outputs(call: Call) -> tuple[tuple[str, str], ...]:
    from nexus_testkit.postgres.catalog.system import system  # noqa: PLC0415  # the one place that needs OUT parameters

    for row in system().functions.get(call.name, ()):
        if row.outputs and row.declared == call.declared:
            return row.outputs
    return ()


def _has_named_output(call: Call) -> bool:
    return len(_routine_outputs(call)) == 1


def _outputs(context: Context, call: Call, node: Node) -> list[tuple[str, str]]:
    outputs = list(_routine_outputs(call))
    if outputs:
        return outputs
    if call.type == "record":
        raise context.unsupported(f"{call.name} in FROM", node)
    return [(call.name, call.type)]


_KINDS = {"JOIN_INNER": "INNER", "JOIN_LEFT": "LEFT", "JOIN_RIGHT": "RIGHT", "JOIN_FULL": "FULL"}


def _join(context: Context, node: Node, scope: Scope) -> tuple[Source, list[Entry]]:
    kind = _KINDS.get(node["jointype"])
    if kind is None:
        raise context.unsupported(node["jointype"], node)
    left, left_entries = _item(context, node["larg"], scope)
    seen = [replace(entry, blocked=True) for entry in left_entries] if kind in ("RIGHT", "FULL") else left_entries
    inner = Scope(parent=scope.parent, ctes=scope.ctes, entries=[*scope.entries, *seen])
    right, right_entries = _item(context, node["rarg"], inner)
    _check_aliases(context, left_entries, right_entries)
    entries = [*left_entries, *right_entries]
    on: Expr | None = None
    using = node.names("usingClause") if "usingClause" in node else None
    if node.get("isNatural"):
        rights = [column for entry in right_entries if entry.bare for column, _ in entry.columns]
        using = [column for entry in left_entries if entry.bare for column, _ in entry.columns if column in rights]
    if "join_using_alias" in node:
        raise context.unsupported("JOIN ... USING (...) AS alias", node)
    if using is not None:
        on, entries = _using(context, node, kind, using, left_entries, right_entries)
    elif "quals" in node:
        within = Scope(
            parent=scope.parent, ctes=scope.ctes, entries=entries, clause="JOIN/ON", unreachable=scope.entries
        )
        on = expressions.condition(context, node["quals"], within, "JOIN/ON")
    if on is None and kind != "INNER":
        on = Const("bool", 1)
    if "alias" in node:
        shown, columns = _renamed(
            context, node["alias"], [column for entry in entries if entry.bare for column in entry.columns], ""
        )
        for entry in entries:
            entry.bare = entry.qualified = False
        entries = [*entries, Entry(shown, columns)]
    joined = "CROSS" if on is None else kind
    return JoinSource(joined, left, right, on), entries  # type: ignore[arg-type]  # one of the literals


def _using(
    context: Context, node: Node, kind: str, using: list[str], left_entries: list[Entry], right_entries: list[Entry]
) -> tuple[Expr | None, list[Entry]]:
    lefts = [column for entry in left_entries if entry.bare for column in entry.columns]
    rights = [column for entry in right_entries if entry.bare for column in entry.columns]
    merged: list[tuple[str, Expr]] = []
    tests: list[Expr] = []
    for name in using:
        one = _only(context, lefts, name, "left")
        other = _only(context, rights, name, "right")
        tests.append(binary(context, "=", one, other, node))
        if kind == "FULL":
            common = common_type(context, [one, other], "JOIN/USING")
            expr: Expr = Coalesce(common, (coerce(context, one, common), coerce(context, other, common)))
        else:
            expr = other if kind == "RIGHT" else one
        merged.append((name, expr))
    rest = [column for column in (*lefts, *rights) if column[0] not in using]
    for entry in (*left_entries, *right_entries):
        entry.bare = False
    on = None if not tests else tests[0] if len(tests) == 1 else BoolOp("bool", "AND", tuple(tests))
    return on, [*left_entries, *right_entries, Entry(None, merged + rest, qualified=False)]


def _only(context: Context, columns: list[tuple[str, Expr]], name: str, side: str) -> Expr:
    found = [expr for column, expr in columns if column == name]
    if not found:
        raise context.error("42703", f'column "{name}" specified in USING clause does not exist in {side} table')
    if len(found) > 1:
        raise context.error("42702", f'common column name "{name}" appears more than once in {side} table')
    return found[0]
