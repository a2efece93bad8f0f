"""The direction of imports is enforced, and the enforcement works: a seeded violation is caught."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SEEDS = {
    "imports flow one way": ("ports/clock.py", "import nexus_testkit.services\n"),
    "only the harness picks adapters": ("services/users.py", "import nexus_testkit.adapters.fake.cache\n"),
    "fake and real never import one another": ("adapters/fake/clock.py", "import nexus_testkit.adapters.real.clock\n"),
    "drivers are imported in adapters alone": ("services/cache.py", "import redis\n"),
    "the SQL parser is imported in postgres alone": ("adapters/fake/database.py", "import postgast\n"),
    "httpx belongs to the HTTP port, its adapters and its service": ("ports/mail.py", "import httpx\n"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(
        [lint_imports, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path):
    shutil.copytree(ROOT / "nexus_testkit", tmp_path / "nexus_testkit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_package_keeps_its_contracts(checkout):
    found = lint(checkout)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("contract", SEEDS)
def test_a_seeded_violation_is_caught(checkout, contract):
    path, violation = SEEDS[contract]
    module = checkout / "nexus_testkit" / path
    text = module.read_text(encoding="utf-8")
    module.write_text(text + "\n" + violation, encoding="utf-8")

    found = lint(checkout)

    assert found.returncode == 1, found.stdout
    assert f"{contract} BROKEN" in found.stdout
