"""What PostgreSQL's functions, operators and aggregates are in SQLite.

`FUNCTIONS` maps a name and its argument types, concrete or as pg_proc declares them (`anyarray`), to a template: `{0}`, `{1}` are the
arguments, `{t0}`, `{t1}` their types as literals, `{args}` all arguments, `{typed}` all of them as `'type', value`; a bare
identifier is a function of all arguments. Comparisons have none: see `types.collation`.
"""

from __future__ import annotations

from collections.abc import Sequence

from nexus_testkit.postgres.values import (
    functions_ranges,
    lowering_functions,
    lowering_json,
    lowering_operators,
    seldom,
)
from nexus_testkit.postgres.values.lowering_operators import Signature
from nexus_testkit.postgres.values.rangetypes import RANGE_OF, SUBTYPES
from nexus_testkit.postgres.values.types import TEXTS, collation

FUNCTIONS: dict[Signature, str] = {
    **lowering_functions.FUNCTIONS,
    **lowering_operators.OPERATORS,
    **lowering_json.FUNCTIONS,
    **functions_ranges.FUNCTIONS,
    **seldom.FUNCTIONS,
    ("row_to_json", ("record",)): "pg_to_json({0}, {t0})",
    ("row_to_json", ("record", "bool")): "pg_row_to_json({0}, {t0}, {1})",
}

_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_NATIVE_AGGREGATES = frozenset({"count", "min", "max"})
_NATIVE = frozenset({"count", "min", "max", "sum", "bool_and", "bool_or", "every"})
_VARIADIC = frozenset({f"{kind}_extract_path{tail}" for kind in ("json", "jsonb") for tail in ("", "_text")})
_ELEMENTS = ("anyelement", "any", "anynonarray", "anycompatible", "anycompatiblenonarray")
_ARRAYS = ("anyarray", "anycompatiblearray")


def lowering(name: str, types: Sequence[str]) -> str | None:
    """The template for a name and concrete argument types, or None where the runtime has none.

    Finds polymorphic entries too: of `array_append(int4[], int4)` that of `array_append(anycompatiblearray, anycompatible)`.
    """
    wanted = tuple("text" if kind in TEXTS and kind != "name" else kind for kind in types)
    found = FUNCTIONS.get((name, tuple(types))) or FUNCTIONS.get((name, wanted))
    if found is not None:
        return found
    if name in _COMPARISONS and len(types) == 2:
        under = collation(types[0])
        return f"({{0}} {name} {{1}}{f' COLLATE {under}' if under else ''})"
    if name in _NATIVE_AGGREGATES and len(types) == 1:
        under = collation(types[0])
        return f"{name}({{0}}{f' COLLATE {under}' if under and name != 'count' else ''})"
    made = functions_ranges.multirange_of_ranges(name, tuple(types))
    if made is not None:
        return made
    for (known, declared), template in FUNCTIONS.items():
        if known == name and _matches(declared, types):
            return template
        if known == name and name in _VARIADIC and types[0] == declared[0] and set(types[1:]) == {"text"}:
            return template
    return None


def _matches(declared: tuple[str, ...], types: Sequence[str]) -> bool:
    if declared[-1:] == ("any",) and len(types) >= len(declared):
        declared = (*declared, *["any"] * (len(types) - len(declared)))
    return len(declared) == len(types) and all(
        want == have
        or (want == "record" and have[-1:] == ")")
        or (want in _ARRAYS and have.endswith("[]"))
        or (want == "anyrange" and have in SUBTYPES)
        or (want == "anymultirange" and have in RANGE_OF)
        or (want in _ELEMENTS and (want in {"any", "anyelement", "anycompatible"} or not have.endswith("[]")))
        for want, have in zip(declared, types, strict=True)
    )


def aggregate_parts(name: str, types: Sequence[str]) -> tuple[str, str] | None:
    """The runtime's name of an aggregate and the layout of its steps (`typed`: each argument preceded by its type)."""
    template = lowering(name, types)
    if template is not None and "pg_agg_" in template:
        return template.partition("(")[0].removeprefix("pg_agg_"), "typed" if "{t0}" in template else ""
    return (name, "") if name in _NATIVE else None


def ordered_aggregate(
    name: str, types: Sequence[str], keys: Sequence[tuple[str, bool, bool]] = (), *, distinct: bool = False
) -> str | None:
    """`name(DISTINCT arguments ORDER BY keys)` as a template of the arguments and then the keys.

    A key is its type, whether it is descending, and whether NULLs come first. Also for `WITHIN GROUP`, whose argument is
    then the last of `types`.
    """
    template = lowering(name, types)
    inner, layout = name, ""
    if template is not None and "pg_agg_" in template:
        inner = template.partition("(")[0].removeprefix("pg_agg_")
        layout = "typed" if "{t0}" in template else ""
    elif name not in _NATIVE:
        return None
    sorting = ",".join(f"{kind}:{'d' if down else 'a'}{'f' if first else 'l'}" for kind, down, first in keys)
    spec = f"{inner}|{layout}|{','.join(types)}|{sorting}|{'distinct' if distinct else ''}"
    places = ", ".join(f"{{{at}}}" for at in range(len(types) + len(keys)))
    return f"pg_agg_ordered('{spec}', {places})"
