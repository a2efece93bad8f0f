"""Column references: which relation's column a name means (`parse_relation.c`)."""

from __future__ import annotations

from dataclasses import replace

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Case, ColumnRef, Const, Expr, IsTest
from nexus_testkit.postgres.typed_queries import Output


def column_ref(context: Context, node: Node, scope: Scope) -> Expr:
    """`name`, `alias.name`.

    Raises:
        DatabaseError: 42703, 42702, 42P01 as PostgreSQL words them.
    """
    if scope.clause == "DEFAULT":
        raise context.error("0A000", "cannot use column reference in DEFAULT expression", node)
    parts: list[str] = []
    for field in node["fields"]:
        if field.kind != "String":
            from nexus_testkit.postgres.analyze import rows  # noqa: PLC0415  # a cycle otherwise

            return rows.star(context, node, scope)
        parts.append(field["sval"])
    if len(parts) == 3:
        return _column_of(context, _in_schema(context, parts[0], parts[1], node, scope), parts[2], node)
    if len(parts) == 1:
        return _bare(context, parts[0], node, scope)
    if len(parts) == 2:
        return _qualified(context, parts[0], parts[1], node, scope)
    if len(parts) > 4:
        raise context.error("42601", f"improper qualified name (too many dotted names): {'.'.join(parts)}", node)
    raise context.unsupported("a column reference of more than three parts", node)


def _in_schema(context: Context, schema: str, name: str, node: Node, scope: Scope) -> Entry:
    """The FROM entry of `schema.table`; an alias hides the table."""
    wanted = naming.key(schema, name)
    level: Scope | None = scope
    hidden = False
    while level is not None:
        for entry in level.entries:
            key = entry.key or (entry.table.name if entry.table is not None else "")
            if key == wanted and entry.alias == name and entry.qualified:
                if entry.blocked:
                    raise _blocked(context, entry, node)
                return entry
            hidden = hidden or key == wanted
        level = level.parent
    if hidden:
        raise context.error("42P01", f'invalid reference to FROM-clause entry for table "{name}"', node)
    level = scope
    while level is not None:
        if any(entry.alias == name for entry in level.entries):
            raise context.error(
                "42P01",
                f'invalid reference to FROM-clause entry for table "{name}"',
                node,
                detail=f'There is an entry for table "{name}", but it cannot be referenced from this part of the query.',
            )
        level = level.parent
    raise context.error("42P01", f'missing FROM-clause entry for table "{name}"', node)


def _bare(context: Context, name: str, node: Node, scope: Scope) -> Expr:
    level: Scope | None = scope
    while level is not None:
        found: list[Expr] = []
        for entry in level.entries:
            if entry.bare:
                found.extend(expr for column, expr in entry.columns if column == name)
        if len(found) > 1:
            raise context.error("42702", f'column reference "{name}" is ambiguous', node)
        if found:
            for entry in level.entries:
                if entry.bare and entry.blocked and any(column == name for column, _ in entry.columns):
                    raise _blocked(context, entry, node)
            return _placed(found[0], node)
        level = level.parent
    if name in _SYSTEM_COLUMNS:
        stored = [entry for entry in scope.entries if entry.bare and (entry.table is not None or entry.system)]
        entries = [entry for entry in stored if not entry.joined]
        if len(entries) > 1:
            raise context.error("42702", f'column reference "{name}" is ambiguous', node)
        if entries:
            return _system_column(context, entries[0], name, node)
    level = scope
    while level is not None:
        for entry in level.entries:
            if entry.qualified and entry.alias == name:
                from nexus_testkit.postgres.analyze import rows  # noqa: PLC0415  # a cycle otherwise

                return rows.whole(context, entry, node)
        level = level.parent
    raise context.error("42703", f'column "{name}" does not exist', node, detail=_out_of_reach(name, scope))


def _out_of_reach(name: str, scope: Scope) -> str | None:
    """What `errorMissingColumn` says of a column that stands in a table of the statement, but not here."""
    tables: list[str | None] = []
    level: Scope | None = scope
    while level is not None:
        tables += [entry.alias for entry in level.unreachable if any(column == name for column, _ in entry.columns)]
        if name in _SYSTEM_COLUMNS:
            tables += [entry.alias for entry in level.entries if entry.joined and (entry.table or entry.system)]
        level = level.parent
    if not tables:
        return None
    if len(tables) > 1:
        return f'There are columns named "{name}", but they are in tables that cannot be referenced from this part of the query.'
    return (
        f'There is a column named "{name}" in table "{tables[0]}", '
        "but it cannot be referenced from this part of the query."
    )


_SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


