"""json_populate_record and json_populate_recordset: rows of a table's or composite type's columns out of JSON objects."""

from __future__ import annotations

import json

from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Const, Expr, Typmod
from nexus_testkit.postgres.values import records

_ONE = frozenset({"json_populate_record", "jsonb_populate_record"})
_SET = frozenset({"json_populate_recordset", "jsonb_populate_recordset"})
_VALID = frozenset({"jsonb_populate_record_valid"})
NAMES = _ONE | _SET | _VALID


def call(context: Context, given: Call, scope: Scope, node: Node) -> Call:
    """The call with the columns that its row has."""
    row = records.find(given.type)
    if given.name in _VALID:
        row = records.find(given.args[0].type)
    if row is None or (given.name in _SET and scope.clause != "FROM"):
        raise context.unsupported(f"{given.name} in this place", node)
    table = context.catalog.tables.get(row.key)
    kinds = [kind for _, kind in row.fields] + [column.type for column in (table.columns if table is not None else ())]
    if any(isinstance(kind, DomainType) for kind in kinds):
        raise context.unsupported(f"{given.name} of a row with a domain in it", node)
    columns: list[tuple[str, str, Typmod]] = [(name, kind, None) for name, kind in row.fields]
    args: list[Expr] = [Const("text", json.dumps(columns))]
    if given.name in _SET:
        args.append(Const("text", given.name))
    args += given.args[:2]
    name = "sql/json populate" + (" set" if given.name in _SET else " valid" if given.name in _VALID else "")
    return Call(given.type, name, tuple(arg.type for arg in args), tuple(args), location=given.location)


def rows(given: Call) -> tuple[Call, list[tuple[str, str, Typmod]]] | None:
    """Such a call as a function in FROM, and its columns; None for every other one."""
    row = records.find(given.type)
    if row is None or not given.name.startswith("sql/json populate"):
        return None
    made = given
    if not given.name.endswith("set"):
        made = Call("record", "sql/json one", (given.type,), (given,), location=given.location)
    return made, [(name, kind, None) for name, kind in row.fields]
