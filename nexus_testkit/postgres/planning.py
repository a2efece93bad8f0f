"""From a statement's text to its plan, as a session sees the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from nexus_testkit.errors import DatabaseError, InterfaceError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.parser import parse, too_deep
from nexus_testkit.postgres.plan import CACHE, Plan, SchemaPlan, Vantage
from nexus_testkit.postgres.shuffling import shuffled
from nexus_testkit.postgres.transactions import Transactions

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.engine import Engine
    from nexus_testkit.postgres.values.session import ValueSession

ABORTED = "current transaction is aborted, commands ignored until end of transaction block"


class Planning(Transactions):
    """A session that compiles statements, and knows which plans of the cache are its own."""

    __slots__ = ("_seen",)

    def __init__(self, engine: Engine) -> None:
        """It has seen no catalogue."""
        super().__init__(engine)
        self._seen: tuple[Catalog, tuple[str, ...] | None, Catalog] | None = None

    def _parse(self, query: str) -> list[tuple[str, dict[str, Any]]]:
        try:
            return parse(query)
        except DatabaseError:
            self._fail()
            raise

    def _compile_single(self, query: str) -> Plan | None:
        statements = self._parse(query)
        if not statements:
            return None
        if len(statements) > 1:
            self._fail()
            raise database_error("42601", "cannot insert multiple commands into a prepared statement", query=query)
        return self._compile(query, statements[0], 0)

    def plan(self, query: str) -> Plan | None:
        """What one statement becomes; None of an empty one. It is not run.

        Raises:
            DatabaseError: PostgreSQL's analysis would raise it.
            UnsupportedSQL: the fake does not know a construct.
        """
        return self._compile_single(query)

    def _compile(self, query: str, statement: tuple[str, dict[str, Any]], number: int) -> Plan:
        from nexus_testkit.postgres.compile import compile_statement  # noqa: PLC0415  # the compiler is loaded when a statement is

        kind, fields = statement
        if self.engine.shuffles_ties and kind == "SelectStmt":
            fields = shuffled(fields)
        self._require_usable(kind, fields)
        writer = self.engine.writer
        if writer is not None and writer is not self and writer.has_changed_schema and kind != "TransactionStmt":
            self.wait(MustWait(cast("Transactions", writer), alone=True), query)
        try:
            plan = compile_statement(query, kind, fields, self.catalog_seen(), self._values())
        except DatabaseError as error:
            self._fail()
            naming.plain(error, self.catalog_seen().path)
            raise
        except RecursionError:
            self._fail()
            raise too_deep(query) from None
        except MustWait:
            raise
        except Exception as error:
            # A statement that some rule did not foresee is refused like one that no rule reads.
            self._fail()
            raise UnsupportedSQL(f"this statement (failed inside: {error!r})", query=query) from error
        # What a session makes in its own schema is for no other session's use.
        if type(plan) is not SchemaPlan or self.temporary not in plan.catalog.schemas:
            CACHE.put(self._version(), query, number, plan)
        return plan

    def catalog_seen(self) -> Catalog:
        """The catalogue as this session's search path shows it."""
        catalog, path = self.engine.catalog, self.settings.path
        if self._seen is None or self._seen[0] is not catalog or self._seen[1] != path:
            self._seen = (catalog, path, catalog.seen_by(self.settings.schemas, self.temporary))
        return self._seen[2]

    def _version(self) -> Vantage:
        """What a plan depends on besides its text: the catalogue, the zone of its literals, the search path, shuffled ties."""
        catalog, settings, shuffles = self.engine.catalog, self.settings, self.engine.shuffles_ties
        zone, path, temporary = settings.zone, settings.path, self.temporary in catalog.schemas
        if zone is None and path is None and not temporary and not shuffles:
            return catalog.version
        return (
            catalog.version,
            None if zone is None else settings.show("timezone"),
            path,
            self.temporary if temporary else "",
            shuffles,
        )

    def _values(self) -> ValueSession:
        """The surroundings in which literals are read."""
        values = self.engine.values
        values.zone = self.settings.zone
        return values

    def _require_usable(self, kind: str, fields: dict[str, Any] | None = None) -> None:
        if self.failed and not (
            kind == "TransactionStmt"
            and (
                fields is None
                or fields.get("kind") in ("TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_ROLLBACK_TO")
            )
        ):
            raise database_error("25P02", ABORTED)

    def _wrong_count(self, plan: Plan, query: str, args: Sequence[Any], *, simple: bool) -> DatabaseError:
        if simple:
            self._fail()
            at = query.find("$") + 1
            return database_error(
                "42P02", f"there is no parameter {query[at - 1 : at + 1]}", position=at or None, query=query
            )
        wanted, given = len(plan.params), len(args)
        return InterfaceError(
            f"the server expects {wanted} argument{'s' if wanted != 1 else ''} for this query, "
            f"{given} {'were' if given != 1 else 'was'} passed",
            hint="Check the query against the passed list of arguments.",
            query=query,
        )

    def plan_version(self) -> Vantage:
        """What plans of this session are cached under."""
        return self._version()

    def literal_values(self) -> ValueSession:
        """The surroundings in which literals are read."""
        return self._values()
