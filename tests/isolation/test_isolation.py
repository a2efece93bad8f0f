"""Overlapping transactions do on the fake what they did on the server, and the server still does it."""

from __future__ import annotations

import asyncio

import pytest

from tests.isolation import fake, scripts
from tests.isolation.scripts import Script

SCRIPTS = [script for group in scripts.groups() for script in scripts.read(group)]
RECORDS = {group: scripts.read_record(group) for group in scripts.groups()}


def _label(script: Script) -> str:
    return script.label


@pytest.mark.parametrize("script", SCRIPTS, ids=_label)
def test_fake_does_what_the_record_says(script: Script) -> None:
    assert fake.run(script) == scripts.expected(script, RECORDS[script.group])


@pytest.mark.parametrize("script", SCRIPTS, ids=_label)
def test_record_is_what_the_server_does(script: Script, postgres_url: str) -> None:
    from tests.isolation import server  # loads asyncpg

    wanted = scripts.expected(script, RECORDS[script.group])
    assert asyncio.run(server.run(postgres_url, script)) == wanted
