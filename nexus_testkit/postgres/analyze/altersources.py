"""Where a column's value comes from: ALTER COLUMN ... ADD, SET and DROP of identities and generation expressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nexus_testkit.postgres.analyze.alter import ATTRIBUTES, DROP, EXPRESSION, OTHER, Work, column_of
from nexus_testkit.postgres.analyze.columns import unplaced
from nexus_testkit.postgres.analyze.constraints import choose_name
from nexus_testkit.postgres.analyze.sequences import BOUNDS, changed, with_options
from nexus_testkit.postgres.analyze.tables import generate, with_column
from nexus_testkit.postgres.catalog.schema import Sequence
from nexus_testkit.postgres.nodes import Node

Prepared = tuple[int, Callable[[Work], None]]


# ------------------------------------------------------------------------------------- identities


def _add_identity(_: Work, command: Node) -> Prepared:
    name, node = command["name"], command["def"]

    def run(work: Work) -> None:
        context = work.context
        column = column_of(work, name)
        place = f'column "{name}" of relation "{work.shown}"'
        if column.type not in BOUNDS:
            raise context.error("22023", "identity column type must be smallint, integer, or bigint")
        if not column.not_null:
            raise context.error("55000", f"{place} must be declared NOT NULL before identity can be added")
        if column.identity:
            raise context.error("55000", f"{place} is already an identity column")
        if column.default is not None or column.sequence is not None:
            raise context.error("55000", f"{place} already has a default value")
        key = choose_name(work.catalog, work.name, name, "seq")
        fresh = Sequence(key, column.type, maximum=BOUNDS[column.type], owner=(work.name, name))
        sequence = with_options(context, fresh, node.all("options"))
        column = replace(column, identity=node["generated_when"], sequence=key)
        work.settle(work.catalog.with_table(with_column(work.table, column)).with_sequences(sequence))
        work.steps.append(lambda session: session.engine.forget_sequences({key}))

    node.skip("contype")
    return OTHER, run


def _set_identity(_: Work, command: Node) -> Prepared:
    name, options = command["name"], command["def"]["items"]

    def run(work: Work) -> None:
        context = work.context
        column = column_of(work, name)
        if not column.identity:
            raise context.error("55000", f'column "{name}" of relation "{work.shown}" is not an identity column')
        rest: list[Node] = []
        generated = ""
        for option in options:
            if option.fields["defname"] == "generated":
                if generated:
                    raise context.error("42601", "conflicting or redundant options", option)
                option.skip("defname", "defaction")
                generated = chr(option["arg"].get("ival", 0))
            else:
                rest.append(option)
        if generated:
            work.change(with_column(work.table, replace(column, identity=generated)))
        if rest:
            catalog, steps = changed(context, str(column.sequence), rest)
            work.settle(catalog)
            work.steps += steps

    return ATTRIBUTES, run


def _drop_identity(_: Work, command: Node) -> Prepared:
    name = command["name"]
    missing_ok = bool(command.get("missing_ok"))

    def run(work: Work) -> None:
        column = column_of(work, name)
        if not column.identity:
            if missing_ok:
                return
            raise work.context.error("55000", f'column "{name}" of relation "{work.shown}" is not an identity column')
        gone = {str(column.sequence)}
        column = replace(column, identity="", sequence=None)
        work.settle(work.catalog.with_table(with_column(work.table, column)).without_sequences(gone))
        work.steps.append(lambda session: session.engine.forget_sequences(gone))

    return DROP, run


# ------------------------------------------------------------------------------ generated columns


def _drop_expression(_: Work, command: Node) -> Prepared:
    name = command["name"]
    missing_ok = bool(command.get("missing_ok"))

    def run(work: Work) -> None:
        column = column_of(work, name)
        if column.virtual and column.generated is not None:
            raise work.context.error(
                "0A000",
                "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns",
                detail=f'Column "{name}" of relation "{work.shown}" is a virtual generated column.',
            )
        if column.generated is None:
            if missing_ok:
                return
            raise work.context.error("55000", f'column "{name}" of relation "{work.shown}" is not a generated column')
        work.change(with_column(work.table, replace(column, generated=None)))
        work.shaped = True

    return DROP, run


def _set_expression(_: Work, command: Node) -> Prepared:
    name, node = command["name"], command["def"]

    def run(work: Work) -> None:
        context = work.context
        column = column_of(work, name)
        if column.generated is None:
            raise context.error("55000", f'column "{name}" of relation "{work.shown}" is not a generated column')
        if column.virtual and any(name in check.columns for check in work.table.checks):
            raise context.error(
                "0A000",
                "ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables with check constraints",
                detail=f'Column "{name}" of relation "{work.shown}" is a virtual generated column.',
            )
        generated = {made.name for made in work.table.columns if made.generated is not None}
        with unplaced(context, work.name):
            made = generate(context, work.table, column, node, generated)
        work.change(with_column(work.table, made))
        work.shaped = True
        work.copies |= not column.virtual
        work.retyped.add(name)
        work.checks += [check.name for check in work.table.checks if name in check.columns and check.validated]
        if column.not_null:
            work.not_null.append(name)

    return EXPRESSION, run


RULES: dict[str, Callable[[Work, Node], Prepared]] = {
    "AddIdentity": _add_identity,
    "SetIdentity": _set_identity,
    "DropIdentity": _drop_identity,
    "DropExpression": _drop_expression,
    "SetExpression": _set_expression,
}
