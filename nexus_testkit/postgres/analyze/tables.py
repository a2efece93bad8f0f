"""CREATE TABLE, and the columns of it that ALTER TABLE adds as well (`parse_utilcmd.c`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres.analyze import collations, domains, expressions, like, sources, temporary
from nexus_testkit.postgres.analyze.coerce import coerce_assigned
from nexus_testkit.postgres.analyze.constraints import (
    SYSTEM_COLUMNS,
    choose_name,
    make_check,
    make_foreign,
    make_key,
    names_of,
    require_free,
)
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.sequences import BOUNDS, with_options
from nexus_testkit.postgres.analyze.storage import storage_options
from nexus_testkit.postgres.analyze.typenames import resolve_type, serial_type
from nexus_testkit.postgres.analyze.volatility import mutable
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column, Sequence, Table
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.lower import ddl as lowered
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.typed import ColumnRef, Expr

_COLLATIONS = ("C", "default")


@dataclass(slots=True)
class Draft:
    """A table in the making: constraints that were read and get their names at the end.

    Attributes:
        keys, foreign: each with the column that it stands at, None for the table's own.
        not_null: columns to the names of the constraints, "" where none was given.
        table: what is there already, where columns are added to it.
    """

    name: str
    columns: list[Column] = field(default_factory=list)
    checks: list[Node] = field(default_factory=list)
    keys: list[tuple[Node, str | None]] = field(default_factory=list)
    foreign: list[tuple[Node, str | None]] = field(default_factory=list)
    sequences: list[Sequence] = field(default_factory=list)
    not_null: dict[str, str] = field(default_factory=dict)
    generated: list[tuple[Node, str]] = field(default_factory=list)
    table: Table | None = None


def create_table(context: Context, node: Node) -> SchemaPlan:
    """CREATE TABLE."""
    relation = node["relation"]
    name = sources.new_name(context, relation)
    on_commit = temporary.on_commit(context, node, name)
    if "partspec" in node or "partbound" in node:
        raise context.unsupported("PARTITION BY and PARTITION OF", node)
    if "inhRelations" in node:
        raise context.unsupported("INHERITS", node)
    if context.catalog.relation_exists(name):
        if node.get("if_not_exists"):
            node.skip("tableElts", "options", "tablespacename")
            return SchemaPlan((), context.catalog, "CREATE TABLE")
        raise context.error("42P07", f'relation "{name}" already exists')
    node.skip("if_not_exists")
    domains.require_no_type(context, name)
    relation.skip("relpersistence")
    storage_options(context, node)
    draft = Draft(name)
    constraints: list[Node] = []
    likes: list[like.Copied] = []
    for element in node.all("tableElts"):
        if element.kind == "ColumnDef":
            add_column(context, draft, element)
        elif element.kind == "Constraint":
            constraints.append(element)
        elif element.kind == "TableLikeClause":
            likes.append(like.columns(context, draft, element))
        else:
            raise context.unsupported(element.kind, element)
    for constraint in constraints:
        table_constraint(context, draft, constraint)
    table = replace(finish(context, draft), on_commit=on_commit)
    for copied in likes:
        table = like.constraints(context, table, copied)
    catalog = context.catalog.with_table(table).with_sequences(*draft.sequences)
    names = {sequence.name for sequence in draft.sequences}
    steps = [lowered.create_table(catalog, table), *lowered.create_indexes(catalog, table), *lowered.triggers(catalog, table)]
    if names:
        return SchemaPlan((*steps, lambda session: session.engine.forget_sequences(names)), catalog, "CREATE TABLE")
    return SchemaPlan(tuple(steps), catalog, "CREATE TABLE")


# ------------------------------------------------------------------------------------------ columns


@dataclass(slots=True)
class _Seen:
    """What a column's definition has said so far (`transformColumnDefinition`)."""

    nullable: bool | None = None
    serial: bool = False
    default: bool = False
    identity: bool = False
    generated: bool = False


