"""ADD, DROP, VALIDATE and ALTER CONSTRAINT."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nexus_testkit.postgres.analyze import depending
from nexus_testkit.postgres.analyze.alter import DROP, INDEX, INDEX_CONSTRAINT, MISC, OTHER, Work
from nexus_testkit.postgres.analyze.columns import unplaced
from nexus_testkit.postgres.analyze.constraints import make_check, make_foreign, make_key, not_null_name
from nexus_testkit.postgres.analyze.tables import require_method, require_not_null, table_entry
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.nodes import Node

Prepared = tuple[int, Callable[[Work], None]]


def add(work: Work, command: Node) -> Prepared:
    """ADD CONSTRAINT."""
    node = command["def"]
    kind = node["contype"].removeprefix("CONSTR_")
    if kind in ("UNIQUE", "PRIMARY"):
        place = INDEX_CONSTRAINT if "indexname" in node else INDEX
        return place, lambda work: _add_key(work, node)
    if kind == "CHECK":
        return OTHER, lambda work: _add_check(work, node)
    if kind == "FOREIGN":
        return OTHER, lambda work: _add_foreign(work, node)
    if kind == "NOTNULL":
        return OTHER, lambda work: _add_not_null(work, node)
    if kind == "EXCLUSION":
        require_method(work.context, node.get("access_method", "gist"))
    raise work.context.unsupported(f"ADD CONSTRAINT {kind}", node)


def _add_key(work: Work, node: Node) -> None:
    table = work.table
    key = make_key(work.context, table, node, None)
    index = node.get("indexname")
    if index is not None:
        old = naming.beside(work.name, index)
        table = replace(table, keys=tuple(key if each.name == old else each for each in table.keys))
        if old != key.name:
            work.steps.append(f"DROP INDEX IF EXISTS {quoted(old)}")
    else:
        table = replace(table, keys=(*table.keys, key))
    work.change(table)
    work.keys.append(key.name)
    if key.primary:
        for name in map(str, key.columns):
            column = work.table.column(name)
            if column is not None and not column.not_null:
                work.change(require_not_null(work.context, work.table, name, ""))
                work.not_null.append(name)


def _add_check(work: Work, node: Node) -> None:
    with unplaced(work.context, work.name):
        check = make_check(work.context, work.table, table_entry(work.table), node)
    work.change(replace(work.table, checks=(*work.table.checks, check)))
    if check.validated:
        work.checks.append(check.name)


def _add_foreign(work: Work, node: Node) -> None:
    foreign = make_foreign(work.context, work.table, node, None)
    work.change(replace(work.table, foreign_keys=(*work.table.foreign_keys, foreign)))
    if foreign.validated:
        work.references.append((work.name, foreign.name))


def _add_not_null(work: Work, node: Node) -> None:
    node.skip("is_enforced", "initially_valid", "is_no_inherit")
    context = work.context
    if node.get("skip_validation"):
        raise context.unsupported("NOT NULL ... NOT VALID", node)
    (name,) = node.names("keys")
    column = work.table.column(name)
    if column is None:
        raise context.error("42703", f'column "{name}" of relation "{work.shown}" does not exist')
    given = node.get("conname") or ""
    if column.not_null:
        had = not_null_name(work.table, column)
        if given and given != had:
            raise context.error(
                "55000",
                f'cannot create not-null constraint "{given}" on column "{name}" of table "{work.shown}"',
                detail=f'A not-null constraint named "{had}" already exists for this column.',
            )
        return
    work.change(require_not_null(context, work.table, name, given))
    work.not_null.append(name)


def drop(_: Work, command: Node) -> Prepared:
    """DROP CONSTRAINT."""
    name = command["name"]
    cascade = command.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    missing_ok = bool(command.get("missing_ok"))
    return DROP, lambda work: _drop(work, name, cascade=cascade, missing_ok=missing_ok)


def _drop(work: Work, name: str, *, cascade: bool, missing_ok: bool) -> None:
    from nexus_testkit.postgres.analyze.altering import drop_not_null  # noqa: PLC0415  # a cycle otherwise

    table = work.table
    checks = tuple(check for check in table.checks if check.name != name)
    foreign = tuple(each for each in table.foreign_keys if each.name != name)
    if len(checks) < len(table.checks) or len(foreign) < len(table.foreign_keys):
        work.change(replace(table, checks=checks, foreign_keys=foreign))
        return
    key = next((key for key in table.keys if naming.bare(key.name) == name and key.constraint), None)
    if key is not None:
        found = depending.of_key(work.catalog, table, key)
        if found and not cascade:
            lines = [f"{depending.describe(*each)} depends on index {name}" for each in found]
            raise depending.refusal(work.context, f"constraint {name} on table {work.shown}", lines)
        for other, each in found:
            work.settle(depending.without_foreign(work.catalog, other.name, each))
        table = work.table
        work.change(replace(table, keys=tuple(each for each in table.keys if each is not key)))
        return
    column = next((each for each in table.columns if each.not_null and not_null_name(table, each) == name), None)
    if column is not None:
        drop_not_null(work, column)
    elif not missing_ok:
        raise work.context.error("42704", f'constraint "{name}" of relation "{work.shown}" does not exist')


def validate(_: Work, command: Node) -> Prepared:
    """VALIDATE CONSTRAINT."""
    name = command["name"]

    def run(work: Work) -> None:
        table = work.table
        for check in table.checks:
            if check.name == name:
                if not check.enforced:
                    raise work.context.error("42809", "cannot validate NOT ENFORCED constraint")
                if not check.validated:
                    made = replace(check, validated=True)
                    work.change(replace(table, checks=tuple(made if each is check else each for each in table.checks)))
                    work.checks.append(name)
                return
        for foreign in table.foreign_keys:
            if foreign.name == name:
                if not foreign.validated:
                    kept = tuple(
                        replace(each, validated=True) if each is foreign else each for each in table.foreign_keys
                    )
                    work.change(replace(table, foreign_keys=kept))
                    work.references.append((work.name, name))
                return
        if any(naming.bare(key.name) == name and key.constraint for key in table.keys):
            raise work.context.error(
                "42809",
                f'cannot validate constraint "{name}" of relation "{work.shown}"',
                detail="This operation is not supported for this type of constraint.",
            )
        if any(column.not_null and not_null_name(table, column) == name for column in table.columns):
            return
        raise work.context.error("42704", f'constraint "{name}" of relation "{work.shown}" does not exist')

    return MISC, run


def alter(work: Work, command: Node) -> Prepared:
    """ALTER CONSTRAINT ... [NOT] DEFERRABLE [INITIALLY ...]."""
    node = command["def"]
    name = node["conname"]
    if node.get("alterEnforceability") or node.get("alterInheritability"):
        raise work.context.unsupported("ALTER CONSTRAINT of anything but DEFERRABLE", node)
    node.skip("is_enforced", "noinherit", "alterDeferrability")
    deferrable, deferred = bool(node.get("deferrable")), bool(node.get("initdeferred"))

    def run(work: Work) -> None:
        table = work.table
        foreign = next((each for each in table.foreign_keys if each.name == name), None)
        if foreign is None:
            others = [check.name for check in table.checks] + [
                naming.bare(key.name) for key in table.keys if key.constraint
            ]
            if name in others:
                raise work.context.error(
                    "42809", f'constraint "{name}" of relation "{work.shown}" is not a foreign key constraint'
                )
            raise work.context.error("42704", f'constraint "{name}" of relation "{work.shown}" does not exist')
        made = replace(foreign, deferrable=deferrable, deferred=deferred)
        work.change(
            replace(table, foreign_keys=tuple(made if each is foreign else each for each in table.foreign_keys))
        )

    return MISC, run
