"""Expressions as PostgreSQL prints them: the terms of an index in the detail of 23505.

After src/backend/utils/adt/ruleutils.c with its pretty flag for parentheses (`get_rule_expr`, `isSimpleNode`).

Limits: an expression that needs a query, an array or an aggregate prints as `expression`; the server allows few of them in an index.
"""

from __future__ import annotations

from nexus_testkit.postgres.typed import (
    ArrayCompare,
    BoolOp,
    Call,
    Case,
    Cast,
    Coalesce,
    ColumnRef,
    Const,
    Distinct,
    Expr,
    InList,
    IsTest,
    MinMax,
    NullIf,
    Typmod,
)
from nexus_testkit.postgres.values import DETACHED, display, output
from nexus_testkit.postgres.values.textual import quote_ident

_LOW, _HIGH = "+-", "*/%"
_PLAIN_NUMBERS = ("int4", "numeric")


def index_term(term: Expr) -> str:
    """A term of an index: whatever does not look like a function stands in parentheses."""
    text = _text(term, implicit=False)
    if isinstance(term, ColumnRef | Coalesce | MinMax | NullIf):
        return text
    return text if isinstance(term, Call) and not term.operator and term.name != "timezone" else f"({text})"


def _text(node: Expr, *, implicit: bool) -> str:
    """An expression; `implicit` says whether its implicit cast is shown."""
    if isinstance(node, ColumnRef):
        return quote_ident(node.name)
    if isinstance(node, Const):
        return _const(node)
    if isinstance(node, Cast):
        if node.kind != "e" and not implicit:
            return _nested(node.arg, node, implicit=False)
        if isinstance(node.arg, Const) and node.arg.type == "unknown":
            return _const(Const(node.type, node.arg.value))
        bare = isinstance(node.arg, Const) and node.arg.type == "int4" and _digits(node.arg.value)
        inner = str(node.arg.value) if bare and isinstance(node.arg, Const) else _nested(node.arg, node, implicit=False)
        return f"{inner}::{_type(node.type, node.typmod)}"
    if isinstance(node, Call):
        return _call(node)
    if isinstance(node, BoolOp):
        if node.op == "NOT":
            return f"NOT {_nested(node.args[0], node, implicit=False)}"
        return f" {node.op} ".join(_nested(arg, node, implicit=False) for arg in node.args)
    return _special(node)


def _special(node: Expr) -> str:
    if isinstance(node, IsTest):
        return f"{_nested(node.arg, node, implicit=True)} IS {'NOT ' if node.negated else ''}{node.test}"
    if isinstance(node, Distinct):
        word = "IS NOT DISTINCT FROM" if node.negated else "IS DISTINCT FROM"
        return f"{_nested(node.left, node, implicit=True)} {word} {_nested(node.right, node, implicit=True)}"
    if isinstance(node, NullIf):
        sides = node.equal.args if isinstance(node.equal, Call) else (node.value,)
        return f"NULLIF({_list(sides)})"
    if isinstance(node, Coalesce):
        return f"COALESCE({_list(node.args)})"
    if isinstance(node, MinMax):
        return f"{'GREATEST' if node.greatest else 'LEAST'}({_list(node.args)})"
    if isinstance(node, InList):
        word = "<> ALL" if node.negated else "= ANY"
        return f"{_nested(node.left, node, implicit=True)} {word} (ARRAY[{_list(node.items)}])"
    if isinstance(node, ArrayCompare):
        word = "ALL" if node.every else "ANY"
        return f"{_nested(node.left, node, implicit=True)} {node.operator} {word} ({_text(node.array, implicit=True)})"
    if isinstance(node, Case):
        whens = "".join(
            f"\n    WHEN {_text(test, implicit=False)} THEN {_text(result, implicit=True)}"
            for test, result in node.whens
        )
        return f"\nCASE{whens}\n    ELSE {_text(node.default, implicit=True)}\nEND"
    return "expression"


def _call(node: Call) -> str:
    if node.operator and len(node.args) == 2:
        left, right = (_nested(arg, node, implicit=True) for arg in node.args)
        return f"{left} {node.name} {right}"
    if node.operator:
        return f"{node.name} {_nested(node.args[0], node, implicit=True)}"
    if node.name == "timezone" and len(node.args) == 2:
        zone, moment = (_nested(arg, node, implicit=False) for arg in node.args)
        return f"({moment} AT TIME ZONE {zone})"
    return f"{node.name}({_list(node.args)})"


def _list(nodes: tuple[Expr, ...]) -> str:
    return ", ".join(_text(node, implicit=True) for node in nodes)


def _digits(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _const(node: Const) -> str:
    if node.value is None:
        return f"NULL::{_type(node.type, node.typmod)}"
    if node.type == "bool":
        return "true" if node.value else "false"
    text = str(node.value)
    if node.type in _PLAIN_NUMBERS and text[:1].isdigit() and (node.type == "int4" or "." in text):
        return text
    written = output(node.type)
    shown = text if written is None else str(written(node.value, DETACHED))
    return "'" + shown.replace("'", "''") + f"'::{_type(node.type, node.typmod)}"


def _type(name: str, typmod: Typmod) -> str:
    if typmod is None:
        return display(name)
    sizes = f"({','.join(map(str, typmod)) if isinstance(typmod, tuple) else typmod})"
    shown = display(name)
    word, _, rest = shown.partition(" ")
    return f"{word}{sizes} {rest}" if name.startswith("time") else f"{shown}{sizes}"


def _nested(node: Expr, parent: Expr, *, implicit: bool) -> str:
    text = _text(node, implicit=implicit)
    return text if _simple(node, parent) else f"({text})"


def _simple(node: Expr, parent: Expr) -> bool:
    """Whether an expression needs no parentheses inside another one."""
    if isinstance(node, Cast):
        return _simple(node.arg, node)
    if isinstance(node, Call) and not node.operator:
        return True
    if isinstance(node, Call):
        if isinstance(parent, Call) and parent.operator:
            return _binds(node, parent)
        return isinstance(parent, BoolOp) or (isinstance(parent, Call) and parent.name != "timezone")
    if isinstance(node, IsTest | Distinct | InList | ArrayCompare):
        return isinstance(parent, BoolOp) or (isinstance(parent, Call) and not parent.operator)
    if isinstance(node, BoolOp):
        if isinstance(parent, BoolOp):
            return parent.op != "NOT" and (node.op != "OR" or parent.op == "OR")
        return isinstance(parent, Call) and not parent.operator
    return True


def _binds(node: Call, parent: Call) -> bool:
    """Whether an operator binds closer than the one round it: only + - and * / % are known to."""
    if len(node.args) != 2 or len(parent.args) != 2:
        return False
    low, high = node.name[0] in _LOW, node.name[0] in _HIGH
    around_low, around_high = parent.name[0] in _LOW, parent.name[0] in _HIGH
    if not (low or high) or not (around_low or around_high) or len(node.name) > 1 or len(parent.name) > 1:
        return False
    if low != around_low:
        return high
    return parent.args[0] is node
