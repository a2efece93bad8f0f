"""The service: examples, faults, and a search for races."""

import asyncio

import pytest
from nexus_testkit import Harness

from sample_plugin import SampleService

COUNT = "SELECT count(*) FROM sample_plugin_items"


async def test_an_item_can_be_read(nexus: Harness) -> None:
    items = await nexus.service(SampleService)
    made = await items.add("lamp")

    assert await items.name_of(made) == "lamp"
    assert await items.name_of(made + 1) is None
    await nexus.db.assert_has("sample_plugin_items", name="lamp")


async def test_a_name_is_taken_once(nexus: Harness) -> None:
    items = await nexus.service(SampleService)
    await items.add("lamp")
    with pytest.raises(ValueError, match="lamp"):
        await items.add("lamp")


async def test_what_was_read_is_cached_for_five_minutes(nexus: Harness) -> None:
    items = await nexus.service(SampleService)
    made = await items.add("lamp")
    await items.name_of(made)
    await nexus.cache.assert_has(f"sample_plugin:item:{made}", ttl=300)

    await nexus.clock.advance(minutes=6)
    assert await nexus.cache.get(f"sample_plugin:item:{made}") is None
    assert await items.name_of(made) == "lamp"


async def test_any_call_may_fail_and_an_item_is_there_or_not(nexus: Harness) -> None:
    items = await nexus.service(SampleService)
    async for fault in nexus.faults.sweep():  # each call of the body fails once, in a fresh world
        async with fault:
            made = await items.add("lamp")
            assert await items.name_of(made) == "lamp"
        count = await nexus.db.fetch_val(COUNT)
        assert count == 1 or fault.error is not None


@pytest.mark.nexus(explore=100)
async def test_of_two_at_once_one_gets_the_name(nexus: Harness) -> None:
    items = await nexus.service(SampleService)
    outcomes = await asyncio.gather(items.add("lamp"), items.add("lamp"), return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ValueError", "int"]
    await nexus.db.assert_count("sample_plugin_items", 1)
