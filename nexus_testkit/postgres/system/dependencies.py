"""The rows of the user's objects in pg_depend and pg_description."""

from __future__ import annotations

from collections.abc import Iterator

from nexus_testkit.postgres.catalog.schema import Table, View
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.system.constraints import (
    PG_ATTRDEF,
    PG_CLASS,
    PG_CONSTRAINT,
    PG_NAMESPACE,
    PG_REWRITE,
    PG_TRIGGER,
    PG_TYPE,
    Constraints,
    mentioned,
)
from nexus_testkit.postgres.system.owntypes import PUBLIC, Row
from nexus_testkit.postgres.typed import Cast, ColumnRef, Const
from nexus_testkit.postgres.typed_queries import TableSource, ViewSource

_NORMAL, _AUTO, _INTERNAL = "n", "a", "i"


def _row(kind: int, oid: int, on_kind: int, on: int, column: int = 0, how: str = _NORMAL, part: int = 0) -> Row:
    return {
        "classid": kind,
        "objid": oid,
        "objsubid": part,
        "refclassid": on_kind,
        "refobjid": on,
        "refobjsubid": column,
        "deptype": how,
    }


class Dependencies:
    """What depends on what, and what is said of it."""

    def __init__(self, constraints: Constraints) -> None:
        self.constraints = constraints
        self.own = constraints.own
        self.catalog = constraints.catalog

    def pg_depend(self) -> Iterator[Row]:
        """Dependencies, but those of a view's or an expression's parts on functions and operators."""
        yield from self._types()
        for name, sequence in self.catalog.sequences.items():
            oid = self.own.number(name)
            yield _row(PG_CLASS, oid, PG_NAMESPACE, self.own.namespace(name))
            if sequence.owner is not None and sequence.owner[0] in self.catalog.tables:
                table = self.catalog.tables[sequence.owner[0]]
                column = table.column(sequence.owner[1])
                numbers = self.own.numbers(table.name)
                how = _INTERNAL if column is not None and column.identity else _AUTO
                if column is not None:
                    yield _row(PG_CLASS, oid, PG_CLASS, numbers.oid, numbers.columns[column.name], how)
        for table in self.catalog.tables.values():
            yield from self._table(table)
        for name in self.catalog.views:
            numbers = self.own.numbers(name)
            if name not in self.catalog.tables:
                yield _row(PG_CLASS, numbers.oid, PG_NAMESPACE, self.own.namespace(name))
            rule = numbers.parts["rule", "_RETURN"]
            yield _row(PG_REWRITE, rule, PG_CLASS, numbers.oid, 0, _INTERNAL)
            for oid, number in self._read_by(self.catalog.views[name]):
                yield _row(PG_REWRITE, rule, PG_CLASS, oid, number)

    def _read_by(self, view: View) -> list[tuple[int, int]]:
        """The columns that a view's query names: relation and number; 0 for a relation of which it names none."""
        found: dict[str, int] = {}
        read: set[tuple[int, int]] = set()
        parts = nodes(view.query)
        views = {part.alias for part in parts if isinstance(part, ViewSource)}
        for part in parts:
            if isinstance(part, TableSource | ViewSource):
                name = part.table if isinstance(part, TableSource) else part.view
                numbers = self.own.book.relations.get(name)
                if numbers is not None:
                    found[part.alias] = numbers.oid
        by_oid = {numbers.oid: numbers for numbers in self.own.book.relations.values()}
        for part in parts:
            if isinstance(part, ColumnRef) and part.relation in found:
                oid = found[part.relation]
                # The columns of a view in FROM are called c0, c1 ...
                number = int(part.name[1:]) + 1 if part.relation in views else by_oid[oid].columns.get(part.name)
                if number is not None:
                    read.add((oid, number))
        named = {oid for oid, _ in read}
        return sorted(read | {(oid, 0) for oid in found.values() if oid not in named})

    def _types(self) -> Iterator[Row]:
        for row in self.own.pg_type():
            if row["typelem"]:
                yield _row(PG_TYPE, row["oid"], PG_TYPE, row["typelem"], 0, _INTERNAL)
            elif row["typrelid"]:
                yield _row(PG_TYPE, row["oid"], PG_CLASS, row["typrelid"], 0, _INTERNAL)
            else:
                yield _row(PG_TYPE, row["oid"], PG_NAMESPACE, row["typnamespace"])

    def _table(self, table: Table) -> Iterator[Row]:
        numbers = self.own.numbers(table.name)
        oid = numbers.oid
        yield _row(PG_CLASS, oid, PG_NAMESPACE, self.own.namespace(table.name))
        own_types = {row["oid"] for row in self.own.pg_type()}
        for column in table.columns:
            kind = self.own.type_oid(column.type)
            number = numbers.columns[column.name]
            if kind in own_types:
                yield _row(PG_CLASS, oid, PG_TYPE, kind, part=number)
            default = numbers.parts.get(("default", column.name))
            if default is not None:
                yield _row(PG_ATTRDEF, default, PG_CLASS, oid, number, _AUTO)
                expr = column.default if column.generated is None else column.generated
                used = {part.type for part in nodes(expr) if isinstance(part, Const | Cast)}
                for named in sorted(oid for name in used if (oid := self.own.type_row(name)["oid"]) in own_types):
                    yield _row(PG_ATTRDEF, default, PG_TYPE, named)
                if column.sequence is not None and column.sequence in self.catalog.sequences:
                    yield _row(PG_ATTRDEF, default, PG_CLASS, self.own.number(column.sequence))
            if column.not_null:
                yield _row(PG_CONSTRAINT, numbers.parts["not_null", column.name], PG_CLASS, oid, number, _AUTO)
        for check in table.checks:
            for how in (_AUTO, _NORMAL):
                for name in sorted(mentioned(check.expr), key=lambda name: numbers.columns.get(name, 0)):
                    number = numbers.columns.get(name, 0)
                    yield _row(PG_CONSTRAINT, numbers.parts["constraint", check.name], PG_CLASS, oid, number, how)
        if numbers.toast:
            yield _row(PG_CLASS, numbers.toast, PG_CLASS, oid, 0, _INTERNAL)
            yield _row(PG_CLASS, numbers.toast + 1, PG_CLASS, numbers.toast, 1, _AUTO)
            yield _row(PG_CLASS, numbers.toast + 1, PG_CLASS, numbers.toast, 2, _AUTO)
        for key in table.keys:
            index = self.own.number(key.name)
            columns = [numbers.columns[name] for name in (*key.columns, *key.include) if name is not None]
            if key.constraint:
                constraint = numbers.parts["constraint", key.name]
                yield _row(PG_CLASS, index, PG_CONSTRAINT, constraint, 0, _INTERNAL)
                for number in sorted(columns):
                    yield _row(PG_CONSTRAINT, constraint, PG_CLASS, oid, number, _AUTO)
            else:
                # An index of expressions alone depends on the whole table as well (index.c, index_create).
                for number in sorted(columns) or [0]:
                    yield _row(PG_CLASS, index, PG_CLASS, oid, number, _AUTO)
                exprs = [term for column, term in zip(key.columns, key.terms, strict=True) if column is None]
                for part in (exprs, [key.where] if key.where is not None else []):
                    read = {name for expr in part for name in mentioned(expr)}
                    for number in sorted(numbers.columns[name] for name in read):
                        yield _row(PG_CLASS, index, PG_CLASS, oid, number, _AUTO)
        for row in self.constraints.pg_constraint():
            if row["conrelid"] == oid and row["contype"] == "f":
                foreign = next(
                    each for each in table.foreign_keys if numbers.parts["constraint", each.name] == row["oid"]
                )
                target = self.own.numbers(foreign.table)
                for name in foreign.columns:
                    yield _row(PG_CONSTRAINT, row["oid"], PG_CLASS, oid, numbers.columns[name], _AUTO)
                yield _row(PG_CONSTRAINT, row["oid"], PG_CLASS, row["conindid"])
                for name in foreign.targets:
                    yield _row(PG_CONSTRAINT, row["oid"], PG_CLASS, target.oid, target.columns[name])
                for at in range(4):
                    trigger = numbers.parts[f"trigger{at}", foreign.name]
                    yield _row(PG_TRIGGER, trigger, PG_CONSTRAINT, row["oid"], 0, _INTERNAL)

    def pg_description(self) -> Iterator[Row]:
        """What COMMENT ON said."""
        for (kind, name, column), text in self.catalog.comments.items():
            found = self._described(kind, name, column)
            if found is not None:
                where, oid, part = found
                yield {"objoid": oid, "classoid": where, "objsubid": part, "description": text}

    def _described(self, kind: str, name: str, column: str) -> tuple[int, int, int] | None:
        numbers = self.own.book.relations.get(name)
        if kind == "schema":
            return PG_NAMESPACE, PUBLIC if name == "public" else self.own.book.schemas.get(name, 0), 0
        if kind == "type":
            made = self.own.book.types.get(name)
            return (PG_TYPE, made.oid, 0) if made is not None else None
        if numbers is None:
            return None
        if kind == "constraint":
            oid = numbers.parts.get(("constraint", column))
            return (PG_CONSTRAINT, oid, 0) if oid is not None else None
        return PG_CLASS, numbers.oid, numbers.columns[column] if column else 0
