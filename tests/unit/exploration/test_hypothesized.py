"""`@simulate(explore=True)` below `@given`: decisions that shrink together with the inputs."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.control import current_build_context
from hypothesis.errors import FailedHealthCheck

from nexus_testkit import simulate
from nexus_testkit.errors import HarnessError
from nexus_testkit.ports.database import DatabaseAdapter

EXAMPLES = settings(
    max_examples=400,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


async def add(db, name):
    if await db.fetch_one("SELECT 1 FROM users WHERE name = $1", name) is None:
        await db.execute("INSERT INTO users (name) VALUES ($1)", name)


@EXAMPLES
@given(first=st.text("ab", min_size=1), second=st.text("ab", min_size=1))
@simulate(explore=True)
async def race(nexus, first, second):
    await nexus.db.execute("CREATE TABLE users (name text)")
    db = nexus.get(DatabaseAdapter)

    async def later():
        for _ in range(6):
            await asyncio.sleep(0)
        await add(db, second)

    await asyncio.gather(add(db, first), later())
    await nexus.db.assert_count("users", len({first, second}))


def test_inputs_and_decisions_shrink_together():
    with pytest.raises(AssertionError) as caught:
        race()
    notes = "\n".join(caught.value.__notes__)
    # Two calls meet: which one of them waits, and whether another delay is left, is up to Hypothesis' shrinker.
    decided = notes.partition("decided in this run:\n")[2].partition("\n\n")[0].splitlines()
    assert 1 <= len(decided) <= 3
    assert all("delay " in line or "choice" in line for line in decided)
    assert "first='a',\n    second='a',\n" in notes


@EXAMPLES
@given(first=st.text(), second=st.text())
@simulate(explore=True)
async def sound(nexus, first, second):
    await nexus.db.execute("CREATE TABLE users (name text UNIQUE)")
    db = nexus.get(DatabaseAdapter)
    statement = "INSERT INTO users (name) VALUES ($1) ON CONFLICT DO NOTHING"
    await asyncio.gather(
        db.execute(statement, first.replace("\0", "")), db.execute(statement, second.replace("\0", ""))
    )
    await nexus.db.assert_count("users", len({first.replace("\0", ""), second.replace("\0", "")}))


def test_a_sound_test_stays_green():
    sound()


def test_the_signals_of_hypothesis_end_in_no_task():
    """An example that grows too large is given up in the middle of a run, where tasks catch whatever they can."""
    swallowed = []

    @settings(EXAMPLES, suppress_health_check=[])
    @given(st.none())
    @simulate(explore=True)
    async def endless(nexus, _):
        db = nexus.get(DatabaseAdapter)
        while True:
            try:
                await db.fetch_val("SELECT 1")
            except BaseException as error:
                swallowed.append(type(error).__name__)
                raise

    with pytest.raises(FailedHealthCheck, match="natural input for this test is very large"):
        endless()
    assert "StopTest" not in swallowed


def test_without_an_example_there_is_nobody_to_decide():
    with pytest.raises(HarnessError, match="no example is being run"):
        race.hypothesis.inner_test("a", "b")


@pytest.mark.parametrize(
    ("options", "hint"),
    [({"explore": 500}, "nexus_testkit.explore"), ({"faults": True}, "add explore=True"), ({"max_latency": 3}, "add")],
)
def test_options_that_mean_nothing_are_refused(options, hint):
    with pytest.raises(HarnessError, match=hint):

        @simulate(**options)
        async def test(nexus):
            pass


@given(st.none())
def test_canary_hypothesis_hands_out_what_draws(nothing):
    assert nothing is None
    assert current_build_context().data.draw(st.just(3)) == 3
