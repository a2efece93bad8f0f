"""What asyncpg raises, as the port's errors, which are asyncpg's too."""

from __future__ import annotations

import re

import asyncpg

from nexus_testkit.adapters.postgres_errors import as_asyncpg, as_theirs
from nexus_testkit.errors import DatabaseError, DataError, InterfaceError
from nexus_testkit.errors.database import database_error


def translate(error: Exception, *, query: str | None = None) -> Exception:
    """The port's error for one that asyncpg raised, with every field that PostgreSQL sent; others as they are.

    `query` is noted where the error itself does not say which statement it belongs to.
    """
    match error:
        case DatabaseError():
            return error
        case asyncpg.PostgresError():
            return _answered(error, query)
        case asyncpg.InternalClientError() if type(error) is asyncpg.InternalClientError:
            # What asyncpg says between the server's last word and the end of the connection.
            return as_theirs(
                as_asyncpg(database_error("08003", f"the connection is ending: {error}", query=query)), type(error)
            )
        case asyncpg.InterfaceError() | asyncpg.InternalClientError():
            message = str(error.args[0]) if error.args else type(error).__name__
            hint, detail = getattr(error, "hint", None), getattr(error, "detail", None)
            return as_theirs(InterfaceError(message, hint=hint, detail=detail, query=query), type(error))
        case _:
            return error


def _answered(error: asyncpg.PostgresError, query: str | None) -> DatabaseError:
    position = getattr(error, "position", None)
    made = database_error(
        str(error.sqlstate),
        str(error.args[0]),
        detail=error.detail,
        hint=error.hint,
        position=int(position) if position else None,
        constraint_name=error.constraint_name,
        table_name=error.table_name,
        column_name=error.column_name,
        data_type_name=error.data_type_name,
        schema_name=error.schema_name,
        query=getattr(error, "query", None) or query,
    )
    for name, value in vars(error).items():  # severity, context, server_source_line ...
        if name not in vars(made):
            setattr(made, name, value)
    return as_theirs(made, type(error))


def is_answer(error: BaseException) -> bool:
    """Whether the server has said so; otherwise asyncpg, or somebody else."""
    return isinstance(error, DatabaseError) and "severity_en" in vars(error)


def in_element(error: DataError, at: int) -> DataError:
    """Say in an error of an argument, of which element of `executemany` it was, in asyncpg's words."""
    argument = re.match(r"invalid input for query argument \$\d+", error.message)
    if argument is None or is_answer(error):
        return error
    error.message = f"{argument[0]} in element #{at} of executemany() sequence{error.message[argument.end() :]}"
    error.args = (error.message,)
    return error


def misconfigured(error: ValueError, where: str) -> DatabaseError:
    """The error of a URL that asyncpg cannot read and has no error of its own for."""
    return as_theirs(InterfaceError(f"the URL of {where} is wrong: {error}"), asyncpg.ClientConfigurationError)
