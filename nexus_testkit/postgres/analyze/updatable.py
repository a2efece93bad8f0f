"""INSERT, UPDATE and DELETE through a view (`rewriteHandler.c`: `view_query_is_auto_updatable`, `rewriteTargetView`).

The statement is analysed against a table that has the view's columns, and what comes of it is then put in terms of the table
behind the view: its columns for the view's, the view's WHERE beside the statement's, its CHECK OPTION for each new row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.analyze import sources, views
from nexus_testkit.postgres.analyze.assignments import default_of
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column, Key, Table, View
from nexus_testkit.postgres.merges import Merge
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.rewriting import branches, nodes, rewritten
from nexus_testkit.postgres.typed import Aggregate, BoolOp, ColumnRef, Const, Expr, Window
from nexus_testkit.postgres.typed_queries import Query, Select, SetOperation, TableSource, ViewSource
from nexus_testkit.postgres.typed_statements import Delete, Insert, Update

Change = TypeVar("Change", Insert, Update, Delete, Merge)

_HINTS = {
    "insert into": (
        "To enable inserting into the view, provide an INSTEAD OF INSERT trigger or an unconditional ON INSERT DO INSTEAD rule."
    ),
    "update": (
        "To enable updating the view, provide an INSTEAD OF UPDATE trigger or an unconditional ON UPDATE DO INSTEAD rule."
    ),
    "delete from": (
        "To enable deleting from the view, provide an INSTEAD OF DELETE trigger or an unconditional ON DELETE DO INSTEAD rule."
    ),
}
_ACTIONS = {
    "CMD_INSERT": "insert into (MERGE)",
    "CMD_UPDATE": "update (MERGE)",
    "CMD_DELETE": "delete from (MERGE)",
}
_VERBS = {"InsertStmt": "insert into", "UpdateStmt": "update", "DeleteStmt": "delete from"}
_NOT_COLUMNS = "View columns that are not columns of their base relation are not updatable."


@dataclass(slots=True)
class _Base:
    """A view in terms of the table behind it.

    Attributes:
        columns: each of the view's columns as an expression of the table's (of relation "").
        blocked: by the view's columns, the view and the column that cannot be assigned.
        conditions: the WHERE of each view from the innermost out, with that view.
        checks: those of them that new rows are checked by.
    """

    table: Table
    columns: dict[str, Expr]
    blocked: dict[str, tuple[str, str]]
    conditions: list[tuple[View, Expr]]
    checks: list[tuple[View, Expr]]


def obstacle(query: Query, *, spreads: bool = False) -> str | None:
    """Why a view with this query cannot be written through, None where it can; `spreads`: see `View`."""
    body = query.body
    if isinstance(body, Select) and (body.distinct or body.distinct_on):
        what = "DISTINCT"
    elif isinstance(body, Select) and body.groups:
        what = "GROUP BY"
    elif isinstance(body, Select) and body.having is not None:
        what = "HAVING"
    elif isinstance(body, SetOperation):
        what = "UNION, INTERSECT, or EXCEPT"
    elif query.ctes:
        what = "WITH"
    elif query.limit is not None or query.offset is not None:
        what = "LIMIT or OFFSET"
    else:
        return _obstacle_in_body(query, spreads=spreads)
    return f"Views containing {what} are not automatically updatable."


def _obstacle_in_body(query: Query, *, spreads: bool) -> str | None:
    body = query.body
    if isinstance(body, Select):
        own = list(_own_nodes(output.expr for output in body.outputs))
        if body.aggregated or any(isinstance(node, Aggregate) for node in own):
            return "Views that return aggregate functions are not automatically updatable."
        if any(isinstance(node, Window) for node in own):
            return "Views that return window functions are not automatically updatable."
        if spreads:
            return "Views that return set-returning functions are not automatically updatable."
        if len(body.sources) == 1 and isinstance(body.sources[0], TableSource | ViewSource):
            return None
    return "Views that do not select from a single table or view are not automatically updatable."


def _own_nodes(exprs: Iterator[Expr]) -> Iterator[Any]:
    """The nodes of expressions, without those of the queries in them."""
    for expr in exprs:
        pending: list[Any] = [expr]
        while pending:
            node = pending.pop()
            if isinstance(node, Query):
                continue
            if isinstance(node, list | tuple):
                pending.extend(node)
            elif isinstance(node, Expr):
                yield node
                pending.extend(getattr(node, name) for name in branches(type(node)) or ())


def target(context: Context, relation: Node, statement: Node) -> Table:
    """The table that INSERT, UPDATE, DELETE or MERGE is about, or a view as a table of its columns.

    Raises:
        DatabaseError: 55000 where nothing can be written through the view, 42809.
    """
    key = sources.relation_name(context, relation)
    view = context.catalog.views.get(key)
    if view is None:
        return sources.find_table(context, relation)
    if view.materialized and statement.kind == "MergeStmt":
        raise context.error(
            "0A000",
            f'cannot execute MERGE on relation "{naming.bare(key)}"',
            detail="This operation is not supported for materialized views.",
        )
    if view.materialized:
        raise context.error("42809", f'cannot change materialized view "{naming.bare(key)}"')
    verb = _verb(statement)
    base = _base(context, view, verb, ())
    if statement.kind == "MergeStmt" and base.checks:
        raise context.unsupported("MERGE into a view WITH CHECK OPTION", relation)
    if verb != "delete from" and len(base.blocked) == len(view.columns):
        raise _not_updatable(
            context, view, verb, "Views that have no updatable columns are not automatically updatable."
        )
    return _as_table(view, base, verb)


def _verb(statement: Node) -> str:
    """What a statement does with a view, as messages say it; of MERGE, what its first action does."""
    if statement.kind != "MergeStmt":
        return _VERBS[statement.kind]
    for clause in statement.fields["mergeWhenClauses"]:
        found = _ACTIONS.get(clause["MergeWhenClause"]["commandType"])
        if found is not None:
            return found
    return "merge into"


def _not_updatable(context: Context, view: View, verb: str, reason: str) -> DatabaseError:
    plain = verb.removesuffix(" (MERGE)")
    hint = _HINTS.get(verb)
    if hint is None:
        doing = {"insert into": "inserting into", "update": "updating", "delete from": "deleting from"}.get(
            plain, plain
        )
        event = plain.partition(" ")[0].upper()
        hint = f"To enable {doing} the view using MERGE, provide an INSTEAD OF {event} trigger."
    return context.error("55000", f'cannot {plain} view "{naming.bare(view.name)}"', detail=reason, hint=hint)


def _base(context: Context, view: View, verb: str, within: tuple[str, ...]) -> _Base:
    if view.name in within:
        raise context.error("42P17", f'infinite recursion detected in rules for relation "{naming.bare(view.name)}"')
    reason = obstacle(view.query, spreads=view.spreads)
    if reason is not None:
        raise _not_updatable(context, view, verb, reason)
    body = view.query.body
    assert isinstance(body, Select)  # noqa: S101  # `obstacle` has let nothing else through
    (source,) = body.sources
    if isinstance(source, ViewSource):
        inner = _base(context, context.catalog.views[source.view], verb, (*within, view.name))
        names = [column.name for column in context.catalog.views[source.view].columns]
        given = {f"c{at}": inner.columns[name] for at, name in enumerate(names)}
        blocked = {f"c{at}": inner.blocked[name] for at, name in enumerate(names) if name in inner.blocked}
    else:
        assert isinstance(source, TableSource)  # noqa: S101  # the same
        table = context.catalog.tables[source.table]
        if table.name in context.catalog.views:
            raise context.error("42809", f'cannot change materialized view "{naming.bare(table.name)}"')
        given = {column.name: ColumnRef(column.type, "", column.name, typmod=column.typmod) for column in table.columns}
        blocked = {}
        inner = _Base(table, {}, {}, [], [])

    def change(node: Any) -> Any:
        if isinstance(node, ColumnRef) and node.relation == source.alias:
            return given.get(node.name) or replace(node, relation="")  # else the row's number
        return None

    made = _Base(inner.table, {}, {}, list(inner.conditions), [])
    for column, output in zip(view.columns, body.outputs, strict=False):
        made.columns[column.name] = rewritten(output.expr, change)
        if not isinstance(output.expr, ColumnRef):
            made.blocked[column.name] = (view.name, column.name)
        elif output.expr.name in blocked:
            made.blocked[column.name] = blocked[output.expr.name]
    if body.where is not None:
        made.conditions.append((view, rewritten(body.where, change)))
    # CASCADED checks the views below as well, LOCAL those that ask for it themselves.
    made.checks = list(made.conditions) if view.check == "c" else list(inner.checks)
    if view.check == "l" and body.where is not None:
        made.checks.append(made.conditions[-1])
    return made


def _as_table(view: View, base: _Base, verb: str) -> Table:
    columns: list[Column] = []
    names: dict[str, str] = {}
    for column in view.columns:
        expr = base.columns[column.name]
        behind = base.table.column(expr.name) if isinstance(expr, ColumnRef) else None
        if behind is None or column.name in base.blocked:
            columns.append(column)
            continue
        names.setdefault(behind.name, column.name)
        if column.default is not None or verb == "update":
            # The table's own default fills what INSERT leaves out; UPDATE ... SET column = DEFAULT knows the view's alone.
            columns.append(replace(behind, name=column.name, default=column.default, sequence=None, not_null=False))
        else:
            columns.append(replace(behind, name=column.name, not_null=False))
    keys = tuple(found for key in base.table.keys if (found := _renamed_key(key, names)) is not None)
    return Table(view.name, tuple(columns), keys=keys)


def _renamed_key(key: Key, names: dict[str, str]) -> Key | None:
    """A key in terms of the view's columns; None where it has one that the view has not."""
    used = {node.name for node in nodes((key.terms, key.where)) if isinstance(node, ColumnRef)}
    if not used <= names.keys():
        return None

    def change(node: Any) -> Any:
        return replace(node, name=names[node.name]) if isinstance(node, ColumnRef) else None

    return replace(
        key,
        columns=tuple(None if name is None else names[name] for name in key.columns),
        terms=rewritten(key.terms, change),
        where=rewritten(key.where, change),
    )


