"""The options that a project gives to pytest, read without running the project."""

from __future__ import annotations

import configparser
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# https://docs.pytest.org/en/stable/reference/customize.html, in order. Those of pytest's own name count when empty.
_INI = (("pytest.ini", "pytest"), (".pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))
_OWN = ("pytest.toml", ".pytest.toml")


@dataclass(frozen=True, slots=True)
class Settings:
    """What pytest is told before its command line.

    Attributes:
        options: of `addopts` and PYTEST_ADDOPTS, one word each.
        where: where they are from, for people.
    """

    options: Sequence[str]
    where: str

    def plugins(self) -> set[str]:
        """What `-p` names."""
        pairs = zip(self.options, [*self.options, ""][1:], strict=True)
        return {value if option == "-p" else option[2:] for option, value in pairs if option.startswith("-p")}


def settings_of(folder: Path, environment: Mapping[str, str]) -> Settings:
    """The settings that pytest would find from `folder` upwards.

    Raises:
        ValueError: a file cannot be read as what it should be; with its name.
    """
    extra = _words(environment.get("PYTEST_ADDOPTS", ""), "PYTEST_ADDOPTS")
    for each in (folder, *folder.parents):
        for path, given in _files(each):
            if given is not None:
                words = _words(given, path)
                return Settings([*words, *extra], f"{path}{' and PYTEST_ADDOPTS' if extra else ''}")
    return Settings(extra, "PYTEST_ADDOPTS")


def _words(given: str | Sequence[object], where: object) -> list[str]:
    if not isinstance(given, str):
        return [str(word) for word in given]
    try:
        return shlex.split(given)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _files(folder: Path) -> list[tuple[Path, Any]]:
    """(file, its addopts) of each file with settings of pytest in one folder; in pytest's order."""
    found: list[tuple[Path, Any]] = [
        (path, _toml(path).get("pytest", {}).get("addopts", ())) for name in _OWN if (path := folder / name).is_file()
    ]
    for name, section in _INI[:2]:
        if (path := folder / name).is_file():
            found.append((path, _ini(path, section) or ()))
    if (path := folder / "pyproject.toml").is_file():
        tool = _toml(path).get("tool", {}).get("pytest")
        if tool is not None:
            found.append((path, tool.get("ini_options", tool).get("addopts", ())))
    found += [(path, _ini(path, section)) for name, section in _INI[2:] if (path := folder / name).is_file()]
    return found


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def _ini(path: Path, section: str) -> str | None:
    """The section's `addopts`, empty where it has none; None where there is no such section."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error) as error:
        raise ValueError(f"{path}: {error}") from error
    return parser.get(section, "addopts", fallback="") if parser.has_section(section) else None
