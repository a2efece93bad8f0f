"""Services that are sound but for one bug each, and the promise that each breaks."""

import unicodedata
from datetime import timedelta

from tests.machines.sample_notes import NotesService


class LostUpdate(NotesService):
    """Reads the note, changes it in Python, and writes all of it."""

    async def update(self, note_id, changes):
        note = await self.read(self.db, note_id)
        return note and await super().update(
            note_id, {name: note[name] for name in ("slug", "body", "title", "tags")} | changes
        )


class DuplicateAccepted(NotesService):
    """Looks for the slug before it inserts, and has no unique index."""

    async def initialize(self):
        await super().initialize()
        await self.db.execute("ALTER TABLE notes DROP CONSTRAINT IF EXISTS notes_slug_key")

    async def create(self, data):
        self.check(data)
        if await self.db.fetch_val("SELECT count(*) FROM notes WHERE slug = $1", data["slug"]):
            raise ValueError("taken")
        return await super().create(data)

    async def update(self, note_id, changes):
        if await self.db.fetch_val(
            "SELECT count(*) FROM notes WHERE slug = $1 AND id <> $2", changes.get("slug"), note_id
        ):
            raise ValueError("taken")
        return await super().update(note_id, changes)


class RefusedAfterDelete(NotesService):
    """Keeps the slugs of what it has deleted."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.used = set()

    async def create(self, data):
        if data.get("slug") in self.used:
            raise ValueError("taken")
        return await super().create(data)

    async def update(self, note_id, changes):
        if changes.get("slug") in self.used and await self.read(self.db, note_id):
            raise ValueError("taken")
        return await super().update(note_id, changes)

    async def delete(self, note_id):
        note = await self.read(self.db, note_id)
        deleted = await super().delete(note_id)
        if deleted:
            self.used.add(note["slug"])
        return deleted


class StaleRead(NotesService):
    """Does not tell the cache of updates."""

    async def forget_updated(self, note_id):
        pass


class DeleteLeavesRows(NotesService):
    """Forgets the tags of a note that it deletes."""

    async def delete_tags(self, tx, note_id):
        pass


class DeleteLeavesCache(NotesService):
    """Does not tell the cache of deletions."""

    async def forget_deleted(self, note_id):
        pass


class FilterIgnoresCase(NotesService):
    """Finds 'Ann' where 'ann' is asked for."""

    def query(self, filters):
        return super().query(filters).replace("LIKE", "ILIKE")


class FilterDoesNotEscape(NotesService):
    """Takes '%' and '_' for wildcards."""

    def pattern(self, text):
        return "%" + text.replace("\\", "\\\\") + "%"


class FilterEscapesTwice(NotesService):
    """Escapes the wildcards before it escapes the escapes."""

    def pattern(self, text):
        return "%" + text.replace("%", "\\%").replace("_", "\\_").replace("\\", "\\\\") + "%"


class PageSkipsTies(NotesService):
    """Goes on after the time of the last note, so that others of that time are skipped."""

    def page(self, notes, page, per_page):
        rest = notes
        for _ in range(page - 1):
            last = rest[:per_page][-1:]
            rest = [note for note in rest if last and note["created_at"] < last[0]["created_at"]]
        return rest[:per_page]


class PageRepeatsTies(NotesService):
    """Sorts by time alone, and notes of one time by whatever comes."""

    def page(self, notes, page, per_page):
        ties = sorted(notes, key=lambda note: (note["created_at"], note["id"] * (-1) ** page), reverse=True)
        return super().page(ties, page, per_page)


class WrongTotal(NotesService):
    """Counts the page."""

    def total(self, notes, page, per_page):
        return len(self.page(notes, page, per_page))


class NoneIsEmpty(NotesService):
    """Gives '' for a title that is None."""

    def note(self, row):
        return {**row, "title": row["title"] or ""}


class NoneIsNotGiven(NotesService):
    """Takes None in an update for a field that was not given."""

    async def update(self, note_id, changes):
        return await super().update(note_id, {name: value for name, value in changes.items() if value is not None})


class NotGivenIsNone(NotesService):
    """Takes a field that was not given in an update for None."""

    async def write(self, tx, note_id, changes):
        await super().write(tx, note_id, {"title": None, **changes})


class IdReused(NotesService):
    """Gives the first number that is free."""

    async def create(self, data):
        taken = {row["id"] for row in await self.db.fetch_all("SELECT id FROM notes")}
        free = next(number for number in range(1, len(taken) + 2) if number not in taken)
        await self.db.execute("SELECT setval('notes_id_seq', $1, false)", free)
        return await super().create(data)


class TimeGoesBack(NotesService):
    """Rounds the time of an update down to a minute."""

    async def write(self, tx, note_id, changes):
        await super().write(tx, note_id, changes)
        now = self.clock.now().replace(second=0, microsecond=0)
        await tx.execute("UPDATE notes SET updated_at = $2 WHERE id = $1", note_id, now)


class CreatedAgain(NotesService):
    """Sets the time of creation again with each update."""

    async def write(self, tx, note_id, changes):
        await super().write(tx, note_id, changes)
        await tx.execute("UPDATE notes SET created_at = $2 WHERE id = $1", note_id, self.clock.now() + timedelta(0, 1))


class TagsSorted(NotesService):
    """Sorts the tags."""

    async def write_tags(self, tx, note_id, tags):
        await super().write_tags(tx, note_id, sorted(tags))


class TagsDistinct(NotesService):
    """Drops a tag that is there twice."""

    async def write_tags(self, tx, note_id, tags):
        await super().write_tags(tx, note_id, list(dict.fromkeys(tags)))


class UnicodeNormalised(NotesService):
    """Stores texts in normal form C."""

    def incoming(self, fields):
        fields = super().incoming(fields)
        return {
            name: value and unicodedata.normalize("NFC", value) if isinstance(value, str) else value
            for name, value in fields.items()
        }


class PartialUpdate(NotesService):
    """Changes field after field, each in a transaction of its own; the slug, which may be taken, last."""

    async def update(self, note_id, changes):
        for name in ("tags", "title", "body", "slug"):
            if name in changes and await super().update(note_id, {name: changes[name]}) is None:
                return None
        return await self.read(self.db, note_id)


class PartialCreate(NotesService):
    """Inserts the note, then its tags, without a transaction round both."""

    async def create(self, data):
        made = await super().create({**data, "tags": []})
        await self.write_tags(self.db, made["id"], data.get("tags", []))
        return await self.read(self.db, made["id"])


class RequiredNotChecked(NotesService):
    """Takes a note without a slug, and makes one up."""

    def check(self, data):
        pass

    async def create(self, data):
        count = await self.db.fetch_val("SELECT count(*) FROM notes")
        return await super().create({"slug": f"note-{count}", **data})


class MissingUpdated(NotesService):
    """Gives an empty note where there is none to update."""

    async def update(self, note_id, changes):
        return await super().update(note_id, changes) or {}


class DeletedTwice(NotesService):
    """Says that it deleted whatever it was told to."""

    async def delete(self, note_id):
        await super().delete(note_id)
        return True


class EmptiedByStart(NotesService):
    """Begins with empty tables."""

    async def initialize(self):
        await super().initialize()
        await self.db.execute("TRUNCATE notes, note_tags")


# The promise that each breaks, as which alone it may be reported.
BUGS = {
    LostUpdate: {"lost"},
    DuplicateAccepted: {"duplicate"},
    RefusedAfterDelete: {"freed"},
    StaleRead: {"stale"},
    DeleteLeavesRows: {"rows"},
    DeleteLeavesCache: {"deleted"},
    FilterIgnoresCase: {"filter"},
    FilterDoesNotEscape: {"filter"},
    FilterEscapesTwice: {"filter"},
    PageSkipsTies: {"pages"},
    PageRepeatsTies: {"pages", "sorted"},
    WrongTotal: {"total"},
    NoneIsEmpty: {"none"},
    NoneIsNotGiven: {"none"},
    NotGivenIsNone: {"none"},
    IdReused: {"new id"},
    TimeGoesBack: {"time"},
    CreatedAgain: {"time"},
    TagsSorted: {"order"},
    TagsDistinct: {"order"},
    UnicodeNormalised: {"unicode"},
    PartialUpdate: {"atomic"},
    PartialCreate: {"atomic"},
    RequiredNotChecked: {"required"},
    MissingUpdated: {"missing"},
    DeletedTwice: {"missing"},
    EmptiedByStart: {"reopened"},
}
