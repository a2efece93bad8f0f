"""The `nexus-testkit` command."""

from __future__ import annotations

from typing import Annotated

import typer

from nexus_testkit import __version__

app = typer.Typer(
    name="nexus-testkit",
    help="The in-process test harness for plugins of the Nexus platform.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _options(
    version: Annotated[  # typer reads it through its callback
        bool, typer.Option("--version", callback=lambda wanted: _print_version(wanted=wanted), is_eager=True)
    ] = False,
) -> None:
    """The in-process test harness for plugins of the Nexus platform."""


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"nexus-testkit {__version__}")
        raise typer.Exit


@app.command()
def demo(
    example: Annotated[str, typer.Argument(help="newsletter, notes or webhook_relay")] = "newsletter",
    *,
    keep: Annotated[bool, typer.Option("--keep", help="keep the temporary folder, and say where it is")] = False,
) -> None:
    """Run an example plugin's own tests in a temporary folder, and print what happened inside."""
    from nexus_testkit.cli.demo import run_demo  # noqa: PLC0415  # `--help` and `--version` load no pytest

    raise typer.Exit(run_demo(example, keep=keep))


def main() -> None:
    """The console script."""
    app()
