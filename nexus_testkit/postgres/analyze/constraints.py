"""Constraints of a table: their names, and what a definition of one may say (`parse_utilcmd.c`, `tablecmds.c`)."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Many

from nexus_testkit.postgres.analyze import expressions, sources
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.persistence import require_reachable
from nexus_testkit.postgres.analyze.storage import storage_options
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, Check, Column, ForeignKey, Key, Table
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ColumnRef, Expr

_LONGEST_NAME = 63
SYSTEM_COLUMNS = ("tableoid", "cmax", "xmax", "cmin", "xmin", "ctid")
# The types of one operator family: their values are compared without a cast.
_FAMILIES = (
    frozenset({"int2", "int4", "int8"}),
    frozenset({"float4", "float8"}),
    frozenset({"date", "timestamp", "timestamptz"}),
    frozenset({"text", "varchar", "name"}),
)
_NUMBERS = frozenset({"int2", "int4", "int8", "float4", "float8", "numeric"})
# What constraints without an index are called after: their names are in no schema.
_NO_RELATIONS = frozenset({"check", "fkey", "not_null"})


def choose_name(catalog: Catalog, table: str, column: str, label: str, taken: Many[str] = ()) -> str:
    """`table_column_label`, cut to 63 bytes and numbered until it is free.

    As `makeObjectName` of commands/indexcmds.c, `ChooseRelationName` and `ChooseConstraintName` of catalog/pg_constraint.c do.
    """
    number = 0
    key = table
    schema, table = naming.split(table)
    used = {naming.bare(name) for name in taken}
    if label not in ("idx", "seq"):
        used |= set(_names_in_schema(catalog, schema, key))
    while True:
        suffix = f"_{label}{number or ''}"
        room = _LONGEST_NAME - len(suffix) - (1 if column else 0)
        left, right = table, column
        while len(left.encode()) + len(right.encode()) > room:
            if len(left.encode()) > len(right.encode()):
                left = left[:-1]
            else:
                right = right[:-1]
        bare = left + (f"_{right}" if column else "") + suffix
        relation = label not in _NO_RELATIONS
        name = naming.key(schema, bare) if relation else bare
        if bare not in used and not (relation and catalog.relation_exists(name)):
            return name
        number += 1


def _names_in_schema(catalog: Catalog, schema: str, besides: str) -> Iterator[str]:
    """The constraints of all tables of a schema; a table's own are in `taken` where that matters."""
    for table in catalog.tables.values():
        if table.name == besides or naming.schema_of(table.name) == schema:
            yield from names_of(table)


def names_of(table: Table) -> list[str]:
    """The names of a table's constraints."""
    names = [check.name for check in table.checks]
    names += [naming.bare(key.name) for key in table.keys if key.constraint]
    names += [foreign.name for foreign in table.foreign_keys]
    names += [not_null_name(table, column) for column in table.columns if column.not_null]
    return names


def not_null_name(table: Table, column: Column) -> str:
    """What the constraint behind a column's NOT NULL is called."""
    return column.not_null_name or choose_name(Catalog(), table.name, column.name, "not_null")


def require_free(context: Context, table: Table, name: str) -> None:
    """A table's constraint gets this name.

    Raises:
        DatabaseError: 42710 where it has one of that name.
    """
    if name in names_of(table):
        raise context.error("42710", f'constraint "{name}" for relation "{naming.bare(table.name)}" already exists')


# ---------------------------------------------------------------------------------------- keys


_NO_ORDER = frozenset({"json", "jsonpath", "xml", "point", "box", "path", "polygon", "circle", "line", "lseg"})


def require_order(context: Context, kind: str, method: str = "btree") -> None:
    """An index over values of a type: 42704 where the type has no order."""
    if kind in _NO_ORDER or (kind.endswith("[]") and kind[:-2] in _NO_ORDER):
        raise context.error(
            "42704",
            f'data type {title(kind)} has no default operator class for access method "{method}"',
            hint="You must specify an operator class for the index or define a default operator class for the data type.",
        )


