"""`python -m tests.isolation record|report [group ...]`; see `scripts.py` here for the format.

`record` asks the server (NEXUS_TESTKIT_POSTGRES_URL, else an embedded one), twice, and refuses what differs; `report` compares the
fake with the record.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.isolation import scripts


def _record(names: list[str]) -> int:
    from tests.fidelity import server as oracle
    from tests.isolation import server

    with oracle.server() as url:
        version = asyncio.run(oracle.version(url))
        for name in names:
            record = {}
            for script in scripts.read(name):
                first, second = (asyncio.run(server.run(url, script)) for _ in range(2))
                if first != second:
                    print(f"{script.label}: {first}, then {second}", file=sys.stderr)
                    return 1
                record[script.name] = first
            scripts.write_record(name, version, record)
            print(f"{name}: {len(record)} scripts, PostgreSQL {version}")
    return 0


def _report(names: list[str]) -> int:
    from tests.isolation import fake  # a recording needs no fake

    wrong = steps = total = 0
    for name in names:
        record = scripts.read_record(name)
        for script in scripts.read(name):
            total += 1
            try:
                found = fake.run(script)
            except Exception as error:  # noqa: BLE001  # the others are of interest too
                wrong += 1
                print(f"[{script.label}]\n    {error!r}")
                continue
            wanted = scripts.expected(script, record)
            steps += len(wanted)
            different = [pair for pair in zip(wanted, found, strict=True) if pair[0] != pair[1]]
            wrong += bool(different)
            if different:
                print(f"[{script.label}]")
            for server, ours in different:
                print(
                    f"  {server['session']}> {server['sql']}\n    server: {_shown(server)}\n    fake:   {_shown(ours)}"
                )
    print(f"{total} scripts, {steps} steps, {wrong} scripts different")
    return 1 if wrong else 0


def _shown(step: dict[str, object]) -> str:
    return f"{step['answer']}" + (f", then {step['then']}" if "then" in step else "")


def main() -> int:
    """Run a command; the exit code is 1 where something differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.isolation")
    parser.add_argument("command", choices=["record", "report"])
    parser.add_argument("names", nargs="*", help="groups")
    options = parser.parse_args()
    names = options.names or scripts.groups()
    return _record(names) if options.command == "record" else _report(names)


if __name__ == "__main__":
    sys.exit(main())
