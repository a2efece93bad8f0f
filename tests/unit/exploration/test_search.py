"""The search over bodies: what it finds, what it leaves alone, and that the same seed does the same."""

import asyncio
import contextlib
import random
import re
import uuid

import pytest

import nexus_testkit
from nexus_testkit.errors import NonDeterministic, PortError, StepLimitExceeded
from nexus_testkit.exploration import Delay, Plan, Seed, Token, Turn, report, search
from nexus_testkit.exploration.running import NeverTrue, ReplayDiffers
from nexus_testkit.exploration.search import Budget
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter

USERS = "CREATE TABLE users (id serial PRIMARY KEY, name text)"


async def sign_up(db, name):
    if await db.fetch_one("SELECT 1 FROM users WHERE name = $1", name) is None:
        await db.execute("INSERT INTO users (name) VALUES ($1)", name)


async def late(awaits, coroutine):
    for _ in range(awaits):
        await asyncio.sleep(0)
    await coroutine


async def two_sign_ups(nexus):
    db = nexus.get(DatabaseAdapter)
    await nexus.db.execute(USERS)
    await asyncio.gather(sign_up(db, "ann"), late(6, sign_up(db, "ann")))
    await nexus.db.assert_count("users", 1)


async def two_people(nexus):
    db = nexus.get(DatabaseAdapter)
    await nexus.db.execute(USERS)
    await asyncio.gather(sign_up(db, "ann"), late(6, sign_up(db, "bob")))
    await nexus.db.assert_count("users", 2)


@pytest.mark.parametrize("seed", range(20))
def test_a_race_that_stock_order_never_shows(seed):
    failure = search(two_sign_ups, runs=60, seed=seed).failure
    assert failure.plan == Plan([Delay(3, 0.001)])
    assert failure.plan.words() == ["delay database call 3 (INSERT users) by 1 ms"]
    assert isinstance(failure.error, AssertionError)


def test_nothing_is_found_where_there_is_nothing():
    found = search(two_people, runs=300)
    assert found.failure is None
    assert found.runs == 300
    assert len(found.coverage.schedules) > len(found.coverage.orders) > 1


def test_the_same_seed_makes_the_same_runs():
    first, second, other = (search(two_people, runs=40, seed=seed).coverage for seed in (1, 1, 2))
    assert first == second
    assert other.schedules != first.schedules


async def three_steps(nexus):
    """Fails where the second task runs between the first one's second and third step, and the third one after both."""
    seen = []

    async def steps(name, count):
        for step in range(count):
            seen.append((name, step))
            await asyncio.sleep(0)

    await asyncio.gather(steps("a", 3), steps("b", 1), steps("c", 1))
    a1, a2 = seen.index(("a", 1)), seen.index(("a", 2))
    assert not (a1 < seen.index(("b", 0)) < a2 < seen.index(("c", 0)))


@pytest.mark.parametrize("seed", range(5))
def test_an_order_of_tasks_without_any_port(seed):
    failure = search(three_steps, runs=300, seed=seed).failure
    assert all(isinstance(change, Turn) for change in failure.plan)
    assert len(failure.plan) <= 4
    assert "before" in failure.plan.words()[0]


async def unlucky(nexus):
    assert random.randrange(10) != 3
    assert uuid.uuid4().int % 2 < 2


def test_random_numbers_are_decisions_too():
    failure = search(unlucky, runs=300).failure
    assert [type(change) for change in failure.plan] == [Seed]


async def outlives(nexus, seen=[]):  # noqa: B006  # the mistake that is looked for
    await nexus.get(CacheManager).get("a")
    seen.append(1)
    assert len(seen) != 4


def test_state_that_outlives_a_world_is_said_to():
    with pytest.raises(NonDeterministic, match="run 4 failed, and the same decisions taken again passed"):
        search(outlives, runs=50)


async def wrong(nexus):
    await nexus.get(CacheManager).set("a", "1")
    assert await nexus.cache.get("a") == b"2"


