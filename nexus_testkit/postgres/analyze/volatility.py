"""Whether an expression means the same at all times: what an index or a generated column may hold."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.catalog.system import system
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed import Call, Cast, Expr

_TEXTS = frozenset({"text", "varchar", "bpchar"})


def mutable(expr: Expr) -> bool:
    """Whether it holds anything that pg_proc does not call immutable."""
    if isinstance(expr, Cast) and depends_on_settings(expr.arg.type, expr.type):
        return True
    return (isinstance(expr, Call) and expr.volatile) or any(mutable(child) for child in children(expr))


def volatile(tree: object) -> bool:
    """Whether a call in it may give something else for each row (pg_proc's volatility `v`; `Call.volatile` is true of stable ones too)."""
    return any(isinstance(node, Call) and node.volatile and _changes(node) for node in nodes(tree))


def _changes(call: Call) -> bool:
    if call.operator:
        return False
    rows = system().functions.get(call.name, ())
    found = [row for row in rows if row.declared == call.declared] or rows
    return any(row.volatility == "v" for row in found)


def _made(kind: str) -> bool:
    """Whether a type is the user's."""
    return kind.removesuffix("[]") not in system().categories


def depends_on_settings(source: str, target: str) -> bool:
    """Whether a cast asks for TimeZone or DateStyle: the server calls it stable, not immutable."""
    kinds = {source, target}
    if (source in _TEXTS and _made(target)) or (target in _TEXTS and _made(source)):
        return True  # enum_in and enum_out look into the catalogue
    return len(kinds) > 1 and ("timestamptz" in kinds or (bool(kinds & _TEXTS) and bool(kinds & {"date", "timestamp"})))
