"""Every recorded answer of the server is the fake's answer, to the repr of the value and the words of the error."""

from __future__ import annotations

import json

import pytest

from tests.unit.postgres.values.cases import ANSWERS, lines
from tests.unit.postgres.values.replay import World, outcome

_RECORD = json.loads(ANSWERS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def world():
    made = World()
    yield made
    made.connection.close()


def test_record_covers_every_case():
    assert set(lines()) == set(_RECORD["answers"])
    assert len(_RECORD["answers"]) >= 400
    assert _RECORD["server"].startswith("18.")


@pytest.mark.parametrize("line", list(_RECORD["answers"]))
def test_fake_answers_as_the_server(world, line):
    expected = _RECORD["answers"][line]
    assert outcome(world, line, expected.get("type")) == expected