def test_a_plain_bug_is_found_by_the_stock_run():
    failure = search(wrong, runs=50).failure
    assert (failure.run, failure.way, failure.plan) == (1, "stock", Plan())


async def leaves_a_task(nexus):
    cache = nexus.get(CacheManager)
    task = asyncio.create_task(cache.get("a"))
    await asyncio.wait([task], timeout=5)


def test_what_a_run_leaves_behind_is_a_failure():
    failure = search(leaves_a_task, runs=100).failure
    assert type(failure.error).__name__ == "LeakError"
    assert failure.plan == Plan([Delay(1, 12.0)])


def test_latency_can_be_limited():
    assert search(leaves_a_task, runs=100, max_latency=1.0).failure is None


async def waits_beside_a_clock(nexus):
    """Nobody sets the event where the cache answers late; a timer keeps that from being a deadlock."""
    cache, event = nexus.get(CacheManager), asyncio.Event()

    async def tick():
        while True:  # noqa: ASYNC110  # as a periodic flush does
            await asyncio.sleep(60)

    async def answer():
        try:
            async with asyncio.timeout(10):
                await cache.get("a")
            event.set()
        except TimeoutError:
            pass  # the mistake: whoever waits is not told

    ticking = asyncio.create_task(tick())
    await asyncio.gather(answer(), event.wait())
    ticking.cancel()


def test_a_wait_without_end_is_found_although_time_goes_on():
    failure = search(waits_beside_a_clock, runs=100).failure
    assert type(failure.error).__name__ == "TimeLimitExceeded"
    assert failure.plan == Plan([Delay(1, 12.0)])
    assert Token.parse(report.token_of(failure, seed=0, test=waits_beside_a_clock)).limits.time_s == 86_400


async def polls_until_the_cache_has_answered(nexus):
    """Virtual time moves only when all wait, and this one never does."""
    reading = asyncio.create_task(nexus.get(CacheManager).get("a"))
    while not reading.done():  # noqa: ASYNC110  # the mistake
        await asyncio.sleep(0)


def test_a_run_that_never_lets_time_pass_ends_soon():
    failure = search(polls_until_the_cache_has_answered, runs=100).failure
    assert type(failure.error).__name__ == "StepLimitExceeded"
    assert failure.plan == Plan([Delay(1, 0.001)])
    assert failure.error.steps == pytest.approx(20_000, rel=0.01)
    token = report.token_of(failure, seed=0, test=polls_until_the_cache_has_answered)
    with pytest.raises(StepLimitExceeded, match=str(failure.error.steps)):
        nexus_testkit.replay(polls_until_the_cache_has_answered, token)


async def takes_two_locks(nexus):
    cache, locks = nexus.get(CacheManager), {name: asyncio.Lock() for name in "ab"}

    async def both(first, second):
        await cache.get(first)
        async with locks[first]:
            await cache.get(second)
            async with locks[second]:
                pass

    beside = asyncio.create_task(waits_for_ever(nexus))
    await asyncio.gather(both("a", "b"), both("b", "a"))
    beside.cancel()


async def waits_for_ever(nexus):
    await asyncio.Event().wait()


def test_a_deadlock_is_known_by_its_places():
    failure = search(takes_two_locks, runs=100).failure
    name, where, _ = failure.outcome.fingerprint
    assert name == "Deadlock"
    assert re.fullmatch(r"\S+test_search\.py:\d+ in both: async with locks\[second\]:", where)  # of both tasks
    _, other, _ = search(waits_for_ever, runs=1).failure.outcome.fingerprint
    assert re.fullmatch(r"\S+test_search\.py:\d+ in waits_for_ever: .*", other)


async def sleeps_long(nexus):
    await asyncio.sleep(100 * 86_400)


def test_a_run_may_take_as_long_as_the_stock_run_does():
    assert search(sleeps_long, runs=20).failure is None


async def gives_up(nexus):
    raise KeyboardInterrupt


def test_ctrl_c_ends_the_search():
    with pytest.raises(KeyboardInterrupt):
        search(gives_up, runs=50)


def test_a_budget_can_begin_anywhere():
    assert list(Budget(runs=3, first=5)) == [5, 6, 7]
    assert list(Budget(runs=3, minutes=0)) == []


