"""The shrinker, on made-up bugs whose smallest plan is known."""

import pytest

from nexus_testkit.exploration import Delay, Failure, Plan, Seed, Turn
from nexus_testkit.exploration.shrink import Shrinker

CALLS = [(number, "database.execute") for number in range(1, 9)]


def shrink(plan, is_bug, *, calls=CALLS, **options):
    def fails(tried):
        return tried if is_bug(tried) else None

    assert is_bug(plan)
    shrinker = Shrinker(plan, fails, calls=lambda: calls, **options)
    return shrinker.run(), shrinker.tries


def delayed(plan, call):
    return max((change.seconds for change in plan if isinstance(change, Delay) and change.call == call), default=0)


MANY = Plan([*(Delay(call, 12.0) for call in range(1, 9)), *(Turn(turn, 2) for turn in range(1, 40)), Seed(99)])


def test_one_change_out_of_many_made_small():
    plan, tries = shrink(MANY, lambda plan: delayed(plan, 5) > 0)
    assert plan == Plan([Delay(5, 0.001)])
    assert tries < 40


def test_two_changes_that_need_one_another():
    plan, _ = shrink(MANY, lambda plan: delayed(plan, 2) >= 1 and delayed(plan, 7) > 0)
    assert plan == Plan([Delay(2, 1.0), Delay(7, 0.001)])


def test_a_fault_stays_and_what_surrounds_it_goes():
    plan, _ = shrink(Plan([*MANY, Failure(3, "reset")]), lambda plan: Failure(3, "reset") in plan.changes)
    assert plan == Plan([Failure(3, "reset")])


def test_an_order_of_tasks_is_said_with_a_delay_where_one_does_the_same():
    def is_bug(plan):
        return Turn(7, 1).point in {change.point for change in plan} or delayed(plan, 4) > 0

    assert shrink(Plan(Turn(turn, 2) for turn in range(1, 20)), is_bug)[0] == Plan([Delay(4, 0.001)])


def test_an_order_of_tasks_that_no_delay_replaces_stays():
    plan, _ = shrink(
        Plan(Turn(turn, 2) for turn in range(1, 20)), lambda plan: any(c.point == ("turn", 7) for c in plan)
    )
    assert plan == Plan([Turn(7, 1)])


def test_a_late_reply_is_said_with_a_late_call_where_one_does_the_same():
    plan = Plan([Delay(4, 1.0, reply=True)])
    assert shrink(plan, lambda plan: delayed(plan, 4) + delayed(plan, 5) > 0)[0] == Plan([Delay(4, 0.001)])
    found, _ = shrink(
        plan, lambda plan: plan in {Plan([Delay(4, each, reply=True)]) for each in (0.05, 1.0)} or delayed(plan, 5)
    )
    assert found == Plan([Delay(5, 0.001)])


def test_a_late_reply_that_no_late_call_replaces_stays():
    found, tries = shrink(Plan([Delay(4, 1.0, reply=True)]), lambda plan: any(c.reply and c.call == 4 for c in plan))
    assert found == Plan([Delay(4, 0.001, reply=True)])
    assert tries < 20


def test_many_delays_become_two_where_another_one_does_the_work_of_two():
    def is_bug(plan):
        return (delayed(plan, 2) >= 1 and delayed(plan, 7) > 0) or (
            all(delayed(plan, call) >= 12 for call in (2, 3, 4, 5))
        )

    found, _ = shrink(Plan([Delay(call, 12.0) for call in (2, 3, 4, 5)]), is_bug)
    assert found == Plan([Delay(2, 1.0), Delay(7, 0.001)])


def test_a_change_moves_where_its_call_has_another_number_without_the_others():
    """The delay makes a call more, a retry: without it the call that fails is the sixth."""
    calls = [
        (number, "database.execute INSERT users" if number in {2, 6, 7} else "database.fetch_one")
        for number in range(1, 9)
    ]

    def is_bug(plan):
        return Failure(7 if delayed(plan, 1) else 6, "reset") in plan.changes

    assert shrink(Plan([Delay(1, 1.0), Failure(7, "reset", calls[6][1])]), is_bug, calls=calls)[0] == Plan(
        [Failure(6, "reset")]
    )


def test_what_the_run_did_not_come_to_is_left_out():
    # The third call ends it: later changes were never asked for.
    def fails(tried):
        return Plan(change for change in tried if change.call <= 3) if delayed(tried, 3) else None

    shrinker = Shrinker(Plan(Delay(call, 1.0) for call in range(1, 30)), fails, calls=lambda: CALLS)
    assert shrinker.run() == Plan([Delay(3, 0.001)])


def test_it_ends_after_the_runs_that_it_may_take():
    plan, tries = shrink(MANY, lambda plan: len(plan) > 20, most=10)
    assert tries == 10
    assert len(plan) > 20


def test_the_stock_run_itself_fails():
    assert shrink(MANY, lambda plan: True)[0] == Plan()


@pytest.mark.parametrize("value", [1, 2, 5])
def test_random_numbers_of_a_small_seed(value):
    plan, _ = shrink(Plan([Seed(1000)]), lambda plan: any(change.value >= value for change in plan))
    assert plan == Plan([Seed(value if value < 4 else 1000)])
