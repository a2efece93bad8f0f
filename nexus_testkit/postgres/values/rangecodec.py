"""Ranges between Python and storage, as asyncpg 0.32 binds and decodes them (asyncpg/protocol/codecs/range.pyx).

Which class stands for a range the adapter says: `rangetypes.use`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nexus_testkit.postgres.values import ranges
from nexus_testkit.postgres.values.rangetypes import RANGE_OF, SUBTYPES, bound_type, range_class


def decoder(type_name: str, decode_bound: Callable[[Any], Any] | None) -> Callable[[str], Any]:
    """The function from the storage of a range or multirange to its Python value."""

    def bound(value: Any) -> Any:
        return value if value is None or decode_bound is None else decode_bound(value)

    def decode(storage: str) -> Any:
        made = range_class()
        found = [
            made(bound(span.lower), bound(span.upper), lower_inc=span.lower_inc, upper_inc=span.upper_inc)
            for span in ranges.load(storage)
        ]
        if type_name in RANGE_OF:
            return found
        return found[0] if found else made(empty=True)

    return decode


def encoder(
    type_name: str,
    encode_bound: Callable[[Any], Any],
    refused: Callable[[str], Exception],
    wrong: Callable[[str], Exception],
) -> Callable[[Any], str]:
    """The function from a Python value to the storage of a range or multirange.

    `refused` and `wrong` make the errors for a bad value and for a value of a wrong type.
    """
    kind = ranges.kind_of(bound_type(type_name) or "")

    def spans(value: Any) -> list[ranges.Span]:
        if isinstance(value, (tuple, list)):
            if len(value) > 2:
                raise refused(f"expected 0, 1 or 2 elements in range (got {len(value)})")
            if not value:
                return []
            lower, upper = value[0], value[1] if len(value) == 2 else None
            lower_inc = upper_inc = True
            if lower is None and len(value) == 1:
                raise wrong("a range of one bound that is None")
        elif all(hasattr(value, name) for name in ("isempty", "lower", "upper", "lower_inc", "upper_inc")):
            if value.isempty:
                return []
            lower, upper, lower_inc, upper_inc = value.lower, value.upper, value.lower_inc, value.upper_inc
        else:
            raise wrong(f"list, tuple or Range object expected (got type {type(value)})")
        return kind.make(
            None if lower is None else encode_bound(lower),
            None if upper is None else encode_bound(upper),
            lower_inc,
            upper_inc,
        )

    if type_name in SUBTYPES:
        return lambda value: ranges.store_range(spans(value))

    def encode_multirange(value: Any) -> str:
        if not isinstance(value, Sequence):
            raise wrong(f"expected a sequence (got type {type(value).__name__!r})")
        return ranges.store_multirange(kind.normal([span for item in value for span in spans(item)]))

    return encode_multirange
