"""FROM: tables, subqueries, common table expressions, functions, joins (`parse_clause.c`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nexus_testkit.errors.database import UndefinedTable
from nexus_testkit.postgres.analyze import expressions, fromfunctions, select
from nexus_testkit.postgres.analyze.coerce import coerce, common_type
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.operators import binary
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.rewriting import Tree, rewritten
from nexus_testkit.postgres.typed import BoolOp, Call, Coalesce, ColumnRef, Const, Expr
from nexus_testkit.postgres.typed_queries import (
    CteSource,
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
        shown = f"{node.fields['schemaname']}.{node['relname']}" if "schemaname" in node else node["relname"]
        if shown.startswith(("pg_catalog.", "information_schema.", "pg_")) and _system(context, node) is not None:
            raise context.unsupported(f"the system catalogue {shown}", node)
        if name in context.catalog.views:
            raise context.error("42809", f'"{naming.bare(name)}" is not a table')
        if name in context.catalog.sequences and located:
            raise context.error("42809", f'cannot change sequence "{naming.bare(name)}"')
        if context.catalog.index(name) is not None or name in context.catalog.sequences:
            kind = "sequences" if name in context.catalog.sequences else "indexes"
            raise context.error(
                "42809",
                f'cannot open relation "{naming.bare(name)}"',
                node if located else None,
                detail=f"This operation is not supported for {kind}.",
            )
        schema = node.fields.get("schemaname")
        if not located and schema is not None and schema not in (*context.catalog.schemas, "pg_temp"):
            raise context.error("3F000", f'schema "{schema}" does not exist')
        raise context.error("42P01", f'relation "{shown}" does not exist', node if located else None)
    return table


def find_relation(context: Context, node: Node) -> Table:
    """The table, or a view as a table of its columns, that DDL reads (LIKE)."""
    key = relation_name(context, node)
    view = context.catalog.views.get(key)
    if key in context.catalog.sequences:
        raise context.error(
            "42809",
            f'relation "{naming.bare(key)}" is invalid in LIKE clause',
            node,
            detail="This operation is not supported for sequences.",
        )
    if view is not None and not view.materialized:
        return Table(view.name, tuple(replace(column, default=None) for column in view.columns))
    return find_table(context, node, located=True)


def relation_name(context: Context, node: Node) -> str:
    """The key of the relation that a RangeVar means, or of none that exists."""
    schema = node.get("schemaname")
    name: str = node["relname"]
    catalog = context.catalog
    if schema is None and catalog.path == ("public",):
        return name
    if schema in ("pg_catalog", "information_schema"):
        raise context.unsupported(f"the system catalogue {schema}.{name}", node)
    found = naming.relation(catalog, schema, name)
    return found or next(naming.candidates(catalog, schema, name), f"{naming.RELATION}{name}")


def new_name(context: Context, node: Node) -> str:
    """The key of a relation that is about to be made: in the schema that was written, or in the search path's first.

    Raises:
        DatabaseError: 3F000 where there is no such schema.
    """
    schema = node.get("schemaname")
    name: str = node["relname"]
    catalog = context.catalog
    temporary = node.get("relpersistence", "p") == "t"
    if temporary and schema not in (None, "pg_temp", catalog.temporary):
        raise context.error("42P16", "cannot create temporary relation in non-temporary schema", node)
    if temporary or schema in ("pg_temp", catalog.temporary):
        if catalog.temporary not in catalog.schemas:
            schemas = (*catalog.schemas, catalog.temporary)
            context.catalog = catalog.changed(schemas=schemas, path=(catalog.temporary, *catalog.path))
        return naming.key(catalog.temporary, name)
    if schema is None:
        schema = naming.creation_schema(catalog)
        if schema is None:
            raise context.error("3F000", "no schema has been selected to create in", node)
    elif schema not in catalog.schemas:
        if schema in ("pg_catalog", "information_schema"):
            raise context.error(
                "42501",
                f'permission denied to create "{schema}.{name}"',
                detail="System catalog modifications are currently disallowed.",
            )
        raise context.error("3F000", f'schema "{schema}" does not exist', node)
    return naming.key(schema, name)


def settled(context: Context, tree: Tree) -> Tree:
    """An expression or a query that is kept: the relations that its constants name stay the same under every search path."""

    def change(node: Any) -> Any:
        if isinstance(node, Const) and node.type == "regclass" and node.value is not None:
            found = naming.relation_in(context.catalog, str(node.value))
            return replace(node, value=naming.explicit(found)) if found is not None else None
        return None

    return rewritten(tree, change)


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
    taken = {entry.alias: entry.key for entry in before if entry.alias is not None and entry.qualified}
    for entry in after:
        # Tables of one name in two schemas may stand side by side, as long as neither has an alias.
        if entry.alias in taken and entry.qualified and (not entry.key or taken[entry.alias] in ("", entry.key)):
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
        return fromfunctions.source(context, node, scope)
    if node.kind == "JsonTable":
        from nexus_testkit.postgres.analyze import jsontable  # noqa: PLC0415  # few statements need it

        return jsontable.source(context, node, scope)
    if node.kind == "JoinExpr":
        return _join(context, node, scope)
    raise context.unsupported(node.kind, node)


def renamed(
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
    name: str = node["relname"]
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
        shown, columns = renamed(context, given, columns, name)
        found = CteSource(alias, cte.name)
        return found, [Entry(shown, columns, alias, concealed=cte.concealed, source=found)]
    if (own := _system(context, node)) is not None:
        source, columns = own
        key = source.table if given is None else ""
        shown, columns = renamed(context, given, columns, name)
        return source, [Entry(shown, columns, source.alias, key=key, system=source.table)]
    key = relation_name(context, node)
    view = context.catalog.views.get(key)
    if view is not None:
        from nexus_testkit.postgres.analyze import views  # noqa: PLC0415  # many programs have none

        if not view.materialized:
            made, columns = views.source(context, view, alias, name)
            shown, columns = renamed(context, given, columns, name)
            return made, [Entry(shown, columns, alias, key="" if given is not None else key, view=key, source=made)]
        views.require_populated(context, view)
    if key in context.catalog.sequences:
        return _sequence(key, alias, name, context, given)
    try:
        table = find_table(context, node)
    except UndefinedTable as error:
        level: Scope | None = scope
        while level is not None and name not in level.future:
            level = level.parent
        if level is not None and "schemaname" not in node:
            error.detail = (
                f'There is a WITH item named "{name}", but it cannot be referenced from this part of the query.'
            )
            error.hint = "Use WITH RECURSIVE, or re-order the WITH items to remove forward references."
        raise
    entry = table_entry(table, alias, name, alias)
    shown, columns = renamed(context, given, entry.columns, name)
    return TableSource(alias, table.name), [
        Entry(shown, columns, alias, table, key="" if given is not None else table.name)
    ]


_SEQUENCE = (("last_value", "int8"), ("log_cnt", "int8"), ("is_called", "bool"))


def _sequence(key: str, alias: str, name: str, context: Context, given: Node | None) -> tuple[Source, list[Entry]]:
    """A sequence is a table of one row."""
    call = Call("json", "sequence row", ("text",), (Const("text", naming.explicit(key)),), volatile=True)
    columns: list[tuple[str, Expr]] = [
        (column, ColumnRef(kind, alias, f"c{at}", f"{name}.{column}")) for at, (column, kind) in enumerate(_SEQUENCE)
    ]
    shown, columns = renamed(context, given, columns, name)
    return FunctionSource(alias, call, len(_SEQUENCE)), [Entry(shown, columns, alias)]


def _system(context: Context, node: Node) -> tuple[TableSource, list[tuple[str, Expr]]] | None:
    """A relation of pg_catalog or information_schema, which stand before the user's schemas."""
    schema, name = node.fields.get("schemaname"), node.fields["relname"]
    if schema not in ("pg_catalog", "information_schema") and not (
        schema is None and (name.startswith("pg_") or "information_schema" in context.catalog.path)
    ):
        return None
    from nexus_testkit.postgres.system import binding  # noqa: PLC0415  # few statements need it

    return binding.source(context, node)