def add_column(context: Context, draft: Draft, node: Node) -> None:
    """A column's definition with the constraints that stand at it."""
    name = node["colname"]
    if any(column.name == name for column in draft.columns):
        raise context.error("42701", f'column "{name}" specified more than once')
    if name in SYSTEM_COLUMNS:
        raise context.error("42701", f'column name "{name}" conflicts with a system column name')
    written = node["typeName"]
    serial = serial_type(written)
    if serial is None and "arrayBounds" in written and serial_type(Node("TypeName", {"names": written.fields["names"]}, written.statement)):
        raise context.error("0A000", "array of serial is not implemented", written)
    kind, typmod = (serial, None) if serial else resolve_type(context, written)
    if "collClause" in node:
        collation = node["collClause"]
        require_collation(context, collation.names("collname"), kind, collation)
    node.skip("storage_name", "compression")
    draft.columns.append(Column(name, kind, typmod))
    seen = _Seen(serial=serial is not None)
    supported: dict[str, bool] | None = None
    written_constraints = node.all("constraints")
    for constraint in written_constraints:
        word = constraint["contype"].removeprefix("CONSTR_")
        if word.startswith("ATTR_"):
            _attribute(context, constraint, word.removeprefix("ATTR_"), supported)
        else:
            supported = constraint.fields if word in ("PRIMARY", "UNIQUE", "EXCLUSION", "FOREIGN", "CHECK") else None
    for constraint in written_constraints:
        if not constraint["contype"].startswith("CONSTR_ATTR_"):
            _column_constraint(context, draft, constraint, seen)
    if serial:
        if seen.default:
            raise context.error("42601", f"multiple default values specified for {_named(draft)}")
        _require_one_source(context, draft, replace(seen, default=True), None)
        draft.columns[-1] = replace(draft.columns[-1], sequence=_sequence(context, draft, name, serial, []))
        _not_null(context, draft, seen, None)


def require_collation(context: Context, names: list[str], kind: str, where: Node) -> None:
    """COLLATE of a column or an index."""
    wanted = names[-1]
    if wanted not in _COLLATIONS:
        if wanted in collations.BYTEWISE or wanted in ("en_US", "en_US.utf8", "de_DE", "unicode", "pg_unicode_fast", "und-x-icu", "en-x-icu"):
            # Columns of two collations cannot be compared with one another (42P22), which nothing here would notice.
            raise context.unsupported(f'collation "{wanted}"', where)
        raise context.error("42704", f'collation "{".".join(names)}" for encoding "UTF8" does not exist', where if where.location > 0 else None)
    if kind.rstrip("[]") not in ("text", "varchar", "bpchar", "name"):
        raise context.error("42804", f"collations are not supported by type {title(kind)}", where if where.location > 0 else None)


_ATTRIBUTES = {
    "DEFERRABLE": "DEFERRABLE",
    "NOT_DEFERRABLE": "NOT DEFERRABLE",
    "DEFERRED": "INITIALLY DEFERRED",
    "IMMEDIATE": "INITIALLY IMMEDIATE",
    "ENFORCED": "ENFORCED",
    "NOT_ENFORCED": "NOT ENFORCED",
}


def _attribute(context: Context, node: Node, word: str, fields: dict[str, object] | None) -> None:
    """DEFERRABLE and its like belong to the constraint before them (`transformConstraintAttrs`)."""
    enforcing = word in ("ENFORCED", "NOT_ENFORCED")
    allowed = ("CONSTR_CHECK", "CONSTR_FOREIGN") if enforcing else ("CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION", "CONSTR_FOREIGN")
    if fields is None or fields["contype"] not in allowed:
        raise context.error("42601", f"misplaced {_ATTRIBUTES[word]} clause", node)
    said = fields.setdefault("said", set())
    group = "enforced" if enforcing else "deferrable" if word.endswith("DEFERRABLE") else "initially"
    if group in said:  # type: ignore[operator]  # a set of ours
        words = {
            "deferrable": "DEFERRABLE/NOT DEFERRABLE",
            "initially": "INITIALLY IMMEDIATE/DEFERRED",
            "enforced": "ENFORCED/NOT ENFORCED",
        }
        raise context.error("42601", f"multiple {words[group]} clauses not allowed", node)
    said.add(group)  # type: ignore[attr-defined]  # the same
    if word == "DEFERRABLE":
        fields["deferrable"] = True
    elif word == "NOT_DEFERRABLE" and fields.get("initdeferred"):
        raise context.error("42601", "constraint declared INITIALLY DEFERRED must be DEFERRABLE", node)
    elif word == "DEFERRED":
        if "deferrable" in said and not fields.get("deferrable"):  # type: ignore[operator]  # the same
            raise context.error("42601", "constraint declared INITIALLY DEFERRED must be DEFERRABLE", node)
        fields["deferrable"] = fields["initdeferred"] = True
    elif word == "NOT_ENFORCED":
        fields.pop("is_enforced", None)


def _named(draft: Draft) -> str:
    return f'column "{draft.columns[-1].name}" of table "{draft.name}"'


def _not_null(context: Context, draft: Draft, seen: _Seen, node: Node | None, name: str = "") -> None:
    column = draft.columns[-1].name
    if seen.nullable:
        raise context.error("42601", f"conflicting NULL/NOT NULL declarations for {_named(draft)}", node)
    draft.not_null.setdefault(column, name)


