"""What the plugin costs a test: pytest runs of trivial tests, ours beside plain ones and other plugins', in one run.

    python bench/plugin.py [--smoke]

Each row is the processor time of pytest's own loop over the tests, without the first one (which imports what the others
use), the best of some rounds. The goal is at most 0.3 ms above "async, bare wrapper", which runs each test with asyncio.run() and nothing else.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

SMOKE = "--smoke" in sys.argv
TESTS = 50 if SMOKE else 500
ROUNDS = 1 if SMOKE else 3
GOAL_MS = 0.3
BARE = "async, bare wrapper"

TIMER = """
import time

import pytest

began = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    global began
    result = yield
    if began is None:
        began = time.process_time()
    if nextitem is None:
        print(f"\\nseconds={time.process_time() - began}")
    return result
"""
WRAPPER = """
import asyncio
import inspect


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        names = pyfuncitem._fixtureinfo.argnames
        asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True
"""
ALONE = ("-p", "no:asyncio", "-p", "no:anyio")
ASYNCIO = ("-p", "no:anyio", "--asyncio-mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
ANYIO = ("-p", "no:asyncio", "--anyio-mode=auto")
ROWS = {
    "sync": ("", "def test_{n}():", ALONE),
    BARE: (WRAPPER, "async def test_{n}():", ALONE),
    "async with nexus": ("", "async def test_{n}(nexus):", ALONE),
    "async with nexus, under pytest-asyncio": ("", "async def test_{n}(nexus):", ASYNCIO),
    "sync with nexus": ("", "def test_{n}(nexus):", ALONE),
    "pytest-asyncio alone": ("", "async def test_{n}():", ASYNCIO),
    "anyio alone": ("", "async def test_{n}():", ANYIO),
}


def measure(conftest: str, test: str, args: tuple[str, ...]) -> float:
    """Milliseconds a test."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "pytest.ini").write_text("[pytest]\n")
        (root / "conftest.py").write_text(
            TIMER + conftest + '\n\n@pytest.fixture\ndef anyio_backend():\n    return "asyncio"\n'
        )
        (root / "test_it.py").write_text("\n".join(f"{test.format(n=n)} pass" for n in range(TESTS)))
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *args, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        return float(done.stdout.partition("seconds=")[2].split()[0]) / (TESTS - 1) * 1_000


def main() -> None:
    best = dict.fromkeys(ROWS, float("inf"))
    for _ in range(ROUNDS):  # round by round, so that a busy moment of the machine does not fall on one row
        for name, row in ROWS.items():
            best[name] = min(best[name], measure(*row))
    print(f"{'ms a test':<42}{'best of ' + str(ROUNDS):>10}{'ratio':>8}")
    for name, milliseconds in best.items():
        print(f"{name:<42}{milliseconds:>10.3f}{milliseconds / best['sync']:>8.2f}")
    above = best["async with nexus"] - best[BARE]
    print(f"above the bare wrapper: {above:.3f} ms (goal: {GOAL_MS} ms)")


if __name__ == "__main__":
    main()
