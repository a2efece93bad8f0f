"""Functions that are resolved otherwise than by their parameters' types: pg_typeof, and what sees that a vector begins at 0."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.catalog.system import Routine
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Const, Expr, Param
from nexus_testkit.postgres.values.regs import VECTORS

_UNKNOWN_OID = 705
_SUBSCRIPTS = frozenset({"array_lower", "array_upper", "generate_subscripts"})


def call(context: Context, found: Routine, args: list[Expr], node: Node) -> Expr | None:
    """The call where it is one of these, else None."""
    if found.name == "pg_typeof" and not isinstance(args[0], Param):
        return Const("regtype", _type_oid(context, args[0], node), location=node.location)
    if found.name in _SUBSCRIPTS and args[0].type in VECTORS:
        kinds = (args[0].type, "int4")
        given = (args[0], coerce(context, args[1], "int4"))
        return Call("int4", found.name, kinds, given, declared=found.declared, location=node.location)
    return None


def _type_oid(context: Context, arg: Expr, node: Node) -> int:
    if arg.type == UNKNOWN:
        return _UNKNOWN_OID
    from nexus_testkit.postgres.system.registry import registry_of  # noqa: PLC0415  # few statements need it

    try:
        return registry_of(context.catalog).own.type_oid(arg.type)
    except KeyError:
        raise context.unsupported(f"pg_typeof of {arg.type}", node) from None
