"""LATERAL: a query in FROM that reads its neighbours' columns.

SQLite has no such thing, but a table-valued function may read them: the query's rows are gathered in a JSON array by a
correlated scalar subquery, and `json_each` gives them back. What JSON cannot carry (bytes, floats to the last digit)
travels as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed_queries import LateralSource
from nexus_testkit.postgres.values.types import affinity

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

_FLOATS = frozenset({"float4", "float8"})


def source(low: Lowering, node: LateralSource) -> str:
    """The item of FROM."""
    kinds = [output.expr.type for output in node.visible]
    query = low.query(low, node.query)
    items = ", ".join(packed(f"c{at}", kind) for at, kind in enumerate(kinds))
    return f"json_each((SELECT json_group_array(json_array({items})) FROM ({query}))) AS {node.alias}"


def packed(sql: str, kind: str) -> str:
    """A value as it goes into a JSON array."""
    if kind == "bytea":
        return f"iif({sql} IS NULL, NULL, '\\x' || hex({sql}))"
    if kind in _FLOATS:
        return f"pg_float_repr({sql})"
    # Concatenation makes plain text of what SQLite knows to be JSON, which it would put in unquoted.
    return f"{sql} || ''" if affinity(kind) == "TEXT" else sql


def column(node: LateralSource, at: int) -> str:
    """One column of it, in storage form."""
    kind = node.visible[at].expr.type
    sql = f"json_extract({node.alias}.value, '$[{at}]')"
    if kind == "bytea" or kind in _FLOATS:
        return f"pg_cast({sql}, 'text', {literal(kind)}, NULL, 'e')"
    return sql
