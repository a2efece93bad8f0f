"""The functions that ask the catalogues: what lowered SQL calls `pgs_sys_...`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.system import data, tables, trees
from nexus_testkit.postgres.system.definitions import Definitions
from nexus_testkit.postgres.system.registry import Registry, registry_of
from nexus_testkit.postgres.system.updates import updatable

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine

Function = Callable[..., Any]

# What pg_relation_is_updatable() says of the views of the system, and which of their columns may be changed.
_UPDATABLE: dict[int, tuple[int, tuple[int, ...]]] = {
    12104: (4, ()),
    12538: (16, ()),
    12010: (28, (1, 2)),
    12275: (28, (1, 2)),
}
_PRIVILEGES = {
    "table": frozenset({"select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"}),
    "column": frozenset({"select", "insert", "update", "references"}),
    "schema": frozenset({"create", "usage"}),
    "database": frozenset({"create", "connect", "temporary", "temp"}),
    "sequence": frozenset({"usage", "select", "update"}),
    "function": frozenset({"execute"}),
    "type": frozenset({"usage"}),
    "language": frozenset({"usage"}),
    "tablespace": frozenset({"create"}),
}
_REGS = {
    "table": "regclass",
    "column": "regclass",
    "sequence": "regclass",
    "function": "regprocedure",
    "type": "regtype",
}
# mb/pg_wchar.h, in the order of their numbers.
_ENCODINGS = [
    "SQL_ASCII",
    "EUC_JP",
    "EUC_CN",
    "EUC_KR",
    "EUC_TW",
    "EUC_JIS_2004",
    "UTF8",
    "MULE_INTERNAL",
    "LATIN1",
    "LATIN2",
    "LATIN3",
    "LATIN4",
    "LATIN5",
    "LATIN6",
    "LATIN7",
    "LATIN8",
    "LATIN9",
    "LATIN10",
    "WIN1256",
    "WIN1258",
    "WIN866",
    "WIN874",
    "KOI8R",
    "WIN1251",
    "WIN1252",
    "ISO_8859_5",
    "ISO_8859_6",
    "ISO_8859_7",
    "ISO_8859_8",
    "WIN1250",
    "WIN1253",
    "WIN1254",
    "WIN1255",
    "WIN1257",
    "KOI8U",
    "SJIS",
    "BIG5",
    "GBK",
    "UHC",
    "GB18030",
    "JOHAB",
    "SHIFT_JIS_2004",
]
_DEFINITIONS: WeakKeyDictionary[Registry, Definitions] = WeakKeyDictionary()


def function(engine: Engine, name: str) -> Function | None:
    """The function behind a name of lowered SQL, or None."""
    found = _FUNCTIONS.get(name)
    if found is None:
        return None
    return partial(_run, engine, found)


def _run(engine: Engine, found: Function, *args: Any) -> Any:
    return found(registry_of(engine.current.catalog_seen()), engine, *args)


def _definitions(registry: Registry) -> Definitions:
    found = _DEFINITIONS.get(registry)
    if found is None:
        found = _DEFINITIONS[registry] = Definitions(registry)
    return found


def _strict(function: Function) -> Function:
    def run(registry: Registry, engine: Engine, *args: Any) -> Any:
        return None if None in args else function(registry, engine, *args)

    return run


# ------------------------------------------------------------------------------------------------- texts


def _format_type(registry: Registry, _: Engine, oid: int | None, typmod: int | None) -> str | None:
    return None if oid is None else registry.format_type(oid, typmod)


def _constraintdef(registry: Registry, _: Engine, oid: int, pretty: int = 0) -> str | None:
    return _definitions(registry).constraint(oid, pretty=bool(pretty))


def _indexdef(registry: Registry, _: Engine, oid: int, column: int = 0, pretty: int = 0) -> str | None:
    return _definitions(registry).index(oid, column, pretty=bool(pretty))


def _viewdef(registry: Registry, _: Engine, view: int | str, pretty: int = 0) -> str | None:
    oid = registry.find("regclass", view) if isinstance(view, str) else view
    return _definitions(registry).view(oid, pretty=bool(pretty))


def _expr(registry: Registry, _: Engine, tree: str, relation: int = 0, pretty: int = 0) -> str:  # noqa: ARG001  # a signature
    return trees.shown(tree, pretty=bool(pretty))


def _triggerdef(registry: Registry, _: Engine, oid: int, *how: Any) -> str:  # noqa: ARG001  # called like the others
    raise UnsupportedSQL("the definition of a trigger or a rule as PostgreSQL prints it")


def _role(registry: Registry, _: Engine, oid: int) -> str:  # noqa: ARG001  # called like the others
    row = data.by_oid("pg_authid").get(oid)
    return f"unknown (OID={oid})" if row is None else str(row[1])


def _arguments(registry: Registry, _: Engine, oid: int) -> str | None:
    row = data.by_oid("pg_proc").get(oid)
    if row is None:
        return None
    names = json.loads(row[data.place_of("pg_proc", "proargnames")] or "[]")
    kinds = json.loads(row[data.place_of("pg_proc", "proargtypes")])
    variadic = row[data.place_of("pg_proc", "provariadic")]
    found = []
    for at, kind in enumerate(kinds):
        name = f"{names[at]} " if at < len(names) and names[at] else ""
        word = "VARIADIC " if variadic and at == len(kinds) - 1 else ""
        found.append(f"{word}{name}{registry.format_type(kind)}")
    return ", ".join(found)


def _sequence_of(registry: Registry, _: Engine, table: str, column: str) -> str | None:
    oid = registry.find("regclass", table)
    key = registry.keys.get(oid, "")
    found = registry.catalog.tables.get(key)
    if found is None or found.column(column) is None:
        bare = registry.relations[oid][1]
        raise database_error("42703", f'column "{column}" of relation "{bare}" does not exist')
    for name, sequence in registry.catalog.sequences.items():
        if sequence.owner == (key, column):
            schema, bare = naming.split(name)
            return f"{naming.quoted(schema)}.{naming.quoted(bare)}"
    return None


def _last_value(registry: Registry, engine: Engine, oid: int) -> int | None:
    state = engine.sequence(registry.keys.get(oid, ""))
    return state.last if state is not None and state.called else None


# ------------------------------------------------------------------------------------------ descriptions


def _description(registry: Registry, _: Engine, oid: int, catalogue: str | None = None, part: int = 0) -> str | None:
    kind = None if catalogue is None else registry.relation("pg_catalog", catalogue)
    for where, found, column, text in registry.descriptions.get(oid, ()):
        if found == oid and column == part and kind in (None, where):
            return text
    return None


def _column_description(registry: Registry, engine: Engine, oid: int, column: int) -> str | None:
    return _description(registry, engine, oid, "pg_class", column)


def _shared_description(registry: Registry, _: Engine, oid: int, catalogue: str) -> str | None:
    kind = registry.relation("pg_catalog", catalogue)
    rows = data.rows_of("pg_shdescription")
    own = registry.catalog.comments.get(("database", "postgres", "")) if (kind, oid) == (1262, 5) else None
    return own or next((row[2] for row in rows if row[0] == oid and row[1] == kind), None)


# ---------------------------------------------------------------------------------------------- privileges


def _privilege(kind: str, registry: Registry, _: Engine, *args: Any) -> int | None:
    """Whether a superuser has a privilege: yes, if object and privilege exist."""
    if None in args:
        return None
    *what, privileges = args
    wanted = 2 if kind == "column" else 1
    if len(what) > wanted:
        role = what.pop(0)
        if isinstance(role, str) and role != "public":
            registry.find_role(naming.quoted(role))
    subject = what[0]
    if isinstance(subject, str):
        oid = _object(registry, kind, subject)
    else:
        oid = subject
        if kind in ("table", "column", "sequence") and oid not in registry.relations:
            return None
    if kind == "column":
        _require_column(registry, oid, what[1])
    known = _PRIVILEGES[kind]
    for word in str(privileges).split(","):
        bare = word.strip().lower().removesuffix(" with grant option")
        if bare not in known:
            raise database_error("22023", f'unrecognized privilege type: "{word.strip()}"')
    return 1


def _has_role(registry: Registry, _: Engine, *args: Any) -> int:
    """Whether a superuser has a role: yes, if it exists and the privilege does."""
    *roles, privileges = args
    for role in roles:
        if isinstance(role, str):
            registry.find_role(naming.quoted(role))
    for word in str(privileges).split(","):
        bare = word.strip().lower().removesuffix(" with grant option").removesuffix(" with admin option")
        if bare not in ("member", "usage", "set"):
            raise database_error("22023", f'unrecognized privilege type: "{word.strip()}"')
    return 1


def _object(registry: Registry, kind: str, name: str) -> int:
    if kind == "database":
        if name not in ("postgres", "template0", "template1"):
            raise database_error("3D000", f'database "{name}" does not exist')
        return 0
    if kind == "schema":
        if name not in registry.schemas:
            raise database_error("3F000", f'schema "{name}" does not exist')
        return registry.schemas[name]
    return registry.find(_REGS.get(kind, "regclass"), name)


def _require_column(registry: Registry, oid: int, column: str | int) -> None:
    key = registry.keys.get(oid)
    table = registry.catalog.tables.get(key or "")
    if isinstance(column, str) and table is not None and table.column(column) is None:
        bare = registry.relations[oid][1]
        raise database_error("42703", f'column "{column}" of relation "{bare}" does not exist')


# ---------------------------------------------------------------------------------------------- the rest


def _to_reg(registry: Registry, _: Engine, kind: str, text: str) -> int | None:
    if text.isdigit() or text == "-":
        return int(text) if text.isdigit() else 0
    try:
        return registry.find(kind, text)
    except DatabaseError:
        return None


def _visible(registry: Registry, _: Engine, oid: int) -> int | None:
    found = registry.visible(oid)
    return None if found is None else int(found)


def _type_visible(registry: Registry, _: Engine, oid: int) -> int | None:
    found = registry.type_visible(oid)
    return None if found is None else int(found)


def _exists(registry: Registry, _: Engine, catalogue: str, oid: int) -> int | None:  # noqa: ARG001  # as above
    return 1 if oid in data.by_oid(catalogue) else None


def _other_temp(registry: Registry, _: Engine, oid: int) -> int:
    return int(tables.other_temporary(registry, oid))


def _updatable(registry: Registry, _: Engine, oid: int, column: int | None = None) -> int:
    if oid in registry.keys:
        return updatable(registry, oid, column)
    mask, columns = _UPDATABLE.get(oid, (0, ()))
    return mask if column is None else int(column in columns)


def _encoding(registry: Registry, _: Engine, number: int) -> str:  # noqa: ARG001  # as above
    return _ENCODINGS[number] if 0 <= number < len(_ENCODINGS) else ""


def _pid(registry: Registry, engine: Engine) -> int:  # noqa: ARG001  # as above
    return engine.current.kept.pid  # also that of the notifications it sends


def _transaction(registry: Registry, engine: Engine) -> int:  # noqa: ARG001  # as above
    session = engine.current
    if session.number is None:
        session.number = next(engine.transaction_numbers)
    return session.number


def _temp_schema(registry: Registry, _: Engine) -> int:
    return registry.schemas.get(registry.catalog.temporary, 0)


def _keywords(registry: Registry, _: Engine) -> str:  # noqa: ARG001  # as above
    return json.dumps(data.keywords())


_FUNCTIONS: dict[str, Function] = {
    "pgs_sys_column_description": _strict(_column_description),
    "pgs_sys_constraintdef": _strict(_constraintdef),
    "pgs_sys_description": _strict(_description),
    "pgs_sys_encoding": _strict(_encoding),
    "pgs_sys_has_role": _strict(_has_role),
    "pgs_sys_exists": _strict(_exists),
    "pgs_sys_expr": _strict(_expr),
    "pgs_sys_format_type": _format_type,
    "pgs_sys_arguments": _strict(_arguments),
    "pgs_sys_indexdef": _strict(_indexdef),
    "pgs_sys_keywords": _keywords,
    "pgs_sys_last_value": _strict(_last_value),
    "pgs_sys_other_temp": _other_temp,
    "pgs_sys_pid": _pid,
    "pgs_sys_role": _strict(_role),
    "pgs_sys_sequence_of": _strict(_sequence_of),
    "pgs_sys_shared_description": _strict(_shared_description),
    "pgs_sys_temp_schema": _temp_schema,
    "pgs_sys_transaction": _transaction,
    "pgs_sys_triggerdef": _strict(_triggerdef),
    "pgs_sys_to_reg": _strict(_to_reg),
    "pgs_sys_type_visible": _strict(_type_visible),
    "pgs_sys_updatable": _updatable,
    "pgs_sys_viewdef": _strict(_viewdef),
    "pgs_sys_visible": _strict(_visible),
    **{f"pgs_sys_{kind}_privilege": partial(_privilege, kind) for kind in _PRIVILEGES},
}
