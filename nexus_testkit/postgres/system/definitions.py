"""Definitions as text: pg_get_constraintdef, pg_get_indexdef, pg_get_viewdef (`utils/adt/ruleutils.c`)."""

from __future__ import annotations

import json

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Check, DomainCheck, ForeignKey, Key, Table
from nexus_testkit.postgres.deparse import expression_text, index_column
from nexus_testkit.postgres.system import data
from nexus_testkit.postgres.system.constraints import option
from nexus_testkit.postgres.system.registry import Registry
from nexus_testkit.postgres.system.viewtext import view_text
from nexus_testkit.postgres.values.textual import quote_ident

_ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


class Definitions:
    """The definitions of one registry's objects."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.catalog = registry.catalog
        self._constraints: dict[int, tuple[Table | None, Check | DomainCheck | Key | ForeignKey | str]] = {}
        self._indexes: dict[int, tuple[Table, Key]] = {}
        for table in self.catalog.tables.values():
            numbers = registry.own.numbers(table.name)
            keys = tuple(key for key in table.keys if key.constraint)
            every: tuple[Check | Key | ForeignKey, ...] = (*table.checks, *table.foreign_keys, *keys)
            for made in every:
                self._constraints[numbers.parts["constraint", made.name]] = (table, made)
            for column in numbers.words:
                self._constraints[numbers.parts["not_null", column]] = (table, column)
            for key in table.keys:
                self._indexes[registry.own.number(key.name)] = (table, key)
        for name, domain in self.catalog.domains.items():
            if domain.not_null:
                self._constraints[self.catalog.numbers.types[name].parts["not_null", ""]] = (None, "")
            for check in domain.checks:
                oid = self.catalog.numbers.types[name].parts["constraint", check.name]
                self._constraints[oid] = (None, check)

    def constraint(self, oid: int, *, pretty: bool) -> str | None:
        """What pg_get_constraintdef() gives."""
        found = self._constraints.get(oid)
        if found is None:
            return self._system_constraint(oid)
        made = found[1]
        if isinstance(made, str):
            return f"NOT NULL {quote_ident(made)}" if made else "NOT NULL"
        if isinstance(made, Check | DomainCheck):
            domain = isinstance(made, DomainCheck)
            text = f"CHECK ({expression_text(made.expr, pretty=pretty, domain=domain)})"
            if isinstance(made, Check) and made.no_inherit:
                text += " NO INHERIT"
            if isinstance(made, Check) and not made.enforced:
                return text + " NOT ENFORCED"
            return text if made.validated else text + " NOT VALID"
        if isinstance(made, Key):
            word = "PRIMARY KEY" if made.primary else "UNIQUE" + ("" if made.nulls_distinct else " NULLS NOT DISTINCT")
            text = f"{word} ({_names(made.columns)})"
            if made.include:
                text += f" INCLUDE ({_names(made.include)})"
            return text + _deferral(made)
        return self._foreign(made)

    def _foreign(self, made: ForeignKey) -> str:
        target = naming.qualified(self.catalog, made.table)
        text = f"FOREIGN KEY ({_names(made.columns)}) REFERENCES {target}({_names(made.targets)})"
        if made.full:
            text += " MATCH FULL"
        if made.on_update != "a":
            text += f" ON UPDATE {_ACTIONS[made.on_update]}"
        if made.on_delete != "a":
            text += f" ON DELETE {_ACTIONS[made.on_delete]}"
        if made.delete_columns:
            text += f" ({_names(made.delete_columns)})"
        text += _deferral(made)
        return text if made.validated else text + " NOT VALID"

    def _system_constraint(self, oid: int) -> str | None:
        row = data.by_oid("pg_constraint").get(oid)
        if row is None:
            return None
        named = dict(zip((column.name for column in data.columns_of("pg_constraint")), row, strict=True))
        if named["contype"] == "c":
            return f"CHECK ({named['conbin']})"
        names = _system_columns(named["conrelid"])
        listed = ", ".join(quote_ident(names[number]) for number in json.loads(named["conkey"]))
        return {"p": f"PRIMARY KEY ({listed})", "u": f"UNIQUE ({listed})", "n": f"NOT NULL {listed}"}.get(
            named["contype"]
        )

    # ----------------------------------------------------------------------------------------- indexes

    def index(self, oid: int, column: int = 0, *, pretty: bool) -> str | None:
        """What pg_get_indexdef() gives: of the whole index, or of one column."""
        found = self._indexes.get(oid)
        if found is None:
            return self._system_index(oid, column)
        table, key = found
        if column:
            if column > len(key.terms):
                carried = key.include[column - len(key.terms) - 1 : column - len(key.terms)]
                return quote_ident(carried[0]) if carried else ""
            return index_column(key.terms[column - 1], pretty=pretty)
        terms = ", ".join(self._term(table, key, at, pretty=pretty) for at in range(len(key.terms)))
        schema, name = naming.split(table.name)
        shown = naming.qualified(self.catalog, table.name) if pretty else f"{quote_ident(schema)}.{quote_ident(name)}"
        text = f"CREATE {'UNIQUE ' if key.unique else ''}INDEX {quote_ident(naming.bare(key.name))} ON {shown}"
        text += f" USING {key.method} ({terms})"
        if key.include:
            text += f" INCLUDE ({_names(key.include)})"
        if not key.nulls_distinct:
            text += " NULLS NOT DISTINCT"
        if key.where is not None:
            text += f" WHERE {expression_text(key.where, pretty=pretty)}"
        return text

    def _term(self, table: Table, key: Key, at: int, *, pretty: bool) -> str:
        text = index_column(key.terms[at], pretty=pretty)
        if at < len(key.classes) and key.classes[at] and self._unusual(table, key, at):
            text += f" {key.classes[at]}"
        return text + _ordering(option(key, at) if key.method == "btree" else 0)

    def _unusual(self, table: Table, key: Key, at: int) -> bool:
        constraints = self.registry.constraints
        column = table.column(key.columns[at] or "")
        kind = column.type if column is not None else key.terms[at].type
        plain = Key(key.name, key.columns, key.terms, method=key.method)
        return constraints.operator_class(key, at, kind) != constraints.operator_class(plain, at, kind)

    def _system_index(self, oid: int, column: int) -> str | None:
        row = data.by_oid("pg_index").get(oid)
        if row is None:
            return None
        named = dict(zip((each.name for each in data.columns_of("pg_index")), row, strict=True))
        names = _system_columns(named["indrelid"])
        listed = [quote_ident(names[number]) for number in json.loads(named["indkey"])]
        if column:
            return listed[column - 1] if column <= len(listed) else ""
        classes = data.by_oid("pg_opclass")
        default = data.place_of("pg_opclass", "opcdefault")
        for at, number in enumerate(json.loads(named["indclass"])):
            if not classes[number][default]:
                listed[at] += f" {classes[number][data.place_of('pg_opclass', 'opcname')]}"
        schema, name = self.registry.relations[named["indrelid"]]
        unique = "UNIQUE " if named["indisunique"] else ""
        own = self.registry.relations[oid][1]
        return f"CREATE {unique}INDEX {own} ON {schema}.{quote_ident(name)} USING btree ({', '.join(listed)})"

    # ------------------------------------------------------------------------------------------- views

    def view(self, oid: int, *, pretty: bool) -> str | None:
        """What pg_get_viewdef() gives.

        Raises:
            UnsupportedSQL: of a view whose query `viewtext` cannot write.
        """
        found = data.definitions().get(oid)
        if found is not None:
            if pretty:
                raise UnsupportedSQL("the pretty text of a view of the system")
            return found
        view = self.catalog.views.get(self.registry.keys.get(oid, ""))
        return None if view is None else view_text(self.catalog, view, pretty=pretty)


def _names(columns: tuple[str | None, ...]) -> str:
    return ", ".join(quote_ident(str(name)) for name in columns)


def _deferral(made: Key | ForeignKey) -> str:
    return (" DEFERRABLE" if made.deferrable else "") + (" INITIALLY DEFERRED" if made.deferred else "")


def _ordering(options: int) -> str:
    down, first = options & 1, options & 2
    if down:
        return " DESC" if first else " DESC NULLS LAST"
    return " NULLS FIRST" if first else ""


def _system_columns(relation: int) -> dict[int, str]:
    number = data.place_of("pg_attribute", "attnum")
    return {row[number]: row[1] for row in data.rows_of("pg_attribute") if row[0] == relation}
