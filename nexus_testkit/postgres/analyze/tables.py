"""CREATE TABLE, and the parts of it that ALTER TABLE needs as well (`parse_utilcmd.c`)."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass, field, replace

from nexus_testkit.postgres.analyze import expressions, sources
from nexus_testkit.postgres.analyze.coerce import coerce_assigned
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.typenames import resolve_type, serial_type
from nexus_testkit.postgres.analyze.volatility import mutable
from nexus_testkit.postgres.catalog.schema import Catalog, Check, Column, ForeignKey, Key, Sequence, Table
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.lower import ddl as lowered
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.typed import ColumnRef, Expr

_LONGEST_NAME = 63
_BOUNDS = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}


@dataclass(slots=True)
class Draft:
    """A table in the making: constraints that were read and get their names at the end."""

    name: str
    columns: list[Column] = field(default_factory=list)
    checks: list[Node] = field(default_factory=list)
    keys: list[tuple[Node, str | None]] = field(default_factory=list)  # with the column that each stands at
    foreign: list[tuple[Node, str | None]] = field(default_factory=list)
    sequences: list[Sequence] = field(default_factory=list)
    not_null: set[str] = field(default_factory=set)
    generated: list[tuple[Node, str]] = field(default_factory=list)


def choose_name(catalog: Catalog, table: str, column: str, label: str, taken: Many[str] = ()) -> str:
    """`table_column_label`, cut to 63 bytes and numbered until it is free (`ChooseRelationName`, `makeObjectName`)."""
    number = 0
    while True:
        suffix = f"_{label}{number or ''}"
        room = _LONGEST_NAME - len(suffix) - (1 if column else 0)
        left, right = table, column
        while len(left.encode()) + len(right.encode()) > room:
            if len(left) > len(right):
                left = left[:-1]
            else:
                right = right[:-1]
        name = left + (f"_{right}" if column else "") + suffix
        if name not in taken and not catalog.relation_exists(name):
            return name
        number += 1


def create_table(context: Context, node: Node) -> SchemaPlan:
    """CREATE TABLE."""
    relation = node["relation"]
    name = sources.relation_name(context, relation)
    if relation.get("relpersistence", "p") not in ("p", "u"):
        raise context.unsupported("a temporary table", relation)
    if context.catalog.relation_exists(name):
        if node.get("if_not_exists"):
            node.skip("tableElts")
            return SchemaPlan((), context.catalog, "CREATE TABLE")
        raise context.error("42P07", f'relation "{name}" already exists')
    node.skip("if_not_exists")
    draft = Draft(name)
    constraints: list[Node] = []
    for element in node.all("tableElts"):
        if element.kind == "ColumnDef":
            add_column(context, draft, element)
        elif element.kind == "Constraint":
            constraints.append(element)
        else:
            raise context.unsupported(element.kind, element)
    for constraint in constraints:
        sort_constraint(context, draft, constraint, None)
    table = finish(context, draft)
    catalog = context.catalog.with_table(table).with_sequences(*draft.sequences)
    names = {sequence.name for sequence in draft.sequences}
    steps = [
        lowered.create_table(catalog, table),
        *(lowered.create_index(catalog, table, key) for key in table.keys),
    ]
    if names:
        return SchemaPlan((*steps, lambda session: session.engine.forget_sequences(names)), catalog, "CREATE TABLE")
    return SchemaPlan(tuple(steps), catalog, "CREATE TABLE")


def add_column(context: Context, draft: Draft, node: Node) -> None:
    """A column's definition with the constraints that stand at it."""
    name = node["colname"]
    if any(column.name == name for column in draft.columns):
        raise context.error("42701", f'column "{name}" specified more than once')
    written = node["typeName"]
    serial = serial_type(written)
    kind, typmod = (serial, None) if serial else resolve_type(context, written)
    column = Column(name, kind, typmod)
    if "collClause" in node:
        collation = node["collClause"]
        wanted = collation.names("collname")[-1]
        if wanted not in ("C", "POSIX", "default", "C.UTF-8", "ucs_basic"):
            raise context.unsupported(f'collation "{wanted}"', collation)
    if serial:
        column = replace(column, not_null=True, sequence=_sequence(context, draft, name, serial, []))
        draft.not_null.add(name)
    draft.columns.append(column)
    for constraint in node.all("constraints"):
        sort_constraint(context, draft, constraint, name)


def _sequence(context: Context, draft: Draft, column: str, kind: str, options: list[Node]) -> str:
    from nexus_testkit.postgres.analyze.alter import with_options  # noqa: PLC0415  # a cycle otherwise

    taken = [sequence.name for sequence in draft.sequences]
    name = choose_name(context.catalog, draft.name, column, "seq", taken)
    sequence = Sequence(name, kind, maximum=_BOUNDS[kind], owner=(draft.name, column))
    draft.sequences.append(with_options(context, sequence, options))
    return name


