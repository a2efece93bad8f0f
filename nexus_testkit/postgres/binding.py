"""Arguments of a statement, as Python gives them and as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from nexus_testkit.postgres.plan import QueryPlan
from nexus_testkit.postgres.values import encode

#: Of the errors that asyncpg raises itself, before the server is asked: a transaction does not fail by them.
CLIENT_SIDE = "22000"


def bind(plan: QueryPlan, args: Sequence[Any]) -> list[Any]:
    """Arguments in storage form."""
    try:
        values = [None if value is None else convert(value) for value, convert in zip(args, plan.encoders, strict=True)]
    except Exception:  # noqa: BLE001  # encode() says it again, in asyncpg's words
        values = [
            encode(value, kind, argument=at) for at, (value, kind) in enumerate(zip(args, plan.params, strict=True), 1)
        ]
    return values


def takes_stored(plan: QueryPlan) -> QueryPlan:
    """The plan for arguments that are in storage form already."""
    made = copy(plan)
    made.encoders = (_same,) * len(plan.params)
    return made


def _same(value: Any) -> Any:
    return value
