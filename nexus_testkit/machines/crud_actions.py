"""What `CrudMachine` does to a service one by one, each with what must come of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from nexus_testkit.errors import HarnessError
from nexus_testkit.machines.crud_configuration import check_fields
from nexus_testkit.machines.crud_model import Item, compare, shared
from nexus_testkit.machines.crud_run import Answer, CrudRun
from nexus_testkit.machines.crud_service import as_record
from nexus_testkit.machines.promises import Broken


class CrudActions(CrudRun):
    """The operations, one by one."""

    async def create(self, given: Mapping[str, Any], *, loose: bool = False) -> None:
        """Create an item; `loose` where the service may refuse it."""
        clash = self.model.clash(given)
        before = await self.count_rows()
        answer = await self.ask("create", dict(given))
        await self._created(given, answer, clash, loose=loose)
        if answer.error is not None:
            await self.check_rows("atomic", before, "a create that was refused")

    async def _created(self, given: Mapping[str, Any], answer: Answer, clash: bool | None, *, loose: bool) -> None:
        if self.is_refusal(answer):
            if clash is False and not loose:
                promise = "freed" if self.model.was_held(given) else "free"
                raise Broken(promise, f"{self.line('create', dict(given))} raised {answer.error!r}") from answer.error
            return
        if answer.error is not None:
            raise self.unexpected(answer.error, clash)
        if clash:
            raise Broken("duplicate", f"{self.line('create', dict(given))} gave {answer.value!r}")
        await self.adopt(given, answer.value)

    async def adopt(self, given: Mapping[str, Any], value: Any, *, named: bool = True) -> Item:
        """Take what was created into the model; `value` is the item, or its id alone; `named` where the steps name it."""
        made = self.record(value)
        identifier = value if made is None else self.id_of(made)
        where = self.line("create", dict(given))
        number = self.model.made = self.model.made + 1
        if identifier is None:
            raise HarnessError(f"{where} gave None: neither an item nor its id", hint="return what was created")
        chosen = self.machine.id_field in given  # by the caller: it is free again after a deletion
        if identifier in self.model.items or (identifier in self.model.gone and not chosen):
            raise Broken("new id", f"{where} gave {identifier!r}, which was given before")
        wanted = self._readable(given)
        if made is not None:
            compare(*shared(wanted, made), where=where)
        code = self._id_code(f"item{number}", value) if named else repr(identifier)
        item = self.touched = Item(code, identifier, {})
        item.record = await self.read(item)
        compare(*shared(wanted, item.record), where=self.line("get", item))
        if made is not None:
            compare(*shared(made, item.record), where=self.line("get", item))
        self._check_time(None, item.record, where)
        check_fields(self.machine, given, item.record)
        self.model.items[identifier] = item
        self.model.gone.pop(identifier, None)
        self.model.learn(given)
        return item

    def _id_code(self, name: str, value: Any) -> str:
        if as_record(value) is None:
            return name
        field = self.machine.id_field
        return f"{name}[{field!r}]" if hasattr(type(value), "__getitem__") else f"{name}.{field}"

    async def create_without(self, given: Mapping[str, Any], name: str) -> None:
        """Create an item without a required field."""
        less = {each: value for each, value in given.items() if each != name}
        before = await self.count_rows()
        answer = await self.ask("create", less)
        if answer.error is None:
            raise Broken("required", f"{self.line('create', less)} gave {answer.value!r}")
        if not isinstance(answer.error, self.machine.invalid):
            raise self.unexpected(answer.error, False)
        await self.check_rows("atomic", before, "a create that was refused")

    async def update(self, item: Item, given: Mapping[str, Any], *, loose: bool = False) -> None:
        """Change an item."""
        clash = self.model.clash(given, but=item.id)
        before = await self.count_rows()
        answer = await self.ask("update", item, dict(given))
        await self._updated(item, given, answer, clash, loose=loose)
        if answer.error is not None:
            await self.check_rows("atomic", before, "an update that was refused")

    async def _updated(
        self, item: Item, given: Mapping[str, Any], answer: Answer, clash: bool | None, *, loose: bool
    ) -> None:
        where = self.line("update", item, dict(given))
        if self.is_missing("update", answer):
            raise Broken("there", f"{where} gave {answer.error or answer.value!r}") from answer.error
        if self.is_refusal(answer):
            if clash is False and not loose:
                promise = "freed" if self.model.was_held(given) else "free"
                raise Broken(promise, f"{where} raised {answer.error!r}") from answer.error
            await self._unchanged(item)
            return
        if answer.error is not None:
            raise self.unexpected(answer.error, clash)
        if clash:
            raise Broken("duplicate", f"{where} gave {answer.value!r}")
        await self.changed(item, given, answer)

    async def update_outdated(self, item: Item, given: Mapping[str, Any]) -> None:
        """Change an item, and then change it once more with the version that it had before: that is refused."""
        outdated = dataclasses.replace(item)
        await self.update(item, given, loose=True)
        if item.record is outdated.record:  # it was refused
            return
        answer = await self.ask("update", outdated, dict(given))
        self.touched = item
        if not self.is_conflict(answer):
            line = self.line("update", outdated, dict(given))
            raise Broken("outdated", f"{line} gave {answer.error or answer.value!r}") from answer.error
        await self._unchanged(item)

    async def _unchanged(self, item: Item) -> None:
        got = await self.read(item)
        if got != item.record:
            raise Broken("atomic", f"{item.code} was {item.record}", f"and is {got} after an update that failed")

    async def changed(self, item: Item, given: Mapping[str, Any], answer: Answer) -> None:
        """Take an update into the model."""
        where, there = self.line("update", item, dict(given)), self.line("get", item)
        returned = self.record(answer.value)
        read = await self.read(item)
        self.model.learn(given)
        old = item.record
        always = {self.machine.id_field, self.machine.created_field}
        kept = {name: value for name, value in old.items() if name in self.model.settable | always}
        wanted = kept | {name: value for name, value in self._readable(given).items() if name in old}
        try:
            if returned is not None:  # else it is an update that gives no item
                self._check_change(old, wanted, returned, where=where)
            self._check_change(old, wanted, read, where=there, history=[{name: old[name] for name in wanted}])
        except Broken as error:
            if None in given.values():
                error.add_note("Hint: where None in an update leaves a field as it is, none_changes = False")
            raise
        if returned is not None:
            compare(*shared(returned, read), where=there, history=[old])
        item.before.append(old)
        item.record = read

    def _check_change(
        self,
        old: Mapping[str, Any],
        wanted: Mapping[str, Any],
        got: Mapping[str, Any],
        *,
        where: str,
        history: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        created = self.machine.created_field
        if created in wanted and created in got and got[created] != wanted[created]:
            raise Broken("time", f"{where}: {created} was {wanted[created]}, and is {got[created]}")
        compare(*shared(wanted, got), where=where, history=history)
        self._check_time(old, got, where)

    async def use_missing(self, identifier: Any, given: Mapping[str, Any], *, loose: bool = False) -> None:
        """Change, delete and read an item that is not there; which of two reasons to refuse comes first is the service's."""
        clash = self.model.clash(given)
        for role, arguments in (
            ("update", (identifier, dict(given))),
            ("delete", (identifier,)),
            ("get", (identifier,)),
        ):
            if role in self.operations:
                answer = await self.ask(role, *arguments)
                if role == "delete" and self.machine.idempotent_delete and answer.error is None:
                    continue
                may_refuse = role == "update" and (loose or clash is not False)
                if not self.is_missing(role, answer) and not (may_refuse and self.is_refusal(answer)):
                    raise self.not_missing(role, self.line(role, *arguments), answer) from answer.error

    async def delete(self, item: Item) -> None:
        """Delete an item."""
        await self._deleted(item, await self.ask("delete", item))

    async def _deleted(self, item: Item, answer: Answer) -> None:
        if self.is_missing("delete", answer):
            raise Broken("there", f"{self.line('delete', item)} gave {answer.error or answer.value!r}")
        if answer.error is not None:
            raise answer.error
        await self.deleted(item)

    async def deleted(self, item: Item) -> None:
        """Take a deletion into the model."""
        del self.model.items[item.id]
        self.model.gone[item.id] = item
        if not self.model.items:
            hint = "Hint: a table in which rows are to stay is named by keeps_rows"
            await self.check_rows("rows", self.rows, "the deletion of every item", hint)

    def _readable(self, given: Mapping[str, Any]) -> dict[str, Any]:
        hidden = {*self.machine.write_only, *self.machine.volatile}
        return {name: value for name, value in self.model.as_stored(given).items() if name not in hidden}

    def _check_time(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], where: str) -> None:
        created, updated = self.machine.created_field, self.machine.updated_field
        earlier: list[tuple[str, Any, str, Any]] = []
        if old is None:
            records = [item.record for item in (*self.model.items.values(), *self.model.gone.values())]
            earlier += [
                ("an earlier item's " + created, record.get(created), created, new.get(created)) for record in records
            ]
        else:
            earlier.append((updated, old.get(updated), updated, new.get(updated)))
        earlier.append((created, new.get(created), updated, new.get(updated)))
        for before, first, after, second in earlier:
            if first is not None and second is not None and type(first) is type(second) and second < first:
                raise Broken("time", f"{where} gave {after} {second}, and {before} is {first}")
