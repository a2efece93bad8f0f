"""What `CrudMachine` does to a service at the same time, each with what must come of it.

Where something is wrong, the same is done again one by one, as a control: what is wrong then too has nothing to do with
concurrency, and is reported as what it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from nexus_testkit.machines.crud_actions import CrudActions
from nexus_testkit.machines.crud_drawing import Slow
from nexus_testkit.machines.crud_model import Item, compare, shared
from nexus_testkit.machines.crud_run import Answer
from nexus_testkit.machines.promises import Broken
from nexus_testkit.machines.steps import later

_DELAY_S = 0.001  # longer than whatever is done at the same time: no call takes any time by itself


class CrudAtOnce(CrudActions):
    """Pairs of operations, the second some turns of the loop behind the first."""

    async def update_at_once(self, item: Item, given: tuple[Mapping[str, Any], Mapping[str, Any]], turns: int) -> None:
        """Two updates of different fields at the same time: both are made, or one is refused."""
        if any(self.model.clash(each, but=item.id) is not False for each in given):
            return
        answers = await self._at_once(("update", item, dict(given[0])), ("update", item, dict(given[1])), turns=turns)
        made: dict[str, Any] = {}
        for each, answer in zip(given, answers, strict=True):
            if self.is_conflict(answer) or self.is_refusal(answer):
                continue
            if answer.error is not None:
                hint = f"where that is how an update is refused because of another one, conflict = {type(answer.error).__name__}"
                answer.error.add_note(f"Hint: {hint}")
                raise answer.error
            both = bool(made)
            made |= self._readable(each)
            self.model.learn(each)
            if both and self.machine.version_field:
                raise Broken(
                    "outdated", f"{self.line('update', item, dict(each))} was made", "and so was the one at once"
                )
        read = await self.read(item)
        self._check_time(item.record, read, "two updates at once")
        wrong = [name for name, value in made.items() if name in read and read[name] != value]
        item.before.append(item.record)
        if not wrong:
            kept = {name: value for name, value in item.record.items() if name in self.model.settable}
            item.record = read | kept | {name: value for name, value in made.items() if name in read}
            return
        item.record = read
        await self._one_by_one(item, given)
        lines = [f"  {self.line('update', item, dict(each))}" for each in given]
        gave = [f"and then {name} was {read[name]!r}, not {made[name]!r}" for name in wrong]
        raise Broken("lost", "at once:", *lines, *gave, "one by one, neither is lost")

    async def _one_by_one(self, item: Item, given: tuple[Mapping[str, Any], Mapping[str, Any]]) -> None:
        done: dict[str, Any] = {}
        for each in (*given, given[0]):  # the first one again: it may be the second that spoils it
            before = item.record = await self.read(item)
            answer = await self.ask("update", item, dict(each))
            if answer.error is not None:  # it cannot be compared with, then
                return
            done |= self._readable(each)
            if returned := self.record(answer.value):
                compare(*shared(done, returned), where=self.line("update", item, dict(each)))
            compare(*shared(done, await self.read(item)), where=self.line("get", item), history=[before])

    async def read_during_update(self, item: Item, given: Mapping[str, Any], turns: int, slow: Slow | None) -> None:
        """A read at the same time as an update, perhaps with a slow call: the next read sees the update."""
        if self.model.clash(given, but=item.id) is not False:
            return
        fault = None
        if slow is not None:
            how = f"on({slow.port!r}).nth({slow.call}).delays({_DELAY_S}, reply={slow.reply}).optional()"
            self.machine.steps.add(f"fault = nexus.faults.{how}")
            chosen = self.machine.nexus.faults.on(slow.port).nth(slow.call)
            fault = chosen.delays(_DELAY_S, reply=slow.reply).optional()
        try:
            answers = await self._at_once(("get", item), ("update", item, dict(given)), turns=turns)
        finally:
            if fault is not None:
                fault.stop()
                self.machine.steps.add("fault.stop()")
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
                raise self.unexpected(answer.error, True)
        keyed = any(all(given.get(name) is not None for name in key) for key in self.model.unique)
        most = 0 if clash else 1 if keyed else 2
        if len(made) > most:
            raise Broken("duplicate", f"{self.line(*line)} twice at once made {len(made)} items")
        if len(made) < most:
            promise = "freed" if self.model.was_held(given) else "free"
            raise Broken(promise, f"{self.line(*line)} twice at once raised {answers[0].error!r}") from answers[0].error
        for answer in made:
            await self.adopt(given, answer.value, named=False)

    async def delete_at_once(self, item: Item, turns: int) -> None:
        """Two deletions of one item at the same time: one of them finds it."""
        answers = await self._at_once(("delete", item), ("delete", item), turns=turns)
        for answer in answers:
            if answer.error is not None and not self.is_missing("delete", answer) and not self.is_conflict(answer):
                raise answer.error
        if self.machine.idempotent_delete:
            await self.deleted(item)
            return
        missing = [answer for answer in answers if self.is_missing("delete", answer) or self.is_conflict(answer)]
        if len(missing) != 1:
            gave = " and ".join(repr(answer.error or answer.value) for answer in answers)
            again = await self.ask("delete", item)
            line = self.line("delete", item)
            if not self.is_missing("delete", again):
                raise self.not_missing("delete", line, again) from again.error
            raise Broken("once", f"{line} twice at once gave {gave}")
        await self.deleted(item)

    async def _at_once(self, first: tuple[Any, ...], second: tuple[Any, ...], *, turns: int) -> list[Answer]:
        one, other = (self.line(*each).partition("await ")[2] for each in (first, second))
        self.machine.steps.add(f"await asyncio.gather({one}, later({turns}, {other}), return_exceptions=True)")
        asked = self.ask(*first, note=False), later(turns, self.ask(*second, note=False))
        return list(await asyncio.gather(*asked))
