"""What keeps a request from matching a route, field by field, and which route it nearly matched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import httpx
from respx.patterns import Lookup, Match, Pattern

_ABSENT: Any = object()
_LONGEST = 120
# How far apart two requests are when they differ in a field: another host is further away than another query.
_WEIGHTS = {"host": 16.0, "path": 8.0, "url": 8.0, "port": 4.0, "method": 3.0, "scheme": 2.0}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which a request is not what a route expects.

    Attributes:
        text: in words, such as `"method: expected GET, got POST"`.
        weight: how much it matters when the nearest route is looked for.
    """

    text: str
    weight: float = 1.0


def differences(patterns: Sequence[Pattern], request: httpx.Request) -> list[Difference]:
    """Every field in which `request`, whose body has been read, differs from `patterns`; empty where it matches."""
    found: list[Difference] = []
    for pattern in patterns:
        if pattern.match(request):
            continue
        before = len(found)
        if hasattr(pattern, "differences"):
            found.extend(pattern.differences(request))
        else:
            found.extend(_EXPLAINED.get(getattr(pattern, "key", ""), _any)(pattern, request))
        if len(found) == before:  # a pattern that fails for a reason no explanation knows still is a difference
            found.append(Difference(f"does not match {shortened(pattern)}"))
    return found


def _single(pattern: Pattern, request: httpx.Request) -> Iterator[Difference]:
    got = pattern.parse(request)
    key = pattern.key
    if pattern.lookup is Lookup.REGEX:
        expected = f"a match of /{pattern.value.pattern}/"
    elif pattern.lookup is Lookup.STARTS_WITH:
        expected = f"something that begins with {shortened(pattern.value)}"
    elif pattern.lookup is Lookup.IN:
        expected = f"one of {shortened(list(pattern.value))}"
    else:
        expected = shortened(pattern.value)
    weight = _WEIGHTS.get(key, 1.0)
    if key in {"path", "host"} and isinstance(pattern.value, str) and isinstance(got, str):
        weight *= 1.25 - SequenceMatcher(None, pattern.value, got, autojunk=False).ratio()
    yield Difference(f"{key}: expected {expected}, got {shortened(got)}", weight)


def _items(pattern: Pattern, request: httpx.Request) -> Iterator[Difference]:
    got = pattern.parse(request)
    label = {"params": "query", "headers": "header", "data": "form field", "files": "file"}[pattern.key]
    names = dict.fromkeys(name for name, _ in pattern.value.multi_items())
    for name in names:
        wanted, there = pattern.value.get_list(name), got.get_list(name)
        if wanted != there:
            yield Difference(f"{label} {name!r}: expected {_listed(wanted)}, got {_listed(there)}")
    if pattern.lookup is Lookup.EQUAL:
        for name in dict.fromkeys(name for name, _ in got.multi_items()):
            if name not in names:
                yield Difference(f"{label} {name!r}: not expected, got {_listed(got.get_list(name))}")


def _cookies(pattern: Pattern, request: httpx.Request) -> Iterator[Difference]:
    there = dict(pattern.parse(request))
    for name, value in sorted(pattern.value):
        if there.get(name, _ABSENT) != value:
            yield Difference(
                f"cookie {name!r}: expected {shortened(value)}, got {_or_nothing(there.get(name, _ABSENT))}"
            )


def _json(pattern: Pattern, request: httpx.Request) -> Iterator[Difference]:
    try:
        there = json.loads(request.content.decode())
    except ValueError:
        yield Difference(f"json: expected a JSON body, got {_body(request)}")
        return
    path = "json"
    for step in filter(None, (getattr(pattern, "path", None) or "").split("__")):
        path += f"[{step}]" if step.isdigit() else f".{step}"
        try:
            there = there[int(step) if step.isdigit() else step]
        except (KeyError, IndexError, TypeError):
            yield Difference(f"{path}: expected {shortened(json.loads(pattern.value))}, got nothing")
            return
    yield from (Difference(text) for text in json_differences(json.loads(pattern.value), there, path))


