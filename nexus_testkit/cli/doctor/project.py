"""What stands in the way of the kit in one project: plugins, settings, and other packages named `nexus`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path

from packaging.requirements import Requirement

from nexus_testkit.cli.doctor.finding import Finding
from nexus_testkit.cli.doctor.installed import distribution
from nexus_testkit.cli.doctor.settings import Settings, settings_of

# `nexus_testkit.pytest_plugin.integrations.asyncio_plugin` says why.
_ASYNCIO = Requirement("pytest-asyncio>=1.1")
_ENTRY = "nexus_testkit"
_MODULE = "nexus_testkit.pytest_plugin"


def check_project(
    folder: Path, path: Sequence[str] | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Look at the project in `folder`.

    Args:
        folder: where pytest is run.
        path: where packages are, `sys.path` by default.
        environment: variables, `os.environ` by default.
    """
    where = list(sys.path if path is None else path)
    variables = os.environ if environment is None else environment
    yield from _asyncio(where)
    yield from _clocks(where)
    yield from _backends(where)
    yield from _nexus([str(folder), *where])
    try:
        settings = settings_of(folder, variables)
    except ValueError as error:
        yield Finding("broken", "pytest's settings", f"cannot be read: {error}", "correct the line that it names")
        return
    yield from _plugin(folder, settings, variables)
    yield from _sockets(settings, where)


def _asyncio(path: Sequence[str]) -> Iterator[Finding]:
    found = distribution(_ASYNCIO.name, path)
    if found is None:
        return
    if _ASYNCIO.specifier.contains(found.version, prereleases=True):
        yield Finding("ok", found.name, found.version)
        return
    yield Finding(
        "broken",
        found.name,
        f"{found.version} runs its async fixtures on another loop than the test that uses 'nexus'",
        f"pip install --upgrade '{_ASYNCIO}'",
    )


def _clocks(path: Sequence[str]) -> Iterator[Finding]:
    if distribution("time-machine", path) is None:
        yield Finding(
            "remark",
            "time-machine",
            "is not installed: in a test datetime.now() and time.time() of your own code show the real time",
            "pip install 'nexus-testkit[time]'",
        )
    if distribution("freezegun", path) is not None:
        yield Finding(
            "remark",
            "freezegun",
            "inside freeze_time() datetime.now() stands still while the time of 'nexus' goes on",
            "in tests that use nexus: await nexus.clock.advance(...), or @pytest.mark.nexus, in place of freeze_time",
        )


def _backends(path: Sequence[str]) -> Iterator[Finding]:
    if distribution("anyio", path) is not None and distribution("trio", path) is not None:
        yield Finding(
            "remark",
            "anyio",
            "runs tests that it marks on trio as well, and there those that use 'nexus' are skipped",
            "in conftest.py: a fixture anyio_backend that returns 'asyncio'",
        )


def _nexus(path: Sequence[str]) -> Iterator[Finding]:
    """The package `nexus` that is imported, where it is not one that the kit completes."""
    spec = PathFinder.find_spec("nexus", list(path))
    if spec is None:
        return
    home = spec.origin or ", ".join(spec.submodule_search_locations or ())
    if spec.submodule_search_locations is None:
        yield Finding(
            "broken",
            "nexus",
            f"{home} hides the package nexus: 'from nexus.services import ...' fails, because it is a single module",
            f"rename {home}",
        )
        return
    owners = _owners(path)
    platform = distribution("nexus-platform", path)
    if owners - {"nexus-platform"}:
        others = " and ".join(sorted(owners - {"nexus-platform"}))
        yield Finding(
            "remark",
            "nexus",
            f"{home} is from {others}, which is not the platform: its names go before those that the kit supplies",
            f"pip uninstall {others}",
        )
    elif platform is not None:
        yield Finding("ok", "nexus-platform", platform.version)
    else:
        yield Finding(
            "remark",
            "nexus",
            f"{home} is a package of that name, and its names go before those that the kit supplies",
            f"rename {home}, unless it is the platform itself",
        )


def _owners(path: Sequence[str]) -> set[str]:
    """The distributions that install files below `nexus/`."""
    found: set[str] = set()
    for each in metadata.distributions(path=list(path)):
        if any(str(file).startswith("nexus/") for file in each.files or ()):
            found.add(each.name)
    return found


def _plugin(folder: Path, settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether pytest loads the kit's plugin."""
    named = settings.plugins()
    if f"no:{_ENTRY}" in named:
        yield Finding(
            "broken",
            "pytest's settings",
            f"-p no:{_ENTRY} in {settings.where}: there is no fixture 'nexus'",
            f"take '-p no:{_ENTRY}' out of {settings.where}",
        )
        return
    off = bool(environment.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"))
    if (off or "--disable-plugin-autoload" in settings.options) and not (
        {_ENTRY, _MODULE} & named or _MODULE in environment.get("PYTEST_PLUGINS", "") or _in_conftest(folder)
    ):
        what = "PYTEST_DISABLE_PLUGIN_AUTOLOAD is set" if off else f"--disable-plugin-autoload in {settings.where}"
        yield Finding(
            "broken",
            "pytest's settings",
            f"{what}, and nothing names the kit's plugin: there is no fixture 'nexus'",
            f"add to addopts, or to the command: -p {_ENTRY}",
        )


def _in_conftest(folder: Path) -> bool:
    path = folder / "conftest.py"
    return path.is_file() and _MODULE in path.read_text(encoding="utf-8", errors="replace")


def _sockets(settings: Settings, path: Sequence[str]) -> Iterator[Finding]:
    if distribution("pytest-socket", path) is None:
        return
    if "--disable-socket" in settings.options and "--allow-unix-socket" not in settings.options:
        yield Finding(
            "remark",
            "pytest-socket",
            f"--disable-socket in {settings.where} keeps Python's own loop from starting: tests with loop='system' "
            "or on real servers fail",
            "add --allow-unix-socket beside it (the kit itself refuses connections that leave the process)",
        )
