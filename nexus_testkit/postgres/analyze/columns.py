"""Columns of CREATE TABLE and ALTER TABLE ... ADD COLUMN, and the constraints that stand at them (`transformColumnDefinition`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres.analyze import collations, expressions, sources
from nexus_testkit.postgres.analyze.coerce import coerce_assigned
from nexus_testkit.postgres.analyze.constraints import (
    SYSTEM_COLUMNS,
    choose_name,
)
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.sequences import BOUNDS, with_options
from nexus_testkit.postgres.analyze.typenames import resolve_type, serial_type
from nexus_testkit.postgres.catalog.schema import Column, Sequence, Table
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Expr

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
    unlogged: bool = False


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
    if (
        serial is None
        and "arrayBounds" in written
        and serial_type(Node("TypeName", {"names": written.fields["names"]}, written.statement))
    ):
        raise context.error("0A000", "array of serial is not implemented", written)
    kind, typmod = (serial, None) if serial else resolve_type(context, written)
    if "collClause" in node:
        collation = node["collClause"]
        require_collation(context, collation.names("collname"), kind, collation)
    node.skip("storage_name", "compression")
    draft.columns.append(Column(name, kind, typmod))
    seen = _Seen(serial=serial is not None)
    supported: dict[str, Any] | None = None
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
        if wanted in collations.BYTEWISE or wanted in (
            "en_US",
            "en_US.utf8",
            "de_DE",
            "unicode",
            "pg_unicode_fast",
            "und-x-icu",
            "en-x-icu",
        ):
            # Columns of two collations cannot be compared with one another (42P22), which nothing here would notice.
            raise context.unsupported(f'collation "{wanted}"', where)
        raise context.error(
            "42704",
            f'collation "{".".join(names)}" for encoding "UTF8" does not exist',
            where if where.location > 0 else None,
        )
    if kind.rstrip("[]") not in ("text", "varchar", "bpchar", "name"):
        raise context.error(
            "42804", f"collations are not supported by type {title(kind)}", where if where.location > 0 else None
        )


_ATTRIBUTES = {
    "DEFERRABLE": "DEFERRABLE",
    "NOT_DEFERRABLE": "NOT DEFERRABLE",
    "DEFERRED": "INITIALLY DEFERRED",
    "IMMEDIATE": "INITIALLY IMMEDIATE",
    "ENFORCED": "ENFORCED",
    "NOT_ENFORCED": "NOT ENFORCED",
}


def _attribute(context: Context, node: Node, word: str, fields: dict[str, Any] | None) -> None:
    """DEFERRABLE and its like belong to the constraint before them (`transformConstraintAttrs`)."""
    enforcing = word in ("ENFORCED", "NOT_ENFORCED")
    allowed = (
        ("CONSTR_CHECK", "CONSTR_FOREIGN")
        if enforcing
        else ("CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION", "CONSTR_FOREIGN")
    )
    if fields is None or fields["contype"] not in allowed:
        raise context.error("42601", f"misplaced {_ATTRIBUTES[word]} clause", node)
    said = fields.setdefault("said", set())
    group = "enforced" if enforcing else "deferrable" if word.endswith("DEFERRABLE") else "initially"
    if group in said:
        words = {
            "deferrable": "DEFERRABLE/NOT DEFERRABLE",
            "initially": "INITIALLY IMMEDIATE/DEFERRED",
            "enforced": "ENFORCED/NOT ENFORCED",
        }
        raise context.error("42601", f"multiple {words[group]} clauses not allowed", node)
    said.add(group)
    if word == "DEFERRABLE":
        fields["deferrable"] = True
    elif word == "NOT_DEFERRABLE" and fields.get("initdeferred"):
        raise context.error("42601", "constraint declared INITIALLY DEFERRED must be DEFERRABLE", node)
    elif word == "DEFERRED":
        if "deferrable" in said and not fields.get("deferrable"):
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
