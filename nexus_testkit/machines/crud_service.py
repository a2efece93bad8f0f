"""A CRUD service as `CrudMachine` sees it: its operations by role, and its items as dicts."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from typing import Any
from uuid import UUID

from nexus_testkit.errors import HarnessError

ROLES = ("create", "get", "update", "delete", "list")
_NEEDED = ("create", "get")
_SCALARS = (
    bool,
    int,
    float,
    str,
    bytes,
    UUID,
    Decimal,
    date,
    timedelta,
    Enum,
)  # ids, not items, though some have slots


def find_operations(service: type, given: Mapping[str, str | None]) -> dict[str, str]:
    """The method of each role that the service has.

    A role is played by the method of that name, else by the guide's: `create_user`, `get_user_by_id` or `get_user`,
    `update_user`, `delete_user`, `list_users`, where `user` is what both a create and a get method name. One that is
    given as None is played by nobody.

    Raises:
        HarnessError: no method plays a role that is needed, or `given` names a role or a method that is none.
    """
    for role, name in given.items():
        if role not in ROLES:
            raise HarnessError(f"operations: there is no role {role!r}", hint=f"the roles are {', '.join(ROLES)}")
        if name is not None and not callable(getattr(service, name, None)):
            methods = [each for each in dir(service) if not each.startswith("_") and callable(getattr(service, each))]
            near = get_close_matches(name, methods, n=1)
            raise HarnessError(
                f"operations: {service.__name__} has no method {name!r} for {role!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"it has {', '.join(methods)}",
            )
    named = {role: given[role] if role in given else _named(service, role) for role in ROLES}
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
    if value is None or isinstance(value, _SCALARS):
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
