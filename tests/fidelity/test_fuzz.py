"""A little of the differential fuzzer in every run; `python -m tests.fidelity fuzz` searches for longer."""

from __future__ import annotations

from tests.fidelity.fuzzing import search
from tests.fidelity.fuzzing.differ import Differ


def test_fake_and_server_answer_alike(postgres_url: str) -> None:
    with Differ(postgres_url) as differ:
        search.check(differ, number=0, size=60)
    assert differ.counts["rows"] > differ.counts["refused"]
