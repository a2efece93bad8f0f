"""Print the README's two commands, one a line: the fenced blocks below its heading "Two lines"."""

import re
import sys
from pathlib import Path

text = Path("README.md").read_text(encoding="utf-8")
section = text.split("## Two lines", 1)[1].split("\n## ", 1)[0]
commands = [block.strip() for block in re.findall(r"```console\n(.*?)```", section, flags=re.DOTALL)]
if len(commands) != 2 or any("\n" in command for command in commands):
    sys.exit(f"README.md, 'Two lines': expected two blocks of one line each, found {commands}")
print("\n".join(command.removeprefix("$ ") for command in commands))
