"""PostgreSQL's functions, operators and aggregates in SQLite's words.

`values.lowering` says what the runtime provides; the few tables here are what SQLite does natively or what
belongs to the session (sequences, locks, settings). A routine that is in neither is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower import catalogued
from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import Aggregate, Call, Const, Expr, SortKey, Window
from nexus_testkit.postgres.values.lowering import lowering, ordered_aggregate

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

#: Stands in an aggregate's SQL where FILTER goes, and in a window's where OVER goes.
FILTER = "\0filter"
OVER = "\0over"

_SESSION = {
    "nextval": "pgs_nextval({args})",
    "currval": "pgs_currval({args})",
    "lastval": "pgs_lastval()",
    "setval": "pgs_setval({args})",
    "sequence row": "pgs_sequence_row({args})",
    "pg_advisory_lock": "pgs_advisory_lock({args})",
    "pg_advisory_xact_lock": "pgs_advisory_xact_lock({args})",
    "pg_try_advisory_lock": "pgs_try_advisory_lock({args})",
    "pg_try_advisory_xact_lock": "pgs_try_advisory_xact_lock({args})",
    "pg_advisory_unlock": "pgs_advisory_unlock({args})",
    "pg_advisory_unlock_all": "pgs_advisory_unlock_all()",
    "pg_sleep": "pgs_sleep({args})",
    "pg_advisory_lock_shared": "pgs_advisory_lock_shared({args})",
    "pg_advisory_xact_lock_shared": "pgs_advisory_xact_lock_shared({args})",
    "pg_try_advisory_lock_shared": "pgs_try_advisory_lock_shared({args})",
    "pg_try_advisory_xact_lock_shared": "pgs_try_advisory_xact_lock_shared({args})",
    "pg_advisory_unlock_shared": "pgs_advisory_unlock_shared({args})",
    "version": "pgs_version()",
    "pg_notify": "pgs_notify({args})",
    "pg_listening_channels": "pgs_listening()",
    "pg_notification_queue_usage": "0.0",
    "pgs_place": "pgs_place({args})",
    "current_setting": "pgs_current_setting({args})",
    "set_config": "pgs_set_config({args})",
    "current_user": "'postgres'",
    "session_user": "'postgres'",
    "current_database": "'postgres'",
    "current_schema": "pgs_current_schema()",
    "current_schemas": "pgs_current_schemas({args})",
}

_SEQUENCES = frozenset({"nextval", "currval", "setval"})

# SQLite's own operators mean the same on these.
_NATIVE_TEXT = frozenset({"text", "varchar", "name"})

WINDOWS = frozenset(
    {
        "row_number",
        "rank",
        "dense_rank",
        "percent_rank",
        "cume_dist",
        "ntile",
        "lag",
        "lead",
        "first_value",
        "last_value",
        "nth_value",
    }
)
_INTEGERS = frozenset({"int2", "int4", "int8"})

# Of equal values that are not the same SQLite's min and max keep the first, PostgreSQL's the last.
_LAST_OF_EQUALS = frozenset({"numeric", "interval"})


def call(node: Call, args: list[str]) -> str | None:
    """A function or operator, or None where nothing provides it."""
    if not node.operator and node.name in _SESSION:
        if node.name in _SEQUENCES and isinstance(node.args[0], Const) and isinstance(node.args[0].value, str):
            args = [literal(node.args[0].value), *args[1:]]  # its name; an OID would have to be looked up at each run
        return _SESSION[node.name].replace("{args}", ", ".join(args))
    if not node.operator and (found := catalogued.call(node.name, args)) is not None:
        return found
    known = template(node)
    if known is not None and known.endswith("({typed})"):
        from nexus_testkit.postgres.lower import chains  # noqa: PLC0415  # that module imports this one

        long = chains.typed(known.partition("(")[0], node.signature, args)
        if long is not None:
            return long
    if known is not None:
        return _fill(known, node, args)
    if node.operator and node.name == "||" and len(args) == 2 and set(node.signature) <= _NATIVE_TEXT:
        return f"({args[0]} || {args[1]})"
    if node.operator and node.name in ("&", "|", "<<", ">>") and set(node.signature) <= _INTEGERS:
        return f"({args[0]} {node.name} {args[1]})"
    return None


def template(node: Call | Aggregate) -> str | None:
    """What the runtime has for it."""
    return lowering(node.name, node.signature)


def _fill(template: str, node: Call | Aggregate, args: list[str]) -> str:
    joined = ", ".join(args)
    if template.isidentifier():
        return f"{template}({joined})"
    text = template.replace("{result}", literal(node.type))
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
        elif word == "args":
            pieces += [text[at:brace], joined]
        elif word == "typed":
            pairs = [f"{literal(kind)}, {arg}" for kind, arg in zip(node.signature, args, strict=True)]
            pieces += [text[at:brace], ", ".join(pairs)]
        else:
            pieces.append(text[at : brace + 1])
            at = brace + 1
            continue
        at = end + 1
    pieces.append(text[at:])
    return "".join(pieces)


def aggregate(node: Aggregate, low: Lowering) -> str | None:
    """An aggregate with `FILTER` after its parentheses, or None where nothing provides it."""
    args = [low.expr(arg) for arg in node.args]
    if node.name in ("min", "max") and _is_enum(node.args[0], low):
        return _extreme_label(node, low)
    if not node.order or node.name == "count":  # of no rows too, where the runtime is not asked
        native = _native_aggregate(node, args, [low.key(arg) for arg in node.args])
        if native is not None:
            return native
    if node.order or node.distinct:
        # SQLite has no order inside an aggregate before 3.44: the runtime sorts the rows that it was given.
        order = node.order or _implied(node, low)
        keys = [(_sorted_as(key, low), key.descending, key.nulls_first) for key in order]
        known = ordered_aggregate(node.name, node.signature, keys, distinct=node.distinct)
        args += [low.key(key.expr) if _is_enum(key.expr, low) else low.expr(key.expr) for key in order]
    else:
        known = template(node)
    return None if known is None else _fill(known, node, args) + FILTER


def _is_enum(expr: Expr, low: Lowering) -> bool:
    return expr.type in low.catalog.enums


def _sorted_as(key: SortKey, low: Lowering) -> str:
    """The type that a key is sorted as: an enum by the rank of its label."""
    return "int4" if _is_enum(key.expr, low) else key.expr.type


def _implied(node: Aggregate, low: Lowering) -> tuple[SortKey, ...]:
    """DISTINCT sorts by the arguments, which the runtime cannot do for the labels of an enum."""
    if any(_is_enum(arg, low) for arg in node.args):
        return tuple(SortKey(arg) for arg in node.args)
    return ()


def _extreme_label(node: Aggregate, low: Lowering) -> str:
    labels = low.catalog.enums[node.args[0].type]
    whens = " ".join(f"WHEN {at} THEN {literal(label)}" for at, label in enumerate(labels))
    return f"(CASE {node.name}({low.key(node.args[0])}){FILTER} {whens} END)"


def _native_aggregate(node: Aggregate, args: list[str], keys: list[str]) -> str | None:
    distinct = "DISTINCT " if node.distinct else ""
    if node.name == "count":
        return f"count({distinct}{keys[0]}){FILTER}"
    kind = node.signature[0] if node.signature else ""
    # An enum's key is its rank.
    if node.name == "regr_count" and not distinct:
        return f"count(CASE WHEN {args[0]} IS NOT NULL THEN {args[1]} END){FILTER}"
    if node.name in ("min", "max") and kind not in _LAST_OF_EQUALS and keys[0].startswith(args[0]):
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
        if inner.name not in WINDOWS:
            return None
        args = ", ".join(low.expr(arg) for arg in inner.args)
        return f"{inner.name}({args}){OVER}"
    if not isinstance(inner, Aggregate):
        return None
    where = f" FILTER (WHERE {low.condition(inner.where)})" if inner.where is not None else ""
    if inner.star:
        return f"count(*){where}{OVER}"
    args_sql = [low.expr(arg) for arg in inner.args]
    if inner.name in ("min", "max") and _is_enum(inner.args[0], low):
        return _extreme_label(inner, low).replace(FILTER, where + OVER)
    native = _native_aggregate(inner, args_sql, [low.key(arg) for arg in inner.args])
    return None if native is None else native.replace(FILTER, where) + OVER
