"""Expressions in SQLite's words.

Storage is chosen so that most of PostgreSQL's meaning is SQLite's own (see `values`); where it is not, a
registered function does it, and where the type compares otherwise than its bytes do, a collation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.catalog.naming import relation_in
from nexus_testkit.postgres.catalog.schema import Catalog
from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.lower import (
    arrays,
    casts,
    chains,
    domains,
    enums,
    equalities,
    lateral,
    limiting,
    nulls,
    orderedsets,
    quantified,
    routines,
    rows,
    windows,
)
from nexus_testkit.postgres.lower.failing import can_fail
from nexus_testkit.postgres.lower.text import COMPARISONS, collated, joined, literal, name
from nexus_testkit.postgres.merges import MergeAction
from nexus_testkit.postgres.typed import (
    Aggregate,
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
    Param,
    RowTest,
    SortKey,
    SubQuery,
    Subscript,
    UnknownColumn,
    Window,
)
from nexus_testkit.postgres.typed_queries import THERE, FunctionSource, LateralSource, Query
from nexus_testkit.postgres.typed_rows import FieldOf, RowExpr, RowIsNull
from nexus_testkit.postgres.typed_select import Grouping, SetReturning
from nexus_testkit.postgres.values.regs import REGS


class Lowering:
    """One statement on its way into SQL.

    Attributes:
        query: lowers a query; given by `lower.queries`, which knows more than expressions do.
        bound: the highest parameter number that the SQL holds.
        functions: the set-returning functions in FROM, by alias.
        instead: tables that are read from a copy, and its name.
        system: the system's relations that it reads, as SQLite calls them.
        limits: casts of a parameter to a type with a modifier: PostgreSQL checks them before the statement runs.
    """

    __slots__ = ("bound", "catalog", "functions", "instead", "limits", "query", "refuse", "system")

    def __init__(
        self,
        catalog: Catalog,
        refuse: Callable[[str, int], UnsupportedSQL],
        query: Callable[[Lowering, Query], str],
    ) -> None:
        """`refuse(construct, byte offset)` makes the error for what cannot be lowered."""
        self.catalog = catalog
        self.refuse = refuse
        self.query = query
        self.bound = 0
        self.functions: dict[str, FunctionSource | LateralSource] = {}
        self.limits: dict[int, Cast] = {}
        self.instead: dict[str, str] = {}
        self.system: set[str] = set()

    def expr(self, node: Expr) -> str:
        """The SQL of an expression, in parentheses where it needs them."""
        return _RULES[type(node)](self, node)

    def condition(self, node: Expr) -> str:
        """The SQL of a condition where null counts as false: WHERE, ON, FILTER, CASE WHEN."""
        if isinstance(node, BoolOp) and node.op in ("AND", "OR"):
            parts = [
                (equalities.apart(self, node.args, at) if node.op == "AND" else None) or self.condition(arg)
                for at, arg in enumerate(node.args)
            ]
            return joined(node.op, parts)
        if isinstance(node, ArrayCompare) and not node.every:  # ALL of no elements is true, of a null array it is not
            return quantified.array_compare(self, node, strict=False)
        return self.expr(node)

    def key(self, node: Expr) -> str:
        """The SQL of an expression that is compared, sorted or grouped."""
        labels = self.catalog.enums.get(node.type)
        if labels is not None:
            return enums.rank(self.expr(node), labels)
        return collated(self.expr(node), node.type)

    def index_key(self, node: Expr) -> str:
        """The same of an index: only whether labels of an enum are equal matters, and foreign keys need a plain column."""
        return self.expr(node) if node.type in self.catalog.enums else self.key(node)

    def sort_key(self, key: SortKey) -> str:
        """One key of ORDER BY with its direction and the place of nulls."""
        return self.key(key.expr) + direction(key)


def direction(key: SortKey) -> str:
    """` DESC NULLS FIRST` and its kin; SQLite's own default is left out."""
    words = " DESC" if key.descending else ""
    # SQLite puts nulls first when ascending, last when descending.
    if key.nulls_first == key.descending:
        words += " NULLS FIRST" if key.nulls_first else " NULLS LAST"
    return words


def _const(low: Lowering, node: Const) -> str:
    if isinstance(node.type, DomainType) and node.value is None:
        return domains.default(low, node.type)
    if node.type == "regclass" and isinstance(node.value, str):
        key = relation_in(low.catalog, node.value)
        return literal(low.catalog.numbers.relations[key].oid if key is not None else 0)
    return literal(node.value)


def _param(low: Lowering, node: Param) -> str:
    low.bound = max(low.bound, node.number)
    if node.type in REGS:
        return f"pg_cast(?{node.number}, 'text', {literal(node.type)}, NULL, 'e')"
    return f"?{node.number}"


def _column(low: Lowering, node: ColumnRef) -> str:
    source = low.functions.get(node.relation)
    if source is not None:
        if node.name == THERE:
            return f"{node.relation}.key"
        at = int(node.name[1:])
        if isinstance(source, LateralSource):
            return lateral.column(source, at)
        if at == source.width:
            return f"({node.relation}.key + 1)"
        value = f"{node.relation}.value" if source.width == 1 else f"json_extract({node.relation}.value, '$[{at}]')"
        return arrays.element_of(node.type, value)
    return f"{node.relation}.{name(node.name)}" if node.relation else name(node.name)


