"""A second sample for `CrudMachine`, as unlike the notes as may be: everything is done in SQL, fields are arguments, ids are
texts, what is deleted stays as a row, versions guard updates, cursors lead from page to page.

A service with a sown bug has another piece of SQL, or another step.
"""

import json
import re
from dataclasses import asdict, dataclass
from functools import partial
from uuid import UUID, uuid4

from nexus.database import DatabaseAdapter
from nexus.services import BaseService, inject
from nexus_testkit.errors import UniqueViolation


class Outdated(Exception):
    """Somebody else has changed the document since."""


class PathTaken(ValueError):
    """Another document of the folder has the name."""


class NoDocument(LookupError):
    """There is no such document."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Fields to be changed; what is None stays."""

    folder: str | None = None
    name: str | None = None
    title: str | None = None
    labels: list[str] | None = None


def shifted(by, found):
    """The number of a parameter of SQL, behind so many others."""
    return f"${by + int(found[1])}"


class Documents(BaseService):
    """Documents in folders: `insert`, `fetch`, `save`, `discard`, `browse`."""

    columns = "key::text, folder, name, title, labels, version, made_at"
    alive = "gone_at IS NULL"
    unique = "(folder, name) WHERE gone_at IS NULL"
    guard = "version = $2"
    bump = "version + 1"
    behind = "(title, n) > ($1, $2)"
    titled = "title = $1"
    labelled = "labels @> $1"

    def __init__(self, db: DatabaseAdapter = inject()):
        super().__init__()
        self.db = db

    async def _setup(self):
        await self.db.execute(
            "CREATE TABLE IF NOT EXISTS documents (n BIGSERIAL, key UUID PRIMARY KEY, folder TEXT NOT NULL, name TEXT NOT NULL, "
            "title TEXT NOT NULL, labels TEXT[] NOT NULL, version INT NOT NULL DEFAULT 1, "
            "made_at TIMESTAMPTZ NOT NULL DEFAULT now(), gone_at TIMESTAMPTZ)"
        )
        await self.db.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS documents_place ON documents {self.unique}")

    async def insert(self, *, folder, name, title="", labels=()):
        try:
            row = await self.db.fetch_one(
                "INSERT INTO documents (key, folder, name, title, labels) VALUES ($1, $2, $3, $4, $5) "
                f"RETURNING {self.columns}",
                *(uuid4(), folder, name, title, list(labels)),
            )
        except UniqueViolation as error:
            raise PathTaken(name) from error
        return dict(row)

    async def fetch(self, key):
        row = await self.db.fetch_one(
            f"SELECT {self.columns} FROM documents WHERE key = $1 AND {self.alive}", UUID(key)
        )
        if row is None:
            raise NoDocument(key)
        return dict(row)

    async def save(self, key, changes: Changes, *, version):
        await self.before_save(key, version)
        given = {name: value for name, value in asdict(changes).items() if value is not None}
        sets = "".join(f", {name} = ${number}" for number, name in enumerate(given, start=3))
        try:
            row = await self.db.fetch_one(
                f"UPDATE documents SET version = {self.bump}{sets} WHERE key = $1 AND $2::int > 0 AND {self.guard} "
                f"AND gone_at IS NULL RETURNING {self.columns}",
                *(UUID(key), version, *given.values()),
            )
        except UniqueViolation as error:
            raise PathTaken(given.get("name")) from error
        if row is None:
            await self.fetch(key)
            raise Outdated(key)
        return dict(row)

    async def before_save(self, key, version):
        pass

    async def discard(self, key):
        done = await self.db.execute(f"UPDATE documents SET gone_at = now() WHERE key = $1 AND {self.alive}", UUID(key))
        if not done.rowcount:
            raise NoDocument(key)

    async def browse(self, *, after=None, limit=20, title=None, labels=None):
        conditions, values = ["gone_at IS NULL"], []
        for condition, given in (
            (self.titled, [title]),
            (self.labelled, [labels]),
            (self.behind, json.loads(after or "[]")),
        ):
            if given and given != [None]:
                conditions.append(re.sub(r"\$(\d)", partial(shifted, len(values)), condition))
                values += given
        rows = await self.db.fetch_all(
            f"SELECT n, {self.columns} FROM documents WHERE {' AND '.join(conditions)} "
            f"ORDER BY title, n LIMIT ${len(values) + 1}",
            *(*values, limit + 1),
        )
        documents = [{name: value for name, value in dict(row).items() if name != "n"} for row in rows[:limit]]
        return {"documents": documents, "more": self.cursor(rows[limit - 1]) if len(rows) > limit else None}

    def cursor(self, last):
        return json.dumps([last["title"], last["n"]])


class NoVersionAsked(Documents):
    """Takes the version, and writes whatever it is."""

    guard = "true"


class VersionAskedBefore(NoVersionAsked):
    """Looks at the version, and then writes."""

    async def before_save(self, key, version):
        if (await self.fetch(key))["version"] != version:
            raise Outdated(key)


class VersionStays(Documents):
    """Counts no version up."""

    bump = "version"


class TakenForEver(Documents):
    """Lets a discarded document keep its place."""

    unique = "(folder, name)"


class NameAlone(Documents):
    """Takes the folder for no part of the place."""

    unique = "(name) WHERE gone_at IS NULL"


class TitlesAreNotUnique(Documents):
    """Lets documents of one title be skipped where a page ends."""

    behind = "title > $1 AND $2::bigint > 0"


class TitlesRepeat(Documents):
    """Begins a page with those of the title that the last one ended with."""

    behind = "title >= $1 AND n <> $2"


class EndsEarly(Documents):
    """Ends behind the second page."""

    pages = 0

    async def browse(self, *, after=None, **options):
        found = await super().browse(after=after, **options)
        self.pages = self.pages + 1 if after else 1
        return {**found, "more": found["more"] if self.pages < 2 else None}


class StillRead(Documents):
    """Reads what was discarded."""

    alive = "true"


class NothingIsNone(Documents):
    """Gives None where it is to raise."""

    async def fetch(self, key):
        try:
            return await super().fetch(key)
        except NoDocument:
            return None


class AnyLabel(Documents):
    """Takes one of the labels for all of them."""

    labelled = "labels && $1"


class TitleIsPattern(Documents):
    """Takes the title for a pattern."""

    titled = "title LIKE $1"


class WrittenInTwo(Documents):
    """Writes the labels afterwards, on its own."""

    async def insert(self, *, labels=(), **fields):
        made = await super().insert(**fields)
        await self.db.execute("UPDATE documents SET labels = $2 WHERE key = $1", UUID(made["key"]), list(labels))
        return await self.fetch(made["key"])


# The promise that each breaks, as which alone it may be reported.
BUGS = {
    NoVersionAsked: {"outdated"},
    VersionAskedBefore: {"outdated"},
    VersionStays: {"outdated"},
    TakenForEver: {"freed"},
    NameAlone: {"free", "freed"},
    TitlesAreNotUnique: {"pages"},
    TitlesRepeat: {"pages"},
    EndsEarly: {"pages"},
    StillRead: {"deleted", "missing"},
    NothingIsNone: {"missing"},
    AnyLabel: {"filter"},
    TitleIsPattern: {"filter"},
    WrittenInTwo: {"atomic"},
}
