"""What the notes promise."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notes import NoteLimitError, NotesPlugin, NotesService

from nexus_testkit import simulate


@pytest.fixture
async def notes(nexus):
    plugin = await nexus.boot(NotesPlugin, config={"tier": "pro"})
    return plugin.notes


async def test_what_is_created_can_be_read(nexus, notes):
    made = await notes.create({"slug": "a", "body": "text", "labels": ["x"]})

    assert await notes.get(made["id"]) == made
    assert made["created_at"] == nexus.clock.now()


async def test_any_call_may_fail_and_a_note_is_there_or_not(nexus, notes):
    async for fault in nexus.faults.sweep():
        async with fault:
            await notes.create({"slug": "a"})
        _, total = await notes.list()
        assert total == 1 or fault.error is not None


async def test_a_slug_is_taken_once_even_by_five_at_once(nexus, notes):
    outcomes = await asyncio.gather(*(notes.create({"slug": "a"}) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(outcome, ValueError) for outcome in outcomes) == 4
    await nexus.db.assert_count("notes", 1)


async def test_update_changes_what_is_given_and_the_time(nexus, notes):
    made = await notes.create({"slug": "a", "body": "old", "labels": ["x"]})
    await nexus.clock.advance(minutes=5)
    changed = await notes.update(made["id"], {"body": "new"})

    assert changed["body"] == "new"
    assert changed["labels"] == ["x"]
    assert changed["updated_at"] - made["updated_at"] == timedelta(minutes=5)
    assert await notes.update(99, {"body": "new"}) is None


async def test_delete_says_whether_there_was_one(notes):
    made = await notes.create({"slug": "a"})
    assert await notes.delete(made["id"]) is True
    assert await notes.delete(made["id"]) is False


async def test_list_filters_and_pages(notes):
    for number in range(5):
        await notes.create(
            {"slug": f"n{number}", "body": f"{number * 25}% done", "labels": ["odd"] if number % 2 else []}
        )

    page, total = await notes.list(per_page=2)
    assert ([note["slug"] for note in page], total) == (["n4", "n3"], 5)
    page, total = await notes.list(filters={"label": "odd"})
    assert ([note["slug"] for note in page], total) == (["n3", "n1"], 2)
    page, total = await notes.list(filters={"search": "0% D"})
    assert ([note["slug"] for note in page], total) == (["n4", "n2", "n0"], 3)


@pytest.mark.parametrize(("tier", "allowed"), [("free", 3), ("pro", 4)])
async def test_the_tier_limits_the_number(nexus, tier, allowed):
    plugin = await nexus.boot(NotesPlugin, config={"tier": tier})
    made = 0
    try:
        for number in range(4):
            await plugin.notes.create({"slug": f"n{number}"})
            made += 1
    except NoteLimitError:
        pass
    assert made == allowed


@given(body=st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
@simulate(config={"NotesService": {"tier": "pro"}})
async def test_any_text_comes_back_as_it_was(nexus, body):
    notes = await nexus.service(NotesService)
    made = await notes.create({"slug": "a", "body": body})
    assert (await notes.get(made["id"]))["body"] == body