def json_differences(expected: Any, got: Any, path: str = "json", *, more: bool = False) -> Iterator[str]:
    """Where two JSON values differ, by path: `"json.user.tags[1]: expected 'a', got 'b'"`; `more`: objects may have other members."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in (*expected, *(name for name in got if name not in expected and not more)):
            yield from _json_member(expected.get(name, _ABSENT), got.get(name, _ABSENT), f"{path}.{name}", more=more)
    elif isinstance(expected, list) and isinstance(got, list):
        for at in range(max(len(expected), len(got))):
            wanted = expected[at] if at < len(expected) else _ABSENT
            there = got[at] if at < len(got) else _ABSENT
            yield from _json_member(wanted, there, f"{path}[{at}]", more=more)
    elif expected != got or isinstance(expected, bool) is not isinstance(got, bool):
        yield f"{path}: expected {shortened(expected)}, got {shortened(got)}"


def _json_member(expected: Any, got: Any, path: str, *, more: bool) -> Iterator[str]:
    if expected is _ABSENT:
        yield f"{path}: not expected, got {shortened(got)}"
    elif got is _ABSENT:
        yield f"{path}: expected {shortened(expected)}, got nothing"
    else:
        yield from json_differences(expected, got, path, more=more)


class JsonContains:
    """A pattern for bodies of JSON that have what is given, and may have more members in their objects."""

    key = "json_contains"

    def __init__(self, value: Any) -> None:
        self.value = json.loads(json.dumps(value))  # as the body will have been: tuples are lists

    def match(self, request: httpx.Request) -> Match:
        return Match(not list(self.explain(request)))

    def explain(self, request: httpx.Request) -> Iterator[str]:
        """What the body lacks, by path."""
        try:
            there = json.loads(request.content)
        except ValueError:
            return iter([f"json: expected a JSON body, got {_body(request)}"])
        return json_differences(self.value, there, more=True)


def _json_contains(pattern: Any, request: httpx.Request) -> Iterator[Difference]:
    yield from map(Difference, pattern.explain(request))


def _content(pattern: Pattern, request: httpx.Request) -> Iterator[Difference]:
    within = "something that contains " if pattern.lookup is Lookup.CONTAINS else ""
    yield Difference(f"content: expected {within}{shortened(pattern.value)}, got {_body(request)}")


def _any(pattern: Pattern, _request: httpx.Request) -> Iterator[Difference]:
    yield Difference(f"does not match {shortened(pattern)}", _WEIGHTS.get(getattr(pattern, "key", ""), 1.0))


_EXPLAINED = {
    **dict.fromkeys(("method", "scheme", "host", "port", "path", "url"), _single),
    **dict.fromkeys(("params", "headers", "data", "files"), _items),
    "cookies": _cookies,
    "json": _json,
    "content": _content,
    "json_contains": _json_contains,
}


def nearest(
    described: Iterable[tuple[str, Sequence[Pattern]]], request: httpx.Request, *, most: int = 3
) -> list[tuple[str, list[Difference]]]:
    """The descriptions that `request` came nearest to, nearest first, each with what is different."""
    scored = [(description, differences(patterns, request)) for description, patterns in described]
    scored.sort(key=lambda entry: sum(difference.weight for difference in entry[1]))
    return scored[:most]


def describe_lookups(lookups: Mapping[str, Any]) -> str:
    """Matchers as they were written, with a space before each."""
    return "".join(f" {name}={shortened(value)}" for name, value in lookups.items())


def _listed(values: Sequence[Any]) -> str:
    if not values:
        return "nothing"
    return shortened(values[0]) if len(values) == 1 else shortened(list(values))


def _or_nothing(value: Any) -> str:
    return "nothing" if value is _ABSENT else shortened(value)


def _body(request: httpx.Request) -> str:
    return shortened(request.content) if request.content else "no body"


def shortened(value: Any) -> str:
    """A value as Python would write it, or the beginning of that."""
    text = f"/{value.pattern}/" if isinstance(value, re.Pattern) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
