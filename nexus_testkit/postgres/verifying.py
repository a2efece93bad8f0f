"""Whether the rows that are there keep a constraint that is added: CREATE UNIQUE INDEX, ALTER TABLE, VALIDATE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import violations
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.lower.text import name as quoted

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Check, ForeignKey, Key, Table
    from nexus_testkit.postgres.session import Session


def require_rows(session: Session, *, table: Table, columns: tuple[str, ...], checks: tuple[Check, ...]) -> None:
    """No null in `columns`, and `checks` hold.

    Raises:
        DatabaseError: 23502 or 23514, of the first row that breaks one (of its nulls first).
    """
    from nexus_testkit.postgres.lower.ddl import lowering  # noqa: PLC0415  # the compiler is loaded when a statement is

    low = lowering(session.engine.catalog)
    tests: list[tuple[str, str, str]] = [("null", name, f"{quoted(name)} IS NULL") for name in columns]
    tests += [("check", check.name, f"NOT {low.expr(check.expr)}") for check in checks if check.enforced]
    first: tuple[int, str, str] | None = None
    for kind, name, test in tests:
        session.engine.provide_for(test)
        rows = session.query(f"SELECT min({table.rowid}) FROM {quoted(table.name)} WHERE {test}")
        if rows[0][0] is not None and (first is None or rows[0][0] < first[0]):
            first = (rows[0][0], kind, name)
    if first is None:
        return
    _, kind, name = first
    shown, schema = naming.bare(table.name), naming.schema_of(table.name)
    if kind == "null":
        raise database_error(
            "23502",
            f'column "{name}" of relation "{shown}" contains null values',
            column_name=name,
            table_name=shown,
            schema_name=schema,
        )
    raise database_error(
        "23514",
        f'check constraint "{name}" of relation "{shown}" is violated by some row',
        constraint_name=name,
        table_name=shown,
        schema_name=schema,
    )


def duplicate(session: Session, table: Table, key: Key) -> list[str] | None:
    """The terms of the first row that has another one's, as messages print them."""
    from nexus_testkit.postgres.lower.ddl import lowering  # noqa: PLC0415  # the compiler is loaded when a statement is

    low = lowering(session.engine.catalog)
    terms = [low.key(term) for term in key.terms]
    tests = [f"{low.expr(term)} IS NOT NULL" for term in key.terms] if key.nulls_distinct else []
    if key.where is not None:
        tests.append(low.condition(key.where))
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    sql = (
        f"SELECT {', '.join(low.expr(term) for term in key.terms)}, max({table.rowid}) FROM {quoted(table.name)}{where} "
        f"GROUP BY {', '.join(terms)} HAVING count(*) > 1 ORDER BY {len(terms) + 1} LIMIT 1"
    )
    session.engine.provide_for(sql)
    rows = session.query(sql)
    if not rows:
        return None
    values = session.engine.values
    return [violations.shown(value, term.type, values) for value, term in zip(rows[0], key.terms, strict=False)]


def require_unique(session: Session, *, table: Table, key: Key) -> None:
    """An index that may be made.

    Raises:
        DatabaseError: 23505 with the first duplicate key.
    """
    found = duplicate(session, table, key)
    if found is None:
        return
    from nexus_testkit.postgres.deparse import index_term  # noqa: PLC0415  # nothing is deparsed until one fails

    names = ", ".join(index_term(term) for term in key.terms)
    raise database_error(
        "23505",
        f'could not create unique index "{naming.bare(key.name)}"',
        detail=f"Key ({names})=({', '.join(found)}) is duplicated.",
        constraint_name=naming.bare(key.name),
        table_name=naming.bare(table.name),
        schema_name=naming.schema_of(table.name),
    )


def broken(session: Session, table: Table, foreign: ForeignKey) -> list[tuple[int, list[str]]]:
    """The rows that break a foreign key: their numbers and their values in it, as messages print them."""
    values = session.engine.values
    kinds = [column.type for name in foreign.columns if (column := table.column(name)) is not None]
    columns = ", ".join(f"child.{quoted(name)}" for name in foreign.columns)
    there = " AND ".join(f"child.{quoted(name)} IS NOT NULL" for name in foreign.columns)
    same = " AND ".join(
        f"parent.{quoted(target)} = child.{quoted(name)}"
        for name, target in zip(foreign.columns, foreign.targets, strict=True)
    )
    sql = (
        f"SELECT child.{table.rowid}, {columns} FROM {quoted(table.name)} AS child WHERE {there} "
        f"AND NOT EXISTS (SELECT 1 FROM {quoted(foreign.table)} AS parent WHERE {same}) ORDER BY 1"
    )
    session.engine.provide_for(sql)
    return [
        (row[0], [violations.shown(value, kind, values) for value, kind in zip(row[1:], kinds, strict=True)])
        for row in session.query(sql)
    ]


def require_references(session: Session, *, table: Table, foreign: ForeignKey) -> None:
    """A foreign key whose rows all have their parents.

    Raises:
        DatabaseError: 23503.
    """
    from nexus_testkit.postgres.lower.ddl import mixed  # noqa: PLC0415  # the compiler is loaded when a statement is

    if foreign.full and len(foreign.columns) > 1:
        rows = session.query(f"SELECT 1 FROM {quoted(table.name)} WHERE {mixed(foreign)} LIMIT 1")
        if rows:
            raise violations.mixed_error(table, foreign)
    found = broken(session, table, foreign)
    if found:
        raise violations.foreign_error(table, foreign, found[0][1], on_parent=False)
