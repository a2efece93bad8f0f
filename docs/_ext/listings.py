"""Directives that list what the code itself declares: pytest's options, the marker's, the command's, classes of errors.

Their text is made while the site is built, so it cannot fall behind the code.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import typer
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from nexus_testkit.cli import app as command_line
from nexus_testkit.harness import Harness
from nexus_testkit.pytest_plugin import options


def setup(app: Any) -> dict[str, Any]:
    """Register the directives."""
    for name, make in {
        "pytest-options": pytest_options,
        "marker-options": marker_options,
        "command-line": command_reference,
    }.items():
        app.add_directive(name, _directive(make))
    return {"parallel_read_safe": True}


def _directive(make: Any) -> type[SphinxDirective]:
    class Listing(SphinxDirective):
        def run(self) -> list[nodes.Node]:
            # The headings of this text begin a level below the section that holds the directive.
            return self.parse_text_to_nodes("\n".join(make()), allow_section_headings=True)

    return Listing


class _Recorder:
    """Stands for pytest's parser and its groups, and keeps what is added."""

    def __init__(self) -> None:
        self.options: list[tuple[str, Mapping[str, Any]]] = []
        self.settings: list[tuple[str, str]] = []

    def getgroup(self, *_names: str) -> _Recorder:
        return self

    def addoption(self, name: str, **attributes: Any) -> None:
        self.options.append((name, attributes))

    def addini(self, name: str, said: str, *_kind: Any, **_default: Any) -> None:
        self.settings.append((name, said))


def pytest_options() -> Iterator[str]:
    """The options that the plugin adds to pytest's command line, and its settings in the configuration file."""
    recorder: Any = _Recorder()
    options.pytest_addoption(recorder)
    rows = [(_code(f"{name} {_value(said)}".rstrip()), str(said["help"])) for name, said in recorder.options]
    yield from _table(("option", "what it does"), rows)
    yield ""
    yield from _table(
        ("setting in pytest's configuration", "what it says"), ((_code(name), said) for name, said in recorder.settings)
    )


def _value(attributes: Mapping[str, Any]) -> str:
    if attributes.get("action") == "store_true":
        return ""
    choices = attributes.get("choices")
    return "|".join(choices) if choices else str(attributes["metavar"])


def marker_options() -> Iterator[str]:
    """The options of `@pytest.mark.nexus`, with what the docstrings say of them."""
    said = _fields(Harness, "Args") | _fields(options.WorldOptions, "Attributes")
    missing = set(options._KNOWN) - said.keys()  # noqa: SLF001  # the marker's names stand nowhere else
    if missing:
        raise LookupError(f"no docstring tells of the marker's options {sorted(missing)}")
    yield from _table(("option", "what it says"), ((_code(name), said[name]) for name in sorted(options._KNOWN)))  # noqa: SLF001  # as above


def _fields(owner: object, section: str) -> dict[str, str]:
    """The entries of a section of a Google-style docstring: name -> text."""
    text = inspect.getdoc(owner) or ""
    body = re.search(rf"^{section}:\n(.*?)(?=^\S|\Z)", text, flags=re.DOTALL | re.MULTILINE)
    entries = re.split(r"^    (?=\w+:)", body[1] if body else "", flags=re.MULTILINE)[1:]
    return {name: " ".join(words.split()) for name, _, words in (entry.partition(":") for entry in entries)}


def command_reference() -> Iterator[str]:
    """Each command of `nexus-testkit` with its arguments and options."""
    root: Any = typer.main.get_command(command_line)
    for name, command in root.commands.items():
        yield from _command(f"nexus-testkit {name}", command)


def _command(path: str, command: Any) -> Iterator[str]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _command(f"{path} {name}", inner)
        return
    yield from (f"## `{path}`", "", (command.help or "").strip(), "")
    context = command.make_context(path, [], resilient_parsing=True)
    records = [record for each in command.params if (record := each.get_help_record(context)) is not None]
    if records:
        yield from _table(("argument or option", "what it is"), ((_code(written), said) for written, said in records))
        yield ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for row in rows:
        yield f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in row)} |"


def _code(text: str) -> str:
    return f"`{text}`"
