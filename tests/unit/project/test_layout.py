"""One port is one row of files: a row with a gap is named here."""

import tomllib
from pathlib import Path

import pytest

import nexus_testkit
from nexus_testkit.harness.assembly import PORTS

PACKAGE = Path(nexus_testkit.__file__).parent
COLUMNS = ("ports", "adapters/fake", "adapters/real", "contracts", "journal", "harness")


@pytest.mark.parametrize("row", PORTS, ids=lambda row: row.name)
def test_row_has_a_file_in_every_column(row):
    missing = [
        f"nexus_testkit/{column}/{row.name}.py"
        for column in COLUMNS
        if not (PACKAGE / column / f"{row.name}.py").is_file()
    ]
    assert not missing, f"the port {row.name!r} lacks {', '.join(missing)}"


def test_a_port_that_is_in_no_row_is_named():
    ports = {path.stem for path in (PACKAGE / "ports").glob("*.py")} - {"__init__"}
    assert ports == {row.name for row in PORTS}


def test_every_package_has_its_place_in_the_direction_of_imports():
    contracts = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = {name.strip() for layer in contracts["contracts"][0]["layers"] for name in layer.split("|")}
    packages = {f"nexus_testkit.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")}
    modules = {f"nexus_testkit.{path.stem}" for path in PACKAGE.glob("*.py")}
    assert packages <= layers <= packages | modules
