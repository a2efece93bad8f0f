"""The rows that the user's indexes and constraints have in pg_index, pg_constraint, pg_trigger, pg_depend and pg_description."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import ForeignKey, Key, Table
from nexus_testkit.postgres.system import data, trees
from nexus_testkit.postgres.system.own import Own, method_oid
from nexus_testkit.postgres.system.owntypes import Row
from nexus_testkit.postgres.typed import ColumnRef, Expr
from nexus_testkit.postgres.values import arrays

PG_TYPE, PG_CLASS, PG_CONSTRAINT, PG_ATTRDEF, PG_REWRITE, PG_NAMESPACE, PG_TRIGGER = (
    1247,
    1259,
    2606,
    2604,
    2618,
    2615,
    2620,
)
# The functions of referential triggers (pg_proc.dat): what to do with the referencing rows on DELETE and on UPDATE.
_ON_DELETE = {"a": 1654, "r": 1648, "c": 1646, "n": 1650, "d": 1652}
_ON_UPDATE = {"a": 1655, "r": 1649, "c": 1647, "n": 1651, "d": 1653}
_CHECK_INSERT, _CHECK_UPDATE = 1644, 1645
# Types without operators of their own, and those whose operators they use.
_AS = {"varchar": "text"}


def mentioned(expr: Expr) -> list[str]:
    """The columns that an expression names, in the order of their first mention."""
    found: list[str] = []

    def walk(node: Expr) -> None:
        if isinstance(node, ColumnRef) and node.name not in found:
            found.append(node.name)
        for child in children(node):
            walk(child)

    walk(expr)
    return found


@cache
def _operator_classes() -> dict[tuple[int, int], int]:
    """(access method, type) to the default operator class."""
    names = [column.name for column in data.columns_of("pg_opclass")]
    rows = [dict(zip(names, row, strict=True)) for row in data.rows_of("pg_opclass")]
    return {(row["opcmethod"], row["opcintype"]): row["oid"] for row in rows if row["opcdefault"]}


@cache
def _operator_class_names() -> dict[tuple[int, str], int]:
    names = [column.name for column in data.columns_of("pg_opclass")]
    rows = [dict(zip(names, row, strict=True)) for row in data.rows_of("pg_opclass")]
    return {(row["opcmethod"], row["opcname"]): row["oid"] for row in rows}


@cache
def _equals() -> dict[tuple[int, int], int]:
    names = [column.name for column in data.columns_of("pg_operator")]
    rows = [dict(zip(names, row, strict=True)) for row in data.rows_of("pg_operator")]
    return {(row["oprleft"], row["oprright"]): row["oid"] for row in rows if row["oprname"] == "="}


class Constraints:
    """Beside `Own`: what ties the columns together."""

    def __init__(self, own: Own) -> None:
        self.own = own
        self.catalog = own.catalog

    # ----------------------------------------------------------------------------------------- indexes

    def pg_index(self) -> Iterator[Row]:
        """Indexes."""
        for table in self.catalog.tables.values():
            numbers = self.own.numbers(table.name)
            if numbers.toast:
                yield self._index_row(numbers.toast + 1, numbers.toast, 2, unique=True, primary=True) | {
                    "indkey": "[1,2]",
                    "indcollation": "[0,0]",
                    "indclass": "[1981,1978]",
                    "indoption": "[0,0]",
                }
            for key in table.keys:
                yield self._index(table, key)

    def _index(self, table: Table, key: Key) -> Row:
        numbers = self.own.numbers(table.name)
        expressions = [term for column, term in zip(key.columns, key.terms, strict=True) if column is None]
        kinds = [self._kind(table, column, term) for column, term in zip(key.columns, key.terms, strict=True)]
        keyed = [numbers.columns[column] if column is not None else 0 for column in key.columns]
        carried = [numbers.columns[column] for column in key.include]
        return self._index_row(
            self.own.number(key.name), numbers.oid, len(key.terms), unique=key.unique, primary=key.primary
        ) | {
            "indnullsnotdistinct": int(not key.nulls_distinct),
            "indkey": arrays.store([*keyed, *carried]),
            "indnatts": len(keyed) + len(carried),
            "indimmediate": int(not key.deferrable),
            "indcollation": arrays.store([self.own.type_row(kind)["typcollation"] for kind in kinds]),
            "indclass": arrays.store([self.operator_class(key, at, kind) for at, kind in enumerate(kinds)]),
            "indoption": arrays.store([option(key, at) for at in range(len(key.terms))]),
            "indexprs": trees.joined(expressions) if expressions else None,
            "indpred": trees.tree(key.where) if key.where is not None else None,
        }

    @staticmethod
    def _kind(table: Table, column: str | None, term: Expr) -> str:
        own = table.column(column) if column is not None else None
        return own.type if own is not None else term.type

    @staticmethod
    def _index_row(oid: int, table: int, width: int, *, unique: bool, primary: bool) -> Row:
        return {
            "indexrelid": oid,
            "indrelid": table,
            "indnatts": width,
            "indnkeyatts": width,
            "indisunique": int(unique),
            "indnullsnotdistinct": 0,
            "indisprimary": int(primary),
            "indisexclusion": 0,
            "indimmediate": 1,
            "indisclustered": 0,
            "indisvalid": 1,
            "indcheckxmin": 0,
            "indisready": 1,
            "indislive": 1,
            "indisreplident": 0,
        }

    def operator_class(self, key: Key, at: int, kind: str) -> int:
        """The OID of the operator class of an index's column; 0 where the type has none."""
        method = method_oid(key)
        named = key.classes[at] if at < len(key.classes) else ""
        if named:
            return _operator_class_names().get((method, named), 0)
        row = self.own.type_row(kind)
        while row["typtype"] == "d":
            row = next(each for each in self.own.types.values() if each["oid"] == row["typbasetype"])
        found = _operator_classes()
        name = _AS.get(row["typname"], "")
        if name:
            return found.get((method, self.own.type_oid(name)), 0)
        pseudo = {"e": 3500, "A": 2277}.get(row["typtype"] if row["typtype"] == "e" else row["typcategory"], 0)
        return found.get((method, row["oid"])) or found.get((method, pseudo), 0)

    # ------------------------------------------------------------------------------------- constraints

    def pg_constraint(self) -> Iterator[Row]:
        """Constraints of tables and domains."""
        for table in self.catalog.tables.values():
            numbers = self.own.numbers(table.name)
            for check in table.checks:
                names = [numbers.columns[name] for name in mentioned(check.expr) if name in numbers.columns]
                yield self._constraint(table, check.name, numbers.parts["constraint", check.name], "c") | {
                    "conkey": arrays.store(names) if names else None,
                    "conbin": trees.tree(check.expr),
                    "convalidated": int(check.validated),
                    "conenforced": int(check.enforced),
                    "connoinherit": int(check.no_inherit),
                }
            for name, word in numbers.words.items():
                yield self._constraint(table, word, numbers.parts["not_null", name], "n") | {
                    "conkey": arrays.store([numbers.columns[name]])
                }
            for key in table.keys:
                if key.constraint:
                    yield self._constraint(
                        table, key.name, numbers.parts["constraint", key.name], "p" if key.primary else "u"
                    ) | {
                        "conindid": self.own.number(key.name),
                        "conkey": arrays.store(
                            [numbers.columns[name] for name in (*key.columns, *key.include) if name is not None]
                        ),
                        "connoinherit": 1,
                        "condeferrable": int(key.deferrable),
                        "condeferred": int(key.deferred),
                    }
            for foreign in table.foreign_keys:
                yield self._foreign(table, foreign)
        for name, domain in self.catalog.domains.items():
            numbers = self.own.book.types[name]
            if domain.not_null:
                yield self._constraint(None, numbers.words[""], numbers.parts["not_null", ""], "n") | {
                    "connamespace": self.own.namespace(name),
                    "contypid": numbers.oid,
                }
            for own in domain.checks:
                yield self._constraint(None, own.name, numbers.parts["constraint", own.name], "c") | {
                    "connamespace": self.own.namespace(name),
                    "contypid": numbers.oid,
                    "convalidated": int(own.validated),
                    "conbin": trees.tree(own.expr, domain=True),
                }

    def _constraint(self, table: Table | None, name: str, oid: int, kind: str) -> Row:
        return {
            "oid": oid,
            "conname": naming.bare(name),
            "connamespace": self.own.namespace(table.name) if table is not None else 0,
            "contype": kind,
            "condeferrable": 0,
            "condeferred": 0,
            "conenforced": 1,
            "convalidated": 1,
            "conrelid": self.own.number(table.name) if table is not None else 0,
            "contypid": 0,
            "conindid": 0,
            "conparentid": 0,
            "confrelid": 0,
            "confupdtype": " ",
            "confdeltype": " ",
            "confmatchtype": " ",
            "conislocal": 1,
            "coninhcount": 0,
            "connoinherit": 0,
            "conperiod": 0,
        }

    def _foreign(self, table: Table, foreign: ForeignKey) -> Row:
        numbers, target = self.own.numbers(table.name), self.own.numbers(foreign.table)
        other = self.catalog.tables[foreign.table]
        operators = []
        for name, aimed in zip(foreign.columns, foreign.targets, strict=True):
            one, two = table.column(name), other.column(aimed)
            operators.append(self._equal(two.type if two else "", one.type if one else ""))
        same = []
        for aimed in foreign.targets:
            two = other.column(aimed)
            same.append(self._equal(two.type if two else "", two.type if two else ""))
        mine = []
        for name in foreign.columns:
            one = table.column(name)
            mine.append(self._equal(one.type if one else "", one.type if one else ""))
        return self._constraint(table, foreign.name, numbers.parts["constraint", foreign.name], "f") | {
            "conindid": self._target_index(foreign),
            "confrelid": target.oid,
            "confupdtype": foreign.on_update,
            "confdeltype": foreign.on_delete,
            "confmatchtype": "f" if foreign.full else "s",
            "connoinherit": 1,
            "condeferrable": int(foreign.deferrable),
            "condeferred": int(foreign.deferred),
            "convalidated": int(foreign.validated),
            "conkey": arrays.store([numbers.columns[name] for name in foreign.columns]),
            "confkey": arrays.store([target.columns[name] for name in foreign.targets]),
            "conpfeqop": arrays.store(operators),
            "conppeqop": arrays.store(same),
            "conffeqop": arrays.store(mine),
            "confdelsetcols": arrays.store([numbers.columns[name] for name in foreign.delete_columns])
            if foreign.delete_columns
            else None,
        }

    def _equal(self, left: str, right: str) -> int:
        one, two = (self.own.type_oid(_AS.get(kind, kind)) for kind in (left, right))
        return _equals().get((one, two)) or _equals().get((one, one), 0)

    def _target_index(self, foreign: ForeignKey) -> int:
        keys = [
            key
            for key in self.catalog.tables[foreign.table].keys
            if key.unique and key.where is None and sorted(map(str, key.columns)) == sorted(foreign.targets)
        ]
        return self.own.number(min(keys, key=lambda key: not key.primary).name) if keys else 0

    def pg_trigger(self) -> Iterator[Row]:
        """The triggers that make foreign keys hold."""
        for table in self.catalog.tables.values():
            for foreign in table.foreign_keys:
                own, target = self.own.numbers(table.name), self.own.numbers(foreign.table)
                row = {
                    "tgparentid": 0,
                    "tgenabled": "O",
                    "tgisinternal": 1,
                    "tgconstrindid": self._target_index(foreign),
                    "tgconstraint": own.parts["constraint", foreign.name],
                    "tgdeferrable": int(foreign.deferrable),
                    "tginitdeferred": int(foreign.deferred),
                    "tgnargs": 0,
                    "tgattr": "[]",
                    "tgargs": b"",
                }
                kinds = (
                    ("a", target.oid, own.oid, _ON_DELETE[foreign.on_delete], 9),
                    ("a", target.oid, own.oid, _ON_UPDATE[foreign.on_update], 17),
                    ("c", own.oid, target.oid, _CHECK_INSERT, 5),
                    ("c", own.oid, target.oid, _CHECK_UPDATE, 17),
                )
                for at, (letter, relation, other, function, kind) in enumerate(kinds):
                    oid = own.parts[f"trigger{at}", foreign.name]
                    yield row | {
                        "oid": oid,
                        "tgrelid": relation,
                        "tgname": f"RI_ConstraintTrigger_{letter}_{oid}",
                        "tgfoid": function,
                        "tgtype": kind,
                        "tgconstrrelid": other,
                    }


def option(key: Key, at: int) -> int:
    """pg_index.indoption: 1 for DESC, 2 for NULLS FIRST."""
    down = at < len(key.descending) and key.descending[at]
    first = key.nulls_first[at] if at < len(key.nulls_first) else None
    return int(down) | (2 if (down if first is None else first) else 0)
