"""A campaign among workers that come, go and die: every run is made, once, and the lowest failure is the one that is told."""

import json
from collections import Counter

import pytest

from nexus_testkit.cli.campaign.campaign import TRIES, Campaign
from nexus_testkit.cli.campaign.chunk import Chunk, Made
from nexus_testkit.cli.campaign.ledger import Ledger
from nexus_testkit.cli.campaign.plan import Runs, Size
from nexus_testkit.cli.campaign.subject import Subject
from nexus_testkit.cli.problems import Problem
from nexus_testkit.exploration import Coverage

SEARCH = {"test": "test_a.py::test_a", "seed": 1, "sources": "abc"}
SUBJECT = Subject(
    target="test_a.py::test_a", folder="/", options=(), nodeid="test_a.py::test_a", root="/", search=SEARCH
)


class Workers:
    """An engine whose run n has the schedule `n`; some runs fail, some chunks die, the last one begun is ready first."""

    def __init__(self, slots=3, *, fails=(), dies=(), answers=None):
        self.slots = slots
        self.made = Counter()
        self.begun = []
        self.cancelled = []
        self._fails = dict(fails)
        self._dies = Counter(dies)
        self._answers = answers
        self._waiting = []

    def start(self, chunk, order, /):
        assert (order.first, order.runs) == (chunk.first, chunk.runs)
        self.begun.append(chunk)
        self._waiting.append(chunk)

    def wait(self, seconds, /):
        chunk = self._waiting.pop()
        if self._answers is not None:
            return chunk, self._answers
        if self._dies[chunk.first]:
            self._dies[chunk.first] -= 1
            return chunk, Made(died="signal 9")
        numbers = range(chunk.first, chunk.last + 1)
        failing = next((number for number in numbers if number in self._fails), None)
        numbers = range(chunk.first, (failing or chunk.last) + 1)
        self.made.update(numbers)
        coverage = Coverage(runs=len(numbers), schedules=set(map(str, numbers)))
        failure = None
        if failing is not None:
            failure = {"run": failing, "error": f"{self._fails[failing]}: words {failing}", "at": "a.py:1"}
        return chunk, Made(result={"first": chunk.first, "coverage": coverage.encode(), "failure": failure})

    def cancel(self, chunk, /):
        self._waiting.remove(chunk)
        self.cancelled.append(chunk)

    def close(self):
        pass


def once_each(workers, runs):
    return workers.made == Counter(range(1, runs + 1))


@pytest.mark.parametrize(("slots", "size", "runs"), [(1, 7, 50), (3, 7, 50), (8, 1, 20), (2, 100, 50), (4, None, 777)])
def test_every_run_is_made_once(slots, size, runs):
    workers = Workers(slots)
    standing = Campaign(SUBJECT, workers, runs=runs, size=size).run()
    assert once_each(workers, runs)
    assert standing.coverage.runs == len(standing.coverage.schedules) == runs
    assert not standing.failures


@pytest.mark.parametrize("slots", [1, 2, 5])
@pytest.mark.parametrize("size", [3, 10, 25])
def test_the_failure_of_the_lowest_run_is_told_however_many_workers_there_are(slots, size):
    workers = Workers(slots, fails={70: "KeyError", 32: "ValueError", 33: "KeyError"})
    standing = Campaign(SUBJECT, workers, runs=100, size=size).run()
    assert standing.lowest["run"] == 32
    assert set(range(1, 33)) <= set(workers.made)


def test_a_failure_ends_what_comes_after_it():
    workers = Workers(1, fails={5: "ValueError"})
    Campaign(SUBJECT, workers, runs=100, size=10).run()
    assert workers.begun == [Chunk(1, 10)]
    workers = Workers(4, fails={35: "ValueError", 5: "ValueError"})
    Campaign(SUBJECT, workers, runs=100, size=10).run()
    assert workers.begun == [Chunk(1, 10), Chunk(11, 10), Chunk(21, 10), Chunk(31, 10)]


def test_what_comes_after_a_failure_is_cancelled():
    class FirstComesFirst(Workers):
        def wait(self, seconds, /):
            self._waiting.reverse()
            done = super().wait(seconds)
            self._waiting.reverse()
            return done

    workers = FirstComesFirst(3, fails={5: "ValueError"})
    Campaign(SUBJECT, workers, runs=100, size=10).run()
    assert workers.cancelled == [Chunk(11, 10), Chunk(21, 10)]


def test_a_campaign_that_keeps_going_makes_all_runs_and_tells_bugs_apart():
    workers = Workers(3, fails={70: "KeyError", 32: "ValueError", 33: "KeyError"})
    standing = Campaign(SUBJECT, workers, runs=100, size=10, keep_going=True).run()
    assert once_each(workers, 100)
    assert {bug: failure["run"] for bug, failure in standing.failures.items()} == {
        ("ValueError", "a.py:1"): 32,
        ("KeyError", "a.py:1"): 33,
    }
    assert sum(standing.seen.values()) == 3


def test_a_chunk_whose_process_dies_is_made_again():
    workers = Workers(3, dies={11: TRIES - 1, 31: 1})
    standing = Campaign(SUBJECT, workers, runs=50, size=10).run()
    assert once_each(workers, 50)
    assert not standing.lost


def test_a_chunk_that_kills_every_process_is_told_and_the_others_are_made():
    workers = Workers(3, dies={11: TRIES})
    standing = Campaign(SUBJECT, workers, runs=50, size=10).run()
    ((chunk, why),) = standing.lost
    assert (str(chunk), why) == ("runs 11 to 20", "signal 9")
    assert standing.coverage.runs == 40