def test_parts_of_a_search_are_the_whole():
    whole = [search(two_people, runs=30, seed=3).coverage]
    from nexus_testkit.exploration.search import search_worlds
    from nexus_testkit.exploration.worlds import BodyWorlds

    parts = [
        search_worlds(BodyWorlds(two_people), Budget(runs=10, first=first), seed=3).coverage for first in (1, 11, 21)
    ]
    merged = parts[0]
    for part in parts[1:]:
        merged.merge(part)
    assert merged == whole[0]


# -- without pytest


def test_explore_raises_the_error_and_says_how_to_replay_it():
    with pytest.raises(AssertionError) as caught:
        nexus_testkit.explore(two_sign_ups, runs=60)
    (note,) = caught.value.__notes__
    assert "shrunk to 1 decision: delay database call 3 (INSERT users) by 1 ms" in note
    assert "[delayed by 1 ms]" in note
    token = next(word for word in note.split() if word.startswith("nx1:"))
    with pytest.raises(AssertionError):
        nexus_testkit.replay(two_sign_ups, token)


def test_replay_of_another_body_says_so():
    with pytest.raises(AssertionError) as caught:
        nexus_testkit.explore(two_sign_ups, runs=60)
    token = next(word for word in caught.value.__notes__[0].split() if word.startswith("nx1:"))
    with pytest.warns(ReplayDiffers) as warned:
        nexus_testkit.replay(other_calls, token)
    assert [str(each.message) for each in warned] == [
        "the code of the test is another",
        "delay database call 3 (execute) by 1 ms, but call 3 is cache.get",
    ]


async def other_calls(nexus):
    for _ in range(3):
        await nexus.cache.get("a")


async def retries(nexus):
    cache = nexus.get(CacheManager)
    before = nexus.clock.now()
    await cache.get("a")
    nexus_testkit.sometimes((nexus.clock.now() - before).total_seconds() > 10, "a slow cache")
    nexus_testkit.sometimes(nexus.clock.now().year == 1999, "the last century")


def test_a_condition_that_no_run_reached_is_a_warning():
    with pytest.warns(NeverTrue, match="'the last century'.* was never true in 50 runs"):
        found = nexus_testkit.explore(retries, runs=50)
    assert found.coverage.sometimes == {"a slow cache": True, "the last century": False}
    assert "warning: never true in any run: sometimes('the last century')" in found.coverage.lines()


def test_a_condition_outside_of_a_search_is_nothing_but_a_condition():
    assert nexus_testkit.sometimes(1, "one") is True
    assert nexus_testkit.sometimes("", "none") is False


async def commits_twice(nexus):
    """Two updates without a transaction: a fault in between leaves one of them."""
    db = nexus.get(DatabaseAdapter)
    await nexus.db.execute("CREATE TABLE accounts (name text, balance int)")
    await nexus.db.execute("INSERT INTO accounts VALUES ('a', 1), ('b', 0)")
    with contextlib.suppress(PortError):
        await db.execute("UPDATE accounts SET balance = 0 WHERE name = 'a'")
        await db.execute("UPDATE accounts SET balance = 1 WHERE name = 'b'")
    assert await nexus.db.fetch_val("SELECT sum(balance) FROM accounts") == 1


def test_a_report_says_which_kinds_of_faults_were_on():
    found = next(
        exploration
        for seed in range(50)
        if (exploration := search(commits_twice, runs=100, seed=seed, faults=True)).failure.way.startswith("swarm")
    )
    lines = report.explained(found.failure, found.coverage, "nx1:token")
    start = lines.index("the run before shrinking:")
    rate, on, off = lines[start + 1 : start + 4]
    assert re.fullmatch(
        r"  faults at (10|30|70)% of the calls that could have one, (at most [123]|any number) in the run", rate
    )
    (decision,) = found.failure.plan
    assert decision.kind in on.removeprefix("  switched on: ").split(", ")
    assert decision.kind not in off.removeprefix("  switched off: ").split(", ")