def _unknown_column(low: Lowering, node: UnknownColumn) -> str:
    raise low.refuse(f"the column {node.shown}, which only a server can fill", node.location)


def _bool_op(low: Lowering, node: BoolOp) -> str:
    if node.op == "NOT":
        return f"(NOT {low.expr(node.args[0])})"
    args = [low.expr(arg) for arg in node.args]
    plain = joined(node.op, args)
    last = max((at for at, arg in enumerate(node.args) if can_fail(arg)), default=0)
    if not last:
        return plain
    # SQLite computes both sides of AND where it wants the value; PostgreSQL stops at the first that decides.
    decided = "0" if node.op == "AND" else "1"
    whens = " ".join(f"WHEN {arg} IS {decided} THEN {decided}" for arg in args[:last])
    return f"(CASE {whens} ELSE {plain} END)"


def _is_test(low: Lowering, node: IsTest) -> str:
    value = {"NULL": "NULL", "UNKNOWN": "NULL", "TRUE": "1", "FALSE": "0"}[node.test]
    return f"({low.expr(node.arg)} IS {'NOT ' if node.negated else ''}{value})"


def _call(low: Lowering, node: Call) -> str:
    if nulls.dropped(node):
        return "NULL"
    early = nulls.early(node)
    if early:
        empty = " OR ".join(f"{low.expr(arg)} IS NULL" for arg in early)
        return f"(CASE WHEN {empty} THEN NULL ELSE {_called(low, node)} END)"
    return _called(low, node)


def _called(low: Lowering, node: Call) -> str:
    if node.operator and node.name in COMPARISONS and len(node.args) == 2:
        left, right = node.args
        if (reason := rows.dissimilar(left.type, right.type)) is not None:
            return f"pg_raise('42804', {literal(reason)})"
        if left.type != right.type:
            left, right = _aligned(left, right)
        return compare(low, node.name, left, low.expr(right))
    sql = chains.operators(low, node)
    if sql is not None:
        return sql
    sql = enums.call(low, node) or routines.call(node, [low.expr(arg) for arg in node.args])
    if sql is None:
        kind = "operator" if node.operator else "function"
        raise low.refuse(f"{kind} {node.name}({', '.join(node.signature)})", node.location)
    return sql


