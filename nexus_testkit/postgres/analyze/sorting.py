"""ORDER BY, GROUP BY, DISTINCT: keys that may be an output's name or number (`parse_clause.c`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nexus_testkit.errors.database import UndefinedColumn
from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.operators import require_ordering
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Expr, SortKey
from nexus_testkit.postgres.typed_queries import Output, Query, SetOperation


def plain_key(context: Context, node: Node, scope: Scope, *, undecided: bool = False) -> SortKey:
    """A key where names of outputs mean nothing: in an aggregate or a window."""
    expr = expressions.expression(context, node["node"], scope)
    if expr.type == UNKNOWN and not undecided:
        expr = coerce(context, expr, "text")
    return _directed(context, node, expr)


def _directed(context: Context, node: Node, expr: Expr) -> SortKey:
    direction = node.get("sortby_dir", "SORTBY_DEFAULT")
    if direction == "SORTBY_USING":
        direction = _using(context, node)
    nulls = node.get("sortby_nulls", "SORTBY_NULLS_DEFAULT")
    _require_order(context, expr, node["node"])
    descending = direction == "SORTBY_DESC"
    # PostgreSQL sorts nulls as larger than everything, SQLite as smaller.
    nulls_first = nulls == "SORTBY_NULLS_FIRST" or (nulls == "SORTBY_NULLS_DEFAULT" and descending)
    return SortKey(expr, descending, nulls_first)


def _using(context: Context, node: Node) -> str:
    """The direction of `USING <`; other operators are no order."""
    name = node.names("useOp")[-1]
    if name in ("<", ">"):
        return "SORTBY_DESC" if name == ">" else "SORTBY_ASC"
    raise context.error(
        "42809",
        f"operator {name} is not a valid ordering operator",
        node,
        hint='Ordering operators must be "<" or ">" members of btree operator families.',
    )


def _require_order(context: Context, expr: Expr, node: Node) -> None:
    if expr.type.rstrip("[]") in ("json", "jsonpath"):
        raise context.error(
            "42883",
            f"could not identify an ordering operator for type {expr.type}",
            node if node.kind in ("ColumnRef", "A_Const") or expr.location < 0 else expr,
            hint="Use an explicit ordering operator or modify the query.",
        )


def order_by(
    context: Context, nodes: list[Node], scope: Scope, outputs: list[Output], *, hide: bool
) -> list[tuple[int, SortKey]]:
    """The keys with the index of the output that each one is; what is no output is appended to `outputs`.

    With `hide` False (a set operation) only outputs may be named.
    """
    keys: list[tuple[int, SortKey]] = []
    for node in nodes:
        inner = node["node"]
        at = _output_of(context, inner, scope, outputs, "ORDER BY")
        if at is None:
            if not hide:
                # A name that means nothing at all is the error that comes first.
                written = expressions.expression(context, inner, scope)
                raise context.error(
                    "0A000",
                    "invalid UNION/INTERSECT/EXCEPT ORDER BY clause",
                    written if written.location >= 0 else inner,
                    detail="Only result column names can be used, not expressions or functions.",
                    hint="Add the expression/function to every SELECT, or move the UNION into a FROM clause.",
                )
            at = _appended(context, inner, scope, outputs)
        keys.append((at, _directed(context, node, outputs[at].expr)))
    return keys


@contextmanager
def arms_named(made: Query) -> Iterator[None]:
    """Inside, an unknown name that is a column of some arm of a set operation is reported with that arm."""
    try:
        yield
    except UndefinedColumn as error:
        name = error.message.split('"')[1]
        found = [at for at, arm in enumerate(_arms(made), 1) if any(output.name == name for output in arm.outputs)]
        if len(found) == 1:
            error.detail = (
                f'There is a column named "{name}" in table "*SELECT* {found[0]}", '
                "but it cannot be referenced from this part of the query."
            )
        elif found:
            error.detail = f'There are columns named "{name}", but they are in tables that cannot be referenced from this part of the query.'
        raise


def _arms(made: Query) -> Iterator[Query]:
    if isinstance(made.body, SetOperation):
        yield from _arms(made.body.left)
        yield from _arms(made.body.right)
    else:
        yield made


def place(context: Context, node: Node, scope: Scope, outputs: list[Output], clause: str) -> int:
    """The output that a key is: by name, by number, by meaning, or a new one at the end."""
    at = _output_of(context, node, scope, outputs, clause)
    return at if at is not None else _appended(context, node, scope, outputs)


def _appended(context: Context, node: Node, scope: Scope, outputs: list[Output]) -> int:
    expr = expressions.expression(context, node, scope)
    if expr.type == UNKNOWN:
        expr = coerce(context, expr, "text")
    same = ((i, output.expr) for i, output in enumerate(outputs) if output.expr == expr)
    at = next((i for i, found in same if found.collation == expr.collation), None)
    if at is None:
        at = len(outputs)
        outputs.append(Output("?column?", expr))
    return at


def group_key(context: Context, node: Node, scope: Scope, outputs: list[Output]) -> Expr:
    """One expression of GROUP BY."""
    at = _output_of(context, node, scope, outputs, "GROUP BY")
    expr = outputs[at].expr if at is not None else expressions.expression(context, node, scope)
    if expr.type == UNKNOWN:
        expr = coerce(context, expr, "text")
    require_ordering(context, expr, node)
    return expr


def _output_of(context: Context, node: Node, scope: Scope, outputs: list[Output], clause: str) -> int | None:
    """The output that a bare name or a whole number means, or None."""
    if node.kind == "A_Const":
        if "ival" not in node:
            raise context.error("42601", f"non-integer constant in {clause}", node)
        number = node["ival"].get("ival", 0)
        if not 1 <= number <= len(outputs):
            raise context.error("42P10", f"{clause} position {number} is not in select list", node)
        return int(number) - 1
    if node.kind != "ColumnRef":
        return None
    fields = node.fields["fields"]
    if len(fields) != 1 or "String" not in fields[0]:
        return None
    name = fields[0]["String"]["sval"]
    if clause == "GROUP BY" and any(
        column == name for entry in scope.entries if entry.bare for column, _ in entry.columns
    ):
        return None
    found = [at for at, output in enumerate(outputs) if output.name == name]
    if not found:
        return None
    if any(outputs[at].expr != outputs[found[0]].expr for at in found):
        raise context.error("42702", f'{clause} "{name}" is ambiguous', node)
    node.skip("fields")
    return found[0]
