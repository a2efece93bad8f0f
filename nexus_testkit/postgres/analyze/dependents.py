"""DROP of whole objects with its RESTRICT and CASCADE (`dependency.c`).

Limits: dependents of one object are reported kind by kind, not in the order in which they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from nexus_testkit.postgres.analyze import depending
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, View
from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.lower import rebuild
from nexus_testkit.postgres.rewriting import nodes, rewritten
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed import Cast, ColumnRef, Const, Expr
from nexus_testkit.postgres.typed_queries import Query, TableSource, ViewSource
from nexus_testkit.postgres.values import records

Step = str | Callable[[Session], Any]


@dataclass(frozen=True, slots=True)
class Thing:
    """An object: its kind, its key, and for a part of a table that part's name.

    Attributes:
        by: what it depends on, where that is not the object itself but its array type.
    """

    kind: str
    name: str
    part: str = ""
    by: str = field(default="", compare=False)

    def __str__(self) -> str:
        """As messages describe it."""
        if self.kind == "column":
            return f"column {self.part} of table {self.name}"
        if self.kind == "constraint":
            return f"constraint {self.part} on table {self.name}"
        if self.kind == "default":
            return f"default value for column {self.part} of table {self.name}"
        return f"{self.kind} {self.name}"


def view(found: View) -> Thing:
    """A view as an object."""
    return Thing("materialized view" if found.materialized else "view", found.name)


def reads(query: Query) -> dict[str, set[str]]:
    """The tables and views that a view's query reads, with the columns of each (a view's by their number: `c0`)."""
    relations: dict[str, str] = {}
    for node in nodes(query):
        if isinstance(node, TableSource):
            relations[node.alias] = node.table
        elif isinstance(node, ViewSource):
            relations[node.alias] = node.view
    found: dict[str, set[str]] = {name: set() for name in relations.values()}
    for node in nodes(query):
        if isinstance(node, ColumnRef) and node.relation in relations:
            found[relations[node.relation]].add(node.name)
    return found


# --------------------------------------------------------------------------------------------------- DROP


def dependents(catalog: Catalog, thing: Thing) -> Iterator[Thing]:
    """What cannot be without an object."""
    finder = _FINDERS.get(thing.kind)
    if finder is not None:
        yield from finder(catalog, thing)


def _of_table(catalog: Catalog, thing: Thing) -> Iterator[Thing]:
    owned = {name for name, made in catalog.sequences.items() if made.owner is not None and made.owner[0] == thing.name}
    for table, column, name in depending.users(catalog, owned):
        if table.name != thing.name:
            yield Thing("default", table.name, column, f"sequence {name}")
    for other, foreign in catalog.references_to(thing.name):
        if other.name != thing.name:
            yield Thing("constraint", other.name, foreign.name)
    yield from _readers(catalog, thing.name)


def _readers(catalog: Catalog, name: str, column: str | None = None) -> Iterator[Thing]:
    for found in catalog.views.values():
        read = reads(found.query)
        if name in read and (column is None or column in read[name]):
            yield view(found)


def _of_column(catalog: Catalog, thing: Thing) -> Iterator[Thing]:
    yield from _readers(catalog, thing.name, thing.part)


def _of_view(catalog: Catalog, thing: Thing) -> Iterator[Thing]:
    yield from _readers(catalog, thing.name)


def _of_sequence(catalog: Catalog, thing: Thing) -> Iterator[Thing]:
    for table, column, _ in depending.users(catalog, {thing.name}):
        yield Thing("default", table.name, column)


def _of_type(catalog: Catalog, thing: Thing) -> Iterator[Thing]:
    for array in (True, False):
        shown = f"type {thing.name}[]" if array else ""
        for table in catalog.tables.values():
            if table.name not in catalog.views:
                for column in reversed(table.columns):
                    if is_of(column.type, thing.name) and _is_array(column.type) == array:
                        yield Thing("column", table.name, column.name, shown)
    for table in catalog.tables.values():
        for column in table.columns:
            named = any(isinstance(node, Expr) and is_of(node.type, thing.name) for node in nodes(column.default))
            if named and not is_of(column.type, thing.name):
                yield Thing("default", table.name, column.name)
    for domain in catalog.domains.values():
        if thing.name == domain.parent or (domain.parent is None and is_of(domain.type, thing.name)):
            yield Thing("type", domain.name)
    for found in catalog.views.values():
        # A column of the type leads to the view by itself.
        if any(isinstance(node, Cast | Const) and is_of(node.type, thing.name) for node in nodes(found.query)):
            yield view(found)


def is_of(kind: str, name: str) -> bool:
    """Whether a type is the one of this name, or an array of it."""
    if isinstance(kind, DomainType):
        return kind.domain == name
    row = records.find(kind.removesuffix("[]"))
    return row.key == name if row is not None else kind.removesuffix("[]") == name


def _is_array(kind: str) -> bool:
    return kind.element if isinstance(kind, DomainType) else kind.endswith("[]")


def _of_schema(catalog: Catalog, thing: Thing) -> Iterator[Thing]:
    for kind, names in (
        ("type", (*catalog.enums, *catalog.domains, *catalog.composites)),
        ("table", (name for name in catalog.tables if name not in catalog.views)),
        ("sequence", (name for name, made in catalog.sequences.items() if made.owner is None)),
    ):
        yield from (Thing(kind, name) for name in names if naming.schema_of(name) == thing.name)
    yield from (view(found) for name, found in catalog.views.items() if naming.schema_of(name) == thing.name)


_FINDERS: dict[str, Callable[[Catalog, Thing], Iterator[Thing]]] = {
    "table": _of_table,
    "column": _of_column,
    "view": _of_view,
    "materialized view": _of_view,
    "sequence": _of_sequence,
    "type": _of_type,
    "schema": _of_schema,
}


def dropped(context: Context, roots: list[Thing], *, cascade: bool) -> tuple[Catalog, tuple[Step, ...]]:
    """The catalogue without some objects and, with CASCADE, without what depends on them; and what to run.

    Raises:
        DatabaseError: 2BP01 where something depends on them and CASCADE was not said.
    """
    order, lines = found_with(context.catalog, roots)
    if lines and not cascade:
        raise depending.refusal(context, str(roots[0]), lines, several=len(roots) > 1)
    catalog = context.catalog
    steps: list[Step] = []
    for thing in order:
        catalog, more = _REMOVERS[thing.kind](context, catalog, thing)
        steps.extend(more)
    return catalog, tuple(steps)


def found_with(catalog: Catalog, roots: list[Thing]) -> tuple[list[Thing], list[str]]:
    """What goes with the roots, in the order in which it is dropped, and what a message says of it.

    As `findDependentObjects` does, the newest dependents are looked at first and everything stands after what depends on it; the
    report reads the list backwards.
    """
    order: list[tuple[Thing, str]] = []
    seen: set[Thing] = set()
    doomed = {root.name for root in roots if root.kind == "table"}

    def visit(thing: Thing, by: str) -> None:
        seen.add(thing)
        for found in reversed(list(dependents(catalog, thing))):
            if found not in seen and not (found.part and Thing("table", found.name) in seen):
                visit(found, found.by or str(thing))
        order.append((thing, by))

    for root in roots:
        if root not in seen:
            visit(root, "")
    lines = [
        f"{thing} depends on {by}"
        for thing, by in reversed(order)
        if thing not in roots and not (thing.part and thing.name in doomed)
    ]
    return [thing for thing, _ in order], lines


def _without_view(context: Context, catalog: Catalog, thing: Thing) -> tuple[Catalog, list[Step]]:
    views = {name: kept for name, kept in catalog.views.items() if name != thing.name}
    before = catalog.changed(views=views, comments=_comments_without(catalog, thing.name))
    return _without_table(context, before, thing) if thing.name in catalog.tables else (before, [])


def _comments_without(catalog: Catalog, name: str) -> dict[tuple[str, str, str], str]:
    return {key: text for key, text in catalog.comments.items() if key[1] != name}


def _without_table(context: Context, catalog: Catalog, thing: Thing) -> tuple[Catalog, list[Step]]:  # noqa: ARG001  # a remover's signature
    if thing.name not in catalog.tables:
        return catalog, []
    owned = {name for name, made in catalog.sequences.items() if made.owner and made.owner[0] == thing.name}
    after = catalog.without_tables({thing.name}).changed(comments=_comments_without(catalog, thing.name))
    steps: list[Step] = [*rebuild.without_tables(catalog, after, [thing.name])]
    if owned:
        steps.append(lambda session: session.engine.forget_sequences(owned))
    return after, steps


def _without_constraint(context: Context, catalog: Catalog, thing: Thing) -> tuple[Catalog, list[Step]]:  # noqa: ARG001  # a remover's signature
    table = catalog.tables.get(thing.name)
    foreign = next((each for each in table.foreign_keys if each.name == thing.part), None) if table else None
    if foreign is None:
        return catalog, []
    after = depending.without_foreign(catalog, thing.name, foreign)
    return after, [*rebuild.changes(catalog, after)]


def _without_default(context: Context, catalog: Catalog, thing: Thing) -> tuple[Catalog, list[Step]]:  # noqa: ARG001  # a remover's signature
    table = catalog.tables.get(thing.name)
    if table is None:
        return catalog, []
    columns = tuple(replace(column, default=None) if column.name == thing.part else column for column in table.columns)
    return catalog.with_table(replace(table, columns=columns)), []


def _without_column(context: Context, catalog: Catalog, thing: Thing) -> tuple[Catalog, list[Step]]:
    from nexus_testkit.postgres.analyze import alter, altering  # noqa: PLC0415  # rarely needed, and a cycle otherwise

    table = catalog.tables.get(thing.name)
    if table is None or table.column(thing.part) is None:
        return catalog, []
    work = alter.Work(context, thing.name, catalog, catalog)
    altering.drop_column(work, thing.part, cascade=True)
    return work.catalog, list(alter.finished(work))


def _without_sequence(context: Context, catalog: Catalog, thing: Thing) -> tuple[Catalog, list[Step]]:  # noqa: ARG001  # a remover's signature
    names = {thing.name}
    return catalog.without_sequences(names), [lambda session: session.engine.forget_sequences(names)]


def _without_type(context: Context, catalog: Catalog, thing: Thing) -> tuple[Catalog, list[Step]]:  # noqa: ARG001  # a remover's signature
    after = catalog.changed(
        enums={name: kept for name, kept in catalog.enums.items() if name != thing.name},
        domains={name: kept for name, kept in catalog.domains.items() if name != thing.name},
        composites={name: kept for name, kept in catalog.composites.items() if name != thing.name},
        comments=_comments_without(catalog, thing.name),
    )
    return after, []


def _without_schema(context: Context, catalog: Catalog, thing: Thing) -> tuple[Catalog, list[Step]]:  # noqa: ARG001  # a remover's signature
    schemas = tuple(name for name in catalog.schemas if name != thing.name)
    return catalog.changed(schemas=schemas, comments=_comments_without(catalog, thing.name)), []


_REMOVERS: dict[str, Callable[[Context, Catalog, Thing], tuple[Catalog, list[Step]]]] = {
    "table": _without_table,
    "column": _without_column,
    "view": _without_view,
    "materialized view": _without_view,
    "sequence": _without_sequence,
    "type": _without_type,
    "schema": _without_schema,
    "constraint": _without_constraint,
    "default": _without_default,
}


def renamed_in(found: View, relations: dict[str, str], columns: dict[tuple[str, str], str]) -> View:
    """A view that reads relations and columns under their new names."""
    aliases = {node.alias: node.table for node in nodes(found.query) if isinstance(node, TableSource)}

    def change(node: Any) -> Any:
        if isinstance(node, TableSource) and node.table in relations:
            return replace(node, table=relations[node.table])
        if isinstance(node, ViewSource) and node.view in relations:
            return replace(node, view=relations[node.view])
        if isinstance(node, ColumnRef):
            name = columns.get((aliases.get(node.relation, ""), node.name))
            return replace(node, name=name) if name is not None else None
        return None

    return replace(found, query=rewritten(found.query, change))
