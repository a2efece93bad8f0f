"""Values as JSON, and back as what they were.

JSON alone forgets: tuples become lists, the keys of dicts become texts, a datetime does not pass at all. Here
every value of the types below comes back equal and of the same type, and everything else is refused with the
place where it stands.

Plain JSON stays plain (a counter is `5`, a list of texts is that list). Everything else is an object with one
key, the name of its type after a `$`: `{"$datetime": "2026-01-01T00:00:00+00:00"}`. A dict that could be
mistaken for one, or whose keys are not all texts, is written as `{"$dict": [[key, value], ...]}`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from nexus_testkit.errors import CacheValueError

_DEEPEST = 100


def encode(value: Any, *, key: str) -> str:
    """The value as one JSON text.

    Raises:
        CacheValueError: the value, or something in it, is of a type that would not come back as it was. It
            names `key` and the path, such as `$.items[2]`.
    """
    return json.dumps(_Encoder(key).tree(value, "$", 0), separators=(",", ":"))


def decode(data: bytes | str, *, key: str) -> Any:
    """The value whose text `encode` gave.

    Raises:
        CacheValueError: `data` was not written by `encode`.
    """
    try:
        return _value(json.loads(data))
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise CacheValueError(
            f"what is cached under {key!r} is no cached value: {_excerpt(data)}",
            key=key,
            hint="something else writes this key; values written by CacheService.set() can always be read",
        ) from error


def fingerprint(value: Mapping[str, Any], *, key: str) -> str:
    """SHA-256 (hexadecimal) of the mapping, the same in every process and whatever the order of its keys."""
    tree = _Encoder(key, ordered=True).tree(dict(value), "$", 0)
    return hashlib.sha256(_canonical(tree).encode()).hexdigest()


class _Encoder:
    """Turns values into trees of what JSON has. Types are compared exactly: a subclass would come back as its base."""

    def __init__(self, key: str, *, ordered: bool = False) -> None:
        self._key = key
        self._ordered = ordered  # dicts in one order, whatever theirs is

    def tree(self, value: Any, path: str, depth: int) -> Any:
        kind = type(value)
        if kind in (str, bool, type(None)):
            return value
        if kind is int:
            return value if abs(value) < 2**63 else {"$int": hex(value)}
        if kind is float:
            return value if math.isfinite(value) else {"$float": repr(value)}
        if depth > _DEEPEST:
            raise self._refusal(f"nested deeper than {_DEEPEST} levels, or containing itself", path)
        if kind is list:
            return self._items(value, path, depth)
        if kind is dict:
            return self._dict(value, path, depth)
        if kind is tuple:
            return {"$tuple": self._items(value, path, depth)}
        if kind in (set, frozenset):
            items = self._items(value, path, depth)
            return {f"${kind.__name__}": sorted(items, key=_canonical)}
        write = _WRITERS.get(kind)
        if write is None:
            raise self._refusal(f"of type {kind.__qualname__}", path)
        try:
            return {f"${kind.__name__}": write(value)}
        except _UnknownZone as error:
            raise self._refusal(f"in a time zone of type {type(error.zone).__qualname__}", path) from error

    def _items(self, values: Any, path: str, depth: int) -> list[Any]:
        return [self.tree(item, f"{path}[{place}]", depth + 1) for place, item in enumerate(values)]

    def _dict(self, value: dict[Any, Any], path: str, depth: int) -> Any:
        if all(type(name) is str and not name.startswith("$") for name in value):
            return {name: self.tree(item, f"{path}.{name}", depth + 1) for name, item in value.items()}
        pairs = [
            [self.tree(name, f"{path}.keys()", depth + 1), self.tree(item, f"{path}[{name!r}]", depth + 1)]
            for name, item in value.items()
        ]
        return {"$dict": sorted(pairs, key=_canonical) if self._ordered else pairs}

    def _refusal(self, what: str, path: str) -> CacheValueError:
        return CacheValueError(
            f"the value for {self._key!r} cannot be cached: {path} is {what}",
            key=self._key,
            path=path,
            hint="cache dicts, lists, tuples, sets, texts, bytes, numbers, dates and times, UUIDs and None; "
            "turn other objects into these (a database row: dict(row), a dataclass: dataclasses.asdict)",
        )


def _canonical(tree: Any) -> str:
    return json.dumps(tree, sort_keys=True, separators=(",", ":"))


class _UnknownZone(Exception):
    def __init__(self, zone: tzinfo) -> None:
        super().__init__(zone)
        self.zone = zone


def _write_moment(value: datetime | time) -> Any:
    """ISO 8601; for what that cannot say, a list with the zone's name (IANA) and the fold (PEP 495) behind it."""
    zone = value.tzinfo
    if zone is not None and type(zone) not in (timezone, ZoneInfo):
        raise _UnknownZone(zone)
    name = zone.key if isinstance(zone, ZoneInfo) else None
    if isinstance(zone, ZoneInfo) and name is None:  # ZoneInfo.from_file without a key
        raise _UnknownZone(zone)
    if name is None and not value.fold:
        return value.isoformat()
    plain = value if name is None else value.replace(tzinfo=None)
    return [plain.isoformat(), name, value.fold]


_OFFSET_BELOW_A_SECOND = re.compile(r"(?P<sign>[+-])00:00:00\.(?P<microseconds>\d{6})$")


def _read_moment(kind: type[datetime | time]) -> Callable[[Any], datetime | time]:
    def read(written: Any) -> datetime | time:
        text, name, fold = (written, None, 0) if isinstance(written, str) else written
        value = kind.fromisoformat(text).replace(fold=fold)
        if name is not None:
            return value.replace(tzinfo=ZoneInfo(name))
        small = _OFFSET_BELOW_A_SECOND.search(text)
        if small is None:
            return value
        # Python's own reader takes such an offset for UTC (seen on 3.11 to 3.13).
        offset = timedelta(microseconds=int(small["microseconds"]))
        return value.replace(tzinfo=timezone(-offset if small["sign"] == "-" else offset))

    return read


_WRITERS: Mapping[type, Callable[[Any], Any]] = {
    datetime: _write_moment,
    time: _write_moment,
    date: date.isoformat,
    timedelta: lambda value: [value.days, value.seconds, value.microseconds],
    Decimal: str,
    UUID: str,
    bytes: lambda value: base64.b64encode(value).decode("ascii"),
}

_READERS: Mapping[str, Callable[[Any], Any]] = {
    "$int": lambda written: int(written, 16),
    "$float": float,
    "$datetime": _read_moment(datetime),
    "$time": _read_moment(time),
    "$date": date.fromisoformat,
    "$timedelta": lambda written: timedelta(*written),
    "$Decimal": Decimal,
    "$UUID": UUID,
    "$bytes": lambda written: base64.b64decode(written, validate=True),
    "$tuple": lambda written: tuple(map(_value, written)),
    "$set": lambda written: set(map(_value, written)),
    "$frozenset": lambda written: frozenset(map(_value, written)),
    "$dict": lambda written: {_value(name): _value(item) for name, item in written},
}


def _value(tree: Any) -> Any:
    if isinstance(tree, list):
        return [_value(item) for item in tree]
    if isinstance(tree, dict):
        if len(tree) == 1:
            ((name, written),) = tree.items()
            if name.startswith("$"):
                return _READERS[name](written)
        return {name: _value(item) for name, item in tree.items()}
    return tree


def _excerpt(data: bytes | str) -> str:
    text = repr(data)
    return text if len(text) <= 80 else f"{text[:77]}..."
