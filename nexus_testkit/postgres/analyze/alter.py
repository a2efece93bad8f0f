"""ALTER TABLE: its actions in PostgreSQL's order, then one change of what is stored (`ATController` in `tablecmds.c`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from nexus_testkit.postgres import deferral
from nexus_testkit.postgres.analyze import sources
from nexus_testkit.postgres.analyze.constraints import SYSTEM_COLUMNS
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.sequences import not_a_sequence
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, Column, ForeignKey, Key, Table
from nexus_testkit.postgres.lower import rebuild
from nexus_testkit.postgres.lower.ddl import create_index, lowering
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed import Expr
from nexus_testkit.postgres.verifying import require_references, require_rows, require_unique

Step = str | Callable[[Session], None]

#: The order of the actions, AT_PASS_... of tablecmds.c.
DROP, TYPE, ADD, EXPRESSION, ATTRIBUTES, INDEX_CONSTRAINT, INDEX, OTHER, MISC = range(9)


@dataclass(slots=True)
class Work:
    """One ALTER TABLE on its way.

    Attributes:
        catalog: as the actions so far leave it.
        values: columns whose values change, to the expressions of the old row that give them.
        gone: columns that were dropped.
        copies: whether PostgreSQL would write the table anew (then it builds the indexes after it looked at the rows).
        shaped: whether the stored columns are others.
        steps: what else is to run, after the rest.
    """

    context: Context
    name: str
    before: Catalog
    catalog: Catalog
    values: dict[str, Expr] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    copies: bool = False
    shaped: bool = False
    checks: list[str] = field(default_factory=list)
    not_null: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    retyped: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)

    @property
    def table(self) -> Table:
        """The table as the actions so far leave it."""
        return self.catalog.tables[self.name]

    @property
    def old(self) -> Table:
        """The table as it was."""
        return self.before.tables[self.name]

    @property
    def shown(self) -> str:
        """The table's name in messages."""
        return naming.bare(self.name)

    def change(self, table: Table) -> None:
        """Put another definition in the place of the table's (or of another table's)."""
        self.settle(self.catalog.with_table(table))

    def settle(self, catalog: Catalog) -> None:
        """Go on with another catalogue."""
        self.catalog = self.context.catalog = catalog


def column_of(work: Work, name: str) -> Column:
    """The column that an action names.

    Raises:
        DatabaseError: 42703.
    """
    column = work.table.column(name)
    if column is None and name in SYSTEM_COLUMNS:
        raise work.context.error("0A000", f'cannot alter system column "{name}"')
    if column is None:
        raise work.context.error("42703", f'column "{name}" of relation "{work.shown}" does not exist')
    return column


def alter_table(context: Context, node: Node) -> SchemaPlan:
    """ALTER TABLE, and ALTER INDEX or SEQUENCE where these are the same statement."""
    kind = node.get("objtype", "OBJECT_TABLE").removeprefix("OBJECT_")
    relation = node["relation"]
    name = sources.relation_name(context, relation)
    tag = f"ALTER {kind}"
    catalog = context.catalog
    if not catalog.relation_exists(name):
        if node.get("missing_ok"):
            for command in node["cmds"]:
                command.ignore()
            return SchemaPlan((), catalog, tag)
        sources.find_table(context, relation, located=False)
    node.skip("missing_ok")
    from nexus_testkit.postgres.analyze import altering  # noqa: PLC0415  # its rules need this module

    if name not in catalog.tables or kind != "TABLE":
        return _other_relation(context, node, name, kind)
    work = Work(context, name, catalog, catalog)
    prepared: list[tuple[int, Callable[[Work], None]]] = []
    for command in node["cmds"]:
        word = command["subtype"].removeprefix("AT_")
        rule = altering.RULES.get(word)
        if rule is None:
            raise context.unsupported(f"ALTER TABLE {word}", node)
        prepared.append(rule(work, command))
    for _, run in sorted(prepared, key=lambda item: item[0]):
        run(work)
    return SchemaPlan(tuple(finished(work)), work.catalog, tag)