def _aligned(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """The two sides of `date < timestamp` and its kin as one type. Integers, and floats beside them, need nothing."""
    wide = ("date", "timestamp", "timestamptz")
    if left.type in wide and right.type in wide:
        target = max(left.type, right.type, key=wide.index)
        return (
            left if left.type == target else Cast(target, left, "i"),
            right if right.type == target else Cast(target, right, "i"),
        )
    return left, right


def compare(low: Lowering, operator: str, left: Expr, right: str) -> str:
    """A comparison; the left side decides the collation."""
    labels = low.catalog.enums.get(left.type)
    if labels is not None and operator not in ("=", "<>"):
        return f"({enums.rank(low.expr(left), labels)} {operator} {enums.rank(right, labels)})"
    return f"({collated(low.expr(left), left.type, right)} {operator} {right})"


def _distinct(low: Lowering, node: Distinct) -> str:
    word = "IS" if node.negated else "IS NOT"
    right = low.expr(node.right)
    return f"({collated(low.expr(node.left), node.compared, right)} {word} {right})"


def _nullif(low: Lowering, node: NullIf) -> str:
    return f"(CASE WHEN {low.condition(node.equal)} THEN NULL ELSE {low.expr(node.value)} END)"


def _case(low: Lowering, node: Case) -> str:
    whens = " ".join(f"WHEN {low.condition(test)} THEN {low.expr(result)}" for test, result in node.whens)
    return f"(CASE {whens} ELSE {low.expr(node.default)} END)"


def _coalesce(low: Lowering, node: Coalesce) -> str:
    args = [low.expr(arg) for arg in node.args]
    return chains.grouped("coalesce", args) if len(args) > 1 else args[0]


def _min_max(low: Lowering, node: MinMax) -> str:
    # SQLite's max(a, b) is null when one of them is; PostgreSQL passes nulls over.
    # Of equal values (1.0, 1.00) the first stays.
    if len(node.args) > 2 or not all(map(chains.plain, node.args)):
        return chains.extreme(low, node)
    operator = ">=" if node.greatest else "<="
    result: Expr = node.args[0]
    sql = low.expr(result)
    for arg in node.args[1:]:
        other = low.expr(arg)
        labels = low.catalog.enums.get(node.type)
        if labels is not None:
            test = f"{enums.rank(sql, labels)} {operator} {enums.rank(other, labels)}"
        else:
            test = f"{collated(sql, node.type, other)} {operator} {other}"
        sql = f"(CASE WHEN {sql} IS NULL THEN {other} WHEN {other} IS NULL OR {test} THEN {sql} ELSE {other} END)"
    return sql


def _subquery(low: Lowering, node: SubQuery) -> str:
    if node.kind == "exists":
        return f"EXISTS ({low.query(low, limiting.without_columns(node.query))})"
    query = low.query(low, node.query)
    if node.kind == "array":
        nested = node.query.outputs[0].expr.type.endswith("[]")
        function = (
            "pg_agg_array_agg_array"
            if nested
            else "pg_agg_array_agg"
            if node.type[:-2] in arrays.NOT_JSON
            else "json_group_array"
        )
        return f"(SELECT coalesce({function}(c0), '[]') FROM ({query}))"
    if node.kind == "scalar":
        if node.query.one_row_at_most:
            return f"({query})"
        # SQLite takes the first of several rows in silence; PostgreSQL raises 21000.
        return f"(SELECT CASE WHEN count(*) > 1 THEN pg_raise('21000', 'more than one row returned by a subquery used as an expression') ELSE max(c0) END FROM ({query}))"
    assert node.left is not None  # noqa: S101  # `any` and `all` have one by construction
    if not node.compared:  # LIKE and its kin
        types = (node.left.type, node.query.outputs[0].expr.type)
        operator = Call("bool", node.operator, types, (), operator=True, declared=types)
        matched = routines.call(operator, [low.expr(node.left), "c0"])
        if matched is None:
            raise low.refuse(f"operator {node.operator} with a subquery", node.location)
        return f"(SELECT {quantified.quantify(node.kind == 'all')} FROM (SELECT ({matched}) AS value FROM ({query})))"
    key = collated(low.expr(node.left), node.compared, query)
    if (node.operator, node.kind) in (("=", "any"), ("<>", "all")):
        return f"({key} {'NOT ' if node.kind == 'all' else ''}IN ({query}))"
    test = f"{key} {node.operator} c0"
    return f"(SELECT {quantified.quantify(node.kind == 'all')} FROM (SELECT ({test}) AS value FROM ({query})))"


def _row_test(low: Lowering, node: RowTest) -> str:
    query, test = low.query(low, node.query), node.test
    if node.kind == "scalar":
        return (
            "(SELECT CASE WHEN count(*) > 1 THEN pg_raise('21000', 'more than one row returned by a subquery used as an expression') "
            f"ELSE max(value) END FROM (SELECT ({low.expr(test)}) AS value FROM ({query})))"
        )
    parts = test.args if isinstance(test, BoolOp) else (test,)
    if (node.operator, node.kind) == ("=", "any") and all(_plain_equal(part, at) for at, part in enumerate(parts)):
        keys = ", ".join(low.key(part.args[0]) for part in parts if isinstance(part, Call))
        return f"(({keys}) IN ({query}))"
    return (
        f"(SELECT {quantified.quantify(node.kind == 'all')} FROM (SELECT ({low.expr(test)}) AS value FROM ({query})))"
    )


def _plain_equal(part: Expr, at: int) -> bool:
    return (
        isinstance(part, Call)
        and part.signature[0] == part.signature[1]
        and isinstance(part.args[1], ColumnRef)
        and part.args[1].name == f"c{at}"
        and part.type == "bool"
    )


def _aggregate(low: Lowering, node: Aggregate) -> str:
    where = f" FILTER (WHERE {low.condition(node.where)})" if node.where is not None else ""
    if node.star:
        return f"count(*){where}"
    if node.within:
        return orderedsets.aggregate(low, node, where)
    sql = routines.aggregate(node, low)
    if sql is None:
        raise low.refuse(f"aggregate {node.name}({', '.join(node.signature)})", node.location)
    return sql.replace(routines.FILTER, where)


def _set_returning(low: Lowering, node: SetReturning) -> str:
    raise low.refuse(f"set-returning function {node.call.name} in this place", node.location)


def _grouping(low: Lowering, node: Grouping) -> str:
    bits = [f"(NOT {low.expr(flag)}) << {at}" for at, flag in enumerate(reversed(node.flags))]
    return f"(({') | ('.join(bits)}))"


_RULES: dict[type[Expr], Callable[[Lowering, Any], str]] = {
    Const: _const,
    Param: _param,
    ColumnRef: _column,
    UnknownColumn: _unknown_column,
    Cast: casts.cast,
    BoolOp: _bool_op,
    IsTest: _is_test,
    Call: _call,
    Distinct: _distinct,
    NullIf: _nullif,
    InList: quantified.in_list,
    ArrayCompare: quantified.array_compare,
    Case: _case,
    Coalesce: _coalesce,
    MinMax: _min_max,
    ArrayExpr: arrays.array,
    Subscript: arrays.subscript,
    SubQuery: _subquery,
    RowTest: _row_test,
    Aggregate: _aggregate,
    Window: windows.window,
    Grouping: _grouping,
    SetReturning: _set_returning,
    RowExpr: rows.row,
    FieldOf: rows.field,
    RowIsNull: rows.is_null,
    MergeAction: lambda low, node: f"{node.relation}.pgs_action",  # noqa: ARG005  # a rule's signature
}
