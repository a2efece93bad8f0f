"""`docs/cli.md`: the commands run and print what it says, and its tables are those of `--help`."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from nexus_testkit.cli import EXAMPLES, PORTS, app
from nexus_testkit.cli.contracts import CONTRACTS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands


def sections():
    """Each section's title with its text."""
    return dict(part.partition("\n")[::2] for part in TEXT.split("\n## ")[1:])


def rows(name):
    """The rows that a command's table ought to have."""
    for parameter in COMMANDS[name].params:
        if parameter.name == "help":
            continue
        words = parameter.opts + parameter.secondary_opts
        shown = " / ".join(words) if words[0].startswith("-") else parameter.name.upper()
        metavar = f" {parameter.metavar}" if words[0].startswith("-") and parameter.metavar else ""
        yield f"| `{shown}{metavar}` | {parameter.help} |"


def test_every_command_has_a_section_and_exit_codes():
    assert {*COMMANDS} == {*sections()} - {"Exit codes", "Completion"}
    codes = re.findall(r"^\| `(\w+)[^|]*\|", sections()["Exit codes"], flags=re.MULTILINE)
    assert {*codes} == {*COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_are_those_of_help(name):
    table = sections()[name].rpartition("| | |\n| --- | --- |\n")[2].rstrip("\n")
    assert table.splitlines() == list(rows(name))


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help_fits_into_80_columns(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = CliRunner().invoke(app, [*([name] if name else []), "--help"])
    lines = result.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert not any(line.endswith("...") for line in lines if not line.startswith("Usage:"))
    if name is not None:
        assert "Exit code:" in result.stdout


def test_names_that_are_completed_are_those_there_are():
    assert {*PORTS} == {*CONTRACTS}
    assert {*EXAMPLES} == {path.name for path in (ROOT / "examples").iterdir() if any(path.glob("test_*.py"))}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("doc", "doctor"),
        ("demo ne", "newsletter"),
        ("contracts cl", "clock"),
        ("sql --sch", "--schema"),
        ("trace tra", "traces/index.html"),
        ("trace it.html --port da", "database"),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes(shell, typed, offered, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "index.html").touch()
    line = f"nexus-testkit {typed}"
    given = {
        "_NEXUS_TESTKIT_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    result = CliRunner().invoke(app, [], env=given, prog_name="nexus-testkit")
    assert offered in result.stdout


def test_completion_can_be_shown(monkeypatch):
    monkeypatch.setattr("shellingham.detect_shell", lambda *_: ("bash", "/bin/bash"))
    result = CliRunner().invoke(app, ["--show-completion"], prog_name="nexus-testkit")
    assert "_NEXUS_TESTKIT_COMPLETE=complete_bash" in result.stdout


def commands():
    """Each command of the page with the lines below it."""
    for block in re.findall(r"^```console\n(.*?)^```$", TEXT, flags=re.DOTALL | re.MULTILINE):
        for command in block.removeprefix("$ ").split("\n$ "):
            typed, _, printed = command.partition("\n")
            yield typed, printed.splitlines()


def greeter():
    """The failing test of docs/failing-tests.md, of which the page shows the trace."""
    text = (ROOT / "docs" / "failing-tests.md").read_text(encoding="utf-8")
    source = re.search(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)[1]
    return re.sub(r"^@pytest.mark.xfail.*\n", "", source, flags=re.MULTILINE)


def test_commands_print_what_the_page_says(pytester):
    pytester.makepyfile(test_greeter=greeter())
    plugins = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio", "-p", "no:anyio")
    pytester.runpytest_inprocess(*plugins, "--nexus-report=traces").assert_outcomes(failed=1)
    pytester.path.joinpath("test_greeter.py").unlink()
    code = None
    for typed, printed in commands():
        if typed == "echo $?":
            assert printed == [str(code)]
            continue
        name, *arguments = shlex.split(typed)
        assert name == "nexus-testkit"
        done = CliRunner().invoke(app, arguments)
        code = done.exit_code
        lines = [line.rstrip() for line in done.output.splitlines()]
        for line in printed:
            pattern = re.escape(line).replace(r"\.\.\.", ".*")
            assert any(re.fullmatch(pattern, each) for each in lines), f"{typed}: {line}\n{done.output}"