def _subquery(context: Context, node: Node, scope: Scope) -> tuple[Source, list[Entry]]:
    lateral = bool(node.get("lateral"))
    alias = context.alias()
    query = select.query(context, node["subquery"], Scope(parent=scope if lateral else _without_entries(scope)))
    visible = query.outputs[: len(query.outputs) - getattr(query.body, "hidden", 0)]
    columns: list[tuple[str, Expr]] = [
        (output.name, ColumnRef(output.expr.type, alias, f"c{at}", output.name, typmod=output.expr.typmod))
        for at, output in enumerate(visible)
    ]
    shown, columns = renamed(context, node.get("alias"), columns, "")
    made = LateralSource(alias, query) if lateral and scope.entries else QuerySource(alias, query)
    return made, [Entry(shown or None, columns, alias, source=made if isinstance(made, QuerySource) else None)]


def _without_entries(scope: Scope) -> Scope:
    """What a subquery in FROM sees of the level round it: its common table expressions and all levels further out."""
    return Scope(parent=scope.parent, ctes=scope.ctes, unreachable=scope.entries)


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
    for entry in left_entries if kind in ("RIGHT", "FULL") else ():
        entry.nullable = True
    for entry in right_entries if kind in ("LEFT", "FULL") else ():
        entry.nullable = True
    on: Expr | None = None
    using = node.names("usingClause") if "usingClause" in node else None
    if node.get("isNatural"):
        rights = [column for entry in right_entries if entry.bare for column, _ in entry.columns]
        using = [column for entry in left_entries if entry.bare for column, _ in entry.columns if column in rights]
    if using is not None:
        on, entries = _using(context, node, kind, using, left_entries, right_entries)
        if "join_using_alias" in node:
            merged = Entry(node["join_using_alias"]["aliasname"], entries[-1].columns[: len(using)], bare=False)
            _check_aliases(context, entries, [merged])
            entries = [*entries, merged]
    elif "quals" in node:
        within = Scope(
            parent=scope.parent, ctes=scope.ctes, entries=entries, clause="JOIN/ON", unreachable=scope.entries
        )
        on = expressions.condition(context, node["quals"], within, "JOIN/ON")
    if on is None and kind != "INNER":
        on = Const("bool", 1)
    if "alias" in node:
        shown, columns = renamed(
            context, node["alias"], [column for entry in entries if entry.bare for column in entry.columns], ""
        )
        for entry in entries:
            entry.bare = entry.qualified = False
        entries = [*entries, Entry(shown, columns)]
    for entry in entries:
        entry.joined = True
    joined = "CROSS" if on is None else kind
    return JoinSource(joined, left, right, on), entries  # type: ignore[arg-type]  # one of the literals


def _using(
    context: Context, node: Node, kind: str, using: list[str], left_entries: list[Entry], right_entries: list[Entry]
) -> tuple[Expr | None, list[Entry]]:
    lefts = [column for entry in left_entries if entry.bare for column in entry.columns]
    rights = [column for entry in right_entries if entry.bare for column in entry.columns]
    merged: list[tuple[str, Expr]] = []
    tests: list[Expr] = []
    for at, name in enumerate(using):
        if name in using[:at]:
            raise context.error("42701", f'column name "{name}" appears more than once in USING clause')
        one = _only(context, lefts, name, "left")
        other = _only(context, rights, name, "right")
        tests.append(binary(context, "=", one, other, node))
        common = common_type(context, [one, other], "JOIN/USING")
        left, right = coerce(context, one, common), coerce(context, other, common)
        if kind == "FULL":
            expr: Expr = Coalesce(common, (left, right))
        elif kind == "RIGHT" or (kind in ("INNER", "CROSS") and left is not one and right is other):
            expr = right
        else:
            expr = left
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
