"""RETURNING: columns of the row that was written, of the row as it was before, of the tables beside it, and subqueries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexus_testkit.postgres.analyze import expressions, indirections, outputnames, sources
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.names import expand_star
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.catalog.schema import Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Case, Cast, ColumnRef, Const, Expr, IsTest, SubQuery
from nexus_testkit.postgres.typed_queries import Output

_ROW = "pgs_row"  # the column of `lower.staged` that says which row it was


@dataclass(slots=True)
class Target:
    """What a statement changes, as RETURNING sees it.

    Attributes:
        table, shown: the table, and the name that qualifies its columns.
        old: the alias of the row as it was; "" for the written row itself (DELETE), None where there was none (INSERT).
        new: whether there is a row afterwards.
        stage: the alias of the written row; `returning` chooses it where it is "".
        new_alias: the alias of the row afterwards, where it is not the written row's.
        front: whether the other tables' columns come first in `*`, as in MERGE.
        inserted: the system column xmax of what INSERT wrote: see `deleting`.
        unreachable: what the statement knows and RETURNING does not (EXCLUDED).
    """

    table: Table
    shown: str
    old: str | None = None
    new: bool = True
    stage: str = ""
    new_alias: str = ""
    front: bool = False
    inserted: Expr | None = None
    unreachable: Sequence[Entry] = ()


def deleting(before: str | None) -> Expr:
    """Xmax of a row that INSERT wrote: 0; of one that its ON CONFLICT updated, the transaction, for it had locked the row.

    `RETURNING (xmax = 0) AS inserted` is how programs ask which of them it was. `before` is the alias of the row as it was.
    """
    none = Const("xid", 0)
    if before is None:
        return none
    fresh = IsTest("bool", ColumnRef("int8", before, _ROW), "NULL", negated=False)
    return Case("xid", ((fresh, none),), Cast("xid", Call("int8", "txid_current", (), ()), "e"))


def returning(
    context: Context, node: Node, target: Target, scope: Scope, others: Sequence[Entry]
) -> tuple[list[Output], str]:
    """The outputs, and the alias of the written row in them.

    The alias is "" where SQLite's own RETURNING can give them, which knows the target's columns alone (under no alias); else
    the rows are kept, and the outputs are read from them in a query of its own (`lower.staged`).
    """
    if "returningClause" not in node:
        return [], ""
    clause = node["returningClause"]
    if not target.stage:
        outputs = _outputs(context, clause, target, scope, others)
        if not any(_beyond_target(output.expr) for output in outputs):
            return outputs, ""
        target.stage = context.alias()
    return _outputs(context, clause, target, scope, others), target.stage


def _outputs(context: Context, clause: Node, target: Target, scope: Scope, others: Sequence[Entry]) -> list[Output]:
    own = sources.table_entry(target.table, target.stage, target.shown, target.stage)
    if target.inserted is not None:
        own.xmax = target.inserted
    entries = [*others, own] if target.front else [own, *others]
    merged = target.stage if target.front else ""
    within = Scope(
        parent=scope.parent,
        entries=entries,
        ctes=scope.ctes,
        clause="RETURNING",
        merged=merged,
        unreachable=list(target.unreachable),
    )
    entries.extend(_versions(context, clause, target, entries))
    outputs: list[Output] = []
    for item in clause["exprs"]:
        value = item["val"]
        if value.kind == "ColumnRef" and "A_Star" in value.fields["fields"][-1]:
            outputs.extend(expand_star(context, value, within))
            continue
        if value.kind == "A_Indirection" and "A_Star" in value.fields["indirection"][-1]:
            outputs.extend(indirections.spread(context, value, within))
            continue
        expr = expressions.expression(context, value, within)
        if expr.type == UNKNOWN:
            expr = coerce(context, expr, "text")
        outputs.append(Output(item.get("name") or outputnames.output_name(value), expr))
    return outputs


def _versions(context: Context, clause: Node, target: Target, entries: list[Entry]) -> list[Entry]:
    """OLD and NEW, under the names that `WITH (OLD AS ...)` gives them (`addNSForReturning`)."""
    names: dict[str, str] = {}
    for option in clause.all("options"):
        which = option["option"].removeprefix("RETURNING_OPTION_")
        if which in names:
            raise context.error("42601", f"{which} cannot be specified multiple times", option)
        name = option["value"]
        if name in names.values() or any(entry.qualified and entry.alias == name for entry in entries):
            raise context.error("42712", f'table name "{name}" specified more than once', option)
        names[which] = name
    for which in ("OLD", "NEW"):
        if which not in names and not any(entry.qualified and entry.alias == which.lower() for entry in entries):
            names[which] = which.lower()
    found: list[Entry] = []
    for which, name in names.items():
        relation = target.old if which == "OLD" else target.new_alias or target.stage
        there = relation is not None if which == "OLD" else target.new
        if which == "OLD" and relation == "":
            relation = target.stage
        entry = sources.table_entry(target.table, relation or "", name, relation or "")
        if not there:
            entry.columns = [(column, Const(expr.type, None, typmod=expr.typmod)) for column, expr in entry.columns]
        entry.bare = False
        found.append(entry)
    return found


def _beyond_target(expr: Expr) -> bool:
    if isinstance(expr, SubQuery) or (isinstance(expr, ColumnRef) and expr.relation):
        return True
    return any(_beyond_target(child) for child in children(expr))