# ----------------------------------------------------------------------------------- what comes of the analysis


def through(context: Context, tree: Change, node: Node) -> Change:
    """The statement about the table behind the view; the same where it is about a table.

    Raises:
        DatabaseError: 0A000 where a column that only the view has is assigned, 42601 where two mean the same one.
    """
    view = context.catalog.views.get(tree.table)
    if view is None:
        return tree
    verb = _verb(node)
    base = _base(context, view, verb, ())
    relations = {tree.alias, "", tree.stage, getattr(tree, "before", ""), getattr(tree, "after", ""), "excluded"}

    def change(found: Any) -> Any:
        if isinstance(found, ColumnRef) and found.relation in relations and found.name in base.columns:
            return _placed(context, base.columns[found.name], found.relation)
        return None

    made: Any = rewritten(tree, change)
    made.table = base.table.name
    if isinstance(made, Insert):
        _insert(context, made, base, _given(node, tree), verb)
    elif isinstance(made, Update):
        made.sets = [(_assigned(context, base, name, "update"), expr) for name, expr in made.sets]
        _once(context, [name for name, _ in made.sets])
    if isinstance(made, Merge):
        _merge(context, made, base)
    if isinstance(made, Update | Delete):
        conditions: list[Expr] = [_placed(context, condition, tree.alias) for _, condition in base.conditions]
        parts = (*conditions, *([made.where] if made.where is not None else []))
        if parts:
            made.where = parts[0] if len(parts) == 1 else BoolOp("bool", "AND", parts)
    if isinstance(made, Insert | Update):
        made.checks = [
            (naming.bare(checked.name), _placed(context, condition, "")) for checked, condition in base.checks
        ]
    return made  # type: ignore[no-any-return]  # of the tree's kind


