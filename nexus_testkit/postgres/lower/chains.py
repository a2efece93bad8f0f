"""Long expressions without deep nesting: SQLite's parser gives up at a depth of about fifty calls, and a function takes at most 127 arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower import routines
from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import Call, Cast, ColumnRef, Const, Expr, MinMax, Param

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

_ARGUMENTS = 100
_SHORT = 8
_ARITHMETIC = re.compile(r"pg_(int[248]|num|float)_(add|sub|mul|div|mod)")
_NATIVE_TEXT = frozenset({"text", "varchar", "name"})


def grouped(function: str, args: Sequence[str], first: str = "") -> str:
    """A function of as many arguments as there are, of whose results it may be called again; `first` stands before them."""
    found = list(args)
    while True:
        parts = [found[at : at + _ARGUMENTS] for at in range(0, len(found), _ARGUMENTS)]
        found = [
            part[0] if len(part) == 1 and not first else f"{function}({', '.join([first, *part] if first else part)})"
            for part in parts
        ]
        if len(found) == 1:
            return found[0]


def array(function: str, items: Sequence[str]) -> str:
    """`ARRAY[...]` of any length."""
    if len(items) <= _ARGUMENTS:
        return f"{function}({', '.join(items)})"
    parts = [items[at : at + _ARGUMENTS] for at in range(0, len(items), _ARGUMENTS)]
    return grouped("pg_array_parts", [f"{function}({', '.join(part)})" for part in parts])


def typed(function: str, types: Sequence[str], args: Sequence[str]) -> str | None:
    """A call whose arguments each stand behind their type; None where that fits."""
    if 2 * len(args) <= _ARGUMENTS:
        return None
    return f"pg_typed({literal(function)}, {literal(json.dumps(list(types)))}, {', '.join(args)})"


def operators(low: Lowering, node: Call) -> str | None:
    """`a + b - c ...`, or `a || b || c ...`, as one flat piece of SQL; None where it is short, or no chain."""
    if not node.operator or len(node.args) != 2 or _depth(node) < _SHORT:
        return None
    steps: list[tuple[str, Expr]] = []
    here: Expr = node
    while isinstance(here, Call) and here.operator and len(here.args) == 2:
        name = _step(here)
        if name is None or (steps and (name == "||") != (steps[-1][0] == "||")):
            break
        steps.append((name, here.args[1]))
        here = here.args[0]
    if len(steps) < _SHORT:
        return None
    begin, pairs = low.expr(here), [(name, low.expr(arg)) for name, arg in reversed(steps)]
    if steps[0][0] == "||":
        return "(" + " || ".join([begin, *(sql for _, sql in pairs)]) + ")"
    sql = begin
    for at in range(0, len(pairs), _ARGUMENTS // 2):
        part = [f"{literal(name)}, {arg}" for name, arg in pairs[at : at + _ARGUMENTS // 2]]
        sql = f"pg_steps({sql}, {', '.join(part)})"
    return sql


def _depth(node: Expr) -> int:
    count = 0
    while isinstance(node, Call) and node.operator and len(node.args) == 2:
        node = node.args[0]
        count += 1
    return count


def _step(node: Call) -> str | None:
    """The runtime's function of an operator, or `||` of texts."""
    if node.name == "||" and set(node.signature) <= _NATIVE_TEXT:
        return "||"
    template = routines.template(node)
    return template if template is not None and _ARITHMETIC.fullmatch(template) else None


def extreme(low: Lowering, node: MinMax) -> str:
    """GREATEST and LEAST as one call: each argument is computed once."""
    labels = low.catalog.enums.get(node.type)
    spec = ("greatest:" if node.greatest else "least:") + (
        ",".join(_hex(label) for label in labels) if labels else node.type
    )
    if labels is not None:
        spec = f"enum {spec}"
    return grouped("pg_extreme", [low.expr(arg) for arg in node.args], literal(spec))


def _hex(label: str) -> str:
    return label.encode().hex()


def plain(node: Expr) -> bool:
    """Whether it costs nothing to compute it several times."""
    return isinstance(node, Const | Param | ColumnRef) or (isinstance(node, Cast) and plain(node.arg))
