"""The rows that the user's objects have in pg_class, pg_attribute, pg_type and the other catalogues of what exists.

Limits: `reloptions` of tables and indexes made WITH (...) is null, for nothing here depends on them; `enumsortorder` differs from the server's after
many ALTER TYPE ... ADD VALUE; what a roll-back took away gives its OID back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.numbers import Numbers
from nexus_testkit.postgres.catalog.schema import Column, Key, Table
from nexus_testkit.postgres.system import data, trees
from nexus_testkit.postgres.system.owntypes import OWNER, PUBLIC, OwnTypes, Row, typmod_number
from nexus_testkit.postgres.typed import Call, Expr, Typmod
from nexus_testkit.postgres.values import records

PG_CATALOG, PG_TOAST = 11, 99
HEAP = 2
_METHODS = {"btree": 403, "hash": 405, "gist": 783, "gin": 2742, "brin": 3580, "spgist": 4000}
# Name, type, attnum of the columns that every table has.
_SYSTEM_COLUMNS = (
    ("ctid", "tid", -1),
    ("xmin", "xid", -2),
    ("cmin", "cid", -3),
    ("xmax", "xid", -4),
    ("cmax", "cid", -5),
    ("tableoid", "oid", -6),
)
_SEQUENCE_COLUMNS = (("last_value", "int8"), ("log_cnt", "int8"), ("is_called", "bool"))
_TOAST_COLUMNS = (("chunk_id", "oid"), ("chunk_seq", "int4"), ("chunk_data", "bytea"))


class Own(OwnTypes):
    """What one catalogue's objects are in PostgreSQL's words."""

    def number(self, relation: str) -> int:
        """The OID of a relation of the user's."""
        return self.book.relations[relation].oid

    def numbers(self, relation: str) -> Numbers:
        """All numbers of a relation of the user's."""
        return self.book.relations[relation]

    def type_oid(self, kind: str) -> int:
        """The OID of a type by its internal name."""
        found: int = self.type_row(kind)["oid"]
        return found

    # ------------------------------------------------------------------------------------------- types

    def pg_type(self) -> Iterator[Row]:
        """Enums, domains, row types and the arrays of them."""
        yield from self.rows

    def pg_enum(self) -> Iterator[Row]:
        """Labels."""
        for name, labels in self.catalog.enums.items():
            numbers = self.book.types[name]
            for label in labels:
                yield {
                    "oid": numbers.parts["label", label],
                    "enumtypid": numbers.oid,
                    "enumsortorder": numbers.orders[label],
                    "enumlabel": label,
                }

    def pg_namespace(self) -> Iterator[Row]:
        """The schemas of the user's, public among them."""
        if naming.PUBLIC in self.catalog.schemas:
            names = [column.name for column in data.columns_of("pg_namespace")]
            yield dict(zip(names, next(row for row in data.rows_of("pg_namespace") if row[0] == PUBLIC), strict=True))
        for name, oid in self.book.schemas.items():
            yield {"oid": oid, "nspname": name, "nspowner": OWNER}

    # --------------------------------------------------------------------------------------- relations

    def pg_class(self) -> Iterator[Row]:
        """Tables, views, sequences, indexes."""
        referenced = {foreign.table for table in self.catalog.tables.values() for foreign in table.foreign_keys}
        for table in self.catalog.tables.values():
            yield from self._table(table, referenced=table.name in referenced)
        for view in self.catalog.views.values():
            if not view.materialized:
                numbers = self.numbers(view.name)
                yield self._relation(
                    view.name,
                    "v",
                    numbers.oid,
                    relnatts=numbers.last,
                    reltype=numbers.row,
                    relhasrules=1,
                    relreplident="n",
                    relfilenode=0,
                    reloptions=_view_options(view.check),
                )
        for name in self.catalog.composites:
            numbers = self.numbers(name)
            extra = {"reltype": numbers.row, "relnatts": numbers.last, "relreplident": "n", "relfilenode": 0}
            yield self._relation(name, "c", numbers.oid, **extra)
        for name in self.catalog.sequences:
            extra = {"relnatts": 3, "relpages": 1, "reltuples": 1.0, "relreplident": "n"}
            yield self._relation(name, "S", self.number(name), **extra)

    def _persistence(self, key: str) -> str:
        """`t`emporary, `u`nlogged or `p`ermanent; a sequence that serves a column is what its table is."""
        if naming.temporary(key):
            return "t"
        sequence = self.catalog.sequences.get(key)
        table = self.catalog.tables.get(sequence.owner[0] if sequence is not None and sequence.owner else key)
        return "u" if table is not None and table.unlogged else "p"

    def _relation(self, key: str, kind: str, oid: int, **extra: Any) -> Row:
        return {
            "oid": oid,
            "relname": naming.bare(key),
            "relnamespace": self.namespace(key),
            "reltype": 0,
            "reloftype": 0,
            "relowner": OWNER,
            "relam": 0,
            "relfilenode": oid,
            "reltablespace": 0,
            "relpages": 0,
            "reltuples": -1.0,
            "relallvisible": 0,
            "relallfrozen": 0,
            "reltoastrelid": 0,
            "relhasindex": 0,
            "relisshared": 0,
            "relpersistence": self._persistence(key),
            "relkind": kind,
            "relchecks": 0,
            "relhasrules": 0,
            "relhastriggers": 0,
            "relhassubclass": 0,
            "relrowsecurity": 0,
            "relforcerowsecurity": 0,
            "relispopulated": 1,
            "relreplident": "d",
            "relispartition": 0,
            "relrewrite": 0,
            **extra,
        }

    def _table(self, table: Table, *, referenced: bool) -> Iterator[Row]:
        numbers = self.numbers(table.name)
        view = self.catalog.views.get(table.name)
        yield self._relation(
            table.name,
            "m" if view is not None else "r",
            numbers.oid,
            reltype=numbers.row,
            relam=HEAP,
            reltoastrelid=numbers.toast,
            relhasindex=int(bool(table.keys)),
            relnatts=numbers.last,
            relchecks=len(table.checks),
            relhasrules=int(view is not None),
            relhastriggers=int(referenced or bool(table.foreign_keys)),
            relispopulated=int(view is None or view.populated),
        )
        stays = {"relpersistence": self._persistence(table.name)}
        index = {"relpages": 1, "reltuples": 0.0, "relreplident": "n", **stays}
        if numbers.toast:
            name = f"pg_toast_{numbers.oid}"
            toast = {"relnamespace": PG_TOAST, "relpersistence": self._persistence(table.name)}
            yield self._relation(
                name, "t", numbers.toast, relam=HEAP, relhasindex=1, relnatts=3, **{**toast, "relreplident": "n"}
            )
            yield self._relation(f"{name}_index", "i", numbers.toast + 1, relam=403, relnatts=2, **{**index, **toast})
        for key in table.keys:
            shown = {**index, "relam": method_oid(key), "relnatts": len(key.terms) + len(key.include)}
            yield self._relation(key.name, "i", self.number(key.name), **shown)

    def pg_attribute(self) -> Iterator[Row]:
        """Columns, dropped ones too, of every relation."""
        for table in self.catalog.tables.values():
            numbers = self.numbers(table.name)
            for column in table.columns:
                yield self._column(column, numbers)
            kept = set(numbers.columns.values())
            for number in range(1, numbers.last + 1):
                if number not in kept:
                    yield self._dropped(numbers.oid, number)
            yield from self._system_columns(numbers.oid)
            if numbers.toast:
                yield from self._plain(numbers.toast, _TOAST_COLUMNS, storage="p")
                yield from self._system_columns(numbers.toast)
                yield from self._plain(numbers.toast + 1, _TOAST_COLUMNS[:2], storage="p")
            for key in table.keys:
                yield from self._index_columns(table, key)
        for view in self.catalog.views.values():
            if not view.materialized:
                numbers = self.numbers(view.name)
                for at, column in enumerate(view.columns, 1):
                    default = {"atthasdef": int(column.default is not None)}
                    yield self._attribute(numbers.oid, column.name, column.type, at, column.typmod, **default)
        for name, kind in self.catalog.composites.items():
            found = records.find(kind)
            fields = found.fields if found is not None else ()
            yield from self._plain(self.number(name), fields)
        for name in self.catalog.sequences:
            oid = self.number(name)
            yield from self._plain(oid, _SEQUENCE_COLUMNS, attnotnull=1)
            yield from self._system_columns(oid)

    def _attribute(self, relation: int, name: str, kind: str, number: int, typmod: Typmod = None, **extra: Any) -> Row:
        found = self.type_row(kind)
        return {
            "attrelid": relation,
            "attname": name,
            "atttypid": found["oid"],
            "attlen": found["typlen"],
            "attnum": number,
            "atttypmod": -1 if found["typtype"] == "d" else typmod_number(kind, typmod),
            "attndims": int(kind.endswith("[]")),
            "attbyval": found["typbyval"],
            "attalign": found["typalign"],
            "attstorage": found["typstorage"],
            "attcompression": "",
            "attnotnull": 0,
            "atthasdef": 0,
            "atthasmissing": 0,
            "attidentity": "",
            "attgenerated": "",
            "attisdropped": 0,
            "attislocal": 1,
            "attinhcount": 0,
            "attcollation": found["typcollation"],
            **extra,
        }

    def _plain(
        self, relation: int, columns: Iterable[tuple[str, str]], storage: str = "", **extra: Any
    ) -> Iterator[Row]:
        if storage:
            extra["attstorage"] = storage
        for at, (name, kind) in enumerate(columns, 1):
            yield self._attribute(relation, name, kind, at, **extra)

    def _system_columns(self, relation: int) -> Iterator[Row]:
        for name, kind, number in _SYSTEM_COLUMNS:
            yield self._attribute(relation, name, kind, number, attnotnull=1)

    def _column(self, column: Column, numbers: Numbers) -> Row:
        return self._attribute(
            numbers.oid,
            column.name,
            column.type,
            numbers.columns[column.name],
            column.typmod,
            attnotnull=int(column.not_null),
            atthasdef=int(("default", column.name) in numbers.parts),
            attidentity=column.identity,
            attgenerated="" if column.generated is None else "v" if column.virtual else "s",
        )

    def _dropped(self, relation: int, number: int) -> Row:
        found = self._attribute(relation, f"........pg.dropped.{number}........", "int4", number)
        return {**found, "atttypid": 0, "attisdropped": 1}

    def _index_columns(self, table: Table, key: Key) -> Iterator[Row]:
        taken: list[str] = []
        for at, (column, term) in enumerate(zip(key.columns, key.terms, strict=True), 1):
            name = base = column or _expression_name(term)
            number = 0
            while name in taken:
                number += 1
                name = f"{base}{number}"
            taken.append(name)
            own = table.column(column) if column is not None else None
            kind, typmod = (own.type, own.typmod) if own is not None else (term.type, term.typmod)
            yield self._attribute(self.number(key.name), name, kind, at, typmod)
        for at, column in enumerate(key.include, len(key.terms) + 1):
            carried = table.column(column)
            if carried is not None:
                yield self._attribute(self.number(key.name), column, carried.type, at, carried.typmod)

    def pg_attrdef(self) -> Iterator[Row]:
        """Defaults and generation expressions."""
        for table in self.catalog.tables.values():
            numbers = self.numbers(table.name)
            for column in table.columns:
                oid = numbers.parts.get(("default", column.name))
                if oid is not None:
                    number = numbers.columns[column.name]
                    yield {"oid": oid, "adrelid": numbers.oid, "adnum": number, "adbin": self.default_text(column)}

    def default_text(self, column: Column) -> str:
        """A default or a generation expression, for a column of type pg_node_tree."""
        expr = column.generated if column.generated is not None else column.default
        if expr is None:
            return f"nextval('{naming.qualified(self.catalog, column.sequence or '')}'::regclass)"
        return trees.tree(expr) if column.generated is not None else trees.default(expr)

    def pg_sequence(self) -> Iterator[Row]:
        """Sequences."""
        for name, sequence in self.catalog.sequences.items():
            yield {
                "seqrelid": self.number(name),
                "seqtypid": self.type_oid(sequence.type),
                "seqstart": sequence.start,
                "seqincrement": sequence.increment,
                "seqmax": sequence.maximum,
                "seqmin": sequence.minimum,
                "seqcache": sequence.cache,
                "seqcycle": int(sequence.cycle),
            }

    def pg_rewrite(self) -> Iterator[Row]:
        """The rules of views."""
        for name in self.catalog.views:
            numbers = self.numbers(name)
            yield {
                "oid": numbers.parts["rule", "_RETURN"],
                "rulename": "_RETURN",
                "ev_class": numbers.oid,
                "ev_type": "1",
                "ev_enabled": "O",
                "is_instead": 1,
                "ev_qual": "<>",
            }


def method_oid(key: Key) -> int:
    """The OID of an index's access method."""
    return _METHODS[key.method]


def _expression_name(term: Expr) -> str:
    return term.name if isinstance(term, Call) and not term.operator else "expr"


def _view_options(check: str) -> str | None:
    if not check:
        return None
    return '["check_option=local"]' if check == "l" else '["check_option=cascaded"]'
