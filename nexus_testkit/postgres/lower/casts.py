"""Casts in SQLite's words: none where storage is the same, SQLite's own where they mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.catalog.naming import relation_in
from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.lower import domains
from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import Call, Cast, ColumnRef, Const, Expr, Param
from nexus_testkit.postgres.values.types import INTEGERS

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

_STRINGS = frozenset({"text", "varchar", "name"})
_INTEGERS = ("int2", "int4", "int8")


def cast(low: Lowering, node: Cast) -> str:
    """`CAST(arg AS type)`."""
    if isinstance(node.type, DomainType):
        return domains.checked(
            low, node.type, low.expr(node.arg), node.arg.location if isinstance(node.arg, Const) else -1
        )
    arg, source, target = low.expr(node.arg), node.arg.type, node.type
    if source == "pg_node_tree":
        raise low.refuse("a value of type pg_node_tree (pg_get_expr() shows it)", node.location)
    if node.typmod is not None and isinstance(node.arg, Param):
        low.limits[node.arg.number] = node
    if node.typmod is None:
        if source == target or (source in _STRINGS and target in _STRINGS and target != "name"):
            return arg
        if source in _INTEGERS and target in _INTEGERS and _INTEGERS.index(source) <= _INTEGERS.index(target):
            return arg
        if source == "int8" and target in _INTEGERS and _within(low, node.arg, target):
            return arg
        if source in _INTEGERS and target == "float8":
            return f"CAST({arg} AS REAL)"
        if source in _INTEGERS and target in ("numeric", "text"):
            return f"CAST({arg} AS TEXT)"
        if source == "date" and target == "timestamp" and isinstance(node.arg, Const | Param | ColumnRef):
            return f"CASE WHEN length({arg}) = 10 THEN {arg} || ' 00:00:00.000000' ELSE {arg} END"  # or infinity
        if source in low.catalog.enums and target in _STRINGS:
            return arg
        if target in low.catalog.enums:
            return f"pgs_enum_cast({arg}, {literal(target)}, {', '.join(literal(label) for label in low.catalog.enums[target])})"
    elif target == "varchar" and source in (*_STRINGS, "unknown") and node.kind == "a" and _plain(node.arg):
        # The common case of INSERT: no function call as long as the text fits.
        return f"CASE WHEN length({arg}) <= {node.typmod} THEN {arg} ELSE {_cast_call(arg, node)} END"
    return _cast_call(arg, node)


def _within(low: Lowering, node: Expr, target: str) -> bool:
    """Whether it is the next value of a sequence all of whose values fit: a serial column's default."""
    if not isinstance(node, Call) or node.name != "nextval" or not isinstance(node.args[0], Const):
        return False
    sequence = low.catalog.sequences.get(relation_in(low.catalog, str(node.args[0].value)) or "")
    limit = INTEGERS[target]
    return sequence is not None and -limit <= sequence.minimum and sequence.maximum < limit


def _plain(node: Expr) -> bool:
    return isinstance(node, Param | Const | ColumnRef) or (
        isinstance(node, Cast) and node.typmod is None and _plain(node.arg)
    )


def _cast_call(arg: str, node: Cast) -> str:
    typmod = node.typmod
    shown = literal(",".join(map(str, typmod)) if isinstance(typmod, tuple) else typmod)
    return f"pg_cast({arg}, {literal(node.arg.type)}, {literal(node.type)}, {shown}, {literal(node.kind)})"
