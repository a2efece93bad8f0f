"""What a statement reads, as far as it matters to SERIALIZABLE: whole tables, or rows found by their primary key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.postgres.lower.text import collated, name
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed import BoolOp, Call, Cast, ColumnRef, Const, Expr, Param
from nexus_testkit.postgres.typed_queries import Select, TableSource
from nexus_testkit.postgres.typed_statements import Delete, Update

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Table
    from nexus_testkit.postgres.concurrency.crowd import Crowd
    from nexus_testkit.postgres.concurrency.rows import Place
    from nexus_testkit.postgres.plan import QueryPlan

_Found = tuple[list[str], list["Place"], list[str]]


def read_by(crowd: Crowd, plan: QueryPlan, values: Sequence[Any]) -> _Found:
    """The tables that a plan reads whole, the rows that it looks up, the tables whose primary key it looks them up in.

    The server looks rows up by an index where a condition names all columns of the primary key, small as the table may be: a
    table that was never analysed counts as ten pages (plancat.c, `table_block_relation_estimate_size`).
    """
    tables: dict[str, None] = {}
    rows: dict[Place, None] = {}
    pages: dict[str, None] = {}
    looked_up: dict[str, bool] = {}
    for node in nodes(plan.tree):
        if isinstance(node, Select) and len(node.sources) == 1 and isinstance(node.sources[0], TableSource):
            source = node.sources[0]
            looked_up[source.alias] = _look_up(crowd, source.table, node.where, values, rows, pages)
        elif isinstance(node, Update | Delete) and not node.sources:
            if not _look_up(crowd, node.table, node.where, values, rows, pages):
                tables[node.table] = None
        elif isinstance(node, Update | Delete):
            tables[node.table] = None
    for node in nodes(plan.tree):
        if isinstance(node, TableSource) and not looked_up.get(node.alias):
            tables[node.table] = None
    return list(tables), list(rows), list(pages)


def _look_up(
    crowd: Crowd,
    called: str,
    where: Expr | None,
    values: Sequence[Any],
    rows: dict[Place, None],
    pages: dict[str, None],
) -> bool:
    table: Table | None = crowd.engine.catalog.tables.get(called)
    key = table.primary_key if table is not None else None
    if table is None or key is None or where is None:
        return False
    given: dict[str, Any] = {}
    for column, value in _equalities(where, values):
        given.setdefault(column, value)
    if not all(column in given for column in key.columns):
        return False
    terms = " AND ".join(
        f"{collated(name(str(column)), term.type)} = ?{at}"
        for at, (column, term) in enumerate(zip(key.columns, key.terms, strict=True), 1)
    )
    found = crowd.engine.ask(
        f"SELECT {table.rowid} FROM {name(table.name)} WHERE {terms}", [given[str(column)] for column in key.columns]
    )
    pages[table.name] = None
    if found is not None:
        rows[table.name, found[0]] = None
    return True


def _equalities(where: Expr, values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(where, BoolOp) and where.op == "AND":
        for arg in where.args:
            yield from _equalities(arg, values)
    elif isinstance(where, Call) and where.operator and where.name == "=" and len(where.args) == 2:  # both sides
        for one, other in (where.args, where.args[::-1]):
            if isinstance(one, ColumnRef):
                yield from ((one.name, value) for value in _constant(other, values))


def _constant(expr: Expr, values: Sequence[Any]) -> Iterator[Any]:
    while isinstance(expr, Cast):
        expr = expr.arg
    if isinstance(expr, Const):
        yield expr.value
    elif isinstance(expr, Param) and expr.number <= len(values):
        yield values[expr.number - 1]
