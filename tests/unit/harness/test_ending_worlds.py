"""What happens while a world ends."""

import asyncio

import pytest

from nexus_testkit import run


@pytest.mark.parametrize("steps", range(1, 9))
def test_a_task_that_still_runs_may_ask_for_an_adapter_while_the_world_ends(steps):
    async def main(nexus):
        class Slow:
            def leaks(self):
                return []

            async def aclose(self):
                for _ in range(10):
                    await asyncio.sleep(0)

        async def late():
            for _ in range(steps):
                await asyncio.sleep(0)
            nexus.adapter("cache")

        nexus._adapters["slow"] = Slow()
        nexus.task = asyncio.create_task(late())
        raise LookupError("the test's own")

    with pytest.raises(LookupError) as caught:
        run(main)
    assert not any("dictionary" in note for note in getattr(caught.value, "__notes__", ()))
