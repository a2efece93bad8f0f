"""Savepoints, and the beginning of a transaction, as places to go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexus_testkit.postgres.deferral import Deferral
from nexus_testkit.postgres.sequencing import SequenceState
from nexus_testkit.postgres.settings import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nexus_testkit.postgres.catalog.schema import Catalog


@dataclass(slots=True)
class Mark:
    """What a rollback goes back to: the catalogue is immutable, so this is all."""

    name: str
    catalog: Catalog
    sequences: Mapping[str, SequenceState]
    read_only: bool
    settings: Snapshot
    deferral: Deferral | None
