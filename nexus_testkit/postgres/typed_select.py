"""Typed nodes that only a select list, GROUP BY and windows have; see `typed` for all others."""

from __future__ import annotations

from dataclasses import dataclass, field

from nexus_testkit.postgres.typed import Call, Expr


@dataclass(slots=True)
class Grouping(Expr):
    """`grouping(args)`; once the grouping sets are known, `flags` tell of each argument whether it is grouped here."""

    args: tuple[Expr, ...]
    flags: tuple[Expr, ...] = field(default=(), compare=False)


@dataclass(slots=True)
class SetReturning(Expr):
    """A set-returning function in the select list; `column` is the one of its columns that is meant."""

    call: Call
    width: int = 1
    column: int = 0


@dataclass(slots=True)
class Frame:
    """A window's frame.

    `start` and `end` are `UNBOUNDED PRECEDING`, `PRECEDING`, `CURRENT ROW`, `FOLLOWING` or `UNBOUNDED FOLLOWING`; two
    of them have an offset.
    """

    mode: str
    start: str
    end: str
    start_offset: Expr | None = None
    end_offset: Expr | None = None
    exclude: str = ""

    @property
    def offsets(self) -> tuple[Expr, ...]:
        """Those that there are."""
        return tuple(offset for offset in (self.start_offset, self.end_offset) if offset is not None)
