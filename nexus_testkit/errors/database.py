"""Errors of the database port, one class for each SQLSTATE that applications handle by name.

Names are psycopg's (`UniqueViolation`), families are the DB-API's (`IntegrityError`). `error_class` finds the
class of a SQLSTATE; every instance carries the facts that PostgreSQL's error fields carry
(https://www.postgresql.org/docs/18/protocol-error-fields.html).
"""

from __future__ import annotations

from typing import ClassVar

from nexus_testkit.errors.ports import PortError


class DatabaseError(PortError):
    """An error of the database, with PostgreSQL's message and fields.

    Attributes:
        sqlstate: five characters, as in https://www.postgresql.org/docs/18/errcodes-appendix.html.
        constraint_name, table_name, column_name, data_type_name, schema_name: or None.
        detail: PostgreSQL's DETAIL, or None. PostgreSQL's HINT is in `hint`.
        position: 1-based character offset into the statement, or None.
        query: the statement, or None.
    """

    sqlstate: str | None = None
    severity = "ERROR"

    def __init__(
        self,
        message: str = "",
        *,
        sqlstate: str | None = None,
        detail: str | None = None,
        hint: str | None = None,
        position: int | None = None,
        constraint_name: str | None = None,
        table_name: str | None = None,
        column_name: str | None = None,
        data_type_name: str | None = None,
        schema_name: str | None = None,
        query: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.message = message
        if sqlstate is not None:
            self.sqlstate = sqlstate
        self.detail = detail
        self.position = position
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.column_name = column_name
        self.data_type_name = data_type_name
        self.schema_name = schema_name
        self.query = query
        if query is not None and position is not None:
            self.add_note(_pointed_at(query, position))

    def _message(self) -> str:
        text = super()._message()
        if self.detail:
            text += f"\nDETAIL:  {self.detail}"
        return text

    def __str__(self) -> str:
        text = self._message()
        return f"{text}\nHINT:  {self.hint}" if self.hint else text


def _pointed_at(query: str, position: int) -> str:
    """The line of the statement with a mark below the place, as psql prints it. A note, so that the text stays PostgreSQL's."""
    before = query[: position - 1]
    number = before.count("\n") + 1
    line = query.splitlines()[number - 1] if query.splitlines() else ""
    label = f"LINE {number}: "
    column = len(before) - (before.rfind("\n") + 1)
    return f"{label}{line}\n{' ' * (len(label) + column)}^"


class InterfaceError(DatabaseError):
    """Raised on the client's side: wrong number of arguments, a closed connection, a value of the wrong type."""


class DataError(DatabaseError):
    """Class 22: a value out of range, too long, malformed."""


class IntegrityError(DatabaseError):
    """Class 23: a constraint was violated."""


class NotNullViolation(IntegrityError):
    """23502."""

    sqlstate = "23502"


class ForeignKeyViolation(IntegrityError):
    """23503."""

    sqlstate = "23503"


class UniqueViolation(IntegrityError):
    """23505."""

    sqlstate = "23505"


class CheckViolation(IntegrityError):
    """23514."""

    sqlstate = "23514"


class OperationalError(DatabaseError):
    """Classes 08, 25, 40, 53, 55, 57, 58: the connection, the transaction or the server, not the statement."""


class SerializationFailure(OperationalError):
    """40001."""

    sqlstate = "40001"


class DeadlockDetected(OperationalError):
    """40P01."""

    sqlstate = "40P01"


class LockNotAvailable(OperationalError):
    """55P03."""

    sqlstate = "55P03"


class QueryCanceled(OperationalError):
    """57014."""

    sqlstate = "57014"


class ProgrammingError(DatabaseError):
    """Classes 21, 26, 34, 3D, 3F, 42: the statement is wrong."""


class SyntaxErrorInSQL(ProgrammingError):
    """42601."""

    sqlstate = "42601"


class UndefinedTable(ProgrammingError):
    """42P01."""

    sqlstate = "42P01"


class UndefinedColumn(ProgrammingError):
    """42703."""

    sqlstate = "42703"


class UndefinedFunction(ProgrammingError):
    """42883: no such function, or no such operator for these types."""

    sqlstate = "42883"


class NotSupportedError(DatabaseError):
    """Class 0A: PostgreSQL itself does not support it."""

    sqlstate = "0A000"


class UnsupportedSQL(NotSupportedError):
    """PostgreSQL runs this statement; the fake database does not, and says so instead of guessing.

    Attributes:
        construct: the node of the parse tree, function or type that no rule of the fake reads.
        position: 1-based character offset into the statement, or None.
    """

    sqlstate = "0A000"
    default_hint: ClassVar[str | None] = (
        "write it another way, or run this test on a real PostgreSQL: pytest --nexus-backend=real, "
        "or @pytest.mark.nexus(backend='real')"
    )

    def __init__(self, construct: str, *, position: int | None = None, query: str | None = None) -> None:
        where = f" at character {position}" if position else ""
        super().__init__(
            f"the fake database does not support {construct}{where}",
            position=position,
            query=query,
            hint=self.default_hint,
        )
        self.construct = construct


_FAMILIES: dict[str, type[DatabaseError]] = {
    "08": OperationalError,
    "0A": NotSupportedError,
    "21": ProgrammingError,
    "22": DataError,
    "23": IntegrityError,
    "25": OperationalError,
    "26": ProgrammingError,
    "28": OperationalError,
    "34": ProgrammingError,
    "3B": OperationalError,
    "3D": ProgrammingError,
    "3F": ProgrammingError,
    "40": OperationalError,
    "42": ProgrammingError,
    "44": IntegrityError,
    "53": OperationalError,
    "54": OperationalError,
    "55": OperationalError,
    "57": OperationalError,
    "58": OperationalError,
}

_CLASSES: dict[str, type[DatabaseError]] = {
    str(cls.sqlstate): cls
    for cls in (
        NotNullViolation,
        ForeignKeyViolation,
        UniqueViolation,
        CheckViolation,
        SerializationFailure,
        DeadlockDetected,
        LockNotAvailable,
        QueryCanceled,
        SyntaxErrorInSQL,
        UndefinedTable,
        UndefinedColumn,
        UndefinedFunction,
    )
}


def error_class(sqlstate: str) -> type[DatabaseError]:
    """The class for a SQLSTATE: its own, else its family's, else `DatabaseError`."""
    return _CLASSES.get(sqlstate) or _FAMILIES.get(sqlstate[:2], DatabaseError)


def database_error(sqlstate: str, message: str, **fields: object) -> DatabaseError:
    """An error of the class that belongs to `sqlstate`; `fields` are `DatabaseError`'s keyword arguments."""
    return error_class(sqlstate)(message, sqlstate=sqlstate, **fields)  # type: ignore[arg-type]  # fields by name
