"""The actions of ALTER TABLE. A rule reads one at once, and gives its place in the order and what to do then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nexus_testkit.postgres.analyze import altersources, altertype, constraintchanges, depending, persistence
from nexus_testkit.postgres.analyze.alter import ADD, ATTRIBUTES, DROP, MISC, OTHER, Work, column_of
from nexus_testkit.postgres.analyze.assignments import default_of
from nexus_testkit.postgres.analyze.columns import Draft, add_column, default_value, unplaced
from nexus_testkit.postgres.analyze.constraints import SYSTEM_COLUMNS
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.storage import require_option
from nexus_testkit.postgres.analyze.tables import finish, require_not_null, with_column
from nexus_testkit.postgres.analyze.typenames import resolve_type, serial_type
from nexus_testkit.postgres.analyze.volatility import mutable
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Const

Prepared = tuple[int, Callable[[Work], None]]


# -------------------------------------------------------------------------------- columns that come and go


def _add_column(work: Work, command: Node) -> Prepared:
    node = command["def"]
    name = node.fields["colname"]
    if command.get("missing_ok") and work.table.column(name) is not None:
        command.ignore()
        node.ignore()
        return ADD, lambda _: None

    def run(work: Work) -> None:
        context = work.context
        if work.table.column(name) is not None:
            raise context.error("42701", f'column "{name}" of relation "{work.shown}" already exists')
        draft = Draft(work.name, table=work.table)
        with unplaced_expressions(context, node, work.name):
            add_column(context, draft, node)
        known_keys = {key.name for key in work.table.keys}
        known_checks = {check.name for check in work.table.checks}
        known_foreign = {foreign.name for foreign in work.table.foreign_keys}
        table = finish(context, draft)
        column = next(made for made in table.columns if made.name == name)
        work.settle(work.catalog.with_table(table).with_sequences(*draft.sequences))
        work.shaped = True
        work.gone.discard(name)
        if column.generated is None:
            default = default_of(column)
            work.values[name] = default
            filled = not (isinstance(default, Const) and default.value is None)
            work.copies |= filled and mutable(default)
            if column.not_null and not filled:
                work.not_null.append(name)
        else:
            work.copies |= not column.virtual
            if column.not_null:
                work.not_null.append(name)
        work.keys += [key.name for key in table.keys if key.name not in known_keys]
        work.checks += [check.name for check in table.checks if check.name not in known_checks]
        filled_key = column.generated is not None or work.values[name] != Const(column.type, None)
        if filled_key:
            work.references += [
                (work.name, foreign.name) for foreign in table.foreign_keys if foreign.name not in known_foreign
            ]

    return ADD, run


def unplaced_expressions(context: Context, node: Node, table: str) -> Any:
    """A column's default is read without the statement's text; its type is not."""
    has_default = any(
        constraint.get("Constraint", {}).get("contype") == "CONSTR_DEFAULT"
        for constraint in node.fields.get("constraints", ())
    )
    written = node["typeName"]
    if has_default and not serial_type(written):
        resolve_type(context, written)
    return unplaced(context, table if has_default else "")


def _drop_column(_: Work, command: Node) -> Prepared:
    name = command["name"]
    cascade = command.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    missing_ok = bool(command.get("missing_ok"))

    def run(work: Work) -> None:
        if work.table.column(name) is None:
            if name in SYSTEM_COLUMNS:
                raise work.context.error("0A000", f'cannot drop system column "{name}"')
            if missing_ok:
                return
            column_of(work, name)
        drop_column(work, name, cascade=cascade)

    return DROP, run


def drop_column(work: Work, name: str, *, cascade: bool) -> None:
    """DROP COLUMN with what goes with it, and with CASCADE what depends on it."""
    found = depending.of_column(work.catalog, work.table, name)
    if found and not cascade:
        shown = f"column {name} of table {work.shown}"
        raise depending.refusal(work.context, shown, [f"{what} depends on {shown}" for what, _ in found])
    for _, drop in found:
        drop(work)
    table = work.table
    if table.column(name) is None:
        return
    sequences = {key for key, sequence in work.catalog.sequences.items() if sequence.owner == (work.name, name)}
    after = replace(
        table,
        columns=tuple(column for column in table.columns if column.name != name),
        checks=tuple(check for check in table.checks if name not in check.columns),
        keys=tuple(key for key in table.keys if not depending.reads(key, name)),
        foreign_keys=tuple(foreign for foreign in table.foreign_keys if name not in foreign.columns),
    )
    catalog = work.catalog.with_table(after)
    if sequences:
        catalog = depending.without_sequences(
            work.context, catalog, sequences, cascade=cascade, dropped=(work.name, name)
        )
        work.steps.append(lambda session: session.engine.forget_sequences(sequences))
    work.settle(catalog)
    work.values.pop(name, None)
    work.gone.add(name)
    work.shaped = True


# ------------------------------------------------------------------------------------- attributes


def _set_not_null(_: Work, command: Node) -> Prepared:
    name = command["name"]

    def run(work: Work) -> None:
        column = column_of(work, name)
        if not column.not_null:
            work.change(require_not_null(work.context, work.table, name, ""))
            work.not_null.append(name)

    return ATTRIBUTES, run


def _drop_not_null(_: Work, command: Node) -> Prepared:
    name = command["name"]

    def run(work: Work) -> None:
        drop_not_null(work, column_of(work, name))

    return DROP, run


def drop_not_null(work: Work, column: Column) -> None:
    """DROP NOT NULL, also by the constraint's name."""
    if not column.not_null:
        return
    if column.identity:
        raise work.context.error("42601", f'column "{column.name}" of relation "{work.shown}" is an identity column')
    key = work.table.primary_key
    if key is not None and column.name in key.columns:
        raise work.context.error("42P16", f'column "{column.name}" is in a primary key')
    work.change(with_column(work.table, replace(column, not_null=False, not_null_name="")))


