"""The harness: a world's life, laziness, overrides, booting, what it refuses and what it finds at its end."""

import asyncio
import contextlib

import pytest

import nexus_testkit
from nexus.plugins import Plugin
from nexus.services import get_service, inject, register_service
from nexus_testkit import Harness, simulate
from nexus_testkit.errors import (
    HarnessClosed,
    HarnessError,
    InvalidServiceType,
    LeakError,
    NeedsSimulation,
    NoActiveContainer,
    OverrideError,
    UnknownOption,
)
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.services import BaseService, CacheService, get_logger


class Counter(BaseService):
    """A service that uses the cache."""

    def __init__(self, cache: CacheManager = inject(), config=None):
        super().__init__(config)
        self.cache = cache
        self.log = get_logger("counter")

    async def hit(self):
        return await self.cache.increment("hits")


async def test_a_service_comes_started_with_its_ports(nexus):
    counter = await nexus.service(Counter)
    assert counter.is_initialized
    assert await counter.hit() == 1
    assert await nexus.cache.get("hits") == b"1"
    assert nexus.container.started == [Counter]


async def test_get_builds_and_does_not_start(nexus):
    counter = nexus.get(Counter)
    assert not counter.is_initialized
    assert nexus.get(CacheManager) is counter.cache
    assert await nexus.service(Counter) is counter


async def test_an_unused_port_is_not_made(nexus):
    assert dict(nexus.adapters) == {}
    await (await nexus.service(Counter)).hit()
    assert set(nexus.adapters) == {"cache", "clock"}


async def test_services_and_tests_cross_the_same_seam(nexus):
    await (await nexus.service(Counter)).hit()
    await nexus.cache.get("hits")
    assert [call.operation for call in nexus.journal] == ["cache.increment", "cache.get"]


@pytest.mark.nexus
async def test_worlds_share_nothing():
    async def hit(nexus):
        return await (await nexus.service(Counter)).hit()

    async with Harness() as one, Harness() as two:
        assert [await hit(one), await hit(one), await hit(two)] == [1, 2, 1]


async def test_override_is_for_the_block(nexus):
    class Recording:
        async def increment(self, key):
            return 99

    with nexus.override(CacheManager, Recording()) as cache:
        assert await (await nexus.service(Counter)).hit() == 99
        assert nexus.get(Counter).cache is cache


async def test_an_override_that_nobody_asks_for_is_an_error(nexus):
    with pytest.raises(OverrideError, match="CacheService"), nexus.override(CacheService, object()):
        pass


def test_a_permanent_override_that_nobody_asks_for_is_an_error():
    async def main(nexus):
        pass

    with pytest.raises(OverrideError, match="CacheService"):
        nexus_testkit.run(main, overrides={CacheService: object()})


def test_config_reaches_the_service_by_class_and_by_name():
    async def main(nexus):
        return dict((await nexus.service(Counter)).config)

    assert nexus_testkit.run(main, config={Counter: {"a": 1}, "Counter": {"b": 2}}) == {"a": 1, "b": 2}


def test_services_and_plugins_start_with_the_world():
    class CounterPlugin(Plugin):
        async def initialize(self):
            self.counter = get_service(Counter)
            return True

    async def main(nexus):
        return nexus.container.started

    assert nexus_testkit.run(main, services=[Counter]) == [Counter]
    assert nexus_testkit.run(main, plugins=[CounterPlugin]) == [Counter]


async def test_a_scope_ends_its_services(nexus):
    register_service(Counter, scope="scoped")
    async with nexus.scope() as scope:
        counter = await scope.service(Counter)
        assert await scope.service(Counter) is counter
    assert not counter.is_initialized


# -- plugins


class Good(Plugin):
    ended = False

    async def initialize(self):
        await super().initialize()
        register_service(Counter, config=self.config)
        self.counter = get_service(Counter)
        return True

    async def shutdown(self):
        assert self.counter.is_initialized, "plugins end before their services do"
        Good.ended = True


def test_a_plugin_is_booted_and_shut_down():
    async def main(nexus):
        plugin = await nexus.boot(Good, config={"tier": "pro"})
        assert plugin.counter.is_initialized
        assert plugin.counter.config["tier"] == "pro"
        return plugin

    plugin = nexus_testkit.run(main)
    assert Good.ended
    assert not plugin.counter.is_initialized


async def test_a_plugin_that_returns_false_is_rolled_back(nexus):
    class Failing(Good):
        async def initialize(self):
            await super().initialize()
            return False

    with pytest.raises(HarnessError, match="returned False"):
        await nexus.boot(Failing)
    assert nexus.container.started == []
    register_service(Counter)  # nothing is left of the first registration


async def test_a_plugin_that_raises_is_rolled_back(nexus):
    class Failing(Good):
        async def initialize(self):
            await super().initialize()
            await nexus.service(Counter)
            raise KeyError("config")

    with pytest.raises(KeyError):
        await nexus.boot(Failing)
    assert nexus.container.started == []


