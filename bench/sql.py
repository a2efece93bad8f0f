"""What PostgreSQL's dialect costs on SQLite, beside sqlite3 alone and beside asyncpg on a real server, in the same run.

    python bench/sql.py [--smoke]

The server is the one of NEXUS_TESTKIT_POSTGRES_URL, else the wheel's. The sides take turns, batch by batch, so that a busy moment of the
machine hits all of them. `Session` is the engine without the port, `nexus.port("database")` what a service pays.
"""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncpg

from nexus_testkit import Harness
from nexus_testkit.postgres import Engine, Session, images
from nexus_testkit.postgres.compile import compile_statement
from nexus_testkit.postgres.parser import parse
from tests.fidelity import server

SMOKE = "--smoke" in sys.argv
BATCHES = 3 if SMOKE else 15
CALLS = 20 if SMOKE else 300
MANY = 1_000 if SMOKE else 10_000
URL_TABLES = """
CREATE TABLE author (id serial PRIMARY KEY, name text NOT NULL UNIQUE, country varchar(2), born date);
CREATE TABLE book (id serial PRIMARY KEY, author int NOT NULL REFERENCES author (id) ON DELETE CASCADE, title text NOT NULL,
    price numeric(10,2) CHECK (price >= 0), tags jsonb NOT NULL DEFAULT '[]', added timestamptz NOT NULL DEFAULT now());
CREATE INDEX book_title ON book (lower(title))
"""
SIMPLE = "SELECT id, name FROM author WHERE id = $1"
INSERT = "INSERT INTO author (name, country) VALUES ($1, $2) RETURNING id"
LARGE = """
WITH sold AS (
    SELECT b.author, count(*) AS books, sum(b.price) AS total, max(b.added) AS latest
    FROM book b WHERE b.added >= now() - interval '90 days' AND b.tags @> '["new"]' GROUP BY b.author
), ranked AS (
    SELECT s.*, rank() OVER (ORDER BY total DESC NULLS LAST) AS place, avg(total) OVER () AS mean FROM sold s
)
SELECT a.id, lower(a.name) AS name, coalesce(a.country, '--') AS country, r.books, r.total, r.place,
    CASE WHEN r.total > r.mean THEN 'above' WHEN r.total = r.mean THEN 'at' ELSE 'below' END AS standing,
    extract(year FROM r.latest) AS year, to_char(r.latest, 'YYYY-MM-DD') AS day,
    (SELECT array_agg(b.title ORDER BY b.title) FROM book b WHERE b.author = a.id) AS titles
FROM author a LEFT JOIN ranked r ON r.author = a.id
WHERE a.name ILIKE '%' || $1 || '%' AND (a.born IS NULL OR a.born < current_date) AND a.id = ANY($2::int[])
ORDER BY r.place NULLS LAST, a.name LIMIT 20 OFFSET $3
"""
FILTER = "SELECT count(*) FROM measure WHERE kind = ANY($1) AND value > $2 AND lower(note) LIKE 'a%'"
PLAIN_FILTER = "SELECT count(*) FROM measure WHERE kind IN (SELECT value FROM json_each(?1)) AND value > ?2 AND lower(note) LIKE 'a%'"


def _engine() -> tuple[Engine, Session]:
    engine = Engine(now=lambda: datetime.now(UTC))
    engine.attach(sqlite3.connect(":memory:"))
    session = engine.session()
    session.execute_script(URL_TABLES)
    return engine, session


def timed(call: Callable[[], Any], calls: int = CALLS) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - began) / calls


async def timed_async(call: Callable[[], Awaitable[Any]], calls: int = CALLS) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    for _ in range(calls):
        await call()
    return (time.perf_counter() - began) / calls


def show(name: str, goal: str, **sides: list[float]) -> None:
    """One line: the median of each side in µs."""
    cells = "".join(
        f"{statistics.median(sides[side]) * 1e6:>12.1f}" if side in sides else f"{'':>12}" for side in HEADS
    )
    print(f"  {name:<40}{cells}{goal:>12}")


HEADS = ("engine", "port", "sqlite3", "asyncpg")


