"""The order in which the conditions of a WHERE are computed, where one that fails may come after one that is false.

The server sorts them by their cost, and computes first what no column is in (`createplan.c`, `order_qual_clauses`); of equal ones the
first that was written comes first. SQLite takes them as they are written, but for those that an index answers, as the server does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import inf

from nexus_testkit.postgres.analyze.grouping import columns_in
from nexus_testkit.postgres.analyze.volatility import volatile
from nexus_testkit.postgres.lower.failing import can_fail
from nexus_testkit.postgres.lower.postponing import cost
from nexus_testkit.postgres.typed import BoolOp, Expr, SubQuery


def ordered(condition: Expr, own: Collection[str] | None = None) -> Expr:
    """A condition with its parts in the server's order; `own` are the aliases that are no outer query's (None: all)."""
    terms = list(_terms(condition))
    if len(terms) < 2 or not any(map(can_fail, terms)):
        return condition

    def price(term: Expr) -> float:
        if isinstance(term, SubQuery) and (term.operator, term.kind) == ("=", "any"):
            return inf  # becomes a join
        columns = (column for column in columns_in(term) if own is None or column.relation in own)
        return cost(term) if volatile(term) or any(True for _ in columns) else 0

    return BoolOp("bool", "AND", tuple(sorted(terms, key=price)))


def _terms(condition: Expr, *, negated: bool = False) -> Iterator[Expr]:
    """The parts that must all be true; NOT of an OR is one of NOTs (`prepqual.c`, `negate_clause`)."""
    if isinstance(condition, BoolOp) and condition.op == "NOT":
        yield from _terms(condition.args[0], negated=not negated)
    elif isinstance(condition, BoolOp) and condition.op == ("OR" if negated else "AND"):
        for arg in condition.args:
            yield from _terms(arg, negated=negated)
    else:
        yield BoolOp("bool", "NOT", (condition,)) if negated else condition
