"""What the relay promises."""

import hashlib
import hmac

import httpx
import pytest
from webhook_relay import TargetPausedError, WebhookRelayPlugin

TARGET = "https://hooks.example/in"


@pytest.fixture
async def relay(nexus):
    plugin = await nexus.boot(WebhookRelayPlugin, config={"target": TARGET, "secret": "s3cret"})
    return plugin.relay


async def test_an_event_is_delivered_once_and_signed(nexus, relay):
    hook = nexus.http.post(TARGET).respond(202)

    assert await relay.relay("evt-1", {"n": 1}) is True
    assert await relay.relay("evt-1", {"n": 1}) is False

    assert hook.call_count == 1
    signature = hmac.new(b"s3cret", b'{"n": 1}', hashlib.sha256).hexdigest()
    assert hook.last_request.headers["X-Signature"] == signature


async def test_a_target_that_stumbles_is_asked_again(nexus, relay):
    hook = nexus.http.post(TARGET).responds([503, httpx.ConnectTimeout, 202])
    began = nexus.clock.monotonic()

    assert await relay.relay("evt-1", {"n": 1}) is True

    assert hook.call_count == 3
    assert {call.request.headers["Idempotency-Key"] for call in hook.calls} == {"evt-1"}
    assert nexus.clock.monotonic() > began  # it backed off, in virtual time


async def test_retry_after_is_waited_for(nexus, relay):
    nexus.http.post(TARGET).responds([httpx.Response(429, headers={"Retry-After": "10"}), 202])
    began = nexus.clock.monotonic()

    assert await relay.relay("evt-1", {"n": 1}) is True
    assert nexus.clock.monotonic() - began >= 10


async def test_a_target_that_is_down_is_left_alone_for_a_minute(nexus, relay):
    hook = nexus.http.post(TARGET).respond(500)
    for number in range(3):
        assert await relay.relay(f"evt-{number}", {"n": number}) is False
    asked = hook.call_count

    with pytest.raises(TargetPausedError):
        await relay.relay("evt-9", {"n": 9})
    assert hook.call_count == asked

    await nexus.clock.advance(seconds=61)
    nexus.http.post(TARGET).respond(202)
    assert await relay.relay("evt-9", {"n": 9}) is True


async def test_what_was_delivered_is_forgotten_after_a_day(nexus, relay):
    nexus.http.post(TARGET).respond(202)
    await relay.relay("evt-1", {"n": 1})
    await nexus.clock.advance(days=1, seconds=1)

    assert await relay.relay("evt-1", {"n": 1}) is True
