"""Several statements as one: a text of many, one statement for many rows."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, DataError, InterfaceError
from nexus_testkit.postgres.binding import CLIENT_SIDE, bind, takes_stored
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.plan import CACHE, Plan, QueryPlan
from nexus_testkit.postgres.planning import Planning
from nexus_testkit.postgres.results import Result

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine


class Batches(Planning, ABC):
    """A session that runs several statements, all or nothing, and goes on in their middle when it has waited.

    Attributes:
        suspended: the text that waits, the number of its statement or row, and how many rows those before it have changed.
    """

    __slots__ = ("suspended",)

    def __init__(self, engine: Engine) -> None:
        """Nothing is suspended."""
        super().__init__(engine)
        self.suspended: tuple[str, int, int] | None = None

    @abstractmethod
    def execute(self, query: str, args: Sequence[Any] = ()) -> Result:
        """Run one statement."""

    @abstractmethod
    def _run(self, plan: Plan, query: str, args: Sequence[Any], *, simple: bool = False) -> Result:
        """Run a plan; `simple` is the protocol without arguments."""

    def abandon(self) -> None:
        """Give up the statement that waits, and the text that it is part of."""
        self.suspended = None
        super().abandon()

    def execute_script(self, query: str) -> Result:
        """Run all statements of a text, without arguments; together they are one transaction (simple query protocol).

        Gives the last statement's result.
        """
        plan = CACHE.get(self._version(), query)
        if plan is not None:
            return self._run(plan, query, (), simple=True)
        statements = self._parse(query)
        if len(statements) == 1:
            return self._run(self._compile(query, statements[0], 0), query, (), simple=True)
        result = Result((), (), [], "", 0)
        first = self._resumed(query)
        for number, statement in enumerate(statements[first:], first):
            if not self.in_transaction:
                self._begin(implicit=True)
                self.scripted = True
            try:
                plan = CACHE.get(self._version(), query, number + 1)
                if plan is None:
                    self._require_usable(statement[0])
                    plan = self._compile(query, statement, number + 1)
                result = self._run(plan, query, (), simple=True)
            except MustWait:
                self._suspend(query, number)
                raise
            except DatabaseError:
                if self.implicit:
                    self._rollback()
                raise
        if self.implicit:
            self._commit()
        return result

    def _suspend(self, query: str, number: int, changed: int = 0) -> None:
        """Go on there when the same text comes again; whoever does not wait for that begins anew."""
        if self.engine.patient:
            self.suspended = (query, number, changed)
        elif self.implicit:
            self._rollback()

    def _resumed(self, query: str) -> int:
        suspended, self.suspended = self.suspended, None
        return suspended[1] if suspended is not None and suspended[0] == query else 0

    def execute_many(self, query: str, rows: Sequence[Sequence[Any]]) -> Result:
        """Run one statement once for each sequence of arguments, all or nothing; `rowcount` is the sum."""
        suspended = self.suspended
        first = self._resumed(query)
        total = suspended[2] if suspended is not None and first else 0
        alone = not self.in_transaction or (self.implicit and suspended is not None)
        if not self.in_transaction:
            self._begin(implicit=True)
        at, tag = first, ""
        before = self.engine.snapshot_volatile(dice=False)
        try:
            if not alone:
                self._require_bindable(query, rows)
            for at, args in enumerate(rows[first:], first):
                try:
                    result = self.execute(query, args)
                except DataError as error:
                    if error.sqlstate == CLIENT_SIDE:
                        raise _in_element(error, at) from None
                    raise
                total += result.rowcount
                tag = result.status.rpartition(" ")[0]
        except MustWait:
            self._suspend(query, at, total)
            raise
        except DatabaseError:
            if alone:
                self._rollback()
                try:
                    self._require_bindable(query, rows[at:], at)
                except (DataError, InterfaceError) as error:
                    self.engine.restore_volatile(before)  # the server has seen nothing
                    raise error from None
            raise
        if alone:
            self._commit()
        return Result((), (), [], f"{tag} {total}" if tag else "", total)

    def _require_bindable(self, query: str, rows: Sequence[Sequence[Any]], first: int = 0) -> None:
        """Asyncpg writes all arguments before the server runs the first of them; inside a block, nothing undoes those."""
        plan = CACHE.get(self.engine.catalog.version, query) or self._compile_single(query)
        if type(plan) is not QueryPlan or self.failed:
            return
        for at, args in enumerate(rows, first):
            if len(args) != len(plan.params):
                raise self._wrong_count(plan, query, args, simple=False)
            try:
                bind(plan, args)
            except DataError as error:
                if error.sqlstate == CLIENT_SIDE:
                    raise _in_element(error, at) from None

    def insert_stored(self, query: str, rows: Sequence[Sequence[Any]]) -> Result:
        """Run an INSERT once for each row of values in storage form, all or nothing."""
        alone = not self.in_transaction
        if alone:
            self._begin(implicit=True)
        total = 0
        try:
            plan = CACHE.get(self._version(), query) or self._compile_single(query)
            if type(plan) is QueryPlan:
                made = takes_stored(plan)
                for row in rows:
                    total += self._run(made, query, row).rowcount
        except (DatabaseError, MustWait):
            if alone:
                self._rollback()
            raise
        if alone:
            self._commit()
        return Result((), (), [], f"INSERT 0 {total}", total)


def _in_element(error: DataError, at: int) -> DataError:
    """Asyncpg's error of an argument, of which element of executemany() it was."""
    argument = re.match(r"invalid input for query argument \$\d+", error.message)
    if argument is None:
        return error
    words = f"{argument[0]} in element #{at} of executemany() sequence{error.message[argument.end() :]}"
    return DataError(words, sqlstate=CLIENT_SIDE, query=error.query)
