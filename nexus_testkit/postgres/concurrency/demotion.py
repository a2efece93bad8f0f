"""From one writer on the engine's connection to a crowd: what it has written, savepoint by savepoint.

The rows are found by comparing images of the database. They don't tell which rows it has locked, or written and left as they were, or
deleted and inserted again; so its statements run once more on a copy (`replay`), and where that comes to the same rows, what
they touched counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.concurrency import keys
from nexus_testkit.postgres.concurrency.crowd import Crowd
from nexus_testkit.postgres.concurrency.links import Link
from nexus_testkit.postgres.concurrency.replay import replayed
from nexus_testkit.postgres.concurrency.rowlocks import Strength
from nexus_testkit.postgres.concurrency.triggers import referable
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.lower.text import name as quoted

if TYPE_CHECKING:
    from nexus_testkit.postgres.concurrency.member import Member
    from nexus_testkit.postgres.concurrency.rows import Place, Row
    from nexus_testkit.postgres.engine import Engine
    from nexus_testkit.postgres.session import Session

_ROW_EXCLUSIVE = 3


def gather(engine: Engine) -> Crowd:
    """The crowd, which begins here if there is none: the writer, if there is one, is its first member.

    Raises:
        MustWait: the writer has changed the catalogue, so everybody waits for its end.
    """
    writer = engine.writer
    if isinstance(writer, Crowd):
        return writer
    if writer is None:
        crowd = engine.writer = Crowd(engine)
        return crowd
    if writer.has_changed_schema:
        raise MustWait(writer, alone=True)
    images = _states(engine, writer)
    crowd = Crowd(engine)
    member = crowd.join(writer, writer.isolation)
    with_changes = [_difference(crowd, images[at], images[at + 1]) for at in range(len(images) - 1)]
    member.levels = with_changes
    member.fix_snapshot()
    engine.writer = crowd
    history = writer.history
    writer.leave_place()
    if not replayed(crowd, member, history):
        member.levels = with_changes
        _lock(crowd, member)
    if writer.failed:
        crowd.fail(member)
        engine.writer = crowd
    return crowd


def _states(engine: Engine, writer: Session) -> list[bytes]:
    """The database at the beginning of the transaction, at each savepoint, and now; the connection is at the beginning then."""
    connection = engine.main
    images = [connection.serialize()]
    for savepoint in reversed(writer.savepoints):
        # Of savepoints with the same name the last one is meant, so each goes once it was looked at.
        connection.execute(f"ROLLBACK TO {quoted(savepoint)}")
        images.append(connection.serialize())
        connection.execute(f"RELEASE {quoted(savepoint)}")
    connection.execute("ROLLBACK")
    images.append(connection.serialize())
    images.reverse()
    return images


def _difference(crowd: Crowd, before: bytes, after: bytes) -> dict[Place, Row]:
    found: dict[Place, Row] = {}
    if before == after:
        return found
    link = Link(crowd.engine)
    link.provide(frozenset(crowd.engine.provided))
    connection = link.connection
    try:
        for schema, image in (("older", before), ("newer", after)):
            connection.execute(f"ATTACH ':memory:' AS {schema}")
            connection.deserialize(image, name=schema)
        for table, shape in crowd.shapes.items():
            written = f"{shape.listing('newer')} EXCEPT {shape.listing('older')} ORDER BY 1"
            gone = f"{shape.listing('older', numbers=True)} EXCEPT {shape.listing('newer', numbers=True)}"
            for number, *row in connection.execute(written).fetchall():
                found[table, number] = tuple(row)
            for (number,) in connection.execute(gone).fetchall():
                found[table, number] = None
    finally:
        link.close()
    return found


def _lock(crowd: Crowd, member: Member) -> None:
    """The locks that it would have taken with what it has written."""
    catalog = crowd.engine.catalog
    for depth, level in enumerate(member.levels):
        for place, row in level.items():
            table, shape = catalog.tables[place[0]], crowd.shapes[place[0]]
            before = crowd.committed(place)
            strength = Strength.UPDATE
            if row is not None and before is not None:
                same = all(
                    before[at] == row[at] for at in map(shape.columns.index, _stored(referable(table), shape.columns))
                )
                strength = Strength.NO_KEY_UPDATE if same else Strength.UPDATE
            crowd.rows.add(member, place, strength, depth)
            crowd.tables.lock(member, table.name, _ROW_EXCLUSIVE)
            if row is not None:
                for parent in keys.parents(crowd, crowd.engine.main, table, row):
                    crowd.rows.add(member, parent, Strength.KEY_SHARE, depth)


def _stored(wanted: list[str], columns: tuple[str, ...]) -> list[str]:
    return [column for column in wanted if column in columns]
