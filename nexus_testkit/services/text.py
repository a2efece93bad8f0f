"""Checks of text that comes from outside, before any port sees it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from nexus_testkit.errors import ValidationError


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: its text has no NUL and is valid UTF-8, so no lone surrogates either."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def require_text(value: object, *, field: str) -> str:
    """`value`, where it is a str that can be stored.

    Raises:
        ValidationError: it is not.
    """
    if not isinstance(value, str):
        raise ValidationError(f"{field} must be a str, not {_kind(value)}", field=field)
    if not is_storable(value):
        raise ValidationError(f"{field} holds a NUL character or a lone surrogate: {value!r}", field=field)
    return value


def require_line(value: object, *, field: str, longest: int | None = None) -> str:
    """`value`, where it is one line of text: not blank, no control characters, no blanks round it.

    Raises:
        ValidationError: it is not, or it has more than `longest` characters.
    """
    text = require_text(value, field=field)
    if not text.strip():
        raise ValidationError(f"{field} must not be empty", field=field)
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        raise ValidationError(f"{field} must be one line without control characters: {text!r}", field=field)
    if text != text.strip():
        raise ValidationError(f"{field} must not begin or end with a blank: {text!r}", field=field)
    if longest is not None and len(text) > longest:
        raise ValidationError(f"{field} has {len(text)} characters; at most {longest} are stored", field=field)
    return text


def reject_unknown(given: Iterable[str], known: Iterable[str], *, what: str) -> None:
    """Refuse names that nobody reads, instead of dropping them.

    Raises:
        ValidationError: `given` has a name that `known` lacks; the nearest known one is in the hint.
    """
    names = sorted(known)
    for name in given:
        if name not in names:
            near = get_close_matches(str(name), names, n=1)
            listed = f"known are {', '.join(names)}"
            hint = f"did you mean {near[0]!r}? ({listed})" if near else listed
            raise ValidationError(f"unknown {what} {name!r}", field=str(name), hint=hint)


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__
