"""What must hold: in the runs of a search, in calm, and how a broken one is told."""

import asyncio
import subprocess
import sys
from contextlib import suppress

import pytest

import nexus_testkit
from nexus_testkit import invariant
from nexus_testkit.errors import BrokenInvariant, CacheError
from nexus_testkit.exploration import search
from nexus_testkit.exploration.checks import invariants_of
from nexus_testkit.exploration.outcome import fingerprint
from nexus_testkit.exploration.sweeping import healthy_run, sweep
from nexus_testkit.exploration.worlds import BodyWorlds
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.mail import MailTransport
from tests.unit.exploration.swept_services import letter


@invariant
async def no_more_than_one(nexus):
    assert int(await nexus.cache.get("count") or 0) <= 1, "counted twice"


@invariant
def there_is_a_world(nexus):
    return nexus.loop.is_running()


async def counts_once(nexus):
    cache = nexus.get(CacheManager)
    if await cache.get("count") is None:
        await cache.increment("count")


async def twice_at_once(nexus):
    await asyncio.gather(counts_once(nexus), _later(counts_once(nexus)))


async def _later(coroutine):
    await asyncio.sleep(0.5)
    await coroutine


def test_a_module_has_those_that_are_marked():
    assert invariants_of(counts_once) == [no_more_than_one, there_is_a_world]


def test_a_search_checks_them_after_each_run_that_passes():
    failure = search(twice_at_once, runs=100).failure
    assert isinstance(failure.error, BrokenInvariant)
    assert (failure.error.name, failure.error.reason.splitlines()[0]) == ("no_more_than_one", "counted twice")
    (words,) = failure.plan.words()
    assert "cache call" in words
    assert search(counts_once, runs=50).failure is None


def test_the_error_has_the_place_where_the_invariant_failed():
    error = search(twice_at_once, runs=100).failure.error
    name, place, _ = fingerprint(error)
    assert (name, place) == ("BrokenInvariant no_more_than_one", __file__)


def test_what_a_run_has_set_going_settles_first():
    async def body(nexus):
        cache = nexus.get(CacheManager)

        async def late():
            await cache.increment("count")
            await cache.increment("count")

        tasks.append(asyncio.create_task(late()))

    tasks = []
    assert isinstance(search(body, runs=1).failure.error, BrokenInvariant)


def test_nothing_is_drawn_from_the_calm_on():
    marked = []

    async def body(nexus):
        cache = nexus.get(CacheManager)
        for _ in range(5):
            with suppress(CacheError):
                await cache.get("a")
        nexus.faults.calm()
        calm_from = len(nexus.journal)
        for _ in range(20):
            await cache.get("b")
        marked.append([call.fault is not None for call in nexus.journal])
        assert not any(marked[-1][calm_from:])

    assert search(body, runs=200, faults={"cache": ["reset"]}).failure is None
    assert any(any(run) for run in marked)


def test_calls_that_hang_are_let_go_in_the_calm():
    ended = []

    async def body(nexus):
        cache = nexus.get(CacheManager)

        async def work():
            try:
                await cache.set("a", "1")
            except CacheError:
                ended.append(nexus.loop.time())

        task = asyncio.create_task(work())
        await nexus.settle()
        nexus.faults.calm()
        await task

    assert search(body, runs=100, faults={"cache": ["hangs"]}).failure is None
    assert ended


def test_a_plain_world_is_calm_already_and_keeps_the_faults_of_the_test():
    async def body(nexus):
        nexus.faults.on("cache.get").raises("reset")
        nexus.faults.calm()
        with pytest.raises(CacheError):
            await nexus.get(CacheManager).get("a")

    nexus_testkit.run(body)


def test_the_mark_loads_nothing():
    heavy = "assert not {'asyncio', 'nexus_testkit.exploration', 'nexus_testkit.harness'} & set(sys.modules)"
    subprocess.run([sys.executable, "-S", "-c", f"import sys; import nexus_testkit.invariants; {heavy}"], check=True)


# -- the kit's own


def swept(body):
    worlds = BodyWorlds(body, invariants=())
    return sweep(worlds, healthy_run(worlds, ()), ())


def sending(*mails, **options):
    """A body that sends the first mail where nothing fails, and all of them otherwise."""

    async def body(nexus):
        mail, cache = nexus.get(MailTransport), nexus.get(CacheManager)
        async for fault in nexus.faults.sweep(only={"cache": ["reset"]}, **options):
            async with fault:
                try:
                    await cache.set("a", "1")
                except CacheError:
                    chosen = mails
                else:
                    chosen = mails[:1]
                for message, recipients in chosen:
                    await mail.send(message, sender="shop@example.org", recipients=recipients)

    return body


def message(subject="Welcome", identity=None, body="Hello"):
    made = letter(subject, body)
    if identity is not None:
        made["Message-ID"] = identity
    return made


ANN, BOB = ["ann@example.org"], ["bob@example.org"]
FIRST = (message(identity="<1@example.org>"), ANN)


@pytest.mark.parametrize(
    ("second", "twice"),
    [
        ((message(identity="<1@example.org>"), ANN), True),
        ((message(identity="<2@example.org>"), ANN), True),
        ((message(identity="<1@example.org>", body="Another text"), ANN), True),
        ((message(identity="<1@example.org>"), BOB + ANN), True),
        ((message(identity="<1@example.org>"), BOB), False),
        ((message(identity="<2@example.org>", body="Another text"), ANN), False),
        ((message("Another subject", identity="<2@example.org>"), ANN), False),
        ((message("Another subject"), ANN), False),
    ],
)
def test_a_mail_is_the_same_by_its_id_or_by_what_it_says(second, twice):
    assert [each.result for each in swept(sending(FIRST, second)).tried] == (
        ["broke 'no mail twice'"] if twice else ["ok"]
    )


def test_what_the_healthy_run_sends_twice_is_meant():
    async def body(nexus):
        mail, cache = nexus.get(MailTransport), nexus.get(CacheManager)
        async for fault in nexus.faults.sweep(only={"cache": ["reset"]}):
            async with fault:
                for _ in range(2):
                    await mail.send(FIRST[0], sender="shop@example.org", recipients=ANN)
                await cache.set("a", "1")

    assert not swept(body).broken


def test_an_invariant_of_the_kit_can_be_waived():
    assert not swept(sending(FIRST, FIRST, allow=["no mail twice"])).broken


def test_what_a_fault_only_delays_is_waited_for():
    async def body(nexus):
        cache = nexus.get(CacheManager)

        async def work():
            async with cache.lock("work"):
                try:
                    await cache.set("a", "1")
                except CacheError:
                    await asyncio.sleep(5)
                    await cache.set("a", "1")

        async for fault in nexus.faults.sweep(only={"cache.set": ["reset"]}):
            async with fault:
                asyncio.create_task(work(), name="work")  # noqa: RUF006  # nobody waits for it
            assert await nexus.cache.get("a") == b"1"

    found = swept(body)
    assert (len(found.tried), found.broken) == (1, [])
