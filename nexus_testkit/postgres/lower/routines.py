"""PostgreSQL's functions, operators and aggregates in SQLite's words.

`values.FUNCTIONS` says what the runtime provides; the few tables here are what SQLite does natively or what
belongs to the session (sequences, locks, settings). A routine that is in neither is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import Aggregate, Call, Window
from nexus_testkit.postgres.values import FUNCTIONS

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

#: Stands in an aggregate's SQL where FILTER goes, and in a window's where OVER goes.
FILTER = "\0filter"
OVER = "\0over"

_SESSION = {
    "nextval": "pg_nextval({args})",
    "currval": "pg_currval({args})",
    "lastval": "pg_lastval()",
    "setval": "pg_setval({args})",
    "pg_advisory_lock": "pg_advisory_lock({args})",
    "pg_advisory_xact_lock": "pg_advisory_xact_lock({args})",
    "pg_try_advisory_lock": "pg_try_advisory_lock({args})",
    "pg_try_advisory_xact_lock": "pg_try_advisory_xact_lock({args})",
    "pg_advisory_unlock": "pg_advisory_unlock({args})",
    "pg_advisory_unlock_all": "pg_advisory_unlock_all()",
    "version": "pg_version()",
    "current_setting": "pg_current_setting({args})",
    "set_config": "pg_set_config({args})",
    "current_user": "'postgres'",
    "session_user": "'postgres'",
    "current_database": "'postgres'",
    "current_schema": "'public'",
}

# SQLite's own operators mean the same on these.
_NATIVE_TEXT = frozenset({"text", "varchar", "name"})

_WINDOWS = frozenset(
    {"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value"}
)
_INTEGERS = frozenset({"int2", "int4", "int8"})


def call(node: Call, args: list[str]) -> str | None:
    """A function or operator, or None where nothing provides it."""
    if not node.operator and node.name in _SESSION:
        return _SESSION[node.name].replace("{args}", ", ".join(args))
    template = _provided(node)
    if template is not None:
        return _fill(template, node, args)
    if node.operator and node.name == "||" and len(args) == 2 and set(node.signature) <= _NATIVE_TEXT:
        return f"({args[0]} || {args[1]})"
    if node.operator and node.name in ("&", "|", "<<", ">>") and set(node.signature) <= _INTEGERS:
        return f"({args[0]} {node.name} {args[1]})"
    return None


def _provided(node: Call | Aggregate) -> str | None:
    found: str | None = FUNCTIONS.get((node.name, node.signature))
    return found if found is not None else FUNCTIONS.get((node.name, node.declared))


def _fill(template: str, node: Call | Aggregate, args: list[str]) -> str:
    joined = ", ".join(args)
    if template.isidentifier():
        return f"{template}({joined})"
    text = template.replace("{args}", joined)
    if "{typed}" in text:
        pairs = [f"{literal(kind)}, {arg}" for kind, arg in zip(node.signature, args, strict=True)]
        text = text.replace("{typed}", ", ".join(pairs))
    text = text.replace("{result}", literal(node.type))
    # Arguments may hold braces of their own: put them in last, in one pass.
    pieces: list[str] = []
    at = 0
    while (brace := text.find("{", at)) >= 0:
        end = text.find("}", brace)
        word = text[brace + 1 : end] if end > 0 else ""
        if word.isdigit() and int(word) < len(args):
            pieces += [text[at:brace], args[int(word)]]
        elif word[:1] == "t" and word[1:].isdigit() and int(word[1:]) < len(node.signature):
            pieces += [text[at:brace], literal(node.signature[int(word[1:])])]
        else:
            pieces.append(text[at : brace + 1])
            at = brace + 1
            continue
        at = end + 1
    pieces.append(text[at:])
    return "".join(pieces)


def aggregate(node: Aggregate, args: list[str], keys: list[str]) -> str | None:
    """An aggregate with `FILTER` after its parentheses, or None. `keys` are the arguments with their collation."""
    distinct = "DISTINCT " if node.distinct else ""
    native = _native_aggregate(node, args, keys, distinct)
    if native is not None:
        return native
    template = _provided(node)
    if template is None:
        return None
    if template.isidentifier():
        # SQLite allows DISTINCT with one argument only.
        if node.distinct and len(args) > 1:
            return None
        inner = ", ".join(keys if node.distinct else args)
        return f"{template}({distinct}{inner}){FILTER}"
    if node.distinct:
        return None
    return _fill(template, node, args) + FILTER


def _native_aggregate(node: Aggregate, args: list[str], keys: list[str], distinct: str) -> str | None:
    if node.name == "count":
        return f"count({distinct}{keys[0]}){FILTER}"
    kind = node.signature[0] if node.signature else ""
    if node.name in ("min", "max"):
        return f"{node.name}({keys[0]}){FILTER}"
    if node.name == "sum" and kind in ("int2", "int4"):
        return f"sum({distinct}{args[0]}){FILTER}"
    if node.name in ("bool_and", "every"):
        return f"min({args[0]}){FILTER}"
    if node.name == "bool_or":
        return f"max({args[0]}){FILTER}"
    return None


def window(node: Window, low: Lowering) -> str | None:
    """A window function with `OVER` in its place, or None: only SQLite's own, a Python one crashes CPython."""
    inner = node.call
    if isinstance(inner, Call):
        if inner.name not in _WINDOWS:
            return None
        args = ", ".join(low.expr(arg) for arg in inner.args)
        return f"{inner.name}({args}){OVER}"
    if not isinstance(inner, Aggregate):
        return None
    where = f" FILTER (WHERE {low.condition(inner.where)})" if inner.where is not None else ""
    if inner.star:
        return f"count(*){where}{OVER}"
    kind = inner.signature[0]
    args_sql = [low.expr(arg) for arg in inner.args]
    native = _native_aggregate(inner, args_sql, [low.key(arg) for arg in inner.args], "")
    if native is not None:
        return native.replace(FILTER, where) + OVER
    if inner.name == "avg" and kind in _INTEGERS and kind != "int8":
        # avg is a numeric of PostgreSQL's scale; the sum of int4 fits SQLite's integers.
        total = f"CAST(sum({args_sql[0]}){where}{OVER} AS TEXT)"
        many = f"CAST(count({args_sql[0]}){where}{OVER} AS TEXT)"
        divide = FUNCTIONS.get(("/", ("numeric", "numeric")))
        if divide is None:
            return None
        quotient = _fill(divide, Call("numeric", "/", ("numeric", "numeric"), ()), [total, many])
        return f"(CASE WHEN {many} <> '0' THEN {quotient} END)"
    if inner.name in ("sum", "avg") and kind == "float8":
        return f"{inner.name}({args_sql[0]}){where}{OVER}"
    return None
