"""`python -m tests.fidelity record|report|mark|harvest [category ...]`; see `scenarios.py` here for the format.

`python -m tests.fidelity fuzz [--minutes N] [--seed N | --seeds A-B]` looks for differences with random statements; see `fuzzing`.
`python -m tests.fidelity suites regress|sqllogictest PATH` runs a public suite on fake and server; see `suites`.

`record` asks the server (NEXUS_TESTKIT_POSTGRES_URL, else an embedded one), `report` counts how the fake compares, `mark` writes
`refused>` before the steps that the fake refuses now (for review: a new mark is a step back), `harvest` makes scenarios of
what the kit's own suites ask.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter

from tests.fidelity import coverage, scenarios, server
from tests.fidelity.answers import Verdict


def _record(names: list[str]) -> int:
    with server.server() as url:
        coverage.write_own(asyncio.run(server.version(url)), asyncio.run(server.names(url, coverage.OWN)))
        for name in names:
            try:
                found = server.recorded(url, scenarios.read(name))
            except (server.RecordingError, scenarios.MalformedScenarioError) as error:
                print(error, file=sys.stderr)
                return 1
            scenarios.write_record(name, found)
            steps = sum(map(len, found.answers.values()))
            print(f"{name}: {len(found.answers)} scenarios, {steps} steps, PostgreSQL {found.server_version}")
    return 0


def _report(names: list[str], *, details: bool) -> int:
    from tests.fidelity import fake  # a recording needs no fake

    total: Counter[str] = Counter()
    print(f"{'category':<16}{'steps':>7}" + "".join(f"{verdict:>20}" for verdict in Verdict))
    shown: list[str] = []
    for name in names:
        record = scenarios.read_record(name)
        counts: Counter[str] = Counter()
        for scenario in scenarios.read(name):
            outcomes = list(fake.replay(scenario, record))
            counts.update(outcome.verdict for outcome in outcomes if not outcome.step.setup)
            # what the fake never came to is refused with what it builds on
            counts[Verdict.REFUSED] += len(scenario.steps) - sum(not outcome.step.setup for outcome in outcomes)
            shown += [
                f"[{scenario.label}]\n{outcome}" for outcome in outcomes if outcome.verdict is not Verdict.IDENTICAL
            ]
        _line(name, counts)
        total.update(counts)
    _line("all", total)
    if details:
        print("", *shown, sep="\n")
    return 1 if total[Verdict.SILENT] else 0


def _mark(names: list[str]) -> int:
    from tests.fidelity import fake

    for name in names:
        record = scenarios.read_record(name)
        refused: dict[str, list[bool]] = {}
        for scenario in scenarios.read(name):
            outcomes = [outcome for outcome in fake.replay(scenario, record) if not outcome.step.setup]
            found = [outcome.verdict is Verdict.REFUSED for outcome in outcomes]
            refused[scenario.name] = found + [False] * (len(scenario.steps) - len(found))
        print(f"{name}: {scenarios.mark(name, refused)} marks changed")
    return 0


def _line(name: str, counts: Counter[str]) -> None:
    steps = sum(counts.values())
    print(f"{name:<16}{steps:>7}" + "".join(f"{_share(counts[verdict], steps):>20}" for verdict in Verdict))


def _share(count: int, steps: int) -> str:
    return f"{count} ({count / steps:.1%})" if steps and count else "0"


def _harvest(paths: list[str]) -> int:
    from tests.fidelity import harvest

    return harvest.main(paths)


def _suites(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    from tests.fidelity.suites import run

    if len(options.names) != 2 or options.names[0] not in run.SUITES:  # a suite and a path
        parser.error(f"suites: name a suite ({', '.join(run.SUITES)}) and the path of its checkout")
    return run.main(
        *options.names, only=options.only, every=options.every, details=options.details, write=options.write
    )


def seeds(text: str) -> tuple[int, int]:
    """The first and the last of `A-B`.

    Raises:
        ArgumentTypeError: it is something else.
    """
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise argparse.ArgumentTypeError(f"{text!r} is not the first seed, a hyphen, and the last one")
    return int(first), int(last)


def main() -> int:
    """Run a command; the exit code is 1 where something was silently different or could not be recorded."""
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity")
    parser.add_argument("command", choices=["record", "report", "mark", "harvest", "suites", "fuzz"])
    parser.add_argument(
        "names", nargs="*", help="categories; for harvest, paths of tests; for suites, a suite and its path"
    )
    parser.add_argument("--details", action="store_true", help="show every step that is not identical")
    parser.add_argument("--minutes", type=float, default=0, help="fuzz: how long; 0, the default, until interrupted")
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--seed", type=int, default=0, help="fuzz: where to begin")
    begin.add_argument("--seeds", type=seeds, metavar="A-B", help="fuzz: search these, unless the time is over before")
    parser.add_argument("--only", default="", help="suites: the files whose path contains this")
    parser.add_argument("--every", type=int, default=1, help="suites: of these files, one in so many")
    parser.add_argument("--write", action="store_true", help="suites: keep the counts for the documentation")
    options = parser.parse_args()
    if options.command == "fuzz":
        from tests.fidelity.fuzzing import search

        return search.main(options.minutes, *(options.seeds or (options.seed, None)))
    if options.command == "suites":
        return _suites(parser, options)
    if options.command == "harvest":
        return _harvest(options.names)
    names = options.names or scenarios.categories()
    if options.command == "mark":
        return _mark(names)
    return _record(names) if options.command == "record" else _report(names, details=options.details)


if __name__ == "__main__":
    sys.exit(main())
