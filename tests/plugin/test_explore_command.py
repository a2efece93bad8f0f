"""`nexus-testkit explore` and `replay`, as they are typed."""

import json
import os
import random
import re
import subprocess
import sys
import textwrap

import pytest
from typer.testing import CliRunner

from nexus_testkit.cli import app
from nexus_testkit.cli.campaign.campaign import Campaign
from nexus_testkit.cli.campaign.chunk import Chunk, Order, Result, make, order_of
from nexus_testkit.cli.campaign.engines import Processes
from nexus_testkit.cli.campaign.subject import find_subject
from nexus_testkit.exploration import Failure, Plan, Seed, Token, Turn

INI = "[pytest]\naddopts = -p no:asyncio -p no:anyio\n"
SUITE = """
    import asyncio
    import random

    import pytest

    from nexus.database import DatabaseAdapter

    UNUSED = "of another test"


    async def add_once(db, after_s):
        await asyncio.sleep(after_s)
        if not await db.fetch_val("SELECT count(*) FROM t"):
            await db.execute("INSERT INTO t VALUES (1)")


    @pytest.fixture
    async def db(nexus):
        await nexus.db.execute("CREATE TABLE t (a INT)")
        return nexus.get(DatabaseAdapter)


    @pytest.mark.xfail(strict=True)
    @pytest.mark.nexus(explore=500)
    async def test_race(nexus, db):
        await asyncio.gather(add_once(db, 0), add_once(db, 0.02))
        await nexus.db.assert_count("t", 1)


    async def test_sound(nexus, db):
        await add_once(db, 0)
        await add_once(db, 0)
        await nexus.db.assert_count("t", 1)


    async def test_every_fault_is_survived(db):
        await add_once(db, 0)
        await db.execute("INSERT INTO t VALUES (2)")


    async def test_first_come(nexus):
        order = []

        async def come(name):
            order.append(name)

        await asyncio.gather(come("a"), come("b"))
        assert order == ["a", "b"]


    async def test_luck(nexus):
        assert random.randrange(1000) != LUCK


    def test_without_a_world():
        pass
    """.replace("LUCK", str(random.Random(3).randrange(1000)))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with a suite."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pytest.ini").write_text(INI, encoding="utf-8")
    (folder / "test_suite.py").write_text(textwrap.dedent(SUITE), encoding="utf-8")
    return folder


