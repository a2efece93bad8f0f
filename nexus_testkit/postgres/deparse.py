"""Expressions as PostgreSQL prints them: pg_get_expr and its kin, the terms of an index in the detail of 23505.

After src/backend/utils/adt/ruleutils.c (`get_rule_expr`, `get_coercion_expr`, `get_const_expr`, `isSimpleNode`), with its
pretty flag for parentheses and without.

Limits: an expression that needs a query or an aggregate prints as `expression`; the server allows neither in a table's
definition.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.system import DomainType, system
from nexus_testkit.postgres.typed import (
    ArrayCompare,
    ArrayExpr,
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
    Subscript,
    Typmod,
)
from nexus_testkit.postgres.values import DETACHED, display, output
from nexus_testkit.postgres.values.textual import quote_ident
from nexus_testkit.postgres.values.types import INTEGERS

_LOW, _HIGH = "+-", "*/%"
_PLAIN_NUMBERS = ("int4", "numeric")
_STEP = 4
_COLLATED = frozenset({"text", "varchar", "bpchar", "name"})
# Casts of pg_cast that change nothing (castmethod b) among the types that have others.
_RELABELED = {
    *(("bit", "varbit"), ("varbit", "bit")),
    *(("text", "varchar"), ("text", "bpchar"), ("varchar", "text"), ("varchar", "bpchar")),
    *(("int4", "oid"), ("oid", "int4"), ("oid", "regclass"), ("regclass", "oid")),
}
_TRIMS = {"btrim": "BOTH", "ltrim": "LEADING", "rtrim": "TRAILING"}


def index_term(term: Expr) -> str:
    """A term of an index as messages show it: whatever does not look like a function stands in parentheses."""
    return index_column(term, pretty=True)


def index_column(term: Expr, *, pretty: bool) -> str:
    """A term of an index as pg_get_indexdef shows it."""
    text = expression_text(term, pretty=pretty)
    if term.collation:
        return f"({text})"
    if isinstance(term, ColumnRef | Coalesce | MinMax | NullIf):
        return text
    return (
        text
        if isinstance(term, Call) and not term.operator and not (term.written and term.name == "timezone")
        else f"({text})"
    )


def expression_text(expr: Expr, *, pretty: bool = False, domain: bool = False) -> str:
    """An expression as pg_get_expr shows it; in the check of a `domain` the one column is VALUE."""
    text = Writer(pretty=pretty, domain=domain).text(expr)
    return re.sub(r" +\n", "\n", text) if "\nCASE" in text else text


def default_text(expr: Expr, *, pretty: bool = False) -> str:
    """The default of a column: a constant shows without the modifier that it got by being assigned."""
    if isinstance(expr, Cast) and expr.kind != "e" and isinstance(expr.type, DomainType):
        expr = expr.arg
    if isinstance(expr, Const) and expr.typmod is not None and expr.written is None:
        expr = Const(expr.type, expr.value)
    return expression_text(expr, pretty=pretty)


class Writer:
    """One expression on its way into text."""

    def __init__(self, *, pretty: bool, domain: bool) -> None:
        self.pretty = pretty
        self.domain = domain
        self.level = 0

    def text(self, node: Expr, *, implicit: bool = False) -> str:
        """An expression; `implicit` says whether its implicit cast is shown."""
        if node.collation:
            return self.collated(node, implicit=implicit)
        if isinstance(node, ColumnRef):
            return "VALUE" if self.domain else quote_ident(node.name)
        if isinstance(node, Const):
            return _const(node)
        if isinstance(node, Cast):
            return self.cast(node, implicit=implicit)
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, BoolOp):
            if node.op == "NOT":
                return self.wrapped(f"NOT {self.nested(node.args[0], node)}")
            return self.wrapped(f" {node.op} ".join(self.nested(arg, node) for arg in node.args))
        return self.special(node)

    def collated(self, node: Expr, *, implicit: bool) -> str:
        """What a COLLATE clause stands behind."""
        plain = replace(node, collation="")
        return self.wrapped(f"{self.nested(plain, node, implicit=implicit)} COLLATE {quote_ident(node.collation)}")

    def wrapped(self, text: str) -> str:
        """In parentheses, which the pretty form leaves to whoever is outside."""
        return text if self.pretty else f"({text})"

    def cast(self, node: Cast, *, implicit: bool) -> str:
        if node.arg.collation and node.type in _COLLATED:  # coerce_type() puts the cast inside of COLLATE
            inner = replace(node, arg=replace(node.arg, collation=""), collation=node.arg.collation)
            return self.text(inner, implicit=implicit)
        if node.kind != "e" and not implicit:
            return self.text(node.arg)
        arg = node.arg
        if isinstance(arg, Const) and arg.type == "unknown":
            return _const(Const(node.type, arg.value))
        shown = _type(node.type, node.typmod)
        if isinstance(arg, Const) and arg.type == node.type and arg.typmod is None:
            return f"{_const(arg, labelled=False)}::{shown}"
        if self.pretty:
            return f"{self.nested(arg, node)}::{shown}"
        return f"({self.text(arg)})::{shown}"

    def special(self, node: Expr) -> str:
        if isinstance(node, IsTest):
            arg = self.nested(node.arg, node, implicit=node.test == "NULL")
            return self.wrapped(f"{arg} IS {'NOT ' if node.negated else ''}{node.test}")
        if isinstance(node, Distinct):
            left, right = (self.nested(_own(side), node, implicit=True) for side in (node.left, node.right))
            told = self.wrapped(f"{left} IS DISTINCT FROM {right}")
            return self.wrapped(f"NOT {told}") if node.negated else told
        if isinstance(node, NullIf):
            sides = node.equal.args if isinstance(node.equal, Call) else (node.value,)
            return f"NULLIF({self.listed(sides)})"
        if isinstance(node, Coalesce):
            return f"COALESCE({self.listed(node.args)})"
        if isinstance(node, MinMax):
            return f"{'GREATEST' if node.greatest else 'LEAST'}({self.listed(node.args)})"
        if isinstance(node, InList):
            return self.in_list(node)
        if isinstance(node, ArrayCompare):
            word = "ALL" if node.every else "ANY"
            left, array = (self.nested(side, node, implicit=True) for side in (node.left, node.array))
            return self.wrapped(f"{left} {node.operator} {word} ({array})")
        if isinstance(node, ArrayExpr):
            listed = f"ARRAY[{self.listed(node.items)}]"
            return listed if node.items else f"{listed}::{_type(node.type, None)}"
        if isinstance(node, Subscript):
            inner = self.text(node.arg)
            arg = inner if isinstance(node.arg, ColumnRef | Subscript) else f"({inner})"
            return f"{arg}[{self.text(node.index)}]"
        if isinstance(node, Case):
            return self.case(node)
        return "expression"

    def in_list(self, node: InList) -> str:
        left = self.nested(node.left, node, implicit=True)
        if len(node.items) == 1:
            return self.wrapped(
                f"{left} {'<>' if node.negated else '='} {self.nested(node.items[0], node, implicit=True)}"
            )
        word = "<> ALL" if node.negated else "= ANY"
        items = f"ARRAY[{self.listed(node.items)}]"
        if isinstance(node.left, Cast) and node.left.arg.type == "varchar" and node.left.kind != "e":
            # The array is of the column's type, and is made one of the operator's.
            own = [Const("varchar", item.value) if isinstance(item, Const) else item for item in node.items]
            items = (
                f"(ARRAY[{self.listed(tuple(own))}])::text[]"
                if not self.pretty
                else f"ARRAY[{self.listed(tuple(own))}]::text[]"
            )
        return self.wrapped(f"{left} {word} ({items})")

    def case(self, node: Case) -> str:
        pad = " " * self.level
        self.level += _STEP
        subject = ""
        first = node.whens[0][0]
        if node.simple and isinstance(first, Call):
            subject = f" {self.text(first.args[0], implicit=True)}"
        whens = []
        for test, result in node.whens:
            tested = test.args[1] if subject and isinstance(test, Call) else test
            whens.append(f"\n{pad}    WHEN {self.text(tested)} THEN {self.text(result, implicit=True)}")
        default = self.text(node.default, implicit=True)
        self.level -= _STEP
        return f"\n{pad}CASE{subject}{''.join(whens)}\n{pad}    ELSE {default}\n{pad}END"

    def call(self, node: Call) -> str:
        if node.operator and len(node.args) == 2:
            left, right = (self.nested(arg, node, implicit=True) for arg in node.args)
            return self.wrapped(f"{left} {node.name} {right}")
        if node.operator:
            return self.wrapped(f"{node.name} {self.nested(node.args[0], node, implicit=True)}")
        if node.name.startswith("sql/json"):
            raise UnsupportedSQL("the text of an SQL/JSON expression")
        if node.written and node.written != "syntax":
            return node.written
        if node.written and (text := self.syntax(node)):
            return text
        return f"{quote_ident(node.name)}({self.listed(node.args)})"

    def syntax(self, node: Call) -> str:
        """A call that was written with keywords (`get_func_sql_syntax`); "" for a function that has no such form."""
        name, args = node.name, node.args
        if name == "timezone" and len(args) == 2:
            zone, moment = (self.nested(arg, node) for arg in args)
            return f"({moment} AT TIME ZONE {zone})"
        if name == "extract" and isinstance(args[0], Const):
            return f"EXTRACT({args[0].value} FROM {self.text(args[1])})"
        shown = [self.text(arg) for arg in args]
        if name == "position":
            return f"POSITION(({shown[1]}) IN ({shown[0]}))"
        if name == "substring" and len(args) > 1:
            return f"SUBSTRING({shown[0]} FROM {shown[1]}{f' FOR {shown[2]}' if len(args) > 2 else ''})"
        if name == "overlay":
            return (
                f"OVERLAY({shown[0]} PLACING {shown[1]} FROM {shown[2]}{f' FOR {shown[3]}' if len(args) > 3 else ''})"
            )
        if name in _TRIMS:
            return f"TRIM({_TRIMS[name]} {f'{shown[1]} ' if len(args) > 1 else ''}FROM {shown[0]})"
        return ""

    def listed(self, nodes: tuple[Expr, ...]) -> str:
        return ", ".join(self.text(node, implicit=True) for node in nodes)

    def nested(self, node: Expr, parent: Expr, *, implicit: bool = False) -> str:
        text = self.text(node, implicit=implicit)
        collated = node.collation or (isinstance(node, Cast) and node.arg.collation and node.type in _COLLATED)
        return text if not self.pretty or (_simple(node, parent) and not collated) else f"({text})"


def _own(side: Expr) -> Expr:
    """A side of IS DISTINCT FROM; integers of two sizes are compared as they are."""
    if isinstance(side, Cast) and side.kind == "i" and side.type in INTEGERS and side.arg.type in INTEGERS:
        return side.arg
    return side


def _const(node: Const, *, labelled: bool = True) -> str:
    label = f"::{_type(node.type, node.typmod)}" if labelled else ""
    if node.value is None:
        return f"NULL{label}"
    if node.type == "bool":
        return "true" if node.value else "false"
    value = node.value if node.written is None else node.written
    text = str(value)
    if node.type in _PLAIN_NUMBERS and text[:1].isdigit() and (node.type == "int4" or "." in text):
        return text if node.written is None else f"{text}{label}"
    written = output(node.type)
    shown = text if written is None else str(written(value, DETACHED))
    if node.type == "bpchar":
        shown = shown.rstrip(" ")  # the length, and the blanks with it, are the cast's
    return "'" + shown.replace("'", "''") + f"'{label}"


#: Names that mean one character or one bit where no length is written.
_UNSIZED = {"character": "bpchar", "bit": '"bit"'}


def _type(name: str, typmod: Typmod) -> str:
    shown = naming.bare(getattr(name, "domain", "")) or display(name)
    if shown.endswith("[]") and not getattr(name, "domain", ""):
        return f"{_type(name[:-2], typmod)}[]"
    if typmod is None:
        return _UNSIZED.get(shown, shown)
    sizes = f"({','.join(map(str, typmod)) if isinstance(typmod, tuple) else typmod})"
    word, _, rest = shown.partition(" ")
    return f"{word}{sizes} {rest}" if name.startswith("time") else f"{shown}{sizes}"


def _simple(node: Expr, parent: Expr) -> bool:
    """Whether an expression needs no parentheses inside another one."""
    if isinstance(node, Cast):
        # A cast by a function looks like a call, the others like what they are made of.
        pair = (node.arg.type, node.type)
        return (pair in system().casts and pair not in _RELABELED) or _simple(node.arg, node)
    if isinstance(node, Call) and not node.operator:
        return True
    if isinstance(node, Call):
        if isinstance(parent, Call) and parent.operator:
            return _binds(node, parent)
        return isinstance(parent, BoolOp) or (isinstance(parent, Call) and parent.name != "timezone")
    if isinstance(node, ArrayCompare) or (isinstance(node, InList) and len(node.items) > 1):
        return False
    if isinstance(node, IsTest | Distinct | InList):
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
