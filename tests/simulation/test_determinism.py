"""The same decisions give the same trace, in this process and in others with other hash seeds."""

from tests.simulation.determinism import PLANS, determinism, trace


def test_one_trace_in_this_process():
    assert len({trace(6) for _ in range(5)}) == 1


def test_other_decisions_are_other_traces():
    assert len({trace(number) for number in range(1, PLANS + 1)}) == PLANS


def test_one_trace_in_several_processes_with_random_hash_seeds(capsys):
    assert determinism(40, processes=2) == 0
    assert "40 runs of 10 plans in 2 processes: 1 trace for each" in capsys.readouterr().out
