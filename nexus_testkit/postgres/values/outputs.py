"""Output of every type: a storage as the text that PostgreSQL shows."""

from __future__ import annotations

from typing import Any

from nexus_testkit.postgres.values import arrays, floats, intervaltext, records, regs, times
from nexus_testkit.postgres.values.fitting import unchanged
from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.session import Cast, ValueSession
from nexus_testkit.postgres.values.types import RANGES

_output_inet = late("network.output_inet")


def output(type_name: str) -> Cast | None:
    """The function that writes a type's storage as text (its output function); None: the storage is that text."""
    if type_name.endswith("[]"):
        return _array_output(type_name[:-2])
    if type_name in RANGES:
        write = late("rangetext.to_text")
        return lambda storage, session: str(write(storage, type_name, session))
    if (row := records.find(type_name)) is not None:
        return _row_output(row)
    return _OUTPUT.get(type_name)


def _array_output(element_type: str) -> Cast:
    inner = output(element_type) or unchanged

    def write(storage: Any, session: ValueSession) -> str:
        return arrays.to_text(
            arrays.load(storage), lambda item: str(inner(arrays.element(item, element_type), session))
        )

    return write


_OUTPUT: dict[str, Cast] = {
    "inet": lambda value, _: _output_inet(value),
    "bool": lambda value, _: "t" if value else "f",
    "int2": lambda value, _: str(value),
    "int4": lambda value, _: str(value),
    "int8": lambda value, _: str(value),
    "oid": lambda value, _: str(value),
    "xid": lambda value, _: str(value),
    "xid8": lambda value, _: str(value),
    "float4": lambda value, _: floats.float4_text(value),
    "float8": lambda value, _: floats.float_text(value),
    "bytea": lambda value, _: "\\x" + value.hex(),
    "timestamp": lambda value, _: times.timestamp_output(value),
    "timestamptz": times.timestamptz_output,
    "time": lambda value, _: times.strip_fraction(value),
    "timetz": lambda value, _: times.timetz_output(value),
    "interval": lambda value, _: intervaltext.to_text(value),
    **regs.OUTPUT,
}


def _row_output(row: records.RowType) -> Cast:
    writers = [output(kind) for _, kind in row.fields]

    def write(storage: Any, session: ValueSession) -> str:
        items = records.load(storage, row.fields)
        return records.write(
            [
                None if item is None else str(item if inner is None else inner(item, session))
                for item, inner in zip(items, writers, strict=True)
            ]
        )

    return write