@pytest.fixture
def run(project, monkeypatch):
    """Run the command in the project's folder."""
    monkeypatch.chdir(project)
    return lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def found(project):
    """What a search of the race came to, and the file of its results."""
    arguments = ("explore", "test_suite.py::test_race", "--runs", "400", "--results", "race.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        return CliRunner().invoke(app, arguments, catch_exceptions=False)


@pytest.fixture(scope="module")
def token(found):
    return re.search(r"^token:   (nx1:\S+)$", found.stdout, flags=re.MULTILINE)[1]


# -- exploring


def test_a_search_prints_the_failure_its_schedule_and_its_token(found):
    assert found.exit_code == 1
    for said in (
        r"^E +found on run \d+ \(.*\), shrunk to 1 decision: delay database call \d \((?:INSERT t|SELECT t)\) by \d+ m?s$",
        r"^E +the schedule, a lane for each task:$",
        r"^\d+ runs: \d+ distinct schedules, \d+ orders of port calls, at most 5 calls in a run$",
        r"^run \d+ failed: AssertionError: t has 2 rows, not 1:$",
        r"^  delay database call \d",
        r"^replay:  nexus-testkit replay nx1:\S+ test_suite.py::test_race$",
    ):
        assert re.search(said, found.stdout, flags=re.MULTILINE), said


def test_results_of_a_file_are_not_made_again(found, run, project, token):
    before = (project / "race.jsonl").read_text(encoding="utf-8")
    again = run("explore", "test_suite.py::test_race", "--runs", "400", "--results", "race.jsonl")
    assert again.exit_code == 1
    assert f"token:   {token}\n" in again.stdout
    assert re.search(r"^(\d+) of these runs are from race.jsonl$", again.stdout, flags=re.MULTILINE)
    assert (project / "race.jsonl").read_text(encoding="utf-8") == before


def test_what_was_found_as_json(found, run, token):
    done = run("explore", "test_suite.py::test_race", "--runs", "400", "--results", "race.jsonl", "--json")
    assert done.exit_code == 1
    data = json.loads(done.stdout)
    (failure,) = data["failures"]
    assert (data["test"], data["lost"], failure["token"]) == ("test_suite.py::test_race", [], token)
    assert data["runs"] == data["runs_from_results"] >= failure["run"]
    assert failure["error"].startswith("AssertionError: t has 2 rows, not 1")
    assert len(failure["decisions"]) == 1
    assert failure["report"] in found.stdout


def test_nothing_found_is_a_success(run):
    done = run("explore", "test_suite.py::test_sound", "--runs", "20")
    assert done.exit_code == 0
    assert "no failure in 20 runs of test_suite.py::test_sound" in done.stdout


def test_faults_that_are_asked_for_are_drawn(run):
    done = run("explore", "test_suite.py::test_every_fault_is_survived", "--runs", "30", "--faults", "database.execute")
    assert done.exit_code == 1
    assert re.search(r"^  database call \d \(INSERT t\): ", done.stdout, flags=re.MULTILINE)


def test_the_same_runs_give_the_same_line_in_every_process(found, project, monkeypatch):
    kept = json.loads((project / "race.jsonl").read_text(encoding="utf-8"))
    order = Order(
        target="test_suite.py::test_race",
        folder=str(project),
        options=(),
        first=1,
        runs=400,
        minutes=None,
        kit=kept["search"]["versions"]["nexus-testkit"],
        sources=kept["search"]["sources"],
    )
    monkeypatch.setenv("PYTHONHASHSEED", "4711")
    made = make(order).result
    assert kept["failure"] is not None
    assert json.dumps(Result.decode(made).encode()) == json.dumps(
        {name: kept[name] for name in kept if name != "search"}
    )


def test_killing_a_process_loses_no_run_and_no_result(project, monkeypatch):
    monkeypatch.chdir(project)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-n 2")
    subject = find_subject("test_suite.py::test_sound", seed=5, faults=())
    assert subject.options == ["--nexus-seed", "5", "-n", "0"]  # the processes are ours
    whole = make(order_of(subject, Chunk(1, 60), None)).result

    class OneIsKilled(Processes):
        killed = 0

        def _started(self, chunk, process):
            if chunk == Chunk(31, 30):
                type(self).killed += 1
                process.kill()
            super()._started(chunk, process)

    engine = OneIsKilled(2)
    try:
        standing = Campaign(subject, engine, runs=60, size=30).run()
    finally:
        engine.close()
    assert engine.killed == 1
    assert standing.coverage.encode() == whole["coverage"]
    assert not standing.lost


def test_what_cannot_be_searched_is_said_with_a_hint(run, project):
    (project / "test_broken.py").write_text("import nowhere\n", encoding="utf-8")
    for arguments, said in (
        (["test_nowhere.py::test_a"], "Hint: there is no file 'test_nowhere.py'"),
        (["test_suite.py::test_rase"], "Hint: did you mean test_suite.py::test_race?"),
        (["test_suite.py"], "test_suite.py is 6 tests, and a search is of one:\n  test_suite.py::test_race\n"),
        (["test_broken.py::test_a"], "ModuleNotFoundError: No module named 'nowhere'"),
        (["test_suite.py::test_without_a_world"], "has no world to explore\nHint: let it take the fixture 'nexus'"),
        (["test_suite.py::test_race", "--faults", "databse"], "Hint: did you mean database?"),
        (["test_suite.py::test_race", "--runs", "0"], "--runs 0\nHint: a number, from 1"),
        (["test_suite.py::test_race", "--minutes", "0"], "--minutes 0\nHint: more than 0"),
        (["test_suite.py::test_race", "--cluster", "tcp://x:1", "--jobs", "2"], "--cluster has workers of its own"),
    ):
        done = run("explore", *arguments)
        assert done.exit_code == 2, arguments
        assert said in done.stderr, arguments


# -- replaying


def test_a_replay_fails_in_the_same_way_with_pytests_exit_code(run, token, capfd):
    assert run("replay", token, "test_suite.py::test_race").exit_code == 1
    shown = capfd.readouterr().out
    assert "AssertionError: t has 2 rows, not 1:" in shown
    assert "[fault: delayed by" in shown


def test_a_replay_of_other_code_says_so(run, token, capfd):
    done = run("replay", token, "test_suite.py::test_sound")
    assert done.exit_code == 0
    assert "this need not be the run of the token" in done.stderr
    assert "the code of the test is another" in " ".join(done.stderr.split())
    assert "1 passed" in capfd.readouterr().out


def test_what_cannot_be_replayed_is_said_with_a_hint(run, token, capfd):
    for arguments, code, said in (
        (["nx1:abc", "test_suite.py::test_race"], 2, "it is damaged, or was cut off"),
        (["nx9:abc", "test_suite.py::test_race"], 2, "made by another version of the kit"),
        ([token, "test_suite.py::test_rase"], 4, "Hint: nexus-testkit replay TOKEN path/to/test_file.py::test_name"),
        ([token, "test_suite.py::test_without_a_world"], 4, "has no world: it takes no fixture 'nexus'"),
        ([token, "test_suite.py::test_rase", "--as-test"], 2, "Hint: nexus-testkit replay TOKEN"),
    ):
        done = run("replay", *arguments)
        shown = capfd.readouterr()
        assert done.exit_code == code, arguments
        assert said in done.stderr + shown.err + shown.out, arguments


def test_a_replay_as_a_test_fails_in_the_same_way_in_a_file(run, token, project):
    def of(*changes):
        return str(Token(plan=Plan(changes), seed=11))

    written = {}
    for name, its_token, plainly in (
        ("race", token, "nexus.faults.on("),
        ("every_fault_is_survived", of(Failure(4, "loses_reply")), '.on("database.execute").nth(2).loses_reply()'),
        ("first_come", of(Turn(1, 1)), "replay="),
        ("luck", of(Seed(3)), "replay="),
    ):
        done = run("replay", its_token, f"test_suite.py::test_{name}", "--as-test")
        assert done.exit_code == 0, done.stderr
        assert "this test was run, and fails as the replay does: " in done.stderr
        assert plainly in done.stdout
        for gone in ("explore=", "xfail", "UNUSED", "test_sound"):
            assert gone not in done.stdout
        written[name] = done.stdout
    assert not list(project.glob("test_replayed_*"))

    for name, text in written.items():
        (project / f"test_written_{name}.py").write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *sorted(os.fspath(each) for each in project.glob("test_written_*")),
    ]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert f"{len(written)} failed" in ended.stdout
    for error in ("t has 2 rows, not 1", "OperationalError", "assert ['b', 'a'] == ['a', 'b']", "assert 243 != 243"):
        assert error in ended.stdout


def test_a_replay_that_passes_has_nothing_to_write_down(run):
    done = run("replay", str(Token(plan=Plan(), seed=11)), "test_suite.py::test_sound", "--as-test")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "the replay passes" in done.stderr
