"""Plugins of nexus-platform in a world: what its loader gives them, what it makes of `initialize`, and what they leave."""

import asyncio
from importlib.util import find_spec

import httpx
import pytest

import nexus_testkit
from nexus_testkit import Harness
from nexus_testkit.errors import HarnessError, LeakError

HERE = find_spec("nexus.core") is not None
pytestmark = pytest.mark.skipif(not HERE, reason="only where nexus-platform is installed")
if HERE:
    from nexus.plugins import AnalyticsPlugin, BusinessPlugin
    from tests.unit.platform.plugins import ClicksPlugin, ConfirmationPlugin, OrdersPlugin

    class Plain(AnalyticsPlugin):
        name = "plain"

        def __init__(self):
            super().__init__()
            self.name = "plain"


async def test_business_plugin_stores_publishes_and_serves(nexus):
    orders = await nexus.boot(OrdersPlugin)
    path = nexus.client.path_of("/new")
    assert path == "/api/plugins/business.orders/orders/orders/new"  # the prefix twice, as on the platform
    answer = await nexus.client.post(path, params={"item": "tea"})
    assert (answer.status_code, answer.json()) == (201, {"number": 1})
    [event] = nexus.events.assert_published("orders.created", item="tea", number=1, source="business.orders", count=1)
    assert event.at == nexus.clock.now()
    assert await orders.get_data("order:1") == {"item": "tea"}
    await nexus.db.assert_has("nexus_kv_store", key="plugin:orders:order:1", value='{"item": "tea"}')
    assert orders.get_service("orders") is orders
    assert (await nexus.client.get(nexus.client.path_of("/rules"))).json() == {"rules": []}
    assert (await nexus.client.get("/nowhere")).status_code == 404
    assert (await nexus.client.get(nexus.client.path_of("/sync/{number}").format(number=3))).json() == {"number": 3}


async def test_notification_plugin_hears_and_mails(nexus):
    orders = await nexus.boot(OrdersPlugin)
    await nexus.boot(ConfirmationPlugin, config={"to": "bob@example.org"})
    await orders.create("tea")
    nexus.mail.assert_nothing_sent()  # delivered by a task of the bus, as on the platform
    await nexus.settle()
    nexus.mail.assert_sent(to="bob@example.org", subject="Order 1", count=1)
    status = await nexus.client.get(nexus.client.path_of("confirmations/status"))
    assert status.json()["status"] == "active"


async def test_analytics_plugin_counts_and_its_task_ends_with_it(nexus):
    orders = await nexus.boot(OrdersPlugin)
    clicks = await nexus.boot(ClicksPlugin)
    await orders.create("tea")
    await nexus.events.publish("orders.created", number=7)
    await nexus.clock.advance(minutes=1)
    assert clicks.counted == 2
    assert await clicks.get_data("counted") == 2
    metrics = await nexus.client.get(nexus.client.path_of("clicks/metrics"))
    assert metrics.json()["plugin_name"] == "clicks"


async def test_values_come_back_as_they_do_from_the_platforms_sql(nexus):
    plugin = await nexus.boot(Plain)
    database = plugin.db_adapter
    pairs = [([1, (2,)], [1, [2]]), ({"a": 1}, {"a": 1}), ("123", 123), (True, "True"), (None, "None"), ("x", "x")]
    for value, back in pairs:
        await database.set("key", value)
        assert await database.get("key") == back
    assert await database.exists("key")
    assert await database.get("nothing", "stock") == "stock"
    await database.set("kez", 1)
    assert sorted(await database.list_keys("ke?")) == ["key", "kez"]
    assert sorted(await database.list_keys()) == ["key", "kez"]
    assert (await database.health_check())["total_keys"] == 2
    await database.delete("key")
    await database.clear()
    assert await database.list_keys() == []


async def test_database_of_a_plugin_is_reached_by_faults_and_journaled(nexus):
    orders = await nexus.boot(OrdersPlugin)
    nexus.faults.on("table:nexus_kv_store").nth(1).raises("53300")
    with pytest.raises(Exception, match="too many"):
        await orders.create("tea")
    assert await orders.create("tea") == 1
    assert "events.publish" in {call.operation for call in nexus.journal.calls}


