"""What a user's fields may hold: checked here, so that every database gives the same answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nexus_testkit.errors import ValidationError
from nexus_testkit.services.addresses import check_address
from nexus_testkit.services.text import is_storable, reject_unknown, require_line, require_text

LONGEST_USERNAME = 50
LONGEST_EMAIL = 100
LONGEST_FULL_NAME = 100
LARGEST_ID = 2**31 - 1  # the range of SERIAL


def username(value: object) -> str:
    """One line of 1 to 50 characters."""
    return require_line(value, field="username", longest=LONGEST_USERNAME)


def email(value: object) -> str:
    """One e-mail address of at most 100 characters."""
    return check_address(require_line(value, field="email", longest=LONGEST_EMAIL), field="email")


def full_name(value: object) -> str | None:
    """One line of 1 to 100 characters, or None."""
    return None if value is None else require_line(value, field="full_name", longest=LONGEST_FULL_NAME)


def is_active(value: object) -> bool:
    """A bool; 0, 1 and None are refused."""
    if not isinstance(value, bool):
        raise ValidationError(f"is_active must be True or False, not {value!r}", field="is_active")
    return value


def tags(value: object) -> list[str]:
    """A list of texts, copied."""
    if not isinstance(value, (list, tuple)):
        raise ValidationError(f"tags must be a list of str, not {type(value).__name__}", field="tags")
    return [require_text(tag, field="tags") for tag in value]


_CHECKS: Mapping[str, Callable[[object], Any]] = {
    "username": username,
    "email": email,
    "full_name": full_name,
    "is_active": is_active,
    "tags": tags,
}


def check_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields, each checked, in a fixed order.

    Raises:
        ValidationError: a field that does not exist, or a value that it cannot hold.
    """
    reject_unknown(given, _CHECKS, what="user field")
    return {name: check(given[name]) for name, check in _CHECKS.items() if name in given}


def is_user_id(value: object) -> bool:
    """Whether there can be a user with this id; an integer beyond SERIAL's range is the id of nobody.

    Raises:
        ValidationError: it is no integer at all.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(f"user_id must be an int, not {value!r}", field="user_id")
    return 0 < value <= LARGEST_ID


def can_be_stored(value: object, *, field: str) -> bool:
    """Whether there can be a user with this text as name or address; nobody has one that PostgreSQL cannot hold.

    Raises:
        ValidationError: it is no text at all.
    """
    if not isinstance(value, str):
        raise ValidationError(f"{field} must be a str, not {value!r}", field=field)
    return is_storable(value)
