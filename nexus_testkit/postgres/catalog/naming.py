"""Names with schemas: how objects outside `public` are called inside, found through the search path, and printed.

A relation of the schema app is called `app<US>users` inside (the catalogue's keys, SQLite's tables), one of public just
`users`; a type `app<RS>mood`. No name that an application gives holds these separators, so nothing can be taken for another
one, and whoever knows nothing of schemas works with the key. Messages lose the separators at the end (`plain`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nexus_testkit.errors import DatabaseError
    from nexus_testkit.postgres.catalog.schema import Catalog

RELATION = "\x1f"
TYPE = "\x1e"
PUBLIC = "public"
#: Every session's own schema of temporary tables is called `pg_temp_<number>`.
TEMPORARY = "pg_temp_"

_KEY = re.compile(r'([^"\s(\x1e\x1f]*)([\x1e\x1f])([^"\s,;()\x1e\x1f]+)?')
_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^\s".,()]+))\s*')
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")


def key(schema: str, name: str) -> str:
    """What a relation of a schema is called inside."""
    return name if schema == PUBLIC else f"{schema}{RELATION}{name}"


def type_key(schema: str, name: str) -> str:
    """What a type of a schema is called inside."""
    return name if schema == PUBLIC else f"{schema}{TYPE}{name}"


def split(key: str) -> tuple[str, str]:
    """Schema and name of a key, of a relation's or a type's."""
    for separator in (RELATION, TYPE):
        schema, found, name = key.partition(separator)
        if found:
            return schema, name
    return PUBLIC, key


def bare(key: str) -> str:
    """The name in a key."""
    return split(key)[1]


def schema_of(key: str) -> str:
    """The schema in a key."""
    return split(key)[0]


def beside(key: str, name: str) -> str:
    """The key of a relation in the schema of another one: an index beside its table."""
    schema, found, _ = key.partition(RELATION)
    return f"{schema}{RELATION}{name}" if found else name


def temporary(key: str) -> bool:
    """Whether it is a temporary table's key, or of something that belongs to one."""
    return key.startswith(TEMPORARY) and RELATION in key


def qualified(catalog: Catalog, key: str) -> str:
    """A name as PostgreSQL shows objects: with its schema where the search path does not lead there."""
    schema, name = split(key)
    return quoted(name) if schema in catalog.path else f"{quoted(schema)}.{quoted(name)}"


def qualified_always(key: str) -> str:
    """A name with its schema, whatever the search path."""
    schema, name = split(key)
    return f"{quoted(schema)}.{quoted(name)}"


def quoted(name: str) -> str:
    """An identifier, in quotes where it needs them (keywords are left as they are)."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def parts(text: str) -> list[str] | None:
    """The parts of a name in a text, as `nextval('app.ids')` has it: unquoted ones in lower case; None if it is no name."""
    found: list[str] = []
    at = 0
    while True:
        match = _PART.match(text, at)
        if match is None:
            return None
        found.append(match[1].replace('""', '"') if match[1] is not None else match[2].lower())
        at = match.end()
        if at == len(text):
            return found
        if text[at] != ".":
            return None
        at += 1


def explicit(key: str) -> str:
    """A relation's key as a text that no search path changes the meaning of (see `relation_in`)."""
    return key if RELATION in key else f"{PUBLIC}{RELATION}{key}"


def candidates(catalog: Catalog, schema: str | None, name: str) -> Iterator[str]:
    """The keys under which a relation may be found, in the order of the search path."""
    if schema is not None:
        yield key(catalog.temporary if schema == "pg_temp" else schema, name)
        return
    for each in catalog.path:
        yield key(each, name)


def relation(catalog: Catalog, schema: str | None, name: str) -> str | None:
    """The key of the relation (table, view, index, sequence) that a name means; None where there is none."""
    return next((found for found in candidates(catalog, schema, name) if catalog.relation_exists(found)), None)


def relation_in(catalog: Catalog, text: str) -> str | None:
    """The key of the relation that a text means: `nextval('app.ids')`. A key stands for itself."""
    if RELATION in text:
        found_key = text.removeprefix(f"{PUBLIC}{RELATION}")
        return found_key if catalog.relation_exists(found_key) else None
    found = parts(text)
    if found is None or len(found) > 2:
        return None
    return relation(catalog, found[0] if len(found) == 2 else None, found[-1])


def user_type(catalog: Catalog, schema: str | None, name: str) -> str | None:
    """The key of the enum, domain or composite type that a name means; None where there is none."""
    schemas = catalog.path if schema is None else (catalog.temporary if schema == "pg_temp" else schema,)
    for each in schemas:
        found = type_key(each, name)
        if catalog.type_exists(found):
            return found
    return None


def creation_schema(catalog: Catalog) -> str | None:
    """Where a new object without a schema goes; None where the search path leads nowhere."""
    return next((each for each in catalog.path if not each.startswith(TEMPORARY)), None)


def plain(error: DatabaseError, path: tuple[str, ...]) -> None:
    """Put names instead of keys into an error's words and fields."""
    words = (error.message, error.detail, error.hint, error.table_name, error.constraint_name, error.data_type_name)
    if not any(RELATION in text or TYPE in text for text in words if text):
        return
    # Objects that depend on one another are described in full, relations elsewhere by their bare name.
    described = error.sqlstate == "2BP01"

    def shown(match: re.Match[str]) -> str:
        schema, separator, name = match[1], match[2], match[3] or ""
        if not schema or schema in path or (separator == RELATION and not described) or schema.startswith(TEMPORARY):
            return name
        return f"{schema}.{name}"

    error.message = _KEY.sub(shown, error.message)
    error.detail = _KEY.sub(shown, error.detail) if error.detail else error.detail
    error.hint = _KEY.sub(shown, error.hint) if error.hint else error.hint
    error.args = (error.message, *error.args[1:])
    for field in ("table_name", "data_type_name"):
        found = getattr(error, field)
        if found and (RELATION in found or TYPE in found):
            schema, name = split(found)
            error.schema_name = schema
            setattr(error, field, name)
    if error.constraint_name and RELATION in error.constraint_name:
        error.constraint_name = bare(error.constraint_name)
