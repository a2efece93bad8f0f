"""One port is one row of files: a row with a gap is named here."""

from pathlib import Path

import pytest

import nexus_testkit
from nexus_testkit.harness.assembly import PORTS

PACKAGE = Path(nexus_testkit.__file__).parent
COLUMNS = ("ports", "adapters/fake", "journal", "harness")


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
