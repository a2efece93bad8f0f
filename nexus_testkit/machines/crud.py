"""`CrudMachine`: holds any service with create, get, update, delete and list to what its users rely on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from nexus_testkit.machines import crud_drawing as drawing
from nexus_testkit.machines.crud_configuration import check_configuration, check_operations
from nexus_testkit.machines.crud_faults import CrudFaults
from nexus_testkit.machines.crud_filters import Filter
from nexus_testkit.machines.crud_model import Item
from nexus_testkit.machines.crud_service import find_operations
from nexus_testkit.machines.world import WorldMachine

_Errors = type[Exception] | tuple[type[Exception], ...]
_MOST_ITEMS = 6
_DAY_S = 86_400
_PAUSES = st.sampled_from([0, 0, 0, 0.001, 1, 60])  # mostly none: items of one time are to meet


class CrudMachine(WorldMachine):
    """A property test of a CRUD service, configured by class attributes; `TestNotes = NotesMachine.TestCase` runs it.

    Each run does random things to the service in a world of its own, one by one, at once, with a database that fails and
    with the service stopped and started, and holds every answer against `PROMISES`.

    Attributes:
        service: the service's class.
        new: strategy of what `create` takes: dicts of fields.
        changes: strategy of what `update` takes; unless it is given, some fields of `new`.
        none_changes: whether None in an update is written; else it leaves the field as it is.
        unique: fields of which no two items have the same value; a tuple among them is a key of several fields.
        required: fields without which `create` refuses an item.
        immutable: fields that `update` does not take.
        operations: role (`create`, `get`, `update`, `delete`, `list`) -> method, where they are not called so and not as
            in the guide (`create_user`, `get_user_by_id` ...). Without one for `update`, `delete` or `list`, or with None, it
            is left out.
        fields_as: `create` and `update` -> how the method takes the fields: `dict`, as one argument, unless another way is
            given; `"arguments"`, each as an argument of its own; or what makes a model of them, called with each by name.
        filters: filter of `list` -> what it lets through: `equals`, `contains`, `has_all`, or a `Filter` of your own.
        filters_argument: what `list` calls the filters; `""` where each is an argument of its own.
        page_arguments: what `list` calls the page and its size; `()` where all items are one page.
        paging: how the page is given: `"page"`, its number; `"offset"`, how many items are before it; `"cursor"`, what the
            page before it gave as the next one, with None at the end.
        first_page: the number of the first page.
        page_fields: `"items"`, `"total"`, `"next"` (the cursor) -> what they are called where `list` gives an object or a
            dict, and not a list, `(items, total)` or `(items, cursor)`.
        order_by: fields by which `list` sorts, `"-created_at"` for the newest first; empty: any order that stays the same.
            None is behind everything, as NULL is in PostgreSQL.
        duplicate: what a refused duplicate raises: a class, or a tuple of classes, here and below.
        invalid: what refused input raises.
        conflict: what an operation may raise because of another one at the same time.
        missing: role -> what `get`, `update` and `delete` give, or raise, where there is no such item.
        idempotent_delete: whether `delete` answers the same whether there was such an item or not.
        version_field: the field that `update` takes back as it was read last, and refuses with `conflict` where the item
            has changed since.
        version_argument: what `update`, and perhaps `delete`, calls it; `""` where it is one of the fields.
        ignore_case: unique fields whose case makes no difference.
        stored: field -> function that gives what is stored of a value, such as `str.lower`.
        write_only: fields that no read gives (`"password"`).
        volatile: fields that change by themselves.
        id_field, created_field, updated_field: what the service calls them; the times need not be there.
        keeps_rows: tables in which a deletion, or a refused write, may leave rows: audit logs, outboxes.
        reopens: whether items outlive the service; None: where it uses the database.
        at_once: whether operations are also made at the same time.
        with_faults: whether database calls also fail.
    """

    service: ClassVar[Any] = None
    new: ClassVar[Any] = None
    changes: ClassVar[Any] = None
    none_changes: ClassVar[bool] = True
    unique: ClassVar[tuple[Any, ...]] = ()
    required: ClassVar[tuple[str, ...]] = ()
    immutable: ClassVar[tuple[str, ...]] = ()
    operations: ClassVar[Mapping[str, str | None]] = {}
    fields_as: ClassVar[Mapping[str, Any]] = {}
    filters: ClassVar[Mapping[str, Filter]] = {}
    filters_argument: ClassVar[str] = "filters"
    page_arguments: ClassVar[tuple[str, ...]] = ("page", "per_page")
    paging: ClassVar[str] = "page"
    first_page: ClassVar[int] = 1
    page_fields: ClassVar[Mapping[str, str]] = {}
    order_by: ClassVar[tuple[str, ...]] = ()
    duplicate: ClassVar[_Errors] = ValueError
    invalid: ClassVar[_Errors] = ValueError
    conflict: ClassVar[_Errors] = ()
    missing: ClassVar[Mapping[str, Any]] = {"get": None, "update": None, "delete": False}
    idempotent_delete: ClassVar[bool] = False
    version_field: ClassVar[str] = ""
    version_argument: ClassVar[str] = ""
    ignore_case: ClassVar[tuple[str, ...]] = ()
    stored: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    write_only: ClassVar[tuple[str, ...]] = ()
    volatile: ClassVar[tuple[str, ...]] = ()
    id_field: ClassVar[str] = "id"
    created_field: ClassVar[str] = "created_at"
    updated_field: ClassVar[str] = "updated_at"
    keeps_rows: ClassVar[tuple[str, ...]] = ("nexus_events",)
    reopens: ClassVar[bool | None] = None
    at_once: ClassVar[bool] = True
    with_faults: ClassVar[bool] = True

    async def begin(self) -> None:
        """Start the service."""
        check_configuration(self)
        operations = find_operations(self.service, self.operations)
        check_operations(self, operations)
        self.crud = CrudFaults(self, operations)
        await self.crud.start()

    # -- what can be drawn

    @property
    def _items(self) -> list[Item]:
        return list(self.crud.model.items.values())

    def _has(self, role: str) -> bool:
        return bool(self._items) and role in self.crud.operations

    # Hypothesis leaves some of the rules out of each run: without the creating ones there would be nothing to look at.
    @initialize(given=drawing.of_machine(drawing.first_items), pause=_PAUSES)
    def create_first(self, given: list[dict[str, Any]], pause: float) -> None:
        """Begin with a few items."""
        self._pause(pause)
        for each in given:
            self.run(self._then_look(self.crud.create(each)))

    @precondition(lambda self: len(self._items) < _MOST_ITEMS)
    @rule(given=drawing.of_machine(drawing.new_item), pause=_PAUSES)
    def create(self, given: drawing.Given, pause: float) -> None:
        """Create an item."""
        self._pause(pause)
        self.run(self._then_look(self.crud.create(given.fields, loose=given.loose)))

    @precondition(lambda self: bool(self.required))
    @rule(
        given=drawing.of_machine(drawing.fields),
        name=drawing.of_machine(lambda draw, machine: draw(st.sampled_from(machine.required))),
    )
    def create_without(self, given: dict[str, Any], name: str) -> None:
        """Leave a required field out."""
        self.run(self._then_look(self.crud.create_without(given, name)))

    @precondition(lambda self: self._has("update"))
    @rule(
        number=st.integers(0, _MOST_ITEMS - 1),
        given=drawing.of_machine(drawing.changes),
        pause=_PAUSES,
    )
    def update(self, number: int, given: drawing.Given, pause: float) -> None:
        """Change an item."""
        self._pause(pause)
        self.run(self._then_look(self.crud.update(self._item(number), given.fields, loose=given.loose)))

    @precondition(lambda self: self._has("update") and bool(self.version_field))
    @rule(given=drawing.of_machine(drawing.difference))
    def update_outdated(self, given: tuple[int, drawing.Given]) -> None:
        """Change an item twice, the second time with the version that it had before the first."""
        number, changes = given
        if changes.fields:
            self.run(self._then_look(self.crud.update_outdated(self._item(number), changes.fields)))

    @precondition(lambda self: self._has("delete"))
    @rule(number=st.integers(0, _MOST_ITEMS - 1))
    def delete(self, number: int) -> None:
        """Delete an item."""
        self.run(self._then_look(self.crud.delete(self._item(number))))

    @precondition(lambda self: self._has("delete"))
    @rule()
    def delete_all(self) -> None:
        """Delete every item: no row is left."""
        for item in self._items:
            self.run(self._then_look(self.crud.delete(item)))

    @precondition(lambda self: self._has("delete") and bool(self.unique))
    @rule(number=st.integers(0, _MOST_ITEMS - 1), given=drawing.of_machine(drawing.fields))
    def replace(self, number: int, given: dict[str, Any]) -> None:
        """Delete an item, and create another one with its unique fields."""
        item = self._item(number)
        keys = {name: item.record[name] for key in self.crud.model.unique for name in key if name in item.record}
        self.run(self._then_look(self.crud.delete(item)))
        self.run(self._then_look(self.crud.create({**given, **keys})))

    @precondition(lambda self: bool(self.crud.model.items or self.crud.model.gone))
    @rule(
        identifier=drawing.of_machine(drawing.missing_id),
        given=drawing.of_machine(drawing.changes),
    )
    def use_missing(self, identifier: Any, given: drawing.Given) -> None:
        """Change, delete and read an item that is not there."""
        if identifier is not None:
            self.run(self._then_look(self.crud.use_missing(identifier, given.fields, loose=given.loose)))

    @precondition(lambda self: self._has("list"))
    @rule(per_page=st.integers(1, 4))
    def read_pages(self, per_page: int) -> None:
        """Read all pages, twice, of two sizes."""
        self.run(self.crud.read_pages(per_page, {}))

    @precondition(lambda self: self._has("list") and bool(self.filters))
    @rule(per_page=st.integers(1, 4), filters=drawing.of_machine(drawing.filters))
    def read_filtered(self, per_page: int, filters: list[dict[str, Any]]) -> None:
        """Read all pages of what filters let through."""
        for each in filters:
            self.run(self.crud.walk(per_page, each))

    @rule(seconds=st.sampled_from([0.001, 1, 60, _DAY_S]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._pause(seconds)
        self.run(self.crud.look())

    @precondition(lambda self: bool(self._items) and self._reopens())
    @rule()
    def reopen(self) -> None:
        """Stop the service, and start another instance of it."""
        self.run(self._then_look(self.crud.reopen()))

    # -- at once

    @precondition(lambda self: self.at_once and self._has("update"))
    @rule(given=drawing.of_machine(drawing.halves), turns=st.integers(0, 3))
    def update_at_once(self, given: tuple[int, tuple[dict[str, Any], dict[str, Any]]], turns: int) -> None:
        """Change different fields of an item at the same time."""
        number, halves = given
        if all(halves):
            self.run(self._then_look(self.crud.update_at_once(self._item(number), halves, turns)))

    @precondition(lambda self: self.at_once and self._has("update"))
    @rule(
        number=st.integers(0, _MOST_ITEMS - 1),
        given=drawing.of_machine(drawing.changes),
        turns=st.integers(0, 3),
        slow=drawing.of_machine(drawing.slow),
        pause=st.sampled_from([0, _DAY_S]),
    )
    def read_during_update(
        self, number: int, given: drawing.Given, turns: int, slow: drawing.Slow | None, pause: float
    ) -> None:
        """Read an item while it is changed, perhaps when what a cache had of it is gone."""
        self._pause(pause)
        self.run(self._then_look(self.crud.read_during_update(self._item(number), given.fields, turns, slow)))

    @precondition(lambda self: self.at_once and len(self._items) < _MOST_ITEMS)
    @rule(given=drawing.of_machine(drawing.fields), turns=st.integers(0, 3))
    def create_at_once(self, given: dict[str, Any], turns: int) -> None:
        """Create the same item twice at the same time."""
        self.run(self._then_look(self.crud.create_at_once(given, turns)))

    @precondition(lambda self: self.at_once and self._has("delete"))
    @rule(number=st.integers(0, _MOST_ITEMS - 1), turns=st.integers(0, 3))
    def delete_at_once(self, number: int, turns: int) -> None:
        """Delete an item twice at the same time."""
        self.run(self._then_look(self.crud.delete_at_once(self._item(number), turns)))

    # -- with faults

    @precondition(lambda self: self._can_fail() and "list" in self.crud.operations)  # what is left is seen there alone
    @rule(given=drawing.of_machine(drawing.new_item), failing=drawing.of_machine(drawing.failing))
    def create_fails(self, given: drawing.Given, failing: Mapping[str, drawing.Failing]) -> None:
        """Let a database call of a creation fail."""
        self.run(self._then_look(self.crud.with_fault("create", None, given, failing["create"])))

    @precondition(lambda self: self._can_fail() and bool(self._items))
    @rule(
        role=st.sampled_from(["update", "delete"]),
        given=drawing.of_machine(drawing.difference),
        failing=drawing.of_machine(drawing.failing),
    )
    def change_fails(self, role: str, given: tuple[int, drawing.Given], failing: Mapping[str, drawing.Failing]) -> None:
        """Let a database call of an update or a deletion fail."""
        number, changes = given
        if role in self.crud.operations and (changes.fields or role == "delete"):
            self.run(self._then_look(self.crud.with_fault(role, self._item(number), changes, failing[role])))

    def _can_fail(self) -> bool:
        return self.with_faults and "database" in self.nexus.adapters

    def _pause(self, seconds: float) -> None:
        if seconds:
            self.steps.add(f"await nexus.clock.advance(seconds={seconds})")
            self.run(self.nexus.clock.advance(seconds=seconds))

    def _item(self, number: int) -> Item:
        return self._items[number % len(self._items)]

    def _reopens(self) -> bool:
        return "database" in self.nexus.adapters if self.reopens is None else self.reopens

    async def _then_look(self, action: Any) -> None:
        await action
        await self.crud.look()
