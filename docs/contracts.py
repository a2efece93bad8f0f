"""The page "What each port promises", out of the docstrings of the contracts and the deviations of the kit's own adapters."""

from __future__ import annotations

import inspect

from nexus_testkit import contracts
from nexus_testkit.cli.contracts import CONTRACTS
from nexus_testkit.contracts import suite


def promises() -> str:
    """Each port's promises, sentence by sentence."""
    return "\n\n".join(_section(port, name) for port, name in CONTRACTS.items())


def _section(port: str, name: str) -> str:
    contract = getattr(contracts, name)
    (tested,) = (each for each in vars(suite).values() if inspect.isclass(each) and contract in each.__bases__)
    found = contract.promises()
    lines = [
        f"## `{name}`: {port}",
        "",
        f"{len(found)} promises. {_deviations(tested.known_deviations)}",
        "",
        "| promise | in a sentence |",
        "| --- | --- |",
    ]
    lines += [f"| `{promise}` | {_cell(sentence)} |" for promise, sentence in found.items()]
    return "\n".join(lines)


def _deviations(known: object) -> str:
    if not isinstance(known, dict) or not known:
        return "The fake keeps all of them, and so does the real adapter."
    return "Not kept: " + "; ".join(f"`{name}` ({reason})" for name, reason in known.items()) + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
