"""The guide's code, as printed: its Python blocks, executed in order in one namespace."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

HERE = Path(__file__).parent
COPY = HERE / "data" / "plugin-services.md"

# The guide's text ends in the middle of a signature; these are its last words (design: it has to be completed).
TORN_END = "    async def get_user_with_cache(self, user_id: int) -> Optional"

# Imports that a block uses and that no block before it has: all that is added to the printed text.
FORGOTTEN = {"class MyPlugin(Plugin)": "from nexus.plugins import Plugin\n"}


class Block(NamedTuple):
    """One Python block: its text and the line of the guide on which it begins."""

    source: str
    line: int


def blocks(text: str) -> list[Block]:
    """The Python blocks of the guide, without the torn last line."""
    found = []
    for match in re.finditer(r"^```python\n(.*?)(?:^```$|\Z)", text, flags=re.DOTALL | re.MULTILINE):
        source = match[1].replace(TORN_END, "")
        found.append(Block(source, text[: match.start(1)].count("\n") + 1))
    return found


def execute(text: str, filename: str) -> ModuleType:
    """A module that holds what the guide's blocks define."""
    module = ModuleType("guide")
    for block in blocks(text):
        imports = "".join(line for marker, line in FORGOTTEN.items() if marker in block.source)
        exec(compile(imports, "<imports that the guide forgot>", "exec"), module.__dict__)  # the guide's own
        padded = "\n" * (block.line - 1) + block.source
        exec(compile(padded, filename, "exec"), module.__dict__)  # the guide's own code is what is tested
    return module
