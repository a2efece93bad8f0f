"""The fake answers what PostgreSQL answered: values, Python types, column names, tags, SQLSTATE, messages, positions."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres import Engine, Session


def _load_recording() -> ModuleType:
    path = Path(__file__).with_name("recording.py")
    spec = importlib.util.spec_from_file_location("recording", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


recording = _load_recording()
RECORDED = json.loads(recording.EXPECTED.read_text(encoding="utf-8"))
SCENARIOS = recording.scenarios()


def _answer(session: Session, query: str, args: list[Any]) -> dict[str, Any]:
    try:
        result = session.execute(query, args)
    except DatabaseError as error:
        return recording.error_answer(error)
    return recording.rows_answer(list(result.columns), result.rows, result.status)


def test_recorded_from_a_known_server() -> None:
    assert RECORDED["server_version"] == "18.6"


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_scenario_answers_like_the_server(name: str) -> None:
    engine = Engine(now=lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    engine.attach(sqlite3.connect(":memory:"))
    session = engine.session()
    steps, recorded = SCENARIOS[name], RECORDED["scenarios"][name]
    assert len(steps) == len(recorded)
    different: list[str] = []
    for (query, args), wanted in zip(steps, recorded, strict=True):
        got = _answer(session, query, args)
        if got != wanted:
            different.append(f"{query} {args or ''}\n    server: {wanted}\n    fake:   {got}")
    engine.close()
    assert not different, "\n".join(different)
