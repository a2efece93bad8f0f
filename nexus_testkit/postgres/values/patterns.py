"""LIKE, SIMILAR TO and the regular expression operators.

LIKE follows src/backend/utils/adt/like_match.c. Regular expressions are PostgreSQL's AREs (manual, 9.7.3), translated to Python's `re`
where both mean the same.

Limits: an ARE prefers the longest match where Python prefers the first alternative; for a mere "does it match"
(`~`, `!~`) the two agree. Back references inside look-ahead, collating elements and the `***` directors are refused.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.regexes import regex


@lru_cache(maxsize=1024)
def _like(pattern: str, escape: str, ignore_case: bool) -> re.Pattern[str]:
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == escape:
            at += 1
            if at == len(pattern):
                return _TRAILING
            out.append(re.escape(pattern[at]))
        elif char == "%":
            if not out or out[-1] != ".*":
                out.append(".*")
        else:
            out.append("." if char == "_" else re.escape(char))
        at += 1
    return re.compile("".join(out), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


#: Stands for a pattern that ends with its escape character: an error, but only if matching gets that far.
_TRAILING = re.compile("(?!)")


def like(text: str, pattern: str, escape: str = "\\", ignore_case: int = 0) -> int:
    """Whether a text is LIKE a pattern: `%` any run, `_` one character; 22025 for a bad escape."""
    if len(escape) > 1:
        raise database_error("22025", "invalid escape string", hint="Escape string must be empty or one character.")
    matcher = _like(pattern, escape, bool(ignore_case))
    if matcher is _TRAILING:
        if like(text, pattern[:-1] + "%", escape, ignore_case):
            if like(text, pattern[:-1], escape, ignore_case):
                return 0
            raise database_error("22025", "LIKE pattern must not end with escape character")
        return 0
    return 1 if matcher.fullmatch(text) else 0


def not_like(text: str, pattern: str, escape: str = "\\", ignore_case: int = 0) -> int:
    """The opposite of `like`."""
    return 1 - like(text, pattern, escape, ignore_case)


def bytes_like(data: bytes, pattern: bytes) -> int:
    """LIKE of bytea."""
    return like(data.decode("latin-1"), pattern.decode("latin-1"))


def matches(text: str, pattern: str) -> int:
    """text ~ pattern."""
    return 1 if regex(pattern).search(text) else 0


def matches_ignoring_case(text: str, pattern: str) -> int:
    """text ~* pattern."""
    return 1 if regex(pattern, "i").search(text) else 0


def not_matches(text: str, pattern: str) -> int:
    """text !~ pattern."""
    return 0 if regex(pattern).search(text) else 1


def not_matches_ignoring_case(text: str, pattern: str) -> int:
    """text !~* pattern."""
    return 0 if regex(pattern, "i").search(text) else 1


def _replacement(template: str, match: re.Match[str]) -> str:
    out: list[str] = []
    at = 0
    while at < len(template):
        char = template[at]
        if char == "\\" and at + 1 < len(template):
            at += 1
            char = template[at]
            if char == "&":
                out.append(match.group())
            elif char.isdigit() and char != "0":
                out.append((match.group(int(char)) or "") if int(char) <= (match.re.groups or 0) else "")
            else:
                out.append(char if char == "\\" else "\\" + char)
        else:
            out.append(char)
        at += 1
    return "".join(out)


def replace(text: str, pattern: str, template: str, flags: str = "") -> str:
    r"""regexp_replace: the first match, or with the flag `g` all; `\1` to `\9` and `\&` in the template."""
    return regex(pattern, flags.replace("g", "")).sub(
        lambda match: _replacement(template, match), text, count=0 if "g" in flags else 1
    )


def first_match(text: str, pattern: str, flags: str = "") -> list[str | None] | None:
    """regexp_match: the groups of the first match (the whole where there are none), or None."""
    if "g" in flags:
        raise database_error(
            "22023",
            'regexp_match() does not support the "global" option',
            hint="Use the regexp_matches function instead.",
        )
    found = regex(pattern, flags).search(text)
    return None if found is None else list(found.groups()) or [found.group()]


def all_matches(text: str, pattern: str, flags: str = "") -> list[list[str | None]]:
    """regexp_matches: one list of groups a row."""
    expression = regex(pattern, flags.replace("g", ""))
    found = list(expression.finditer(text)) if "g" in flags else [m for m in [expression.search(text)] if m]
    return [list(match.groups()) or [match.group()] for match in found]


def split(text: str, pattern: str, flags: str = "") -> list[str]:
    """regexp_split_to_array: empty matches at the ends and after a match do not split."""
    expression = regex(pattern, flags)
    pieces: list[str] = []
    start = 0
    for match in expression.finditer(text):
        if match.start() >= len(text) or match.end() <= start:
            continue
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def count(text: str, pattern: str, start: int = 1, flags: str = "") -> int:
    """regexp_count."""
    return sum(1 for _ in regex(pattern, flags).finditer(text, start - 1))


def found(text: str, pattern: str, flags: str = "") -> int:
    """regexp_like."""
    return 1 if regex(pattern, flags).search(text) else 0


def nth(text: str, pattern: str, start: int = 1, occurrence: int = 1, flags: str = "", group: int = 0) -> str | None:
    """regexp_substr."""
    for at, match in enumerate(regex(pattern, flags).finditer(text, start - 1), 1):
        if at == occurrence:
            return match.group(group) if group <= match.re.groups else None
    return None


def place(
    text: str, pattern: str, start: int = 1, occurrence: int = 1, end: int = 0, flags: str = "", group: int = 0
) -> int:
    """regexp_instr: from 1, 0 if it is not there."""
    for at, match in enumerate(regex(pattern, flags).finditer(text, start - 1), 1):
        if at == occurrence and group <= match.re.groups:
            return (match.end(group) if end else match.start(group)) + 1
    return 0


def substring(text: str, pattern: str) -> str | None:
    """substring(text from pattern): the first group, else the whole match, else None."""
    found = regex(pattern).search(text)
    if found is None:
        return None
    return found.group(1) if found.re.groups else found.group()


def like_escape(pattern: str, escape: str) -> str:
    """A LIKE pattern with its own escape character, rewritten for the backslash (like_match.c, `do_like_escape`)."""
    if escape == "\\":
        return pattern
    if len(escape) > 1:
        raise database_error("22025", "invalid escape string", hint="Escape string must be empty or one character.")
    out: list[str] = []
    after = False
    for char in pattern:
        if char == escape and not after:
            out.append("\\")
            after = True
        elif char == "\\":
            out.append("\\" if after else "\\\\")
            after = False
        else:
            out.append(char)
            after = False
    return "".join(out)


def similar_pattern(pattern: str, escape: str = "\\") -> str:
    """SIMILAR TO's pattern as a regular expression (regexp.c, `similar_escape_internal`)."""
    if len(escape) > 1:
        raise database_error("22019", "invalid escape string", hint="Escape string must be empty or one character.")
    out = ["^(?:"]
    after = False
    bracket = 0  # characters seen inside [...], 0 outside
    for char in pattern:
        if after:
            if char == '"':
                raise UnsupportedSQL("SIMILAR TO's escape-double-quote separator")
            out.append("\\" + char)
            after = False
        elif char == escape:
            after = True
        elif bracket:
            if char == "\\":
                out.append("\\")
            out.append(char)
            bracket = 0 if char == "]" and bracket > 1 else bracket + (char != "^" or bracket > 1)
        elif char == "[":
            out.append(char)
            bracket = 1
        elif char == "%":
            out.append(".*")
        elif char == "_":
            out.append(".")
        elif char == "(":
            out.append("(?:")
        else:
            out.append("\\" + char if char in "\\.^$" else char)
    return "".join([*out, ")$"])
