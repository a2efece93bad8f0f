"""In-process test harness, and reference implementation of the service layer, for plugins of the Nexus platform.

Importing this package loads no driver, and little else: each public name is loaded when it is first used.

(PYTEST_DONT_REWRITE: this module alone is loaded before pytest, when Python starts; see platform/finder.py.)
"""

__version__ = "0.1.0"

_HOMES = {
    "Harness": "nexus_testkit.harness",
    "NexusTestkitError": "nexus_testkit.errors",
    "UnsupportedSQL": "nexus_testkit.errors",
    "assemble": "nexus_testkit.application",
    "explore": "nexus_testkit.exploration",
    "replay": "nexus_testkit.exploration",
    "invariant": "nexus_testkit.invariants",
    "run": "nexus_testkit.running",
    "simulate": "nexus_testkit.exploration",
    "sometimes": "nexus_testkit.exploration",
}

TYPE_CHECKING = False  # typing's own costs every Python process of the environment 5 ms, see platform/finder.py
if TYPE_CHECKING:
    from typing import Any

    from nexus_testkit.application import assemble as assemble
    from nexus_testkit.errors import NexusTestkitError as NexusTestkitError
    from nexus_testkit.errors import UnsupportedSQL as UnsupportedSQL
    from nexus_testkit.exploration import explore as explore
    from nexus_testkit.exploration import replay as replay
    from nexus_testkit.exploration import simulate as simulate
    from nexus_testkit.exploration import sometimes as sometimes
    from nexus_testkit.harness import Harness as Harness
    from nexus_testkit.invariants import invariant as invariant
    from nexus_testkit.running import run as run

__all__ = [
    "Harness",
    "NexusTestkitError",
    "UnsupportedSQL",
    "__version__",
    "assemble",
    "explore",
    "invariant",
    "replay",
    "run",
    "simulate",
    "sometimes",
]


def __getattr__(name: str) -> "Any":
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415  # see TYPE_CHECKING

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
