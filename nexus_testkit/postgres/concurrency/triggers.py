"""Temporary triggers that call back for each row that a statement touches, in the order in which it does."""

from __future__ import annotations

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.catalog.schema import ForeignKey, Key, Table
from nexus_testkit.postgres.lower.text import literal, name
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed import ColumnRef

# SQLite's default limit of a function's arguments, less our own.
_WIDEST = 120


def key_columns(key: Key) -> list[str]:
    """The columns that a key is computed from, its condition's included."""
    found = {node.name: None for node in nodes([key.terms, key.where]) if isinstance(node, ColumnRef)}
    return list(found)


def referable(table: Table) -> list[str]:
    """The columns whose change takes the strongest lock: those of keys that a foreign key could point to.

    `RelationGetIndexAttrBitmap`, INDEX_ATTR_BITMAP_KEY (relcache.c): unique, not partial, no expressions.
    """
    found: dict[str, None] = {}
    for key in table.keys:
        if key.unique and key.where is None and None not in key.columns:
            found.update(dict.fromkeys(column for column in key.columns if column is not None))
    return list(found)


def _changed(columns: list[str]) -> str:
    return (
        "(" + " OR ".join(f"OLD.{name(column)} IS NOT NEW.{name(column)}" for column in columns) + ")"
        if columns
        else "0"
    )


def referring(foreign_keys: tuple[ForeignKey, ...]) -> list[str]:
    """The columns of some foreign keys."""
    return list({column: None for foreign in foreign_keys for column in foreign.columns})


def watching(table: Table, number: int) -> list[str]:
    """The statements that make a table's triggers; `number` keeps their names apart.

    Raises:
        UnsupportedSQL: the table has too many columns for that.
    """
    if len(table.columns) > _WIDEST:
        raise UnsupportedSQL(f"overlapping transactions that write a table of more than {_WIDEST} columns")
    who, target, row = literal(table.name), f"main.{name(table.name)}", table.rowid
    new = "".join(f", NEW.{name(column.name)}" for column in table.columns)
    unique = list({column: None for key in table.keys if key.unique for column in key_columns(key)})
    indexed = list({column: None for key in table.keys for column in key_columns(key)})
    calls = {
        "BEFORE INSERT": f"pgs_row_proposed({who}{new})",
        "AFTER INSERT": f"pgs_row_inserted({who}, NEW.{row})",
        "BEFORE UPDATE": (
            f"pgs_row_update({who}, OLD.{row}, {_changed(referable(table))}, {_changed(unique)}, {_changed(indexed)}{new})"
        ),
        "AFTER UPDATE": f"pgs_row_updated({who}, NEW.{row}, {_changed(referring(table.foreign_keys))})",
        "BEFORE DELETE": f"pgs_row_delete({who}, OLD.{row})",
    }
    return [
        f"CREATE TEMP TRIGGER pgs_watch_{number}_{at} {event} ON {target} BEGIN SELECT {call}; END"
        for at, (event, call) in enumerate(calls.items())
    ]
