"""Functions and operators of arrays (src/backend/utils/adt/{arrayfuncs,array_userfuncs}.c)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.session import ValueSession


def make(*items: Any) -> str:
    """ARRAY[...] of scalars."""
    return arrays.store(list(items))


def make_nested(*items: str | None) -> str:
    """ARRAY[...] of arrays: one dimension more; 2202E if their shapes differ."""
    loaded = [arrays.load(item) for item in items if item is not None]
    if len(loaded) < len(items) or any(arrays.dimensions(item) != arrays.dimensions(loaded[0]) for item in loaded):
        raise database_error("2202E", "multidimensional arrays must have array expressions with matching dimensions")
    return arrays.store(loaded if arrays.flat(loaded) else [])


def length(array: str, dimension: int) -> int | None:
    """array_length and, bounds beginning at 1, array_upper."""
    sizes = arrays.dimensions(arrays.load(array))
    return sizes[dimension - 1] if 1 <= dimension <= len(sizes) else None


def lower_bound(array: str, dimension: int) -> int | None:
    """array_lower."""
    return None if length(array, dimension) is None else 1


def cardinality(array: str) -> int:
    """How many elements, of every dimension."""
    return len(arrays.flat(arrays.load(array)))


def depth(array: str) -> int | None:
    """array_ndims."""
    return len(arrays.dimensions(arrays.load(array))) or None


def bounds(array: str) -> str | None:
    """array_dims: `[1:2][1:3]`."""
    return "".join(f"[1:{size}]" for size in arrays.dimensions(arrays.load(array))) or None


def append(array: str | None, item: Any) -> str:
    """array_append, array || element."""
    items = _flat_only(array)
    return arrays.store([*items, item])


def prepend(item: Any, array: str | None) -> str:
    """array_prepend, element || array."""
    return arrays.store([item, *_flat_only(array)])


def _flat_only(array: str | None, verb: str = "") -> list[Any]:
    items = [] if array is None else arrays.load(array)
    if len(arrays.dimensions(items)) > 1:
        if verb:
            raise database_error("0A000", f"{verb} multidimensional arrays is not supported")
        raise database_error("22000", "argument must be empty or one-dimensional array")
    return items


_SEARCHING, _REMOVING = "searching for elements in", "removing elements from"


def concat(left: str | None, right: str | None) -> str | None:
    """array_cat, array || array."""
    if left is None or right is None:
        return right if left is None else left
    a, b = arrays.load(left), arrays.load(right)
    if not a or not b:
        return right if not a else left
    deep_a, deep_b = arrays.dimensions(a), arrays.dimensions(b)
    if len(deep_a) == len(deep_b) + 1:
        b, deep_b = [b], [1, *deep_b]
    elif len(deep_b) == len(deep_a) + 1:
        a, deep_a = [a], [1, *deep_a]
    if len(arrays.dimensions(arrays.load(left))) != len(arrays.dimensions(arrays.load(right))):
        detail = "Arrays with differing dimensions are not compatible for concatenation."
        if abs(len(deep_a) - len(deep_b)) > 0:
            detail = f"Arrays of {len(deep_a)} and {len(deep_b)} dimensions are not compatible for concatenation."
    else:
        detail = "Arrays with differing element dimensions are not compatible for concatenation."
    if deep_a[1:] != deep_b[1:]:
        raise database_error(
            "2202E",
            "cannot concatenate incompatible arrays",
            detail=detail,
        )
    return arrays.store([*a, *b])


def _equal(element_type: str, a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    return comparer(element_type)(arrays.element(a, element_type), arrays.element(b, element_type)) == 0


def _stored_form(item: Any) -> Any:
    return "\\x" + item.hex() if isinstance(item, bytes) else item


def position(element_type: str, array: str | None, item: Any, start: int | None = 1) -> int | None:
    """array_position(array, item, start); NULL finds NULL."""
    if array is None:
        return None
    wanted, items = _stored_form(item), _flat_only(array, _SEARCHING)
    if not items or (item is None and None not in items):
        return None  # before it looks at the start (array_userfuncs.c, array_position_common)
    if start is None:
        raise database_error("22004", "initial position must not be null")
    for at, each in enumerate(items, 1):
        if at >= start and _equal(element_type, each, wanted):
            return at
    return None


def positions(element_type: str, array: str | None, item: Any) -> str | None:
    """array_positions(array, item)."""
    if array is None:
        return None
    wanted = _stored_form(item)
    return arrays.store(
        [at for at, each in enumerate(_flat_only(array, _SEARCHING), 1) if _equal(element_type, each, wanted)]
    )


def remove(element_type: str, array: str | None, item: Any) -> str | None:
    """array_remove(array, item)."""
    if array is None:
        return None
    wanted = _stored_form(item)
    return arrays.store([each for each in _flat_only(array, _REMOVING) if not _equal(element_type, each, wanted)])


def substitute(element_type: str, array: str | None, old: Any, new: Any) -> str | None:
    """array_replace(array, old, new)."""
    if array is None:
        return None
    wanted, other = _stored_form(old), _stored_form(new)

    def change(items: list[Any]) -> list[Any]:
        return [
            change(each) if isinstance(each, list) else other if _equal(element_type, each, wanted) else each
            for each in items
        ]

    return arrays.store(change(arrays.load(array)))


def contains(element_type: str, array: str, part: str) -> int:
    """array @> array: NULL elements are contained in nothing."""
    return int(_all_in(element_type, arrays.load(part), arrays.load(array)))


def contained(element_type: str, part: str, array: str) -> int:
    """array <@ array."""
    return int(_all_in(element_type, arrays.load(part), arrays.load(array)))


def _all_in(element_type: str, part: list[Any], whole: list[Any]) -> bool:
    mine = [item for item in arrays.flat(whole) if item is not None]
    return all(
        item is not None and any(_equal(element_type, item, each) for each in mine) for item in arrays.flat(part)
    )


def overlaps(element_type: str, left: str, right: str) -> int:
    """array && array."""
    b = [item for item in arrays.flat(arrays.load(right)) if item is not None]
    return int(
        any(
            item is not None and any(_equal(element_type, item, each) for each in b)
            for item in arrays.flat(arrays.load(left))
        )
    )


def subscript(element_type: str, array: str, *indexes: int) -> Any:
    """array[i][j]...: NULL outside."""
    here: Any = arrays.load(array)
    for index in indexes:
        if not isinstance(here, list) or not 1 <= index <= len(here):
            return None
        here = here[index - 1]
    return None if isinstance(here, list) else arrays.element(here, element_type)


def cut(array: str, low: int | None, high: int | None) -> str:
    """array[low:high] in the first dimension; a missing bound is the array's own."""
    items = arrays.load(array)
    start = 1 if low is None else max(low, 1)
    end = len(items) if high is None else min(high, len(items))
    return arrays.store(items[start - 1 : end] if start <= end else [])


