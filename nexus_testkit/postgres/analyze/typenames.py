"""Type names as they are written: `varchar(50)`, `numeric(10, 2)`, `int[]`, an enum's name."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import usertypes
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog.system import system
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Typmod
from nexus_testkit.postgres.values.regs import REGS
from nexus_testkit.postgres.values.types import RANGES

#: The types that the fake stores.
STORABLE = frozenset(
    "bool int2 int4 int8 float4 float8 numeric text varchar bpchar name bytea uuid date time timetz timestamp timestamptz interval inet cidr macaddr macaddr8 bit varbit json jsonb jsonpath".split()  # noqa: SIM905  # reads better than as many quoted names
).union(RANGES, REGS, ("oid", "char", "int2vector", "oidvector"))

_SERIALS = {
    "serial": "int4",
    "serial4": "int4",
    "bigserial": "int8",
    "serial8": "int8",
    "smallserial": "int2",
    "serial2": "int2",
}

_LONGEST = 10485760
_MOST_BITS = _LONGEST * 8
#: `INTERVAL_FULL_RANGE`, and the masks of `interval year`, `interval day to hour` and the others (timestamp.h).
_ALL_FIELDS = 0x7FFF
_FIELDS = frozenset({4, 2, 8, 1024, 2048, 4096, 6, 1032, 3080, 7176, 3072, 7168, 6144})
_MOST_DIGITS = 1000


def serial_type(node: Node) -> str | None:
    """The integer type behind `serial` and its kin; None for every other type name."""
    names = node.names("names")
    return _SERIALS.get(names[-1]) if len(names) == 1 and "arrayBounds" not in node else None


def resolve_type(context: Context, node: Node) -> tuple[str, Typmod]:
    """The type and its modifier.

    Raises:
        DatabaseError: 42704 where PostgreSQL has no such type, 22023 for a bad modifier.
        UnsupportedSQL: where PostgreSQL has it and we do not.
    """
    names = node.names("names")
    bare = names[-1]
    if names[:-1] == ["information_schema"]:
        raise context.unsupported(f"the type information_schema.{bare}", node)
    if names[:-1] not in ([], ["pg_catalog"], ["public"], *([name] for name in context.catalog.schemas)):
        raise context.error("3F000", f'schema "{names[0]}" does not exist', node)
    made = usertypes.resolve(context, names)
    if made is not None:
        if node.all("typmods"):
            raise context.error("42601", f'type modifier is not allowed for type "{bare}"', node)
        bounds = node.all("arrayBounds")
        for bound in bounds:
            bound.skip("ival")
        return usertypes.in_array(made) if bounds else made, None
    if bare[:1] == "_" and bare[1:] in STORABLE:  # pg_type's own name of an array type
        for bound in node.all("arrayBounds"):
            bound.skip("ival")
        return f"{bare[1:]}[]", _typmod(context, node, bare[1:])
    if bare not in STORABLE:
        if bare in system().categories:
            raise context.unsupported(f"type {bare}", node)
        if (row := usertypes.of_relation(context, names)) is not None:
            node.skip("typmods")
            bounds = node.all("arrayBounds")
            for bound in bounds:
                bound.skip("ival")
            return usertypes.in_array(row) if bounds else row, None
        if bare.startswith("pg_"):
            raise context.unsupported(f"the row type of a system catalogue as a type ({bare})", node)
        array = "[]" if node.all("arrayBounds") else ""
        raise context.error("42704", f'type "{".".join(names)}{array}" does not exist', node)
    typmod = _typmod(context, node, bare)
    bounds = node.all("arrayBounds")
    for bound in bounds:
        bound.skip("ival")  # PostgreSQL ignores declared sizes and dimensions as well
    return (f"{bare}[]" if bounds else bare), typmod


def _typmod(context: Context, node: Node, name: str) -> Typmod:
    written = node.all("typmods")
    if not written:
        return None
    numbers: list[int] = []
    for item in written:
        if item.kind != "A_Const" or "ival" not in item:
            raise context.unsupported(f"type modifier of {name}", node)
        numbers.append(item["ival"].get("ival", 0))
    if name in ("varchar", "bpchar") and len(numbers) == 1:
        shown = "varchar" if name == "varchar" else "char"
        if numbers[0] < 1:
            raise context.error("22023", f"length for type {shown} must be at least 1", node)
        if numbers[0] > _LONGEST:
            raise context.error("22023", f"length for type {shown} cannot exceed {_LONGEST}", node)
        return numbers[0]
    if name in ("bit", "varbit"):
        if len(numbers) > 1:
            raise context.error("22023", "invalid type modifier", node)
        if numbers[0] < 1:
            raise context.error("22023", f"length for type {name} must be at least 1", node)
        if numbers[0] > _MOST_BITS:
            raise context.error("22023", f"length for type {name} cannot exceed {_MOST_BITS}", node)
        return numbers[0]
    if name == "numeric" and len(numbers) <= 2:
        precision, scale = (*numbers, 0)[:2]
        if not 1 <= precision <= _MOST_DIGITS:
            raise context.error("22023", f"NUMERIC precision {precision} must be between 1 and {_MOST_DIGITS}", node)
        if not -_MOST_DIGITS <= scale <= _MOST_DIGITS:
            raise context.error(
                "22023", f"NUMERIC scale {scale} must be between -{_MOST_DIGITS} and {_MOST_DIGITS}", node
            )
        return (precision, scale)
    if name in ("timestamp", "timestamptz", "time", "timetz") and len(numbers) == 1 and numbers[0] >= 0:
        return min(numbers[0], 6)  # more digits than six are six, with a warning
    if name == "interval" and numbers[0] in (_ALL_FIELDS, *_FIELDS) and len(numbers) <= 2:
        if len(numbers) == 1:
            return None if numbers[0] == _ALL_FIELDS else (6, numbers[0])
        if numbers[1] >= 0:
            places = min(numbers[1], 6)
            return (places, numbers[0]) if numbers[0] != _ALL_FIELDS else places
    raise context.unsupported(f"modifier of type {name}", node)
