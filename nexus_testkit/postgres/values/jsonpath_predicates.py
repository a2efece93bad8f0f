"""Predicates of a jsonpath: comparisons, like_regex, exists, and what joins them (src/backend/utils/adt/jsonpath_exec.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nexus_testkit.postgres.values import jsonb
from nexus_testkit.postgres.values.jsonpath import compiled
from nexus_testkit.postgres.values.jsonpath_errors import PathError
from nexus_testkit.postgres.values.jsonpath_times import Moment, compare_moments
from nexus_testkit.postgres.values.jsonpath_tree import Item

if TYPE_CHECKING:
    from nexus_testkit.postgres.values.jsonpath_run import Run

#: Truth values of predicates.
TRUE, FALSE, UNKNOWN = 1, 0, None
PREDICATES = frozenset(
    {"&&", "||", "!", "is unknown", "==", "!=", "<", ">", "<=", ">=", "exists", "starts with", "like_regex"}
)


def test(run: Run, item: Item, value: Any) -> int | None:
    """PostgreSQL's `executeBoolItem`."""
    kind, args = item.kind, item.args
    if kind == "&&":
        left = test(run, args[0], value)
        if left == FALSE:
            return FALSE
        right = test(run, args[1], value)
        return left if right == TRUE else right
    if kind == "||":
        left = test(run, args[0], value)
        if left == TRUE:
            return TRUE
        right = test(run, args[1], value)
        return left if right == FALSE else right
    if kind == "!":
        inner = test(run, args[0], value)
        return UNKNOWN if inner is UNKNOWN else 1 - inner
    if kind == "is unknown":
        return int(test(run, args[0], value) is UNKNOWN)
    if kind == "exists":
        return _exists(run, args[0], value)
    if kind == "like_regex":
        pattern = compiled(*item.value)
        return _predicate(
            run, item, value, lambda text, _: int(bool(pattern.search(text))) if isinstance(text, str) else UNKNOWN
        )
    if kind == "starts with":
        return _predicate(run, item, value, _starts)
    return _predicate(run, item, value, lambda one, other: compare(run, kind, one, other))


def _exists(run: Run, item: Item, value: Any) -> int | None:
    try:
        if run.lax:
            return int(run.item(item, value, None))
        got: list[Any] = []
        run.item(item, value, got)
    except PathError:
        return UNKNOWN
    return int(bool(got))


def _predicate(run: Run, item: Item, value: Any, holds: Callable[[Any, Any], int | None]) -> int | None:
    """PostgreSQL's `executePredicate`."""
    try:
        lefts = run.operands(item.args[0], value)
        rights: list[Any] = [None]
        if len(item.args) > 1:
            if item.kind == "starts with":
                rights = []
                run.item(item.args[1], value, rights)
            else:
                rights = run.operands(item.args[1], value)
    except PathError:
        return UNKNOWN
    failed = some = False
    for left in lefts:
        for right in rights:
            answer = holds(left, right)
            if answer is UNKNOWN:
                if not run.lax:
                    return UNKNOWN
                failed = True
            elif answer == TRUE:
                if run.lax:
                    return TRUE
                some = True
    return TRUE if some else UNKNOWN if failed else FALSE


def compare(run: Run, operator: str, left: Any, right: Any) -> int | None:
    """PostgreSQL's `compareItems`."""
    if isinstance(left, Moment) and isinstance(right, Moment):
        order = compare_moments(left, right, run.session, zoned=run.zoned)
        return UNKNOWN if order is None else _decided(operator, order)
    kind, other = jsonb.type_of(left), jsonb.type_of(right)
    if isinstance(left, Moment) or isinstance(right, Moment) or kind != other:
        if left is None or right is None:  # null is different from everything, and neither more nor less
            return int(operator == "!=")
        return UNKNOWN
    if kind in {"array", "object"}:
        return UNKNOWN
    if kind == "null":
        return _decided(operator, 0)
    return _decided(operator, int(left > right) - int(left < right))


def _starts(text: Any, start: Any) -> int | None:
    return int(text.startswith(start)) if isinstance(text, str) and isinstance(start, str) else UNKNOWN


def _decided(operator: str, order: int) -> int:
    return int(
        order == 0
        if operator == "=="
        else order != 0
        if operator == "!="
        else order < 0
        if operator == "<"
        else order > 0
        if operator == ">"
        else order <= 0
        if operator == "<="
        else order >= 0
    )
