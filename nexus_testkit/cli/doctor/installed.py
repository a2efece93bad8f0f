"""What is installed: Python, SQLite, the kit and what the kit's own metadata asks for."""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import nexus_testkit
from nexus_testkit.cli.doctor.finding import Finding, Level

KIT = "nexus-testkit"


def check_installed(path: Sequence[str] | None = None) -> Iterator[Finding]:
    """Versions, each against what the kit's metadata ask for; `path` is where to look, `sys.path` by default."""
    where = list(sys.path if path is None else path)
    kit = distribution(KIT, where)
    yield _python(kit)
    yield Finding("ok", "platform", platform.platform())
    yield Finding("ok", "SQLite", sqlite3.sqlite_version)
    yield from _copies(where)
    if kit is None:
        yield Finding(
            "broken",
            KIT,
            f"{nexus_testkit.__version__} is on the path and not installed, so pytest does not find its fixture",
            f"pip install {KIT}",
        )
        return
    for requirement in requirements(kit):
        yield of_requirement(requirement, where, level="broken")


def distribution(name: str, path: Sequence[str] | None = None) -> metadata.Distribution | None:
    """The first distribution of this name on `path`, which is the one that Python imports; None without one."""
    where = list(sys.path if path is None else path)
    return next(iter(metadata.distributions(name=name, path=where)), None)


def requirements(kit: metadata.Distribution, extra: str = "") -> list[Requirement]:
    """What the kit needs here (its markers say where): always, or for an extra alone."""
    parsed = [Requirement(text) for text in kit.requires or ()]
    if not extra:
        return [each for each in parsed if each.marker is None or each.marker.evaluate({"extra": ""})]
    return [
        each
        for each in parsed
        if each.marker is not None
        and each.marker.evaluate({"extra": extra})
        and not each.marker.evaluate({"extra": ""})
    ]


def of_requirement(requirement: Requirement, path: Sequence[str] | None, *, level: Level) -> Finding:
    """How one requirement is met; `level` says what it is where it is not."""
    found = distribution(requirement.name, path)
    plain = f"{requirement.name}{requirement.specifier}"
    mend = f"pip install '{plain}'"
    if found is None:
        return Finding(level, requirement.name, f"is not installed; {KIT} needs {plain}", mend)
    if not requirement.specifier.contains(found.version, prereleases=True):
        return Finding(level, requirement.name, f"{found.version} is installed; {KIT} needs {plain}", mend)
    return Finding("ok", requirement.name, found.version)


def _python(kit: metadata.Distribution | None) -> Finding:
    version = platform.python_version()
    wanted = kit.metadata["Requires-Python"] if kit is not None and "Requires-Python" in kit.metadata else None
    if wanted and not SpecifierSet(wanted).contains(version, prereleases=True):
        return Finding(
            "broken",
            "Python",
            f"{version}; {KIT} needs {wanted}",
            "make the environment with another Python: python3.13 -m venv .venv",
        )
    return Finding("ok", "Python", f"{version} ({sys.executable})")


def _copies(path: Sequence[str]) -> Iterator[Finding]:
    """The kit itself, and other copies of it that the path holds."""
    loaded = Path(nexus_testkit.__file__).resolve().parent
    yield Finding("ok", "kit", f"{nexus_testkit.__version__} ({loaded})")
    folders = {(Path(each or ".") / "nexus_testkit").resolve() for each in path}
    others = sorted(each for each in folders if each != loaded and (each / "__init__.py").is_file())
    for other in others:
        yield Finding(
            "remark",
            "kit",
            f"there is a second copy in {other}, which other commands may import",
            f"take {other.parent} off PYTHONPATH, or: pip uninstall {KIT} and install one of them again",
        )
    versions = {each.version for each in metadata.distributions(name=KIT, path=list(path))}
    if versions - {nexus_testkit.__version__}:
        yield Finding(
            "broken",
            "kit",
            f"{nexus_testkit.__version__} is what is imported, and the metadata of "
            f"{', '.join(sorted(versions))} are installed: an upgrade that was not finished, or two environments mixed",
            f"pip install --force-reinstall --no-deps {KIT}",
        )
