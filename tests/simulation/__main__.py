"""`python -m tests.simulation determinism [--runs N] [--processes N]`: one trace for each plan."""

from __future__ import annotations

import argparse
import sys

from tests.simulation.determinism import determinism, traces


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("determinism", help="the same plans in several processes, with random hash seeds")
    check.add_argument("--runs", type=int, default=10_000)
    check.add_argument("--processes", type=int, default=4)
    one = commands.add_parser("trace", help="print the traces of some runs")
    one.add_argument("first", type=int)
    one.add_argument("count", type=int)
    options = parser.parse_args()
    if options.command == "trace":
        return traces(options.first, options.count)
    return determinism(options.runs, options.processes)


if __name__ == "__main__":
    sys.exit(main())
