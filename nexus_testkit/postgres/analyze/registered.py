"""Literals of the reg types: `'users'::regclass`, `'int4'::regtype`."""

from __future__ import annotations

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.typed import Const


def literal(context: Context, expr: Const, target: str) -> Const:
    """A literal as one of the reg types. One of the user's relations stays a name, which lowering makes an OID of.

    Raises:
        DatabaseError: 42P01, 42704, 42883 ... as PostgreSQL's input functions raise.
    """
    if target == "regclass":
        found = naming.relation_in(context.catalog, expr.value)
        if found is not None:
            shown = expr.value if naming.qualified(context.catalog, found) == expr.value else found
            return Const(target, shown, location=expr.location)
    from nexus_testkit.postgres.system.registry import registry_of  # noqa: PLC0415  # few statements need it

    try:
        oid = registry_of(context.catalog).find(target, expr.value)
    except DatabaseError as error:
        raise context.located(error, expr) from None
    return Const(target, oid, location=expr.location)
