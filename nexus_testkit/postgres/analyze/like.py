"""CREATE TABLE (LIKE ...): a copy of another table's columns and of what else was asked for (`parse_utilcmd.c`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nexus_testkit.postgres.analyze import sources
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Key, Sequence, Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Cast, Const, Expr

if TYPE_CHECKING:
    from nexus_testkit.postgres.analyze.columns import Draft

# The bits of TableLikeOption (`parsenodes.h`).
_COMMENTS, _CONSTRAINTS, _DEFAULTS, _GENERATED, _IDENTITY, _INDEXES = 1, 4, 8, 16, 32, 64


@dataclass(slots=True)
class Copied:
    """The table that is copied, and which parts of it."""

    table: Table
    options: int

    def has(self, option: int) -> bool:
        """Whether a part was asked for."""
        return bool(self.options & option)


def columns(context: Context, draft: Draft, node: Node) -> Copied:
    """Add the columns of the table that is named; what it has besides waits for `constraints`."""
    from nexus_testkit.postgres.analyze.constraints import choose_name  # noqa: PLC0415  # a cycle otherwise

    if node["relation"].fields.get("relname") in context.catalog.composites:
        raise context.unsupported("LIKE of a composite type", node)
    source = sources.find_relation(context, node["relation"])
    copied = Copied(source, node.get("options", 0))
    for column in source.columns:
        if any(made.name == column.name for made in draft.columns):
            raise context.error("42701", f'column "{column.name}" specified more than once')
        made = replace(column, sequence=None, identity="")
        if column.identity and copied.has(_IDENTITY):
            original = context.catalog.sequences[str(column.sequence)]
            taken = [sequence.name for sequence in draft.sequences]
            name = choose_name(context.catalog, draft.name, column.name, "seq", taken)
            draft.sequences.append(replace(original, name=name, owner=(draft.name, column.name)))
            made = replace(made, identity=column.identity, sequence=name)
        elif column.sequence is not None and not column.identity and copied.has(_DEFAULTS):
            # A serial's default goes on taking numbers from the same sequence.
            made = replace(made, default=shared_default(context.catalog.sequences[column.sequence], column.type))
        if not copied.has(_DEFAULTS):
            made = replace(made, default=None)
        if not copied.has(_GENERATED):
            made = replace(made, generated=None)
        draft.columns.append(made)
        if copied.has(_COMMENTS):
            _copy_comment(context, ("column", source.name, column.name), ("column", draft.name, column.name))
        if column.not_null:
            draft.not_null.setdefault(column.name, "")
    return copied


def _copy_comment(context: Context, old: tuple[str, str, str], new: tuple[str, str, str]) -> None:
    text = context.catalog.comments.get(old)
    if text is not None:
        context.catalog = context.catalog.changed(comments={**context.catalog.comments, new: text})


def shared_default(sequence: Sequence, kind: str) -> Expr:
    """The default of a column that takes its numbers from another column's sequence."""
    value = Call("int8", "nextval", ("regclass",), (Const("regclass", sequence.name),), volatile=True)
    return value if kind == "int8" else Cast(kind, value, "a")


def constraints(context: Context, table: Table, copied: Copied) -> Table:
    """The new table with the copied one's checks, keys and indexes."""
    from nexus_testkit.postgres.analyze.constraints import choose_name  # noqa: PLC0415  # a cycle otherwise

    source = copied.table
    if copied.has(_CONSTRAINTS):
        for check in source.checks:
            if any(made.name == check.name for made in table.checks):
                raise context.error("42710", f'check constraint "{check.name}" already exists')
            table = replace(table, checks=(*table.checks, check))
            if copied.has(_COMMENTS):
                _copy_comment(context, ("constraint", source.name, check.name), ("constraint", table.name, check.name))
    if copied.has(_INDEXES):
        for key in source.keys:
            if key.primary and table.primary_key is not None:
                raise context.error(
                    "42P16", f'multiple primary keys for table "{naming.bare(table.name)}" are not allowed'
                )
            label = "pkey" if key.primary else "key" if key.constraint else "idx"
            shown = "" if key.primary else "_".join(_term_name(key, at) for at in range(len(key.terms)))
            name = choose_name(context.catalog, table.name, shown, label, [made.name for made in table.keys])
            table = replace(table, keys=(*table.keys, replace(key, name=name)))
            if copied.has(_COMMENTS):
                _copy_comment(context, ("relation", key.name, ""), ("relation", name, ""))
                shown = naming.bare(name)
                _copy_comment(
                    context, ("constraint", source.name, naming.bare(key.name)), ("constraint", table.name, shown)
                )
    return table


def _term_name(key: Key, at: int) -> str:
    name = key.columns[at]
    return name if name is not None else getattr(key.terms[at], "name", "expr")
