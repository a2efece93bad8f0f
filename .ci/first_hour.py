"""The first hour of a new user: in an empty folder, with the built wheel, follow the tutorial to the letter.

Usage: first_hour.py WORK_FOLDER

Prints how many seconds and commands it took to the first green test and to the first race that was found, and how long the
whole of it took; fails where the tutorial does not work as it says. What the tutorial may say, so that it can be followed:

    Save this as `FILE`:              the Python block that follows is the file
    Append this to `FILE`:            the Python block that follows is its new end
    In `FILE`, replace `A` by `B`.    A stands in it once
    a console block                   its commands are run; the lines below each are printed, in this order, where "..."
                                      stands for anything; TOKEN is the last replay token that was printed
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
TOKEN = re.compile(r"nx1:[\w-]+")
_STEP = re.compile(
    r"^Save this as `(?P<new>[^`]+)`:\n\n```python\n(?P<content>.*?)^```$"
    r"|^Append this to `(?P<longer>[^`]+)`:\n\n```python\n(?P<more>.*?)^```$"
    r"|^In `(?P<edited>[^`]+)`, replace `(?P<old>[^`]+)` by `(?P<by>[^`]+)`\.$"
    r"|^```console\n(?P<console>.*?)^```$"
    r"|^```python\n(?P<stray>.*?)^```$",
    flags=re.DOTALL | re.MULTILINE,
)


class Wrong(Exception):
    """The tutorial does not work as it says."""


@dataclass(frozen=True)
class Command:
    """A command of the tutorial, and the lines that it says will be printed."""

    typed: str
    printed: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether the tutorial shows a test run that fails."""
        return any(re.search(r"\b\d+ failed", line) for line in self.printed)


@dataclass
class Reader:
    """Somebody who does what the page says.

    Attributes:
        folder: where the files go; follows `cd`.
        environment: of the commands; follows `. .venv/bin/activate`.
        skips: commands that this reader does not need.
    """

    folder: Path
    environment: dict[str, str]
    skips: Callable[[str], bool] = lambda typed: not typed
    commands: int = 0
    token: str = "TOKEN"
    began: float = field(default_factory=time.perf_counter)
    reached: dict[str, tuple[float, int]] = field(default_factory=dict)

    def follow(self, page: str) -> None:
        """Do every step of the page, in its order."""
        for step in _STEP.finditer(page):
            if step["stray"] is not None:
                raise Wrong(f"which file is this for?\n{step['stray']}")
            if step["new"]:
                (self.folder / step["new"]).write_text(step["content"], encoding="utf-8")
            elif step["longer"]:
                with (self.folder / step["longer"]).open("a", encoding="utf-8") as file:
                    file.write(step["more"])
            elif step["edited"]:
                self._edit(self.folder / step["edited"], step["old"], step["by"])
            else:
                for command in commands(step["console"]):
                    self._run(command)

    @staticmethod
    def _edit(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise Wrong(f"{path.name}: {old!r} stands in it {text.count(old)} times")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _run(self, command: Command) -> None:
        if self.skips(command.typed):
            return
        self.commands += command.typed.count(" && ") + 1
        typed = command.typed.replace("TOKEN", self.token)
        code, output = self.shell(typed)
        if (code != 0) != command.fails or not shows(output, command.printed):
            expected = "\n".join(command.printed)
            raise Wrong(f"$ {typed}\n{output}\nexit code {code}; the tutorial says:\n{expected}")
        found = TOKEN.search(output)
        self.token = found[0] if found else self.token
        if re.search(r"^\d+ passed", output, flags=re.MULTILINE):
            self._reach("first green test")
        if "found on run" in output:
            self._reach("first found race")

    def shell(self, typed: str) -> tuple[int, str]:
        """Run a line as a terminal does: the folder and the variables that it leaves are those of the next one."""
        state = self.folder.parent / f".state-{os.getpid()}"
        script = f'{{ {typed}\n}}\ncode=$?; {{ pwd; env -0; }} > {shlex.quote(str(state))}; exit "$code"'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        folder, _, variables = state.read_text(encoding="utf-8").partition("\n")
        state.unlink()
        self.folder = Path(folder)
        self.environment = dict(each.split("=", 1) for each in variables.split("\0") if "=" in each)
        return done.returncode, done.stdout

    def _reach(self, place: str) -> None:
        self.reached.setdefault(place, (time.perf_counter() - self.began, self.commands))


def commands(block: str) -> Iterator[Command]:
    """The commands of a console block."""
    for part in ("\n" + block.strip("\n")).split("\n$ ")[1:]:
        typed, *printed = part.splitlines()
        yield Command(typed, tuple(printed))


def shows(output: str, printed: tuple[str, ...]) -> bool:
    """Whether these lines stand in the output, in this order. "..." is anything, also in the middle of a line."""
    lines = iter(line.rstrip() for line in output.splitlines())
    patterns = [".*".join(map(re.escape, line.split("..."))) for line in printed if line != "..."]
    return all(any(re.fullmatch(pattern, line) for line in lines) for pattern in patterns)


def build_wheel(folder: Path) -> Path:
    """The wheel of the checkout that holds this script."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), "."]
    subprocess.run(command, check=True, cwd=TUTORIAL.parents[1])
    (wheel,) = folder.glob("nexus_testkit-*.whl")
    return wheel


def main(work: Path) -> None:
    """Build the wheel, follow the tutorial, print the numbers."""
    home = work / "first_hour"
    home.mkdir()
    wheel = build_wheel(home / "dist")
    # Nothing of the checkout, nor of the environment that this script runs in, reaches the new user.
    environment = {
        name: os.environ[name]
        for name in os.environ
        if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL", "HYPOTHESIS"))
    }
    environment |= {"PIP_FIND_LINKS": str(wheel.parent), "COLUMNS": "120"}
    reader = Reader(home, environment)
    try:
        reader.follow(TUTORIAL.read_text(encoding="utf-8"))
    except Wrong as wrong:
        sys.exit(f"the tutorial does not work: {wrong}")
    took_s = time.perf_counter() - reader.began
    code, where = reader.shell("python -c 'import nexus_testkit; print(nexus_testkit.__file__)'")
    if code or not Path(where.strip()).is_relative_to(reader.folder / ".venv"):
        sys.exit(f"this was not the wheel: {where}")
    code, output = reader.shell("pytest -q -W error")
    if code:
        sys.exit(f"what the tutorial made warns of something: {output}")
    for place in ("first green test", "first found race"):
        if place not in reader.reached:
            sys.exit(f"the tutorial never came to the {place}")
        seconds, count = reader.reached[place]
        print(f"{place}: {seconds:.1f} s, {count} commands")
    print(f"the whole tutorial: {took_s:.1f} s, {reader.commands} commands")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