def sort_constraint(context: Context, draft: Draft, node: Node, column: str | None) -> None:
    """Put one constraint where it belongs; `column` is the one that it stands at, None for the table's own."""
    kind = node["contype"].removeprefix("CONSTR_")
    at = next((i for i, made in enumerate(draft.columns) if made.name == column), -1)
    if kind == "NOTNULL":
        names = [column] if column is not None else node.names("keys")
        draft.not_null.update(str(name) for name in names)
        node.skip("conname", "keys")
    elif kind == "NULL":
        pass
    elif kind == "DEFAULT":
        made = draft.columns[at]
        draft.columns[at] = replace(made, default=default_value(context, made, node["raw_expr"]))
    elif kind == "IDENTITY":
        made = draft.columns[at]
        if made.type not in _BOUNDS:
            raise context.error("22023", "identity column type must be smallint, integer, or bigint")
        sequence = _sequence(context, draft, made.name, made.type, node.all("options"))
        draft.columns[at] = replace(made, identity=node["generated_when"], sequence=sequence)
        draft.not_null.add(made.name)
    elif kind == "GENERATED":
        made = draft.columns[at]
        if made.default is not None:
            words = f'both default and generation expression specified for column "{made.name}" of table "{draft.name}"'
            raise context.error("42601", words, node)
        draft.generated.append((node, made.name))  # read at the end: it may name columns that come later
    elif kind == "CHECK":
        draft.checks.append(node)
    elif kind in ("PRIMARY", "UNIQUE"):
        draft.keys.append((node, column))
    elif kind == "FOREIGN":
        draft.foreign.append((node, column))
    else:
        raise context.unsupported(f"constraint {kind}", node)


def default_value(context: Context, column: Column, node: Node) -> Expr | None:
    """DEFAULT's expression as the column's type."""
    scope = Scope(clause="DEFAULT")
    expr = expressions.expression(context, node, scope)
    if not context.overloads.can_coerce(expr.type, column.type, "a"):
        raise context.error(
            "42804",
            f'column "{column.name}" is of type {title(column.type)} but default expression is of type {title(expr.type)}',
            hint="You will need to rewrite or cast the expression.",
        )
    return coerce_assigned(context, expr, column.name, column.type, column.typmod)


def _entry(draft: Draft) -> Entry:
    return sources.table_entry(Table(draft.name, tuple(draft.columns)), "", draft.name, "")


def _generate(context: Context, draft: Draft) -> None:
    """Read the expressions of generated columns."""
    names = {name for _, name in draft.generated}
    scope = Scope(entries=[_entry(draft)], clause="GENERATED")
    for node, name in draft.generated:
        node.skip("generated_when")
        node.get("generated_kind")
        expr = expressions.expression(context, node["raw_expr"], scope)
        other = _mentioned(expr, names)
        if other is not None:
            raise context.error(
                "42P17",
                f'cannot use generated column "{other.name}" in column generation expression',
                other,
                detail="A generated column cannot reference another generated column.",
            )
        at = next(i for i, column in enumerate(draft.columns) if column.name == name)
        made = draft.columns[at]
        expr = coerce_assigned(context, expr, made.name, made.type, made.typmod)
        if mutable(expr):
            raise context.error("42P17", "generation expression is not immutable")
        draft.columns[at] = replace(made, generated=expr)


def _mentioned(expr: Expr, names: set[str]) -> ColumnRef | None:
    if isinstance(expr, ColumnRef):
        return expr if expr.name in names else None
    return next((found for child in children(expr) if (found := _mentioned(child, names)) is not None), None)


def finish(context: Context, draft: Draft) -> Table:
    """Name and check what was collected."""
    _generate(context, draft)
    entry = _entry(draft)
    columns = {column.name: column for column in draft.columns}
    taken: list[str] = []
    keys: list[Key] = []
    for node, column in sorted(draft.keys, key=lambda item: item[0].fields["contype"] != "CONSTR_PRIMARY"):
        key = make_key(context, draft.name, columns, node, column, taken)
        if key.primary:
            if any(made.primary for made in keys):
                raise context.error("42P16", f'multiple primary keys for table "{draft.name}" are not allowed', node)
            draft.not_null.update(str(name) for name in key.columns)
        if any(made.terms == key.terms for made in keys) and not node.fields.get("conname"):
            continue
        taken.append(key.name)
        keys.append(key)
    checks: list[Check] = []
    for node in draft.checks:
        check = make_check(context, draft.name, entry, node, [made.name for made in checks])
        checks.append(check)
    made_columns = tuple(
        replace(column, not_null=True) if column.name in draft.not_null else column for column in draft.columns
    )
    table = Table(draft.name, made_columns, tuple(checks), tuple(keys))
    foreign: list[ForeignKey] = []
    for node, column in draft.foreign:
        foreign.append(make_foreign(context, table, node, column, [made.name for made in foreign]))
    return replace(table, foreign_keys=tuple(foreign))


