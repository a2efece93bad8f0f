"""What `CrudMachine` draws: new items, changes, filters and ids, given the items that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from nexus_testkit.errors import HarnessError

if TYPE_CHECKING:
    from nexus_testkit.machines.crud import CrudMachine

# A letter of two code points, a letter that every normal form replaces, one of one code point beside one of two, a
# ligature, letters whose cases do not pair.
_LETTERS = ("e\u0301", "\u212b", "\u00e9e\u0301", "\ufb01", "ßİ")
# Nothing survives the first, and no service tries again on it; None: the call is made, and its reply is lost.
_ERRORS = ("53100", None)


class Given(NamedTuple):
    """What is written: the fields, and whether the service may refuse them, because its own strategy did not draw them."""

    fields: dict[str, Any]
    loose: bool = False


class Failing(NamedTuple):
    """Which database call of an operation fails, counted from 1, and with which SQLSTATE; None: its reply is lost."""

    call: int
    error: str | None


class Slow(NamedTuple):
    """Which call of a port takes longer, counted from 1, and whether it is made before that time or after it."""

    port: str
    call: int
    reply: bool


def of_machine(draw: Callable[[st.DrawFn, CrudMachine], Any]) -> st.SearchStrategy[Any]:
    """A strategy that may look at the machine."""

    @st.composite
    def drawn(draw_one: st.DrawFn) -> Any:
        return draw(draw_one, draw_one(st.runner()))

    return drawn()


def fields(draw: st.DrawFn, machine: CrudMachine) -> dict[str, Any]:
    """What `new` draws.

    Raises:
        HarnessError: it is no dict.
    """
    given = draw(machine.new)
    if isinstance(given, dict):
        return given
    raise HarnessError(
        f"{type(machine).__name__}.new drew {given!r}, which is no dict of fields",
        hint="new = st.fixed_dictionaries({...}); a model is made of them by fields_as",
    )


def first_items(draw: st.DrawFn, machine: CrudMachine) -> list[dict[str, Any]]:
    """None to three items."""
    return [fields(draw, machine) for _ in range(draw(st.integers(0, 3)))]


def new_item(draw: st.DrawFn, machine: CrudMachine) -> Given:
    """What `create` takes."""
    return _twisted(draw, machine, fields(draw, machine), takes_none=True)


def changes(draw: st.DrawFn, machine: CrudMachine) -> Given:
    """What `update` takes."""
    takes_none = machine.none_changes
    if machine.changes is not None:
        return _twisted(draw, machine, _changing(machine, draw(machine.changes)), takes_none=takes_none)
    given = _changing(machine, fields(draw, machine))
    names = [name for name in given if name not in machine.immutable and name != machine.id_field]
    some = st.lists(st.sampled_from(names), min_size=1, unique=True) if names else st.just([])
    chosen = draw(some | st.just(names))  # a refused update of many fields must leave them all as they were
    return _twisted(draw, machine, {name: given[name] for name in names if name in chosen}, takes_none=takes_none)


def _changing(machine: CrudMachine, given: dict[str, Any]) -> dict[str, Any]:
    """Without what would change nothing."""
    return {name: value for name, value in given.items() if machine.none_changes or value is not None}


def difference(draw: st.DrawFn, machine: CrudMachine) -> tuple[int, Given]:
    """The number of an item, and an update of it that changes every field that it names; perhaps none."""
    items = list(machine.crud.model.items.values())
    number = draw(st.integers(0, len(items) - 1))
    record = items[number].record
    # What the first one draws may be there already. Two of them together may be refused.
    drawn = [item for _ in range(2) for item in _changing(machine, _change(draw, machine)).items()]
    new = {
        name: value
        for name, value in drawn
        if name in record
        and name not in machine.immutable
        and name != machine.id_field
        and machine.crud.model.as_stored({name: value}) != {name: record[name]}
    }
    return number, Given(new, loose=True)


def _change(draw: st.DrawFn, machine: CrudMachine) -> dict[str, Any]:
    return fields(draw, machine) if machine.changes is None else draw(machine.changes)


def halves(draw: st.DrawFn, machine: CrudMachine) -> tuple[int, tuple[dict[str, Any], dict[str, Any]]]:
    """The number of an item, and two updates of different fields that both change it; one is empty where there are too few."""
    number, (new, _) = difference(draw, machine)
    names = draw(st.permutations(list(new)))
    middle = len(names) // 2
    return number, ({name: new[name] for name in names[:middle]}, {name: new[name] for name in names[middle:]})


def _twisted(draw: st.DrawFn, machine: CrudMachine, given: dict[str, Any], *, takes_none: bool) -> Given:
    """Now and then what another item has, or had; now and then a text that is hard to keep, or None."""
    model = machine.crud.model
    keys = [key for key in model.unique if any(name in given for name in key)]
    wide = [
        name for name, value in given.items() if isinstance(value, str) and (name in model.wide or not value.isascii())
    ]
    empty = model.nullable | {
        name for name in model.settable for item in model.items.values() if item.record.get(name, 0) is None
    }
    full = [
        name
        for name in sorted(empty)
        if name not in (*machine.immutable, machine.id_field) and (name not in given or given[name] is not None)
    ]
    # What is rarely possible is drawn more often where it is.
    ways = {
        "as drawn": 1,
        "taken": 1 if keys and model.items else 0,
        "freed": 2 if keys and model.gone else 0,
        "unicode": 2 if wide else 0,
        "none": 1 if full and takes_none else 0,
    }
    how = draw(st.sampled_from([way for way, weight in ways.items() for _ in range(weight)]))
    if how == "unicode":
        name = draw(st.sampled_from(wide))
        text = given[name]
        place = next((at for at, letter in enumerate(text) if not letter.isascii()), len(text))
        return Given(given | {name: text[:place] + draw(st.sampled_from(_LETTERS)) + text[place + 1 :]}, loose=True)
    if how == "none":
        return Given(given | {draw(st.sampled_from(full)): None}, loose=True)
    if how == "as drawn":
        return Given(given)
    items = model.items if how == "taken" else model.gone
    key, item = draw(st.sampled_from(keys)), draw(st.sampled_from(list(items.values())))
    swaps = draw(st.booleans())
    for name in key:
        if name in given and name in item.record:
            value = item.record[name]
            if value is None and not takes_none:
                continue
            swapped = swaps and isinstance(value, str) and name in machine.ignore_case
            given = given | {name: value.swapcase() if swapped else value}
    return Given(given, loose=swaps and how == "freed")


def filters(draw: st.DrawFn, machine: CrudMachine) -> list[dict[str, Any]]:
    """One to ten sets of filters, each one or two of those that the machine has, and what they look for."""
    records = [item.record for item in machine.crud.model.items.values()]
    values = {name: machine.filters[name].values(records) for name in sorted(machine.filters)}
    possible = [name for name, value in values.items() if not value.is_empty]
    if not possible:
        return []
    some = st.lists(st.sampled_from(possible), min_size=1, max_size=2, unique=True)
    of_names = some.flatmap(lambda names: st.fixed_dictionaries({name: values[name] for name in names}))
    return draw(st.lists(of_names, min_size=1, max_size=10))


def missing_id(draw: st.DrawFn, machine: CrudMachine) -> Any:
    """The id of an item that was deleted, or never was; None where none can be made up."""
    ids = [item.id for item in (*machine.crud.model.items.values(), *machine.crud.model.gone.values())]
    gone = list(machine.crud.model.gone)
    whole = all(isinstance(each, int) for each in ids)
    never = [max(ids, default=0) + 1] if whole else [UUID(int=0)] if isinstance(ids[0], UUID) else []
    choices = [each for each in gone + never if each not in machine.crud.model.items]
    return draw(st.sampled_from(choices)) if choices else None


def failing(draw: st.DrawFn, machine: CrudMachine) -> dict[str, Failing]:
    """Role -> what fails of its database calls, as far as is known how many it makes."""
    calls = machine.crud.calls
    return {
        role: Failing(draw(st.integers(1, calls.get(role) or 5)), draw(st.sampled_from(_ERRORS)))
        for role in ("create", "update", "delete")
    }


def slow(draw: st.DrawFn, machine: CrudMachine) -> Slow | None:
    """A call of the cache or of the database, of those that the service uses; or none."""
    ports = [port for port in ("cache", "database") if port in machine.nexus.adapters]
    some = st.builds(Slow, st.sampled_from(ports), st.integers(1, 2), st.booleans()) if ports else st.none()
    return draw(st.one_of(st.none(), some, some))
