"""Arrays in SQLite's words: ARRAY[...], their elements; subscripts of jsonb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower import chains, routines
from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import ArrayExpr, Call, Subscript
from nexus_testkit.postgres.values import records
from nexus_testkit.postgres.vectors import vector_of

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

NOT_JSON = frozenset({"float4", "float8", "bytea"})


def element_of(kind: str, value: str = "value") -> str:
    """An element as json_each gives it, in the storage of its type."""
    return f"pg_array_element({value}, {literal(kind)})" if kind in NOT_JSON else value


def array(low: Lowering, node: ArrayExpr) -> str:
    """`ARRAY[...]`."""
    items = [low.expr(item) for item in node.items]
    if node.nested:
        return f"pg_array_nested({', '.join(items)})"
    # SQLite's JSON keeps 15 digits of a float, and no bytes at all.
    plain = node.type[:-2] not in NOT_JSON and records.find(node.type[:-2]) is None
    function = "json_array" if plain else "pg_array"
    return chains.array(function, items)


def subscript(low: Lowering, node: Subscript) -> str:
    """`array[index]`, `jsonb[key]`."""
    arg, index = low.expr(node.arg), low.expr(node.index)
    if node.type == "jsonb" and node.arg.type == "jsonb":
        sql = routines.call(
            Call("jsonb", "sql/json subscript", ("jsonb", node.index.type), ()),
            [arg, index],
        )
        if sql is None:
            raise low.refuse("a subscript of jsonb", node.location)
        return sql
    if vector_of(node.arg) is not None:
        index += " + 1"
    return f"pg_array_get({literal(node.type)}, {arg}, {index})"
