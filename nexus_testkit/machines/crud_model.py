"""What a CRUD service must have in it, and how what it has is compared with that."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nexus_testkit.machines.crud_filters import same
from nexus_testkit.machines.promises import Broken
from nexus_testkit.machines.steps import changed


@dataclass(slots=True)
class Item:
    """An item that was created.

    Attributes:
        code: its id in the code of the steps, such as `item1["id"]`.
        id: its id.
        record: what a read must give.
        before: what reads gave before its updates.
    """

    code: str
    id: Any
    record: dict[str, Any]
    before: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Model:
    """The items that there must be.

    Attributes:
        unique: the unique keys, each one or more fields.
        ignore_case: fields whose case makes no difference to uniqueness.
        stored: field -> what is stored of a given value.
        items, gone: the items that there are, and those that were deleted, by id.
        settable: the fields that were given in some create or update.
        wide: those of them that were given a text beyond ASCII.
        nullable: those of them that were given None.
        made: how many items were created so far.
    """

    unique: tuple[tuple[str, ...], ...]
    ignore_case: frozenset[str]
    stored: Mapping[str, Callable[[Any], Any]]
    items: dict[Any, Item] = field(default_factory=dict)
    gone: dict[Any, Item] = field(default_factory=dict)
    settable: set[str] = field(default_factory=set)
    wide: set[str] = field(default_factory=set)
    nullable: set[str] = field(default_factory=set)
    made: int = 0

    def learn(self, given: Mapping[str, Any]) -> None:
        """Note what a service has taken."""
        self.settable |= set(given)
        self.wide |= {name for name, value in given.items() if isinstance(value, str) and not value.isascii()}
        self.nullable |= {name for name, value in given.items() if value is None}

    def as_stored(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What must be read after `given` was written."""
        return {name: self.stored[name](value) if name in self.stored else value for name, value in given.items()}

    def clash(self, given: Mapping[str, Any], *, but: Any = None) -> bool | None:
        """Whether another item has a unique key of `given`; None where ways of ignoring case differ."""
        base = self.items[but].record if but is not None and but in self.items else {}
        found = [
            self._same_key(key, {**base, **self.as_stored(given)}, item.record)
            for key in self.unique
            if any(name in given for name in key)
            for item in self.items.values()
            if item.id != but
        ]
        return True if True in found else None if None in found else False

    def was_held(self, given: Mapping[str, Any]) -> bool:
        """Whether a deleted item had a unique key of `given`."""
        return any(
            self._same_key(key, self.as_stored(given), item.record)
            for key in self.unique
            for item in self.gone.values()
        )

    def _same_key(self, key: tuple[str, ...], left: Mapping[str, Any], right: Mapping[str, Any]) -> bool | None:
        if any(left.get(name) is None or right.get(name) is None for name in key):
            return False  # NULLs are distinct
        answers = [same(left[name], right[name], ignore_case=name in self.ignore_case) for name in key]
        return False if False in answers else None if None in answers else True


def compare(wanted: Mapping[str, Any], got: Mapping[str, Any], *, where: str, history: Sequence[Any] = ()) -> None:
    """Hold a record that was read against what it must be.

    Raises:
        Broken: it is another; `history` tells a stale one.
    """
    if dict(wanted) == dict(got):
        return
    details = [f"{where} gave:", *changed(wanted, got)]
    for old in history:
        if all(got.get(name) == value for name, value in old.items() if name in got):
            raise Broken("stale", *details)
    for name, value in wanted.items():
        if name not in got or got[name] != value:
            raise Broken(difference(value, got.get(name)), *details)
    raise Broken("written", *details)


def shared(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both, without the fields that one of them lacks."""
    names = [name for name in wanted if name in got]
    return {name: wanted[name] for name in names}, {name: got[name] for name in names}


def difference(wanted: Any, got: Any) -> str:
    """Which promise a field breaks that is `got` and not `wanted`."""
    if isinstance(wanted, str) and isinstance(got, str):
        return "unicode" if _plain(wanted) == _plain(got) else "written"
    if isinstance(wanted, (list, tuple)) and isinstance(got, (list, tuple)):
        texts = sorted(map(repr, wanted)), sorted(map(repr, got))
        return "order" if texts[0] == texts[1] or {*texts[0]} == {*texts[1]} else "written"
    return "none" if wanted is None or got is None else "written"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)  # the form that makes the most texts one
