"""The fake answers as the server did, and the server (the one from the wheel, by default) still answers so."""

from __future__ import annotations

import asyncio

import pytest

from tests.fidelity import fake, scenarios, server
from tests.fidelity.answers import Verdict, compare
from tests.fidelity.scenarios import Record, Scenario

SCENARIOS = [scenario for category in scenarios.categories() for scenario in scenarios.read(category)]
RECORDS = {category: scenarios.read_record(category) for category in scenarios.categories()}


def _labels(scenario: Scenario) -> str:
    return scenario.label


@pytest.mark.parametrize("scenario", SCENARIOS, ids=_labels)
def test_fake_answers_like_the_record(scenario: Scenario) -> None:
    outcomes = list(fake.replay(scenario, RECORDS[scenario.category]))
    wrong, refused = [], False
    for outcome in outcomes:
        if outcome.verdict is Verdict.REFUSED and (outcome.step.refused or scenario.refused):
            refused = True
        elif outcome.step.refused:
            wrong.append(f"marked as refused, and answered: {outcome}")
        elif outcome.verdict is not Verdict.IDENTICAL:
            wrong.append(str(outcome))
    assert not wrong, "\n".join(wrong)
    assert refused or not scenario.refused, "marked as refused, and nothing was"
    if refused:
        pytest.xfail("the fake refuses some of it, as its record says")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=_labels)
def test_record_is_what_the_server_says(scenario: Scenario, postgres_url: str) -> None:
    record: Record = RECORDS[scenario.category]
    wanted = scenarios.expected(scenario, record)
    got = asyncio.run(server.run(postgres_url, scenario))
    stale = [
        f"{step.sql}\n    record: {answer}\n    server: {found}"
        for step, answer, found in zip(scenario.steps, wanted, got, strict=True)
        if compare(answer, found, step.sql) is not Verdict.IDENTICAL
    ]
    assert not stale, "\n".join(stale)
