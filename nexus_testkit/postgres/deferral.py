"""DEFERRABLE constraints: SET CONSTRAINTS, what is looked at after a statement and what at COMMIT (manual, SET CONSTRAINTS).

A foreign key that is INITIALLY DEFERRED is that in SQLite as well, which refuses to commit; the row at fault is looked for then.
Keys are plain indexes in SQLite where they are deferrable: duplicates are looked for after each statement, or at COMMIT. Where
SET CONSTRAINTS says otherwise than the definitions, all foreign keys are deferred in SQLite and those that are not are
looked at after each statement.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import violations
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.verifying import broken, duplicate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nexus_testkit.postgres.catalog.schema import Catalog, ForeignKey, Key, Table
    from nexus_testkit.postgres.plan import QueryPlan
    from nexus_testkit.postgres.results import Result
    from nexus_testkit.postgres.session import Session

Place = tuple[str, str]


class Deferral:
    """What a transaction has put off.

    Attributes:
        modes: what SET CONSTRAINTS said, by table and constraint: True for DEFERRED.
        events: tables with events in PostgreSQL's queue, by what was done to them, in order.
        keys: deferred keys whose tables were written.
    """

    __slots__ = ("events", "keys", "modes")

    def __init__(
        self,
        modes: Mapping[Place, bool] | None = None,
        events: Sequence[tuple[str, str]] = (),
        keys: Iterable[Place] = (),
    ) -> None:
        """Nothing yet, or a copy."""
        self.modes: dict[Place, bool] = dict(modes or {})
        self.events: list[tuple[str, str]] = list(events)
        self.keys: dict[Place, None] = dict.fromkeys(keys)

    @property
    def used(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.modes or self.events or self.keys)

    def defers(self, table: Table, constraint: ForeignKey | Key) -> bool:
        """Whether a constraint waits for COMMIT."""
        return constraint.deferrable and self.modes.get((table.name, constraint.name), constraint.deferred)

    def puts_off(self, catalog: Catalog) -> bool:
        """Whether a foreign key waits for COMMIT that would not by its definition."""
        return any(
            foreign.deferrable and not foreign.deferred and self.modes.get((table.name, foreign.name), False)
            for table, foreign in _foreign_keys(catalog)
        )

    def copy(self) -> Deferral:
        """As it is now, for a savepoint."""
        return Deferral(self.modes, self.events, self.keys)


def _foreign_keys(catalog: Catalog) -> Iterator[tuple[Table, ForeignKey]]:
    for table in catalog.tables.values():
        for foreign in table.foreign_keys:
            yield table, foreign


def _is_deferred(session: Session, table: Table, constraint: ForeignKey | Key) -> bool:
    return session.deferral.defers(table, constraint)


# ------------------------------------------------------------------------------------ after a statement


def watched(catalog: Catalog, plan: QueryPlan) -> bool:
    """Whether a statement concerns a deferrable constraint; asked once, when it is compiled."""
    names = set(_written(catalog, plan))
    return (
        plan.doomed is not None
        or any(
            foreign.deferrable and (table.name in names or foreign.table in names)
            for table, foreign in _foreign_keys(catalog)
        )
        or any(key.deferrable for name in names for key in catalog.tables[name].keys)
    )


def devours(catalog: Catalog, name: str) -> bool:
    """Whether deleting rows of a table may, by ON DELETE CASCADE, delete others of its own."""
    seen: set[str] = set()
    pending = [name]
    while pending:
        for table, foreign in catalog.references_to(pending.pop()):
            if foreign.on_delete == "c" and table.name not in seen:
                seen.add(table.name)
                pending.append(table.name)
    return name in seen


def _written(catalog: Catalog, plan: QueryPlan) -> list[str]:
    writes = (plan.writes, *(step.plan.writes for step in plan.steps))
    return list(dict.fromkeys(name for name in writes if name and name in catalog.tables))


def run(session: Session, plan: QueryPlan, values: Sequence[Any]) -> Result:
    """Run a statement, then look at the constraints that it concerns; all or nothing."""
    connection = session.engine.connection
    tables = _written(session.engine.catalog, plan)
    connection.execute("SAVEPOINT watched")
    try:
        doomed = session.run_unwatched(plan.doomed, values) if plan.doomed is not None else None
        result = session.run_unwatched(plan, values)
        if doomed is not None:
            count = doomed.rowcount
            result = replace(result, rows=doomed.rows if plan.columns else [], status=f"DELETE {count}", rowcount=count)
        after_statement(session, plan, tables, result.rowcount)
    except BaseException:
        connection.execute("ROLLBACK TO watched")
        connection.execute("RELEASE watched")
        raise
    try:
        connection.execute("RELEASE watched")
    except sqlite3.IntegrityError as error:  # the statement was the transaction
        connection.execute("ROLLBACK")
        raise session.translated(plan, values, error) from error
    return result


def after_statement(session: Session, plan: QueryPlan, tables: Sequence[str], count: int) -> None:
    """Look at what is not deferred, and note what is.

    Raises:
        DatabaseError: 23505, 23503.
    """
    state, catalog = session.deferral, session.engine.catalog
    for name in tables:
        table = catalog.tables[name]
        for key in table.keys:
            if not key.deferrable:
                continue
            if _is_deferred(session, table, key) and session.in_transaction:
                state.keys[name, key.name] = None
            else:
                _require_key(session, table, key)
    if not session.in_transaction or not count:
        return
    event = plan.tag.split()[0]
    for table, foreign in _foreign_keys(catalog):
        own, parent = table.name in tables, foreign.table in tables
        if not own and not parent:
            continue
        if not _is_deferred(session, table, foreign):
            if state.modes:
                _require_foreign(session, table, foreign, on_parent=parent and (not own or event == "DELETE"))
        elif own and event == "INSERT":
            state.events.append((table.name, event))
        elif parent and event == "DELETE" and foreign.on_delete in "ar":
            state.events.append((foreign.table, event))
        elif event == "UPDATE":
            state.events.append((table.name if own else foreign.table, event))


def _require_key(session: Session, table: Table, key: Key) -> None:
    found = duplicate(session, table, key)
    if found is not None:
        raise violations.unique_error(table, key, found)


def _require_foreign(session: Session, table: Table, foreign: ForeignKey, *, on_parent: bool) -> None:
    found = broken(session, table, foreign)
    if found:
        raise violations.foreign_error(table, foreign, found[0][1], on_parent=on_parent)


# -------------------------------------------------------------------------------------------- at COMMIT


def before_commit(session: Session) -> None:
    """Look at the deferred keys.

    Raises:
        DatabaseError: 23505.
    """
    _require_keys(session, list(session.deferral.keys))


def _require_keys(session: Session, places: Iterable[Place]) -> None:
    catalog = session.engine.catalog
    for name, constraint in places:
        table = catalog.tables.get(name)
        key = next((key for key in table.keys if key.name == constraint), None) if table is not None else None
        if table is not None and key is not None:
            _require_key(session, table, key)


def faults(session: Session) -> list[tuple[Table, ForeignKey, int, list[str]]]:
    """The rows that break a deferred foreign key at COMMIT."""
    return [
        (table, foreign, rowid, values)
        for table, foreign in _foreign_keys(session.engine.catalog)
        if foreign.deferrable
        for rowid, values in broken(session, table, foreign)
    ]


def blamed(session: Session, found: list[tuple[Table, ForeignKey, int, list[str]]]) -> DatabaseError:
    """The error of a COMMIT that SQLite refused; asked after the rollback: what was there before tells who is at fault."""
    later: DatabaseError | None = None
    for table, foreign, rowid, values in found:
        if table.name in session.engine.catalog.tables and _had(session, table, foreign, rowid, values):
            later = later or violations.foreign_error(table, foreign, values, on_parent=True)
            continue
        return violations.foreign_error(table, foreign, values, on_parent=False)
    return later or database_error("23503", "a deferred foreign key is broken")


def _had(session: Session, table: Table, foreign: ForeignKey, rowid: int, values: list[str]) -> bool:
    """Whether the row was there before, with the same values."""
    from nexus_testkit.postgres.lower.text import name as quoted  # noqa: PLC0415  # only where a COMMIT fails

    known = session.engine.catalog.tables[table.name]
    columns = [known.column(name) for name in foreign.columns]
    if None in columns:
        return False
    sql = f"SELECT {', '.join(quoted(name) for name in foreign.columns)} FROM {quoted(table.name)} WHERE {known.rowid} = {rowid}"
    rows = session.query(sql)
    session_values = session.engine.values
    return bool(rows) and values == [
        violations.shown(value, column.type, session_values)
        for value, column in zip(rows[0], columns, strict=True)
        if column is not None
    ]


# -------------------------------------------------------------------------------------- SET CONSTRAINTS


def set_constraints(session: Session, *, names: list[tuple[str | None, str]] | None, deferred: bool) -> None:
    """SET CONSTRAINTS; `names` are None for ALL.

    Raises:
        DatabaseError: 42704, 42809; 23503, 23505 where IMMEDIATE finds what is broken.
    """
    catalog, state = session.engine.catalog, session.deferral
    places: list[Place] = []
    for schema, _ in names or ():
        if schema is not None and schema not in catalog.schemas:
            raise database_error("3F000", f'schema "{schema}" does not exist')
    if names is None:
        places = [place for place, constraint in _constraints(catalog) if constraint.deferrable]
    else:
        for schema, name in names:
            found = [
                (place, constraint)
                for place, constraint in _constraints(catalog)
                if naming.bare(constraint.name) == name and (schema is None or naming.schema_of(place[0]) == schema)
            ]
            if not found and any(check.name == name for table in catalog.tables.values() for check in table.checks):
                raise database_error("42809", f'constraint "{name}" is not deferrable')
            if not found:
                raise database_error("42704", f'constraint "{name}" does not exist')
            for place, constraint in found:
                if not constraint.deferrable:
                    raise database_error("42809", f'constraint "{name}" is not deferrable')
                places.append(place)
    if not session.in_transaction:
        return  # a warning on the server
    if session.crowd is not None and not deferred and (state.keys or state.events):
        raise UnsupportedSQL("SET CONSTRAINTS ... IMMEDIATE where transactions overlap and something is deferred")
    for place in places:
        state.modes[place] = deferred
    if deferred:
        session.defer_foreign_keys()
        return
    chosen = set(places)
    for table, foreign in _foreign_keys(catalog):
        if (table.name, foreign.name) in chosen:
            written = [name for name, _ in state.events]
            on_parent = foreign.table in written and table.name not in written
            _require_foreign(session, table, foreign, on_parent=on_parent)
    _require_keys(session, [place for place in state.keys if place in chosen])
    state.keys = {place: None for place in state.keys if place not in chosen}
    pending = {table.name for table, foreign in _foreign_keys(catalog) if _is_deferred(session, table, foreign)}
    parents = {foreign.table for table, foreign in _foreign_keys(catalog) if _is_deferred(session, table, foreign)}
    state.events = [event for event in state.events if event[0] in pending | parents]
    session.defer_foreign_keys()


def _constraints(catalog: Catalog) -> Iterator[tuple[Place, ForeignKey | Key]]:
    for table in catalog.tables.values():
        for key in table.keys:
            if key.constraint:
                yield (table.name, key.name), key
        for foreign in table.foreign_keys:
            yield (table.name, foreign.name), foreign


# ------------------------------------------------------------------------------- what DDL may not do then


def require_none_pending(session: Session, *, tables: Iterable[str], command: str) -> None:
    """A table whose deferred triggers have yet to fire can't be changed (`CheckTableNotInUse`).

    Raises:
        DatabaseError: 55006.
    """
    for name in tables:
        if any(table == name and event != "UPDATE" for table, event in session.deferral.events):
            raise database_error(
                "55006", f'cannot {command} "{naming.bare(name)}" because it has pending trigger events'
            )


def require_no_block(session: Session, *, command: str) -> None:
    """CONCURRENTLY, VACUUM: 25001 inside a transaction block."""
    if session.in_transaction and (session.scripted or not session.implicit):
        raise database_error("25001", f"{command} cannot run inside a transaction block")
