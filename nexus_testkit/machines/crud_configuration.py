"""Whether the attributes of a `CrudMachine` make sense."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from hypothesis.strategies import SearchStrategy

from nexus_testkit.errors import HarnessError
from nexus_testkit.machines.crud_calls import ARGUMENTS, CURSOR, OFFSET, PAGE, model_of
from nexus_testkit.machines.crud_filters import Filter
from nexus_testkit.machines.crud_service import ROLES, accepts

if TYPE_CHECKING:
    from nexus_testkit.machines.crud import CrudMachine

_NAMES = ("unique", "required", "ignore_case", "write_only", "volatile", "immutable", "order_by", "keeps_rows")
_BY_ROLE = {"missing": ("get", "update", "delete"), "fields_as": ("create", "update")}
_ERRORS = ("duplicate", "invalid", "conflict")


def is_error(value: object) -> bool:
    """Whether a value says what is raised: an exception class, or a tuple of them, as `except` takes it."""
    if isinstance(value, tuple):
        return all(map(is_error, value))
    return isinstance(value, type) and issubclass(value, BaseException)


def check_configuration(machine: Any) -> None:
    """Refuse a machine whose attributes make no sense.

    Raises:
        HarnessError: `service` or `new` is missing, or another attribute is malformed or contradicts the others.
    """
    name = type(machine).__name__
    for attribute, example in (("service", "NotesService"), ("new", "st.fixed_dictionaries({...})")):
        if getattr(machine, attribute, None) is None:
            raise HarnessError(f"{name} has no {attribute!r}", hint=f"{attribute} = {example}")
    if not isinstance(machine.service, type):
        raise HarnessError(f"{name}.service is no class: {machine.service!r}", hint="service = NotesService")
    for attribute in ("new", "changes"):
        value = getattr(machine, attribute)
        if value is not None and not isinstance(value, SearchStrategy):
            raise HarnessError(
                f"{name}.{attribute} is no strategy: {value!r}",
                hint=f"{attribute} = st.fixed_dictionaries({{'name': st.text()}}), of fields and their strategies",
            )
    for attribute in _NAMES:
        if isinstance(getattr(machine, attribute), str):
            raise HarnessError(
                f"{name}.{attribute} must be a tuple of names, not a str",
                hint=f"{attribute} = ({getattr(machine, attribute)!r},)",
            )
    for attribute in _ERRORS:
        if not is_error(value := getattr(machine, attribute)):
            raise HarnessError(f"{name}.{attribute} is no exception class, and no tuple of them: {value!r}")
    for attribute, roles in _BY_ROLE.items():
        _check_roles(f"{name}.{attribute}", getattr(machine, attribute), roles)
    for each, kind in machine.fields_as.items():
        if kind != ARGUMENTS and not callable(kind):
            raise HarnessError(
                f"{name}.fields_as[{each!r}] is {kind!r}", hint=f"it is dict, {ARGUMENTS!r}, or the class of a model"
            )
    for each, one in machine.filters.items():
        if not isinstance(one, Filter):
            raise HarnessError(f"{name}.filters[{each!r}] is no Filter: {one!r}", hint="contains('body'), equals(...)")
    keyed = [each for key in machine.unique for each in ((key,) if isinstance(key, str) else key)]
    for each in machine.ignore_case:
        if each not in keyed:
            raise HarnessError(f"{name}.ignore_case names {each!r}, which is not unique", hint=f"unique = {keyed}")
    _check_versions(machine)


def _check_roles(where: str, given: object, roles: tuple[str, ...]) -> None:
    if not isinstance(given, Mapping):
        example = dict.fromkeys(roles, "...")
        raise HarnessError(f"{where} is no mapping of roles: {given!r}", hint=f"such as {example}")
    for role in given:
        if role not in roles:
            raise HarnessError(f"{where}: there is no role {role!r} in it", hint=f"the roles are {', '.join(roles)}")


def _check_versions(machine: CrudMachine) -> None:
    name = type(machine).__name__
    if machine.version_argument and not machine.version_field:
        raise HarnessError(f"{name} has a version_argument and no version_field", hint="version_field = 'version'")
    if machine.version_field and not machine.conflict:
        raise HarnessError(
            f"{name} has a version_field, and does not say what an outdated version raises", hint="conflict = Outdated"
        )


def check_operations(machine: CrudMachine, operations: Mapping[str, str]) -> None:
    """Refuse a machine whose service cannot be called as its attributes say.

    Raises:
        HarnessError: a method does not take what it would be given.
    """
    passed: Mapping[str, tuple[object, ...]] = {"create": ({},), "get": (0,), "update": (0, {}), "delete": (0,)}
    for role in ROLES[:4]:
        if role in operations:
            _check_signature(machine, role, operations[role], passed[role])
    if "list" in operations:
        _check_list(machine, operations["list"])


def _check_signature(machine: CrudMachine, role: str, name: str, arguments: tuple[object, ...]) -> None:
    method, where = getattr(machine.service, name), f"{machine.service.__name__}.{name}"
    kind = machine.fields_as.get(role, dict)
    if kind == ARGUMENTS:
        return  # which they are is not known before they are drawn
    options = {machine.version_argument: 0} if machine.version_argument and role == "update" else {}
    model = model_of(method, len(arguments) - 1) if role in ("create", "update") and kind is dict else None
    if model is not None:
        raise HarnessError(
            f"{where} takes a {model.__name__}, not a dict", hint=f"fields_as = {{{role!r}: {model.__name__}}}"
        )
    signature = inspect.signature(method)
    try:
        signature.bind(None, *arguments, **options)
    except TypeError as error:
        shown = "its id" if len(arguments) == 1 and role != "create" else "a dict of fields"
        shown = f"its id and {shown}" if len(arguments) == 2 else shown
        if options:
            hint = "version_argument is what the method calls the version, version_field what an item calls it"
        elif role in _BY_ROLE["fields_as"]:
            hint = f"fields_as = {{{role!r}: {ARGUMENTS!r}}} where each field is an argument of its own"
        else:
            hint = f"is it another method? operations = {{{role!r}: 'its name'}}"
        also = f", and {machine.version_argument}=" if options else ""
        raise HarnessError(
            f"{where}{signature} does not take {shown}{also} for {role!r}: {error}",
            hint=hint,
        ) from error


def _check_list(machine: CrudMachine, name: str) -> None:
    method, where = getattr(machine.service, name), f"{machine.service.__name__}.{name}{_signature(machine, name)}"
    if machine.paging not in (PAGE, OFFSET, CURSOR):
        raise HarnessError(
            f"{type(machine).__name__}.paging is {machine.paging!r}", hint=f"it is one of {PAGE}, {OFFSET}, {CURSOR}"
        )
    for each in machine.page_arguments:
        if not accepts(method, each):
            raise HarnessError(
                f"{where} takes no {each!r}",
                hint="page_arguments names what says which page and how long it is, such as ('offset', 'limit') with "
                "paging = 'offset'; () where all items are one page",
            )
    if len(machine.page_arguments) not in (0, 2):
        raise HarnessError(
            f"{type(machine).__name__}.page_arguments is {machine.page_arguments!r}", hint="two names, or ()"
        )
    wanted = [machine.filters_argument] if machine.filters_argument and machine.filters else list(machine.filters)
    for each in wanted:
        if not accepts(method, each):
            raise HarnessError(
                f"{where} takes no {each!r}",
                hint="filters_argument = 'its name' where the filters are one argument, '' where each is one",
            )


def _signature(machine: CrudMachine, name: str) -> str:
    return str(inspect.signature(getattr(machine.service, name)))


def check_given(machine: CrudMachine, role: str, name: str, given: Iterable[str]) -> None:
    """Refuse to pass as one dict what are arguments of the method themselves.

    Raises:
        HarnessError: they are.
    """
    parameters = inspect.signature(getattr(machine.service, name)).parameters
    if machine.fields_as.get(role, dict) is dict and (alone := [each for each in given if each in parameters]):
        raise HarnessError(
            f"{machine.service.__name__}.{name} takes {', '.join(map(repr, alone))} as arguments, not in a dict",
            hint=f"fields_as = {{{role!r}: {ARGUMENTS!r}}}",
        )


def check_fields(machine: CrudMachine, given: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Refuse names of fields that an item which was just created does not have: nothing would be tested of them.

    Raises:
        HarnessError: there is no such field.
    """
    both = {**record, **given}
    names: dict[str, tuple[Iterable[str], Mapping[str, Any]]] = {
        "unique": ([each for key in machine.unique for each in ((key,) if isinstance(key, str) else key)], both),
        "required": (machine.required, given),
        "order_by": ([each.removeprefix("-") for each in machine.order_by], record),
        "stored": (machine.stored, both),
    }
    for each, one in machine.filters.items():
        names[f"filters[{each!r}]"] = (one.fields, both)
    for attribute, (wanted, fields) in names.items():
        for name in wanted:
            if name not in fields:
                near = get_close_matches(name, fields, n=1)
                raise HarnessError(
                    f"{type(machine).__name__}.{attribute} names {name!r}, and an item has {', '.join(fields)}",
                    hint=f"did you mean {near[0]!r}?"
                    if near
                    else f"a field that is not always there is drawn always, as None: 'new' draws {name!r}",
                )
