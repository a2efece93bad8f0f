"""What the newsletter promises."""

from datetime import timedelta

import pytest
from newsletter import Newsletter, NewsletterPlugin

from nexus.services import AnalyticsService


@pytest.fixture
async def newsletter(nexus):
    plugin = await nexus.boot(NewsletterPlugin, config={"base_url": "https://news.test"})
    return plugin.newsletter


async def token_of(nexus, username):
    return await nexus.db.fetch_val(
        "SELECT s.token::text FROM newsletter_subscribers s JOIN users u ON u.id = s.user_id WHERE u.username = $1",
        username,
    )


async def test_subscribe_sends_a_link(nexus, newsletter):
    user = await newsletter.subscribe("ann", "ann@example.org")

    token = await token_of(nexus, "ann")
    nexus.mail.assert_sent(
        to="ann@example.org", subject="Please confirm, ann", body_contains=f"https://news.test/confirm/{token}", count=1
    )
    await nexus.db.assert_has("newsletter_subscribers", user_id=user["id"], confirmed_at=None)


async def test_a_link_confirms_once(nexus, newsletter):
    user = await newsletter.subscribe("ann", "ann@example.org")
    token = await token_of(nexus, "ann")
    await nexus.clock.advance(hours=2)

    assert await newsletter.confirm(token) is True
    assert await newsletter.confirm(token) is False
    await nexus.db.assert_has("newsletter_subscribers", user_id=user["id"], confirmed_at=nexus.clock.now())


async def test_an_issue_reaches_those_who_confirmed(nexus, newsletter):
    await newsletter.subscribe("ann", "ann@example.org")
    await newsletter.subscribe("bob", "bob@example.org")
    await newsletter.confirm(await token_of(nexus, "ann"))
    nexus.mail.clear()

    assert await newsletter.send_issue("2026-01", "January <3", "All the news") == 1

    nexus.mail.assert_sent(to="ann@example.org", subject="January <3", count=1)
    assert "January &lt;3" in nexus.mail.last.html


async def test_an_issue_is_sent_once_and_a_refusal_is_tried_again(nexus, newsletter):
    for name in ("ann", "bob"):
        await newsletter.subscribe(name, f"{name}@example.org")
        await newsletter.confirm(await token_of(nexus, name))
    nexus.mail.clear()
    nexus.mail.refuse("bob@example.org", code=450, text="mailbox busy")

    with pytest.raises(Exception, match="mailbox busy"):
        await newsletter.send_issue("2026-01", "January", "All the news")
    nexus.mail.accept("bob@example.org")
    assert await newsletter.send_issue("2026-01", "January", "All the news") == 1

    nexus.mail.assert_sent(to="ann@example.org", count=1)
    nexus.mail.assert_sent(to="bob@example.org", count=1)


async def test_a_day_later_the_events_are_stored(nexus, newsletter):
    analytics = await nexus.service(AnalyticsService)
    await newsletter.subscribe("ann", "ann@example.org")
    await nexus.clock.advance(timedelta(days=1))

    assert await analytics.get_event_counts() == {"newsletter_subscribed": 1}


@pytest.mark.parametrize("address", ["", "no-at-sign", "a b@example.org"])
async def test_a_bad_address_makes_no_user(nexus, address):
    newsletter = await nexus.service(Newsletter)
    with pytest.raises(ValueError, match="email"):
        await newsletter.subscribe("ann", address)
    await nexus.db.assert_count("users", 0)
    nexus.mail.assert_nothing_sent()
