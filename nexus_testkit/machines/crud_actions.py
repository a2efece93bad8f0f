"""What `CrudMachine` does to a service, each with what must come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from nexus_testkit.errors import HarnessError
from nexus_testkit.machines.crud_model import Broken, Item, compare, difference
from nexus_testkit.machines.crud_run import Answer, CrudRun
from nexus_testkit.machines.crud_service import as_page

_DISK_FULL = "53100"  # no service tries again on it, and no transaction survives it


class CrudActions(CrudRun):
    """The operations one by one, at once, and with a database that fails."""

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
            raise answer.error
        if clash:
            raise Broken("duplicate", f"{self.line('create', dict(given))} gave {answer.value!r}")
        await self.adopt(given, answer.value)

    async def adopt(self, given: Mapping[str, Any], value: Any) -> Item:
        """Take what was created into the model."""
        record = self.record(value)
        if record is None:  # the id alone
            identifier = value
            record = self.record((await self.ask("get", identifier, note=False)).value) or {}
        identifier = self.id_of(record)
        number = len(self.model.items) + len(self.model.gone) + 1
        where = self.line("create", dict(given))
        if identifier in self.model.items or identifier in self.model.gone:
            raise Broken("new id", f"{where} gave {identifier!r}, which was given before")
        code = f"item{number}" if self.record(value) is None else f"item{number}[{self.machine.id_field!r}]"
        wanted = self._readable(given)
        compare(wanted, {name: record[name] for name in wanted if name in record}, where=where)
        self._check_time(None, record, where)
        item = self.touched = Item(code, identifier, record)
        self.model.items[identifier] = item
        self.model.settable |= set(given)
        return item

    async def create_without(self, given: Mapping[str, Any], name: str) -> None:
        """Create an item without a required field."""
        less = {each: value for each, value in given.items() if each != name}
        before = await self.count_rows()
        answer = await self.ask("create", less)
        if answer.error is None:
            raise Broken("required", f"{self.line('create', less)} gave {answer.value!r}")
        if not isinstance(answer.error, self.machine.invalid):
            raise answer.error
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
        if self.is_missing("update", answer) and answer.value is None and self.record(answer.value) is None:
            raise Broken("there", f"{where} gave {answer.error or answer.value!r}") from answer.error
        if self.is_refusal(answer):
            if clash is False and not loose:
                promise = "freed" if self.model.was_held(given) else "free"
                raise Broken(promise, f"{where} raised {answer.error!r}") from answer.error
            await self._unchanged(item)
            return
        if answer.error is not None:
            raise answer.error
        if clash:
            raise Broken("duplicate", f"{where} gave {answer.value!r}")
        await self.changed(item, given, answer)

    async def _unchanged(self, item: Item) -> None:
        got = self.record((await self.ask("get", item)).value)
        if got != item.record:
            raise Broken("atomic", f"{item.code} was {item.record}", f"and is {got} after an update that failed")

    async def changed(self, item: Item, given: Mapping[str, Any], answer: Answer) -> None:
        """Take an update into the model."""
        where = self.line("update", item, dict(given))
        returned = self.record(answer.value)
        read = self.record((await self.ask("get", item)).value) or {}
        self.model.settable |= set(given)
        old = item.record
        kept = {
            name: value for name, value in old.items() if name in self.model.settable or name == self.machine.id_field
        }
        created = self.machine.created_field
        if created in old:
            kept[created] = old[created]
        wanted = kept | self._readable(given)
        for got, place in ((returned, where), (read, self.line("get", item))):
            if got is None:  # an update that gives no item
                continue
            shown = {name: value for name, value in got.items() if name in wanted}
            history = [] if place == where else [{name: old[name] for name in wanted if name in old}]
            if created in wanted and shown.get(created) != wanted[created]:
                raise Broken("time", f"{place}: {created} was {wanted[created]}, and is {shown.get(created)}")
            compare(wanted, shown, where=place, history=history)
            self._check_time(old, got, place)
        if returned is not None:
            compare(returned, {name: read.get(name) for name in returned}, where=self.line("get", item), history=[old])
        item.before.append(old)
        item.record = read

    async def update_missing(self, identifier: Any, given: Mapping[str, Any]) -> None:
        """Change an item that is not there."""
        for role, arguments in (
            ("update", (identifier, dict(given))),
            ("delete", (identifier,)),
            ("get", (identifier,)),
        ):
            if role in self.operations:
                answer = await self.ask(role, *arguments)
                if not self.is_missing(role, answer):
                    raise Broken(
                        "missing", f"{self.line(role, *arguments)} gave {answer.error or answer.value!r}"
                    ) from answer.error

    async def delete(self, item: Item) -> None:
        """Delete an item."""
        answer = await self.ask("delete", item)
        if answer.error is not None and not self.is_missing("delete", answer):
            raise answer.error
        if self.is_missing("delete", answer):
            raise Broken("there", f"{self.line('delete', item)} gave {answer.error or answer.value!r}")
        await self.deleted(item)

    async def deleted(self, item: Item) -> None:
        """Take a deletion into the model."""
        del self.model.items[item.id]
        self.model.gone[item.id] = item
        if not self.model.items:
            await self.check_rows("rows", self.rows, "the deletion of every item")

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

    # -- at once

    async def update_at_once(self, item: Item, given: tuple[Mapping[str, Any], Mapping[str, Any]], turns: int) -> None:
        """Two updates of different fields at the same time: both are made, or one is refused as a conflict."""
        if any(self.model.clash(each, but=item.id) is not False for each in given):
            return
        answers = await self._at_once(*(("update", item, dict(each)) for each in given), turns=turns)
        made: dict[str, Any] = {}
        for each, answer in zip(given, answers, strict=True):
            if self.is_conflict(answer):
                continue
            if answer.error is not None:
                raise answer.error
            made |= self._readable(each)
            self.model.settable |= set(each)
        read = self.record((await self.ask("get", item)).value) or {}
        for name, value in made.items():
            if read.get(name) != value:
                details = [f"  {self.line('update', item, dict(each))}" for each in given]
                promise = "lost" if read.get(name) == item.record.get(name) else difference(value, read.get(name))
                if read == item.record:
                    promise = "stale"
                raise Broken(promise, "at once:", *details, f"and then {name} is {read.get(name)!r}, not {value!r}")
        self._check_time(item.record, read, "two updates at once")
        item.before.append(item.record)
        item.record = (
            item.record | made | {name: value for name, value in read.items() if name not in self.model.settable}
        )

    async def read_during_update(self, item: Item, given: Mapping[str, Any], turns: int) -> None:
        """A read at the same time as an update: the next read sees the update."""
        if self.model.clash(given, but=item.id) is not False:
            return
        answers = await self._at_once(("get", item), ("update", item, dict(given)), turns=turns)
        if answers[1].error is not None and not self.is_refusal(answers[1]):
            raise answers[1].error
        await self._updated(item, given, answers[1], False, loose=True)

    async def create_at_once(self, given: Mapping[str, Any], turns: int) -> None:
        """The same item twice at the same time: with a unique field, one of them is refused."""
        clash = self.model.clash(given)
        if clash is None:
            return
        line = ("create", dict(given))
        answers = await self._at_once(line, line, turns=turns)
        made = [answer for answer in answers if not self.is_refusal(answer) and not self.is_conflict(answer)]
        for answer in made:
            if answer.error is not None:
                raise answer.error
        keyed = any(all(given.get(name) is not None for name in key) for key in self.model.unique)
        most = 0 if clash else 1 if keyed else 2
        if len(made) > most:
            raise Broken("duplicate", f"{self.line(*line)} twice at once made {len(made)} items")
        if len(made) < most:
            promise = "freed" if self.model.was_held(given) else "free"
            raise Broken(promise, f"{self.line(*line)} twice at once raised {answers[0].error!r}") from answers[0].error
        for answer in made:
            item = await self.adopt(given, answer.value)
            item.code = repr(item.id)  # gather() gives it no name

    async def delete_at_once(self, item: Item, turns: int) -> None:
        """Two deletions of one item at the same time: one of them finds it."""
        answers = await self._at_once(("delete", item), ("delete", item), turns=turns)
        for answer in answers:
            if answer.error is not None and not self.is_missing("delete", answer) and not self.is_conflict(answer):
                raise answer.error
        missing = [answer for answer in answers if self.is_missing("delete", answer) or self.is_conflict(answer)]
        if len(missing) != 1:
            gave = " and ".join(repr(answer.error or answer.value) for answer in answers)
            raise Broken("once", f"{self.line('delete', item)} twice at once gave {gave}")
        await self.deleted(item)

    async def _at_once(self, *calls: tuple[Any, ...], turns: int) -> list[Answer]:
        async def later(number: int, one: tuple[Any, ...]) -> Answer:
            for _ in range(turns if number else 0):
                await asyncio.sleep(0)
            return await self.ask(*one, note=False)

        lines = [self.line(*one).partition("await ")[2] for one in calls]
        self.machine.steps.add(f"# at once, the second one {turns} turns of the loop later:")
        self.machine.steps.add(f"await asyncio.gather({', '.join(lines)}, return_exceptions=True)")
        return list(await asyncio.gather(*(later(number, one) for number, one in enumerate(calls))))

    # -- with a database that fails

    async def with_fault(
        self, role: str, item: Item | None, given: Mapping[str, Any], number: int, *, loose: bool = False
    ) -> None:
        """One operation, whose database call of this number fails: it is made in full, or not at all."""
        clash = self.model.clash(given, but=item and item.id)
        before = await self.count_rows()
        arguments = ([] if item is None else [item]) + ([] if role == "delete" else [dict(given)])
        fault = self.machine.nexus.faults.on("database").nth(number).raises(_DISK_FULL).optional()
        self.machine.steps.add(f"fault = nexus.faults.on('database').nth({number}).raises({_DISK_FULL!r}).optional()")
        answer = await self.ask(role, *arguments)
        fault.stop()
        self.machine.steps.add("fault.stop()")
        failed = answer.error is not None and bool(fault.fired) and not self.is_refusal(answer)
        if not failed:
            await self._without_failure(role, item, given, answer, clash, loose=loose)
        elif item is None:
            await self._create_failed(given, before)
        else:
            await self._change_failed(role, item, given)

    async def _without_failure(
        self, role: str, item: Item | None, given: Mapping[str, Any], answer: Answer, clash: bool | None, *, loose: bool
    ) -> None:
        if item is None:
            await self._created(given, answer, clash, loose=loose)
        elif role == "update":
            await self._updated(item, given, answer, clash, loose=loose)
        elif answer.error is not None:
            raise answer.error
        else:
            await self.deleted(item)

    async def _create_failed(self, given: Mapping[str, Any], before: Mapping[str, int]) -> None:
        after = await self.count_rows()
        if after == before:
            return
        found = await self._strays()
        if len(found) != 1:
            raise Broken("atomic", f"a create failed, and left rows: {after}, before {before}")
        wanted = self._readable(given)
        if {name: found[0].get(name) for name in wanted} != wanted:
            raise Broken("atomic", f"a create of {dict(given)} failed, and left {found[0]}")
        item = await self.adopt(given, found[0])
        item.code = repr(item.id)

    async def _strays(self) -> list[dict[str, Any]]:
        """The items that the service lists and that the model does not have."""
        if "list" not in self.operations:
            return []
        machine = self.machine
        found: list[dict[str, Any]] = []
        paged = self.paged()
        for number in range(len(self.model.items) + 2 if paged else 1):
            options: dict[str, Any] = (
                dict(zip(machine.page_arguments, (machine.first_page + number, 1), strict=True)) if paged else {}
            )
            answer = await self.ask("list", **options)
            records = as_page(answer.value)[0] if answer.error is None else []
            found += [
                record for record in records if self.id_of(record) not in self.model.items and record not in found
            ]
        return found

    async def _change_failed(self, role: str, item: Item, given: Mapping[str, Any]) -> None:
        answer = await self.ask("get", item)
        if role == "delete":
            if self.is_missing("get", answer):
                await self.deleted(item)
                return
            if self.record(answer.value) != item.record:
                raise Broken(
                    "atomic", f"{item.code} was {item.record}", f"and a delete that failed left {answer.value!r}"
                )
            return
        got = self.record(answer.value)
        if got == item.record:
            return
        wanted = self._readable(given)
        if got is None or {name: got.get(name) for name in wanted} != wanted:
            raise Broken("atomic", f"{item.code} was {item.record}", f"and is {got} after an update that failed")
        await self.changed(item, given, Answer(None))


def check_configuration(machine: Any) -> None:
    """Refuse a machine whose attributes make no sense.

    Raises:
        HarnessError: `service` or `new` is missing, or another attribute is malformed.
    """
    name = type(machine).__name__
    for attribute, example in (("service", "NotesService"), ("new", "st.fixed_dictionaries({...})")):
        if getattr(machine, attribute, None) is None:
            raise HarnessError(f"{name} has no {attribute!r}", hint=f"{attribute} = {example}")
    for attribute in (
        "unique",
        "required",
        "ignore_case",
        "write_only",
        "volatile",
        "immutable",
        "order_by",
        "keeps_rows",
    ):
        if isinstance(getattr(machine, attribute), str):
            raise HarnessError(
                f"{name}.{attribute} must be a tuple of names, not a str",
                hint=f"{attribute} = ({getattr(machine, attribute)!r},)",
            )
