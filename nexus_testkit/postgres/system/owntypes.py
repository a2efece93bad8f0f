"""The rows that the user's types have in pg_type: enums, domains, the rows of relations, and the arrays of all these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.numbers import Numbers
from nexus_testkit.postgres.catalog.schema import Catalog, Domain
from nexus_testkit.postgres.system import data, trees
from nexus_testkit.postgres.typed import Expr, Typmod
from nexus_testkit.postgres.values import records

Row = dict[str, Any]

OWNER = 10
PUBLIC = 2200
_ARRAY = {
    "typcategory": "A",
    "typsubscript": 6179,
    "typinput": 750,
    "typoutput": 751,
    "typreceive": 2400,
    "typsend": 2401,
}
_ARRAY_ANALYZE = 3816
_ENUM = {"typinput": 3506, "typoutput": 3507, "typreceive": 3532, "typsend": 3533}
_RECORD = {"typinput": 2290, "typoutput": 2291, "typreceive": 2402, "typsend": 2403}
_DOMAIN = {"typinput": 2597, "typreceive": 2598}


class OwnTypes:
    """The types of one catalogue.

    Attributes:
        types: internal name of every type, PostgreSQL's too, to its columns of pg_type.
        row_types: the same for the rows of relations.
        rows: the user's.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.book = catalog.numbers
        self.types: dict[str, Row] = dict(data.types_by_name())
        self.row_types: dict[str, Row] = {}
        self.rows = list(self._make_types())

    def namespace(self, key: str) -> int:
        """The OID of the schema in which something is."""
        schema = naming.schema_of(key)
        return PUBLIC if schema == naming.PUBLIC else self.book.schemas.get(schema, 0)

    def type_row(self, kind: str) -> Row:
        """The columns of pg_type of a type by its internal name."""
        row = records.find(kind.removesuffix("[]"))
        if row is not None:
            return self.row_types[f"{row.key}[]" if kind.endswith("[]") else row.key]
        domain = getattr(kind, "domain", "").removeprefix(naming.type_key("information_schema", ""))
        name = f"{domain}[]" if domain and getattr(kind, "element", False) else domain or kind
        return self.types[name]

    def _make_types(self) -> Iterator[Row]:
        for name in self.catalog.enums:
            yield from self._type(name, self.book.types[name], "e", "E", 4, 1, "i", "p", _ENUM)
        for name in self._domains_in_order():
            domain = self.catalog.domains[name]
            base = self.type_row(domain.parent or domain.type)
            extra = {
                **_DOMAIN,
                "typoutput": base["typoutput"],
                "typsend": base["typsend"],
                "typanalyze": base["typanalyze"],
                "typnotnull": int(domain.not_null),
                "typbasetype": base["oid"],
                "typtypmod": typmod_number(domain.type, domain.typmod),
                "typcollation": base["typcollation"],
            }
            default = self._default(domain)
            if default is not None:
                extra["typdefaultbin"] = trees.default(default)
                extra["typdefault"] = trees.shown(extra["typdefaultbin"])
            yield from self._type(
                name,
                self.book.types[name],
                "d",
                base["typcategory"],
                base["typlen"],
                base["typbyval"],
                base["typalign"],
                base["typstorage"],
                extra,
            )
        for name, numbers in self.book.relations.items():
            if numbers.row:
                extra = {**_RECORD, "typrelid": numbers.oid}
                row = Numbers(numbers.row, numbers.array)
                yield from self._type(name, row, "c", "C", -1, 0, "d", "x", extra)

    def _default(self, domain: Domain) -> Expr | None:
        """A domain's default, or that of the domain under it, which it takes over."""
        if domain.default is not None or domain.parent is None:
            return domain.default
        return self._default(self.catalog.domains[domain.parent])

    def _domains_in_order(self) -> list[str]:
        """Domains, each behind the one that it is made of."""
        found: list[str] = []

        def add(name: str) -> None:
            parent = self.catalog.domains[name].parent
            if parent is not None and parent not in found:
                add(parent)
            if name not in found:
                found.append(name)

        for name in self.catalog.domains:
            add(name)
        return found

    def _type(
        self,
        key: str,
        numbers: Numbers,
        kind: str,
        category: str,
        length: int,
        by_value: int,
        align: str,
        storage: str,
        extra: Mapping[str, Any],
    ) -> Iterator[Row]:
        common: Row = {
            "typnamespace": self.namespace(key),
            "typowner": OWNER,
            "typispreferred": 0,
            "typisdefined": 1,
            "typdelim": ",",
            "typrelid": 0,
            "typsubscript": 0,
            "typelem": 0,
            "typarray": 0,
            "typmodin": 0,
            "typmodout": 0,
            "typanalyze": 0,
            "typnotnull": 0,
            "typbasetype": 0,
            "typtypmod": -1,
            "typndims": 0,
            "typcollation": 0,
        }
        name = naming.bare(key)
        made = {
            **common,
            "oid": numbers.oid,
            "typname": name,
            "typlen": length,
            "typbyval": by_value,
            "typtype": kind,
            "typcategory": category,
            "typalign": align,
            "typstorage": storage,
            "typarray": numbers.array,
            **extra,
        }
        array = {
            **common,
            **_ARRAY,
            "oid": numbers.array,
            "typname": f"_{name}"[:63],
            "typlen": -1,
            "typbyval": 0,
            "typtype": "b",
            "typelem": numbers.oid,
            "typanalyze": _ARRAY_ANALYZE,
            "typalign": "d" if align == "d" else "i",
            "typstorage": "x",
            "typcollation": made["typcollation"],
        }
        # A relation may have the name of one of PostgreSQL's own types.
        into = self.row_types if kind == "c" else self.types
        into[key] = made
        into[f"{key}[]"] = array
        yield made
        yield array


_ALL_FIELDS, _ALL_PLACES = 0x7FFF, 0xFFFF


def typmod_number(kind: str, typmod: Typmod) -> int:
    """A type's modifier as PostgreSQL packs it into a number."""
    if typmod is None:
        return -1
    if kind.rstrip("[]") == "interval":  # utils/timestamp.h, INTERVAL_TYPMOD
        places, fields = typmod if isinstance(typmod, tuple) else (typmod, _ALL_FIELDS)
        return fields << 16 | (_ALL_PLACES if places == 6 and isinstance(typmod, tuple) else places)
    if isinstance(typmod, tuple):
        precision, scale = typmod
        return ((precision << 16) | (scale & 0x7FF)) + 4
    return typmod + 4 if kind.rstrip("[]") in ("varchar", "bpchar") else typmod