@pytest.mark.parametrize("reason", ["differs", "broken"])
def test_what_trying_again_does_not_mend_ends_the_campaign(reason):
    workers = Workers(answers=Made(**{reason: "other" if reason == "differs" else ["other"]}))
    with pytest.raises(Problem, match="other") as caught:
        Campaign(SUBJECT, workers, runs=50, size=10).run()
    assert caught.value.code == 3


def test_a_time_that_is_over_makes_no_runs():
    workers = Workers()
    assert Campaign(SUBJECT, workers, runs=None, minutes=1e-12).run().coverage.runs == 0


# -- the file of results


def interrupted(path, workers, *, after, runs=100):
    """A campaign that is stopped when some chunks are made."""
    made = []

    def stop(result):
        made.append(result)
        if len(made) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Campaign(SUBJECT, workers, runs=runs, size=10, ledger=Ledger(path, SEARCH)).run(stop)


def test_a_campaign_goes_on_where_it_was_stopped(tmp_path):
    path = tmp_path / "results.jsonl"
    first, second = Workers(3), Workers(3)
    interrupted(path, first, after=4)
    standing = Campaign(SUBJECT, second, runs=100, size=7, ledger=Ledger(path, SEARCH)).run()
    assert sum(first.made.values()) == standing.before == 40
    assert first.made + second.made == Counter(range(1, 101))
    assert len(standing.coverage.schedules) == standing.coverage.runs == 100
    third = Workers(3)
    assert Campaign(SUBJECT, third, runs=100, ledger=Ledger(path, SEARCH)).run().coverage == standing.coverage
    assert not third.begun


def test_a_failure_of_the_file_is_told_once_the_runs_before_it_are_made(tmp_path):
    path = tmp_path / "results.jsonl"
    interrupted(path, Workers(3, fails={25: "KeyError"}), after=1)  # the third chunk is ready first
    workers = Workers(3)
    standing = Campaign(SUBJECT, workers, runs=100, size=10, ledger=Ledger(path, SEARCH)).run()
    assert standing.lowest["run"] == 25
    assert set(workers.made) == set(range(1, 21))


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_torn_last_line_is_ignored_with_a_word_and_made_again(tmp_path, cut):
    path = tmp_path / "results.jsonl"
    interrupted(path, Workers(1), after=3)
    path.write_bytes(path.read_bytes()[:-cut])
    ledger = Ledger(path, SEARCH)
    whole = cut == 1  # the end of the line alone is missing
    assert ledger.words == (
        [] if whole else [f"{path}:3 is not a whole result and is ignored; its runs are made again"]
    )
    workers = Workers(1)
    Campaign(SUBJECT, workers, runs=40, size=10, ledger=ledger).run()
    assert set(workers.made) == set(range(31 if whole else 21, 41))
    assert Campaign(SUBJECT, Workers(), runs=40, ledger=Ledger(path, SEARCH)).run().coverage.runs == 40


def test_results_of_another_search_are_left_alone(tmp_path):
    path = tmp_path / "results.jsonl"
    interrupted(path, Workers(1), after=3)
    ledger = Ledger(path, {**SEARCH, "seed": 2, "sources": "def"})
    assert ledger.results == []
    assert ledger.words == [f"{path}: 3 results of another search are left alone (other seed, sources)"]
    assert len(Ledger(path, SEARCH).results) == 3


def test_the_same_runs_of_two_campaigns_count_once(tmp_path):
    path = tmp_path / "results.jsonl"
    interrupted(path, Workers(1), after=3)
    path.write_bytes(path.read_bytes() * 2)
    standing = Campaign(SUBJECT, Workers(1), runs=40, size=10, ledger=Ledger(path, SEARCH)).run()
    assert standing.coverage.runs == 40


def test_a_file_of_something_else_is_refused_and_stays_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("buy milk\nand bread\n", encoding="utf-8")
    with pytest.raises(Problem, match="is not a file of results"):
        Ledger(path, SEARCH)
    assert path.read_text(encoding="utf-8") == "buy milk\nand bread\n"
    with pytest.raises(Problem, match="No such file or directory"):
        Ledger(tmp_path / "nowhere" / "results.jsonl", SEARCH)


def test_each_line_says_what_it_is_a_result_of(tmp_path):
    path = tmp_path / "results.jsonl"
    interrupted(path, Workers(1), after=2)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["search"], line["first"], line["runs"]) for line in lines] == [(SEARCH, 1, 10), (SEARCH, 11, 10)]


# -- which runs come next


def test_runs_that_are_given_back_come_first():
    runs = Runs(100, made=[(11, 21), (1, 6)])
    assert (runs.take(50), runs.take(30)) == (Chunk(6, 5), Chunk(21, 30))
    runs.back(Chunk(6, 5, tries=1))
    assert runs.next == 6
    assert (runs.take(2), runs.take(50), runs.take(50)) == (Chunk(6, 2, 1), Chunk(8, 3, 1), Chunk(51, 50))
    assert (runs.next, runs.take(1)) == (None, None)


def test_runs_without_an_end_never_end():
    runs = Runs(None, made=[(3, 5)])
    assert [runs.take(10) for _ in range(3)] == [Chunk(1, 2), Chunk(5, 10), Chunk(15, 10)]


def test_the_size_of_a_chunk_follows_the_time_that_runs_take():
    size = Size(None, runs=10_000, jobs=4)
    assert size.now == 125
    size.learn(125, 1.0)
    assert size.now == 250
    size.learn(250, 50.0)
    assert size.now == 125
    fixed = Size(10, runs=100, jobs=4)
    fixed.learn(10, 0.1)
    assert fixed.now == 10
