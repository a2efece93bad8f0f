"""COPY ... FROM with records, as asyncpg's `copy_records_to_table` sends it: each record becomes a row, all of them or none.

Limits: rows are checked one by one, foreign keys too, where the server looks at those when all rows are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, InterfaceError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.values import plain_encoder
from nexus_testkit.postgres.values.codec import plain_error

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Column, Table
    from nexus_testkit.postgres.results import Result
    from nexus_testkit.postgres.session import Session


def copy_records(
    session: Session, table: str, schema: str | None, columns: Sequence[str] | None, records: Iterable[Any]
) -> str:
    """Insert the records; the tag, such as `COPY 3`.

    Raises:
        DatabaseError: what COPY raises. A value that cannot be encoded raises asyncpg's TypeError, OverflowError ...
    """
    if session.failed:
        raise database_error("25P02", "current transaction is aborted, commands ignored until end of transaction block")
    try:
        found, chosen = _target(session, table, schema, columns)
        _require_writable(session, found)
        rows = [_encoded(record, chosen) for record in records]
    except Exception:
        session.fail()
        raise
    where, name = naming.split(found.name)
    listed = ", ".join(_quoted(column.name) for column in chosen)
    holes = ", ".join(f"${at}" for at in range(1, len(chosen) + 1))
    query = f"INSERT INTO {_quoted(where)}.{_quoted(name)} ({listed}) OVERRIDING SYSTEM VALUE VALUES ({holes})"
    result: Result = session.insert_stored(query, rows)
    return f"COPY {result.rowcount}"


def _require_writable(session: Session, table: Table) -> None:
    read_only = session.read_only if session.in_transaction else session.settings.read_only
    if read_only and not naming.temporary(table.name):
        raise database_error("25006", "cannot execute COPY FROM in a read-only transaction")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _target(
    session: Session, name: str, schema: str | None, columns: Sequence[str] | None
) -> tuple[Table, list[Column]]:
    catalog = session.catalog_seen()
    key = naming.relation(catalog, schema, name)
    table = catalog.tables.get(key) if key is not None else None
    if table is None:
        shown = f"{schema}.{name}" if schema else name
        raise database_error("42P01", f'relation "{shown}" does not exist')
    if columns is None:
        return table, [column for column in table.columns if column.generated is None]
    chosen: list[Column] = []
    for wanted in columns:
        column = table.column(wanted)
        if column is None:
            raise database_error("42703", f'column "{wanted}" does not exist')
        if column.generated is not None:
            raise database_error(
                "42P10",
                f'column "{wanted}" is a generated column',
                detail="Generated columns cannot be used in COPY.",
            )
        if column in chosen:
            raise database_error("42701", f'column "{wanted}" specified more than once')
        chosen.append(column)
    return table, chosen


def _encoded(record: Any, columns: Sequence[Column]) -> list[Any]:
    """A record in storage form; what it has beyond the columns is passed over, as asyncpg does."""
    found: list[Any] = []
    for at, column in enumerate(columns):
        if column.type in ("json", "jsonb"):
            # The port's codec for json is a text one, and COPY is binary.
            oid = 114 if column.type == "json" else 3802
            raise InterfaceError(f"no binary format encoder for type {column.type} (OID {oid})")
        value = record[at]
        try:
            found.append(None if value is None else plain_encoder(column.type)(value))
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever the codec says is asyncpg's to say
            raise plain_error(error) from None
    return found
