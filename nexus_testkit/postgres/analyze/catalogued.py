"""Functions that are resolved otherwise than by their parameters' types: pg_typeof, and what sees that a vector begins at 0."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.catalog.system import Routine
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Const, Expr, Param
from nexus_testkit.postgres.vectors import vector_of

_UNKNOWN_OID = 705
_SUBSCRIPTS = frozenset(
    {"array_dims", "array_length", "array_lower", "array_ndims", "array_position", "array_upper", "generate_subscripts"}
)


def call(context: Context, found: Routine, args: list[Expr], node: Node) -> Expr | None:
    """The call where it is one of these, else None."""
    if found.name == "pg_typeof" and not isinstance(args[0], Param):
        return Const("regtype", _type_oid(context, args[0], node), location=node.location)
    vector = vector_of(args[0]) if args else None
    if vector is not None and found.name == "array_positions":
        raise context.unsupported(f"array_positions of {vector.type}", node)
    if vector is not None and found.name in _SUBSCRIPTS:
        wanted = (vector.type, *found.args[1:])
        given = (vector, *(coerce(context, arg, kind) for arg, kind in zip(args[1:], wanted[1:], strict=True)))
        return Call(found.result, found.name, wanted, given, declared=found.declared, location=node.location)
    return None


def _type_oid(context: Context, arg: Expr, node: Node) -> int:
    if arg.type == UNKNOWN:
        return _UNKNOWN_OID
    from nexus_testkit.postgres.system.registry import registry_of  # noqa: PLC0415  # few statements need it

    try:
        return registry_of(context.catalog).own.type_oid(arg.type)
    except KeyError:
        raise context.unsupported(f"pg_typeof of {arg.type}", node) from None
