"""What depends on a table, a column, a key or a sequence: RESTRICT names it, CASCADE drops it (`dependency.c`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.analyze.constraints import columns_of
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, ForeignKey, Key, Table
from nexus_testkit.postgres.typed import Const, Expr

if TYPE_CHECKING:
    from nexus_testkit.postgres.analyze.alter import Work

_HINT = "Use DROP ... CASCADE to drop the dependent objects too."

Dependent = tuple[str, Callable[["Work"], None]]


def refusal(context: Context, what: str, lines: Iterable[str], *, several: bool = False) -> DatabaseError:
    """2BP01: `what` cannot be dropped."""
    message = (
        "cannot drop desired object(s) because other objects depend on them"
        if several
        else f"cannot drop {what} because other objects depend on it"
    )
    return context.error("2BP01", message, detail="\n".join(lines), hint=_HINT)


def reads(key: Key, column: str) -> bool:
    """Whether a key or index mentions a column."""
    exprs = (*key.terms, *([key.where] if key.where is not None else []))
    return column in key.columns or column in key.include or any(column in columns_of(expr) for expr in exprs)


def of_column(catalog: Catalog, table: Table, column: str) -> list[Dependent]:
    """What is lost with a column besides what belongs to its table: foreign keys of others, generated columns."""
    found: list[Dependent] = [
        (describe(other, foreign), _without(other.name, foreign))
        for other, foreign in catalog.references_to(table.name)
        if column in foreign.targets and not (other.name == table.name and column in foreign.columns)
    ]
    found += [
        (f"column {made.name} of table {table.name}", _drop(made.name))
        for made in table.columns
        if made.generated is not None and column in columns_of(made.generated)
    ]
    return found


def _drop(column: str) -> Callable[[Work], None]:
    def run(work: Work) -> None:
        from nexus_testkit.postgres.analyze.altering import drop_column  # noqa: PLC0415  # a cycle otherwise

        drop_column(work, column, cascade=True)

    return run


def _without(table: str, foreign: ForeignKey) -> Callable[[Work], None]:
    return lambda work: work.settle(without_foreign(work.catalog, table, foreign))


def of_key(catalog: Catalog, table: Table, key: Key) -> list[tuple[Table, ForeignKey]]:
    """The foreign keys that stand on a key: that of several with the same columns which was made first."""
    found: list[tuple[Table, ForeignKey]] = []
    for other, foreign in catalog.references_to(table.name):
        columns = sorted(foreign.targets)
        chosen = next(
            (
                each
                for each in sorted(table.keys, key=lambda each: not each.primary)
                if each.unique
                and each.where is None
                and not each.deferrable
                and sorted(map(str, each.columns)) == columns
            ),
            None,
        )
        if chosen is key:
            found.append((other, foreign))
    return found


def describe(table: Table, foreign: ForeignKey) -> str:
    """A foreign key as messages about dependencies name it."""
    return f"constraint {foreign.name} on table {table.name}"


def without_foreign(catalog: Catalog, table: str, foreign: ForeignKey) -> Catalog:
    """The catalogue without one foreign key."""
    owner = catalog.tables.get(table)
    if owner is None:
        return catalog
    kept = tuple(each for each in owner.foreign_keys if each.name != foreign.name)
    return catalog.with_table(replace(owner, foreign_keys=kept))


def sequences_in(expr: Expr | None) -> Iterator[str]:
    """The keys of the sequences that an expression names."""
    if expr is None:
        return
    if isinstance(expr, Const) and expr.type == "regclass" and expr.value is not None:
        yield str(expr.value).removeprefix(naming.explicit(""))
    for inner in children(expr):
        yield from sequences_in(inner)


def users(catalog: Catalog, sequences: set[str]) -> list[tuple[Table, str, str]]:
    """The columns whose default takes its numbers from one of these sequences: table, column, sequence."""
    found: list[tuple[Table, str, str]] = []
    for table in catalog.tables.values():
        for column in table.columns:
            named = {column.sequence} if column.sequence and not column.identity else set(sequences_in(column.default))
            found += [(table, column.name, name) for name in sequences & named]
    return found


def without_sequences(
    context: Context,
    catalog: Catalog,
    gone: set[str],
    *,
    cascade: bool,
    dropped: tuple[str, str] | None = None,
    owners: Iterable[str] = (),
) -> Catalog:
    """The catalogue without sequences and, with CASCADE, without the defaults that use them.

    Raises:
        DatabaseError: 2BP01 where a default does and CASCADE was not said.
    """
    tables = set(owners)
    found = [item for item in users(catalog, gone) if (item[0].name, item[1]) != dropped and item[0].name not in tables]
    if found and not cascade:
        lines = [
            f"default value for column {column} of table {table.name} depends on sequence {name}"
            for table, column, name in found
        ]
        first = found[0][2]
        shown = f"sequence {first}" if dropped is None else f"column {dropped[1]} of table {dropped[0]}"
        raise refusal(context, shown, lines, several=len(gone) > 1)
    for table, name, _ in found:
        now = catalog.tables[table.name]
        columns = tuple(
            replace(column, default=None, sequence=None) if column.name == name else column for column in now.columns
        )
        catalog = catalog.with_table(replace(now, columns=columns))
    return catalog.without_sequences(gone)
