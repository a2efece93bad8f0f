"""Broken constraints in PostgreSQL's words.

NOT NULL and CHECK call back with the row when they fail. For UNIQUE and FOREIGN KEY SQLite only says that one failed, so the
statement is run once more, inside a savepoint that is rolled back: with a temporary trigger that notes each row before
it is written (the last one is the culprit), or with deferred foreign keys, after which `foreign_key_check` names the row.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import placeholders
from nexus_testkit.postgres.catalog.schema import ForeignKey, Key, Table
from nexus_testkit.postgres.deparse import index_term
from nexus_testkit.postgres.lower.text import name
from nexus_testkit.postgres.values import DETACHED, ValueSession, output

if TYPE_CHECKING:
    from nexus_testkit.postgres.plan import QueryPlan
    from nexus_testkit.postgres.session import Session

_LONGEST = 64
_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<index>.*)'|(?P<columns>.*))$", re.DOTALL)


def shown(value: Any, kind: str, values: ValueSession = DETACHED) -> str:
    """A storage value as messages print it, in the time zone of `values`."""
    if value is None:
        return "null"
    written = output(kind)
    return str(value if written is None else written(value, values))


def _cut(text: str) -> str:
    return text if len(text.encode()) <= _LONGEST else text.encode()[:_LONGEST].decode(errors="ignore") + "..."


def row_violation(table: Table, constraint: str | None, row: Sequence[Any], values: ValueSession) -> DatabaseError:
    """23514 where a CHECK is named, else 23502 of the first column that must not be null."""
    texts = ", ".join(_cut(shown(value, column.type, values)) for value, column in zip(row, table.columns, strict=True))
    detail = f"Failing row contains ({texts})."
    if constraint is not None:
        return database_error(
            "23514",
            f'new row for relation "{table.name}" violates check constraint "{constraint}"',
            detail=detail,
            constraint_name=constraint,
            table_name=table.name,
            schema_name="public",
        )
    column = next(column for value, column in zip(row, table.columns, strict=True) if column.not_null and value is None)
    return database_error(
        "23502",
        f'null value in column "{column.name}" of relation "{table.name}" violates not-null constraint',
        detail=detail,
        column_name=column.name,
        table_name=table.name,
        schema_name="public",
    )


def translate(session: Session, plan: QueryPlan, values: Sequence[Any], error: sqlite3.IntegrityError) -> DatabaseError:
    """The error behind SQLite's IntegrityError."""
    found = _UNIQUE.match(str(error))
    if found is not None:
        return _unique(session, plan, values, found)
    if "FOREIGN KEY" in str(error):
        return _foreign(session, plan, values)
    return database_error("XX000", f"the fake database: {error}")


@contextlib.contextmanager
def _rehearsal(session: Session) -> Iterator[sqlite3.Connection]:
    """A savepoint in which the statement may run again, with sequences and dice as they were before it."""
    engine = session.engine
    before = session.rewind_point
    after = engine.snapshot_volatile(dice=True)
    connection = engine.connection
    connection.execute("SAVEPOINT rehearsal")
    engine.functions.touched.clear()
    if before is not None:
        engine.restore_volatile(before)
    try:
        yield connection
    finally:
        connection.execute("ROLLBACK TO rehearsal")
        connection.execute("RELEASE rehearsal")
        engine.restore_volatile(after)
        engine.values.take_pending()


def _unique(session: Session, plan: QueryPlan, values: Sequence[Any], found: re.Match[str]) -> DatabaseError:
    table = session.engine.catalog.tables[str(plan.writes)]
    if found["index"] is not None:
        key = next((key for key in table.keys if key.name == found["index"]), None)
    else:
        columns = [part.rpartition(".")[2] for part in found["columns"].split(", ")]
        key = next((key for key in table.keys if key.unique and list(key.columns) == columns), None)
    if key is None:  # a cascade broke another table's key
        return database_error("23505", f"duplicate key value violates unique constraint ({found[0]})")
    return unique_error(table, *_first_broken(session, plan, values, table, key))


def unique_error(table: Table, key: Key, values: Sequence[str] | None) -> DatabaseError:
    """23505 with its detail."""
    detail = None
    if values is not None:
        detail = f"Key ({', '.join(index_term(term) for term in key.terms)})=({', '.join(values)}) already exists."
    return database_error(
        "23505",
        f'duplicate key value violates unique constraint "{key.name}"',
        detail=detail,
        constraint_name=key.name,
        table_name=table.name,
        schema_name="public",
    )


