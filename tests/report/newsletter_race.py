"""The newsletter example with a test that fails: two jobs send the same issue, and one of them is late.

It is run by `tests/report` and by `docs/trace_page.py`, which makes the picture; pytest does not collect it by itself.
"""

import asyncio

import pytest
from newsletter import NewsletterPlugin


async def subscribed(nexus, newsletter, name):
    await newsletter.subscribe(name, f"{name}@example.org")
    token = await nexus.db.fetch_val(
        "SELECT s.token::text FROM newsletter_subscribers s JOIN users u ON u.id = s.user_id WHERE u.username = $1",
        name,
    )
    assert await newsletter.confirm(token)


@pytest.mark.nexus(explore=200, max_latency=12, seed=1)
async def test_two_jobs_send_an_issue_once(nexus):
    newsletter = (await nexus.boot(NewsletterPlugin)).newsletter
    for name in ("ann", "bob"):
        await subscribed(nexus, newsletter, name)
    nexus.mail.clear()

    async def job(number):
        await asyncio.sleep(5 * number)
        return await newsletter.send_issue("2026-01", "January <3", "All the news")

    jobs = [asyncio.create_task(job(number), name=f"job {number}") for number in (1, 2)]
    await asyncio.gather(*jobs, return_exceptions=True)
    nexus.mail.assert_sent(to="ann@example.org", subject="January <3", count=1)