def _column_constraint(context: Context, draft: Draft, node: Node, seen: _Seen) -> None:
    kind = node["contype"].removeprefix("CONSTR_")
    column = draft.columns[-1]
    node.skip("said")
    if kind == "NULL":
        if seen.nullable is False or column.name in draft.not_null or seen.serial:
            raise context.error("42601", f"conflicting NULL/NOT NULL declarations for {_named(draft)}", node)
        seen.nullable = True
        node.skip("conname")
    elif kind == "NOTNULL":
        given = node.get("conname") or ""
        node.skip("keys", "skip_validation", "initially_valid", "is_no_inherit", "is_enforced")
        before = draft.not_null.get(column.name)
        if before and given and before != given:
            raise context.error("XX000", f'conflicting not-null constraint names "{before}" and "{given}"')
        _not_null(context, draft, seen, node, given)
        if given:
            draft.not_null[column.name] = given
        seen.nullable = False
    elif kind == "DEFAULT":
        if seen.default:
            raise context.error("42601", f"multiple default values specified for {_named(draft)}", node)
        seen.default = True
        _require_one_source(context, draft, seen, node)
        draft.columns[-1] = replace(column, default=default_value(context, column, node["raw_expr"]))
    elif kind == "IDENTITY":
        if seen.identity:
            raise context.error("42601", f"multiple identity specifications for {_named(draft)}", node)
        seen.identity = True
        _require_one_source(context, draft, seen, node)
        _identity(context, draft, node)
        _not_null(context, draft, seen, node)
    elif kind == "GENERATED":
        if seen.generated:
            raise context.error("42601", f"multiple generation clauses specified for {_named(draft)}", node)
        seen.generated = True
        _require_one_source(context, draft, seen, node)
        draft.generated.append((node, column.name))  # read at the end: it may name columns that come later
        draft.columns[-1] = replace(column, virtual=node.get("generated_kind", "v") == "v")
    elif kind == "CHECK":
        draft.checks.append(node)
    elif kind in ("PRIMARY", "UNIQUE"):
        if kind == "PRIMARY":
            _not_null(context, draft, seen, node)
        draft.keys.append((node, column.name))
    elif kind == "FOREIGN":
        draft.foreign.append((node, column.name))
    else:
        raise context.unsupported(f"constraint {kind}", node)


def _require_one_source(context: Context, draft: Draft, seen: _Seen, node: Node | None) -> None:
    """A column's value comes from a default, an identity or an expression."""
    words = [
        word
        for word, said in (
            ("default", seen.default),
            ("identity", seen.identity),
            ("generation expression", seen.generated),
        )
        if said
    ]
    if len(words) > 1:
        raise context.error("42601", f"both {words[0]} and {words[1]} specified for {_named(draft)}", node)


def _identity(context: Context, draft: Draft, node: Node) -> None:
    made = draft.columns[-1]
    if made.type not in BOUNDS:
        raise context.error("22023", "identity column type must be smallint, integer, or bigint")
    sequence = _sequence(context, draft, made.name, made.type, node.all("options"))
    draft.columns[-1] = replace(made, identity=node["generated_when"], sequence=sequence)


def _sequence(context: Context, draft: Draft, column: str, kind: str, options: list[Node]) -> str:
    taken = [sequence.name for sequence in draft.sequences]
    name = choose_name(context.catalog, draft.name, column, "seq", taken)
    sequence = with_options(context, Sequence(name, kind, maximum=BOUNDS[kind], owner=(draft.name, column)), options)
    draft.sequences.append(sequence)
    return name


@contextmanager
def unplaced(context: Context, table: str) -> Iterator[None]:
    """Where ALTER TABLE reads an expression, the server has lost the statement's text: its errors have no position."""
    try:
        yield
    except UnsupportedSQL:
        raise
    except DatabaseError as error:
        if table in context.catalog.tables:
            error.position = None
            error.__notes__ = []
        raise


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
    expr = sources.settled(context, expr)
    return coerce_assigned(context, expr, column.name, column.type, column.typmod)


# -------------------------------------------------------------------------------------- the whole table


def table_constraint(context: Context, draft: Draft, node: Node) -> None:
    """A constraint that stands by itself."""
    kind = node["contype"].removeprefix("CONSTR_")
    if kind == "NOTNULL":
        node.skip("skip_validation", "initially_valid", "is_no_inherit", "is_enforced")
        for column in node.names("keys"):
            if not any(made.name == column for made in draft.columns):
                raise context.error("42703", f'column "{column}" of relation "{draft.name}" does not exist')
            given = node.get("conname") or ""
            before = draft.not_null.get(column)
            if before and given and before != given:
                raise context.error("XX000", f'conflicting not-null constraint names "{before}" and "{given}"')
            draft.not_null[column] = given or before or ""
    elif kind == "CHECK":
        draft.checks.append(node)
    elif kind in ("PRIMARY", "UNIQUE"):
        draft.keys.append((node, None))
    elif kind == "FOREIGN":
        draft.foreign.append((node, None))
    elif kind == "EXCLUSION":
        require_method(context, node.get("access_method", "gist"))
        raise context.unsupported("an EXCLUDE constraint", node)
    else:
        raise context.unsupported(f"constraint {kind}", node)