def _merge(context: Context, made: Merge, base: _Base) -> None:
    """Only rows that the view shows are matched, and only those can be without a match."""
    conditions = [_placed(context, condition, made.alias) for _, condition in base.conditions]
    if conditions:
        made.on = BoolOp("bool", "AND", (*conditions, made.on))
    for action in made.actions:
        if action.match == "target" and conditions:
            own = [action.condition] if action.condition is not None else []
            parts = (*(_placed(context, condition, made.alias) for _, condition in base.conditions), *own)
            action.condition = BoolOp("bool", "AND", parts) if len(parts) > 1 else parts[0]
        given = [
            (name, value)
            for name, value in zip(action.columns, action.values, strict=True)
            # What INSERT leaves out stands at the end, with the view's idea of a default.
            if not (
                name in base.blocked and isinstance(value, Const) and value.value is None and action.kind == "INSERT"
            )
        ]
        action.columns = [_assigned(context, base, name, "merge into") for name, _ in given]
        action.values = [value for _, value in given]
        _once(context, action.columns)
        if action.kind == "INSERT":
            for column in base.table.columns:
                if column.name not in action.columns and column.generated is None:
                    action.columns.append(column.name)
                    action.values.append(default_of(column))


def _placed(context: Context, expr: Expr, relation: str) -> Expr:
    """An expression over the table under one of its aliases, the queries in it with aliases of their own."""

    def change(node: Any) -> Any:
        if isinstance(node, ColumnRef) and node.relation == "":
            return replace(node, relation=relation, location=-1)
        return None

    copied: Expr = rewritten(views.copied(context, expr), change)
    return copied


