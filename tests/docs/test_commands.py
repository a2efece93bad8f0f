"""The commands of `docs/command-line.md` run, and print what the page says."""

import re
from pathlib import Path

from typer.testing import CliRunner

from nexus_testkit.cli import app

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
TOKEN = re.compile(r"nx1:[\w-]+")


def commands():
    """Each command of the page with the lines below it."""
    for block in re.findall(r"^```console\n(.*?)^```$", TEXT, flags=re.DOTALL | re.MULTILINE):
        for command in block.removeprefix("$ ").split("\n$ "):
            typed, _, printed = command.partition("\n")
            yield typed, printed.splitlines()


def test_commands_print_what_the_page_says(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(ROOT)
    token = None
    for typed, printed in commands():
        name, *arguments = typed.replace("races.jsonl", str(tmp_path / "races.jsonl")).split()
        assert name == "nexus-testkit"
        done = CliRunner().invoke(app, [token if each == "TOKEN" else each for each in arguments])
        output = done.stdout + capfd.readouterr().out  # a replay is shown by pytest itself
        said = TOKEN.sub("nx1:...", output.replace(f"{tmp_path}/", ""))
        lines = [line.rstrip() for line in said.splitlines()]
        for line in printed:
            if line == "200 runs: ...":
                assert any(each.startswith("200 runs: ") for each in lines), typed
            elif line != "...":
                assert line in lines, f"{typed}\n{output}\n{done.stderr}"
        found = TOKEN.search(output)
        token = found[0] if found is not None else token
        assert done.exit_code == (0 if "no failure" in said or "--as-test" in typed else 1)
