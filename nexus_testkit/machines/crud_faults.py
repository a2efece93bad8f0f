"""What `CrudMachine` does to a service while database calls fail: each operation is made in full, or not at all.

Which of the two cannot be known beforehand: a COMMIT whose reply is lost, or a read after it that fails, leaves a write that
was made and raised. So both are accepted. What is neither is tried again without a fault, as a control: what is wrong then
too has nothing to do with the fault, and is reported as what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nexus_testkit.faults import Fault
from nexus_testkit.machines.crud_at_once import CrudAtOnce
from nexus_testkit.machines.crud_calls import page_options
from nexus_testkit.machines.crud_drawing import Failing, Given
from nexus_testkit.machines.crud_model import Item
from nexus_testkit.machines.crud_run import Answer
from nexus_testkit.machines.promises import Broken


class CrudFaults(CrudAtOnce):
    """One operation, one database call of which fails or loses its reply."""

    async def with_fault(self, role: str, item: Item | None, given: Given, failing: Failing) -> None:
        """Make an operation whose database call of this number fails."""
        clash = self.model.clash(given.fields, but=item and item.id)
        before = await self.count_rows()
        arguments = ([] if item is None else [item]) + ([] if role == "delete" else [dict(given.fields)])
        fault = self._fault(failing)
        try:
            answer = await self.ask(role, *arguments)
        finally:
            fault.stop()
            self.machine.steps.add("fault.stop()")
        failed = answer.error is not None and bool(fault.fired)
        if item is None:
            if failed:
                await self._create_failed(given.fields, before, clash)
            else:
                await self._created(given.fields, answer, clash, loose=given.loose)
        elif failed:
            await self._change_failed(role, item, given.fields)
        elif role == "update":
            await self._updated(item, given.fields, answer, clash, loose=given.loose)
        else:
            await self._deleted(item, answer)

    def _fault(self, failing: Failing) -> Fault:
        verb = "loses_reply()" if failing.error is None else f"raises({failing.error!r})"
        self.machine.steps.add(f"fault = nexus.faults.on('database').nth({failing.call}).{verb}.optional()")
        chosen = self.machine.nexus.faults.on("database").nth(failing.call)
        fault = chosen.loses_reply() if failing.error is None else chosen.raises(failing.error)
        return fault.optional()

    async def _create_failed(self, given: Mapping[str, Any], before: Mapping[str, int], clash: bool | None) -> None:
        after = await self.count_rows()
        strays = [each for each in await self._listed() if self.id_of(each) not in self.model.items]
        if not strays and after == before:
            return
        if len(strays) != 1:
            raise Broken("atomic", f"a create failed, and left rows: {after}, before {before}; listed: {strays}")
        if clash:
            raise Broken("duplicate", f"a create of {dict(given)} failed, and left {strays[0]}")
        identifier = self.id_of(strays[0])
        left = self.record((await self.ask("get", identifier)).value) or strays[0]
        wanted = self._readable(given)
        if any(left[name] != value for name, value in wanted.items() if name in left):
            await self._create_again(given, identifier)
            raise Broken("atomic", f"a create of {dict(given)} failed, and left {left}")
        await self.adopt(given, identifier, named=False)

    async def _create_again(self, given: Mapping[str, Any], identifier: Any) -> None:
        """Create without a fault what a failed creation has left otherwise than it was given."""
        if "delete" not in self.operations:
            return
        await self.ask("delete", identifier)
        again = await self.ask("create", dict(given))
        if again.error is None:
            await self.adopt(given, again.value)

    async def _listed(self) -> list[dict[str, Any]]:
        """The items that the service lists, as one page: whether pages are right is another question."""
        return (await self.listed(page_options(self.machine, 0, len(self.model.items) + 2, None))).items

    async def _change_failed(self, role: str, item: Item, given: Mapping[str, Any]) -> None:
        answer = await self.ask("get", item)
        got = self.record(answer.value)
        if got == item.record:
            await self._check_seen(role, item, given)
            return
        if role == "delete":
            if self.is_missing("get", answer):
                await self.deleted(item)
                return
            raise Broken("atomic", f"{item.code} was {item.record}", f"and a delete that failed left {got}")
        wanted = self._readable(given)
        if got is not None and all(got[name] == value for name, value in wanted.items() if name in got):
            await self.changed(item, given, Answer())
            return
        if got is not None:
            await self.update(item, given, loose=True)
        raise Broken("atomic", f"{item.code} was {item.record}", f"and was {got} after an update that failed")

    async def _check_seen(self, role: str, item: Item, given: Mapping[str, Any]) -> None:
        """Where a read does not show a change that failed, the list must not show it either: it was made, or it was not."""
        if "list" not in self.operations:
            return
        listed = next((each for each in await self._listed() if self.id_of(each) == item.id), None)
        where = f"{self.line('get', item)} gives {item.record} after"
        if listed is None:
            raise Broken("deleted" if role == "delete" else "atomic", f"{where} a {role} that failed; it is not listed")
        wanted = {
            name: value for name, value in self._readable(given).items() if name in listed and name in item.record
        }
        if role == "update" and any(item.record[name] != listed[name] == value for name, value in wanted.items()):
            raise Broken("stale", f"{where} an update that failed; listed is {listed}")
