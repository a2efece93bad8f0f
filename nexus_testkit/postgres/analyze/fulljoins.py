"""Which FULL JOINs PostgreSQL can plan (`joinpath.c`, `select_mergejoin_clauses`): it hashes or merges by an equality, or has nothing to compare."""

from __future__ import annotations

from collections.abc import Iterator

from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.grouping import columns_in
from nexus_testkit.postgres.typed import BoolOp, Call, Expr
from nexus_testkit.postgres.typed_queries import JoinSource, Source

_WORDS = "FULL JOIN is only supported with merge-joinable or hash-joinable join conditions"


def check(context: Context, sources: list[Source], where: Expr | None) -> None:
    """Refuse the others.

    Raises:
        DatabaseError: 0A000.
        UnsupportedSQL: WHERE may make an inner or one-sided join of it, which depends on the planner.
    """
    for source in sources:
        if not isinstance(source, JoinSource):
            continue
        check(context, [source.left, source.right], where)
        if source.kind != "FULL" or source.on is None or _plannable(source):
            continue
        if where is not None:
            raise context.unsupported("FULL JOIN without an equality, beside WHERE", source.on)
        raise context.error("0A000", _WORDS)


def _plannable(join: JoinSource) -> bool:
    left, right = set(_relations(join.left)), set(_relations(join.right))
    parts = [part for part in _conjuncts(join.on) if any(True for _ in columns_in(part))]
    return not parts or any(_equality(part, left, right) for part in parts)


def _conjuncts(expr: Expr | None) -> Iterator[Expr]:
    if isinstance(expr, BoolOp) and expr.op == "AND":
        for arg in expr.args:
            yield from _conjuncts(arg)
    elif expr is not None:
        yield expr


def _equality(expr: Expr, left: set[str], right: set[str]) -> bool:
    if not isinstance(expr, Call) or not expr.operator or expr.name != "=" or len(expr.args) != 2:
        return False
    one, other = ({column.relation for column in columns_in(arg)} for arg in expr.args)
    return bool(one and other) and ((one <= left and other <= right) or (one <= right and other <= left))


def _relations(source: Source) -> Iterator[str]:
    if isinstance(source, JoinSource):
        yield from _relations(source.left)
        yield from _relations(source.right)
    else:
        yield source.alias