def make_key(context: Context, table: Table, node: Node, column: str | None) -> Key:
    """PRIMARY KEY or UNIQUE; the table with the keys that it has so far."""
    primary = node["contype"] == "CONSTR_PRIMARY"
    if "indexname" in node:
        return _from_index(context, table, node, primary=primary)
    names = [column] if column is not None else node.names("keys")
    kind = "primary key" if primary else "unique"
    for at, name in enumerate(names):
        if table.column(name) is None:
            if primary and table.name in context.catalog.tables:
                raise context.error("42703", f'column "{name}" of relation "{naming.bare(table.name)}" does not exist')
            where = None if table.name in context.catalog.tables else node
            raise context.error("42703", f'column "{name}" named in key does not exist', where)
        if name in names[:at]:
            raise context.error("42701", f'column "{name}" appears twice in {kind} constraint', node)
    included = tuple(node.names("including"))
    for name in included:
        if table.column(name) is None:
            raise context.error("42703", f'column "{name}" named in key does not exist', node)
    if primary and table.primary_key is not None:
        raise context.error(
            "42P16",
            f'multiple primary keys for table "{naming.bare(table.name)}" are not allowed',
            None if table.name in context.catalog.tables else node,
        )
    storage_options(context, node)
    columns = [found for found in map(table.column, names) if found is not None]
    for made in columns:
        if made.virtual:
            what = "primary keys" if primary else "unique constraints"
            raise context.error("0A000", f"{what} on virtual generated columns are not supported")
    taken = [key.name for key in table.keys] + names_of(table)
    given = node.get("conname")
    if given is not None:
        name = naming.beside(table.name, given)
        if context.catalog.relation_exists(name) or any(key.name == name for key in table.keys):
            raise context.error("42P07", f'relation "{given}" already exists')
        require_free(context, table, given)
    elif primary:
        name = choose_name(context.catalog, table.name, "", "pkey", taken)
    else:
        name = choose_name(context.catalog, table.name, "_".join((*names, *included)), "key", taken)
    terms = tuple(ColumnRef(made.type, "", made.name, typmod=made.typmod) for made in columns)
    for term in terms:
        require_order(context, term.type)
    return Key(
        name,
        tuple(names),
        terms,
        primary=primary,
        constraint=True,
        nulls_distinct=not node.get("nulls_not_distinct"),
        deferrable=bool(node.get("deferrable")),
        deferred=bool(node.get("initdeferred")),
        include=included,
    )


_NO_KEY = "Cannot create a primary key or unique constraint using such an index."


def _from_index(context: Context, table: Table, node: Node, *, primary: bool) -> Key:
    """ADD CONSTRAINT ... USING INDEX: the index becomes the constraint's and takes its name."""
    index = node["indexname"]
    found = context.catalog.index(naming.beside(table.name, index))
    if found is None:
        raise context.error("42704", f'index "{index}" does not exist', node)
    owner, key = found
    if key.constraint:
        raise context.error("55000", f'index "{index}" is already associated with a constraint', node)
    if owner.name != table.name:
        raise context.error("55000", f'index "{index}" does not belong to table "{naming.bare(table.name)}"', node)
    if not key.unique:
        raise context.error("42809", f'"{index}" is not a unique index', node, detail=_NO_KEY)
    if None in key.columns:
        raise context.error("42809", f'index "{index}" contains expressions', node, detail=_NO_KEY)
    if key.where is not None:
        raise context.error("42809", f'"{index}" is a partial index', node, detail=_NO_KEY)
    for at, flag in enumerate(key.descending, 1):
        if flag:
            raise context.error(
                "42809",
                f'index "{index}" column number {at} does not have default sorting behavior',
                node,
                detail=_NO_KEY,
            )
    if primary and table.primary_key is not None:
        raise context.error(
            "42P16", f'multiple primary keys for table "{naming.bare(table.name)}" are not allowed', node
        )
    given = node.get("conname") or index
    name = naming.beside(table.name, given)
    if name != key.name and context.catalog.relation_exists(name):
        raise context.error("42P07", f'relation "{given}" already exists')
    require_free(context, table, given)
    return Key(
        name,
        key.columns,
        key.terms,
        primary=primary,
        constraint=True,
        descending=key.descending,
        nulls_distinct=key.nulls_distinct,
        deferrable=bool(node.get("deferrable")),
        deferred=bool(node.get("initdeferred")),
        include=key.include,
    )


# ------------------------------------------------------------------------------------ CHECK


def make_check(context: Context, table: Table, entry: Entry, node: Node) -> Check:
    """CHECK. Unnamed ones are called after the one column that they read."""
    scope = Scope(entries=[entry], clause="CHECK")
    expr = expressions.condition(context, node["raw_expr"], scope, "CHECK")
    expr = sources.settled(context, expr)
    read = sorted(columns_of(expr))
    name = node.get("conname")
    if name is None:
        label = read[0] if len(read) == 1 else ""
        name = choose_name(context.catalog, table.name, label, "check", names_of(table))
    elif table.name in context.catalog.tables:
        require_free(context, table, name)
    elif any(check.name == name for check in table.checks):
        raise context.error("42710", f'check constraint "{name}" already exists')
    enforced, skipped = bool(node.get("is_enforced")), bool(node.get("skip_validation"))
    return Check(
        name,
        expr,
        tuple(read),
        validated=enforced and not skipped,
        enforced=enforced,
        no_inherit=bool(node.get("is_no_inherit")),
    )


def columns_of(expr: Expr) -> set[str]:
    """The columns that an expression of one table reads."""
    found = {expr.name} if isinstance(expr, ColumnRef) else set()
    for child in children(expr):
        found |= columns_of(child)
    return found


# -------------------------------------------------------------------------------- FOREIGN KEY


