"""Random uses of a database, on the fake and on PostgreSQL in step: sessions, transactions, statements, arguments.

DISCARD ALL is not among them: it takes from asyncpg the statements that it has prepared. What single statements give is `tests/fidelity fuzz`'s business; here it is what they leave behind for the next one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.database import SqliteDatabase
from nexus_testkit.errors import UniqueViolation
from nexus_testkit.harness.servers import SharedServers
from tests.differential.pair import Pair, Refused

Step = tuple[Any, ...]

_SCHEMA = """
CREATE TABLE t (
    id serial PRIMARY KEY, k text UNIQUE, n int CHECK (n >= 0), j jsonb NOT NULL DEFAULT '{}', d numeric(6, 2),
    at timestamptz DEFAULT now(), tags text[]
);
CREATE TABLE u (
    id int PRIMARY KEY, t_id int REFERENCES t ON DELETE CASCADE, next int REFERENCES u DEFERRABLE INITIALLY DEFERRED
);
CREATE SEQUENCE s;
CREATE VIEW v AS SELECT k, n FROM t WHERE n > 1;
"""
_CLEAN = "DROP VIEW v; DROP TABLE u, t; DROP SEQUENCE s"

_WORDS = st.sampled_from(["a", "b", "c", "", "é", "a'b"])
_SMALL = st.one_of(st.integers(-2, 5), st.none())
_ANY = st.one_of(
    _WORDS,
    _SMALL,
    st.sampled_from([2**31, 2**63, 1.5, float("nan"), True, Decimal("1.005"), Decimal("12345.678"), b"x", "\0"]),
    st.sampled_from(
        [[], ["a"], ["a", None], [1], {}, {"a": [1, None]}, datetime(2026, 1, 2, tzinfo=UTC), timedelta(days=1)]
    ),
)


def _of(query: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, tuple[Any, ...]]]:
    """A statement with arguments that fit, mostly."""
    fitting = st.tuples(*arguments)
    odd = st.tuples(*(st.one_of(argument, _ANY) for argument in arguments))
    return st.tuples(st.just(query), st.one_of(fitting, fitting, odd))


_STATEMENTS = st.one_of(
    _of("INSERT INTO t (k, n) VALUES ($1, $2)", _WORDS, _SMALL),
    _of("INSERT INTO t (k, n, tags) VALUES ($1, $2, $3) RETURNING *", _WORDS, _SMALL, st.lists(_WORDS, max_size=2)),
    _of(
        "INSERT INTO t (k, n) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET n = t.n + excluded.n RETURNING id, n",
        _WORDS,
        _SMALL,
    ),
    _of("INSERT INTO t (k) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id", _WORDS),
    _of("INSERT INTO t (k, n) SELECT k || $1, n FROM t ORDER BY id RETURNING k", _WORDS),
    _of("UPDATE t SET n = n + $1 WHERE k = $2 RETURNING n", _SMALL, _WORDS),
    _of("UPDATE t SET n = n - 1"),
    _of(
        "UPDATE t SET d = $1, j = j || $2 WHERE n > $3",
        st.sampled_from([Decimal("1.25"), Decimal(0)]),
        st.just({"a": 1}),
        _SMALL,
    ),
    _of("UPDATE t SET k = $1 WHERE id = $2", _WORDS, _SMALL),
    _of("DELETE FROM t WHERE n = $1 RETURNING k, n", _SMALL),
    _of("DELETE FROM t"),
    _of("INSERT INTO u VALUES ($1, $2, $3)", _SMALL, _SMALL, _SMALL),
    _of("DELETE FROM u WHERE id = $1", _SMALL),
    _of("SELECT * FROM t ORDER BY id"),
    _of("SELECT k, n FROM v ORDER BY k, n"),
    _of("SELECT count(*), sum(n), max(d), avg(n) FROM t"),
    _of("SELECT k FROM t WHERE k > $1 ORDER BY k LIMIT $2", _WORDS, st.integers(-1, 3)),
    _of("SELECT id, 6 / n FROM t ORDER BY id"),
    _of("SELECT nextval('s') FROM t"),
    _of("SELECT lastval()"),
    _of("SELECT currval('s')"),
    _of("SELECT setval('s', $1)", st.integers(0, 9)),
    _of("SELECT now() - $1::interval, CURRENT_DATE", st.sampled_from([timedelta(hours=1)])),
    _of("SELECT $1::text, $2::int", _WORDS, _SMALL),
    _of("SELECT $1::jsonb -> 'a', j FROM t ORDER BY id", st.sampled_from([{"a": 1}, [1], "a", 1, None])),
    _of("SELECT tags[1], array_length(tags, 1), $1 = ANY (tags) FROM t ORDER BY id", _WORDS),
    _of("WITH gone AS (DELETE FROM u RETURNING *) SELECT count(*) FROM gone"),
    _of("SELECT * FROM nowhere"),
    _of("SELECT nothing FROM t"),
    _of("SELEC 1"),
    _of("SELECT 1/0"),
    _of("SELECT 'x'::int"),
    _of("SELECT pg_advisory_xact_lock(1)"),
    _of("SHOW transaction_isolation"),
    _of("SELECT current_setting('application_name')"),
)
# Of these the first kind ends or undoes something, and needs a session.
_PLAIN = st.sampled_from([
    "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT x", "ROLLBACK TO x", "RELEASE x", "SET CONSTRAINTS ALL IMMEDIATE",
    "SET LOCAL application_name = 'local'", "SET application_name = 'here'", "RESET ALL", "BEGIN READ ONLY",
    "INSERT INTO t (k) VALUES ('a'); INSERT INTO t (k) VALUES ('b')", "DELETE FROM u; SELECT 1/0", "TRUNCATE t CASCADE",
    "ALTER TABLE t ADD COLUMN extra int DEFAULT 7", "ALTER TABLE t DROP COLUMN IF EXISTS extra",
    "ALTER TABLE t ALTER COLUMN n TYPE bigint", "ALTER SEQUENCE s RESTART", "CREATE TEMPORARY TABLE tmp (a int)",
    "INSERT INTO tmp VALUES (1)", "SELECT * FROM tmp", "LOCK TABLE t", "START TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id", "FETCH 2 FROM c", "CLOSE c", "", "-- nothing",
])  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["execute", "fetch_one", "fetch_all", "fetch_val"]), _STATEMENTS),
        st.tuples(st.just("execute_many"), st.sampled_from(["INSERT INTO t (k, n) VALUES ($1, $2)", "UPDATE t SET n = $2 WHERE k = $1"]),
                  st.lists(st.tuples(_WORDS, _SMALL), max_size=3)),
        st.tuples(st.just("copy"), st.lists(st.tuples(_WORDS, _SMALL), max_size=3)),
        st.tuples(st.just("plain"), _PLAIN),
        st.tuples(st.just("begin"), st.sampled_from([None, "read_committed", "repeatable_read", "serializable"]), st.booleans()),
        st.tuples(st.just("end"), st.booleans()),
        st.tuples(st.just("session")),
        st.tuples(st.just("leave")),
        st.tuples(st.just("advance"), st.sampled_from([0.5, 3600])),
    ),
    min_size=1,
    max_size=16,
)  # fmt: skip


class _Undo(Exception):  # raised to leave a block by an exception
    """What a block is left with."""


class DatabasePair(Pair):
    """A fake and a real database; every example begins with the same tables, empty."""

    def __init__(self, servers: SharedServers) -> None:
        super().__init__(servers)
        outside = self.loop.reach(*servers.postgres_place)
        self.real = servers.new_database(outside=outside, min_size=1, max_size=2)
        self._is_new = True

    def excuses(self, step: Any, fake: Any, real: Any) -> bool:
        if not all(isinstance(each, tuple) and len(each) == 3 for each in (fake, real)):
            return False
        if (
            step is not None
            and step[0] == "copy"
            and all(str(each[2].get("sqlstate")).startswith("23") for each in (fake, real))
        ):
            raise Refused("which of its records a COPY fails by; docs/explanation/fake-database.md")
        # In a read-only transaction the server looks at nothing else; the fake has found another fault by then.
        return bool(real[2] == {"sqlstate": "25006"})

    async def play(self, steps: list[Step]) -> None:
        """Take the steps, and compare at each."""
        if self.fake is not None:
            await self.fake.aclose()
        self.fake = SqliteDatabase(clock=VirtualClock(self.loop))
        for database in (self.fake, self.real):
            await database.execute(_SCHEMA)
        # What is open now, of each: blocks of a session or of transactions, the innermost last.
        blocks: list[tuple[str, list[Any], list[Any]]] = []
        try:
            for step in steps:
                await self._take(step, blocks)
            while blocks:
                await self._leave(blocks, undone=False)
            await self._take(("fetch_all", ("SELECT * FROM t ORDER BY id", ())), blocks)
            await self._take(("fetch_all", ("SELECT * FROM u ORDER BY id", ())), blocks)
        finally:
            for _, managers, _ in reversed(blocks):
                for manager in managers:
                    with contextlib.suppress(Exception):
                        await manager.__aexit__(_Undo, _Undo(), None)
            await self.real.execute(_CLEAN)
            await self.real.disconnect()  # with what its sessions had prepared

    async def _take(self, step: Step, blocks: list[tuple[str, list[Any], list[Any]]]) -> None:
        name, *fields = step
        words = f"{name} {', '.join(map(repr, fields))}"
        asked = blocks[-1][2] if blocks else [self.fake, self.real]
        match name:
            case "advance":
                self.steps.append(words)
                await self.loop.advance(fields[0])
            case "session":
                if not blocks:
                    await self._enter(words, blocks, "session", lambda database: database.connection())
            case "begin":
                isolation, readonly = fields
                await self._enter(
                    words,
                    blocks,
                    "transaction",
                    lambda on: on.transaction(isolation=isolation, readonly=readonly),
                    asked,
                )
            case "end":
                if blocks and blocks[-1][0] == "transaction":
                    await self._leave(blocks, undone=fields[0])
            case "leave":
                if blocks and blocks[-1][0] == "session":
                    await self._leave(blocks, undone=False)
            case "plain":
                # Statements that end a transaction below a block that holds it are nobody's use.
                if not (blocks and blocks[-1][0] == "transaction" and fields[0].split(" ")[0] in _ENDINGS):
                    await self.both(words, lambda _, at: asked[at].execute(fields[0]), step=step)
            case "copy":
                if blocks:
                    answer = await self.both(words, lambda _, at: _copy(asked[at], fields[0]), step=step)
                    if isinstance(answer, UniqueViolation):
                        raise Refused("how far its sequences are then; docs/explanation/fake-database.md")
            case "execute_many":
                await self.both(words, lambda _, at: asked[at].execute_many(fields[0], fields[1]), step=step)
            case _:
                query, arguments = fields[0]
                await self.both(
                    words, lambda _, at: getattr(asked[at], name)(query, *arguments), shown=_shown, step=step
                )

    async def _enter(self, words: str, blocks: Any, kind: str, make: Any, asked: list[Any] | None = None) -> None:
        of = asked or [self.fake, self.real]
        managers: list[Any] = [None, None]
        inside: list[Any] = [None, None]

        async def enter(_: Any, at: int) -> str:
            manager = make(of[at])
            inside[at] = await manager.__aenter__()
            managers[at] = manager
            return "entered"

        await self.both(words, enter)
        if managers[0] is not None:
            blocks.append((kind, managers, inside))

    async def _leave(self, blocks: Any, *, undone: bool) -> None:
        kind, managers, _ = blocks.pop()

        async def leave(_: Any, at: int) -> str:
            if not undone:
                await managers[at].__aexit__(None, None, None)
                return "left"
            with contextlib.suppress(_Undo):
                await managers[at].__aexit__(_Undo, _Undo(), None)
            return "undone"

        await self.both(f"the {kind} ends{' by an error' if undone else ''}", leave)


_ENDINGS = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "START", "RELEASE"})


async def _copy(session: Any, records: list[tuple[Any, ...]]) -> str:
    if not hasattr(session, "copy_records_to_table"):
        return "nothing"
    tag: str = await session.copy_records_to_table("t", records=records, columns=["k", "n"])
    return tag


def _shown(found: Any) -> Any:
    if isinstance(found, list):
        return [_shown(each) for each in found]
    return dict(found.items()) if hasattr(found, "items") and not isinstance(found, dict) else found


def example(steps: list[Step]) -> Any:
    """What `Pair.run` runs."""

    async def play(pair: DatabasePair) -> None:
        await pair.play(steps)

    return play


@contextlib.contextmanager
def pair(servers: SharedServers) -> Iterator[DatabasePair]:
    """A pair, closed at the end of the block."""
    made = DatabasePair(servers)
    try:
        yield made
    finally:
        made.close()
