"""ALTER TABLE, RENAME, options of sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import violations
from nexus_testkit.postgres.analyze import sources, tables
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.dml import default_of
from nexus_testkit.postgres.catalog.schema import Catalog, Column, Key, Sequence, Table
from nexus_testkit.postgres.deparse import index_term
from nexus_testkit.postgres.lower import ddl as lowered
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.queries import query
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed import Const
from nexus_testkit.postgres.values.types import affinity

Step = str | Callable[[Session], None]


def alter_table(context: Context, node: Node) -> SchemaPlan:
    """ALTER TABLE with any number of commands."""
    if node.get("objtype", "OBJECT_TABLE") != "OBJECT_TABLE":
        raise context.unsupported(f"ALTER {node['objtype'].removeprefix('OBJECT_')}", node)
    relation = node["relation"]
    name = sources.relation_name(context, relation)
    if name not in context.catalog.tables and node.get("missing_ok"):
        node.skip("cmds")
        return SchemaPlan((), context.catalog, "ALTER TABLE")
    node.skip("missing_ok")
    sources.find_table(context, relation, located=False)
    catalog = context.catalog
    steps: list[Step] = []
    for command in node["cmds"]:
        kind = command["subtype"].removeprefix("AT_")
        rule = _COMMANDS.get(kind)
        if rule is None:
            raise context.unsupported(f"ALTER TABLE {kind}", node)
        catalog, more = rule(context, catalog, catalog.tables[name], command)
        steps.extend(more)
        context.catalog = catalog
    return SchemaPlan(tuple(steps), catalog, "ALTER TABLE")


def _add_column(context: Context, catalog: Catalog, table: Table, command: Node) -> tuple[Catalog, list[Step]]:
    node = command["def"]
    name = node.fields["colname"]
    if table.column(name) is not None:
        if command.get("missing_ok"):
            node.skip(*node.fields)
            return catalog, []
        raise context.error("42701", f'column "{name}" of relation "{table.name}" already exists')
    command.skip("missing_ok")
    draft = tables.Draft(table.name)
    tables.add_column(context, draft, node)
    if draft.generated:
        raise context.unsupported("ADD COLUMN ... GENERATED", node)
    column = draft.columns[0]
    if name in draft.not_null:
        column = replace(column, not_null=True)
    after = replace(table, columns=(*table.columns, column))
    columns = {made.name: made for made in after.columns}
    taken = [key.name for key in table.keys]
    for constraint, at in draft.keys:
        key = tables.make_key(context, table.name, columns, constraint, at, taken)
        if key.primary:
            raise context.unsupported("ADD COLUMN ... PRIMARY KEY", node)
        after = replace(after, keys=(*after.keys, key))
    entry = sources.table_entry(after, "", table.name, "")
    for constraint in draft.checks:
        check = tables.make_check(context, table.name, entry, constraint, [made.name for made in after.checks])
        after = replace(after, checks=(*after.checks, check))
    for constraint, at in draft.foreign:
        foreign = tables.make_foreign(context, after, constraint, at, [made.name for made in after.foreign_keys])
        after = replace(after, foreign_keys=(*after.foreign_keys, foreign))
    catalog = catalog.with_table(after)
    if draft.sequences:
        catalog = catalog.with_sequences(*draft.sequences)
    return catalog, _add_steps(catalog, after, column)


def _add_steps(catalog: Catalog, table: Table, column: Column) -> list[Step]:
    steps: list[Step] = [f"ALTER TABLE {quoted(table.name)} ADD COLUMN {quoted(column.name)} {affinity(column.type)}"]
    steps.append(lambda session: setattr(session.engine, "catalog", catalog))
    default = default_of(column)
    if not (isinstance(default, Const) and default.value is None):
        sql = Lowering(catalog, _refuse, query).expr(default)
        steps.append(f"UPDATE {quoted(table.name)} SET {quoted(column.name)} = {sql}")
    elif column.not_null:
        steps.append(partial(_require_no_nulls, table=table.name, column=column.name))
    steps.extend(lowered.rewrite(catalog, table))
    steps.extend(
        lowered.create_index(catalog, table, key) for key in table.keys if column.name in key.columns and key.constraint
    )
    return steps


def _refuse(construct: str, _: int) -> Any:
    return database_error("0A000", construct)


def _require_no_nulls(session: Session, *, table: str, column: str) -> None:
    found = session.engine.connection.execute(f"SELECT 1 FROM {quoted(table)} WHERE {quoted(column)} IS NULL LIMIT 1")
    if found.fetchone():
        raise database_error(
            "23502",
            f'column "{column}" of relation "{table}" contains null values',
            column_name=column,
            table_name=table,
            schema_name="public",
        )


def require_unique(session: Session, *, table: Table, key: Key) -> None:
    """CREATE UNIQUE INDEX over rows that are not.

    Raises:
        DatabaseError: 23505 with the first duplicate key.
    """
    low = Lowering(session.engine.catalog, _refuse, query)
    terms = [low.key(term) for term in key.terms]
    nulls = " AND ".join(f"{low.expr(term)} IS NOT NULL" for term in key.terms)
    where = f" AND {low.condition(key.where)}" if key.where is not None else ""
    sql = (
        f"SELECT {', '.join(low.expr(term) for term in key.terms)} FROM {quoted(table.name)} WHERE {nulls}{where} "
        f"GROUP BY {', '.join(terms)} HAVING count(*) > 1 LIMIT 1"
    )
    session.engine.provide_for(sql)
    row = session.engine.connection.execute(sql).fetchone()
    if row is None:
        return
    names = ", ".join(index_term(term) for term in key.terms)
    values = session.engine.values
    shown = ", ".join(violations.shown(value, term.type, values) for value, term in zip(row, key.terms, strict=True))
    raise database_error(
        "23505",
        f'could not create unique index "{key.name}"',
        detail=f"Key ({names})=({shown}) is duplicated.",
        constraint_name=key.name,
        table_name=table.name,
        schema_name="public",
    )


def _drop_column(context: Context, catalog: Catalog, table: Table, command: Node) -> tuple[Catalog, list[Step]]:
    name = command["name"]
    cascade = command.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    if table.column(name) is None:
        if command.get("missing_ok"):
            return catalog, []
        raise context.error("42703", f'column "{name}" of relation "{table.name}" does not exist')
    command.skip("missing_ok")
    gone_keys = [key for key in table.keys if name in key.columns or name in _read_by(key)]
    if cascade or any(name in foreign.targets for _, foreign in catalog.references_to(table.name)):
        raise context.unsupported("DROP COLUMN of a column that other tables refer to, or with CASCADE", command)
    after = replace(
        table,
        columns=tuple(column for column in table.columns if column.name != name),
        checks=tuple(check for check in table.checks if name not in check.columns),
        keys=tuple(key for key in table.keys if key not in gone_keys),
        foreign_keys=tuple(foreign for foreign in table.foreign_keys if name not in foreign.columns),
    )
    # First without what mentions the column, so that SQLite lets it go.
    bare = replace(after, columns=table.columns, checks=(), foreign_keys=())
    bare = replace(bare, columns=tuple(replace(column, not_null=False) for column in bare.columns))
    gone_sequences = {key for key, sequence in catalog.sequences.items() if sequence.owner == (table.name, name)}
    catalog = catalog.with_table(after).without_sequences(gone_sequences)
    steps: list[Step] = [f"DROP INDEX IF EXISTS {quoted(key.name)}" for key in gone_keys]
    steps.extend(lowered.rewrite(catalog, bare))
    steps.append(f"ALTER TABLE {quoted(table.name)} DROP COLUMN {quoted(name)}")
    steps.extend(lowered.rewrite(catalog, after))
    return catalog, steps


def _read_by(key: Key) -> set[str]:
    read: set[str] = set()
    for expr in (*key.terms, *([key.where] if key.where is not None else [])):
        read |= tables.columns_of(expr)
    return read


def _add_constraint(context: Context, catalog: Catalog, table: Table, command: Node) -> tuple[Catalog, list[Step]]:
    node = command["def"]
    kind = node["contype"].removeprefix("CONSTR_")
    columns = {column.name: column for column in table.columns}
    if kind in ("UNIQUE", "PRIMARY"):
        key = tables.make_key(context, table.name, columns, node, None, [made.name for made in table.keys])
        if key.primary and table.primary_key is not None:
            raise context.error("42P16", f'multiple primary keys for table "{table.name}" are not allowed')
        after = replace(table, keys=(*table.keys, key))
        steps: list[Step] = []
        if key.primary:
            after = replace(
                after,
                columns=tuple(
                    replace(made, not_null=True) if made.name in key.columns else made for made in after.columns
                ),
            )
            steps.extend(partial(_require_no_nulls, table=table.name, column=str(one)) for one in key.columns)
        catalog = catalog.with_table(after)
        steps.append(partial(require_unique, table=after, key=key))
        if key.primary:
            steps.extend(lowered.rewrite(catalog, after))
        steps.append(lowered.create_index(catalog, after, key))
        return catalog, steps
    if kind == "CHECK":
        entry = sources.table_entry(table, "", table.name, "")
        check = tables.make_check(context, table.name, entry, node, [made.name for made in table.checks])
        after = replace(table, checks=(*table.checks, check))
        catalog = catalog.with_table(after)
        sql = Lowering(catalog, _refuse, query).expr(check.expr)
        failing = f"SELECT 1 FROM {quoted(table.name)} WHERE NOT {sql} LIMIT 1"
        return catalog, [
            partial(_require_none, sql=failing, table=table.name, constraint=check.name),
            *lowered.rewrite(catalog, after),
        ]
    raise context.unsupported(f"ADD CONSTRAINT {kind}", command)


def _require_none(session: Session, *, sql: str, table: str, constraint: str) -> None:
    session.engine.provide_for(sql)
    if session.engine.connection.execute(sql).fetchone():
        raise database_error(
            "23514",
            f'check constraint "{constraint}" of relation "{table}" is violated by some row',
            constraint_name=constraint,
            table_name=table,
            schema_name="public",
        )


def _drop_constraint(context: Context, catalog: Catalog, table: Table, command: Node) -> tuple[Catalog, list[Step]]:
    name = command["name"]
    if command.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE":
        raise context.unsupported("DROP CONSTRAINT ... CASCADE", command)
    key = next((key for key in table.keys if key.name == name and key.constraint), None)
    after = replace(
        table,
        checks=tuple(check for check in table.checks if check.name != name),
        keys=tuple(kept for kept in table.keys if kept is not key),
        foreign_keys=tuple(foreign for foreign in table.foreign_keys if foreign.name != name),
    )
    if after == table:
        if command.get("missing_ok"):
            return catalog, []
        raise context.error("42704", f'constraint "{name}" of relation "{table.name}" does not exist')
    command.skip("missing_ok")
    steps: list[Step] = []
    if key is not None:
        if any(set(foreign.targets) == set(key.columns) for _, foreign in catalog.references_to(table.name)):
            raise context.unsupported("DROP CONSTRAINT of a key that foreign keys refer to", command)
        steps.append(f"DROP INDEX {quoted(name)}")
    catalog = catalog.with_table(after)
    return catalog, [*steps, *lowered.rewrite(catalog, after)]


def _change_column(table: Table, changed: Column) -> Table:
    return replace(table, columns=tuple(changed if column.name == changed.name else column for column in table.columns))


def _column(context: Context, table: Table, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise context.error("42703", f'column "{name}" of relation "{table.name}" does not exist')
    return column


def _set_not_null(context: Context, catalog: Catalog, table: Table, command: Node) -> tuple[Catalog, list[Step]]:
    column = _column(context, table, command["name"])
    after = _change_column(table, replace(column, not_null=True))
    catalog = catalog.with_table(after)
    return catalog, [
        partial(_require_no_nulls, table=table.name, column=column.name),
        *lowered.rewrite(catalog, after),
    ]


def _drop_not_null(context: Context, catalog: Catalog, table: Table, command: Node) -> tuple[Catalog, list[Step]]:
    column = _column(context, table, command["name"])
    key = table.primary_key
    if key is not None and column.name in key.columns:
        raise context.error("42P16", f'column "{column.name}" is in a primary key')
    after = _change_column(table, replace(column, not_null=False))
    catalog = catalog.with_table(after)
    return catalog, list(lowered.rewrite(catalog, after))


def _default(context: Context, catalog: Catalog, table: Table, command: Node) -> tuple[Catalog, list[Step]]:
    column = _column(context, table, command["name"])
    default = tables.default_value(context, column, command["def"]) if "def" in command else None
    return catalog.with_table(_change_column(table, replace(column, default=default))), []


_COMMANDS: dict[str, Callable[[Context, Catalog, Table, Node], tuple[Catalog, list[Step]]]] = {
    "AddColumn": _add_column,
    "DropColumn": _drop_column,
    "AddConstraint": _add_constraint,
    "DropConstraint": _drop_constraint,
    "SetNotNull": _set_not_null,
    "DropNotNull": _drop_not_null,
    "ColumnDefault": _default,
}


def rename(context: Context, node: Node) -> SchemaPlan:
    """ALTER TABLE ... RENAME [COLUMN] ... TO ...: the forms that nothing else depends on."""
    kind = node["renameType"]
    node.skip("relationType")
    table = sources.find_table(context, node["relation"], located=False)
    new = node["newname"]
    if table.foreign_keys or context.catalog.references_to(table.name) or table.checks:
        raise context.unsupported("RENAME in a table with CHECK or FOREIGN KEY", node)
    if any(key.where is not None or None in key.columns for key in table.keys):
        raise context.unsupported("RENAME in a table with an index on an expression", node)
    if kind == "OBJECT_COLUMN":
        old = node["subname"]
        column = table.column(old)
        if column is None:
            raise context.error("42703", f'column "{old}" does not exist')
        if table.column(new) is not None:
            raise context.error("42701", f'column "{new}" of relation "{table.name}" already exists')
        after = replace(
            table,
            columns=tuple(replace(made, name=new) if made.name == old else made for made in table.columns),
            keys=tuple(_renamed_key(key, old, new) for key in table.keys),
        )
        catalog = context.catalog.with_table(after)
        steps: tuple[Step, ...] = (
            f"ALTER TABLE {quoted(table.name)} RENAME COLUMN {quoted(old)} TO {quoted(new)}",
            *lowered.rewrite(catalog, after),
        )
        return SchemaPlan(steps, catalog, "ALTER TABLE")
    if kind != "OBJECT_TABLE":
        raise context.unsupported(f"RENAME of {kind.removeprefix('OBJECT_').lower()}", node)
    if context.catalog.relation_exists(new):
        raise context.error("42P07", f'relation "{new}" already exists')
    after = replace(table, name=new)
    catalog = context.catalog.with_table(after, instead_of=table.name)
    owned = [
        replace(sequence, owner=(new, sequence.owner[1]))
        for sequence in catalog.sequences.values()
        if sequence.owner is not None and sequence.owner[0] == table.name
    ]
    if owned:
        catalog = catalog.with_sequences(*owned)
    return SchemaPlan(
        (f"ALTER TABLE {quoted(table.name)} RENAME TO {quoted(new)}", *lowered.rewrite(catalog, after)),
        catalog,
        "ALTER TABLE",
    )


def _renamed_key(key: Key, old: str, new: str) -> Key:
    return replace(
        key,
        columns=tuple(new if column == old else column for column in key.columns),
        terms=tuple(replace(term, name=new) if getattr(term, "name", None) == old else term for term in key.terms),  # type: ignore[call-arg]  # a ColumnRef
    )


_FIELDS = {"start": "start", "increment": "increment", "minvalue": "minimum", "maxvalue": "maximum"}


def with_options(context: Context, sequence: Sequence, options: list[Node]) -> Sequence:
    """A sequence with START WITH, INCREMENT BY and so on."""
    changes: dict[str, Any] = {}
    for option in options:
        name = option["defname"]
        option.skip("defaction")
        if name == "cycle":
            changes["cycle"] = bool(option["arg"].get("boolval", False))
        elif name == "cache":
            option.skip("arg")
        elif name in _FIELDS and "arg" in option:
            arg = option["arg"]
            changes[_FIELDS[name]] = int(arg["fval"]) if "fval" in arg else arg.get("ival", 0)
        else:
            raise context.unsupported(f"sequence option {name}", option)
    made = replace(sequence, **changes)
    if made.increment < 0:
        raise context.unsupported("a descending sequence")
    return made if "start" in changes else replace(made, start=made.minimum)
