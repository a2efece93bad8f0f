"""`UserService`: users in a PostgreSQL table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nexus_testkit.container import inject
from nexus_testkit.errors import DuplicateUserError, StaleVersionError, UniqueViolation, ValidationError
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import DatabaseAdapter, Row
from nexus_testkit.services.base import BaseService
from nexus_testkit.services.user_fields import can_be_stored, check_fields, is_user_id
from nexus_testkit.services.user_filters import where

# Any number will do that nobody else locks: the upper 63 bits of sha256(b"nexus.users.schema").
_SCHEMA_LOCK = 980_396_601_555_899_289

_TABLE = """
    CREATE TABLE IF NOT EXISTS users (
        id SERIAL PRIMARY KEY,
        username VARCHAR(50) NOT NULL,
        email VARCHAR(100) NOT NULL,
        full_name VARCHAR(100),
        is_active BOOLEAN NOT NULL DEFAULT true,
        tags JSONB NOT NULL DEFAULT '[]',
        version INTEGER NOT NULL DEFAULT 1,
        created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
        updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
    )
"""

# The only indexes: they are the UNIQUE constraints, in a form for which 'Ann' and 'ann' are the same name, and the
# look-ups below use them.
_UNIQUE = {
    "users_username_key": (
        "username",
        "CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))",
    ),
    "users_email_key": ("email", "CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))"),
}

_FIELDS = ("id", "username", "email", "full_name", "is_active", "tags", "version", "created_at", "updated_at")
_COLUMNS = ", ".join(_FIELDS)
_LARGEST_OFFSET = 2**63 - 1


class UserService(BaseService):
    """Service for user data operations.

    A user is a dict: `id`, `username`, `email`, `full_name` (or None), `is_active`, `tags` (list of str),
    `version` (1, and one more after each update), `created_at` and `updated_at` (aware datetimes, by the
    service's clock). What `create_user` gives is what every later read gives.

    User names and addresses are unique whatever their case, and are found in any case; they are stored as
    given. Every refused input is a ValidationError or DuplicateUserError, both ValueErrors; an id that belongs
    to nobody gives None or False.
    """

    def __init__(self, db: DatabaseAdapter = inject(), *, clock: Clock = inject(), max_per_page: int = 100) -> None:
        super().__init__()
        self.db = db
        self.clock = clock
        self.max_per_page = max_per_page

    async def _setup(self) -> None:
        await self.create_tables()

    async def create_tables(self) -> None:
        """Create the table and its unique indexes, where they are missing.

        IF NOT EXISTS is not enough: of several sessions that create one table at once, PostgreSQL lets all but
        one fail with a violation in its own catalogue. So they queue for an advisory lock, which the end of the
        transaction releases.
        """
        async with self.db.transaction() as session:
            await session.execute("SELECT pg_advisory_xact_lock($1)", _SCHEMA_LOCK)
            await session.execute(_TABLE)
            for _, index in _UNIQUE.values():
                await session.execute(index)

    async def create_user(self, user_data: Mapping[str, Any]) -> dict[str, Any]:
        """Create a user from `username` and `email`, and optionally `full_name`, `tags` and `is_active`.

        Raises:
            ValidationError: a field is missing, unknown, or holds what cannot be stored.
            DuplicateUserError: another user has the name or the address.
        """
        for field in ("username", "email"):
            if field not in user_data:
                raise ValidationError(f"Missing required field: {field}", field=field)
        fields = {"full_name": None, "is_active": True, "tags": [], **check_fields(user_data)}
        now = self.clock.now()

        # No look before the leap: between a SELECT and the INSERT another session can take the name. The index
        # decides.
        row = await self._write(
            f"""
            INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6)
            RETURNING {_COLUMNS}
            """,
            fields["username"],
            fields["email"],
            fields["full_name"],
            fields["is_active"],
            fields["tags"],
            now,
        )
        assert row is not None  # noqa: S101  # INSERT ... RETURNING gives the row, or raises
        user = _user(row)
        self.logger.info("Created user", username=user["username"], user_id=user["id"])
        return user

    async def get_user_by_id(self, user_id: int) -> dict[str, Any] | None:
        """The user with this id, or None."""
        if not is_user_id(user_id):
            return None
        return _user_or_none(await self.db.fetch_one(f"SELECT {_COLUMNS} FROM users WHERE id = $1", user_id))

    async def get_user_by_username(self, username: str) -> dict[str, Any] | None:
        """The user with this name in any case, or None."""
        if not can_be_stored(username, field="username"):
            return None
        row = await self.db.fetch_one(f"SELECT {_COLUMNS} FROM users WHERE lower(username) = lower($1)", username)
        return _user_or_none(row)

    async def update_user(
        self, user_id: int, updates: Mapping[str, Any], *, expected_version: int | None = None
    ) -> dict[str, Any] | None:
        """Change the given fields, and give the user as it is now; None where there is no such user.

        With `expected_version`, the update takes place only where the user still has that version: of two that
        read the same user and change it, the second fails instead of overwriting the first.

        Raises:
            ValidationError: an unknown field, or a value that it cannot hold.
            DuplicateUserError: another user has the name or the address.
            StaleVersionError: the user has another version by now.
        """
        fields = check_fields(updates)
        if not is_user_id(user_id):
            return None
        if not fields:
            return await self._unchanged(user_id, expected_version)

        fields["updated_at"] = self.clock.now()
        changes = ", ".join(f"{name} = ${place}" for place, name in enumerate(fields, start=2))
        condition = "id = $1"
        values = [user_id, *fields.values()]
        if expected_version is not None:
            values.append(expected_version)
            condition += f" AND version = ${len(values)}"
        row = await self._write(
            f"UPDATE users SET {changes}, version = version + 1 WHERE {condition} RETURNING {_COLUMNS}", *values
        )
        if row is None:  # nobody has the id, or the version is another: the latter raises
            return await self._unchanged(user_id, expected_version)
        self.logger.info("Updated user", user_id=user_id, fields=sorted(updates))
        return _user(row)

    async def delete_user(self, user_id: int) -> bool:
        """Delete a user; False where there is no such user."""
        if not is_user_id(user_id):
            return False
        result = await self.db.execute("DELETE FROM users WHERE id = $1", user_id)
        if result.rowcount:
            self.logger.info("Deleted user", user_id=user_id)
        return result.rowcount > 0

    async def list_users(
        self, page: int = 1, per_page: int = 20, filters: Mapping[str, Any] | None = None
    ) -> tuple[list[dict[str, Any]], int]:
        """One page of the users that match all filters, newest first, and how many match in all.

        Args:
            page: from 1.
            per_page: 1 to `max_per_page`.
            filters: `search` (a part of name, address or full name, in any case), `username`, `email`,
                `full_name` (equal; None for those without a full name), `is_active`, `tags` (has all of them).

        Raises:
            ValidationError: a page or a filter that does not exist.
        """
        offset = self._offset(page, per_page)
        clause, values = where(filters)
        limit, skip = f"${len(values) + 1}", f"${len(values) + 2}"

        # One statement, hence one snapshot: with two, a user who is created in between is in the page and not
        # in the total. (A REPEATABLE READ transaction round two would do as well, but not inside a caller's
        # transaction of another level.)
        rows = await self.db.fetch_all(
            f"""
            SELECT counted.total, page.*
            FROM (SELECT count(*) AS total FROM users {clause}) AS counted
            LEFT JOIN (
                SELECT {_COLUMNS} FROM users {clause} ORDER BY created_at DESC, id DESC LIMIT {limit} OFFSET {skip}
            ) AS page ON true
            ORDER BY page.created_at DESC, page.id DESC
            """,
            *values,
            per_page,
            offset,
        )
        users = [_user(row) for row in rows if row["id"] is not None]  # an empty page is one row without a user
        return users, rows[0]["total"]

    async def username_exists(self, username: str) -> bool:
        """Whether a user has this name, in any case."""
        return await self._exists("username", username)

    async def email_exists(self, email: str) -> bool:
        """Whether a user has this address, in any case."""
        return await self._exists("email", email)

    async def get_user_count(self) -> int:
        """How many users there are."""
        count: int = await self.db.fetch_val("SELECT count(*) FROM users")
        return count

    async def get_active_user_count(self) -> int:
        """How many users are active."""
        count: int = await self.db.fetch_val("SELECT count(*) FROM users WHERE is_active")
        return count

    async def get_user_stats(self, *, since: datetime | None = None) -> dict[str, Any]:
        """Numbers of users, which come from one query and add up.

        Returns:
            `total_users`, `active_users`, `inactive_users`, `activity_rate` (0 to 1), and `new_users`: those created
            from `since` on; without it, all.
        """
        row = await self.db.fetch_one(
            """
            SELECT count(*) AS total,
                   count(*) FILTER (WHERE is_active) AS active,
                   count(*) FILTER (WHERE $1::timestamptz IS NULL OR created_at >= $1::timestamptz) AS new
            FROM users
            """,
            since,
        )
        assert row is not None  # noqa: S101  # an aggregate without GROUP BY has one row
        total, active = row["total"], row["active"]
        return {
            "total_users": total,
            "active_users": active,
            "inactive_users": total - active,
            "new_users": row["new"],
            "activity_rate": active / total if total else 0.0,
        }

    async def _write(self, query: str, *values: Any) -> Row | None:
        """Run a statement that may meet the name or the address of another user."""
        try:
            return await self.db.fetch_one(query, *values)
        except UniqueViolation as error:
            if error.constraint_name not in _UNIQUE:
                raise
            field, _ = _UNIQUE[error.constraint_name]
            raise DuplicateUserError(field) from error

    async def _unchanged(self, user_id: int, expected_version: int | None) -> dict[str, Any] | None:
        user = await self.get_user_by_id(user_id)
        if user is not None and expected_version is not None and user["version"] != expected_version:
            raise StaleVersionError(expected_version, user["version"])
        return user

    async def _exists(self, column: str, text: str) -> bool:
        if not can_be_stored(text, field=column):
            return False
        found: bool = await self.db.fetch_val(
            f"SELECT EXISTS(SELECT 1 FROM users WHERE lower({column}) = lower($1))", text
        )
        return found

    def _offset(self, page: object, per_page: object) -> int:
        for name, value in (("page", page), ("per_page", per_page)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValidationError(f"{name} must be a whole number of 1 or more, not {value!r}", field=name)
        assert isinstance(page, int) and isinstance(per_page, int)  # noqa: S101, PT018  # for the type checker
        if per_page > self.max_per_page:
            raise ValidationError(f"per_page is {per_page}; at most {self.max_per_page} are given", field="per_page")
        offset = (page - 1) * per_page
        if offset > _LARGEST_OFFSET:
            raise ValidationError(f"page {page} is beyond what OFFSET can count", field="page")
        return offset


def _user(row: Row) -> dict[str, Any]:
    """The one way from a row to a user."""
    return {field: row[field] for field in _FIELDS}


def _user_or_none(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else _user(row)