def _system_column(context: Context, entry: Entry, name: str, node: Node) -> Expr:
    """`tableoid`; the others say where and when a row was stored, which only a server knows."""
    table = entry.table
    if entry.system:
        from nexus_testkit.postgres.system import binding  # noqa: PLC0415  # few statements need it

        return binding.system_column(context, entry, name, node)
    if name == "xmax" and entry.xmax is not None:
        return entry.xmax
    if name != "tableoid" or table is None or table.name not in context.catalog.numbers.relations:
        raise context.unsupported(f"the system column {name}", node)
    oid = Const("oid", context.catalog.numbers.relations[table.name].oid, location=node.location)
    # On the nullable side of an outer join there may be no row.
    missing = IsTest("bool", ColumnRef("int8", entry.relation, table.rowid), "NULL", negated=False)
    return Case("oid", ((missing, Const("oid", None)),), oid, location=node.location)


def _qualified(context: Context, alias: str, name: str, node: Node, scope: Scope) -> Expr:
    return _column_of(context, find_entry(context, alias, node, scope), name, node)


def _column_of(context: Context, entry: Entry, name: str, node: Node) -> Expr:
    found = [expr for column, expr in entry.columns if column == name]
    if len(found) > 1:
        raise context.error("42702", f'column reference "{name}" is ambiguous', node)
    if not found:
        if name in _SYSTEM_COLUMNS and (entry.table is not None or entry.system):
            return _system_column(context, entry, name, node)
        raise context.error("42703", f"column {entry.alias}.{name} does not exist", node)
    return _placed(found[0], node)


def _blocked(context: Context, entry: Entry, node: Node) -> DatabaseError:
    if entry.alias is None:
        return context.unsupported("a LATERAL reference to the outer side of a join", node)
    return context.error(
        "42P10",
        f'invalid reference to FROM-clause entry for table "{entry.alias}"',
        node,
        detail="The combining JOIN type must be INNER or LEFT for a LATERAL reference.",
    )


def find_entry(context: Context, alias: str, node: Node, scope: Scope) -> Entry:
    """The FROM entry of that alias, in this level or one round it."""
    level: Scope | None = scope
    hidden = covered = False
    while level is not None:
        same = [entry for entry in level.entries if entry.alias == alias and entry.qualified]
        if len(same) > 1:  # tables of one name in two schemas
            raise context.error("42P09", f'table reference "{alias}" is ambiguous', node)
        for entry in level.entries:
            if entry.alias == alias:
                if entry.qualified and entry.blocked:
                    raise _blocked(context, entry, node)
                if entry.qualified:
                    return entry
                hidden = covered = True
            elif entry.table is not None and entry.table.name == alias:
                hidden = True
        level = level.parent
    level = scope
    while level is not None and not hidden:
        if any(entry.alias == alias for entry in level.unreachable):
            raise context.error(
                "42P01",
                f'invalid reference to FROM-clause entry for table "{alias}"',
                node,
                detail=f'There is an entry for table "{alias}", but it cannot be referenced from this part of the query.',
            )
        level = level.parent
    if hidden:
        detail = (
            f'There is an entry for table "{alias}", but it cannot be referenced from this part of the query.'
            if covered
            else None
        )
        raise context.error("42P01", f'invalid reference to FROM-clause entry for table "{alias}"', node, detail=detail)
    raise context.error("42P01", f'missing FROM-clause entry for table "{alias}"', node)


def expand_star(context: Context, node: Node, scope: Scope) -> list[Output]:
    """The columns of `*` or `alias.*`."""
    fields = node["fields"]
    fields[-1].skip()
    if len(fields) == 1:
        entries = [entry for entry in scope.entries if entry.bare]
        if not scope.entries:
            raise context.error("42601", "SELECT * with no tables specified is not valid", node)
    else:
        parts = [field["sval"] for field in fields[:-1]]
        if len(parts) > 2:
            raise context.unsupported("database.schema.table.*", node)
        found = (
            _in_schema(context, parts[0], parts[1], node, scope)
            if len(parts) == 2
            else find_entry(context, parts[0], node, scope)
        )
        entries = [found]
    return [
        Output(name, _placed(expr, node))
        for entry in entries
        for name, expr in entry.columns[: len(entry.columns) - entry.concealed]
    ]


def _placed(expr: Expr, node: Node) -> Expr:
    """A copy that remembers where it was written (errors of GROUP BY point there)."""
    if type(expr) is ColumnRef:  # nearly all are
        return ColumnRef(expr.type, expr.relation, expr.name, expr.shown, typmod=expr.typmod, location=node.location)
    return replace(expr, location=node.location)