def compile_time() -> None:
    """Text to plan, without the cache."""
    engine, session = _engine()
    for name, query, goal in (("compile, simple", SIMPLE, "300"), ("compile, large", LARGE, "2000")):

        def compiled(query: str = query) -> None:
            ((kind, fields),) = parse(query)
            compile_statement(query, kind, fields, session.catalog_seen())

        timed(compiled, 5)
        show(name, goal, engine=[timed(compiled, max(1, CALLS // 10)) for _ in range(BATCHES)])
    engine.close()


def reset() -> None:
    """The schema and its rows put back, catalogue included."""
    engine, session = _engine()
    image = images.take(engine)

    def whole() -> None:
        images.put(engine, image)
        session.execute("SELECT 1")

    timed(whole, 5)
    show("reset to a schema", "100", engine=[timed(whole, CALLS // 5) for _ in range(BATCHES)])
    engine.close()


async def statements(connection: asyncpg.Connection) -> None:
    """Statements that were compiled before, on each side."""
    await connection.execute(URL_TABLES)
    engine, session = _engine()
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.execute("CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, country TEXT, born TEXT)")
    numbers = iter(range(10**9))
    async with Harness() as nexus:
        port = nexus.port("database")
        await port.execute(URL_TABLES)
        for side in (connection, port):
            await side.execute(
                "INSERT INTO author (name, country) SELECT 'n' || i, 'de' FROM generate_series(1, 100) i"
            )
        session.execute("INSERT INTO author (name, country) SELECT 'n' || i, 'de' FROM generate_series(1, 100) i")
        raw.executemany("INSERT INTO author (name, country) VALUES (?, ?)", [(f"n{i}", "de") for i in range(1, 101)])
        select, insert = (
            "SELECT id, name FROM author WHERE id = ?",
            "INSERT INTO author (name, country) VALUES (?, ?) RETURNING id",
        )
        calls: list[tuple[str, str, dict[str, Callable[[], Any]]]] = [
            (
                "select one row by its key",
                "30",
                {
                    "engine": lambda: session.execute(SIMPLE, (7,)),
                    "port": lambda: port.fetch_one(SIMPLE, 7),
                    "sqlite3": lambda: raw.execute(select, (7,)).fetchall(),
                    "asyncpg": lambda: connection.fetchrow(SIMPLE, 7),
                },
            ),
            (
                "insert one row",
                "",
                {
                    "engine": lambda: session.execute(INSERT, (f"e{next(numbers)}", "de")),
                    "port": lambda: port.fetch_val(INSERT, f"p{next(numbers)}", "de"),
                    "sqlite3": lambda: raw.execute(insert, (f"r{next(numbers)}", "de")).fetchall(),
                    "asyncpg": lambda: connection.fetchval(INSERT, f"a{next(numbers)}", "de"),
                },
            ),
        ]
        for name, goal, sides in calls:
            await _compare(name, goal, sides)
        await _filter(port, session, raw, connection)
    engine.close()
    raw.close()


async def _compare(name: str, goal: str, sides: dict[str, Callable[[], Any]], calls: int = CALLS) -> None:
    took: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(BATCHES + 1):
        for side, call in sides.items():
            seconds = await timed_async(call, calls) if side in ("port", "asyncpg") else timed(call, calls)
            if number:  # the first round warms up
                took[side].append(seconds)
    gc.collect()
    show(name, goal, **took)
    overhead = statistics.median(took["engine"]) - statistics.median(took["sqlite3"])
    print(f"    {'over sqlite3':<38}{overhead * 1e6:>12.1f}{'':>36}{'15' if goal else '':>12}")


async def _filter(port: Any, session: Session, raw: sqlite3.Connection, connection: asyncpg.Connection) -> None:
    table = "CREATE TABLE measure (id int PRIMARY KEY, kind int, value float8, note text)"
    fill = (
        "INSERT INTO measure SELECT i, i % 10, i::float8 / 4, CASE WHEN i % 3 = 0 THEN 'Alpha' ELSE 'Beta' END "
        f"FROM generate_series(1, {MANY}) i"
    )
    for side in (port, connection):
        await side.execute(table)
        await side.execute(fill)
    session.execute(table)
    session.execute(fill)
    raw.execute("CREATE TABLE measure (id INTEGER PRIMARY KEY, kind INTEGER, value REAL, note TEXT)")
    rows = [(i, i % 10, i / 4, "Alpha" if i % 3 == 0 else "Beta") for i in range(1, MANY + 1)]
    raw.executemany("INSERT INTO measure VALUES (?, ?, ?, ?)", rows)
    kinds = [1, 3, 6]
    sides: dict[str, Callable[[], Any]] = {
        "engine": lambda: session.execute(FILTER, (kinds, 10.0)),
        "port": lambda: port.fetch_val(FILTER, kinds, 10.0),
        "sqlite3": lambda: raw.execute(PLAIN_FILTER, ("[1,3,6]", 10.0)).fetchall(),
        "asyncpg": lambda: connection.fetchval(FILTER, kinds, 10.0),
    }
    await _compare(f"{MANY:,} rows through a filter", "", sides, max(1, CALLS // 100))


async def _with_server(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await statements(connection)
    finally:
        await connection.close()


def main() -> None:
    """All of it."""
    print(f"{'µs':<42}" + "".join(f"{head:>12}" for head in HEADS) + f"{'goal':>12}")
    compile_time()
    reset()
    with server.server() as url:
        asyncio.run(_with_server(url))


if __name__ == "__main__":
    main()
