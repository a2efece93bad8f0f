"""Keys across transactions: a unique key that somebody else is about to take, a row that a foreign key points to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import placeholders, violations
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, ForeignKey, Key, Table
from nexus_testkit.postgres.concurrency.rowlocks import Strength
from nexus_testkit.postgres.concurrency.rows import Place
from nexus_testkit.postgres.concurrency.waiting import MustWait, StartAgain
from nexus_testkit.postgres.lower import queries
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.text import collated, name
from nexus_testkit.postgres.typed import ColumnRef
from nexus_testkit.postgres.typed_statements import Conflict
from nexus_testkit.postgres.values.types import collation

if TYPE_CHECKING:
    from nexus_testkit.postgres.concurrency.crowd import Crowd
    from nexus_testkit.postgres.concurrency.member import Member
    from nexus_testkit.postgres.transactions import Transactions

_Values = tuple[Any, ...]

#: The SQLSTATEs of broken foreign keys.
BROKEN = ("23503", "23001")


def check(crowd: Crowd, member: Member, table: Table, row: _Values, number: int | None, *, inserting: bool) -> None:
    """Look for a row with one of the keys of `row`, which is about to be written, that SQLite cannot see here.

    Raises:
        MustWait: another transaction has not yet decided about one (`_bt_check_unique`, nbtinsert.c).
        DatabaseError: 23505 or 40001 for one that was committed after the statement's snapshot.
    """
    stored = tuple(value for value, column in zip(row, table.columns, strict=True) if column.generated is None)
    passed: list[tuple[Key, _Values]] = []
    conflict = member.running.conflict(table.name) if member.running is not None and inserting else None
    for key in _in_order(table, conflict):
        wanted = _terms(crowd, table, key, stored)
        if wanted is None:
            continue
        decides = conflict is not None and (conflict.target is None or key.terms == conflict.target)
        holder = _undecided(crowd, member, table, key, wanted)
        if holder is not None:
            if any(_visible(crowd, table, earlier, values, number) for earlier, values in passed):
                return  # that one decides, and SQLite sees it
            if not decides:  # the row stands in the indexes before this one
                member.taken += [(table.name, earlier.name, values) for earlier, values in passed]
            raise MustWait(holder)
        _check_later(crowd, member, table, key, wanted, number, decides=decides)
        passed.append((key, wanted))
    member.taken += [(table.name, key.name, wanted) for key, wanted in passed]


def _in_order(table: Table, conflict: Conflict | None) -> list[Key]:
    """The unique keys in the order in which the server looks at them: those that ON CONFLICT names, then by creation."""
    found = [key for key in table.keys if key.unique]
    if conflict is None or conflict.target is None:
        return found
    named = [key for key in found if key.terms == conflict.target]
    return [*named, *(key for key in found if key not in named)]


def _visible(crowd: Crowd, table: Table, key: Key, wanted: _Values, number: int | None) -> bool:
    """Whether the statement sees another row with these values in a key."""
    low = _lowering(crowd.engine.catalog)
    terms = [f"{collated(low.expr(term), term.type)} = ?{at}" for at, term in enumerate(key.terms, 1)]
    if key.where is not None:
        terms.append(low.condition(key.where))
    if number is not None:
        terms.append(f"{table.rowid} <> {number}")
    sql = f"SELECT 1 FROM {name(table.name)} WHERE {' AND '.join(terms)}"
    crowd.engine.provide_for(sql)
    return placeholders.execute(crowd.engine.connection, sql, wanted).fetchone() is not None


def _undecided(crowd: Crowd, member: Member, table: Table, key: Key, wanted: _Values) -> Transactions | None:
    for other in crowd.members.values():
        if other is member:
            continue
        if other.attempt is not None:
            for of, called, values in other.attempt.taken:
                if (of, called) == (table.name, key.name) and _same(crowd, key, wanted, values):
                    return other.session
        for place, state in other.changes().items():
            if place[0] != table.name:
                continue
            for version in (state, crowd.committed(place)):
                if version is not None and _same(crowd, key, wanted, _terms(crowd, table, key, version)):
                    return other.session
    return None


def _check_later(
    crowd: Crowd, member: Member, table: Table, key: Key, wanted: _Values, number: int | None, *, decides: bool
) -> None:
    """Look among what was committed after the statement's snapshot; `decides`: ON CONFLICT looks at this key."""
    attempt = member.running
    if attempt is None or attempt.base == crowd.number:
        return
    own = member.changes()
    for place in crowd.changed_since(attempt.base, table.name):
        if place in own or place in attempt.newer or place[1] == number:
            continue
        version = crowd.committed(place)
        if version is None or not _same(crowd, key, wanted, _terms(crowd, table, key, version)):
            seen = crowd.shapes[table.name].row(crowd.engine.connection, place[1])
            if seen is not None and _same(crowd, key, wanted, _terms(crowd, table, key, seen)):
                if member.snapshot is None:
                    attempt.newer[place] = False
                    raise StartAgain
                raise UnsupportedSQL(
                    "a key that was given up after the transaction's snapshot, in a row that it still sees"
                )
            continue
        if decides:
            raise database_error("40001", "could not serialize access due to concurrent update")
        values = crowd.engine.values
        shown = [violations.shown(value, term.type, values) for value, term in zip(wanted, key.terms, strict=True)]
        raise violations.unique_error(table, key, shown)


def _lowering(catalog: Catalog) -> Lowering:
    return Lowering(catalog, lambda construct, _: UnsupportedSQL(construct), queries.query)


