"""Running what changes the schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.transactions import Transactions

if TYPE_CHECKING:
    from nexus_testkit.postgres.session import Session


class SchemaChanges(Transactions):
    """A session that changes the catalogue, and SQLite's schema with it."""

    __slots__ = ()

    def _run_schema(self, plan: SchemaPlan, args: Sequence[Any] = ()) -> Result:
        engine = self.engine
        self.queried = True
        if self.read_only if self.in_transaction else self.settings.read_only:
            raise database_error("25006", f"cannot execute {plan.tag} in a read-only transaction")
        if not plan.steps and plan.catalog is engine.catalog:  # IF EXISTS, IF NOT EXISTS
            return Result((), (), [], plan.tag, 0)
        if engine.writer is not None and engine.writer is not self:
            from nexus_testkit.postgres.concurrency.vacating import (  # noqa: PLC0415  # few programs overlap
                adds_only,
                beside_others,
                vacate,
            )

            if not self.in_transaction and adds_only(engine.catalog, plan):
                with beside_others(cast("Session", self)):
                    return self._run_schema(plan, args)
            vacate(cast("Session", self))
        alone = not self.in_transaction
        if alone:
            self._begin(implicit=True)
        self._take_place()
        self.exclusive = True
        found: Any = None
        try:
            for step in plan.steps:
                if isinstance(step, str):
                    engine.provide_for(step)
                    self._run_step(step)
                else:
                    found = step(cast("Session", self), *args)
        except DatabaseError:
            if alone:
                self._rollback()
            else:
                self._fail()
            raise
        engine.catalog = plan.catalog
        if alone:
            self._commit()
        if plan.counted:
            return Result((), (), [], f"{plan.tag} {found}", found)
        return Result((), (), [], plan.tag, 0)

    def _run_step(self, sql: str) -> None:
        self.rewritten |= "writable_schema" in sql
        try:
            self.engine.connection.execute(sql)
        except sqlite3.Error as error:
            pending = self.engine.values.take_pending()
            raise pending or UnsupportedSQL(f"this change of the schema (SQLite: {error}; lowered: {sql})") from error