def make_foreign(context: Context, table: Table, node: Node, column: str | None) -> ForeignKey:
    """REFERENCES."""
    names = [column] if column is not None else node.names("fk_attrs")
    if not node.get("is_enforced"):
        raise context.unsupported("a foreign key that is NOT ENFORCED", node)
    target_node = node["pktable"]
    target_name = sources.relation_name(context, target_node)
    if target_name in context.catalog.views:
        raise context.error("42809", f'referenced relation "{naming.bare(target_name)}" is not a table')
    if target_name not in (table.name, *context.catalog.tables) and context.catalog.relation_exists(target_name):
        raise context.error("42809", f'referenced relation "{naming.bare(target_name)}" is not a table')
    target = table if target_name == table.name else sources.find_table(context, target_node, located=False)
    require_reachable(context, table, target)
    columns = _columns_of_key(context, table, names)
    if "pk_attrs" in node:
        targets = node.names("pk_attrs")
        _columns_of_key(context, target, targets)
    else:
        targets = _primary(context, target)
    deletes = node.get("fk_del_action", "a")
    updates = node.get("fk_upd_action", "a")
    set_columns = tuple(node.names("fk_del_set_cols"))
    for name in set_columns:
        if table.column(name) is None:
            raise context.error("42703", f'column "{name}" referenced in foreign key constraint does not exist')
        if name not in names:
            raise context.error(
                "42P10", f'column "{name}" referenced in ON DELETE SET action must be part of foreign key'
            )
    _require_unique(context, target, targets)
    _require_plain(context, columns, deletes, updates)
    if len(targets) != len(columns):
        raise context.error("42830", "number of referencing and referenced columns for foreign key disagree")
    given = node.get("conname")
    label = "_".join(names)
    name = given or choose_name(context.catalog, table.name, label, "fkey", names_of(table))
    foreign = ForeignKey(
        name,
        tuple(names),
        target.name,
        tuple(targets),
        deletes,
        updates,
        deferrable=bool(node.get("deferrable")),
        deferred=bool(node.get("initdeferred")),
        validated=not node.get("skip_validation"),
        full=node.get("fk_matchtype", "s") == "f",
        delete_columns=set_columns,
    )
    node.skip("initially_valid")
    require_comparable(context, table, target, foreign)
    if given is not None:
        require_free(context, table, given)
    return foreign


def _columns_of_key(context: Context, table: Table, names: Many[str]) -> list[Column]:
    columns: list[Column] = []
    for name in names:
        made = table.column(name)
        if made is None and name in SYSTEM_COLUMNS:
            raise context.error("0A000", "system columns cannot be used in foreign keys")
        if made is None:
            raise context.error("42703", f'column "{name}" referenced in foreign key constraint does not exist')
        columns.append(made)
    return columns


def _require_unique(context: Context, target: Table, targets: Many[str]) -> None:
    found = [
        key
        for key in target.keys
        if key.unique and key.where is None and sorted(map(str, key.columns)) == sorted(targets)
    ]
    if any(not key.deferrable for key in found):
        return
    if found:
        raise context.error(
            "55000", f'cannot use a deferrable unique constraint for referenced table "{naming.bare(target.name)}"'
        )
    raise context.error(
        "42830", f'there is no unique constraint matching given keys for referenced table "{naming.bare(target.name)}"'
    )


def _require_plain(context: Context, columns: Many[Column], deletes: str, updates: str) -> None:
    if any(column.virtual for column in columns):
        raise context.error("0A000", "foreign key constraints on virtual generated columns are not supported")
    if any(column.generated is not None for column in columns):
        for word, action, bad in (("UPDATE", updates, "ndc"), ("DELETE", deletes, "nd")):
            if action in bad:
                raise context.error(
                    "42601",
                    f"invalid ON {word} action for foreign key constraint containing generated column",
                )


def require_comparable(context: Context, table: Table, target: Table, foreign: ForeignKey) -> None:
    """A foreign key's columns have types that can be compared with those of the key that they refer to.

    Raises:
        DatabaseError: 42804.
    """
    for name, target_column in zip(foreign.columns, foreign.targets, strict=True):
        made, other = table.column(name), target.column(target_column)
        if made is None or other is None:
            continue
        if not _comparable(context, made.type, other.type):
            raise context.error(
                "42804",
                f'foreign key constraint "{foreign.name}" cannot be implemented',
                detail=(
                    f'Key columns "{made.name}" of the referencing table and "{target_column}" of the referenced table '
                    f"are of incompatible types: {title(made.type)} and {title(other.type)}."
                ),
            )


def _comparable(context: Context, kind: str, key: str) -> bool:
    """Whether a foreign key of one type may refer to a key of another (`ATAddForeignKeyConstraint`)."""
    if kind == key:
        return True
    if any(kind in family and key in family for family in _FAMILIES):
        found = True
    else:
        found = context.overloads.can_coerce(kind, "text" if key == "varchar" else key, "i")
    texts = _FAMILIES[-1]
    if found and not ({kind, key} <= _NUMBERS or {kind, key} <= texts) and str(kind) != str(key):
        raise context.unsupported(f"a foreign key of type {title(kind)} that refers to one of type {title(key)}")
    return found


def _primary(context: Context, table: Table) -> list[str]:
    key = table.primary_key
    if key is None:
        raise context.error("42704", f'there is no primary key for referenced table "{naming.bare(table.name)}"')
    if key.deferrable:
        raise context.error(
            "55000", f'cannot use a deferrable primary key for referenced table "{naming.bare(table.name)}"'
        )
    return [str(name) for name in key.columns]
