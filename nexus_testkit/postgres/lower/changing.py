"""INSERT, UPDATE, DELETE in SQLite's words; see `queries` for the names of relations and columns."""

from __future__ import annotations

from nexus_testkit.postgres.lower import heaporder, nulls, qualifying
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.queries import source, with_clause
from nexus_testkit.postgres.lower.text import name
from nexus_testkit.postgres.typed_queries import Output
from nexus_testkit.postgres.typed_statements import Conflict, Delete, Insert, Update


def insert(low: Lowering, node: Insert) -> str:
    """INSERT; all columns are named, defaults are spelled out."""
    columns = ", ".join(name(column) for column in node.columns)
    head = f"{with_clause(low, node.ctes, recursive=node.recursive)}INSERT INTO {name(node.table)} AS {node.alias}"
    if node.rows is not None:
        if not node.columns:
            body = " DEFAULT VALUES"
        else:
            rows = ", ".join("(" + ", ".join(low.expr(expr) for expr in row) + ")" for row in node.rows)
            body = f" ({columns}) VALUES {rows}"
    else:
        values = ", ".join(low.expr(expr) for expr in node.mapped)
        source = low.query(low, node.source) if node.source is not None else ""
        # `WHERE true` keeps ON CONFLICT from being read as a join's ON.
        body = f" ({columns}) SELECT {values} FROM ({source}) AS source WHERE true"
    conflict = _conflict(low, node.conflict, node) if node.conflict is not None else ""
    return head + body + conflict + _returning(low, node.returning)


def _arbiter(low: Lowering, conflict: Conflict, table: str) -> list[str]:
    """The terms of the index that ON CONFLICT means, as the index has them."""
    terms = conflict.target or ()
    for key in low.catalog.tables[table].keys:
        if not key.nulls_distinct and key.terms == terms and key.where == conflict.target_where:
            return [nulls.distinct_term(low, term) for term in terms]
    return [low.index_key(term) for term in terms]


def _conflict(low: Lowering, conflict: Conflict, node: Insert) -> str:
    text = " ON CONFLICT"
    if conflict.target is not None:
        text += f" ({', '.join(_arbiter(low, conflict, node.table))})"
        if conflict.target_where is not None:
            text += f" WHERE {low.condition(conflict.target_where)}"
    if conflict.sets is None:
        return text + " DO NOTHING"
    single = node.rows is not None and len(node.rows) == 1
    sets: list[str] = []
    for at, (column, expr) in enumerate(conflict.sets):
        value = low.expr(expr)
        if at == 0 and not single:
            # A second proposed row for the same key is 21000 on the server; SQLite would update twice.
            value = f"pgs_touch({node.alias}.{low.catalog.tables[node.table].rowid}, {value})"
        sets.append(f"{name(column)} = {value}")
    text += f" DO UPDATE SET {', '.join(sets)}"
    tests = [] if conflict.where is None else [low.condition(conflict.where)]
    if tests and not single:
        # A row of this very statement is 21000 before the condition is looked at.
        tests.insert(0, f"pgs_untouched({node.alias}.{low.catalog.tables[node.table].rowid})")
    if tests:
        text += f" WHERE {' AND '.join(tests)}"
    return text


def update(low: Lowering, node: Update) -> str:
    """UPDATE ... FROM."""
    ctes = with_clause(low, node.ctes, recursive=node.recursive)
    origins = ", ".join(source(low, item) for item in node.sources)  # before SET: it says what their columns are
    sets = ", ".join(f"{name(column)} = {low.expr(expr)}" for column, expr in node.sets)
    order = " NOT INDEXED" if heaporder.matters(low.catalog.tables[node.table], node) else ""
    if not sets:  # generated columns alone, which may be set to DEFAULT
        sets = f"{low.catalog.tables[node.table].rowid} = {node.alias}.{low.catalog.tables[node.table].rowid}"
    text = f"{ctes}UPDATE {name(node.table)} AS {node.alias}{order} SET {sets}"
    if origins:
        text += f" FROM {origins}"
    if node.where is not None:
        text += f" WHERE {low.condition(qualifying.ordered(node.where))}"
    return text + _returning(low, node.returning)


def doomed(low: Lowering, node: Delete) -> str:
    """The rows that a DELETE is to delete, as its RETURNING shows them."""
    outputs = ", ".join(f"{low.expr(output.expr)} AS c{at}" for at, output in enumerate(node.returning)) or "NULL AS c0"
    sources = ", ".join(source(low, item) for item in node.sources)
    where = f" WHERE {low.condition(qualifying.ordered(node.where))}" if node.where is not None else ""
    text = f"{with_clause(low, node.ctes, recursive=node.recursive)}SELECT {outputs} FROM {name(node.table)} AS {node.alias}"
    if sources:
        rowid = low.catalog.tables[node.table].rowid
        inner = f"SELECT {node.alias}.{rowid} FROM {name(node.table)} AS {node.alias}, {sources}{where}"
        return f"{text} WHERE {node.alias}.{rowid} IN ({inner})"
    return text + where


def delete(low: Lowering, node: Delete) -> str:
    """DELETE; SQLite has no USING, so the rows are found by a join on their ids."""
    head = f"{with_clause(low, node.ctes, recursive=node.recursive)}DELETE FROM {name(node.table)}"
    where = f" WHERE {low.condition(qualifying.ordered(node.where))}" if node.where is not None else ""
    if node.sources:
        joined = ", ".join([f"{name(node.table)} AS {node.alias}", *(source(low, item) for item in node.sources)])
        rowid = low.catalog.tables[node.table].rowid
        text = f"{head} WHERE {rowid} IN (SELECT {node.alias}.{rowid} FROM {joined}{where})"
    else:
        text = f"{head} AS {node.alias}{where}"
    return text + _returning(low, node.returning)


def _returning(low: Lowering, outputs: list[Output]) -> str:
    if not outputs:
        return ""
    return " RETURNING " + ", ".join(f"{low.expr(output.expr)} AS c{at}" for at, output in enumerate(outputs))