def _given(node: Node, tree: Insert | Update | Delete | Merge) -> list[str] | None:
    """The columns that INSERT gives values for; None for none."""
    if not isinstance(tree, Insert) or "selectStmt" not in node:
        return []
    named = [item["name"] for item in node.all("cols")]
    if named:
        return named
    if tree.source is not None:
        width = len(views.visible(tree.source))
    else:
        width = len(node["selectStmt"]["valuesLists"][0]["items"])
    return tree.columns[:width]


def _insert(context: Context, made: Insert, base: _Base, given: list[str] | None, verb: str) -> None:
    names = [
        _assigned(context, base, name, verb) if name in (given or ()) or name not in base.blocked else None
        for name in made.columns
    ]
    if made.conflict is not None and made.conflict.sets is not None:
        made.conflict.sets = [(_assigned(context, base, name, "update"), expr) for name, expr in made.conflict.sets]
    kept = [at for at, name in enumerate(names) if name is not None]
    made.columns = [name for name in names if name is not None]
    # Several columns of the view may be one of the table's: the first that was given counts.
    double = [at for at, name in enumerate(made.columns) if name in made.columns[:at]]
    if double:
        _once(context, [name for name in made.columns if name is not None and name in (given or ())])
        kept = [at for at in kept if made.columns[kept.index(at)] not in made.columns[: kept.index(at)]]
        made.columns = list(dict.fromkeys(made.columns))
    missing = [column for column in base.table.columns if column.name not in made.columns and column.generated is None]
    defaults = [default_of(column) for column in missing]
    if made.rows is not None:
        made.rows = [[*(row[at] for at in kept), *defaults] for row in made.rows]
    else:
        made.mapped = [*(made.mapped[at] for at in kept), *defaults]
    made.columns = [*made.columns, *(column.name for column in missing)]


def _assigned(context: Context, base: _Base, name: str, verb: str) -> str:
    """The table's column behind one of the view's."""
    if name in base.blocked:
        view, column = base.blocked[name]
        raise context.error(
            "0A000", f'cannot {verb} column "{column}" of view "{naming.bare(view)}"', detail=_NOT_COLUMNS
        )
    expr = base.columns[name]
    assert isinstance(expr, ColumnRef)  # noqa: S101  # what is no column is blocked
    return expr.name


def _once(context: Context, names: list[str]) -> None:
    for at, name in enumerate(names):
        if name in names[:at]:
            raise context.error("42601", f'multiple assignments to same column "{name}"')
