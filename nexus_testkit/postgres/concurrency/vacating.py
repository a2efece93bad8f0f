"""A statement that changes the catalogue takes the writer's place: the others have ended, or it waits for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.concurrency.crowd import Crowd
from nexus_testkit.postgres.concurrency.demotion import gather
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.lower.text import name as quoted

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.concurrency.member import Member
    from nexus_testkit.postgres.concurrency.rows import Place, Row
    from nexus_testkit.postgres.plan import SchemaPlan
    from nexus_testkit.postgres.session import Session


def vacate(session: Session) -> None:
    """Leave the place to a session; what it has written in the crowd goes with it.

    Raises:
        MustWait: others have written or locked something.
        UnsupportedSQL: its rows can't be written anew in the order in which they are kept.
    """
    engine, writer = session.engine, session.engine.writer
    if not isinstance(writer, Crowd):
        if writer is not None and writer is not session:
            raise MustWait(writer, alone=True)
        return
    writer.require_alone(session)
    member = writer.members.get(session)
    if member is None:
        engine.writer = None
        return
    if session.in_transaction:
        _write_again(writer, session, member)
    else:
        writer.leave(member)


def adds_only(catalog: Catalog, plan: SchemaPlan) -> bool:
    """Whether a statement makes something new and leaves alone what there is."""
    after = plan.catalog.tables
    return plan.tag.startswith("CREATE ") and all(after.get(name) is table for name, table in catalog.tables.items())


@contextmanager
def beside_others(session: Session) -> Iterator[None]:
    """Let a session that is in no transaction add to the catalogue while others go on."""
    engine = session.engine
    crowd = gather(engine)
    if session in crowd.members:
        crowd.leave(crowd.members[session])
    crowd.keep_image()
    engine.writer = None
    try:
        yield
    finally:
        crowd.schema_added()
        if crowd.members:
            engine.writer = crowd


def _write_again(crowd: Crowd, session: Session, member: Member) -> None:
    main = crowd.engine.main
    main.execute("BEGIN")
    try:
        # Foreign keys can't be switched off inside a transaction, so the order is one that they allow.
        main.execute("PRAGMA defer_foreign_keys = ON")
        for savepoint, level in zip(["", *session.savepoints], member.levels, strict=True):
            if savepoint:
                main.execute(f"SAVEPOINT {quoted(savepoint)}")
            _write(crowd, main, level)
        main.execute("PRAGMA defer_foreign_keys = OFF")
    except sqlite3.Error as error:
        main.execute("ROLLBACK")
        raise UnsupportedSQL("a change of the schema after other transactions have overlapped with this one") from error
    crowd.leave(member)
    crowd.engine.writer = session
    session.take_over()


def _write(crowd: Crowd, main: sqlite3.Connection, level: dict[Place, Row]) -> None:
    order = list(crowd.shapes)
    gone = [place for place, row in level.items() if row is None]
    for table, number in sorted(gone, key=lambda place: order.index(place[0]), reverse=True):
        main.execute(crowd.shapes[table].delete, (number,))
    for (table, number), row in sorted(level.items(), key=lambda item: order.index(item[0][0])):
        if row is not None:
            shape = crowd.shapes[table]
            known = shape.row(main, number) is not None
            main.execute(shape.change if known else shape.insert, (*row, number) if known else (number, *row))