async def test_what_is_no_plugin_is_refused(nexus):
    with pytest.raises(InvalidServiceType, match="initialize"):
        await nexus.boot(object)


# -- time, health


async def test_settle_waits_for_background_tasks_and_moves_no_time(nexus):
    done = []

    async def work():
        for _ in range(5):
            await nexus.cache.increment("n")
        done.append(1)

    task = asyncio.create_task(work())
    await nexus.settle()
    assert done == [1]
    assert nexus.clock.monotonic() == 0
    await task


async def test_health_asks_used_ports_and_services(nexus):
    class Sick(Counter):
        async def health_check(self):
            raise ConnectionError("gone")

    await nexus.service(Sick)
    health = await nexus.health()
    assert health["cache"] is True
    assert not health["Sick"]
    assert "gone" in str(health["Sick"])


def test_on_the_system_loop_time_is_real_and_says_so():
    async def main():
        async with Harness() as nexus:
            assert not nexus.simulated
            assert await (await nexus.service(Counter)).hit() == 1
            with pytest.raises(NeedsSimulation, match="Hint:"):
                await nexus.clock.advance(seconds=1)

    asyncio.run(main())


# -- the end


def left_behind(main, **options):
    with pytest.raises(LeakError) as caught:
        nexus_testkit.run(main, **options)
    return str(caught.value)


def test_a_task_that_still_runs_is_reported_with_its_creation():
    async def forever():
        await asyncio.Event().wait()

    async def main(nexus):
        asyncio.create_task(forever(), name="worker")  # noqa: RUF006  # the leak

    text = left_behind(main)
    assert "worker" in text
    assert "forever" in text
    assert 'asyncio.create_task(forever(), name="worker")' in text


def test_a_stray_request_is_reported_even_when_it_was_swallowed():
    async def main(nexus):
        import httpx

        async with httpx.AsyncClient(transport=nexus.port("http"), trust_env=False) as client:
            with contextlib.suppress(Exception):
                await client.get("https://nowhere.example/")

    assert "GET https://nowhere.example/" in left_behind(main)


def test_a_connection_to_nowhere_is_reported_even_when_it_was_swallowed():
    async def main(nexus):
        with contextlib.suppress(OSError):
            await asyncio.open_connection("db.example", 5432)

    assert "db.example:5432" in left_behind(main)


def test_a_required_route_that_nobody_called_is_reported():
    async def main(nexus):
        nexus.http.get("https://a.example/").respond(200).required()

    assert "https://a.example/" in left_behind(main)


def test_strict_mail_reports_mail_that_no_assertion_looked_at():
    async def main(nexus):
        from nexus.services import EmailService

        email = await nexus.service(EmailService)
        await email.send_email(["ann@example.org"], "seen", "text")
        await email.send_email(["ann@example.org"], "unseen", "text")
        nexus.mail.assert_sent(subject="seen")

    text = left_behind(main, strict_mail=True)
    assert "'unseen'" in text
    assert "'seen'" not in text


def test_strict_mail_reports_mail_of_a_world_whose_mail_nobody_asked_for():
    async def main(nexus):
        from nexus.services import EmailService

        email = await nexus.service(EmailService)
        await email.send_email(["ann@example.org"], "unseen", "text")

    assert "'unseen'" in left_behind(main, strict_mail=True)


def test_mail_can_become_strict_and_lenient_inside_a_test():
    async def main(nexus):
        from nexus.services import EmailService

        nexus.mail.strict = True
        email = await nexus.service(EmailService)
        await email.send_email(["ann@example.org"], "taken", "text")
        assert nexus.mail.last.subject == "taken"
        await email.send_email(["ann@example.org"], "unseen", "text")

    text = left_behind(main)
    assert "'unseen'" in text
    assert "'taken'" not in text

    async def lenient(nexus):
        await main(nexus)
        nexus.mail.strict = False

    nexus_testkit.run(lenient, strict_mail=True)


def test_an_open_subscription_and_a_held_lock_are_reported():
    async def main(nexus):
        await nexus.cache.subscribe("news").__aenter__()
        await nexus.cache.lock("work", ttl=60).__aenter__()

    text = left_behind(main)
    assert "news" in text
    assert "work" in text


def test_an_open_transaction_is_reported():
    async def main(nexus):
        await nexus.db.transaction().__aenter__()

    assert "transaction" in left_behind(main)


def test_services_that_fail_to_stop_and_leaks_come_out_together():
    class Stubborn(BaseService):
        async def _teardown(self):
            raise OSError("will not stop")

    async def main(nexus):
        await nexus.service(Stubborn)
        asyncio.create_task(asyncio.Event().wait())  # noqa: RUF006  # the leak

    with pytest.raises(ExceptionGroup) as caught:
        nexus_testkit.run(main)
    assert caught.group_contains(OSError, match="will not stop")
    assert caught.group_contains(LeakError)