@pytest.mark.parametrize("outcome", [None, False, 0])
async def test_false_outcome_is_what_the_platform_makes_of_it(nexus, outcome):
    class Forgetful(Plain):
        async def initialize(self):
            self.register_service("mine", self)
            await self.subscribe_to_event("orders.created", self.hear)
            return outcome

        def hear(self, event):
            raise AssertionError

    with pytest.raises(HarnessError) as caught:
        await nexus.boot(Forgetful)
    for word in (
        f"returned {outcome!r}",
        "ERROR",
        "keeps services: mine and subscriptions: orders.created -> ",
        "return True",
    ):
        assert word in str(caught.value)
    await nexus.events.publish("orders.created")  # rolled back: nobody hears it
    await nexus.settle()
    assert nexus.events.failures == []
    assert nexus.platform.registry.list_services() == []
    nexus.events.assert_not_published("plugin.loaded")


async def test_raised_error_says_what_the_platform_would_keep(nexus):
    class Failing(Plain):
        async def initialize(self):
            self.register_service("mine", self)
            raise OSError("no route to host")

    with pytest.raises(OSError, match="no route") as caught:
        await nexus.boot(Failing)
    assert caught.value.__notes__ == [
        "the platform logs this and goes on without the plugin; yet it keeps services: mine"
    ]


def left_by(plugin, *, use=None):
    async def main(nexus):
        made = await nexus.boot(plugin)
        if use is not None:
            await use(nexus, made)

    with pytest.raises(LeakError) as caught:
        nexus_testkit.run(main)
    return str(caught.value)


def test_what_outlives_its_plugin_is_a_leak():
    class Leaky(BusinessPlugin):
        def __init__(self):
            super().__init__()
            self.name = "leaky"

        async def initialize(self):
            await super().initialize()
            self.register_service("leaky", self)
            await self.subscribe_to_event("orders.created", self.hear)
            self.forgotten = asyncio.create_task(asyncio.sleep(3600))
            return True

        def hear(self, event):
            pass

    said = left_by(Leaky)
    assert "a subscription that outlives its plugin: orders.created -> " in said
    assert "a service that outlives its plugin: 'leaky' of " in said
    assert "a task that still runs" in said


def test_failed_handler_is_a_leak_unless_somebody_looked():
    class Broken(Plain):
        async def initialize(self):
            self.event_bus.subscribe("a", fails)
            self.event_bus.subscribe("a", awaited)
            return True

    def fails(event):
        raise KeyError("number")

    def awaited(event):
        return asyncio.sleep(0)

    async def publish(nexus, _):
        await nexus.events.publish("a")

    said = left_by(Broken, use=publish)
    assert "fails of a failed: KeyError: 'number'" in said
    assert "awaited of a failed: TypeError: it gave something to wait for" in said

    async def main(nexus):
        await nexus.boot(Broken)
        await nexus.events.publish("a")
        await nexus.settle()
        assert [type(failure.error) for failure in nexus.events.failures] == [KeyError, TypeError]

    nexus_testkit.run(main)


async def test_assertion_shows_what_was_published(nexus):
    orders = await nexus.boot(OrdersPlugin)
    await orders.create("tea")
    with pytest.raises(AssertionError) as caught:
        nexus.events.assert_published("orders.created", item="coffee")
    assert "expected at least one of orders.created item='coffee', got 0" in str(caught.value)
    assert "item: expected 'coffee', got 'tea'" in str(caught.value)
    with pytest.raises(AssertionError, match="expected 0 of"):
        nexus.events.assert_not_published("orders.created")
    assert [event.name for event in nexus.events.published] == ["plugin.loaded", "orders.created"]


async def test_path_that_nobody_serves_names_those_that_are(nexus):
    with pytest.raises(HarnessError, match="boot a plugin that has routes"):
        nexus.client.path_of("/new")
    await nexus.boot(OrdersPlugin)
    with pytest.raises(HarnessError, match="/api/plugins/business"):
        nexus.client.path_of("/neww")
    with pytest.raises(HarnessError, match="several routes"):
        nexus.client.path_of("s")


def test_plugins_shut_down_in_reverse_and_say_so():
    async def main():
        async with Harness(plugins=[OrdersPlugin, ClicksPlugin]) as nexus:
            events = nexus.events
            client = nexus.client
        assert [event.data["plugin_id"] for event in events.published if event.name == "plugin.unloaded"] == [
            "analytics.clicks",
            "business.orders",
        ]
        assert client.is_closed
        with pytest.raises(RuntimeError):
            await client.get("/")

    asyncio.run(main())


async def test_route_that_raises_raises_in_the_test(nexus):
    class Failing(Plain):
        def get_api_routes(self):
            from fastapi import APIRouter

            router = APIRouter()
            router.add_api_route("/fail", self.fail)
            return [router]

        async def fail(self):
            raise LookupError("no such order")

    await nexus.boot(Failing)
    with pytest.raises(LookupError, match="no such order"):
        await nexus.client.get(nexus.client.path_of("/fail"))
    assert isinstance(nexus.client, httpx.AsyncClient)