def make_key(
    context: Context, table: str, columns: dict[str, Column], node: Node, column: str | None, taken: Many[str]
) -> Key:
    """PRIMARY KEY or UNIQUE."""
    primary = node["contype"] == "CONSTR_PRIMARY"
    names = [column] if column is not None else node.names("keys")
    if node.get("nulls_not_distinct"):
        raise context.unsupported("NULLS NOT DISTINCT", node)
    for name in names:
        if name not in columns:
            raise context.error("42703", f'column "{name}" named in key does not exist', node)
    name = node.get("conname") or (
        choose_name(context.catalog, table, "", "pkey", taken)
        if primary
        else choose_name(context.catalog, table, "_".join(str(one) for one in names), "key", taken)
    )
    if context.catalog.relation_exists(name) or name in taken:
        raise context.error("42P07", f'relation "{name}" already exists')
    terms = tuple(ColumnRef(columns[str(one)].type, "", str(one), typmod=columns[str(one)].typmod) for one in names)
    for term in terms:
        if term.type == "json":
            raise context.error(
                "42704",
                'data type json has no default operator class for access method "btree"',
                hint="You must specify an operator class for the index or define a default operator class for the data type.",
            )
    return Key(name, tuple(names), terms, primary=primary, constraint=True)


def make_check(context: Context, table: str, entry: Entry, node: Node, taken: Many[str]) -> Check:
    """CHECK. Unnamed ones are called after the one column that they read."""
    node.skip("is_no_inherit")
    scope = Scope(entries=[entry], clause="CHECK")
    expr = expressions.condition(context, node["raw_expr"], scope, "CHECK")
    read = sorted(columns_of(expr))
    name = node.get("conname")
    if name is None:
        label = read[0] if len(read) == 1 else ""
        name = choose_name(context.catalog, table, label, "check", taken)
    elif name in taken:
        shown = (
            f'constraint "{name}" for relation "{table}"'
            if table in context.catalog.tables
            else f'check constraint "{name}"'
        )
        raise context.error("42710", f"{shown} already exists")
    return Check(name, expr, tuple(read))


def columns_of(expr: Expr) -> set[str]:
    """The columns that an expression of one table reads."""
    found = {expr.name} if isinstance(expr, ColumnRef) else set()
    for child in children(expr):
        found |= columns_of(child)
    return found


def make_foreign(context: Context, table: Table, node: Node, column: str | None, taken: Many[str]) -> ForeignKey:
    """REFERENCES."""
    names = [column] if column is not None else node.names("fk_attrs")
    if node.get("deferrable") or node.get("initdeferred"):
        raise context.unsupported("a deferrable constraint", node)
    if node.get("skip_validation"):
        raise context.unsupported("NOT VALID", node)
    target_node = node["pktable"]
    target_name = sources.relation_name(context, target_node)
    target = table if target_name == table.name else sources.find_table(context, target_node, located=False)
    columns: list[Column] = []
    for name in names:
        made = table.column(str(name))
        if made is None:
            raise context.error("42703", f'column "{name}" referenced in foreign key constraint does not exist')
        columns.append(made)
    targets = node.names("pk_attrs") if "pk_attrs" in node else _primary(context, target)
    if len(targets) != len(columns):
        raise context.error("42830", "number of referencing and referenced columns for foreign key disagree")
    for name in targets:
        if target.column(name) is None:
            raise context.error("42703", f'column "{name}" referenced in foreign key constraint does not exist')
    if not any(
        key.unique and key.where is None and sorted(map(str, key.columns)) == sorted(targets) for key in target.keys
    ):
        raise context.error(
            "42830", f'there is no unique constraint matching given keys for referenced table "{target.name}"'
        )
    given = node.get("conname")
    label = "_".join(str(name) for name in names)
    name = given or choose_name(context.catalog, table.name, label, "fkey", taken)
    for made, target_column in zip(columns, targets, strict=True):
        other = target.column(target_column)
        if other is not None and context.overloads.category(made.type) != context.overloads.category(other.type):
            raise context.error(
                "42804",
                f'foreign key constraint "{name}" cannot be implemented',
                detail=(
                    f'Key columns "{made.name}" of the referencing table and "{target_column}" of the referenced table '
                    f"are of incompatible types: {title(made.type)} and {title(other.type)}."
                ),
            )
    node.skip("fk_del_set_cols")
    return ForeignKey(
        name,
        tuple(made.name for made in columns),
        target.name,
        tuple(targets),
        node.get("fk_del_action", "a"),
        node.get("fk_upd_action", "a"),
    )


def _primary(context: Context, table: Table) -> list[str]:
    key = table.primary_key
    if key is None:
        raise context.error("42704", f'there is no primary key for referenced table "{table.name}"')
    return [str(name) for name in key.columns]
