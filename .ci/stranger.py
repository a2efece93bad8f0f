"""A stranger's projects from the built wheel and nothing else: three lines of test in an empty folder, and `nexus-testkit new`.

Usage: stranger.py WORK_FOLDER
"""

import subprocess
import sys
from pathlib import Path

work = Path(sys.argv[1]) / "stranger"
work.mkdir()


def call(*command: object, cwd: Path = work) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=cwd)


call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", work / "dist", ".", cwd=Path.cwd())
(wheel,) = (work / "dist").glob("nexus_testkit-*.whl")
call(sys.executable, "-m", "venv", work / "venv")
python = work / "venv" / "bin" / "python"
call(python, "-m", "pip", "install", "-q", wheel)
project = work / "project"
project.mkdir()
(project / "test_first.py").write_text(
    "async def test_first(nexus):\n"
    '    await nexus.cache.set("greeting", "hello", ttl=60)\n'
    '    assert await nexus.cache.get("greeting") == b"hello"\n',
    encoding="utf-8",
)
call(python, "-m", "pytest", "-q", "-W", "error", cwd=project)
call(python, "-c", "from nexus.services import Service, inject; from nexus.plugins import Plugin", cwd=project)

# A project of the kit's own making: its tests, then (with what its own pyproject.toml asks for) lint, format and types.
call(python.with_name("nexus-testkit"), "new", "shop")
shop = work / "shop"
call(python, "-m", "pytest", "-q", "-W", "error", cwd=shop)
call(python, "-m", "pip", "install", "-q", "-e", ".[dev]", cwd=shop)
for tool in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["pytest", "-q", "-W", "error"]):
    call(python, "-m", *tool, cwd=shop)
call(python.with_name("nexus-testkit"), "doctor", cwd=shop)
