"""A statement of a transaction of a crowd, which may have to run more than once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nexus_testkit.postgres.concurrency.rows import Place
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed_statements import Conflict, Insert

if TYPE_CHECKING:
    from nexus_testkit.postgres.plan import QueryPlan

Args = tuple[Any, ...]


@dataclass(slots=True)
class Attempt:
    """A statement that may have to run more than once.

    Attributes:
        base: the commit whose state it sees.
        newer: the rows that it sees as they are now, because it has reached them and waited (or was too late) for them; True for
            those that it is to write: its subqueries go on seeing the older versions (`older`).
        drawn: the numbers that it took of sequences; the next run gets the same ones.
        used: how many of these the run has had so far.
        taken: the keys of the rows that it had written when it began to wait: table, key, values.
    """

    plan: QueryPlan
    base: int
    newer: dict[Place, bool] = field(default_factory=dict)
    drawn: list[tuple[str, int]] = field(default_factory=list)
    used: int = 0
    taken: list[tuple[str, str, Args]] = field(default_factory=list)

    def conflict(self, table: str) -> Conflict | None:
        """ON CONFLICT of the statement, or of a part of it, that inserts into a table."""
        if " ON CONFLICT" not in self.plan.sql:
            return None
        inserts = (node for node in nodes(self.plan.tree) if isinstance(node, Insert) and node.table == table)
        return next((node.conflict for node in inserts if node.conflict is not None), None)
