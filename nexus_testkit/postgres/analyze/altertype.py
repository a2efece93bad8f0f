"""ALTER COLUMN ... TYPE, and what of the table has to be read again with the new type (`ATExecAlterColumnType`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.alter import TYPE, Work
from nexus_testkit.postgres.analyze.coerce import coerce_assigned
from nexus_testkit.postgres.analyze.columns import require_collation
from nexus_testkit.postgres.analyze.constraints import SYSTEM_COLUMNS, columns_of, require_comparable, require_order
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.analyze.sequences import BOUNDS
from nexus_testkit.postgres.analyze.tables import table_entry, with_column
from nexus_testkit.postgres.analyze.typenames import resolve_type
from nexus_testkit.postgres.analyze.volatility import mutable
from nexus_testkit.postgres.catalog.schema import Column, Key, Table
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.deparse import expression_text
from nexus_testkit.postgres.nodes import Node, Statement
from nexus_testkit.postgres.parser import parse
from nexus_testkit.postgres.typed import Cast, ColumnRef, Const, Expr, Typmod

Prepared = tuple[int, Callable[[Work], None]]


def alter_type(work: Work, command: Node) -> Prepared:
    """ALTER COLUMN ... [SET DATA] TYPE ... [USING ...]."""
    context, name, node = work.context, command["name"], command["def"]
    column = work.old.column(name)
    if column is None and name in SYSTEM_COLUMNS:
        raise context.error("0A000", f'cannot alter system column "{name}"', node)
    if column is None:
        raise context.error("42703", f'column "{name}" of relation "{work.shown}" does not exist')
    if name in work.retyped:
        raise context.error("0A000", f'cannot alter type of column "{name}" twice')
    kind, typmod = resolve_type(context, node["typeName"])
    if "collClause" in node:
        require_collation(context, node["collClause"].names("collname"), kind, node["collClause"])
    work.retyped.add(name)
    if column.generated is not None:
        if "raw_default" in node:
            raise context.error(
                "42611",
                "cannot specify USING when altering type of generated column",
                node,
                detail=f'Column "{name}" is a generated column.',
            )
        return TYPE, lambda work: _alter(work, name, kind, typmod)
    value = _value(work, column, node, kind, typmod)
    if not (isinstance(value, ColumnRef) and value.name == name):
        work.values[name] = value
    return TYPE, lambda work: _alter(work, name, kind, typmod)


def _value(work: Work, column: Column, node: Node, kind: str, typmod: Typmod) -> Expr:
    context = work.context
    if "raw_default" in node:
        scope = Scope(entries=[table_entry(work.old)], clause="TRANSFORM")
        value = expressions.expression(context, node["raw_default"], scope)
        complaint = (
            f'result of USING clause for column "{column.name}" cannot be cast automatically to type {title(kind)}'
        )
        hint = "You might need to add an explicit cast."
    else:
        value = ColumnRef(column.type, "", column.name, typmod=column.typmod)
        complaint = f'column "{column.name}" cannot be cast automatically to type {title(kind)}'
        hint = f'You might need to specify "USING {column.name}::{_written(kind, typmod)}".'
    if value.type != UNKNOWN and not context.overloads.can_coerce(value.type, kind, "a"):
        raise context.error("42804", complaint, hint=hint)
    return coerce_assigned(context, value, column.name, kind, typmod)


def _written(kind: str, typmod: Typmod) -> str:
    if typmod is None:
        return title(kind)
    sizes = f"({','.join(map(str, typmod)) if isinstance(typmod, tuple) else typmod})"
    word, _, rest = title(kind).partition(" ")
    return f"{word}{sizes} {rest}" if kind.startswith("time") else f"{title(kind)}{sizes}"


def _alter(work: Work, name: str, kind: str, typmod: Typmod) -> None:
    context = work.context
    column = work.table.column(name)
    if column is None:
        raise context.error("42703", f'column "{name}" of relation "{work.shown}" does not exist')
    for made in work.table.columns:
        if made.generated is not None and made.name != name and name in columns_of(made.generated):
            raise context.error(
                "0A000",
                "cannot alter type of a column used by a generated column",
                detail=f'Column "{name}" is used by generated column "{made.name}".',
            )
    changed = replace(column, type=kind, typmod=typmod)
    if column.identity and kind not in BOUNDS:
        raise context.error("22023", "identity column type must be smallint, integer, or bigint")
    if column.generated is not None:
        changed = replace(changed, generated=_coerced(work, changed, column.generated, "generation expression"))
    if column.default is not None:
        changed = replace(changed, default=_coerced(work, changed, column.default, "default"))
    if column.sequence is not None and not column.identity and not context.overloads.can_coerce("int8", kind, "a"):
        raise _not_automatic(work, changed, "default")
    work.change(with_column(work.table, changed))
    if column.identity and column.sequence is not None:
        sequence = work.catalog.sequences[column.sequence]
        fresh = replace(sequence, type=kind)
        if sequence.maximum == BOUNDS[sequence.type]:
            fresh = replace(fresh, maximum=BOUNDS[kind])
        work.settle(work.catalog.with_sequences(fresh))
    _read_again(work, name)
    work.shaped = True
    work.copies = True
    _references(work, name)


def _coerced(work: Work, column: Column, expr: Expr, what: str) -> Expr:
    """A default as another type: what was a cast of its own accord goes."""
    context = work.context
    while isinstance(expr, Cast) and expr.kind != "e":
        expr = expr.arg
    if not context.overloads.can_coerce(expr.type, column.type, "a"):
        raise _not_automatic(work, column, what)
    return coerce_assigned(context, expr, column.name, column.type, column.typmod)


def _not_automatic(work: Work, column: Column, what: str) -> Exception:
    return work.context.error(
        "42804", f'{what} for column "{column.name}" cannot be cast automatically to type {title(column.type)}'
    )


def _read_again(work: Work, name: str) -> None:
    """Checks and indexes that mention the column: the server prints them and reads them with the new type."""
    context, table = work.context, work.table
    checks = tuple(
        replace(check, expr=read_again(context, table, check.expr)) if name in check.columns else check
        for check in table.checks
    )
    work.checks += [check.name for check in checks if name in check.columns and check.validated]
    keys = tuple(_key(context, table, key, name) for key in table.keys)
    work.change(replace(table, checks=checks, keys=keys))


def _key(context: Context, table: Table, key: Key, name: str) -> Key:
    def again(column: str | None, term: Expr) -> Expr:
        made = table.column(column) if column is not None else None
        if made is not None and column == name:
            require_order(context, made.type)
            return ColumnRef(made.type, "", made.name, typmod=made.typmod)
        if column is not None or name not in columns_of(term):
            return term
        read = read_again(context, table, term)
        if mutable(read):
            raise context.error("42P17", "functions in index expression must be marked IMMUTABLE")
        return read

    if not key.stored and any(name in columns_of(term) for term in key.terms):
        raise context.unsupported(f"another type for a column of an index of the access method {key.method}")
    terms = tuple(again(column, term) for column, term in zip(key.columns, key.terms, strict=True))
    where = key.where
    if where is not None and name in columns_of(where):
        where = read_again(context, table, where)
    return replace(key, terms=terms, where=where)


def read_again(context: Context, table: Table, expr: Expr) -> Expr:
    """An expression over a table's columns, printed and read with the types that they have now."""
    text = expression_text(expr)
    if text is None:
        raise context.unsupported("a new type for a column that this expression reads")
    query = f"SELECT {text}"
    ((kind, fields),) = parse(query)
    statement = Statement(query)
    node = Node(kind, fields, statement)
    inner = Context(statement, context.catalog, context.rules, context.values)
    scope = Scope(entries=[table_entry(table)], clause="CHECK")
    try:
        found = expressions.expression(inner, node["targetList"][0]["val"], scope)
    except UnsupportedSQL:
        raise
    except Exception as error:
        if hasattr(error, "position"):
            error.position = None
            error.__notes__ = []
        raise
    if isinstance(found, Const) and found.type == UNKNOWN:
        return Const("text", found.value)
    return found


def _references(work: Work, name: str) -> None:
    """Foreign keys in which the column stands, on either side, are made again."""
    catalog = work.catalog
    for table in catalog.tables.values():
        for foreign in table.foreign_keys:
            child = table.name == work.name and name in foreign.columns
            parent = foreign.table == work.name and name in foreign.targets
            if child or parent:
                require_comparable(work.context, table, catalog.tables[foreign.table], foreign)
                if foreign.validated:
                    work.references.append((table.name, foreign.name))
