"""Clocks with one bug each; see `test_broken_adapters`."""

BROKEN = {
    "sleep of a negative time sleeps": (
        "test_sleep_of_a_negative_time_lets_others_run",
        r"""
        async def sleep(self, s):
            await self.inner.sleep(abs(s))
        """,
    ),
    "sleep of 0 sleeps a second": (
        "test_sleep_of_nothing_lets_others_run",
        r"""
        async def sleep(self, s):
            await self.inner.sleep(s or 1)
        """,
    ),
}
