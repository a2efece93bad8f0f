"""WITHIN GROUP: the rows as an array, and a function of the direct arguments and that array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower import lateral
from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import Aggregate, SortKey

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering


def aggregate(low: Lowering, node: Aggregate, where: str) -> str:
    """An ordered-set or hypothetical-set aggregate; `where` is its FILTER."""
    direct = [low.expr(arg) for arg in node.args]
    keys = [(_kind(low, key), key) for key in node.order]
    spec = ",".join(f"{kind}:{'d' if key.descending else 'a'}{'f' if key.nulls_first else 'l'}" for kind, key in keys)
    if node.name in ("percentile_cont", "percentile_disc", "mode"):
        key, value = node.order[0], low.expr(node.order[0].expr)
        stored = key.expr.type if key.expr.type not in low.catalog.enums else "text"
        ranked = f", {_ranked(low, key)}"
        rows = f"pg_agg_ordered({literal(f'array_agg||{stored}|{spec}|')}, {value}{ranked}){where}"
        if node.name == "mode":
            return f"pg_mode({literal(stored)}, {rows})"
        several = "s" if node.type.endswith("[]") and node.signature[0].endswith("[]") else ""
        return f"pg_{node.name.replace('percentile', 'percentile' + several)}({direct[0]}, {literal(stored)}, {rows})"
    packed = ", ".join(lateral.packed(_ranked(low, key), kind) for kind, key in keys)
    rows = f"json_group_array(json_array({packed}) || ''){where}"
    own = [low.key(arg) if arg.type in low.catalog.enums else sql for arg, sql in zip(node.args, direct, strict=True)]
    return f"pg_hypothetical({literal(node.name)}, {literal(spec)}, {rows}, {', '.join(own)})"


def _kind(low: Lowering, key: SortKey) -> str:
    return "int4" if key.expr.type in low.catalog.enums else key.expr.type


def _ranked(low: Lowering, key: SortKey) -> str:
    """What a key sorts by: an enum's label by its rank."""
    return low.key(key.expr) if key.expr.type in low.catalog.enums else low.expr(key.expr)
