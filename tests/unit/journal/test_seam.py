"""The seam: what crosses it is noted, and what a decision does to it happens there."""

import pytest

from nexus_testkit.journal import Disturbance, Journal, Seam
from nexus_testkit.simulation import current_loop, run


def seam_of(loop):
    return Seam(Journal(now=loop.time, task=lambda: "task"), sleep=loop.advance)


class Always:
    def __init__(self, disturbance):
        self.disturbance = disturbance

    def decide(self, call):
        return self.disturbance


async def double(number, *, plus=0):
    return 2 * number + plus


async def fail():
    raise KeyError("gone")


def test_a_call_is_noted_with_arguments_and_result():
    async def main():
        seam = seam_of(current_loop())
        assert await seam.call("cache.get", double, 21, plus=1) == 43
        (call,) = seam.journal
        assert (call.number, call.port, call.operation) == (1, "cache", "cache.get")
        assert (call.arguments, call.options, call.result, call.error) == ((21,), {"plus": 1}, 43, None)
        assert call.describe() == "cache.get(21, plus=1) -> 43"

    run(main)


def test_an_error_is_noted_and_goes_on():
    async def main():
        seam = seam_of(current_loop())
        with pytest.raises(KeyError):
            await seam.call("cache.get", fail)
        (call,) = seam.journal
        assert isinstance(call.error, KeyError)
        assert call.describe() == "cache.get() !! KeyError: 'gone'"
        assert not call.pending

    run(main)


def test_a_call_that_never_came_back_says_so():
    journal = Journal(now=lambda: 0.0, task=lambda: None)
    call = journal.begin("http.request", ("GET", "https://a.example/"), {})
    assert call.pending
    assert call.describe() == "http.request('GET', 'https://a.example/') ... never came back"


def test_later_changes_do_not_rewrite_the_journal():
    journal = Journal(now=lambda: 0.0, task=lambda: None)
    given = {"a": 1}
    call = journal.begin("database.execute", ("INSERT", given), {})
    given["a"] = 2
    assert call.describe().startswith("database.execute('INSERT', {'a': 1})")


def test_a_decided_delay_passes_on_the_worlds_clock():
    async def main():
        loop = current_loop()
        seam = seam_of(loop)
        seam.decider = Always(Disturbance(delay_s=12.0))
        assert await seam.call("cache.get", double, 1) == 2
        (call,) = seam.journal
        assert (call.started_at, call.ended_at) == (0.0, 12.0)

    run(main)


@pytest.mark.parametrize(("loses_reply", "effects"), [(False, 0), (True, 1)])
def test_a_decided_error_replaces_the_call_or_only_its_reply(loses_reply, effects):
    done = []

    async def effect():
        done.append(1)

    async def main():
        seam = seam_of(current_loop())
        seam.decider = Always(Disturbance(error=ConnectionResetError("gone"), loses_reply=loses_reply))
        with pytest.raises(ConnectionResetError):
            await seam.call("cache.set", effect)

    run(main)
    assert len(done) == effects
