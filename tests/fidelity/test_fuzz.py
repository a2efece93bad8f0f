"""A little of the differential fuzzer in every run; `python -m tests.fidelity fuzz` searches for longer."""

from __future__ import annotations

import pytest

from tests.fidelity import __main__ as command
from tests.fidelity.fuzzing import search
from tests.fidelity.fuzzing.differ import Differ, Difference


def test_fake_and_server_answer_alike(postgres_url: str) -> None:
    with Differ(postgres_url) as differ:
        search.check(differ, number=0, size=60)
    assert differ.counts["rows"] > differ.counts["refused"]


def test_the_named_seeds_are_searched_and_no_more(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[int] = []

    def check(differ: Differ, number: int, size: int) -> None:
        del differ, size
        searched.append(number)
        if number == 5:
            raise Difference("found")

    monkeypatch.setattr(search, "check", check)
    lines: list[str] = []
    assert search.search(postgres_url, 0, *command.seeds("4-6"), lines.append) == 1
    assert searched == [4, 5, 6]
    assert lines == ["== seed 5: found\n", "seeds 4 to 6: {} statements, 1 differences"]


def test_the_end_of_the_time_is_told(postgres_url: str) -> None:
    lines: list[str] = []
    assert search.search(postgres_url, 1e-9, 4, 6, lines.append) == 0
    assert lines == ["the time is over: seeds 4 to 6 were not searched", "no seed: {} statements, 0 differences"]


@pytest.mark.parametrize("text", ["7", "7-", "-7", "7-3", "a-b", "1-2-3"])
def test_what_are_no_seeds_is_refused(text: str) -> None:
    with pytest.raises(command.argparse.ArgumentTypeError, match="the first seed, a hyphen, and the last one"):
        command.seeds(text)
