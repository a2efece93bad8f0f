"""`nexus-testkit new`: a project that is right at once, under any name that can be one, and never over other files.

That its types are right, and all of it from the built wheel, is tried by `.ci/stranger.py`.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nexus_testkit.cli import app
from nexus_testkit.cli.new.command import files
from nexus_testkit.cli.new.naming import Names, names_of
from nexus_testkit.cli.problems import Problem

ROOT = Path(__file__).parents[3]
LONGEST = "a" * 40
# Hypothesis reads the constants of each module of a checkout, and calls it slow; see tests/docs/test_blocks.py.
QUIET_HYPOTHESIS = """
from hypothesis import HealthCheck, settings

settings.register_profile("checkout", max_examples=20, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("checkout")
"""


@pytest.fixture
def new(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, ["new", *arguments])


def call(folder, *command):
    path = os.pathsep.join([str(ROOT), str(folder.parent), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # Hypothesis keeps its table of characters there, which takes seconds to make.
    variables |= {"PYTHONPATH": path, "HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis")}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tests_of_a_new_project_pass(new, tmp_path):
    assert new("my-shop").exit_code == 0
    (tmp_path / "quiet.py").write_text(QUIET_HYPOTHESIS)
    done = call(tmp_path / "my-shop", "pytest", "-q", "-p", "no:cacheprovider", "-p", "quiet")
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout


@pytest.mark.parametrize("name", ["a", "Shop", "web_hook.relay", LONGEST])
def test_a_new_project_is_formatted_whatever_its_name(new, tmp_path, name):
    assert new(name, "--path", "project").exit_code == 0
    for command in (["check"], ["format", "--check"]):
        done = call(tmp_path / "project", "ruff", *command, "--no-cache", ".")
        assert done.returncode == 0, done.stdout


def test_the_name_stands_in_every_place(new, tmp_path):
    result = new("My.Web_Shop-plugin")
    assert result.stdout.splitlines()[0] == "my-web-shop-plugin: 12 files in my-web-shop-plugin"
    folder = tmp_path / "my-web-shop-plugin"
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert written == {
        ".github/workflows/test.yml",
        ".gitignore",
        ".gitlab-ci.yml",
        "README.md",
        "pyproject.toml",
        "src/my_web_shop_plugin/__init__.py",
        "src/my_web_shop_plugin/plugin.py",
        "src/my_web_shop_plugin/py.typed",
        "src/my_web_shop_plugin/service.py",
        "tests/test_plugin.py",
        "tests/test_properties.py",
        "tests/test_service.py",
    }
    texts = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    assert not any("sample" in text.lower() for text in texts)
    assert tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"] == "my-web-shop-plugin"
    assert "class MyWebShopService(" in (folder / "src/my_web_shop_plugin/service.py").read_text()
    assert "class MyWebShopPlugin(" in (folder / "src/my_web_shop_plugin/plugin.py").read_text()


def test_a_name_that_is_part_of_another_is_put_in_once():
    names = names_of("sample-plugin-two")
    assert names.put_into("sample-plugin sample_plugin") == "sample-plugin-two sample_plugin_two"
    assert names == Names("sample-plugin-two", "sample_plugin_two", "SamplePluginTwo")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "is no name of a Python project"),
        ("-shop", "is no name of a Python project"),
        ("../shop", "is no name of a Python project"),
        ('shop"]\nevil = ["', "is no name of a Python project"),
        ("shop\n", "is no name of a Python project"),
        ("läden", "is no name of a Python project"),
        ("7up", "cannot be imported"),
        ("class", "is a keyword of Python"),
        ("json", "would hide a module"),
        ("Nexus", "would hide a module"),
        ("pytest", "would hide a module"),
        (f"{LONGEST}a", "has 41 characters"),
    ],
)
def test_names_that_are_refused(name, why):
    with pytest.raises(Problem, match=why) as caught:
        names_of(name)
    assert caught.value.lines[-1].startswith("Hint: ")


def test_a_refused_name_leaves_nothing(new, tmp_path):
    result = new("class")
    assert result.exit_code == 2
    assert "Hint: nexus-testkit new class-plugin" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken(new, tmp_path):
    (tmp_path / "shop").mkdir()
    assert new("shop").exit_code == 0
    assert (tmp_path / "shop" / "pyproject.toml").is_file()


def test_a_folder_that_is_not_empty_stays_as_it_is(new, tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / ".env").write_text("mine")
    result = new("shop")
    assert result.exit_code == 2
    assert "shop is not empty: it has .env" in result.stderr
    assert [path.name for path in (tmp_path / "shop").iterdir()] == [".env"]


def test_a_file_in_the_place_of_the_folder(new, tmp_path):
    (tmp_path / "shop").write_text("mine")
    result = new("shop")
    assert result.exit_code == 2
    assert (tmp_path / "shop").read_text() == "mine"


def test_what_tools_leave_in_the_template_is_not_copied():
    names = {path.name for path, _ in files(names_of("shop"))}
    assert not any(name.endswith(".pyc") for name in names)
    assert len(names) == 12
