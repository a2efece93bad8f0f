"""A CRUD service as `CrudMachine` sees it: its operations by role, and its items as dicts."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from nexus_testkit.errors import HarnessError

ROLES = ("create", "get", "update", "delete", "list")
_NEEDED = ("create", "get")


def find_operations(service: type, given: Mapping[str, str]) -> dict[str, str]:
    """The method of each role that the service has.

    A role is played by the method of that name, else by the guide's: `create_user`, `get_user_by_id` or `get_user`,
    `update_user`, `delete_user`, `list_users`, where `user` is what both a create and a get method name.

    Raises:
        HarnessError: no method plays a role that is needed, or `given` names a role or a method that is none.
    """
    for role, name in given.items():
        if role not in ROLES:
            raise HarnessError(f"operations: there is no role {role!r}", hint=f"the roles are {', '.join(ROLES)}")
        if not callable(getattr(service, name, None)):
            raise HarnessError(f"operations: {service.__name__} has no method {name!r} for {role!r}")
    named = {role: given.get(role) or _named(service, role) for role in ROLES}
    found = {role: name for role, name in named.items() if name is not None}
    for role in _NEEDED:
        if role not in found:
            raise HarnessError(
                f"{service.__name__} has no method for {role!r}", hint=f"operations = {{{role!r}: 'its name', ...}}"
            )
    return found


def _named(service: type, role: str) -> str | None:
    if callable(getattr(service, role, None)):
        return role
    made = [name.removeprefix("create_") for name in dir(service) if name.startswith("create_")]
    for noun in made:
        getters = [name for name in (f"get_{noun}_by_id", f"get_{noun}") if hasattr(service, name)]
        if not getters:
            continue
        plurals = [f"list_{noun}s", f"list_{noun.removesuffix('y')}ies", f"list_{noun}es", f"list_{noun}"]
        candidates = {
            "create": [f"create_{noun}"],
            "get": getters,
            "update": [f"update_{noun}"],
            "delete": [f"delete_{noun}"],
            "list": plurals,
        }[role]
        return next((name for name in candidates if hasattr(service, name)), None)
    return None


def accepts(function: Callable[..., Any], name: str) -> bool:
    """Whether a function takes an argument of this name."""
    parameters = inspect.signature(function).parameters
    return name in parameters or any(each.kind is each.VAR_KEYWORD for each in parameters.values())


def as_record(value: Any) -> dict[str, Any] | None:
    """An item as a dict: of a mapping, a row, a dataclass, a model of pydantic or attrs; None where it is none of these."""
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return None
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    for method in ("model_dump", "_asdict"):
        dump = getattr(value, method, None)
        if dump is not None:
            return dict(dump())
    names = [name for cls in type(value).__mro__ for name in vars(cls).get("__slots__", ())]
    fields = {
        **getattr(value, "__dict__", {}),
        **{name: getattr(value, name) for name in names if hasattr(value, name)},
    }
    return {name: each for name, each in fields.items() if not name.startswith("_")} or None


def as_page(answer: Any) -> tuple[list[dict[str, Any]], int | None]:
    """What `list` gave: its items, and the total where there is one.

    Raises:
        HarnessError: it is neither `(items, total)` nor a list of items.
    """
    total: int | None = None
    items = answer
    if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], int):
        items, total = answer
    records = [as_record(item) for item in items] if isinstance(items, (list, tuple)) else [None]
    if any(record is None for record in records):
        raise HarnessError(f"list gave {answer!r}, which is neither (items, total) nor a list of items")
    return [record for record in records if record is not None], total