def _terms(crowd: Crowd, table: Table, key: Key, row: _Values) -> _Values | None:
    """A row's values in a key; None where no other row can have the same, or the key does not cover the row."""
    columns = crowd.shapes[table.name].columns
    plain = key.where is None and all(isinstance(term, ColumnRef) and term.name in columns for term in key.terms)
    if plain:
        found: _Values | None = tuple(
            row[columns.index(term.name)] for term in key.terms if isinstance(term, ColumnRef)
        )
    else:
        low = _lowering(crowd.engine.catalog)
        inner = "SELECT " + ", ".join(f"?{at} AS {name(column)}" for at, column in enumerate(columns, 1))
        computed = [
            f"{low.expr(column.generated)} AS {name(column.name)}"
            for column in table.columns
            if column.generated is not None
        ]
        if computed:
            inner = f"SELECT *, {', '.join(computed)} FROM ({inner})"
        where = f" WHERE {low.condition(key.where)}" if key.where is not None else ""
        sql = f"SELECT {', '.join(low.expr(term) for term in key.terms)} FROM ({inner}){where}"
        found = crowd.engine.ask(sql, row)
    if found is None or (key.nulls_distinct and None in found):
        return None
    return found


def _same(crowd: Crowd, key: Key, one: _Values, other: _Values | None) -> bool:
    if other is None:
        return False
    for term, left, right in zip(key.terms, one, other, strict=True):
        if left == right:
            continue
        if left is None or right is None or collation(term.type) is None:
            return False
        row = crowd.engine.ask(f"SELECT {collated('?1', term.type)} = ?2", (left, right))
        if row is None or not row[0]:
            return False
    return True


def lock_parents(crowd: Crowd, member: Member, connection: sqlite3.Connection, place: Place) -> None:
    """Lock the rows that a new row's foreign keys point to, as `RI_FKey_check` (ri_triggers.c) does at the statement's end.

    Raises:
        MustWait: somebody is about to take such a row away.
    """
    table = crowd.engine.catalog.tables[place[0]]
    row = crowd.shapes[table.name].row(connection, place[1]) if table.foreign_keys else None
    if row is not None:
        for parent in parents(crowd, connection, table, row):
            member.lock(parent, Strength.KEY_SHARE)


def parents(crowd: Crowd, connection: sqlite3.Connection, table: Table, row: _Values) -> Iterator[Place]:
    """The rows on a connection that a row's foreign keys point to."""
    columns = crowd.shapes[table.name].columns
    for foreign in table.foreign_keys:
        values = [row[columns.index(column)] for column in foreign.columns if column in columns]
        if None in values or len(values) < len(foreign.columns):
            continue
        parent = _parent(crowd, connection, foreign, values)
        if parent is not None:
            yield foreign.table, parent


def _parent(crowd: Crowd, connection: sqlite3.Connection, foreign: ForeignKey, values: list[Any]) -> int | None:
    table = crowd.engine.catalog.tables[foreign.table]
    terms: list[str] = []
    for at, target in enumerate(foreign.targets, 1):
        column = table.column(target)
        terms.append(f"{collated(name(target), column.type if column is not None else 'text')} = ?{at}")
    sql = f"SELECT {table.rowid} FROM {name(table.name)} WHERE {' AND '.join(terms)}"
    found = placeholders.execute(connection, sql, values).fetchone()
    return None if found is None else int(found[0])


def require_unreferred(
    crowd: Crowd, member: Member, table: Table, number: int, changed: Mapping[str, Any] | None
) -> None:
    """Of a row whose key goes (or is `changed`): no row may point to it that was committed after the statement's snapshot.

    Raises:
        StartAgain: there is one; with it, under READ COMMITTED.
        DatabaseError: 23503 or, where the foreign key has an action, 40001 (`ri_PerformCheck`, which looks with a newer snapshot).
    """
    attempt = member.running
    if attempt is None or attempt.base == crowd.number:
        return
    row = crowd.committed((table.name, number))
    if row is None:
        return
    columns = crowd.shapes[table.name].columns
    own = member.changes()
    for child, foreign in crowd.engine.catalog.references_to(table.name):
        stored = crowd.shapes[child.name].columns
        wanted = [row[columns.index(column)] for column in foreign.targets if column in columns]
        if changed is not None and [changed[column] for column in foreign.targets] == wanted:
            continue
        for place in crowd.changed_since(attempt.base, child.name):
            version = None if place in own or place in attempt.newer else crowd.committed(place)
            if version is None:
                continue
            values = [version[stored.index(column)] for column in foreign.columns if column in stored]
            if values == wanted and None not in values:
                if member.snapshot is None:
                    attempt.newer[place] = False
                    raise StartAgain
                if (foreign.on_delete if changed is None else foreign.on_update) not in "ar":
                    raise database_error("40001", "could not serialize access due to concurrent update")
                texts = [
                    violations.shown(value, column.type)
                    for value, column in zip(values, map(child.column, foreign.columns), strict=True)
                    if column is not None
                ]
                raise violations.foreign_error(child, foreign, texts, on_parent=True)


def related(crowd: Crowd, tables: Iterable[str]) -> list[str]:
    """The tables on the other side of these tables' foreign keys."""
    catalog = crowd.engine.catalog
    found = {foreign.table: None for table in tables for foreign in catalog.tables[table].foreign_keys}
    found.update({child.name: None for table in tables for child, _ in catalog.references_to(table)})
    return list(found)


def sees_gone_child(crowd: Crowd, connection: sqlite3.Connection, base: int, error: DatabaseError) -> bool:
    """Whether a foreign key seems broken to a snapshot that the server, which looks with a newer one, may find whole."""
    if not error.message.startswith("update or delete"):
        return False
    child = next((table for table in crowd.shapes if naming.bare(table) == error.table_name), "")
    return any(
        crowd.shapes[child].row(connection, number) is not None for _, number in crowd.changed_since(base, child)
    )
