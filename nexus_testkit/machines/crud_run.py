"""One run of `CrudMachine`: the service, the model beside it, and how the service is asked and looked at."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import HarnessError
from nexus_testkit.machines.crud_calls import CURSOR, Page, as_page, page_options, passed
from nexus_testkit.machines.crud_configuration import check_given, is_error
from nexus_testkit.machines.crud_model import Item, Model, compare
from nexus_testkit.machines.crud_service import as_record
from nexus_testkit.machines.promises import Broken
from nexus_testkit.machines.steps import call

if TYPE_CHECKING:
    from nexus_testkit.machines.crud import CrudMachine

_TABLES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name
"""


_LONGEST_PAGE = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation gave, or raised."""

    value: Any = None
    error: Exception | None = None


class CrudRun:
    """A service in a world, and what it must hold.

    Attributes:
        machine: whose attributes say how the service is to be used.
        operations: role -> method.
        model: what there must be.
        rows: how many rows each table had when the service had started.
        touched: the item that was used last.
        calls: role -> the most database calls that it took.
    """

    def __init__(self, machine: CrudMachine, operations: Mapping[str, str]) -> None:
        """A run whose service `start` starts."""
        self.machine = machine
        self.operations = operations
        self.model = Model(
            tuple((key,) if isinstance(key, str) else tuple(key) for key in machine.unique),
            frozenset(machine.ignore_case),
            machine.stored,
        )
        self.rows: dict[str, int] = {}
        self.touched: Item | None = None
        self.calls: dict[str, int] = {}
        self._looks = 0
        self._tables: list[str] | None = None  # those that were there when the service had started
        self._service: Any = None

    async def start(self) -> None:
        """Start the service in the world's container."""
        service = self.machine.service
        self._service = await self.machine.nexus.service(service)
        self.machine.steps.begin(f"service = await nexus.service({service.__name__})")
        if "database" in self.machine.nexus.adapters:
            self.machine.nexus.db.shuffle_ties()
            self.machine.steps.begin("nexus.db.shuffle_ties()")
        self.rows = await self.count_rows()

    # -- asking

    async def ask(self, role: str, *arguments: Any, note: bool = True, **options: Any) -> Answer:
        """Call the method of a role; `arguments` may hold items, which stand for their ids."""
        method = self.operations[role]
        if role in ("create", "update"):
            check_given(self.machine, role, method, arguments[-1])
        line = self.line(role, *arguments, **options)
        self.touched = next((each for each in arguments if isinstance(each, Item)), self.touched)
        crossed = self.machine.nexus.journal.calls
        before = len(crossed)
        value: Any = None
        try:
            by_position, by_name = passed(self.machine, role, method, arguments, as_code=False)
            begun = getattr(self._service, method)(*by_position, **by_name, **options)
            if asynchronous := inspect.isawaitable(begun):
                value = await begun
        except Exception as error:  # noqa: BLE001  # what it means is for the caller to say
            if note:
                self.machine.steps.raised(line, error)
            return Answer(error=error)
        if not asynchronous:
            raise HarnessError(
                f"{self.machine.service.__name__}.{method} is not asynchronous: it gave {begun!r}",
                hint=f"async def {method}(...), with 'return' and without 'yield'",
            )
        made = sum(each.port == "database" for each in crossed[before:])
        self.calls[role] = max(made, self.calls.get(role, 0))
        if note:
            (self.machine.steps.look if role in ("get", "list") else self.machine.steps.add)(line)
        return Answer(value)

    def line(self, role: str, *arguments: Any, **options: Any) -> str:
        """The call as code."""
        method = self.operations[role]
        shown, by_name = passed(self.machine, role, method, arguments, as_code=True)
        name = f"item{self.model.made + 1} = " if role == "create" else ""
        return f"{name}await {call(f'service.{method}', *shown, **by_name, **options)}"

    def is_missing(self, role: str, answer: Answer) -> bool:
        """Whether the service says that there is no such item."""
        wanted = self.machine.missing.get(role, False if role == "delete" else None)
        if role == "delete" and self.machine.idempotent_delete:
            return False
        if is_error(wanted):
            return isinstance(answer.error, wanted)
        return answer.error is None and answer.value is wanted

    def not_missing(self, role: str, line: str, answer: Answer) -> Broken:
        """That the service does not say as it should that there is no such item."""
        if answer.error is not None:
            hint = f"where that is how it says so, missing = {{{role!r}: {type(answer.error).__name__}}}"
        elif role == "delete" and answer.value is None:
            hint = "where it gives the same whether there was an item or not, idempotent_delete = True"
        else:
            hint = f"what it gives or raises where there is none is missing = {{{role!r}: ...}}"
        return Broken("missing", f"{line} gave {answer.error or answer.value!r}", f"Hint: {hint}")

    def unexpected(self, error: Exception, clash: bool | None) -> Exception:
        """An error that is neither a refusal nor a conflict, with a word on how it is told to be one."""
        attribute, what = ("invalid", "input") if clash is False else ("duplicate", "a duplicate")
        error.add_note(f"Hint: where that is how the service refuses {what}, {attribute} = {type(error).__name__}")
        return error

    def is_refusal(self, answer: Answer) -> bool:
        """Whether the service refused a duplicate, or what it cannot hold."""
        return isinstance(answer.error, (self.machine.duplicate, self.machine.invalid))

    def is_conflict(self, answer: Answer) -> bool:
        """Whether the service refused a change because of another one at the same time."""
        return isinstance(answer.error, self.machine.conflict)

    # -- looking

    async def look(self) -> None:
        """Hold the item that was used last, another one in turn, one that is gone, and the list against the model."""
        model = self.model
        self._looks += 1
        chosen = [self.touched] if self.touched else []
        for items in (model.items, model.gone):
            known = list(items.values())
            chosen += [known[self._looks % len(known)]] if known else []
        for number, item in enumerate(chosen):
            if number and item is self.touched:
                continue
            if item.id in model.items:
                await self.look_at(item)
                continue
            answer = await self.ask("get", item)
            if not self.is_missing("get", answer):
                line = self.line("get", item)
                if self.record(answer.value) is None:
                    raise self.not_missing("get", line, answer) from answer.error
                raise Broken("deleted", f"{line} gave {answer.value!r}")
        if "list" in self.operations:
            await self.walk(1 + self._looks % _LONGEST_PAGE, {})
            if probe := self._probe():
                await self.walk(_LONGEST_PAGE, probe)

    async def look_at(self, item: Item) -> None:
        """Hold one item against the model."""
        compare(item.record, await self.read(item), where=self.line("get", item), history=item.before)

    async def _look_at_all(self) -> None:
        for item in self.model.items.values():
            await self.look_at(item)
        if "list" in self.operations:
            await self.walk(_LONGEST_PAGE, {})

    async def read(self, item: Item) -> dict[str, Any]:
        """What the service has of an item that must be there."""
        answer = await self.ask("get", item)
        if answer.error is not None and not self.is_missing("get", answer):
            raise answer.error
        got = self.record(answer.value)
        if got is None:
            raise Broken("there", f"{self.line('get', item)} gave {answer.error or answer.value!r}")
        return got

    def _probe(self) -> dict[str, Any]:
        """One of the filters that are hard for the item that was used last, each in turn."""
        if self.touched is None:
            return {}
        probes = [
            {name: value} for name, each in self.machine.filters.items() for value in each.probes(self.touched.record)
        ]
        return probes[self._looks % len(probes)] if probes else {}

    def record(self, value: Any) -> dict[str, Any] | None:
        """An item as a dict without what changes by itself, or None."""
        record = as_record(value)
        return record and {name: each for name, each in record.items() if name not in self.machine.volatile}

    async def read_pages(self, per_page: int, filters: Mapping[str, Any]) -> None:
        """Read all pages, then all pages of another size: the order is the same."""
        one = await self.walk(per_page, filters)
        other = await self.walk(per_page + 1, filters)
        if one != other:
            raise Broken("sorted", f"pages of {per_page} gave {one}", f"pages of {per_page + 1} gave {other}")

    async def walk(self, per_page: int, filters: Mapping[str, Any]) -> list[Any]:
        """Read all pages, and hold them against the model; the ids, in their order."""
        expected, possible = self._matching(filters)
        found: list[Any] = []
        number, cursor = 0, None
        paged, by_cursor = bool(self.machine.page_arguments), self.machine.paging == CURSOR
        while True:
            options = page_options(self.machine, number, per_page, cursor) | self._filter_options(filters)
            items, total, cursor = await self._page(options)
            line = self.line("list", **options)
            found += items
            if total is not None and not len(expected) <= total <= len(possible):
                raise Broken("filter" if filters else "total", f"{line} gave {total} in all", self._there(possible))
            if paged and len(items) > per_page:
                raise Broken("pages", f"{line} gave {len(items)} items")
            number += 1
            whole = len(items) == per_page and (total is None or number * per_page < len(possible))
            if not paged or (cursor is None if by_cursor else not whole):  # also past the end, where there is no total
                break
            if number > len(possible) + 1:
                raise Broken("pages", f"there is no end of pages: {line}", self._there(possible))
        self._check_found(found, filters, line)
        return found

    def _filter_options(self, filters: Mapping[str, Any]) -> dict[str, Any]:
        name = self.machine.filters_argument
        return {name: dict(filters)} if filters and name else dict(filters)

    async def listed(self, options: Mapping[str, Any]) -> Page:
        """What `list` gives."""
        answer = await self.ask("list", **options)
        if answer.error is not None:
            raise answer.error
        return as_page(self.machine, answer.value)

    async def _page(self, options: Mapping[str, Any]) -> tuple[list[Any], int | None, Any]:
        page, line = await self.listed(options), self.line("list", **options)
        ids = []
        for record in page.items:
            ids.append(self.id_of(record))
            item = self.model.items.get(ids[-1])
            if item is not None:
                shared = {name: value for name, value in item.record.items() if name in record}
                got = {name: record[name] for name in shared}
                compare(shared, got, where=line, history=item.before)
        return ids, page.total, page.next

    def _check_found(self, found: Sequence[Any], filters: Mapping[str, Any], line: str) -> None:
        expected, possible = self._matching(filters)
        details = (f"{line}, page after page: {found}", self._there(possible))
        for identifier in found:
            if identifier in self.model.gone:
                raise Broken("deleted", *details)
            if identifier not in possible and identifier in self.model.items:
                raise Broken("filter", *details)
            if identifier not in possible:
                raise Broken("atomic", *details)
        if len(set(found)) < len(found):
            raise Broken("pages", *details)
        if not set(expected) <= set(found):
            raise Broken("filter" if filters else "pages", *details)
        order = [self.model.items[each].record for each in found]
        for name in reversed(self.machine.order_by):  # the last one first: sorting is stable
            order.sort(key=lambda record: _nulls_last(record[name.removeprefix("-")]), reverse=name.startswith("-"))
        if self.machine.order_by and [self.id_of(record) for record in order] != list(found):
            raise Broken("sorted", *details, f"and the order is {', '.join(self.machine.order_by)}")

    def _matching(self, filters: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        expected: list[Any] = []
        possible: list[Any] = []
        for identifier, item in self.model.items.items():
            answers = [self.machine.filters[name].matches(item.record, value) for name, value in filters.items()]
            if False not in answers:
                possible.append(identifier)
                if None not in answers:
                    expected.append(identifier)
        return expected, possible

    def _there(self, ids: Sequence[Any]) -> str:
        return "\n".join(["there are, that match:", *(f"  {self.model.items[each].record}" for each in ids)])

    def id_of(self, record: Mapping[str, Any]) -> Any:
        """The id of a record.

        Raises:
            HarnessError: it has none.
        """
        name = self.machine.id_field
        if name not in record:
            raise HarnessError(f"an item has no field {name!r}: {dict(record)!r}", hint="id_field = 'its name'")
        return record[name]

    # -- rows and reopening

    async def count_rows(self) -> dict[str, int]:
        """The number of rows of each table, those that may keep rows excepted; nothing where no database is in use."""
        if "database" not in self.machine.nexus.adapters:
            return {}
        database = self.machine.nexus.adapter("database")
        if self._tables is None:
            names = [row[0] for row in await database.fetch_all(_TABLES)]
            self._tables = [name for name in names if name not in self.machine.keeps_rows]
        if not self._tables:
            return {}
        quoted = [name.replace('"', '""') for name in self._tables]
        row = await database.fetch_one("SELECT " + ", ".join(f'(SELECT count(*) FROM "{each}")' for each in quoted))
        return dict(zip(self._tables, row, strict=True))

    async def check_rows(self, promise: str, before: Mapping[str, int], what: str, *hints: str) -> None:
        """Hold the number of rows against what it was."""
        now = await self.count_rows()
        details = [
            f"  {name}: {now[name]} instead of {before.get(name, 0)}"
            for name in now
            if now[name] != before.get(name, 0)
        ]
        if details:
            raise Broken(promise, f"after {what}, rows in the database:", *details, *hints)

    async def reopen(self) -> None:
        """Stop the service, and start another instance of it on the same ports; it has what the first one had."""
        await self._look_at_all()
        self._service = await self.machine.restart(self.machine.service)
        self._tables = None
        try:
            await self._look_at_all()
        except Broken as error:
            raise Broken("reopened", *str(error).splitlines()[1:]) from error


def _nulls_last(value: Any) -> tuple[bool, Any]:
    """Sorts None as PostgreSQL sorts NULL: behind everything, and before it in descending order."""
    return (True, 0) if value is None else (False, value)
