"""What a filter of a CRUD service lets through, and values to try it with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from hypothesis import strategies as st

_WILDCARDS = ("%", "_", "\\", "*", "?", "'", "[")
Matches = Callable[[Mapping[str, Any], Any], bool | None]


def _no_probes(_item: Mapping[str, Any]) -> Sequence[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a service's `list`.

    Attributes:
        matches: `matches(item, value)` says whether the item is let through; None where either will do.
        values: `values(items)` is the strategy of what is filtered for, given the items that there are.
        probes: `probes(item)` are values that are easily got wrong for this item; they are tried in turn.
        fields: the fields that it looks at: an item must have them.
    """

    matches: Matches
    values: Callable[[Sequence[Mapping[str, Any]]], st.SearchStrategy[Any]]
    probes: Callable[[Mapping[str, Any]], Sequence[Any]] = _no_probes
    fields: tuple[str, ...] = ()


def equals(field: str, *, ignore_case: bool = False, of_none: bool = True) -> Filter:
    """Items whose field is the value; None means that it is None, and is not asked for unless `of_none`."""

    def probes(item: Mapping[str, Any]) -> list[Any]:
        value = item.get(field)
        if value is None and not of_none:
            return []
        return _distinct([value.swapcase(), value, *_wildly(value)]) if isinstance(value, str) else [value]

    def values(items: Sequence[Mapping[str, Any]]) -> st.SearchStrategy[Any]:
        known = _distinct(probe for item in items for probe in probes(item))
        return st.sampled_from(known) if known else st.nothing()

    return Filter(lambda item, value: same(item.get(field), value, ignore_case=ignore_case), values, probes, (field,))


def contains(*fields: str, ignore_case: bool = False) -> Filter:
    """Items one of whose text fields holds the value itself: its `%`, `_` and backslashes are no wildcards."""

    def matches(item: Mapping[str, Any], value: str) -> bool | None:
        found = [within(value, item.get(field), ignore_case=ignore_case) for field in fields]
        return True if True in found else None if None in found else False

    def groups(items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        texts = [text for item in items for field in fields if isinstance(text := item.get(field), str) and text]
        parts = _distinct(part for text in texts for part in (text, text[:2], text[-2:], text[len(text) // 2]))
        hard = _distinct(wild for wild in _WILDCARDS for text in texts if wild in text)
        swapped = [part.swapcase() for part in parts if part.swapcase() != part]
        wild = _distinct(each for part in parts for each in _wildly(part))
        return [group for group in (swapped, hard, parts, wild) if group]

    def probes(item: Mapping[str, Any]) -> list[str]:
        # The first of each group, the second of each, and so on: what comes early is tried most.
        found = zip_longest(*groups([item]))
        return _distinct(value for row in found for value in row if value is not None)

    def values(items: Sequence[Mapping[str, Any]]) -> st.SearchStrategy[Any]:
        return st.one_of(*map(st.sampled_from, groups(items)), st.sampled_from(_WILDCARDS))

    return Filter(matches, values, probes, fields)


def has_all(field: str) -> Filter:
    """Items whose list holds every one of the given values."""

    def matches(item: Mapping[str, Any], wanted: Sequence[Any]) -> bool:
        return all(value in (item.get(field) or ()) for value in wanted)

    def values(items: Sequence[Mapping[str, Any]]) -> st.SearchStrategy[Any]:
        known = _distinct(value for item in items for value in item.get(field) or ())
        return st.lists(st.sampled_from(known), min_size=1, max_size=2, unique=True) if known else st.nothing()

    def probes(item: Mapping[str, Any]) -> list[list[Any]]:
        has = _distinct(item.get(field) or ())
        return _distinct([has, has[:1], has[-2:], has[::-1]]) if has else []

    return Filter(matches, values, probes, (field,))


def same(left: Any, right: Any, *, ignore_case: bool) -> bool | None:
    """Whether two values are one; None where ways of ignoring case differ ('ß' and 'SS', the dotless i)."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    if left == right or not ignore_case or not (isinstance(left, str) and isinstance(right, str)):
        return bool(left == right)
    answers = {form(left) == form(right) for form in (str.lower, str.casefold, str.upper)}
    return answers.pop() if len(answers) == 1 else None


def within(part: str, text: object, *, ignore_case: bool) -> bool | None:
    """Whether a text holds another, see `same`."""
    if not isinstance(text, str):
        return False
    if part in text or not ignore_case:
        return part in text
    answers = {form(part) in form(text) for form in (str.lower, str.casefold, str.upper)}
    return answers.pop() if len(answers) == 1 else None


def _wildly(text: str) -> list[str]:
    """The text with a wildcard of SQL, or an escape, in place of a character."""
    return [wild + text[1:] for wild in ("%", "_")] + [text[:-1] + "_", text + "%", "\\" + text] if text else []


def _distinct(values: Any) -> list[Any]:
    """Without repetitions, in order; the values need not be hashable."""
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
