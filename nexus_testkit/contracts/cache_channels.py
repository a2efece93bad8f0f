"""What a cache promises about publishing and subscribing."""

from __future__ import annotations

import asyncio

import pytest

from nexus_testkit.contracts.contract import Contract
from nexus_testkit.ports.cache import CacheManager, Message


class ChannelPromises(Contract):
    """The part of `CacheContract` that concerns channels."""

    async def test_subscriber_receives_in_order(self, adapter: CacheManager) -> None:
        """A subscriber receives what is published to its channels, in order, with channel and bytes."""
        async with adapter.subscribe("one", "two") as messages:
            for channel, data in (("one", b"\x00\xff"), ("two", "ü"), ("one", 3)):
                assert await adapter.publish(channel, data) == 1
            received = [await anext(messages) for _ in range(3)]
        assert received == [Message("one", b"\x00\xff"), Message("two", "ü".encode()), Message("one", b"3")]

    async def test_each_subscriber_receives(self, adapter: CacheManager) -> None:
        """Each subscriber of a channel receives each message, and `publish` counts them."""
        async with adapter.subscribe("news") as first, adapter.subscribe("news") as second:
            assert await adapter.publish("news", "x") == 2
            assert [(await anext(each)).data for each in (first, second)] == [b"x", b"x"]

    async def test_publish_to_nobody_is_zero(self, adapter: CacheManager) -> None:
        """`publish` to a channel without subscribers is 0, and a later subscriber does not receive it."""
        assert await adapter.publish("news", "early") == 0
        async with adapter.subscribe("news") as messages:
            await adapter.publish("news", "late")
            assert (await anext(messages)).data == b"late"

    async def test_subscription_ends_with_its_block(self, adapter: CacheManager) -> None:
        """After the block of a subscription nobody receives, also where it raised."""
        async with adapter.subscribe("news"):
            pass
        assert await adapter.publish("news", "x") == 0
        with pytest.raises(ZeroDivisionError):
            async with adapter.subscribe("news"):
                raise ZeroDivisionError
        assert await adapter.publish("news", "x") == 0

    async def test_slow_subscriber_loses_nothing(self, adapter: CacheManager) -> None:
        """A subscriber that reads later receives every message that was published meanwhile, 200 of them too."""
        async with adapter.subscribe("news") as messages:
            for number in range(200):
                await adapter.publish("news", number)
            received = [(await anext(messages)).data for _ in range(200)]
        assert received == [str(number).encode() for number in range(200)]

    async def test_reader_that_gave_up_loses_nothing(self, adapter: CacheManager) -> None:
        """Who gives up waiting for a message, by a time-out for instance, receives it when asking again."""
        async with adapter.subscribe("news") as messages:
            for number in range(3):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.01):
                        await anext(messages)
                await adapter.publish("news", number)
                assert (await anext(messages)).data == str(number).encode()
            for turns in range(4):  # given up when the message is already on its way
                reading = asyncio.ensure_future(anext(messages))
                await asyncio.sleep(0)
                await adapter.publish("news", turns)
                for _ in range(turns):
                    await asyncio.sleep(0)
                reading.cancel()
                await asyncio.wait([reading])
                received = await anext(messages) if reading.cancelled() else reading.result()
                assert received.data == str(turns).encode()

    async def test_channel_named_twice_is_one(self, adapter: CacheManager) -> None:
        """A channel that is named twice in one subscription is one: each message comes once."""
        async with adapter.subscribe("news", "news") as messages:
            assert await adapter.publish("news", 1) == 1
            await adapter.publish("news", 2)
            assert [(await anext(messages)).data for _ in range(2)] == [b"1", b"2"]

    async def test_channels_are_no_patterns(self, adapter: CacheManager) -> None:
        """A channel's name is taken as it is: `*` is no wildcard."""
        async with adapter.subscribe("n*"):
            assert await adapter.publish("news", "x") == 0
            assert await adapter.publish("n*", "x") == 1
