"""Functions that lowered SQL calls and that belong to no type alone: casts, series, errors, variadic ones."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import (
    arrayops,
    arrays,
    jsonops,
    patterns,
    textual,
    tojson,
)
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.session import Cast, ValueSession


def cast(
    session: ValueSession, value: Any, from_type: str, to_type: str, typmod: int | str | None = None, kind: str = "e"
) -> Any:
    """A cast in SQL; the type modifier is a number or `"5,2"`."""
    if value is None:
        return None
    return _cast_of(from_type, to_type, typmod, kind)(value, session)


@lru_cache(maxsize=2048)
def _cast_of(from_type: str, to_type: str, typmod: int | str | None, kind: str) -> Cast:
    if isinstance(typmod, str):
        return caster(from_type, to_type, tuple(map(int, typmod.split(","))), kind)
    return caster(from_type, to_type, typmod, kind)


def enum_cast(value: str | None, type_name: str, *labels: str) -> str | None:
    """Text as an enum; 22P02 for what is no label of it."""
    if value is not None and value not in labels:
        raise database_error("22P02", f'invalid input value for enum {type_name}: "{value}"')
    return value


_MESSAGES = {
    "21000": "more than one row returned by a subquery used as an expression",
    "22012": "division by zero",
}


def raise_error(sqlstate: str, message: str | None = None) -> None:
    """Raises a database error from inside a query: the compiler's way to say 21000 and the like."""
    raise database_error(sqlstate, message or _MESSAGES.get(sqlstate, sqlstate))


def random_float(session: ValueSession) -> float:
    """random()."""
    return session.random.random()


def random_between(session: ValueSession, low: int, high: int) -> int:
    """random(low, high) of integers."""
    if low > high:
        raise database_error("22023", "lower bound must be less than or equal to upper bound")
    return session.random.randint(low, high)


def random_uuid(session: ValueSession) -> str:
    """gen_random_uuid()."""
    return session.uuid4()


def width_bucket(value: float | str, low: float | str, high: float | str, count: int) -> int:
    """width_bucket(value, low, high, count)."""
    if count <= 0:
        raise database_error("2201G", "count must be greater than zero")
    if low == high:
        raise database_error("2201G", "lower bound cannot equal upper bound")
    if isinstance(value, str) or isinstance(low, str) or isinstance(high, str):  # NaN
        raise database_error("2201G", "operand, lower bound, and upper bound cannot be NaN")
    if math.isinf(low) or math.isinf(high):
        raise database_error("2201G", "lower and upper bounds must be finite")
    if math.isinf(value):
        return count + 1 if (value > 0) == (low < high) else 0
    place = (value - low) / (high - low)
    return 0 if place < 0 else count + 1 if place >= 1 else int(place * count) + 1


# Of larger ones the digits before the point are too many (`numeric.c`, `numeric_fac`).
_LARGEST_FACTORIAL = 32177


def factorial(number: int) -> str:
    """factorial(n), as numeric."""
    if number < 0:
        raise database_error("22003", "factorial of a negative number is undefined")
    if number > _LARGEST_FACTORIAL:
        raise database_error("22003", "value overflows numeric format")
    result = 1
    for factor in range(2, number + 1):
        result *= factor
    return str(result)


def unnested(array: str) -> str:
    """unnest(array): all elements, flat, as a JSON list for json_each."""
    return arrays.store(arrays.flat(arrays.load(array))) if "[[" in array else array


def unnested_together(*given: str | None) -> str:
    """unnest(array, array ...): their elements side by side, the shorter filled up with nulls, as a JSON list of rows."""
    columns = [arrays.flat(arrays.load(array)) if array is not None else [] for array in given]
    return arrays.store([arrays.store(list(row)) for row in zip_longest(*columns)])


