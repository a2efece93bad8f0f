"""CREATE INDEX (`indexcmds.c`)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres import deferral
from nexus_testkit.postgres.analyze import expressions, sources
from nexus_testkit.postgres.analyze.alter import Step
from nexus_testkit.postgres.analyze.columns import require_collation
from nexus_testkit.postgres.analyze.constraints import choose_name, require_order
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.outputnames import output_name
from nexus_testkit.postgres.analyze.storage import storage_options
from nexus_testkit.postgres.analyze.tables import require_method, table_entry
from nexus_testkit.postgres.analyze.volatility import mutable
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Key, Table
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.lower import ddl as lowered
from nexus_testkit.postgres.lower import rebuild
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.typed import ColumnRef, Expr
from nexus_testkit.postgres.values.rangetypes import SUBTYPES
from nexus_testkit.postgres.verifying import require_unique

_TEXTS = frozenset({"text", "varchar", "bpchar"})
_PATTERNS = {"text_pattern_ops": "text", "varchar_pattern_ops": "varchar", "bpchar_pattern_ops": "bpchar"}
_GIN_CLASSES = frozenset({"jsonb_ops", "jsonb_path_ops", "array_ops"})


def create_index(context: Context, node: Node) -> SchemaPlan:
    """CREATE [UNIQUE] INDEX."""
    relation = node["relation"]
    relation.skip("inh")  # ONLY: there are no partitions
    table = _table(context, relation)
    method = node.get("accessMethod", "btree")
    unique = bool(node.get("unique"))
    name = node.get("idxname")
    key_name = naming.beside(table.name, name) if name is not None else ""
    if name is not None and context.catalog.relation_exists(key_name) and node.get("if_not_exists"):
        node.skip(*node.fields)
        for element in (*node["indexParams"], *node.all("indexIncludingParams"), *node.all("options")):
            element.ignore()
        return SchemaPlan((), context.catalog, "CREATE INDEX")
    node.skip("if_not_exists")
    elements = node["indexParams"]
    _require_able(context, method, len(elements), unique=unique)
    included = _included(context, node, table, method)
    scope = Scope(entries=[table_entry(table)], clause="INDEX")
    read = [_term(context, element, table, scope) for element in elements]
    where = None
    if "whereClause" in node:
        scope.clause = "INDEX WHERE"
        where = sources.settled(context, expressions.condition(context, node["whereClause"], scope, "WHERE"))
    storage_options(context, node)
    if name is None:
        label = _label([hint for _, _, hint in read] + list(included))
        key_name = choose_name(context.catalog, table.name, label, "idx")
    elif context.catalog.relation_exists(key_name):
        raise context.error("42P07", f'relation "{name}" already exists')
    if where is not None and mutable(where):
        raise context.error("42P17", "functions in index predicate must be marked IMMUTABLE")
    for element, (column, term, _) in zip(elements, read, strict=True):
        if column is None and mutable(term):
            raise context.error("42P17", "functions in index expression must be marked IMMUTABLE")
        made = table.column(column) if column is not None else None
        if made is not None and made.virtual:
            raise context.error("0A000", "indexes on virtual generated columns are not supported")
        _require_class(context, element, term, method)
    key = Key(
        key_name,
        tuple(column for column, _, _ in read),
        tuple(term for _, term, _ in read),
        unique,
        descending=tuple(element.get("ordering", "SORTBY_DEFAULT") == "SORTBY_DESC" for element in elements),
        where=where,
        nulls_distinct=not node.get("nulls_not_distinct"),
        include=included,
        method=method,
        nulls_first=_nulls_first(elements),
        classes=tuple(element.names("opclass")[-1] if "opclass" in element else "" for element in elements),
    )
    after = replace(table, keys=(*table.keys, key))
    catalog = context.catalog.with_table(after)
    steps: list[Step] = []
    if node.get("concurrent"):
        steps.append(partial(deferral.require_no_block, command="CREATE INDEX CONCURRENTLY"))
    steps.append(partial(deferral.require_none_pending, tables=[table.name], command="CREATE INDEX"))
    if unique:
        steps.append(partial(require_unique, table=after, key=key))
    if key.stored:
        steps.append(lowered.create_index(catalog, after, key))
    if unique:
        steps += rebuild.changes(context.catalog, catalog)
    return SchemaPlan(tuple(steps), catalog, "CREATE INDEX")


def _nulls_first(elements: list[Node]) -> tuple[bool, ...]:
    """Where nulls stand in each column: behind all values unless DESC or NULLS FIRST is said. It changes no answer."""
    return tuple(
        {"SORTBY_NULLS_FIRST": True, "SORTBY_NULLS_LAST": False}.get(
            element.get("nulls_ordering", ""), element.get("ordering", "SORTBY_DEFAULT") == "SORTBY_DESC"
        )
        for element in elements
    )


def _require_able(context: Context, method: str, width: int, *, unique: bool) -> None:
    require_method(context, method)
    if unique and method != "btree":
        raise context.error("0A000", f'access method "{method}" does not support unique indexes')
    if width > 1 and method in ("hash", "spgist"):
        raise context.error("0A000", f'access method "{method}" does not support multicolumn indexes')


def _table(context: Context, relation: Node) -> Table:
    name = sources.relation_name(context, relation)
    catalog = context.catalog
    if name not in catalog.tables and catalog.relation_exists(name):
        shown = naming.bare(name)
        if catalog.index(name) is not None:
            raise context.error(
                "42809", f'cannot open relation "{shown}"', detail="This operation is not supported for indexes."
            )
        kind = "sequences" if name in catalog.sequences else "views"
        raise context.error(
            "42809", f'cannot create index on relation "{shown}"', detail=f"This operation is not supported for {kind}."
        )
    schema = relation.fields.get("schemaname")
    if schema is not None and schema not in (*catalog.schemas, "pg_catalog", "information_schema", "pg_temp"):
        raise context.error("3F000", f'schema "{schema}" does not exist')
    return sources.find_table(context, relation, located=False)


def _included(context: Context, node: Node, table: Table, method: str) -> tuple[str, ...]:
    found: list[str] = []
    for element in node.all("indexIncludingParams"):
        element.skip("ordering", "nulls_ordering")
        if "expr" in element:
            raise context.error("0A000", "expressions are not supported in included columns")
        name = element["name"]
        if table.column(name) is None:
            raise context.error("42703", f'column "{name}" does not exist')
        found.append(name)
    if found and method not in ("btree", "gist", "spgist"):
        raise context.error("0A000", f'access method "{method}" does not support included columns')
    return tuple(found)


def _term(context: Context, element: Node, table: Table, scope: Scope) -> tuple[str | None, Expr, str]:
    """Column's name or None, the term, and what the index may be called after."""
    if "name" in element:
        column = table.column(element["name"])
        if column is None:
            raise context.error("42703", f'column "{element["name"]}" does not exist')
        return column.name, ColumnRef(column.type, "", column.name, typmod=column.typmod), column.name
    expr = sources.settled(context, expressions.expression(context, element["expr"], scope))
    if scope.set_returning:
        raise context.error("0A000", "set-returning functions are not allowed in index expressions", element["expr"])
    if expr.collation:
        raise context.unsupported("a term of an index that is a COLLATE clause in parentheses", element["expr"])
    hint = output_name(element["expr"])
    return None, expr, "expr" if hint == "?column?" else hint


