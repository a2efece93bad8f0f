"""The filters of `UserService.list_users`, as the conditions of a WHERE clause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nexus_testkit.errors import ValidationError
from nexus_testkit.services import user_fields
from nexus_testkit.services.text import reject_unknown, require_text

# What `$n` is: values are always parameters, only these texts become SQL.
_CONDITIONS = {
    "search": r"(username ILIKE {0} ESCAPE '\' OR email ILIKE {0} ESCAPE '\' OR full_name ILIKE {0} ESCAPE '\')",
    "username": "lower(username) = lower({0})",
    "email": "lower(email) = lower({0})",
    "full_name": "full_name = {0}",
    "is_active": "is_active = {0}",
    "tags": "tags @> {0}",
}


def where(filters: Mapping[str, Any] | None) -> tuple[str, list[Any]]:
    """A WHERE clause (empty without filters) and the values of its `$1`, `$2` ...

    Raises:
        ValidationError: an unknown filter, or a value that it cannot compare with.
    """
    filters = filters or {}
    reject_unknown(filters, _CONDITIONS, what="user filter")
    conditions: list[str] = []
    values: list[Any] = []
    for name, condition in _CONDITIONS.items():
        if name not in filters:
            continue
        if name == "full_name" and filters[name] is None:
            conditions.append("full_name IS NULL")  # the only column that can be; None elsewhere is refused below
            continue
        values.append(_VALUES[name](filters[name]))
        conditions.append(condition.format(f"${len(values)}"))
    return ("WHERE " + " AND ".join(conditions) if conditions else ""), values


def contains(text: object) -> str:
    r"""A LIKE pattern for rows that contain `text` itself: its `%`, `_` and `\` are no wildcards."""
    if not isinstance(text, str):
        raise ValidationError(f"the filter 'search' must be a str, not {text!r}", field="search")
    plain = require_text(text, field="search")
    return "%" + plain.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def _text(field: str) -> Callable[[object], str]:
    return lambda value: require_text(value, field=field)


_VALUES: Mapping[str, Callable[[object], Any]] = {
    "search": contains,
    "username": _text("username"),
    "email": _text("email"),
    "full_name": _text("full_name"),
    "is_active": user_fields.is_active,
    "tags": user_fields.tags,
}
