"""The progress of a campaign, on a terminal and elsewhere."""

import io

from rich.console import Console

from nexus_testkit.cli.campaign.campaign import Standing
from nexus_testkit.cli.campaign.show import Watch, said
from nexus_testkit.exploration import Coverage


def standing():
    found = Standing(coverage=Coverage(runs=30, schedules={"a", "b"}), before=10)
    found.seen[("KeyError", "a.py:1")] = 2
    found.began -= 10
    return found


def test_the_line_says_how_far_it_is():
    line = said(standing(), runs=100, running=3)
    assert line == "30 of 100 runs, 2 runs/s, 2 distinct schedules, 2 failures, 10 s, 3 under way"
    assert said(standing(), runs=None, running=0).startswith("30 runs, 2 runs/s")


def test_a_terminal_has_one_line_that_changes():
    output = io.StringIO()
    with Watch(Console(file=output, force_terminal=True, width=120), runs=100) as watch:
        watch(standing(), running=1)
        watch(standing(), running=2)
    assert "30 of 100 runs" in output.getvalue()
    assert "2 under way" in output.getvalue()


def test_elsewhere_there_is_a_line_now_and_then():
    output = io.StringIO()
    with Watch(Console(file=output, width=120), runs=100) as watch:
        watch(standing(), running=1)
        assert not output.getvalue()
        watch._said_at -= 60
        watch(standing(), running=2)
        watch(standing(), running=3)
    assert output.getvalue().count("\n") == 1
