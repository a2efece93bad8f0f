"""What holds for any input: Hypothesis chooses it, and each example has a fresh world."""

from hypothesis import given, settings
from hypothesis import strategies as st
from nexus_testkit import Harness, simulate

from sample_plugin import SampleService

# PostgreSQL has no NUL in text.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=80)


@settings(deadline=None)  # how fast a machine is says nothing about the plugin
@given(name=TEXT)
@simulate
async def test_any_name_comes_back_as_it_was(nexus: Harness, name: str) -> None:
    items = await nexus.service(SampleService)
    made = await items.add(name)
    assert await items.name_of(made) == name  # from the database
    assert await items.name_of(made) == name  # from the cache


@settings(deadline=None)
@given(names=st.lists(TEXT, max_size=8))
@simulate
async def test_there_are_as_many_items_as_different_names(nexus: Harness, names: list[str]) -> None:
    items = await nexus.service(SampleService)
    refused = 0
    for name in names:
        try:
            await items.add(name)
        except ValueError:
            refused += 1
    assert refused == len(names) - len(set(names))
    await nexus.db.assert_count("sample_plugin_items", len(set(names)))
