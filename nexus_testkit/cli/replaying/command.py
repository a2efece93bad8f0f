"""`nexus-testkit replay`: pytest under a token's decisions; `--as-test`: the same as a plain test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from nexus_testkit.cli.problems import Problem
from nexus_testkit.cli.pytests import Ended, run_pytest
from nexus_testkit.cli.replaying.proof import is_same, proved
from nexus_testkit.cli.replaying.writing import Written, forms
from nexus_testkit.errors import InvalidToken
from nexus_testkit.exploration.token import Token

_USAGE = 4  # pytest's
_FAILED = 1


def run_replay(token: str, target: str) -> int:
    """Run the test under the token's decisions, with pytest's own output; pytest's exit code.

    Raises:
        Problem: the token is none.
    """
    _parse(token)
    ended = run_pytest(target, "--nexus-one", "--nexus-replay", token.strip(), shown=True)
    console = Console(stderr=True, highlight=False)
    if ended.code == _USAGE:
        console.print("Hint: nexus-testkit replay TOKEN path/to/test_file.py::test_name", soft_wrap=True)
    _say_differences(console, ended)
    return ended.code


def print_test(token: str, target: str) -> int:
    """Print a test that fails as the replay does; 0, or 1 where nothing fails.

    Raises:
        Problem: the token is none, there is no such test, or its source cannot be read.
    """
    parsed = _parse(token)
    console = Console(stderr=True, highlight=False)
    ended = run_pytest(target, "--nexus-one", "--nexus-replay", token.strip())
    collected, ran = ended.about("collected"), ended.one("ran")
    if collected is None or ended.code not in (0, _FAILED):
        raise Problem(*ended.tail(), "Hint: nexus-testkit replay TOKEN path/to/test_file.py::test_name --as-test")
    _say_differences(console, ended)
    if ran is None:  # a fixture failed before the body
        raise Problem(*ended.tail(60), "the replay does not come to the body of the test")
    if ran["error"] is None:
        console.print(Text("the replay passes: there is no failure to write down", style="bold yellow"), soft_wrap=True)
        return _FAILED
    written = _first_proved(collected["collected"][0], ran, parsed)
    if written is None:
        words = "no test could be written that fails as the replay does; the token itself still does"
        raise Problem(words, f"Hint: nexus-testkit replay {token.strip()} {target}", code=3)
    print(written.text, end="")  # noqa: T201  # what was asked for, and nothing else, to be put in a file
    said = f"this test was run, and fails as the replay does: {_error(ran)}"
    console.print(Text(said, style="green"), soft_wrap=True)
    if written.why_marker:
        console.print(Text(written.why_marker), soft_wrap=True)
    return 0


def _parse(token: str) -> Token:
    try:
        return Token.parse(token)
    except InvalidToken as error:
        raise Problem(str(error)) from error


def _first_proved(test: Mapping[str, Any], ran: Mapping[str, Any], token: Token) -> Written | None:
    for written in forms(test, ran["placed"], token, error=_error(ran)):
        if proved(written, test, lambda again: is_same(ran["error"], again)):
            return written
    return None


def _error(ran: Mapping[str, Any]) -> str:
    error = ran["error"]
    first = (str(error["message"]).splitlines() or [""])[0].rstrip(":")
    return f"{error['type']}: {first}" if first else str(error["type"])


def _say_differences(console: Console, ended: Ended) -> None:
    said: Sequence[str] = list(dict.fromkeys(ended.all("differs")))
    if said:
        body = Text("\n".join(said))
        console.print(Panel(body, title="this need not be the run of the token", border_style="bold yellow"))
