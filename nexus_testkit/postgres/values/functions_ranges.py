"""Ranges: what their functions and operators are in SQLite's words, and the Python functions behind (imported with the first call)."""

from __future__ import annotations

from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.lowering_operators import Signature
from nexus_testkit.postgres.values.rangetypes import MULTIRANGE_OF, RANGE_OF, SUBTYPES
from nexus_testkit.postgres.values.registry import RuntimeFunction


def _named(name: str, *, strict: bool = True) -> RuntimeFunction:
    return RuntimeFunction(late(f"rangeops.{name}"), strict=strict)


_OF_TWO = [
    "contains",
    "overlaps",
    "before",
    "after",
    "not_right_of",
    "not_left_of",
    "adjacent",
    "union",
    "merge",
    "intersection",
    "difference",
    "contains_value",
]
_OF_ONE = "lower upper is_empty lower_inc upper_inc lower_inf upper_inf unnest collect gather".split()  # noqa: SIM905  # reads better

RUNTIME: dict[str, RuntimeFunction] = {
    **{f"pg_range_{name}": _named(name) for name in (*_OF_TWO, *_OF_ONE)},
    "pg_range_construct": _named("construct", strict=False),
    "pg_range_collect": _named("collect", strict=False),
}

FUNCTIONS: dict[Signature, str] = {}
_EITHER = ("anyrange", "anymultirange")
for _left in _EITHER:
    for _right in _EITHER:
        _pair = (_left, _right)
        for _operator, _name in (
            ("@>", "contains"),
            ("&&", "overlaps"),
            ("<<", "before"),
            (">>", "after"),
            ("&<", "not_right_of"),
            ("&>", "not_left_of"),
            ("-|-", "adjacent"),
        ):
            FUNCTIONS[_operator, _pair] = f"pg_range_{_name}({{t0}}, {{0}}, {{1}})"
        FUNCTIONS["<@", _pair] = "pg_range_contains({t0}, {1}, {0})"
    for _operator, _name in (("+", "union"), ("*", "intersection"), ("-", "difference")):
        FUNCTIONS[_operator, (_left, _left)] = f"pg_range_{_name}({{t0}}, {{0}}, {{1}})"
    for _name in ("lower", "upper", "lower_inc", "upper_inc", "lower_inf", "upper_inf"):
        FUNCTIONS[_name, (_left,)] = f"pg_range_{_name}"
    FUNCTIONS["isempty", (_left,)] = "pg_range_is_empty"
    FUNCTIONS["range_agg", (_left,)] = "pg_agg_range({t0}, {0})"
    FUNCTIONS["range_intersect_agg", (_left,)] = "pg_agg_range_intersect({t0}, {0})"
for _left in _EITHER:  # after the others: a range is an element too
    FUNCTIONS["@>", (_left, "anyelement")] = "pg_range_contains_value({t0}, {0}, {1})"
    FUNCTIONS["<@", ("anyelement", _left)] = "pg_range_contains_value({t1}, {1}, {0})"
FUNCTIONS["range_merge", ("anyrange", "anyrange")] = "pg_range_merge({t0}, {0}, {1})"
FUNCTIONS["range_merge", ("anymultirange",)] = "pg_range_merge(replace({t0}, 'multirange', 'range'), {0})"
FUNCTIONS["multirange", ("anyrange",)] = "pg_range_collect({t0}, {0})"
FUNCTIONS["unnest", ("anymultirange",)] = "pg_range_unnest"
for _name, _bound in SUBTYPES.items():
    FUNCTIONS[_name, (_bound, _bound)] = f"pg_range_construct('{_name}', {{0}}, {{1}})"
    FUNCTIONS[_name, (_bound, _bound, "text")] = f"pg_range_construct('{_name}', {{0}}, {{1}}, {{2}})"
    FUNCTIONS[MULTIRANGE_OF[_name], ()] = "'[]'"


def multirange_of_ranges(name: str, types: tuple[str, ...]) -> str | None:
    """The template of `int4multirange(range, ...)`, which takes any number."""
    wanted = RANGE_OF.get(name)
    if wanted is None or not types or set(types) != {wanted}:
        return None
    return f"pg_range_collect('{name}', {{args}})"


# -- functions behind the operators ----------------------------------------------------------------------------------------

_WORDS = {
    "contains": "@>",
    "contained_by": "<@",
    "overlaps": "&&",
    "before": "<<",
    "after": ">>",
    "overleft": "&<",
    "overright": "&>",
    "adjacent": "-|-",
}
for _word, _operator in _WORDS.items():
    for _left, _right in ((left, right) for left in _EITHER for right in _EITHER):
        _one, _other = _left.removeprefix("any"), _right.removeprefix("any")
        _name = f"range_{_word}" if _one == _other == "range" else f"{_one}_{_word}_{_other}"
        FUNCTIONS[_name, (_left, _right)] = FUNCTIONS[_operator, (_left, _right)]
for _kind in _EITHER:
    _one = _kind.removeprefix("any")
    FUNCTIONS[f"{_one}_contains_elem", (_kind, "anyelement")] = FUNCTIONS["@>", (_kind, "anyelement")]
    FUNCTIONS[f"elem_contained_by_{_one}", ("anyelement", _kind)] = FUNCTIONS["<@", ("anyelement", _kind)]
    for _word, _operator in (("union", "+"), ("intersect", "*"), ("minus", "-")):
        FUNCTIONS[f"{_one}_{_word}", (_kind, _kind)] = FUNCTIONS[_operator, (_kind, _kind)]
for _name, _range in RANGE_OF.items():
    FUNCTIONS[_name, (f"{_range}[]",)] = f"pg_range_gather('{_name}', {{0}})"
