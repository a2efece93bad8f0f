"""`nexus-testkit sql`: what the fake database makes of a statement, its types, or why it refuses it."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from nexus_testkit.cli.problems import Problem
from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.readable import on_one_line
from nexus_testkit.postgres.engine import Engine
from nexus_testkit.postgres.plan import QueryPlan, SchemaPlan
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.values.types import display

REFUSED, ERROR = 3, 1
"""Exit codes: the fake does not know the construct; PostgreSQL itself would raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What became of a statement.

    Attributes:
        parameters: PostgreSQL's types of `$1`, `$2` and so on.
        columns: name -> PostgreSQL's type, in order.
        status: the command of its status, such as `"INSERT 0"`.
        changes: the table that it changes, or None.
        sqlite: the statements that SQLite runs for it, in order; empty where the session itself does it.
    """

    parameters: Sequence[str]
    columns: Sequence[tuple[str, str]]
    status: str
    changes: str | None
    sqlite: Sequence[str]


def run_sql(statement: str, *, schema: Sequence[Path], as_json: bool) -> int:
    """Explain one statement (`-` is read from standard input), after the statements of the `schema` files have run.

    Returns:
        0 where it was understood, 1 where PostgreSQL would raise an error, 3 where the fake database refuses it.

    Raises:
        Problem: a schema file cannot be read, or cannot be run.
    """
    if statement == "-":
        statement = sys.stdin.read()
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        engine = Engine(now=lambda: datetime.now(UTC))
        engine.attach(connection)
        session = engine.session()
        for path in schema:
            _run_schema(session, path)
        try:
            found = explain(session, statement)
        except DatabaseError as error:
            _print_error(error, statement, as_json=as_json)
            return REFUSED if isinstance(error, UnsupportedSQL) else ERROR
    finally:
        connection.close()
    if as_json:
        typer.echo(json.dumps({**asdict(found), "columns": [list(column) for column in found.columns]}))
    else:
        typer.echo("\n".join(_lines(found)))
    return 0


def explain(session: Session, statement: str) -> Explained:
    """What `session` would run for a statement.

    Raises:
        DatabaseError: PostgreSQL would raise it.
        UnsupportedSQL: the fake database does not know a construct.
    """
    plan = session.plan(statement)
    if plan is None:
        return Explained(parameters=(), columns=(), status="", changes=None, sqlite=())
    parameters = tuple(display(kind) for kind in plan.params)
    if isinstance(plan, QueryPlan):
        return Explained(
            parameters=parameters,
            columns=tuple((name, display(kind)) for name, kind in zip(plan.columns, plan.types, strict=True)),
            status=plan.tag,
            changes=plan.writes or None,
            sqlite=tuple(map(on_one_line, _of_query(plan))),
        )
    steps = plan.steps if isinstance(plan, SchemaPlan) else ()
    texts = (step if isinstance(step, str) else "(a step in Python)" for step in steps)
    return Explained(
        parameters=parameters, columns=(), status=plan.tag, changes=None, sqlite=tuple(map(on_one_line, texts))
    )


def _of_query(plan: QueryPlan) -> Iterator[str]:
    if not plan.steps:
        yield plan.sql
    for step in plan.steps:
        yield f"{step.plan.sql}  -- into {step.into}" if step.into else step.plan.sql
        for action, then in step.actions:
            yield f"{then.sql}  -- {action}, for each row"


def _run_schema(session: Session, path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{path} cannot be read: {error}") from error
    try:
        session.execute_script(text)
    except DatabaseError as error:
        raise Problem(f"{path}: {error}", *_notes(error)) from error


def _lines(found: Explained) -> list[str]:
    about: Mapping[str, Sequence[str]] = {
        "parameters": [f"${number} {kind}" for number, kind in enumerate(found.parameters, 1)],
        "columns": [f"{name} {kind}" for name, kind in found.columns],
        "changes": [found.changes] if found.changes else [],
        "status": [found.status] if found.status else [],
    }
    lines = [f"{name:<12}{', '.join(values)}" for name, values in about.items() if values]
    if not found.sqlite:
        return [*lines, "nothing for SQLite to run" if found.status else "an empty statement"]
    return [*lines, "SQLite runs", *(f"  {sql}" for sql in found.sqlite)]


def _print_error(error: DatabaseError, statement: str, *, as_json: bool) -> None:
    if not as_json:
        typer.echo("\n".join([f"{type(error).__name__} ({error.sqlstate}): {error}", *_notes(error)]), err=True)
        return
    typer.echo(
        json.dumps(
            {
                "refused": isinstance(error, UnsupportedSQL),
                "error": type(error).__name__,
                "sqlstate": error.sqlstate,
                "message": error.message,
                "construct": getattr(error, "construct", None),
                "position": error.position,
                "hint": error.hint,
                "statement": statement,
            }
        )
    )


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", ()))