def _other_relation(context: Context, node: Node, name: str, kind: str) -> SchemaPlan:
    """OWNER TO, SET (...) and their like change nothing that the fake shows."""
    from nexus_testkit.postgres.analyze import altering  # noqa: PLC0415  # its rules need this module

    catalog = context.catalog
    if kind == "SEQUENCE" and name not in catalog.sequences:
        raise not_a_sequence(context, name)
    if kind == "INDEX" and catalog.index(name) is None:
        raise context.error("42809", f'"{naming.bare(name)}" is not an index')
    for command in node["cmds"]:
        word = command["subtype"].removeprefix("AT_")
        rule = altering.HARMLESS.get(word)
        if rule is None:
            if kind == "TABLE" and word in _SPELLED:
                what = "sequences" if name in catalog.sequences else "views" if name in catalog.views else "indexes"
                raise context.error(
                    "42809",
                    f'ALTER action {_SPELLED[word]} cannot be performed on relation "{naming.bare(name)}"',
                    detail=f"This operation is not supported for {what}.",
                )
            raise context.unsupported(f"ALTER {kind} {word}", node)
        rule(context, command)
    return SchemaPlan((), catalog, f"ALTER {kind}")


_SPELLED = {
    "AddColumn": "ADD COLUMN",
    "DropColumn": "DROP COLUMN",
    "AddConstraint": "ADD CONSTRAINT",
    "DropConstraint": "DROP CONSTRAINT",
    "AlterColumnType": "ALTER COLUMN ... SET DATA TYPE",
    "SetNotNull": "ALTER COLUMN ... SET NOT NULL",
    "ColumnDefault": "ALTER COLUMN ... SET DEFAULT",
}


def finished(work: Work) -> list[Step]:
    """The steps of the whole statement."""
    before, after = work.before, work.catalog
    old, new = work.old, work.table
    kept_foreign = {foreign.name for foreign in new.foreign_keys}
    parents = [foreign.table for foreign in old.foreign_keys if foreign.name not in kept_foreign]
    steps: list[Step] = [
        partial(deferral.require_none_pending, tables=[work.name, *parents], command="ALTER TABLE"),
        partial(_adopt, catalog=after),
    ]
    kept = {key.name for key in new.keys}
    fresh = {key.name for key in new.keys if key.name not in {had.name for had in old.keys}} | set(work.keys)
    if work.shaped:
        low = lowering(after)
        values = {name: low.expr(expr) for name, expr in work.values.items()}
        steps += rebuild.copied(before, after, old, new, values)
        built = [key for key in new.keys if key.stored]
    else:
        steps += [
            f"DROP INDEX {quoted(key.name)}"
            for key in old.keys
            if key.stored and (key.name not in kept or key.name in fresh)
        ]
        built = [key for key in new.keys if key.stored and key.name in fresh]
    indexes: list[Step] = []
    for key in built:
        if key.unique and (key.name in fresh or work.retyped & set(_columns(key))):
            indexes.append(partial(require_unique, table=new, key=key))
        indexes.append(create_index(after, new, key))
    rows = partial(
        require_rows,
        table=new,
        columns=tuple(name for name in work.not_null if new.column(name) is not None),
        checks=tuple(check for check in new.checks if check.name in work.checks),
    )
    verify: list[Step] = [rows] if work.not_null or work.checks else []
    steps += [*verify, *indexes] if work.copies else [*indexes, *verify]
    steps += rebuild.restored(before, after, old, new) if work.shaped else rebuild.changes(before, after)
    for table, constraint in dict.fromkeys(work.references):
        owner = after.tables[table]
        foreign = next((each for each in owner.foreign_keys if each.name == constraint), None)
        if foreign is not None:
            steps.append(partial(require_references, table=owner, foreign=foreign))
    return [*steps, *work.steps]


def _adopt(session: Session, *, catalog: Catalog) -> None:
    """The expressions of the steps may ask sequences that are new."""
    session.engine.catalog = catalog


def _columns(key: Key) -> set[str]:
    from nexus_testkit.postgres.analyze.constraints import columns_of  # noqa: PLC0415  # only for a rebuilt index

    found: set[str] = set()
    for expr in (*key.terms, *([key.where] if key.where is not None else [])):
        found |= columns_of(expr)
    return found


def without_foreign(table: Table, gone: ForeignKey) -> Table:
    """The table without one of its foreign keys."""
    return replace(table, foreign_keys=tuple(each for each in table.foreign_keys if each is not gone))
