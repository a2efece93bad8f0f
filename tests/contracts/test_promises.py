"""The contracts as a whole: how many promises, each in words; the command that prints them."""

import inspect
import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from nexus_testkit import contracts
from nexus_testkit.adapters.fake.clock import VirtualClock  # here: pytester forgets modules that its runs import
from nexus_testkit.cli import app
from nexus_testkit.cli.contracts import CONTRACTS, run_contracts
from nexus_testkit.harness.assembly import PORTS

LEAST = {"database": 25, "cache": 25, "mail": 25, "http": 25, "files": 12, "clock": 12, "analytics": 12}


def test_every_port_has_a_contract():
    assert set(CONTRACTS) == {row.name for row in PORTS}
    assert set(CONTRACTS.values()) | {"Contract"} == set(contracts.__all__)


@pytest.mark.parametrize("port", CONTRACTS)
def test_every_promise_is_an_async_method_and_a_sentence(port):
    contract = getattr(contracts, CONTRACTS[port])
    promises = contract.promises()
    assert len(promises) >= LEAST[port]
    for name, sentence in promises.items():
        assert inspect.iscoroutinefunction(getattr(contract, name)), name
        assert sentence.endswith("."), name


def test_an_unknown_contract_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'CachContract'"):
        _ = contracts.CachContract


def test_a_contract_loads_no_library_of_another_port():
    code = """
import sys
import nexus_testkit.contracts
before = {"httpx", "asyncpg", "fakeredis"} & set(sys.modules)
from nexus_testkit.contracts import CacheContract
assert "httpx" not in sys.modules and "nexus_testkit.contracts.database" not in sys.modules
assert not before, before
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_prints_each_promise_and_its_outcome(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    assert run_contracts("clock", real=False) == 0
    printed = capsys.readouterr().out
    for name in contracts.ClockContract.promises():
        assert f" {name} " in printed
    assert "14 kept" in printed
    assert "test_value_comes_back" not in printed


def test_the_command_prints_fake_and_real_side_by_side(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    assert run_contracts("http", real=True) == 0
    printed = capsys.readouterr().out
    assert "74 kept" in printed
    assert "skipped" not in printed


def test_the_command_fails_on_a_broken_promise_and_shows_it(monkeypatch, capsys):
    monkeypatch.setattr(VirtualClock, "monotonic", lambda self: 7)
    assert run_contracts("clock", real=False) == 1
    printed = capsys.readouterr().out
    assert "broken" in printed
    assert "ClockContract.test_monotonic_is_a_float" in printed


def test_the_command_refuses_an_unknown_port():
    result = CliRunner().invoke(app, ["contracts", "cash"])
    assert result.exit_code == 2
    assert "Hint: one of: database, cache" in result.stderr


def test_the_command_as_json_has_every_promise_with_its_reason(monkeypatch, capsys):
    monkeypatch.setattr(VirtualClock, "monotonic", lambda self: 7)
    assert run_contracts("clock", real=False, as_json=True) == 1
    found = json.loads(capsys.readouterr().out)
    outcomes = {each["promise"]: each["fake"] for each in found["promises"]}
    assert found["kept"] is False
    assert [*outcomes] == [*contracts.ClockContract.promises()]
    assert outcomes["test_monotonic_is_a_float"]["outcome"] == "broken"
    assert "assert" in outcomes["test_monotonic_is_a_float"]["reason"]
    assert {"outcome": "kept", "reason": None} in outcomes.values()
