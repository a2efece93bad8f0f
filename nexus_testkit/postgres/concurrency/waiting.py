"""The signals by which a statement ends early: it waits, or it starts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexus_testkit.postgres.transactions import Transactions


class MustWait(Exception):  # a signal, not a failure
    """Others hold what this statement needs: run it again once one of them has let go of it.

    Attributes:
        holders: the sessions that stand in the way, none of them this one.
        relation: of a row's or a table's lock, the table.
        alone: whether it is the fake that wants them to end, where PostgreSQL would go on.
        seconds: of pg_sleep, which waits for nobody.
    """

    seconds: float | None = None

    def __init__(self, *holders: Transactions, relation: str = "", alone: bool = False) -> None:
        super().__init__("another session holds what this statement needs")
        self.holders = holders
        self.relation = relation
        self.alone = alone

    @property
    def holder(self) -> Transactions:
        """The first of them."""
        return self.holders[0]


class Pause(MustWait):  # a signal as well
    """pg_sleep: run the statement again after `seconds`, with one more pause behind it (`Session.pauses`)."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class StartAgain(Exception):  # a signal as well
    """A row that the statement reached has a newer version: run it again, at once, on that one (EvalPlanQual)."""
