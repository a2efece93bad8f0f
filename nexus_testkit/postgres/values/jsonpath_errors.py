"""Errors of a jsonpath at run time."""

from __future__ import annotations

from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error


class PathError(Exception):  # a signal inside the executor
    """An error that `silent`, a filter or ON ERROR may swallow.

    Attributes:
        error: what is raised where nothing swallows it.
    """

    def __init__(self, error: DatabaseError) -> None:
        super().__init__(error.message)
        self.error = error


def failure(sqlstate: str, message: str, **fields: Any) -> PathError:
    """An error of the path, as opposed to one of the statement."""
    return PathError(database_error(sqlstate, message, **fields))
