"""The timeline of the terminal: by task, folded, cut with a word, the failing call marked."""

from nexus_testkit.journal import Journal
from nexus_testkit.journal.lines import timeline


class World:
    def __init__(self):
        self.now, self.task = 0.0, "test"
        self.journal = Journal(now=lambda: self.now, task=lambda: self.task)

    def call(self, operation, *arguments, error=None, result=None):
        call = self.journal.begin(operation, arguments, {})
        if error is None:
            self.journal.returned(call, result)
        else:
            self.journal.raised(call, error)
        return call


def test_calls_stand_below_the_name_of_their_task():
    world = World()
    world.call("cache.get", "a")
    world.task, world.now = "flush", 60.0
    world.call("cache.get", "b")
    world.task = "test"
    world.call("cache.get", "c")
    assert timeline(world.journal) == [
        "   test",
        "       0.000 s     1  cache.get('a') -> None",
        "   flush",
        "      60.000 s     2  cache.get('b') -> None",
        "   test",
        "      60.000 s     3  cache.get('c') -> None",
    ]


def test_the_call_that_a_failure_came_of_is_marked():
    world = World()
    raised, other = ConnectionResetError("gone"), LookupError("else")
    world.call("cache.get", "a", error=other)
    world.call("cache.get", "b", error=raised)
    failure = RuntimeError("it failed")
    failure.__cause__ = raised
    lines = timeline(world.journal, error=failure, ending="it failed")
    assert [line for line in lines if line.startswith(">>")] == [
        ">>     0.000 s     2  cache.get('b') !! ConnectionResetError: gone",
        ">> it failed",
    ]


def test_repeated_calls_are_folded():
    world = World()
    for number in range(50):
        world.call("database.execute", "INSERT INTO t VALUES ($1)", number)
    for _ in range(10):
        world.now += 1
        world.call("clock.sleep", 1)
        world.call("cache.get", "ready")
    assert timeline(world.journal) == [
        "   test",
        "       0.000 s     1  database.execute('INSERT INTO t VALUES ($1)', 0)",
        "                      ... 48 more like it, until 0.000 s",
        "       0.000 s    50  database.execute('INSERT INTO t VALUES ($1)', 49)",
        "       1.000 s    51  clock.sleep(1)",
        "       1.000 s    52  cache.get('ready') -> None",
        "                      ... these 2 again, 9 times, until 10.000 s",
    ]


def test_a_marked_call_is_not_folded_away():
    world = World()
    raised = ConnectionResetError("gone")
    for _ in range(5):
        world.call("cache.get", "a", error=ConnectionResetError("gone"))
    world.call("cache.get", "a", error=raised)
    lines = timeline(world.journal, error=raised)
    assert lines[-1].startswith(">>")
    assert "3 more like it" in lines[2]


def test_a_long_timeline_keeps_its_ends_and_what_failed_and_says_what_was_cut():
    world = World()
    raised = ConnectionResetError("gone")
    for number in range(5_000):
        world.call("cache.get", str(number), error=raised if number == 2_000 else None)
    lines = timeline(world.journal, error=raised, ending="it failed")
    assert 50 <= len(lines) <= 60
    assert "cache.get('0')" in lines[1]
    assert "cache.get('4999')" in lines[-2]
    assert any(line.startswith(">>") and "2001  cache.get" in line for line in lines)
    numbers = [line for line in lines if " s " in line]
    left_out = sum(int(line.split()[1]) for line in lines if "left out" in line)
    assert len(numbers) + left_out == 5_000


def test_many_tasks_that_take_turns_stay_within_the_lines():
    world = World()
    for number in range(400):
        world.task = f"worker {number % 7}"
        world.call("cache.get", str(number))
    assert len(timeline(world.journal, ending="it failed")) <= 60


def test_log_lines_and_tasks_that_ended_badly_are_told():
    world = World()
    world.call("cache.get", "a")
    world.journal.note("log", text="two\nlines password=x", level=30, logger="shop")
    world.journal.note("task ends", task="test", text="LookupError: token=x")
    world.journal.note("task ends", task="idle", text="cancelled")
    world.journal.note("task begins", task="other")
    assert timeline(world.journal)[2:] == [
        "       0.000 s        log WARNING shop: two lines password=***",
        "       0.000 s        ends: LookupError: token=***",
    ]
