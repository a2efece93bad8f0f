"""The `nexus-testkit` command."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from nexus_testkit import __version__
from nexus_testkit.cli.completing import complete_pages

app = typer.Typer(
    name="nexus-testkit",
    help="The in-process test harness for plugins of the Nexus platform.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


_JSON = "print one object of JSON"
# Written out, so that completion and --help load nothing else; tests compare them with what there is.
EXAMPLES = ("newsletter", "notes", "races", "webhook_relay")
PORTS = ("database", "cache", "mail", "http", "files", "clock", "analytics")


@app.callback()
def _options(
    version: Annotated[  # typer reads it through its callback
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=lambda wanted: _print_version(wanted=wanted), is_eager=True
        ),
    ] = False,
) -> None:
    """The in-process test harness for plugins of the Nexus platform."""


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"nexus-testkit {__version__}")
        raise typer.Exit


@app.command(short_help="See an example plugin's tests run, and what happens inside.")
def demo(
    example: Annotated[
        str, typer.Argument(help="newsletter, notes, races or webhook_relay", autocompletion=lambda: list(EXAMPLES))
    ] = "newsletter",
    *,
    keep: Annotated[bool, typer.Option("--keep", help="keep the temporary folder, and say where it is")] = False,
) -> None:
    """Run an example plugin's own tests in a temporary folder, and print what happened inside.

    Exit code: pytest's (0: all pass), or 2 where there is no such example.
    """
    from nexus_testkit.cli.demo import run_demo  # noqa: PLC0415  # `--help` and `--version` load no pytest

    raise typer.Exit(run_demo(example, keep=keep))


@app.command(short_help="Test what each port promises, on fakes and real adapters.")
def contracts(
    port: Annotated[
        str | None,
        typer.Argument(
            help="database, cache, mail, http, files, clock or analytics; without it all of them",
            autocompletion=lambda: list(PORTS),
        ),
    ] = None,
    *,
    real: Annotated[
        bool, typer.Option("--real/--fakes-only", help="also on the real adapters, with PostgreSQL and Redis")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help=_JSON)] = False,
) -> None:
    """Test what each port promises, and print it promise by promise: the fakes beside the real adapters.

    Exit code: 0 every promise is kept or a known deviation, 1 one is broken, 2 there is no such port.
    """
    from nexus_testkit.cli.contracts import run_contracts  # noqa: PLC0415  # as above

    _exit(lambda: run_contracts(port, real=real, as_json=as_json))


@app.command(short_help="Search for a schedule or a fault under which a test fails.")
def explore(
    test: Annotated[str, typer.Argument(help="path/to/test_file.py::test_name, as pytest names it")],
    *,
    runs: Annotated[
        int | None, typer.Option(metavar="N", help="how many runs; 500 where no time is given either")
    ] = None,
    minutes: Annotated[float | None, typer.Option(metavar="M", help="how long at most, in real minutes")] = None,
    jobs: Annotated[int, typer.Option(metavar="J", help="processes of this machine at once")] = 1,
    faults: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TARGET", help="what may fail: 'all', or a target of nexus.faults.on(); may be given again"
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="S", help="of the search; that of the test otherwise")] = None,
    results: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="keep results as lines of JSON; what it holds already is not made again"),
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="tcp://host:8786 of a dask.distributed scheduler that runs")
    ] = None,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="do not stop at the first failure")] = False,
    chunk: Annotated[int | None, typer.Option(metavar="RUNS", help="runs that a process makes at a time")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_JSON)] = False,
) -> None:
    """Run one test again and again under other schedules, latencies and faults until it fails; shrink what fails.

    Exit code: 0 no failure was found, 1 one was, 2 asked wrongly, 3 not all runs could be made, 130 interrupted.
    """
    from nexus_testkit.cli.campaign import Wanted, run_campaign  # noqa: PLC0415  # as above

    wanted = Wanted(
        target=test,
        runs=runs,
        minutes=minutes,
        jobs=jobs,
        faults=tuple(faults or ()),
        seed=seed,
        results=results,
        cluster=cluster,
        keep_going=keep_going,
        size=chunk,
        as_json=as_json,
    )
    _exit(lambda: run_campaign(wanted))


@app.command(short_help="Make a run that failed again, or print it as a test.")
def replay(
    token: Annotated[str, typer.Argument(help="nx1:..., from the report of a failure")],
    test: Annotated[str, typer.Argument(help="path/to/test_file.py::test_name, as pytest names it")],
    *,
    as_test: Annotated[
        bool, typer.Option("--as-test", help="print a test that fails in the same way without the search")
    ] = False,
) -> None:
    """Make the run of a replay token again, with pytest's own output.

    Exit code: pytest's (1: it fails again). With --as-test: 0 a test is printed, 1 the replay passes, 2 asked wrongly,
    3 no test could be written that fails in the same way.
    """
    from nexus_testkit.cli.replaying import print_test, run_replay  # noqa: PLC0415  # as above

    _exit(lambda: print_test(token, test) if as_test else run_replay(token, test))


@app.command(short_help="Show a trace page, or the index of a run, in the terminal.")
def trace(
    file: Annotated[
        Path,
        typer.Argument(
            help="a page or the index of 'pytest --nexus-report=DIR', or DIR itself", autocompletion=complete_pages
        ),
    ],
    *,
    port: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="show only calls of this port, or 'log' or 'task'; may be given again",
            autocompletion=lambda: [*PORTS, "log", "task"],
        ),
    ] = None,
    task: Annotated[str | None, typer.Option(metavar="NAME", help="show only what this task did")] = None,
    search: Annotated[
        str,
        typer.Option(metavar="TEXT", help="show only what has this text in arguments, result, caller or fault"),
    ] = "",
    call: Annotated[int | None, typer.Option(metavar="N", help="show the whole of one call")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=10, help="how many lines at most; 60 if it is not said")] = 60,
    everything: Annotated[bool, typer.Option("--all", help="show every call: none is folded or left out")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=_JSON)] = False,
    in_browser: Annotated[bool, typer.Option("--open", help="open it in the browser instead")] = False,
) -> None:
    """Show a trace page in the terminal: the test, how to run it again, and what crossed the ports. Of an index: the tests.

    Exit code: 0 it is shown, 2 there is no such file, page, port, task or call, 3 no browser can be opened.
    """
    from nexus_testkit.cli.trace import run_trace  # noqa: PLC0415  # as above
    from nexus_testkit.cli.trace.choosing import Choice  # noqa: PLC0415  # as above
    from nexus_testkit.cli.trace.command import Wanted  # noqa: PLC0415  # as above

    wanted = Wanted(
        choice=Choice(tuple(port or ()), task, search),
        call=call,
        most=None if everything else limit,
        as_json=as_json,
        in_browser=in_browser,
    )
    _exit(lambda: run_trace(file, wanted))


@app.command(short_help="Show what a statement becomes, or why it is refused.")
def sql(
    statement: Annotated[str, typer.Argument(help="one statement of PostgreSQL's SQL; - reads it from standard input")],
    *,
    schema: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="a script that runs first: CREATE TABLE and so on; may be given again"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_JSON)] = False,
) -> None:
    """Show what a statement becomes on the fake database, with its types, or why it is refused.

    Exit code: 0 it is understood, 1 PostgreSQL would raise an error, 2 asked wrongly, 3 the fake database refuses it.
    """
    from nexus_testkit.cli.sql import run_sql  # noqa: PLC0415  # as above

    _exit(lambda: run_sql(statement, schema=schema or (), as_json=as_json))


@app.command(short_help="Write a plugin project that passes its own checks.")
def new(
    name: Annotated[str, typer.Argument(help="of the project, such as shop or my-shop")],
    *,
    path: Annotated[
        Path | None, typer.Option(metavar="DIR", help="the project's folder; without it, one of that name here")
    ] = None,
) -> None:
    """Write a plugin project whose tests, lint and types pass at once. Nothing is overwritten.

    Exit code: 0 it is written, 2 the name or the folder cannot be used, 3 a file could not be written.
    """
    from nexus_testkit.cli.new import run_new  # noqa: PLC0415  # as above

    _exit(lambda: run_new(name, folder=path))


@app.command(short_help="Find what is in the way, and how to mend it.")
def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help=_JSON)] = False,
) -> None:
    """Look for what is missing or in the way, here and in the project of this folder, and say how to mend it.

    Exit code: 0 tests on the fakes can run, 1 something is broken for them. What is missing for real servers alone
    is a remark.
    """
    from nexus_testkit.cli.doctor import run_doctor  # noqa: PLC0415  # as above

    _exit(lambda: run_doctor(as_json=as_json))


def _exit(command: Callable[[], int]) -> None:
    from nexus_testkit.cli.problems import Problem  # noqa: PLC0415  # with the commands that have some

    try:
        code = command()
    except Problem as problem:
        typer.echo(str(problem), err=True)
        code = problem.code
    sys.exit(code)


def main() -> None:
    """The console script."""
    app()
