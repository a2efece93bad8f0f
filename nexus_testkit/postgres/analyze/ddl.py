"""CREATE, DROP, TRUNCATE and friends: statements that change the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from nexus_testkit.postgres.analyze import alter, expressions, sources
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.tables import choose_name, create_table
from nexus_testkit.postgres.analyze.volatility import mutable
from nexus_testkit.postgres.catalog.schema import Catalog, Key, Sequence, Table
from nexus_testkit.postgres.lower import ddl as lowered
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed import Call, ColumnRef, Const, Expr

Step = str | Callable[[Session], None]


def create_index(context: Context, node: Node) -> SchemaPlan:
    """CREATE [UNIQUE] INDEX."""
    table = sources.find_table(context, node["relation"], located=False)
    scope = Scope(entries=[sources.table_entry(table, "", table.name, "")], clause="INDEX")
    terms: list[Expr] = []
    columns: list[str | None] = []
    descending: list[bool] = []
    hints: list[str] = []
    for element in node["indexParams"]:
        if "name" in element:
            column = table.column(element["name"])
            if column is None:
                raise context.error("42703", f'column "{element["name"]}" does not exist')
            terms.append(ColumnRef(column.type, "", column.name, typmod=column.typmod))
            columns.append(column.name)
            hints.append(column.name)
        else:
            expr = expressions.expression(context, element["expr"], scope)
            if mutable(expr):
                raise context.error("42P17", "functions in index expression must be marked IMMUTABLE")
            terms.append(expr)
            columns.append(None)
            hints.append(expr.name if isinstance(expr, Call) and not expr.operator else "expr")
        descending.append(element.get("ordering", "SORTBY_DEFAULT") == "SORTBY_DESC")
        # Where nulls stand in an index changes no answer.
        element.skip("nulls_ordering", "opclass")
    where = None
    if "whereClause" in node:
        scope.clause = "INDEX WHERE"
        where = expressions.condition(context, node["whereClause"], scope, "WHERE")
        if mutable(where):
            raise context.error("42P17", "functions in index predicate must be marked IMMUTABLE")
    method = node.get("accessMethod", "btree")
    if method not in ("btree", "hash", "gin", "gist", "brin"):
        raise context.error("42704", f'access method "{method}" does not exist')
    unique = bool(node.get("unique"))
    if node.get("nulls_not_distinct"):
        raise context.unsupported("NULLS NOT DISTINCT", node)
    node.skip("concurrent")
    name = node.get("idxname") or choose_name(context.catalog, table.name, "_".join(hints), "idx")
    if context.catalog.relation_exists(name):
        if node.get("if_not_exists"):
            return SchemaPlan((), context.catalog, "CREATE INDEX")
        raise context.error("42P07", f'relation "{name}" already exists')
    node.skip("if_not_exists")
    key = Key(name, tuple(columns), tuple(terms), unique, descending=tuple(descending), where=where)
    after = replace(table, keys=(*table.keys, key))
    catalog = context.catalog.with_table(after)
    if method in ("gin", "gist", "brin"):
        # These only make searches faster; the fake needs none.
        return SchemaPlan((), catalog, "CREATE INDEX")
    steps: list[Step] = []
    if unique:
        steps.append(partial(alter.require_unique, table=after, key=key))
    steps.append(lowered.create_index(catalog, after, key))
    return SchemaPlan(tuple(steps), catalog, "CREATE INDEX")


_KINDS = {"OBJECT_TABLE": "table", "OBJECT_INDEX": "index", "OBJECT_SEQUENCE": "sequence", "OBJECT_TYPE": "type"}


def drop(context: Context, node: Node) -> SchemaPlan:
    """DROP TABLE, INDEX, SEQUENCE, TYPE."""
    kind = _KINDS.get(node["removeType"])
    if kind is None:
        raise context.unsupported(f"DROP {node['removeType'].removeprefix('OBJECT_')}", node)
    cascade = node.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    missing_ok = bool(node.get("missing_ok"))
    node.skip("concurrent")
    names: list[str] = []
    for item in node["objects"]:
        parts = item.names("names") if item.kind == "TypeName" else [part["sval"] for part in item["items"]]
        if len(parts) > 1 and parts[0] != "public":
            raise context.error("3F000", f'schema "{parts[0]}" does not exist')
        names.append(parts[-1])
    rule = {"table": _drop_tables, "index": _drop_indexes, "sequence": _drop_sequences, "type": _drop_types}[kind]
    catalog, steps = rule(context, names, missing_ok=missing_ok, cascade=cascade)
    return SchemaPlan(tuple(steps), catalog, f"DROP {kind.upper()}")


def _drop_tables(context: Context, names: list[str], *, missing_ok: bool, cascade: bool) -> tuple[Catalog, list[Step]]:
    found: list[str] = []
    for name in names:
        if name in context.catalog.tables:
            found.append(name)
        elif not missing_ok:
            raise context.error("42P01", f'table "{name}" does not exist')
    catalog = context.catalog
    steps: list[Step] = []
    for name in found:
        dependents = [item for item in catalog.references_to(name) if item[0].name not in found]
        if dependents and not cascade:
            lines = [
                f"constraint {foreign.name} on table {other.name} depends on table {name}"
                for other, foreign in dependents
            ]
            raise context.error(
                "2BP01",
                f"cannot drop table {name} because other objects depend on it",
                detail="\n".join(lines),
                hint="Use DROP ... CASCADE to drop the dependent objects too.",
            )
        for other, _ in dependents:
            kept = catalog.tables[other.name]
            after = replace(kept, foreign_keys=tuple(key for key in kept.foreign_keys if key.table != name))
            catalog = catalog.with_table(after)
            steps.extend(lowered.rewrite(catalog, after))
    # SQLite empties a table before it drops it, which ON DELETE actions of tables dropped with it would see.
    for name in found:
        table = catalog.tables[name]
        if table.foreign_keys:
            bare = replace(table, foreign_keys=())
            steps.extend(lowered.rewrite(catalog.with_table(bare), bare))
    steps.extend(f"DROP TABLE {quoted(name)}" for name in found)
    owned = {name for name, sequence in catalog.sequences.items() if sequence.owner and sequence.owner[0] in found}
    if owned:
        steps.append(lambda session: session.engine.forget_sequences(owned))
    return (catalog.without_tables(set(found)) if found else catalog), steps


def _drop_indexes(context: Context, names: list[str], *, missing_ok: bool, cascade: bool) -> tuple[Catalog, list[Step]]:
    catalog = context.catalog
    steps: list[Step] = []
    for name in names:
        found = catalog.index(name)
        if found is None:
            if missing_ok:
                continue
            raise context.error("42704", f'index "{name}" does not exist')
        table, key = found
        if key.constraint:
            if cascade:
                raise context.unsupported("DROP INDEX of a constraint, CASCADE")
            raise context.error(
                "2BP01",
                f"cannot drop index {name} because constraint {name} on table {table.name} requires it",
                hint=f"You can drop constraint {name} on table {table.name} instead.",
            )
        catalog = catalog.with_table(replace(table, keys=tuple(kept for kept in table.keys if kept.name != name)))
        steps.append(f"DROP INDEX IF EXISTS {quoted(name)}")
    return catalog, steps


def _drop_sequences(
    context: Context, names: list[str], *, missing_ok: bool, cascade: bool
) -> tuple[Catalog, list[Step]]:
    found: set[str] = set()
    for name in names:
        sequence = context.catalog.sequences.get(name)
        if sequence is None:
            if missing_ok:
                continue
            raise context.error("42P01", f'sequence "{name}" does not exist')
        if sequence.owner is not None:
            if cascade:
                raise context.unsupported("DROP SEQUENCE of a serial column, CASCADE")
            table, column = sequence.owner
            raise context.error(
                "2BP01",
                f"cannot drop sequence {name} because other objects depend on it",
                detail=f"default value for column {column} of table {table} depends on sequence {name}",
                hint="Use DROP ... CASCADE to drop the dependent objects too.",
            )
        found.add(name)
    catalog = _without_defaults(context, found, cascade=cascade).without_sequences(found)
    return catalog, [lambda session: session.engine.forget_sequences(found)]


def _without_defaults(context: Context, sequences: set[str], *, cascade: bool) -> Catalog:
    """The catalogue without the defaults that call these sequences; an error unless CASCADE was said."""
    catalog = context.catalog
    for table in context.catalog.tables.values():
        for column in table.columns:
            name = next(iter(sequences & set(_sequences_of(column.default))), None)
            if name is None:
                continue
            if not cascade:
                raise context.error(
                    "2BP01",
                    f"cannot drop sequence {name} because other objects depend on it",
                    detail=f"default value for column {column.name} of table {table.name} depends on sequence {name}",
                    hint="Use DROP ... CASCADE to drop the dependent objects too.",
                )
            now = catalog.tables[table.name]
            columns = tuple(replace(each, default=None) if each.name == column.name else each for each in now.columns)
            catalog = catalog.with_table(replace(now, columns=columns))
    return catalog


def _sequences_of(expr: Expr | None) -> Iterator[str]:
    """The sequences that an expression names."""
    if expr is None:
        return
    if isinstance(expr, Const) and expr.type == "regclass" and expr.value is not None:
        yield str(expr.value).removeprefix("public.")
    for inner in children(expr):
        yield from _sequences_of(inner)


def _drop_types(context: Context, names: list[str], *, missing_ok: bool, cascade: bool) -> tuple[Catalog, list[Step]]:
    found: set[str] = set()
    for name in names:
        if name not in context.catalog.enums:
            if missing_ok:
                continue
            raise context.error("42704", f'type "{name}" does not exist')
        for table in context.catalog.tables.values():
            column = next((column for column in table.columns if column.type in (name, name + "[]")), None)
            if column is not None:
                if cascade:
                    raise context.unsupported("DROP TYPE of a column's type, CASCADE")
                raise context.error(
                    "2BP01",
                    f"cannot drop type {name} because other objects depend on it",
                    detail=f"column {column.name} of table {table.name} depends on type {name}",
                    hint="Use DROP ... CASCADE to drop the dependent objects too.",
                )
        found.add(name)
    return context.catalog.without_enums(found), []


def truncate(context: Context, node: Node) -> SchemaPlan:
    """TRUNCATE."""
    cascade = node.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    tables: list[Table] = [sources.find_table(context, item, located=False) for item in node["relations"]]
    pending = list(tables)
    while pending:
        table = pending.pop()
        for other, _ in context.catalog.references_to(table.name):
            if other in tables:
                continue
            if not cascade:
                raise context.error(
                    "0A000",
                    "cannot truncate a table referenced in a foreign key constraint",
                    detail=f'Table "{other.name}" references "{table.name}".',
                    hint=f'Truncate table "{other.name}" at the same time, or use TRUNCATE ... CASCADE.',
                )
            tables.append(other)
            pending.append(other)
    steps: list[Step] = ["PRAGMA defer_foreign_keys = ON"]
    names = {table.name for table in tables}
    # Children first, so that no ON DELETE action finds anything to do.
    ordered = sorted(
        tables, key=lambda table: any(foreign.table in names for foreign in table.foreign_keys), reverse=True
    )
    steps.extend(f"DELETE FROM {quoted(table.name)}" for table in ordered)
    steps.append("PRAGMA defer_foreign_keys = OFF")
    if node.get("restart_seqs"):
        owned = {
            name
            for name, sequence in context.catalog.sequences.items()
            if sequence.owner and sequence.owner[0] in names
        }
        steps.append(lambda session: session.engine.forget_sequences(owned))
    return SchemaPlan(tuple(steps), context.catalog, "TRUNCATE TABLE")


def create_enum(context: Context, node: Node) -> SchemaPlan:
    """CREATE TYPE ... AS ENUM."""
    names = node.names("typeName")
    name = names[-1]
    labels = tuple(node.names("vals")) if "vals" in node else ()
    if name in context.catalog.enums or context.catalog.relation_exists(name):
        raise context.error("42710", f'type "{name}" already exists')
    if len(set(labels)) < len(labels):
        raise context.unsupported("an enum with a label twice", node)
    return SchemaPlan((), context.catalog.with_enum(name, labels), "CREATE TYPE")


def create_sequence(context: Context, node: Node) -> SchemaPlan:
    """CREATE SEQUENCE."""
    relation = node["sequence"]
    name = sources.relation_name(context, relation)
    if context.catalog.relation_exists(name):
        if node.get("if_not_exists"):
            node.skip("options")
            return SchemaPlan((), context.catalog, "CREATE SEQUENCE")
        raise context.error("42P07", f'relation "{name}" already exists')
    node.skip("if_not_exists")
    sequence = alter.with_options(context, Sequence(name), node.all("options"))
    return SchemaPlan(
        (lambda session: session.engine.forget_sequences({name}),),
        context.catalog.with_sequences(sequence),
        "CREATE SEQUENCE",
    )


RULES: dict[str, Callable[[Context, Node], SchemaPlan]] = {
    "CreateStmt": create_table,
    "IndexStmt": create_index,
    "DropStmt": drop,
    "TruncateStmt": truncate,
    "AlterTableStmt": alter.alter_table,
    "RenameStmt": alter.rename,
    "CreateEnumStmt": create_enum,
    "CreateSeqStmt": create_sequence,
}
