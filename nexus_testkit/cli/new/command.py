"""`nexus-testkit new`: the files of a project, written where nothing was."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

import typer

from nexus_testkit.cli.new.naming import Names, names_of
from nexus_testkit.cli.problems import Problem

TEMPLATE = resources.files("nexus_testkit.cli.new") / "template"
"""A project of its own, named sample-plugin. Names that begin with `dot.` begin with a dot once they are written."""


def run_new(name: str, *, folder: Path | None) -> int:
    """Write a project called `name`, by default into a folder of that name here; 0.

    Raises:
        Problem: the name cannot be used, or something is in the way. Nothing was overwritten.
    """
    names = names_of(name)
    target = Path(names.project) if folder is None else folder
    _claim(target)
    written = [_write(target / path, names.put_into(text)) for path, text in files(names)]
    typer.echo("\n".join([f"{names.project}: {len(written)} files in {target}", *_next(names, target, written)]))
    return 0


def files(names: Names) -> Iterator[tuple[PurePosixPath, str]]:
    """Each file of the template: where it goes below the project's folder, and its text; sorted by place."""
    for path, file in sorted(_files(TEMPLATE, PurePosixPath())):
        parts = (f".{part[4:]}" if part.startswith("dot.") else names.put_into(part) for part in path.parts)
        yield PurePosixPath(*parts), file.read_text(encoding="utf-8")


def _files(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            if not each.name.startswith((".", "__pycache__")):  # left there by pip, and by tools that are run in it
                yield from _files(each, path / each.name)
        elif not each.name.endswith(".pyc"):
            yield path / each.name, each


def _claim(target: Path) -> None:
    """Make the folder, or take one that is empty."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        taken = next(target.iterdir(), None)
    except OSError as error:
        raise Problem(f"{target}: {error.strerror}", "Hint: name another folder with --path") from error
    if taken is not None:
        raise Problem(
            f"{target} is not empty: it has {taken.name}", "Hint: nothing is overwritten; name another with --path"
        )


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise Problem(f"{path} cannot be written: {error.strerror}", code=3) from error
    return path


def _next(names: Names, target: Path, written: list[Path]) -> list[str]:
    return [
        *(f"  {path.relative_to(target).as_posix()}" for path in written),
        f"next: cd {shlex.quote(str(target))} && pytest",
        f"then: pip install -e '.[dev]' && ruff check . && mypy   (the service is src/{names.module}/service.py)",
    ]
