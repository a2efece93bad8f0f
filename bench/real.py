"""What real servers cost: the example suite on the fakes and on PostgreSQL, Redis and the disk, in the same run.

    python bench/real.py [--smoke]

The servers are those of the environment, else the wheels'; their start is in the first line of each run alone. Searches
(`explore=500`) make a database for each of their runs, so they have a line of their own. With --smoke few tests run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree as ET

from nexus_testkit.harness.servers import SharedServers
from nexus_testkit.harness.servers.shared import POSTGRES_URL, REDIS_URL

SMOKE = "--smoke" in sys.argv
ROOT = Path(__file__).parents[1]
REAL = ("--nexus-backend=real", "--nexus-require-real")
SUITES = {
    "plain tests": ("not race and not any_text", ["examples"]),
    "a property, 100 examples": ("any_text", ["examples/notes"]),
    "searches, 500 runs": ("test_two_signups", ["examples/races"]),
}
FEW = {"plain tests": ("delivered or tier or link", ["examples"])}


def measure(
    chosen: str, paths: list[str], options: tuple[str, ...], servers: dict[str, str]
) -> tuple[int, float, float]:
    """How many tests ran, the seconds that they took by pytest's own count, and those of the whole run."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junit-xml={report}",
            "-k",
            chosen,
        ]
        began = time.perf_counter()
        done = subprocess.run(
            [*command, *paths, *options],
            cwd=ROOT,
            env={**os.environ, **servers, "HYPOTHESIS_PROFILE": "dev"},
            capture_output=True,
            text=True,
            check=False,
        )
        whole_s = time.perf_counter() - began
        if done.returncode:
            sys.exit(done.stdout[-3000:] + done.stderr[-1000:])
        cases = ET.parse(report).getroot().findall(".//testcase")  # pytest's own report
    return len(cases), sum(float(case.get("time", 0)) for case in cases), whole_s


def main() -> None:
    with SharedServers() as servers:
        urls = {POSTGRES_URL: servers.postgres_url, REDIS_URL: servers.redis_url}
        print(f"{'examples':<28}{'tests':>6}{'fakes':>11}{'servers':>11}{'ratio':>8}   whole run, with pytest's start")
        for name, (chosen, paths) in (FEW if SMOKE else SUITES).items():
            count, fake_s, fake_whole_s = measure(chosen, paths, (), urls)
            _, real_s, real_whole_s = measure(chosen, paths, REAL, urls)
            print(
                f"{name:<28}{count:>6}{fake_s:>9.2f} s{real_s:>9.2f} s{real_s / fake_s:>7.0f}x"
                f"   {fake_whole_s:.1f} s and {real_whole_s:.1f} s: {real_whole_s / fake_whole_s:.1f}x",
                flush=True,
            )


if __name__ == "__main__":
    main()
