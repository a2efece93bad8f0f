"""Python values to storage, as asyncpg 0.32 binds them (asyncpg/pgproto/codecs/*.pyx); `decoding` is the way back.

Errors before the server is reached are `DataError` with asyncpg's words; what the server itself refuses has its SQLSTATE.

A value of a type that has no binary codec in asyncpg (enums) is taken as text, as there.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sized
from functools import lru_cache
from typing import Any

from nexus_testkit.errors import DataError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, records
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.rangetypes import bound_type
from nexus_testkit.postgres.values.scalars import ENCODERS, Encoder, Refused, WrongType, encode_text
from nexus_testkit.postgres.values.session import DETACHED
from nexus_testkit.postgres.values.types import RANGES, Typmod


def encode(value: Any, type_name: str, typmod: Typmod = None, *, argument: int = 1) -> Any:
    """The storage of a bound value of a type. None is NULL.

    `argument` is the parameter's number, for the message. `typmod` is applied as a cast would.
    """
    storage = encoder(type_name)(value, argument)
    if typmod is None or storage is None:
        return storage
    return caster(type_name, type_name, typmod, "e")(storage, DETACHED)


@lru_cache(maxsize=512)
def encoder(type_name: str) -> Callable[..., Any]:
    """The function behind `encode` for one type: of the value and, for the message, the argument's number (default 1)."""
    convert = plain_encoder(type_name)

    def encode_argument(value: Any, argument: int = 1) -> Any:
        if value is None:
            return None
        try:
            return convert(value)
        except Refused as reason:
            raise DataError(
                f"invalid input for query argument ${argument}: {_shorten(value)} ({reason})", sqlstate="22000"
            ) from None

    return encode_argument


def _shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:40] + "..."


def plain_error(error: Exception) -> Exception:
    """What asyncpg itself raises of a value that it cannot encode, where it does not say which argument it was."""
    text = str(error)
    if isinstance(error, WrongType):
        return TypeError(text)
    if not isinstance(error, Refused):
        return error
    if text.startswith("value out of"):
        return OverflowError(text)
    return AttributeError(text) if "has no attribute" in text else ValueError(text)


def plain_encoder(type_name: str) -> Encoder:
    """The conversion itself, for a value that is not None; what it raises is not yet asyncpg's: `encode` says that."""
    found = ENCODERS.get(type_name)
    if found is not None:
        return found
    if (row := records.find(type_name)) is not None:
        return _row_encoder(row)
    if type_name.endswith("[]"):
        return _array_encoder(type_name[:-2])
    if type_name in RANGES:
        from nexus_testkit.postgres.values import rangecodec  # noqa: PLC0415  # few programs use ranges

        bound = plain_encoder(bound_type(type_name) or "")
        return rangecodec.encoder(type_name, bound, Refused, WrongType)
    return encode_text


def _array_encoder(element_type: str) -> Encoder:
    encode_element = plain_encoder(element_type)

    def encode_array(value: Any) -> str:
        if not _is_container(value):
            raise Refused(f"a sized iterable container expected (got type {type(value).__name__!r})")
        items = list(value)
        depth = _shape(items)
        counter = iter(range(1 << 62))

        def convert(item: Any, level: int) -> Any:
            if level < depth:
                return [convert(each, level + 1) for each in item]
            at = next(counter)
            if item is None:
                return None
            try:
                return encode_element(item)
            except WrongType as reason:
                raise Refused(f"invalid array element at index {at}: {reason}") from None

        return arrays.store([convert(item, 1) for item in items])

    return encode_array


def _row_encoder(row: records.RowType) -> Encoder:
    encoders = [plain_encoder(kind) for _, kind in row.fields]

    def encode_row(value: Any) -> str:
        try:
            items = records.positional(value, row)
        except TypeError as error:
            raise WrongType(str(error)) from None
        except ValueError as error:
            raise Refused(str(error)) from None
        if len(items) > len(encoders):
            raise Refused("list index out of range")
        if len(items) < len(encoders):
            raise database_error("42804", f"wrong number of columns: {len(items)}, expected {len(encoders)}")
        return records.make(
            *(None if item is None else convert(item) for item, convert in zip(items, encoders, strict=True))
        )

    return encode_row


def _is_container(value: Any) -> bool:
    trivial = (str, bytes, bytearray, memoryview, dict)
    return (
        isinstance(value, Sized)
        and isinstance(value, Iterable)
        and isinstance(value, Container)
        and not isinstance(value, trivial)
        and not hasattr(value, "keys")
    )


def _is_sub_array(value: Any) -> bool:
    """A tuple inside an array is a record or a range to asyncpg, no dimension (array.pyx, `_is_sub_array_iterable`)."""
    return _is_container(value) and not isinstance(value, tuple)


def _shape(items: list[Any]) -> int:
    """How deep a list nests; refuses ragged ones as asyncpg does."""
    if not items or not _is_sub_array(items[0]):
        if any(_is_sub_array(item) for item in items):
            raise Refused("non-homogeneous array")
        return 1
    first = len(items[0])
    depths = set()
    for item in items:
        if not _is_sub_array(item) or len(item) != first:
            raise Refused("non-homogeneous array")
        depths.add(_shape(list(item)))
    if len(depths) > 1:
        raise Refused("non-homogeneous array")
    return depths.pop() + 1
