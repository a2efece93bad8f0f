"""Enums in SQLite's words: their order, and the functions of manual, 9.10."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import Call

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

_NAMES = frozenset({"enum_first", "enum_last", "enum_range"})


def call(low: Lowering, node: Call) -> str | None:
    """One of the functions that only look at an enum's type and labels; None for any other."""
    if node.operator or node.name not in _NAMES:
        return None
    labels = low.catalog.enums.get(node.signature[0])
    if labels is None:
        return None
    unsafe = {label for enum, label in low.catalog.unsafe if enum == node.signature[0]}
    if node.name != "enum_range":
        asked = (labels[0] if node.name == "enum_first" else labels[-1]) if labels else None
        if asked in unsafe:
            raise low.refuse("a label of an enum that this transaction has added", node.location)
        return literal(asked)
    if unsafe:
        raise low.refuse("enum_range of an enum that got a label in this transaction", node.location)
    if len(node.args) == 1:
        return literal(json.dumps(labels, ensure_ascii=False, separators=(",", ":")))
    first, last = (low.expr(arg) for arg in node.args)
    ranked = " UNION ALL ".join(f"SELECT {at} AS place, {literal(label)} AS label" for at, label in enumerate(labels))
    whens = " ".join(f"WHEN {literal(label)} THEN {at}" for at, label in enumerate(labels))
    low_end = f"coalesce(CASE {first} {whens} END, 0)"
    high_end = f"coalesce(CASE {last} {whens} END, {len(labels)})"
    return (
        f"(SELECT coalesce(json_group_array(label), '[]') FROM (SELECT label FROM ({ranked}) "
        f"WHERE place BETWEEN {low_end} AND {high_end} ORDER BY place))"
    )


def rank(sql: str, labels: tuple[str, ...]) -> str:
    """An enum's place in its order of declaration."""
    whens = " ".join(f"WHEN {literal(label)} THEN {at}" for at, label in enumerate(labels))
    return f"(CASE {sql} {whens} END)"
