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
from nexus_testkit.postgres.lower.text import name
from nexus_testkit.postgres.values import DETACHED, ValueSession, output

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine
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
    texts = ", ".join(
        "virtual" if column.virtual and column.generated is not None else _cut(shown(value, column.type, values))
        for value, column in zip(row, table.columns, strict=True)
    )
    detail = f"Failing row contains ({texts})."
    if constraint is not None:
        foreign = next((each for each in table.foreign_keys if each.full and each.name == constraint), None)
        if foreign is not None and not any(check.name == constraint for check in table.checks):
            return mixed_error(table, foreign)
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


def mixed_error(table: Table, foreign: ForeignKey) -> DatabaseError:
    """23503 of a MATCH FULL key that is null in part."""
    return database_error(
        "23503",
        f'insert or update on table "{table.name}" violates foreign key constraint "{foreign.name}"',
        detail="MATCH FULL does not allow mixing of null and nonnull key values.",
        constraint_name=foreign.name,
        table_name=table.name,
        schema_name="public",
    )


def view_violation(table: Table, view: str, row: Sequence[Any], values: ValueSession) -> DatabaseError:
    """44000 of a row that a view WITH CHECK OPTION does not show."""
    texts = ", ".join(_cut(shown(value, column.type, values)) for value, column in zip(row, table.columns, strict=True))
    return database_error(
        "44000",
        f'new row violates check option for view "{view}"',
        detail=f"Failing row contains ({texts}).",
        table_name=None,
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
def rehearsal(session: Session) -> Iterator[sqlite3.Connection]:
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
        from nexus_testkit.postgres.deparse import index_term  # noqa: PLC0415  # nothing is deparsed until one fails

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
    older = [each for each in table.keys[: table.keys.index(key)] if each.unique and not each.deferrable]
    engine.provide(frozenset({"pgs_note"}))
    with rehearsal(session) as connection:
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
    with rehearsal(session) as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        try:
            # What is broken already: by NOT VALID keys, and by deferred ones.
            before = set(connection.execute("PRAGMA foreign_key_check"))
            stood = _restricting(session, plan.writes)
            with contextlib.suppress(sqlite3.Error):
                placeholders.execute(connection, plan.sql, values).fetchall()
            broken = [row for row in connection.execute("PRAGMA foreign_key_check") if row not in before]
            # PostgreSQL's triggers fire in the order in which the constraints were made.
            made = list(catalog.tables)
            broken.sort(key=lambda row: (made.index(row[0]), -row[3]))
            found = [(catalog.tables[row[0]], row[1], row[3]) for row in broken]
            keyed = [(child, rowid, child.foreign_keys[len(child.foreign_keys) - 1 - at]) for child, rowid, at in found]
            # Those that wait for COMMIT come last.
            for child, rowid, foreign in sorted(keyed, key=lambda each: session.deferral.defers(each[0], each[2])):
                child_name = child.name
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
                if on_parent:
                    texts = _as_the_parent_has_it(session, foreign, row) or texts
                return foreign_error(child, foreign, texts, on_parent=on_parent)
            # RESTRICT does not wait for what the rest of the statement brings.
            for place, keys in stood.items():
                left = _restricting(session, plan.writes).get(place, {})
                for rowid, key in keys.items():
                    own = _child_of(session, *place, key) if left.get(rowid) != key else None
                    if own is not None:
                        child = catalog.tables[place[0]]
                        return _restricted(
                            child, next(each for each in child.foreign_keys if each.name == place[1]), own
                        )
        finally:
            connection.execute("PRAGMA defer_foreign_keys = OFF")
    return database_error("23503", f'insert or update on table "{plan.writes}" violates a foreign key constraint')


def _restricting(session: Session, parent: str | None) -> dict[tuple[str, str], dict[int, tuple[Any, ...]]]:
    """The keys of a table's rows that RESTRICT may guard, by the child and its constraint, then by the row's number."""
    found: dict[tuple[str, str], dict[int, tuple[Any, ...]]] = {}
    catalog = session.engine.catalog
    for child, foreign in catalog.references_to(parent or ""):
        if "r" in (foreign.on_delete, foreign.on_update):
            columns = ", ".join(name(column) for column in foreign.targets)
            rowid = catalog.tables[foreign.table].rowid
            rows = session.query(f"SELECT {rowid}, {columns} FROM {name(foreign.table)} ORDER BY 1")
            found[child.name, foreign.name] = {row[0]: row[1:] for row in rows}
    return found


def _child_of(session: Session, table: str, constraint: str, key: tuple[Any, ...]) -> list[str] | None:
    """The values of a key if a row of the child refers to it."""
    child = session.engine.catalog.tables[table]
    foreign = next(each for each in child.foreign_keys if each.name == constraint)
    tests = " AND ".join(f"{name(column)} = ?" for column in foreign.columns)
    sql = f"SELECT 1 FROM {name(table)} WHERE {tests}"
    if session.engine.connection.execute(sql, key).fetchone() is None:
        return None
    parent = session.engine.catalog.tables[foreign.table]
    return [shown(value, _type(parent, column)) for value, column in zip(key, foreign.targets, strict=True)]


Broken = tuple[Table, ForeignKey, int, tuple[Any, ...]]


def broken_keys(engine: Engine) -> list[Broken]:
    """The rows that break a foreign key now: table, key, the row's number and its values in the key."""
    catalog, connection = engine.catalog, engine.connection
    made = list(catalog.tables)
    found: list[Broken] = []
    rows = connection.execute("PRAGMA foreign_key_check").fetchall()
    # PostgreSQL's triggers fire in the order in which the constraints were made.
    for child_name, rowid, _, number in sorted(rows, key=lambda row: (made.index(row[0]), -row[3], row[1])):
        child = catalog.tables[child_name]
        foreign = child.foreign_keys[len(child.foreign_keys) - 1 - number]
        columns = ", ".join(name(column) for column in foreign.columns)
        sql = f"SELECT {columns} FROM {name(child_name)} WHERE {child.rowid} = ?"
        found.append((child, foreign, rowid, connection.execute(sql, (rowid,)).fetchone()))
    return found


def blamed(engine: Engine, broken: Sequence[Broken], writes: Sequence[str]) -> DatabaseError:
    """The error for keys that the parts of one statement broke together; `writes` are their tables, in order.

    Called when the statement has been undone: what was there before tells whether the child or the parent is at fault.
    """

    def fault(found: Broken) -> tuple[int, bool]:
        child, foreign, rowid, values = found
        places = [f"{name(column)} = ?" for column in (*foreign.columns, child.rowid)]
        old = _exists(engine, child.name, places, (*values, rowid))
        parent = _exists(engine, foreign.table, [f"{name(column)} = ?" for column in foreign.targets], values)
        on_parent = old if old or not parent else _first(writes, foreign.table) < _first(writes, child.name)
        return _first(writes, foreign.table if on_parent else child.name), on_parent

    faults = [(*fault(found), found) for found in broken]
    _, on_parent, (child, foreign, _, values) = min(faults, key=lambda each: each[0])
    texts = [shown(value, _type(child, column)) for value, column in zip(values, foreign.columns, strict=True)]
    return foreign_error(child, foreign, texts, on_parent=on_parent)


def _exists(engine: Engine, table: str, tests: Sequence[str], values: Sequence[Any]) -> bool:
    sql = f"SELECT 1 FROM {name(table)} WHERE {' AND '.join(tests)}"
    return engine.connection.execute(sql, tuple(values)).fetchone() is not None


def _first(writes: Sequence[str], table: str) -> int:
    return writes.index(table) if table in writes else len(writes)


def _as_the_parent_has_it(session: Session, foreign: ForeignKey, row: Sequence[Any]) -> list[str] | None:
    """The key of the row that is gone: 2 may be what its child calls 2.00."""
    connection = session.engine.connection
    parent = session.engine.catalog.tables[foreign.table]
    connection.execute("ROLLBACK TO rehearsal")
    columns = [name(column) for column in foreign.targets]
    sql = (
        f"SELECT {', '.join(columns)} FROM {name(parent.name)} WHERE {' AND '.join(f'{each} = ?' for each in columns)}"
    )
    found = connection.execute(sql, row).fetchone()
    if found is None:
        return None
    return [shown(value, _type(parent, column)) for value, column in zip(found, foreign.targets, strict=True)]


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
