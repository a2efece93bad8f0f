"""UNLOGGED: rows that a crash loses (manual, CREATE TABLE). Nothing crashes here, so only the catalogue and the rules about it tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import ForeignKey, Table
from nexus_testkit.postgres.nodes import Node

if TYPE_CHECKING:
    from nexus_testkit.postgres.analyze.alter import Work


def unlogged(context: Context, relation: Node, key: str) -> bool:
    """Whether a new table's name is said to be UNLOGGED.

    Raises:
        DatabaseError: 42P16 where its schema is that of temporary tables.
    """
    said = relation.get("relpersistence", "p") == "u"
    if said and naming.temporary(key):
        raise context.error("42P16", "only temporary relations may be created in temporary schemas", relation)
    return bool(said)


def require_reachable(context: Context, table: Table, target: Table) -> None:
    """Refuse a foreign key to what is lost earlier (`ATAddForeignKeyConstraint`).

    Raises:
        DatabaseError: 42P16.
    """
    one, other = naming.temporary(table.name), naming.temporary(target.name)
    if one != other or (target.unlogged and not table.unlogged):
        kind = "temporary" if one else "unlogged" if table.unlogged else "permanent"
        allowed = "permanent or unlogged" if kind == "unlogged" else kind
        raise context.error("42P16", f"constraints on {kind} tables may reference only {allowed} tables")


def rule(*, to_logged: bool) -> Callable[[Work], None]:
    """SET LOGGED and SET UNLOGGED (`ATPrepChangePersistence`)."""

    def run(work: Work) -> None:
        context, table = work.context, work.table
        if naming.temporary(table.name):
            raise context.error(
                "42P16",
                f'cannot change logged status of table "{naming.bare(table.name)}" because it is temporary',
                table_name=naming.bare(table.name),
            )
        if table.unlogged != to_logged:
            return
        if to_logged:
            keys = [(made, context.catalog.tables[made.table]) for made in table.foreign_keys]
            wrong = [(made, other) for made, other in keys if other.unlogged and other.name != table.name]
        else:
            wrong = [
                (made, other)
                for other in context.catalog.tables.values()
                for made in other.foreign_keys
                if made.table == table.name and not other.unlogged and other.name != table.name
            ]
        for made, other in wrong:
            raise _bound(context, table, made, other, to_logged=to_logged)
        work.change(replace(table, unlogged=not to_logged))

    return run


def _bound(context: Context, table: Table, made: ForeignKey, other: Table, *, to_logged: bool) -> Exception:
    now, then = ("logged", "unlogged") if to_logged else ("unlogged", "logged")
    return context.error(
        "42P16",
        f'could not change table "{naming.bare(table.name)}" to {now} '
        f'because it references {then} table "{naming.bare(other.name)}"',
        table_name=naming.bare(table.name),
        constraint_name=made.name,
    )
