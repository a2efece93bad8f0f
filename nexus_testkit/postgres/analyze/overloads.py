"""Which operator, function or common type is meant.

The algorithms of the manual's chapter 10 ("Type Conversion", https://www.postgresql.org/docs/18/typeconv.html),
in the order and with the corners of `parse_func.c` (`func_select_candidate`), `parse_oper.c` (`oper`) and
`parse_coerce.c` (`can_coerce_type`, `select_common_type`, `enforce_generic_type_consistency`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from nexus_testkit.postgres.catalog.system import IMPLICIT, Routine, system
from nexus_testkit.postgres.values import records
from nexus_testkit.postgres.values.rangetypes import MULTIRANGE_OF, RANGE_OF, SUBTYPES, bound_type
from nexus_testkit.postgres.values.regs import as_array

UNKNOWN = "unknown"
STRING = "S"

_ELEMENTS = frozenset({"anyelement", "anynonarray", "anyenum"})
_COMPATIBLE = frozenset({"anycompatible", "anycompatiblenonarray"})
_EXACT = _ELEMENTS | {"anyarray", "anyrange", "anymultirange"}
POLYMORPHIC = _ELEMENTS | _COMPATIBLE | {"anyarray", "anycompatiblearray", "anyrange", "anymultirange"}


class AmbiguousError(Exception):
    """Several candidates are left and none is better."""


class UndeterminedError(Exception):
    """Polymorphic parameters, and only literals of unknown type for them."""


class MismatchError(Exception):
    """Two types that no common type joins.

    Attributes:
        left, right: the two.
        index: which of the inputs did not fit.
    """

    def __init__(self, left: str, right: str, index: int) -> None:
        super().__init__(left, right)
        self.left = left
        self.right = right
        self.index = index


class Overloads:
    """Resolution over the system's tables and the enums of one catalogue."""

    __slots__ = ("_enums", "_system")

    def __init__(self, enums: Collection[str] = ()) -> None:
        """`enums` are the names of the user's enum types."""
        self._enums = enums
        self._system = system()

    def category(self, name: str) -> str:
        """pg_type.typcategory: `N`umeric, `S`tring, `A`rray, `E`num ..."""
        if name.endswith("[]"):
            return "A"
        if (row := records.find(name)) is not None:
            return "P" if row.key == records.ANONYMOUS else "C"
        return "E" if name in self._enums else self._system.categories.get(name, "U")

    def preferred(self, name: str) -> bool:
        """pg_type.typispreferred."""
        return name in self._system.preferred

    def can_coerce(self, source: str, target: str, context: str = IMPLICIT) -> bool:
        """Whether a value of `source` may become `target` in this context."""
        if source in (target, UNKNOWN) or target == "any":
            return True
        if source[-1:] == ")" and self._fits_row(source, target):
            return True
        if target in POLYMORPHIC:
            return self._fits_polymorphic(source, target)
        return self.pathway(source, target, context)

    def _fits_row(self, source: str, target: str) -> bool:
        """Any row is a record, an anonymous one may become one of a composite type (`can_coerce_type`)."""
        if target == records.ANONYMOUS:
            return True
        row = records.find(source)
        return row is not None and row.key == records.ANONYMOUS and records.find(target) is not None

    def pathway(self, source: str, target: str, context: str) -> bool:
        """`find_coercion_pathway`: a cast, an array's element cast, or through text."""
        if source == target or self._system.cast_allowed(source, target, context):
            return True
        source = as_array(source)
        if source.endswith("[]") and target.endswith("[]"):
            return self.pathway(source[:-2], target[:-2], context)
        if (source, target) in self._system.casts:
            return False
        if context != IMPLICIT and self.category(target) == STRING:
            return True
        return context == "e" and self.category(source) == STRING

    def _fits_polymorphic(self, source: str, target: str) -> bool:
        is_array = as_array(source).endswith("[]")
        if target in ("anyarray", "anycompatiblearray"):
            return is_array
        if target in ("anynonarray", "anycompatiblenonarray"):
            return not is_array
        if target == "anyenum":
            return source in self._enums
        if target in ("anyrange", "anymultirange"):
            return source in (SUBTYPES if target == "anyrange" else RANGE_OF)
        return target in ("anyelement", "anycompatible")

    def operator(self, name: str, args: Sequence[str]) -> Routine | None:
        """The operator with its polymorphic types filled in; None where there is none.

        Raises:
            AmbiguousError: 42725.
        """
        rows = self._system.operators.get(name, ())
        if len(args) == 2:
            left, right = args
            # A literal of unknown type beside a known one is first taken to be of the same type.
            both = (right, right) if left == UNKNOWN else (left, left) if right == UNKNOWN else (left, right)
            if UNKNOWN not in both:
                for row in rows:
                    if row.args == both:
                        return row
        candidates = [row for row in rows if len(row.args) == len(args)]
        if not candidates:
            return None
        return self._choose(candidates, args)

    def function(self, name: str, args: Sequence[str]) -> Routine | None:
        """The function with its polymorphic types filled in and `args` as long as the call's; None where there is none.

        Raises:
            AmbiguousError: 42725.
        """
        candidates: list[Routine] = []
        for row in self._system.functions.get(name, ()):
            count = len(row.args)
            if count == len(args) and not row.variadic:
                candidates.append(row)
            elif row.variadic and len(args) >= count:
                last = row.args[-1]
                each = {"any": "any", "anyarray": "anyelement", "anycompatiblearray": "anycompatible"}.get(
                    last, last[:-2]
                )
                candidates.append(replace(row, args=row.args[:-1] + (each,) * (len(args) - count + 1)))
            elif count - row.defaults <= len(args) < count:
                candidates.append(replace(row, args=row.args[: len(args)]))
        # Of two that take the same types the one that is not variadic is meant (namespace.c, `FuncnameGetCandidates`).
        plain = {row.args for row in candidates if not row.variadic}
        candidates = [row for row in candidates if not row.variadic or row.args not in plain]
        for row in candidates:
            if row.args == tuple(args):
                return row
        return self._choose(candidates, args)

    def _choose(self, candidates: list[Routine], args: Sequence[str]) -> Routine | None:
        matching = [row for row in candidates if self._accepts(row, args)]
        if not matching:
            return None
        chosen = matching[0] if len(matching) == 1 else self._best(matching, args)
        if chosen is None:
            raise AmbiguousError
        return self._filled(chosen, args)

    def _accepts(self, row: Routine, args: Sequence[str]) -> bool:
        if not all(self.can_coerce(arg, wanted) for arg, wanted in zip(args, row.args, strict=True)):
            return False
        return not POLYMORPHIC.intersection(row.args) or self._element(row, args) is not False

    def _best(self, rows: list[Routine], args: Sequence[str]) -> Routine | None:
        pairs = [(at, arg) for at, arg in enumerate(args) if arg != UNKNOWN]
        rows = _highest(rows, lambda row: sum(row.args[at] == arg for at, arg in pairs))
        if len(rows) == 1:
            return rows[0]
        rows = _highest(
            rows,
            lambda row: sum(
                row.args[at] == arg
                or (self.preferred(row.args[at]) and self.category(row.args[at]) == self.category(arg))
                for at, arg in pairs
            ),
        )
        if len(rows) == 1:
            return rows[0]
        if len(pairs) == len(args):
            return None
        rows = self._by_category(rows, args)
        if len(rows) == 1:
            return rows[0]
        known = {arg for _, arg in pairs}
        if len(known) == 1:
            assumed = known.pop()
            fitting = [row for row in rows if self._accepts(row, [assumed] * len(args))]
            if len(fitting) == 1:
                return fitting[0]
        return None

    def _by_category(self, rows: list[Routine], args: Sequence[str]) -> list[Routine]:
        """Literals of unknown type take the category that the candidates agree on, or string."""
        slots: dict[int, tuple[str, bool]] = {}
        for at, arg in enumerate(args):
            if arg != UNKNOWN:
                continue
            categories = [self.category(row.args[at]) for row in rows]
            category = STRING if STRING in categories else categories[0]
            if category != STRING and len(set(categories)) > 1:
                return rows
            slots[at] = (
                category,
                any(self.preferred(row.args[at]) for row in rows if self.category(row.args[at]) == category),
            )
        kept = [
            row
            for row in rows
            if all(
                self.category(row.args[at]) == category and (not has_preferred or self.preferred(row.args[at]))
                for at, (category, has_preferred) in slots.items()
            )
        ]
        return kept or rows

    def _element(self, row: Routine, args: Sequence[str]) -> str | bool | None:
        """What the polymorphic parameters stand for: an element type, None if nothing says, False if they disagree."""
        exact: str | None = None
        compatible: list[str] = []
        for arg, wanted in zip(args, row.args, strict=True):
            if arg == UNKNOWN:
                continue
            if wanted in _COMPATIBLE:
                compatible.append(arg)
            elif wanted == "anycompatiblearray":
                compatible.append(as_array(arg)[:-2])
            elif wanted in _ELEMENTS or wanted in ("anyarray", "anyrange", "anymultirange"):
                element: str | None = arg
                if wanted == "anyarray":
                    element = as_array(arg)[:-2]
                elif wanted not in _ELEMENTS:
                    element = bound_type(arg)
                if exact not in (None, element):
                    return False
                exact = element
        if compatible:
            try:
                return self.common(compatible)
            except MismatchError:
                return False
        return exact

    def _filled(self, row: Routine, args: Sequence[str]) -> Routine:
        if not POLYMORPHIC.intersection((*row.args, row.result)):
            return row
        element = self._element(row, args)
        if not isinstance(element, str):
            if _EXACT.intersection(row.args):
                raise UndeterminedError
            element = "text"
        span = next((RANGE_OF.get(arg, arg) for arg in args if arg in SUBTYPES or arg in RANGE_OF), None)
        if span is None and {"anyrange", "anymultirange"}.intersection(row.args):
            raise UndeterminedError
        fill = {
            name: element + "[]" if name.endswith("array") and "non" not in name else element for name in POLYMORPHIC
        }
        if span is not None:
            fill["anyrange"], fill["anymultirange"] = span, MULTIRANGE_OF[span]
        return replace(row, args=tuple(fill.get(arg, arg) for arg in row.args), result=fill.get(row.result, row.result))

    def common(self, types: Sequence[str]) -> str:
        """The type that CASE, COALESCE, UNION, ARRAY and VALUES give to inputs of these types.

        Raises:
            MismatchError: 42804.
        """
        if len({(kind, getattr(kind, "domain", "")) for kind in types}) > 1:
            types = [str(kind) for kind in types]  # only where all are of one domain does it stay
        chosen = types[0]
        for at, candidate in enumerate(types[1:], 1):
            if candidate in (UNKNOWN, chosen):
                continue
            if chosen == UNKNOWN:
                chosen = candidate
            elif self.category(candidate) != self.category(chosen):
                raise MismatchError(chosen, candidate, at)
            elif (
                not self.preferred(chosen)
                and self.can_coerce(chosen, candidate)
                and not self.can_coerce(candidate, chosen)
            ):
                chosen = candidate
        return "text" if chosen == UNKNOWN else chosen


def _highest(rows: list[Routine], score: Callable[[Routine], int]) -> list[Routine]:
    scores = [score(row) for row in rows]
    best = max(scores)
    return [row for row, value in zip(rows, scores, strict=True) if value == best]