def _first_broken(
    session: Session, plan: QueryPlan, values: Sequence[Any], table: Table, key: Key
) -> tuple[Key, list[str] | None]:
    """Of the keys that the offending row breaks the one that was created first, and the row's values in it.

    SQLite names the one created last. So the triggers also ask, for each older key, whether a row with its values is there.
    """
    from nexus_testkit.postgres.lower.ddl import probe, terms_of_row  # noqa: PLC0415  # lowering is not needed until one fails

    engine = session.engine
    older = [each for each in table.keys[: table.keys.index(key)] if each.unique]
    engine.provide(frozenset({"pgs_note"}))
    with _rehearsal(session) as connection:
        engine.functions.noted = None
        for event in ("UPDATE",) if plan.tag == "UPDATE" else ("INSERT", "UPDATE"):
            columns = [f"NEW.{name(column.name)}" for column in table.columns]
            probes = [probe(engine.catalog, table, each, updated=event == "UPDATE") for each in older]
            engine.provide_for(" ".join(probes))
            connection.execute(
                f"CREATE TEMP TRIGGER rehearse_{event} BEFORE {event} ON main.{name(table.name)} "
                f"BEGIN SELECT pgs_note({', '.join([*columns, *probes])}); END"
            )
        with contextlib.suppress(sqlite3.Error):
            placeholders.execute(connection, plan.sql, values).fetchall()
        noted = engine.functions.noted
    if noted is None:
        return key, None
    row, broken = noted[: len(table.columns)], noted[len(table.columns) :]
    key = next((each for each, found in zip(older, broken, strict=True) if found), key)
    sql = terms_of_row(engine.catalog, table, key)
    engine.provide_for(sql)
    terms = placeholders.execute(engine.connection, sql, row).fetchone()
    return key, [shown(value, term.type, engine.values) for value, term in zip(terms, key.terms, strict=True)]


def _foreign(session: Session, plan: QueryPlan, values: Sequence[Any]) -> DatabaseError:
    catalog = session.engine.catalog
    with _rehearsal(session) as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        try:
            with contextlib.suppress(sqlite3.Error):
                placeholders.execute(connection, plan.sql, values).fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            # PostgreSQL's triggers fire in the order in which the constraints were made.
            made = list(catalog.tables)
            broken.sort(key=lambda row: (made.index(row[0]), -row[3]))
            for child_name, rowid, _, number in broken:
                child = catalog.tables[child_name]
                foreign = child.foreign_keys[len(child.foreign_keys) - 1 - number]
                columns = ", ".join(name(column) for column in foreign.columns)
                row = connection.execute(
                    f"SELECT {columns} FROM {name(child_name)} WHERE {child.rowid} = ?", (rowid,)
                ).fetchone()
                texts = [shown(value, _type(child, column)) for value, column in zip(row, foreign.columns, strict=True)]
                on_parent = plan.tag == "DELETE" or plan.writes != child_name
                if on_parent and (foreign.on_delete if plan.tag == "DELETE" else foreign.on_update) == "r":
                    return _restricted(child, foreign, texts)
                if plan.tag == "UPDATE" and foreign.table == child_name:
                    on_parent = _was_there(connection, foreign, row)
                return foreign_error(child, foreign, texts, on_parent=on_parent)
        finally:
            connection.execute("PRAGMA defer_foreign_keys = OFF")
    return database_error("23503", f'insert or update on table "{plan.writes}" violates a foreign key constraint')


def _was_there(connection: sqlite3.Connection, foreign: ForeignKey, row: Sequence[Any]) -> bool:
    """Whether a row that others of its own table still point to had their key before the statement that took it away."""
    connection.execute("ROLLBACK TO rehearsal")
    key = " AND ".join(f"{name(column)} = ?" for column in foreign.targets)
    return connection.execute(f"SELECT 1 FROM {name(foreign.table)} WHERE {key}", row).fetchone() is not None


def _restricted(child: Table, foreign: ForeignKey, values: Sequence[str]) -> DatabaseError:
    return database_error(
        "23001",
        f'update or delete on table "{foreign.table}" violates RESTRICT setting of foreign key constraint '
        f'"{foreign.name}" on table "{child.name}"',
        detail=f'Key ({", ".join(foreign.targets)})=({", ".join(values)}) is referenced from table "{child.name}".',
        constraint_name=foreign.name,
        table_name=child.name,
        schema_name="public",
    )


def _type(table: Table, column: str) -> str:
    found = table.column(column)
    return found.type if found is not None else "text"


def foreign_error(child: Table, foreign: ForeignKey, values: Sequence[str], *, on_parent: bool) -> DatabaseError:
    """23503, as the child's or as the parent's change breaks it."""
    if on_parent:
        message = f'update or delete on table "{foreign.table}" violates foreign key constraint "{foreign.name}" on table "{child.name}"'
        detail = (
            f'Key ({", ".join(foreign.targets)})=({", ".join(values)}) is still referenced from table "{child.name}".'
        )
    else:
        message = f'insert or update on table "{child.name}" violates foreign key constraint "{foreign.name}"'
        detail = f'Key ({", ".join(foreign.columns)})=({", ".join(values)}) is not present in table "{foreign.table}".'
    return database_error(
        "23503", message, detail=detail, constraint_name=foreign.name, table_name=child.name, schema_name="public"
    )