def _label(hints: list[str]) -> str:
    """The middle of an index's name: a second `expr` is `expr1` (`ChooseIndexColumnNames`)."""
    made: list[str] = []
    for hint in hints:
        name, number = hint, 0
        while name in made:
            number += 1
            name = f"{hint}{number}"
        made.append(name)
    return "_".join(made)


def _require_class(context: Context, element: Node, term: Expr, method: str) -> None:
    """The operator class that is named, or the type's default one."""
    if "collation" in element:
        require_collation(context, element.names("collation"), term.type, element)
    if "opclass" not in element:
        if method in ("gin", "gist", "spgist"):
            _require_searchable(context, term.type, method)
        else:
            require_order(context, term.type, method)
        return
    name = element.names("opclass")[-1]
    if name in _PATTERNS:
        accepts = term.type in _TEXTS
    elif name in _GIN_CLASSES and method == "gin":
        accepts = term.type.endswith("[]") if name == "array_ops" else term.type == "jsonb"
    elif method in ("btree", "hash", "brin") and name.endswith("_ops") and _known(name.removesuffix("_ops")):
        kind = name.removesuffix("_ops")
        accepts = (
            kind == term.type or (kind == "text" and term.type in _TEXTS) or (kind == "varchar" and term.type in _TEXTS)
        )
    elif name in ("gin_trgm_ops", "gist_trgm_ops", "inet_ops", "range_ops", "tsvector_ops", "vector_cosine_ops"):
        raise (
            _no_class(context, name, method)
            if "trgm" in name or "vector_" in name
            else context.unsupported(f"operator class {name}", element)
        )
    else:
        raise _no_class(context, name, method)
    if not accepts:
        raise context.error("42804", f'operator class "{name}" does not accept data type {title(term.type)}')


def _no_class(context: Context, name: str, method: str) -> DatabaseError:
    return context.error("42704", f'operator class "{name}" does not exist for access method "{method}"')


def _known(kind: str) -> bool:
    return kind in {
        *_TEXTS,
        *("int2", "int4", "int8", "float4", "float8", "numeric", "bool", "date", "time", "timetz", "timestamp"),
        *("timestamptz", "interval", "uuid", "bytea", "name", "oid", "jsonb", "array", "char", "enum"),
    }


def _require_searchable(context: Context, kind: str, method: str) -> None:
    if method == "gin" and (kind == "jsonb" or kind.endswith("[]")):
        return
    if method == "gist" and kind.endswith("range"):
        return
    if method == "spgist" and (kind in ("text", "varchar") or kind in SUBTYPES):
        return
    raise context.error(
        "42704",
        f'data type {title(kind)} has no default operator class for access method "{method}"',
        hint="You must specify an operator class for the index or define a default operator class for the data type.",
    )
