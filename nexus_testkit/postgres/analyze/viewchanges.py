"""ALTER VIEW and ALTER MATERIALIZED VIEW (`ATPrepCmd` in `tablecmds.c`); renames are in `renames`."""

from __future__ import annotations

from dataclasses import replace

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres.analyze import alter, altering, sources, views
from nexus_testkit.postgres.analyze.columns import default_value
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import View
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan

# How messages call the actions (`alter_table_type_to_string`).
_ACTIONS = {
    "AddColumn": "ADD COLUMN",
    "DropColumn": "DROP COLUMN",
    "AddConstraint": "ADD CONSTRAINT",
    "DropConstraint": "DROP CONSTRAINT",
    "AlterColumnType": "ALTER COLUMN ... SET DATA TYPE",
    "SetNotNull": "ALTER COLUMN ... SET NOT NULL",
    "DropNotNull": "ALTER COLUMN ... DROP NOT NULL",
    "ColumnDefault": "ALTER COLUMN ... SET DEFAULT",
    "AddIdentity": "ALTER COLUMN ... ADD IDENTITY",
    "DropIdentity": "ALTER COLUMN ... DROP IDENTITY",
    "SetIdentity": "ALTER COLUMN ... SET",
    "ValidateConstraint": "VALIDATE CONSTRAINT",
    "AlterConstraint": "ALTER CONSTRAINT",
}


def change(context: Context, node: Node) -> SchemaPlan:
    """ALTER TABLE of whatever it is: views are looked after here."""
    kind = node.get("objtype", "OBJECT_TABLE").removeprefix("OBJECT_")
    catalog = context.catalog
    if kind == "TYPE":
        raise context.unsupported("ALTER TYPE ... ATTRIBUTE", node)
    key = sources.relation_name(context, node["relation"])
    view = catalog.views.get(key)
    if view is None or (view.materialized and kind == "INDEX"):
        if kind in ("VIEW", "MATVIEW") and catalog.relation_exists(key):
            words = "view" if kind == "VIEW" else "materialized view"
            raise context.error("42809", f'"{naming.bare(key)}" is not a {words}')
        return alter.alter_table(context, node)
    tag = {"MATVIEW": "ALTER MATERIALIZED VIEW", "VIEW": "ALTER VIEW"}.get(kind, "ALTER TABLE")
    node.skip("missing_ok")
    for command in node["cmds"]:
        word = command["subtype"].removeprefix("AT_")
        if word == "ColumnDefault" and not view.materialized:
            view = _default(context, view, command)
        elif word in ("SetRelOptions", "ResetRelOptions"):
            _options(context, view, command)
        elif word == "ChangeOwner":
            altering.HARMLESS[word](context, command)
        elif word in _ACTIONS:
            kinds = "materialized views" if view.materialized else "views"
            raise context.error(
                "42809",
                f'ALTER action {_ACTIONS[word]} cannot be performed on relation "{naming.bare(key)}"',
                detail=f"This operation is not supported for {kinds}.",
            )
        else:
            raise context.unsupported(f"ALTER VIEW {word}", node)
    if view is catalog.views[key]:
        return SchemaPlan((), catalog, tag)
    return SchemaPlan((), catalog.changed(views={**catalog.views, key: view}), tag)


def _default(context: Context, view: View, command: Node) -> View:
    name = command["name"]
    column = next((column for column in view.columns if column.name == name), None)
    if column is None:
        raise context.error("42703", f'column "{name}" of relation "{naming.bare(view.name)}" does not exist')
    try:
        default = default_value(context, column, command["def"]) if "def" in command else None
    except UnsupportedSQL:
        raise
    except DatabaseError as error:
        error.position = None  # the server reads the expression apart from the statement
        raise
    columns = tuple(replace(each, default=default) if each is column else each for each in view.columns)
    return replace(view, columns=columns)


def _options(context: Context, view: View, command: Node) -> None:
    if view.materialized:
        altering.HARMLESS[command["subtype"].removeprefix("AT_")](context, command)
        return
    for option in command["def"]["items"]:
        if views.read_option(context, option):
            raise context.unsupported("check_option in ALTER VIEW", option)
