"""Identifiers that differ between all processes, and repeat when a simulation is repeated."""

from __future__ import annotations

import random
from datetime import UTC, datetime


def new_identifier(now: datetime) -> str:
    """A unique text such as `20260101T000000.000000-5f3a...`, which sorts by time.

    The random part comes from Python's `random`, not from the system, so that a seeded world makes the same
    identifiers again; the time keeps two processes apart that were seeded alike. It is unique, but no secret.
    """
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{random.getrandbits(96):024x}"
