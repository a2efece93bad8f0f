"""The pages, and the blocks on them."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts)]
TUTORIAL = ROOT / "docs" / "tutorial.md"

# Hypothesis reads the constants of every module that is not installed, to draw them; a checkout of the kit is 400 files.
# And how long an example takes on a machine that does other things as well says nothing about the block.
QUIET_HYPOTHESIS = """
from hypothesis import HealthCheck, settings

settings.register_profile("checkout", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("checkout")
"""

_FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)$", flags=re.DOTALL | re.MULTILINE
)


def fences(page: Path) -> list[tuple[str, str]]:
    """Each fenced block of a page: what it is marked as, and its text."""
    return [(found["info"].strip(), found["body"]) for found in _FENCE.finditer(page.read_text(encoding="utf-8"))]


def blocks(page: Path, kind: str) -> list[str]:
    """The texts of a page's blocks of one kind."""
    return [body for info, body in fences(page) if info == kind]


def files(page: Path) -> dict[str, str]:
    """The files that a page shows: the path that is a block's caption -> its text."""
    found = {}
    for info, body in fences(page):
        caption = re.match(r":caption: (\S+)\n\n", body)
        if info.startswith("{code-block}") and caption is not None:
            found[caption[1]] = body[caption.end() :]
    return found


def script(path: str) -> Any:
    """A file that is in no package, as a module."""
    name = Path(path).stem
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module
