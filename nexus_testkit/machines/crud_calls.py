"""How `CrudMachine` calls a service: what it passes, and what it reads out of the answer of `list`."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from nexus_testkit.errors import HarnessError
from nexus_testkit.machines.crud_model import Item
from nexus_testkit.machines.crud_service import accepts, as_record
from nexus_testkit.machines.steps import Name, call

if TYPE_CHECKING:
    from nexus_testkit.machines.crud import CrudMachine

ARGUMENTS = "arguments"
PAGE, OFFSET, CURSOR = "page", "offset", "cursor"


class Page(NamedTuple):
    """One answer of `list`: its items, how many there are in all where it says so, and where the next page begins."""

    items: list[dict[str, Any]]
    total: int | None = None
    next: Any = None


def passed(
    machine: CrudMachine, role: str, method: str, arguments: Sequence[Any], *, as_code: bool
) -> tuple[list[Any], dict[str, Any]]:
    """What the method of a role is called with: by position, and by name.

    Items stand for their ids; the fields of an item are passed as `fields_as` says, with the version that was read last.
    As code, what cannot be shown by its `repr` is a `Name`.

    Raises:
        Exception: whatever the class of `fields_as` raises, which is the service's own check of its input.
    """
    by_position: list[Any] = []
    by_name = _version_argument(machine, role, method, arguments)
    for each in arguments:
        if isinstance(each, Item):
            by_position.append(Name(each.code) if as_code else each.id)
        elif role not in ("create", "update") or not isinstance(each, dict):
            by_position.append(each)
        else:
            fields = {**each, **_version_field(machine, role, arguments)}
            kind = machine.fields_as.get(role, dict)
            if kind == ARGUMENTS:
                by_name = fields | by_name
            elif kind is dict:
                by_position.append(fields)
            else:
                by_position.append(Name(call(kind.__name__, **fields)) if as_code else kind(**fields))
    return by_position, by_name


def _version_field(machine: CrudMachine, role: str, arguments: Sequence[Any]) -> dict[str, Any]:
    if role != "update" or not machine.version_field or machine.version_argument:
        return {}
    return {machine.version_field: _version(machine, arguments)}


def _version_argument(machine: CrudMachine, role: str, method: str, arguments: Sequence[Any]) -> dict[str, Any]:
    name = machine.version_argument
    if not name or role not in ("update", "delete"):
        return {}
    if role == "delete" and not accepts(getattr(machine.service, method), name):
        return {}
    return {name: _version(machine, arguments)}


def _version(machine: CrudMachine, arguments: Sequence[Any]) -> Any:
    """The version that was read last of the item; where there is no such item, that of another one."""
    model = machine.crud.model
    given = [each for each in arguments if isinstance(each, Item)]
    items = given or [*model.items.values(), *model.gone.values()]
    if machine.version_field not in items[0].record:
        raise HarnessError(
            f"an item has no field {machine.version_field!r}: {items[0].record!r}", hint="version_field = 'its name'"
        )
    return items[0].record[machine.version_field]


def page_options(machine: CrudMachine, number: int, size: int, cursor: Any) -> dict[str, Any]:
    """What `list` is called with for a page, counted from 0; the first one needs no cursor."""
    if not machine.page_arguments:
        return {}
    which, length = machine.page_arguments
    if machine.paging == CURSOR:
        return {length: size} if number == 0 else {which: cursor, length: size}
    return {which: number * size if machine.paging == OFFSET else machine.first_page + number, length: size}


def as_page(machine: CrudMachine, answer: Any) -> Page:
    """What `list` gave: `(items, total)` or `(items, cursor)`, an object or a dict with `page_fields`, or a list of items.

    Raises:
        HarnessError: it is none of these.
    """
    items, total, following = answer, None, None
    if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[0], (list, tuple)):
        items = answer[0]
        if machine.paging == CURSOR:
            following = answer[1]
        else:
            total = answer[1]
    elif not isinstance(answer, (list, tuple)):
        names = {"items": "items", "total": "total", "next": "next", **machine.page_fields}
        items, total, following = (_part(answer, names[part]) for part in ("items", "total", "next"))
    records = [as_record(item) for item in items] if isinstance(items, (list, tuple)) else [None]
    if any(record is None for record in records) or not isinstance(total, (int, type(None))):
        raise HarnessError(
            f"list gave {answer!r}, which is neither a list of items, nor (items, total), nor an object with both",
            hint="page_fields = {'items': 'its name', 'total': 'its name', 'next': 'its name'}",
        )
    return Page([record for record in records if record is not None], total, following)


def _part(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, Mapping) else getattr(answer, name, None)


def model_of(method: Any, position: int) -> type | None:
    """The model that a method wants there by its annotation: a dataclass, or a model of pydantic; counted without `self`."""
    try:
        signature = inspect.signature(method, eval_str=True)
    except NameError:  # of a type that is imported for type checkers alone
        return None
    kinds = [each.annotation for each in list(signature.parameters.values())[1:]]
    kind = kinds[position] if position < len(kinds) else None
    is_model = isinstance(kind, type) and (dataclasses.is_dataclass(kind) or hasattr(kind, "model_validate"))
    return kind if is_model else None