def steps(value: Any, *pairs: Any) -> Any:
    """A chain of operators of two operands: each a function of this runtime by its name, and its right side."""
    from nexus_testkit.postgres.values.functions import RUNTIME  # noqa: PLC0415  # that module imports this one

    for name, right in zip(pairs[::2], pairs[1::2], strict=True):
        spec = RUNTIME[name]
        value = None if spec.strict and (value is None or right is None) else spec.function(value, right)
    return value


def typed(session: ValueSession, name: str, types: str, *values: Any) -> Any:
    """A function of this runtime whose arguments each stand behind their type, by its name."""
    from nexus_testkit.postgres.values.functions import RUNTIME  # noqa: PLC0415  # that module imports this one

    spec = RUNTIME[name]
    pairs = [piece for pair in zip(json.loads(types), values, strict=True) for piece in pair]
    return spec.function(session, *pairs) if spec.session else spec.function(*pairs)


def array_parts(*parts: str) -> str:
    """The elements of several arrays in one."""
    return arrays.store([item for part in parts for item in arrays.load(part)])


def extreme(spec: str, *values: Any) -> Any:
    """GREATEST and LEAST: nulls are passed over, of equal values the first stays. An enum's labels stand in the spec, as hex."""
    which, _, kind = spec.rpartition(":")
    found = [value for value in values if value is not None]
    if not found:
        return None
    sign = 1 if which.endswith("greatest") else -1
    if which.startswith("enum"):
        labels = [bytes.fromhex(label).decode() for label in kind.split(",")]
        return max(found, key=lambda label: sign * labels.index(label))
    compare = comparer(kind)
    best = found[0]
    for value in found[1:]:
        if compare(value, best) * sign > 0:
            best = value
    return best


def side_by_side(*sets: Any) -> str:
    """The rows of several sets side by side, the shorter filled up with nulls; after each set the number of its columns."""
    columns: list[list[Any]] = []
    for rows, width in zip(sets[::2], sets[1::2], strict=True):
        items = arrays.load(rows) if rows is not None else []
        if width == 1:
            columns.append(items)
            continue
        listed = [arrays.load(row) if isinstance(row, str) else row or [] for row in items]
        columns += [[row[at] if at < len(row) else None for row in listed] for at in range(width)]
    return arrays.store([list(row) for row in zip_longest(*columns)])


def array_element(item: Any, element_type: str) -> Any:
    """An element as json_each gives it, in its column's storage (bytea, infinite floats)."""
    return arrays.element(item, element_type)


def rows_of_matches(text: str, pattern: str, flags: str = "") -> str:
    """regexp_matches: one text[] a row, as a JSON list for json_each."""
    return arrays.store([arrays.store(list(groups)) for groups in patterns.all_matches(text, pattern, flags)])


def first_match(text: str, pattern: str, flags: str = "") -> str | None:
    """regexp_match."""
    found = patterns.first_match(text, pattern, flags)
    return None if found is None else arrays.store(list(found))


def regexp_split(text: str, pattern: str, flags: str = "", function: str = "regexp_split_to_array") -> str:
    """regexp_split_to_array and regexp_split_to_table."""
    return arrays.store(list(patterns.split(text, pattern, flags, function)))


def concat(session: ValueSession, *typed: Any) -> str:
    """concat(...), each argument preceded by its type."""
    return textual.concat(*tojson.shown(session, typed))


def concat_ws(session: ValueSession, *typed: Any) -> str | None:
    """concat_ws(separator, ...)."""
    return textual.concat_ws(*tojson.shown(session, typed))


def format_typed(session: ValueSession, *typed: Any) -> str | None:
    """format(template, ...)."""
    return textual.format_text(*tojson.shown(session, typed))


def keys(document: str, kind: str, function: str) -> str:
    """jsonb_object_keys, as a JSON list for json_each."""
    return arrays.store([pair[0] for pair in arrays.load(jsonops.entries(document, kind, function))])


def subscripts(array: str, dimension: int) -> str:
    """generate_subscripts(array, dimension), as a JSON list for json_each."""
    size = arrayops.length(array, dimension)
    return arrays.store(list(range(1, (size or 0) + 1)))
