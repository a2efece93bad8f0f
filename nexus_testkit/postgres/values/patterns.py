"""LIKE, SIMILAR TO and the regular expression operators.

LIKE follows src/backend/utils/adt/like_match.c, the functions src/backend/utils/adt/regexp.c. Regular expressions are PostgreSQL's AREs
(manual, 9.7.3): `are` reads them and `are_match` runs them, because Python's `re` chooses other matches.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.are_match import Expression, Match, expression
from nexus_testkit.postgres.values.textual import lower


@lru_cache(maxsize=1024)
def _like(pattern: str, escape: str) -> re.Pattern[str]:
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
    return re.compile("".join(out), re.DOTALL)


#: Stands for a pattern that ends with its escape character: an error, but only if matching gets that far.
_TRAILING = re.compile("(?!)")


def like(text: str, pattern: str, escape: str = "\\", ignore_case: int = 0) -> int:
    """Whether a text is LIKE a pattern: `%` any run, `_` one character; 22025 for a bad escape."""
    if len(escape) > 1:
        raise database_error("22025", "invalid escape string", hint="Escape string must be empty or one character.")
    if ignore_case:  # ILIKE compares the two in lower case (like.c, Generic_Text_IC_like)
        text, pattern, ignore_case = lower(text), lower(pattern), 0
    matcher = _like(pattern, escape)
    if matcher is _TRAILING:
        body = pattern[:-1]
        if _like(body, escape).pattern.endswith(".*"):  # it looks behind a "%" if some text is left
            if like(text, body[:-1] + "_%", escape, ignore_case):
                raise database_error("22025", "LIKE pattern must not end with escape character")
            return 0
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
    return int(expression(pattern).test(text))


def matches_ignoring_case(text: str, pattern: str) -> int:
    """text ~* pattern."""
    return int(expression(pattern, "i").test(text))


def not_matches(text: str, pattern: str) -> int:
    """text !~ pattern."""
    return 1 - matches(text, pattern)


def not_matches_ignoring_case(text: str, pattern: str) -> int:
    """text !~* pattern."""
    return 1 - matches_ignoring_case(text, pattern)


def _replacement(template: str, match: Match) -> str:
    out: list[str] = []
    at = 0
    while at < len(template):
        char = template[at]
        if char == "\\" and at + 1 < len(template):
            at += 1
            char = template[at]
            if char == "&":
                out.append(match.group() or "")
            elif "1" <= char <= "9":
                out.append((match.group(int(char)) or "") if int(char) < len(match.spans) else "")
            else:
                out.append(char if char == "\\" else "\\" + char)
        else:
            out.append(char)
        at += 1
    return "".join(out)


def replace(text: str, pattern: str, template: str, flags: str = "") -> str:
    r"""regexp_replace: the first match, or with the flag `g` all; `\1` to `\9` and `\&` in the template."""
    if "1" <= flags[:1] <= "9":
        raise database_error(
            "22023",
            f'invalid regular expression option: "{flags[0]}"',
            hint="If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer explicitly.",
        )
    return _replaced(text, expression(pattern, flags), template, 0, 0 if "g" in flags else 1)


def replace_from(
    text: str, pattern: str, template: str, start: int, occurrence: int | None = None, flags: str = ""
) -> str:
    """regexp_replace(text, pattern, template, start, N, flags): the N-th match behind `start`, all where N is 0."""
    _positive("start", start)
    if occurrence is not None and occurrence < 0:
        raise database_error("22023", f'invalid value for parameter "n": {occurrence}')
    wanted = occurrence if occurrence is not None else 0 if "g" in flags else 1
    return _replaced(text, expression(pattern, flags), template, start - 1, wanted)


def _replaced(text: str, found: Expression, template: str, start: int, wanted: int) -> str:
    """replace_text_regexp; `wanted` 0 is all."""
    out: list[str] = []
    here = 0
    for number, match in enumerate(found.finditer(text, start), 1):
        if wanted and number < wanted:
            continue
        out += [text[here : match.start()], _replacement(template, match)]
        here = match.end()
        if wanted:
            break
    return "".join([*out, text[here:]])


def _positive(name: str, value: int) -> None:
    if value <= 0:
        raise database_error("22023", f'invalid value for parameter "{name}": {value}')


def _no_global(flags: str, function: str, instead: str = "") -> None:
    if "g" in flags:
        hint = f"Use the {instead} function instead." if instead else None
        raise database_error("22023", f'{function}() does not support the "global" option', hint=hint)


def first_match(text: str, pattern: str, flags: str = "") -> list[str | None] | None:
    """regexp_match: the groups of the first match (the whole where there are none), or None."""
    _no_global(flags, "regexp_match", "regexp_matches")
    found = expression(pattern, flags).search(text)
    return None if found is None else found.groups() or [found.group()]


def all_matches(text: str, pattern: str, flags: str = "") -> list[list[str | None]]:
    """regexp_matches: one list of groups a row."""
    made = expression(pattern, flags)
    if "g" in flags:
        return [match.groups() or [match.group()] for match in made.finditer(text)]
    found = made.search(text)
    return [] if found is None else [found.groups() or [found.group()]]


def split(text: str, pattern: str, flags: str = "", function: str = "regexp_split_to_array") -> list[str]:
    """regexp_split_to_array: empty matches at the ends and after a match do not split."""
    _no_global(flags, function)
    pieces: list[str] = []
    start = 0
    for match in expression(pattern, flags).finditer(text):
        if match.start() >= len(text) or match.end() <= start:
            continue
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def count(text: str, pattern: str, start: int = 1, flags: str = "") -> int:
    """regexp_count."""
    _positive("start", start)
    _no_global(flags, "regexp_count")
    return sum(1 for _ in expression(pattern, flags).finditer(text, start - 1))


def found(text: str, pattern: str, flags: str = "") -> int:
    """regexp_like."""
    _no_global(flags, "regexp_like")
    return int(expression(pattern, flags).test(text))


def nth(text: str, pattern: str, start: int = 1, occurrence: int = 1, flags: str = "", group: int = 0) -> str | None:
    """regexp_substr."""
    match = _nth("regexp_substr", text, pattern, start, occurrence, flags, group)
    return None if match is None else match.group(group)


def place(
    text: str, pattern: str, start: int = 1, occurrence: int = 1, end: int = 0, flags: str = "", group: int = 0
) -> int:
    """regexp_instr: from 1, 0 if it is not there."""
    _positive("start", start)
    _positive("n", occurrence)
    if end not in (0, 1):
        raise database_error("22023", f'invalid value for parameter "endoption": {end}')
    match = _nth("regexp_instr", text, pattern, start, occurrence, flags, group)
    if match is None or match.spans[group] is None:
        return 0
    return (match.end(group) if end else match.start(group)) + 1


def _nth(function: str, text: str, pattern: str, start: int, occurrence: int, flags: str, group: int) -> Match | None:
    _positive("start", start)
    _positive("n", occurrence)
    if group < 0:
        raise database_error("22023", f'invalid value for parameter "subexpr": {group}')
    _no_global(flags, function)
    made = expression(pattern, flags)
    if group > made.groups:
        return None
    return next((match for at, match in enumerate(made.finditer(text, start - 1), 1) if at == occurrence), None)


def substring(text: str, pattern: str) -> str | None:
    """substring(text from pattern): the first group, else the whole match, else None."""
    match = expression(pattern).search(text)
    return None if match is None else match.group(1 if len(match.spans) > 1 else 0)


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
        raise database_error("22025", "invalid escape string", hint="Escape string must be empty or one character.")
    out = ["^(?:"]
    after = False
    depth = inside = 0  # of [...]; how many characters of a class have been seen
    quotes = 0
    at = 0
    for at, char in enumerate(pattern):  # the last place is not needed
        if after:
            if char == '"' and not depth:
                if quotes == 0:
                    out.append("){1,1}?(")
                elif quotes == 1:
                    out.append("){1,1}(?:")
                else:
                    raise database_error(
                        "2200C", "SQL regular expression may not contain more than two escape-double-quote separators"
                    )
                quotes += 1
            else:
                out.append("\\" + char)
                inside = 3
            after = False
        elif char == escape:
            after = True
        elif depth:
            if char == "\\":
                out.append("\\")
            out.append(char)
            if char == "]" and inside > 2:
                depth -= 1
            elif char == "[" and pattern[at + 1 : at + 2] in tuple(":.="):
                depth += 1
            elif char == "^":
                inside += 1
            else:
                inside = 3
        elif char == "[":
            out.append(char)
            depth, inside = 1, 1
        else:
            out.append({"%": ".*", "_": ".", "(": "(?:"}.get(char) or ("\\" + char if char in "\\.^$" else char))
    return "".join([*out, ")$"])