def _default(_: Work, command: Node) -> Prepared:
    name = command["name"]
    node = command.get("def")

    def run(work: Work) -> None:
        column = column_of(work, name)
        context = work.context
        if column.identity:
            raise context.error(
                "42601",
                f'column "{name}" of relation "{work.shown}" is an identity column',
                hint=None if node is not None else "Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead.",
            )
        if column.generated is not None:
            hint = None
            if node is None and not column.virtual:
                hint = "Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead."
            elif node is not None:
                hint = "Use ALTER TABLE ... ALTER COLUMN ... SET EXPRESSION instead."
            raise context.error("42601", f'column "{name}" of relation "{work.shown}" is a generated column', hint=hint)
        default = None
        if node is not None:
            with unplaced(context, work.name):
                default = default_value(context, column, node)
        work.change(with_column(work.table, replace(column, default=default, sequence=None)))

    return (DROP if node is None else OTHER), run


# -------------------------------------------------------------------------------- what changes nothing


def _owner(context: Context, command: Node) -> None:
    role = command["newowner"]
    kind = role["roletype"]
    name = role.get("rolename")
    role.skip("location")
    if kind == "ROLESPEC_CSTRING" and name != "postgres":
        raise context.error("42704", f'role "{name}" does not exist')


def _options(context: Context, command: Node) -> None:
    for option in command["def"]["items"]:
        require_option(context, option)


def _nothing(_: Context, command: Node) -> None:
    command.skip("name", "num", "def", "missing_ok")
    if "def" in command and isinstance(command["def"], Node):
        command["def"].ignore()


#: Actions that no answer of the fake depends on, of tables and of other relations.
HARMLESS: dict[str, Callable[[Context, Node], None]] = {
    "ChangeOwner": _owner,
    "SetRelOptions": _options,
    "ResetRelOptions": _options,
    "SetLogged": _nothing,
    "SetUnLogged": _nothing,
    "DropCluster": _nothing,
}


def _harmless(word: str) -> Callable[[Work, Node], Prepared]:
    def rule(work: Work, command: Node) -> Prepared:
        return MISC, lambda _: HARMLESS[word](work.context, command)

    return rule


def _of_column(_: Work, command: Node) -> Prepared:
    """SET STATISTICS, SET STORAGE, SET (n_distinct = ...)."""
    name = command.get("name")

    def run(work: Work) -> None:
        if name is not None:
            column_of(work, name)
        _nothing(work.context, command)

    return MISC, run


def _cluster(_: Work, command: Node) -> Prepared:
    name = command["name"]

    def run(work: Work) -> None:
        if not any(naming.bare(key.name) == name for key in work.table.keys):
            raise work.context.error("42704", f'index "{name}" for table "{work.shown}" does not exist')

    return MISC, run


def _identity_of_rows(_: Work, command: Node) -> Prepared:
    """REPLICA IDENTITY."""
    command["def"].ignore()
    return MISC, lambda _: None


RULES: dict[str, Callable[[Work, Node], Prepared]] = {
    "AddColumn": _add_column,
    "DropColumn": _drop_column,
    "AlterColumnType": altertype.alter_type,
    "AddConstraint": constraintchanges.add,
    "DropConstraint": constraintchanges.drop,
    "ValidateConstraint": constraintchanges.validate,
    "AlterConstraint": constraintchanges.alter,
    "SetNotNull": _set_not_null,
    "DropNotNull": _drop_not_null,
    "ColumnDefault": _default,
    **altersources.RULES,
    "SetStatistics": _of_column,
    "SetStorage": _of_column,
    "SetOptions": _of_column,
    "ResetOptions": _of_column,
    "ClusterOn": _cluster,
    "ReplicaIdentity": _identity_of_rows,
    **{word: _harmless(word) for word in HARMLESS},
    "SetLogged": lambda _, __: (MISC, persistence.rule(to_logged=True)),
    "SetUnLogged": lambda _, __: (MISC, persistence.rule(to_logged=False)),
}