def test_what_was_left_does_not_hide_the_bodys_error():
    async def main(nexus):
        asyncio.create_task(asyncio.Event().wait())  # noqa: RUF006  # the leak
        raise KeyError("the news")

    with pytest.raises(KeyError) as caught:
        nexus_testkit.run(main)
    assert any("left behind" in note for note in caught.value.__notes__)


# -- what it refuses


def test_after_the_end_everything_says_so():
    async def main():
        async with Harness() as nexus:
            pass
        await nexus.aclose()
        with pytest.raises(HarnessClosed):
            await nexus.service(Counter)
        for use in (
            lambda: nexus.db,
            lambda: nexus.get(Counter),
            nexus.scope,
            lambda: nexus.override(Counter, 1),
            nexus.open,
        ):
            with pytest.raises(HarnessClosed, match="Hint:"):
                use()

    asyncio.run(main())


def test_get_service_outside_a_world_says_what_to_do():
    with pytest.raises(NoActiveContainer, match=r"Hint:.*'nexus' fixture"):
        get_service(Counter)


def test_an_option_that_does_not_exist_is_named():
    with pytest.raises(UnknownOption, match="did you mean seed") as caught:
        Harness(sead=1)
    assert "'sead'" in str(caught.value)
    with pytest.raises(UnknownOption, match="backend='reel'"):
        Harness(backend="reel")


def test_a_harness_needs_a_loop_that_runs():
    with pytest.raises(HarnessError, match="no event loop"):
        Harness().open()
    loop = asyncio.new_event_loop()
    loop.close()
    with pytest.raises(HarnessError, match="closed"):
        Harness(loop=loop).open()
    with pytest.raises(HarnessError, match="not open"):
        Harness().get(Counter)


@pytest.mark.nexus
async def test_a_world_opens_once():
    async with Harness() as nexus:
        with pytest.raises(HarnessError, match="open already"):
            nexus.open()


# -- without the fixture


def test_simulate_gives_each_call_a_fresh_world():
    @simulate
    async def hit(nexus, times):
        counter = await nexus.service(Counter)
        return [await counter.hit() for _ in range(times)]

    assert hit(times=2) == [1, 2]
    assert hit(1) == [1]


def test_simulate_adds_the_timeline_to_the_error():
    @simulate
    async def failing(nexus):
        await nexus.cache.set("a", 1)
        assert await nexus.cache.get("a") == b"2"

    with pytest.raises(AssertionError) as caught:
        failing()
    assert "cache.set('a', 1)" in caught.value.__notes__[-1]


def test_simulate_refuses_what_it_cannot_run():
    with pytest.raises(HarnessError, match="async def"):
        simulate(lambda nexus: None)
    with pytest.raises(HarnessError, match="no parameter 'nexus'"):

        @simulate
        async def lost():
            pass


def test_run_gives_what_main_returns_and_an_hour_takes_no_time():
    async def main(nexus):
        await asyncio.sleep(3600)
        return nexus.clock.monotonic(), nexus.seed

    assert nexus_testkit.run(main, seed=7) == (3600, 7)


def test_a_plain_test_may_run_coroutines(nexus):
    assert nexus.run(nexus.cache.increment("n")) == 1
    assert nexus.run(nexus.cache.increment("n")) == 2


def test_after_a_world_time_is_real_again(pytester):
    pytester.makepyfile(
        """
        from nexus_testkit.simulation import current_loop

        async def test_in_a_world(nexus):
            assert current_loop() is nexus.loop

        def test_after_it():
            assert current_loop() is None
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_simulate_hands_over_every_kind_of_argument():
    @simulate
    async def collect(first, /, nexus, *rest, named, **others):
        return first, nexus.seed, rest, named, others

    assert collect(1, 2, 3, named=4, other=5) == (1, 0, (2, 3), 4, {"other": 5})


def test_the_first_example_of_a_process_keeps_hypothesis_deadline(pytester):
    pytester.makepyfile(
        """
        from hypothesis import given, strategies as st
        from nexus_testkit import simulate

        @given(number=st.integers(0, 9))
        @simulate
        async def test_all_ports(nexus, number):
            await nexus.db.execute("CREATE TABLE t (n INT PRIMARY KEY)")
            await nexus.db.execute("INSERT INTO t VALUES ($1)", number)
            await nexus.cache.set("n", number)
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_seed_decides_what_the_database_draws():
    async def main(nexus):
        return await nexus.db.fetch_val("SELECT gen_random_uuid()"), await nexus.db.fetch_val("SELECT random()")

    assert nexus_testkit.run(main, seed=1) == nexus_testkit.run(main, seed=1)
    assert nexus_testkit.run(main, seed=1) != nexus_testkit.run(main, seed=2)


async def test_a_missing_event_that_a_service_still_buffers_is_told(nexus):
    from nexus.services import AnalyticsService

    analytics = await nexus.service(AnalyticsService)
    await analytics.track_event("page_view")
    with pytest.raises(AssertionError, match=r"1 event\(s\) wait in a service's buffer"):
        await nexus.analytics.assert_tracked("page_view")
    await analytics.flush()
    await nexus.analytics.assert_tracked("page_view", count=1)
