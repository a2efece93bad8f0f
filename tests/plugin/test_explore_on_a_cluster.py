"""`nexus-testkit explore --cluster`: a campaign on workers of dask.distributed, one of which is killed."""

import json
import re
import subprocess
import sys
import textwrap
from dataclasses import replace
from importlib.metadata import version

import pytest

from nexus_testkit.cli.campaign.chunk import Order, make
from nexus_testkit.cli.campaign.engines import Cluster
from nexus_testkit.cli.problems import Problem

SUITE = """
import asyncio

async def test_sound(nexus):
    async def count():
        await nexus.cache.increment("n")
        await nexus.cache.increment("n")

    await asyncio.gather(count(), count())
    assert int(await nexus.cache.get("n")) == 4
"""
# In a process of its own: dask has threads, loops and warnings that are no business of this one.
SCRIPT = """
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

from distributed import LocalCluster

from nexus_testkit.cli.campaign.campaign import Campaign
from nexus_testkit.cli.campaign.chunk import Chunk, make, order_of
from nexus_testkit.cli.campaign.engines import Cluster
from nexus_testkit.cli.campaign.ledger import Ledger
from nexus_testkit.cli.campaign.subject import find_subject
from nexus_testkit.cli.problems import Problem

RUNS, SIZE = 60, 15


def main():
    subject = find_subject("test_suite.py::test_sound", seed=3, faults=())
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        engine = Cluster(cluster.scheduler_address, retries=3)
        order = order_of(subject, Chunk(1, 1), None)
        engine.check(order)
        try:
            engine.check(replace(order, folder="/nowhere/project"))
        except Problem as problem:
            differs = str(problem)
        processes = engine._client.run(os.getpid)
        killed = []

        def kill(result):
            if killed:
                return
            busy = [worker for worker, tasks in engine._client.processing().items() if tasks]
            killed.append(len(busy))
            os.kill(processes[busy[0]], signal.SIGKILL)

        ledger = Ledger(Path("results.jsonl"), subject.search)
        standing = Campaign(subject, engine, runs=RUNS, size=SIZE, ledger=ledger).run(kill)
        engine.close()
    whole = make(order_of(subject, Chunk(1, RUNS), None)).result
    print(json.dumps({"found": standing.coverage.encode(), "whole": whole["coverage"], "lost": len(standing.lost),
                      "killed": killed, "differs": differs}))


if __name__ == "__main__":
    main()
"""


def test_killing_a_worker_loses_no_run_and_no_result(tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:asyncio -p no:anyio\n", encoding="utf-8")
    (tmp_path / "test_suite.py").write_text(textwrap.dedent(SUITE), encoding="utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    ended = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout.splitlines()[-1])
    assert said["found"] == said["whole"]
    assert said["lost"] == 0
    assert re.match(
        r"worker tcp://127.0.0.1:\d+: .* has no folder /nowhere/project; workers need the same", said["differs"]
    )
    assert len(said["killed"]) == 1
    lines = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted((line["first"], line["runs"]) for line in lines) == [(first, 15) for first in range(1, 61, 15)]


ORDER = Order(
    target="test_a.py::test_a",
    folder="/nowhere/project",
    options=(),
    first=1,
    runs=1,
    minutes=None,
    kit=version("nexus-testkit"),
    sources="",
)


def test_a_worker_says_what_is_not_as_it_was_where_the_campaign_began(tmp_path):
    assert "has no folder /nowhere/project; workers need the same project at the same path" in make(ORDER).differs
    assert "and the campaign was begun with 0.0.1" in make(replace(ORDER, kit="0.0.1")).differs
    missing = make(replace(ORDER, folder=str(tmp_path))).differs
    assert "pytest cannot collect test_a.py::test_a on " in missing
    assert "file or directory not found" in missing
    (tmp_path / "test_a.py").write_text("def test_a(nexus):\n    pass\n", encoding="utf-8")
    assert "has other code in " in make(replace(ORDER, folder=str(tmp_path), options=("--rootdir=.",))).differs


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Problem, match=r"pip install 'nexus-testkit\[cluster\]'"):
        Cluster("tcp://127.0.0.1:8786", retries=1)
