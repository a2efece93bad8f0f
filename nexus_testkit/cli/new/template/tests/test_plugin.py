"""The plugin as the platform boots it."""

import pytest
from nexus_testkit import Harness

from sample_plugin import SamplePlugin


@pytest.mark.parametrize("ttl", [60, 300])
async def test_it_boots_with_its_config(nexus: Harness, ttl: int) -> None:
    plugin = await nexus.boot(SamplePlugin, config={"ttl": ttl})
    made = await plugin.items.add("lamp")
    await plugin.items.name_of(made)
    await nexus.cache.assert_has(f"sample_plugin:item:{made}", ttl=ttl)