def trim(array: str, count: int) -> str:
    """trim_array(array, count); 2202E if there are fewer."""
    items = arrays.load(array)
    if not 0 <= count <= len(items):
        raise database_error("2202E", f"number of elements to trim must be between 0 and {len(items)}")
    return arrays.store(items[: len(items) - count])


def fill(item: Any, sizes: str) -> str:
    """array_fill(item, sizes)."""
    made: Any = _stored_form(item)
    for size in reversed(arrays.load(sizes)):
        made = [made] * size
    return arrays.store(made if isinstance(made, list) and arrays.flat(made) else [])


def join(
    session: ValueSession, element_type: str, array: str | None, delimiter: str | None, null: str | None = None
) -> str | None:
    """array_to_string(array, delimiter, null)."""
    if array is None or delimiter is None:
        return None
    convert = caster(element_type, "varchar") if element_type != "bool" else _bool_text
    pieces = [
        null if item is None else convert(arrays.element(item, element_type), session)
        for item in arrays.flat(arrays.load(array))
    ]
    return delimiter.join([piece for piece in pieces if piece is not None])


def _bool_text(value: Any, _session: ValueSession) -> str:
    return "t" if value else "f"


def ordered(element_type: str, array: str, descending: int = 0) -> str:
    """array_sort(array, descending): NULLs last, or first when descending."""
    items = arrays.load(array)
    present = [item for item in items if item is not None]
    compare = comparer(element_type)
    present.sort(
        key=cmp_to_key(lambda a, b: compare(arrays.element(a, element_type), arrays.element(b, element_type))),
        reverse=bool(descending),
    )
    nulls = [None] * (len(items) - len(present))
    return arrays.store([*nulls, *present] if descending else [*present, *nulls])


def turned(array: str) -> str:
    """array_reverse(array)."""
    return arrays.store(arrays.load(array)[::-1])


def any_of(element_type: str, operator: str, value: Any, array: str | None) -> int | None:
    """value operator ANY (array), three-valued; the operator is one of `= <> < <= > >=`."""
    return _quantified(element_type, operator, value, array, found=1)


def all_of(element_type: str, operator: str, value: Any, array: str | None) -> int | None:
    """value operator ALL (array), three-valued."""
    return _quantified(element_type, operator, value, array, found=0)


_TESTS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def _quantified(element_type: str, operator: str, value: Any, array: str | None, *, found: int) -> int | None:
    if array is None:
        return None
    items = arrays.flat(arrays.load(array))
    if not items:
        return 1 - found
    if value is None:
        return None
    test, compare = _TESTS[operator], comparer(element_type)
    unknown = False
    for item in items:
        if item is None:
            unknown = True
        elif int(test(compare(value, arrays.element(item, element_type)))) == found:
            return found
    return None if unknown else 1 - found
