"""The jsonpath executor (src/backend/utils/adt/jsonpath_exec.c, named functions in brackets).

Values are those of `jsonb.parse` (dict, list, str, int, Decimal, bool, None) and `jsonpath_times.Moment`. A path gives a list of values;
where only existence is asked, the search stops at the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import numeric
from nexus_testkit.postgres.values.jsonpath_errors import PathError, failure
from nexus_testkit.postgres.values.jsonpath_predicates import PREDICATES, test
from nexus_testkit.postgres.values.jsonpath_tree import MOST, Item, Path, is_number
from nexus_testkit.postgres.values.session import ValueSession

Found = list[Any] | None  # None: only whether there is a value is asked
Method = Callable[["Run", Item, Any], Any]

_ARITHMETIC = {
    "+": numeric.add,
    "-": numeric.subtract,
    "*": numeric.multiply,
    "/": numeric.divide,
    "%": numeric.modulo,
}


class Run:
    """One evaluation of a path on a document.

    Attributes:
        session: of the connection, for time zones.
        lax: the mode of the path.
        zoned: whether conversions may use the session's time zone: the functions called `_tz`.
        found: what `values` has gathered, also where it ended in an error.
        base: the object that positions of `.keyvalue()` count from, and its number.
    """

    def __init__(
        self,
        path: Path,
        document: Any,
        names: dict[str, Any] | None,
        session: ValueSession,
        *,
        zoned: bool,
        passing: bool = False,
    ) -> None:
        """`names` are the values of variables: one jsonb object, or those of a PASSING clause."""
        self.path = path
        self.root = self.current = document
        self.names = names or {}
        self.session = session
        self.zoned = zoned
        self.lax = not path.strict
        self.tolerant = self.lax  # structural errors are ignored
        self.size: int | None = None
        self.found: list[Any] = []
        self.base: tuple[Any, int] = (document, 0)
        self.passing = passing
        self.generated = 1 + (len(self.names) if passing else 1)

    def values(self) -> list[Any]:
        """All values of the path.

        Raises:
            PathError: what `silent` swallows.
        """
        self.found = []
        self.item(self.path.root, self.root, self.found)
        return self.found

    def exists(self) -> bool:
        """Whether the path gives a value; in strict mode all of it is evaluated, for its errors."""
        if not self.lax:
            return bool(self.values())
        return self.item(self.path.root, self.root, None)

    # -- items: each gives whether it found anything -------------------------------------------------------------

    def item(self, item: Item, value: Any, found: Found, *, unwrap: bool | None = None) -> bool:
        """PostgreSQL's `executeItemOptUnwrapTarget`; `unwrap` (by default in lax mode): an array where none is expected stands for its elements."""
        rule = _RULES.get(item.kind)
        if rule is not None:
            return rule(self, item, value, found, self.lax if unwrap is None else unwrap)
        if item.kind in PREDICATES:
            return self.following(item, test(self, item, value), found, truth=True)
        if item.kind in _ARITHMETIC:
            return self._unary(item, value, found) if len(item.args) == 1 else self._binary(item, value, found)
        return self._method(item, value, found, unwrap=self.lax if unwrap is None else unwrap)

    def following(self, item: Item, value: Any, found: Found, *, truth: bool = False) -> bool:
        """PostgreSQL's `executeNextItem`."""
        if truth and value is not None:
            value = bool(value)
        if item.next is not None:
            return self.item(item.next, value, found)
        if found is not None:
            found.append(value)
        return True

    def each(self, values: Iterable[Any], item: Item | None, found: Found, *, unwrap: bool) -> bool:
        """An accessor on each of some values; None gives the values themselves."""
        some = False
        for value in values:
            if item is not None:
                some |= self.item(item, value, found, unwrap=unwrap)
            elif found is not None:
                found.append(value)
                some = True
            else:
                return True
            if some and found is None:
                return True
        return some

    def rule_literal(self, item: Item, _value: Any, found: Found, _unwrap: bool) -> bool:
        return self.following(item, item.value, found)

    def rule_variable(self, item: Item, _value: Any, found: Found, _unwrap: bool) -> bool:
        if item.value not in self.names:
            raise database_error("42704", f'could not find jsonpath variable "{item.value}"')
        before = self.base
        value = self.names[item.value]
        self.base = (value, 1 + list(self.names).index(item.value)) if self.passing else (self.names, 1)
        try:
            return self.following(item, value, found)
        finally:
            self.base = before

    def rule_root(self, item: Item, _value: Any, found: Found, _unwrap: bool) -> bool:
        before, self.base = self.base, (self.root, 0)
        try:
            return self.following(item, self.root, found)
        finally:
            self.base = before

    def rule_current(self, item: Item, _value: Any, found: Found, _unwrap: bool) -> bool:
        return self.following(item, self.current, found)

    def rule_elements(self, item: Item, value: Any, found: Found, _unwrap: bool) -> bool:
        if isinstance(value, list):
            return self.each(value, item.next, found, unwrap=self.lax)
        if self.lax:
            return self.following(item, value, found)
        return self._structural("22039", "jsonpath wildcard array accessor can only be applied to an array")

    def rule_members(self, item: Item, value: Any, found: Found, unwrap: bool) -> bool:
        if isinstance(value, dict):
            return self.each(value.values(), item.next, found, unwrap=self.lax)
        if unwrap and isinstance(value, list):
            return self.each(value, item, found, unwrap=False)
        return self._structural("2203C", "jsonpath wildcard member accessor can only be applied to an object")

    def _structural(self, sqlstate: str, message: str) -> bool:
        if self.tolerant:
            return False
        raise failure(sqlstate, message)

    def rule_key(self, item: Item, value: Any, found: Found, unwrap: bool) -> bool:
        if isinstance(value, dict):
            if item.value in value:
                return self.following(item, value[item.value], found)
            return self._structural("2203A", f'JSON object does not contain key "{item.value}"')
        if unwrap and isinstance(value, list):
            return self.each(value, item, found, unwrap=False)
        return self._structural("2203A", "jsonpath member accessor can only be applied to an object")

    def rule_subscript(self, item: Item, value: Any, found: Found, _unwrap: bool) -> bool:
        if not isinstance(value, list) and not self.lax:
            return self._structural("22039", "jsonpath array accessor can only be applied to an array")
        items = value if isinstance(value, list) else [value]
        before, self.size = self.size, len(items)
        some = False
        try:
            for low_item, high_item in item.args:
                low = self._index(low_item, value)
                high = low if high_item is None else self._index(high_item, value)
                if not self.tolerant and (low < 0 or low > high or high >= len(items)):
                    raise failure("22033", "jsonpath array subscript is out of bounds")
                for at in range(max(low, 0), min(high, len(items) - 1) + 1):
                    some |= self.following(item, items[at], found)
                    if some and found is None:
                        return True
        finally:
            self.size = before
        return some

    def _index(self, item: Item, value: Any) -> int:
        got: list[Any] = []
        self.item(item, value, got)
        if len(got) != 1 or not is_number(got[0]):
            raise failure("22033", "jsonpath array subscript is not a single numeric value")
        index = int(got[0])
        if not -(2**31) <= index < 2**31:
            raise failure("22033", "jsonpath array subscript is out of integer range")
        return index

    def rule_last(self, item: Item, _value: Any, found: Found, _unwrap: bool) -> bool:
        return self.following(item, (self.size or 0) - 1, found)

    def rule_levels(self, item: Item, value: Any, found: Found, _unwrap: bool) -> bool:
        low, high = item.value
        before, self.tolerant = self.tolerant, True
        try:
            some = self.following(item, value, found) if low == 0 else False
            if some and found is None:
                return True
            return self._deeper(item, value, found, 1, low, high) or some
        finally:
            self.tolerant = before

    def _deeper(self, item: Item, value: Any, found: Found, level: int, low: int, high: int) -> bool:
        """PostgreSQL's `executeAnyItem`."""
        some = False
        if level > high:
            return some
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            deep = isinstance(inner, (dict, list))
            if level >= low or (low == high == MOST and not deep):
                some |= self.following(item, inner, found)
            if level < high and deep and not (some and found is None):
                some |= self._deeper(item, inner, found, level + 1, low, high)
            if some and found is None:
                return True
        return some

    def rule_filter(self, item: Item, value: Any, found: Found, unwrap: bool) -> bool:
        if unwrap and isinstance(value, list):
            return self.each(value, item, found, unwrap=False)
        before, self.current = self.current, value
        try:
            passed = test(self, item.args[0], value)
        finally:
            self.current = before
        return bool(passed) and self.following(item, value, found)

    def _method(self, item: Item, value: Any, found: Found, *, unwrap: bool) -> bool:
        from nexus_testkit.postgres.values import jsonpath_methods  # noqa: PLC0415  # it imports this module

        if item.kind == "keyvalue":
            return jsonpath_methods.key_value(self, item, value, found, unwrap=unwrap)
        if unwrap and isinstance(value, list) and item.kind not in {"type", "size"}:
            return self.each(value, item, found, unwrap=False)
        if item.kind == "size" and not isinstance(value, list) and not self.lax:
            return self._structural("22039", "jsonpath item method .size() can only be applied to an array")
        return self.following(item, jsonpath_methods.METHODS[item.kind](self, item, value), found)

    # -- arithmetic ------------------------------------------------------------------------------------------------

    def operands(self, item: Item, value: Any) -> list[Any]:
        """PostgreSQL's `executeItemOptUnwrapResult`: what an operand gives, arrays taken apart in lax mode."""
        got: list[Any] = []
        self.item(item, value, got)
        if not self.lax:
            return got
        return [each for one in got for each in (one if isinstance(one, list) else [one])]

    def _binary(self, item: Item, value: Any, found: Found) -> bool:
        sides = [self.operands(arg, value) for arg in item.args]
        for word, side in zip(("left", "right"), sides, strict=True):
            if len(side) != 1 or not is_number(side[0]):
                raise failure("22038", f"{word} operand of jsonpath operator {item.kind} is not a single numeric value")
        try:
            made = _ARITHMETIC[item.kind](*(numeric.to_text(Decimal(side[0])) for side in sides))
        except UnsupportedSQL:
            raise
        except DatabaseError as error:
            raise PathError(error) from None
        return self.following(item, number(made), found)

    def _unary(self, item: Item, value: Any, found: Found) -> bool:
        some = False
        for operand in self.operands(item.args[0], value):
            if not is_number(operand):
                if found is None and item.next is None:
                    continue
                raise failure("2203B", f"operand of unary jsonpath operator {item.kind} is not a numeric value")
            some |= self.following(item, -operand if item.kind == "-" else operand, found)
            if some and found is None:
                return True
        return some


def number(storage: str) -> int | Decimal:
    """A numeric's storage as a JSON number."""
    return int(storage) if "." not in storage else Decimal(storage)


_RULES: dict[str, Callable[[Run, Item, Any, Found, bool], bool]] = {
    "literal": Run.rule_literal,
    "variable": Run.rule_variable,
    "$": Run.rule_root,
    "@": Run.rule_current,
    "[*]": Run.rule_elements,
    ".*": Run.rule_members,
    "key": Run.rule_key,
    "[]": Run.rule_subscript,
    "last": Run.rule_last,
    "**": Run.rule_levels,
    "?": Run.rule_filter,
}