def require_method(context: Context, method: str) -> None:
    """An index's access method: 42704 where the server has none of that name."""
    if method not in ("btree", "hash", "gin", "gist", "brin", "spgist"):
        raise context.error("42704", f'access method "{method}" does not exist')


def table_entry(table: Table) -> Entry:
    """What a table's own expressions see of it."""
    return sources.table_entry(table, "", naming.bare(table.name), "")


def generate(context: Context, table: Table, column: Column, node: Node, generated: set[str]) -> Column:
    """A generated column with its expression."""
    scope = Scope(entries=[table_entry(table)], clause="GENERATED")
    expr = expressions.expression(context, node, scope)
    other = _mentioned(expr, generated)
    if other is not None:
        raise context.error(
            "42P17",
            f'cannot use generated column "{other.name}" in column generation expression',
            other,
            detail="A generated column cannot reference another generated column.",
        )
    expr = coerce_assigned(context, expr, column.name, column.type, column.typmod)
    if mutable(expr):
        raise context.error("42P17", "generation expression is not immutable")
    return replace(column, generated=expr)


def _mentioned(expr: Expr, names: set[str]) -> ColumnRef | None:
    if isinstance(expr, ColumnRef):
        return expr if expr.name in names else None
    return next((found for child in children(expr) if (found := _mentioned(child, names)) is not None), None)


def finish(context: Context, draft: Draft) -> Table:
    """Name and check what was collected, in the order in which the server does; with `draft.table`, that with what was added."""
    before = draft.table or Table(draft.name, ())
    table = replace(before, columns=(*before.columns, *draft.columns))
    keys = _merged(draft)
    for node, column in keys:
        if node.fields["contype"] == "CONSTR_PRIMARY":
            for name in [column] if column is not None else node.names("keys"):
                draft.not_null.setdefault(name, "")
    names = {name for _, name in draft.generated} | {made.name for made in before.columns if made.generated is not None}
    for node, name in draft.generated:
        node.skip("generated_when", "generated_kind")
        made = next(column for column in table.columns if column.name == name)
        with unplaced(context, draft.name):
            table = with_column(table, generate(context, table, made, node["raw_expr"], names))
    for node in draft.checks:
        with unplaced(context, draft.name):
            check = make_check(context, table, table_entry(table), node)
        table = replace(table, checks=(*table.checks, check))
    for name in [column.name for column in table.columns if column.name in draft.not_null]:
        table = require_not_null(context, table, name, draft.not_null[name])
    for node, column in keys:
        key = make_key(context, table, node, column)
        if key.primary:
            for name in key.columns:
                table = require_not_null(context, table, str(name), "")
        table = replace(table, keys=(*table.keys, key))
    for node, column in draft.foreign:
        foreign = make_foreign(context, table, node, column)
        table = replace(table, foreign_keys=(*table.foreign_keys, foreign))
    return table


def _merged(draft: Draft) -> list[tuple[Node, str | None]]:
    """The keys, the primary one first, without those that say the same as another one (`transformIndexConstraints`)."""
    found: list[tuple[Node, str | None]] = []
    said: list[tuple[object, ...]] = []
    for node, column in sorted(draft.keys, key=lambda item: item[0].fields["contype"] != "CONSTR_PRIMARY"):
        fields = node.fields
        names = [column] if column is not None else node.names("keys")
        shape = (
            names,
            fields.get("nulls_not_distinct"),
            fields.get("deferrable"),
            fields.get("initdeferred"),
            fields.get("including"),
        )
        if shape in said and fields["contype"] != "CONSTR_PRIMARY" and names and len(set(names)) == len(names):
            kept = found[said.index(shape)][0]
            if "conname" in fields:
                kept.fields.setdefault("conname", fields["conname"])
            node.ignore()
            continue
        said.append(shape)
        found.append((node, column))
    return found


def with_column(table: Table, column: Column) -> Table:
    """The table with another column in the place of the one of that name."""
    return replace(table, columns=tuple(column if made.name == column.name else made for made in table.columns))


def require_not_null(context: Context, table: Table, name: str, constraint: str) -> Table:
    """The table with NOT NULL at a column; the constraint gets a name where it has none."""
    column = next((made for made in table.columns if made.name == name), None)
    if column is None or column.not_null:
        return table
    if constraint:
        require_free(context, table, constraint)
    else:
        constraint = choose_name(context.catalog, table.name, name, "not_null", names_of(table))
    return with_column(table, replace(column, not_null=True, not_null_name=constraint))
