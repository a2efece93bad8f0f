"""The OIDs and column numbers of what the user created, as PostgreSQL would have given them out.

From 16384 upwards (`FirstNormalObjectId`, access/transam.h), in the order in which the server creates the parts of an
object. An object keeps its numbers as long as it lives, whatever it is called; what a roll-back takes away gives its
numbers back, which the server's counter does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog, Column, Table

FIRST = 16384
#: A row wider than this may be stored out of line (TOAST_TUPLE_THRESHOLD, access/heaptoast.h).
_WIDEST = 2032
_ANY_LENGTH = frozenset({"text", "bytea", "json", "jsonb", "xml", "tsvector", "path", "polygon"})

Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one relation or type.

    Attributes:
        oid: its own.
        array, row: of the array type over it and of its row type (of a type, `row` is 0).
        toast: of its TOAST table; its index has the next one. 0 for none.
        columns: name to attnum; the numbers of dropped columns are not used again.
        last: the highest attnum ever given.
        parts: (kind, name) to OID: `default` and `not_null` by column, `constraint`, `trigger0` to `trigger3` by
            constraint, `label` by label, `rule`.
        words: the names that not-null constraints got when they were made, by column.
        orders: of an enum's labels, enumsortorder.
    """

    oid: int
    array: int = 0
    row: int = 0
    toast: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    last: int = 0
    parts: Mapping[Part, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """All numbers of a catalogue; `next` is what the next object gets."""

    relations: Mapping[str, Numbers] = field(default_factory=dict)
    types: Mapping[str, Numbers] = field(default_factory=dict)
    schemas: Mapping[str, int] = field(default_factory=dict)
    next: int = FIRST


class _Writer:
    """Makes the next book."""

    def __init__(self, book: Book, old: Catalog, new: Catalog) -> None:
        self.old, self.new = old, new
        self.relations = dict(book.relations)
        self.types = dict(book.types)
        self.schemas = dict(book.schemas)
        self.next = book.next

    def fresh(self, count: int = 1) -> int:
        found = self.next
        self.next += count
        return found

    def book(self) -> Book:
        old, new = self.old, self.new
        for name in new.schemas:
            if name not in self.schemas and name != "public":
                self.schemas[name] = self.fresh()
        for name, labels in new.enums.items():
            if old.enums.get(name) is not labels:
                self.enum(name, labels)
        self.named(old.domains, new.domains, self.types, self.domain)
        self.named(old.composites, new.composites, self.relations, self.composite)
        self.named(old.sequences, new.sequences, self.relations, self.sequence)
        self.named(old.tables, new.tables, self.relations, self.table)
        self.named(old.views, new.views, self.relations, self.view)
        live = {*new.tables, *new.views, *new.sequences, *new.composites}
        for table in new.tables.values():
            live.update(key.name for key in table.keys)
            live.update(column.sequence for column in table.columns if column.sequence)
        types = {*new.enums, *new.domains}
        return Book(
            {name: found for name, found in self.relations.items() if name in live},
            {name: found for name, found in self.types.items() if name in types},
            {name: oid for name, oid in self.schemas.items() if name in new.schemas},
            self.next,
        )

    def named(self, old: Mapping[str, Any], new: Mapping[str, Any], into: dict[str, Numbers], rule: Any) -> None:
        """Number what is new or changed; what is called otherwise and stands in the same place was renamed."""
        if old is new:
            return
        if len(old) == len(new):
            for before, after in zip(old, new, strict=True):
                if before != after and after not in old and before not in new and before in into:
                    into[after] = into.pop(before)
        for name, item in new.items():
            if old.get(name) is not item or name not in into:
                rule(name, item)

    def enum(self, name: str, labels: tuple[str, ...]) -> None:
        known = self.types.get(name)
        if known is None:
            array = self.fresh(2)
            known = Numbers(array + 1, array)
            self.next += self.next % 2
            # Labels that exist from the beginning have even numbers (pg_enum.c: they sort by them).
            parts = {("label", label): self.fresh(2) for label in labels}
            self.next -= 1 if labels else 0
            orders = {label: float(at) for at, label in enumerate(labels, 1)}
        else:
            before = list(self.old.enums.get(name, ()))
            found = _carried(before, list(labels), {label: oid for (_, label), oid in known.parts.items()})
            parts = {("label", label): found.get(label) or self.fresh() for label in labels}
            orders = _ordered(labels, _carried(before, list(labels), known.orders))
        self.types[name] = replace(known, parts=parts, orders=orders)

    def domain(self, name: str, domain: Any) -> None:
        known = self.types.get(name)
        if known is None:
            array = self.fresh(2)
            known = Numbers(array + 1, array)
        parts = {
            ("constraint", check.name): known.parts.get(("constraint", check.name)) or self.fresh()
            for check in domain.checks
        }
        words: dict[str, str] = {}
        if domain.not_null:
            parts["not_null", ""] = known.parts.get(("not_null", "")) or self.fresh()
            words[""] = known.words.get("") or _not_null_name(name, "")
        self.types[name] = replace(known, parts=parts, words=words)

    def sequence(self, name: str, _: Any) -> None:
        if name not in self.relations:
            self.relations[name] = Numbers(self.fresh())

    def relation(self, name: str) -> Numbers:
        known = self.relations.get(name)
        if known is None:
            oid = self.fresh(3)
            known = Numbers(oid, oid + 1, oid + 2)
        return known

    def composite(self, name: str, row: Any) -> None:
        columns = {field: at for at, (field, _) in enumerate(row.fields, 1)}
        self.relations[name] = replace(self.relation(name), columns=columns, last=len(columns))

    def view(self, name: str, view: Any) -> None:
        known = self.relation(name)
        columns = {column.name: at for at, column in enumerate(view.columns, 1)}
        parts = {**known.parts, ("rule", "_RETURN"): known.parts.get(("rule", "_RETURN")) or self.fresh()}
        self.relations[name] = replace(known, columns=columns, last=len(columns), parts=parts)

    def table(self, name: str, table: Table) -> None:
        for column in table.columns:
            if column.sequence and column.sequence not in self.relations:
                self.sequence(column.sequence, None)
        known = self.relation(name)
        before = next((old for old in self.old.tables.values() if self.relations.get(old.name) is known), None)
        before = before or self.old.tables.get(name)
        columns, last = self.columns(known, table, before)
        parts: dict[Part, int] = {}
        renamed = _renames(known.columns, columns)

        def part(kind: str, key: str, old: str | None = None) -> None:
            parts[kind, key] = known.parts.get((kind, old or key)) or self.fresh()

        for column in table.columns:
            if _has_default(column):
                part("default", column.name, renamed.get(column.name))
        old_checks = {check.name: check.name for check in before.checks} if before else {}
        checks = _carried(list(old_checks), [check.name for check in table.checks], old_checks)
        for check in table.checks:
            part("constraint", check.name, checks.get(check.name))
        words: dict[str, str] = {}
        for column in table.columns:
            if column.not_null:
                old = renamed.get(column.name, column.name)
                part("not_null", column.name, old)
                words[column.name] = column.not_null_name or known.words.get(old) or _not_null_name(name, column.name)
        toast = known.toast or (self.fresh(2) if _wide(table) else 0)
        old_keys = {key.name: key.name for key in before.keys} if before else {}
        keys = _carried(list(old_keys), [key.name for key in table.keys], old_keys)
        for key in table.keys:
            old_name = keys.get(key.name) or key.name
            if key.name not in self.relations:
                self.relations[key.name] = self.relations.get(old_name) or Numbers(self.fresh())
            if key.constraint:
                part("constraint", key.name, old_name)
        old_foreign = {foreign.name: foreign.name for foreign in before.foreign_keys} if before else {}
        foreign_names = [foreign.name for foreign in table.foreign_keys]
        foreigns = _carried(list(old_foreign), foreign_names, old_foreign)
        for foreign in foreign_names:
            for kind in ("constraint", "trigger0", "trigger1", "trigger2", "trigger3"):
                part(kind, foreign, foreigns.get(foreign))
        self.relations[name] = replace(known, columns=columns, last=last, parts=parts, toast=toast, words=words)

    def columns(self, known: Numbers, table: Table, before: Table | None) -> tuple[dict[str, int], int]:
        old = [column.name for column in before.columns] if before else []
        names = [column.name for column in table.columns]
        carried = _carried(old, names, dict(known.columns))
        last = known.last
        found: dict[str, int] = {}
        for name in names:
            number = carried.get(name)
            if number is None:
                last += 1
                number = last
            found[name] = number
        return found, last


def _has_default(column: Column) -> bool:
    """Whether pg_attrdef has a row: a default that is the constant null is none (heap.c, AddRelationNewConstraints)."""
    if column.generated is not None:
        return True
    if column.default is None or column.identity:
        return column.sequence is not None and not column.identity
    return not hasattr(column.default, "value") or column.default.value is not None


def _not_null_name(table: str, column: str) -> str:
    from nexus_testkit.postgres.catalog import naming  # noqa: PLC0415  # that module is none of the light ones

    left, right = naming.bare(table), column
    while len(left.encode()) + len(right.encode()) > 63 - len("__not_null"):
        left, right = (left[:-1], right) if len(left) > len(right) else (left, right[:-1])
    return f"{left}_{right}_not_null" if column else f"{left}_not_null"


def _carried(old: list[str], new: list[str], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers that stay: by name, and where as many are there as before, by place."""
    found = {name: numbers[name] for name in new if name in numbers}
    if len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            if after not in found and before not in new and before in numbers:
                found[after] = numbers[before]
    return found


def _ordered(labels: tuple[str, ...], known: Mapping[str, float]) -> dict[str, float]:
    """The sort orders of labels: a new one gets a number between its neighbours', which keep theirs (`AddEnumLabel`)."""
    found: dict[str, float] = {}
    for at, label in enumerate(labels):
        if label in known:
            found[label] = known[label]
            continue
        before = found[labels[at - 1]] if at else None
        after = next((known[later] for later in labels[at + 1 :] if later in known), None)
        if before is None:
            found[label] = 1.0 if after is None else after - 1
        else:
            found[label] = before + 1 if after is None else (before + after) / 2
    return found


def _renames(old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, str]:
    """New names of columns to their old ones."""
    by_number = {number: name for name, number in old.items()}
    return {
        name: by_number[number] for name, number in new.items() if number in by_number and by_number[number] != name
    }


def _wide(table: Table) -> bool:
    """Whether a row may need a TOAST table (`needs_toast_table`, catalog/toasting.c)."""
    width = 0
    found = False
    for column in table.columns:
        kind, typmod = column.type, column.typmod
        if kind in _ANY_LENGTH or kind.endswith("[]"):
            return True
        if kind in ("varchar", "bpchar", "numeric"):
            if typmod is None:
                return True
            found = True
            width += (typmod * 4 + 4) if isinstance(typmod, int) else typmod[0] // 2 + 8
        else:
            width += 16
    return found and width > _WIDEST


def numbered(old: Catalog, new: Catalog) -> Book:
    """The numbers of a catalogue that was made out of another one."""
    return _Writer(old.numbers, old, new).book()
