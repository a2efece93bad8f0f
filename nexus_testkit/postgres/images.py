"""Images of a whole database: what PostgreSQL's template databases are for, in microseconds.

An image holds tables with their rows, the catalogue and where the sequences stand. It does not change, belongs to no world and
may be put back into any of them, as often as one likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexus_testkit.postgres.plan import needed_by
from nexus_testkit.postgres.sequencing import SequenceState

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.engine import Engine


@dataclass(frozen=True, slots=True)
class Image:
    """A database at one moment; `needs` are the runtime's functions that its checks, indexes and triggers call."""

    pages: bytes
    catalog: Catalog
    sequences: tuple[tuple[str, int, bool], ...]
    needs: frozenset[str]

    def __repr__(self) -> str:
        return f"<Image of {len(self.catalog.tables)} tables, {len(self.pages)} bytes>"


def take(engine: Engine) -> Image:
    """The image of what is committed; nobody may be in the middle of a transaction that has written."""
    places = tuple((name, state.last, state.called) for name, state in engine.sequences.items())
    schema = " ".join(
        sql for (sql,) in engine.connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    )
    return Image(engine.connection.serialize(), engine.catalog, places, needed_by(schema))


def put(engine: Engine, image: Image) -> None:
    """Make the database what it was; whatever it holds now is gone."""
    engine.connection.deserialize(image.pages)
    engine.provide(image.needs)
    engine.catalog = image.catalog
    definitions = image.catalog.sequences
    engine.sequences = {name: SequenceState(definitions[name], last, called) for name, last, called in image.sequences}
