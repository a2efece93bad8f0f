"""Names of objects for their OIDs and back: `regclass` and its kin (`utils/adt/regproc.c`), `format_type`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog
from nexus_testkit.postgres.catalog.system import system
from nexus_testkit.postgres.parser import parse
from nexus_testkit.postgres.system import data
from nexus_testkit.postgres.system.constraints import Constraints
from nexus_testkit.postgres.system.dependencies import Dependencies
from nexus_testkit.postgres.system.modifiers import with_modifier
from nexus_testkit.postgres.system.own import PG_CATALOG, Own
from nexus_testkit.postgres.system.owntypes import PUBLIC
from nexus_testkit.postgres.values.textual import quote_ident

_SCHEMAS = {"pg_catalog": PG_CATALOG, "pg_toast": 99, "public": PUBLIC, "information_schema": 12421}


class Registry:
    """The objects of one catalogue, PostgreSQL's own among them, by name and by OID.

    Attributes:
        catalog: as a session's search path shows it.
        own: the user's objects as PostgreSQL's catalogues have them.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.own = Own(catalog)
        self.constraints = Constraints(self.own)
        self.dependencies = Dependencies(self.constraints)

    # ------------------------------------------------------------------------------------------ schemas

    @cached_property
    def schemas(self) -> dict[str, int]:
        """Every schema's OID."""
        return {**_SCHEMAS, **self.catalog.numbers.schemas}

    @cached_property
    def schema_names(self) -> dict[int, str]:
        """Every schema's name."""
        return {oid: name for name, oid in self.schemas.items()}

    @property
    def path(self) -> tuple[str, ...]:
        """The search path with what is always in it."""
        path = self.catalog.path
        return path if "pg_catalog" in path else ("pg_catalog", *path)

    # ---------------------------------------------------------------------------------------- relations

    @cached_property
    def relations(self) -> dict[int, tuple[str, str]]:
        """Schema and name of every relation."""
        found: dict[int, tuple[str, str]] = {}
        names = self.schema_names
        for row in data.rows_of("pg_class"):
            found[row[0]] = (names[row[2]], row[1])
        for key, numbers in self.catalog.numbers.relations.items():
            found[numbers.oid] = naming.split(key)
            if numbers.toast:
                found[numbers.toast] = ("pg_toast", f"pg_toast_{numbers.oid}")
                found[numbers.toast + 1] = ("pg_toast", f"pg_toast_{numbers.oid}_index")
        return found

    @cached_property
    def relation_oids(self) -> dict[tuple[str, str], int]:
        """The same the other way round."""
        return {name: oid for oid, name in self.relations.items()}

    @cached_property
    def keys(self) -> dict[int, str]:
        """What the user's relations are called inside."""
        return {numbers.oid: key for key, numbers in self.catalog.numbers.relations.items()}

    def relation(self, schema: str | None, name: str) -> int | None:
        """The OID of the relation that a name means, or None."""
        if schema is not None:
            return self.relation_oids.get((self.catalog.temporary if schema == "pg_temp" else schema, name))
        return next((oid for each in self.path if (oid := self.relation_oids.get((each, name)))), None)

    def visible(self, oid: int) -> bool | None:
        """Whether a relation is found by its name alone; None where there is none."""
        found = self.relations.get(oid)
        if found is None:
            return None
        return self.relation(None, found[1]) == oid

    # -------------------------------------------------------------------------------------------- types

    @cached_property
    def type_rows(self) -> dict[int, dict[str, Any]]:
        """The columns of pg_type by OID."""
        rows = {row["oid"]: row for row in self.own.types.values()}
        rows.update((row["oid"], row) for row in self.own.pg_type())
        return rows

    @cached_property
    def type_oids(self) -> dict[tuple[int, str], int]:
        """Types by the OID of their schema and their name."""
        return {(row["typnamespace"], row["typname"]): oid for oid, row in self.type_rows.items()}

    def format_type(self, oid: int, typmod: int | None = None) -> str:
        """A type with its modifier; -1 and None are both "no modifier", but not the same."""
        if oid == 0:
            return "-"
        row = self.type_rows.get(oid)
        if row is None:
            return "???"
        if row["typcategory"] == "A" and row["typelem"] and row["typstorage"] != "p" and row["typsubscript"] == 6179:
            return f"{self.format_type(row['typelem'], typmod)}[]"
        schema = self.schema_names.get(row["typnamespace"], "")
        name = row["typname"]
        if schema != "pg_catalog":
            shown = quote_ident(name)
            return shown if self.type_visible(oid) else f"{quote_ident(schema)}.{shown}"
        return with_modifier(name, typmod, system().titles.get(name) or quote_ident(name))

    def type_visible(self, oid: int) -> bool | None:
        """Whether a type is found by its name alone; None where there is none."""
        row = self.type_rows.get(oid)
        if row is None:
            return None
        for schema in self.path:
            found = self.type_oids.get((self.schemas.get(schema, 0), row["typname"]))
            if found is not None:
                return found == oid
        return False

    def find_type(self, text: str) -> int:
        """The OID of a type as it is written in SQL: `int[]`, `timestamp with time zone`.

        Raises:
            DatabaseError: 42704, 3F000, 42601.
        """
        try:
            statement = parse(f"SELECT CAST(NULL AS {text})")[0][1]
            cast = statement["targetList"][0]["ResTarget"]["val"]["TypeCast"]
        except DatabaseError as error:
            raise database_error("42601", error.message) from None
        except (KeyError, IndexError):
            raise database_error("42601", f'invalid type name "{text}"') from None
        written = cast["typeName"]
        names = [part["String"]["sval"] for part in written["names"]]
        if len(names) > 1 and names[0] not in self.schemas:
            raise database_error("3F000", f'schema "{names[0]}" does not exist')
        found = None
        for schema in [names[0]] if len(names) > 1 else self.path:
            found = self.type_oids.get((self.schemas.get(schema, 0), names[-1]))
            if found is not None:
                break
        if found is not None and "arrayBounds" in written:
            found = self.type_rows[found]["typarray"] or None
        if found is None:
            raise database_error("42704", f'type "{text.strip()}" does not exist')
        return found

    def type_name(self, oid: int) -> str:
        """What regtype shows."""
        return str(oid) if oid not in self.type_rows and oid else self.format_type(oid)

    # ------------------------------------------------------------------------------------------- texts

    @cached_property
    def descriptions(self) -> dict[int, list[tuple[int, int, int, str]]]:
        """Catalogue, OID, column and text of each comment, by OID."""
        found: dict[int, list[tuple[int, int, int, str]]] = {}
        for row in data.rows_of("pg_description"):
            found.setdefault(row[0], []).append((row[1], row[0], row[2], row[3]))
        for own in self.dependencies.pg_description():
            made = (own["classoid"], own["objoid"], own["objsubid"], own["description"])
            found.setdefault(own["objoid"], []).append(made)
        return found

    # -------------------------------------------------------------------------------------- other kinds

    @cached_property
    def routines(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of pg_proc by name."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        for row in data.rows_of("pg_proc"):
            found.setdefault(row[1], []).append(row)
        return found

    def _arguments(self, row: tuple[Any, ...]) -> list[int]:
        text: str = row[data.place_of("pg_proc", "proargtypes")]
        return [int(part) for part in text.strip("[]").split(",") if part]

    def signature(self, oid: int) -> str | None:
        """What regprocedure shows."""
        row = data.by_oid("pg_proc").get(oid)
        if row is None:
            return None
        shown = ",".join(self.format_type(kind) for kind in self._arguments(row))
        return f"{quote_ident(row[1])}({shown})"

    def routine(self, text: str) -> int:
        """The OID of the one function of a name."""
        parts = _parts(text)
        rows = self.routines.get(parts[-1], []) if len(parts) == 1 or parts[0] == "pg_catalog" else []
        if not rows:
            raise database_error("42883", f'function "{text}" does not exist')
        if len(rows) > 1:
            raise database_error("42725", f'more than one function named "{text}"')
        found: int = rows[0][0]
        return found

    def procedure(self, text: str) -> int:
        """The OID of a function by its signature."""
        head, bracket, rest = text.partition("(")
        if not bracket:
            raise database_error("22P02", "expected a left parenthesis")
        if not rest.rstrip().endswith(")"):
            raise database_error("22P02", "expected a right parenthesis")
        inside = rest.rstrip()[:-1].strip()
        wanted = [self.find_type(part) for part in inside.split(",")] if inside else []
        parts = _parts(head)
        rows = self.routines.get(parts[-1], []) if len(parts) == 1 or parts[0] == "pg_catalog" else []
        for row in rows:
            if self._arguments(row) == wanted:
                found: int = row[0]
                return found
        raise database_error("42883", f'function "{text}" does not exist')

    def routine_name(self, oid: int) -> str | None:
        """What regproc shows."""
        row = data.by_oid("pg_proc").get(oid)
        if row is None:
            return None
        name = quote_ident(row[1])
        return name if len(self.routines[row[1]]) == 1 else f"pg_catalog.{name}"

    def operator_name(self, oid: int) -> str | None:
        """What regoper shows."""
        row = data.by_oid("pg_operator").get(oid)
        if row is None:
            return None
        alone = sum(1 for other in data.rows_of("pg_operator") if other[1] == row[1]) == 1
        return str(row[1]) if alone else f"pg_catalog.{row[1]}"

    def operator_signature(self, oid: int) -> str | None:
        """What regoperator shows."""
        row = data.by_oid("pg_operator").get(oid)
        if row is None:
            return None
        left, right = (row[data.place_of("pg_operator", name)] for name in ("oprleft", "oprright"))
        return f"{row[1]}({self.format_type(left) if left else 'NONE'},{self.format_type(right) if right else 'NONE'})"

    def relation_name(self, oid: int) -> str | None:
        """What regclass shows."""
        found = self.relations.get(oid)
        if found is None:
            return None
        schema, name = found
        shown = quote_ident(name)
        return shown if self.visible(oid) else f"{quote_ident(schema)}.{shown}"

    def find_relation(self, text: str) -> int:
        """The OID of a relation by its name in a text."""
        parts = _parts(text)
        if len(parts) > 3:
            raise database_error("42601", f"improper relation name (too many dotted names): {text}")
        found = self.relation(parts[-2] if len(parts) > 1 else None, parts[-1])
        if found is None:
            raise database_error("42P01", f'relation "{".".join(parts)}" does not exist')
        return found

    def find_schema(self, text: str) -> int:
        """The OID of a schema by its name in a text."""
        parts = _parts(text)
        if len(parts) > 1 or parts[0] not in self.schemas:
            raise database_error("3F000", f'schema "{parts[0]}" does not exist')
        return self.schemas[parts[0]]

    def find_role(self, text: str) -> int:
        """The OID of a role.

        Raises:
            DatabaseError: 42704.
        """
        name = _parts(text)[0]
        found = next((row[0] for row in data.rows_of("pg_authid") if row[1] == name), None)
        if found is None:
            raise database_error("42704", f'role "{name}" does not exist')
        return int(found)

    # -------------------------------------------------------------------------------------------- reg*

    def show(self, kind: str, oid: int) -> str:
        """The text of a value of one of the reg types."""
        if oid == 0:
            return "0" if kind in ("regoper", "regoperator") else "-"
        found = _SHOWN[kind](self, oid)
        return str(oid) if found is None else found

    def find(self, kind: str, text: str) -> int:
        """The value of one of the reg types that a text means.

        Raises:
            DatabaseError: as PostgreSQL's input functions raise.
        """
        if text == "-" and kind not in ("regoper", "regoperator"):
            return 0
        if text and text.isascii() and text.isdigit():
            return int(text)
        return _FOUND[kind](self, text)


def _first_name(relation: str) -> Callable[[Registry, int], str | None]:
    def show(registry: Registry, oid: int) -> str | None:  # noqa: ARG001  # called like the others
        row = data.by_oid(relation).get(oid)
        return None if row is None else quote_ident(row[1])

    return show


def _first_oid(relation: str, words: str) -> Callable[[Registry, str], int]:
    def find(registry: Registry, text: str) -> int:  # noqa: ARG001  # called like the others
        parts = _parts(text)
        name = parts[-1]
        for row in data.rows_of(relation) if parts[:-1] in ([], ["pg_catalog"]) else ():
            if row[1] == name:
                return int(row[0])
        raise database_error("42704", f'{words} "{text}" does not exist')

    return find


_SHOWN: dict[str, Callable[[Registry, int], str | None]] = {
    "regclass": lambda registry, oid: registry.relation_name(oid),
    "regtype": lambda registry, oid: registry.type_name(oid),
    "regproc": lambda registry, oid: registry.routine_name(oid),
    "regprocedure": lambda registry, oid: registry.signature(oid),
    "regoper": lambda registry, oid: registry.operator_name(oid),
    "regoperator": lambda registry, oid: registry.operator_signature(oid),
    "regnamespace": lambda registry, oid: (
        quote_ident(registry.schema_names[oid]) if oid in registry.schema_names else None
    ),
    "regrole": _first_name("pg_authid"),
    "regcollation": _first_name("pg_collation"),
    "regconfig": _first_name("pg_ts_config"),
    "regdictionary": _first_name("pg_ts_dict"),
}
_FOUND: dict[str, Callable[[Registry, str], int]] = {
    "regclass": lambda registry, text: registry.find_relation(text),
    "regtype": lambda registry, text: registry.find_type(text),
    "regproc": lambda registry, text: registry.routine(text),
    "regprocedure": lambda registry, text: registry.procedure(text),
    "regnamespace": lambda registry, text: registry.find_schema(text),
    "regrole": lambda registry, text: registry.find_role(text),
    "regcollation": _first_oid("pg_collation", "collation"),
    "regconfig": _first_oid("pg_ts_config", "text search configuration"),
    "regdictionary": _first_oid("pg_ts_dict", "text search dictionary"),
}


def _parts(text: str) -> list[str]:
    found = naming.parts(text)
    if not found:
        raise database_error("42602", "invalid name syntax")
    return found


_KEPT: dict[tuple[int, tuple[str, ...], str], Registry] = {}
_ROOM = 16


def registry_of(catalog: Catalog) -> Registry:
    """The registry of a catalogue as a session sees it; the last ones are kept."""
    key = (catalog.version, catalog.path, catalog.temporary)
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) >= _ROOM:
            del _KEPT[next(iter(_KEPT))]
        found = _KEPT[key] = Registry(catalog)
    return found
