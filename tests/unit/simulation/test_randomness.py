"""Inside `seeded(n)` what Python code draws comes of the seed; outside nothing has changed."""

import gc
import importlib
import os
import random
import secrets
import subprocess
import sys
import types
import uuid
from os import urandom
from random import choice as imported_choice
from random import random as imported_random
from random import seed as imported_seed

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_testkit.errors import SimulationError
from nexus_testkit.simulation import SimulationLoop, randomness, virtual_time
from nexus_testkit.simulation.generator import Calls, Memory, keeper
from nexus_testkit.simulation.randomness import seeded


class Dice(random.Random):
    """A generator of one's own."""

    def seed(self, a=None, version=2):
        super().seed(a, version)


def uuid1_without_time():
    made = uuid.uuid1()
    return made.node, made.clock_seq


def after_seeding_anew():
    random.seed()
    return random.random()


def after_seeding_anew_by_an_imported_name():
    imported_seed()
    return imported_random()


SOURCES = {
    "random": random.random,
    "getrandbits": lambda: random.getrandbits(64),
    "randint": lambda: random.randint(0, 10**9),
    "choice": lambda: random.choice(range(10**9)),
    "shuffle": lambda: random.sample(range(100), 100),
    "gauss": lambda: [random.gauss(0, 1) for _ in range(3)],
    "imported random": imported_random,
    "imported choice": lambda: imported_choice(range(10**9)),
    "Random()": lambda: random.Random().random(),
    "Random(None)": lambda: random.Random(None).random(),
    "a subclass of Random": lambda: Dice().random(),
    "seed()": after_seeding_anew,
    "imported seed()": after_seeding_anew_by_an_imported_name,
    "SystemRandom": lambda: random.SystemRandom().random(),
    "os.urandom": lambda: os.urandom(16),
    "imported urandom": lambda: urandom(16),
    "uuid4": uuid.uuid4,
    "uuid1": uuid1_without_time,
    "getnode": uuid.getnode,
    "token_bytes": secrets.token_bytes,
    "token_hex": secrets.token_hex,
    "token_urlsafe": secrets.token_urlsafe,
    "secrets.choice": lambda: secrets.choice(range(10**9)),
    "secrets.randbelow": lambda: secrets.randbelow(10**9),
    "secrets.randbits": lambda: secrets.randbits(64),
}
if hasattr(os, "getrandom"):
    SOURCES["os.getrandom"] = lambda: os.getrandom(16)
if hasattr(uuid, "uuid7"):  # Python 3.14; the upper bits are the time
    SOURCES["uuid6"] = lambda: uuid.uuid6().int & (1 << 62) - 1
    SOURCES["uuid7"] = lambda: uuid.uuid7().int & (1 << 32) - 1
    SOURCES["uuid8"] = uuid.uuid8


def drawn(seed, draw):
    with seeded(seed):
        return [draw(), draw()]


@pytest.mark.parametrize("draw", [pytest.param(draw, id=name) for name, draw in SOURCES.items()])
def test_what_is_drawn_comes_of_the_seed_alone(draw):
    first = drawn(1, draw)
    draw()
    assert drawn(1, draw) == first
    assert drawn(2, draw) != first


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"getnode", "uuid1", "uuid6"}))
def test_each_draw_gives_something_new(name):
    first, second = drawn(1, SOURCES[name])
    assert first != second


def test_random_is_as_after_its_own_seed():
    with seeded(42):
        inside = [random.random() for _ in range(700)], random.gauss(0, 1)
    own = random.Random(42)
    assert inside == ([own.random() for _ in range(700)], own.gauss(0, 1))


def test_bytes_of_the_system_do_not_disturb_random():
    with seeded(1):
        plain = [random.random() for _ in range(3)]
    with seeded(1):
        mixed = []
        for _ in range(3):
            uuid.uuid4(), secrets.token_hex(), random.Random()
            mixed.append(random.random())
    assert mixed == plain


def test_a_generator_with_a_seed_of_its_own_is_left_alone():
    outside = random.Random("mine").random(), random.Random(7).random(), random.Random(b"mine").random()
    with seeded(1):
        assert (random.Random("mine").random(), random.Random(7).random(), random.Random(b"mine").random()) == outside
        with pytest.raises(TypeError):
            random.Random([])


def outside():
    """All that a block touches."""
    return (
        random.getstate(),
        random.Random.seed,
        random.Random.seed.__code__,
        {name: vars(module)[name] for module in (os, random) for name in vars(module) if "random" in name},
        vars(uuid).copy(),
        globals()["urandom"],
    )


def test_outside_all_is_as_before():
    random.gauss(0, 1)  # keeps a number for the next call
    before = outside()
    with seeded(1):
        for draw in SOURCES.values():
            draw()
        assert outside() != before
    assert outside() == before


def test_outside_all_is_as_before_also_after_an_error():
    before = outside()
    with pytest.raises(ZeroDivisionError), seeded(1):
        random.choice([1]) / 0
    assert outside() == before


def test_a_nested_block_decides_while_it_lasts():
    with seeded(1):
        plain = [random.random(), os.urandom(4), random.random(), os.urandom(4)]
    before = outside()
    with seeded(1):
        first = [random.random(), os.urandom(4)]
        with seeded(2):
            inner = [random.random(), os.urandom(4)]
        assert [*first, random.random(), os.urandom(4)] == plain
    assert outside() == before
    with seeded(2):
        assert [random.random(), os.urandom(4)] == inner


def test_blocks_can_be_left_in_the_order_in_which_they_were_entered():
    before = outside()
    blocks = [seeded(seed) for seed in range(3)]
    for block in blocks:
        block.__enter__()
    blocks[1].__exit__()
    with seeded(2):
        fresh = random.random(), os.urandom(4)
    assert (random.random(), os.urandom(4)) == fresh
    blocks[0].__exit__()
    assert outside() != before
    blocks[2].__exit__()
    assert outside() == before


def test_a_block_is_entered_and_left_in_turn():
    before = outside()
    block = seeded(1)
    with pytest.raises(SimulationError, match="has not been entered"):
        block.__exit__()
    with block:
        first = random.random(), os.urandom(4)
        with pytest.raises(SimulationError, match="entered already"):
            block.__enter__()
    with block:
        assert (random.random(), os.urandom(4)) == first
    with pytest.raises(SimulationError, match="left already"):
        block.__exit__()
    assert outside() == before


@pytest.mark.parametrize("seed", ["1", 1.0, None])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(SimulationError, match="no whole number"):
        seeded(seed)


def test_wrong_sizes_fail_as_they_do_outside():
    def failures():
        found = []
        for size in (-1, "1", 1.5):
            with pytest.raises((TypeError, ValueError)) as caught:
                os.urandom(size)
            found.append((caught.type, str(caught.value)))
        return found

    before = failures()
    with seeded(1):
        assert failures() == before
        assert os.urandom(0) == b""


def test_a_name_that_was_imported_inside_is_real_outside():
    module = types.ModuleType("imported_inside")
    with seeded(1):
        exec("from os import urandom", vars(module))
        assert module.urandom(16) == drawn(1, lambda: os.urandom(16))[0]
    assert len(module.urandom(16)) == 16
    assert module.urandom(16) != module.urandom(16)


def test_a_module_that_came_later_is_found(monkeypatch):
    drawn(1, random.random)
    module = types.ModuleType("came_later")
    module.urandom = os.urandom
    monkeypatch.setitem(sys.modules, "came_later", module)
    assert drawn(1, lambda: module.urandom(8)) == drawn(1, lambda: os.urandom(8))
    assert module.urandom is os.urandom


def test_uuid1_goes_on_where_it_was_and_has_the_time_of_the_clock():
    before = uuid.uuid1()
    with seeded(1):
        inside = uuid.uuid1()
    after = uuid.uuid1()
    assert before.time <= inside.time <= after.time + 1
    assert before.node == after.node != inside.node
    assert inside.node >> 40 & 1, "the bit that says: no network card"


def test_time_machine_may_be_left_inside_a_block_that_was_entered_after_it():
    original = uuid._generate_time_safe
    loop = SimulationLoop()
    time = virtual_time(loop)
    time.__enter__()
    with seeded(1):
        time.__exit__()
    loop.close()
    assert original is not None, "a Python built without libuuid: this test shows nothing"
    assert uuid._generate_time_safe is original


def test_the_generator_s_memory_and_its_methods_agree():
    generator = random._inst
    assert Memory.fits(generator), "this Python lays out _random.Random in another way: see generator.py"
    assert isinstance(keeper(generator), Memory)
    memory, calls = Memory(generator), Calls(generator)
    for keeper_ in (memory, calls):
        random.gauss(0, 1)
        state, public = keeper_.save(), random.getstate()
        expected = [random.gauss(0, 1), random.random()]
        keeper_.restore(state)
        assert random.getstate() == public
        assert [random.gauss(0, 1), random.random()] == expected


def test_python_has_the_private_names_that_are_replaced():
    """A canary: where this fails, Python has changed (randomness.py names them)."""
    assert random.random.__self__ is random._inst, "random._inst"
    assert random._urandom is os.urandom, "random._urandom"
    assert {"_node", "_generate_time_safe", "_last_timestamp"} <= set(randomness._UUID_FRESH), "uuid's globals"
    assert random.Random.seed.__code__.co_freevars == ("__class__",), "Random.seed"


def test_a_generator_of_another_layout_is_not_read():
    class Strange:
        def getstate(self):
            return 3, (0,) * 625, None

    assert not Memory.fits(Strange())
    assert isinstance(keeper(Strange()), Calls)


def test_blocks_work_by_methods_alone(monkeypatch):
    monkeypatch.setattr(randomness, "_KEEPER", Calls(random._inst))
    before = outside()
    fast = drawn(1, random.random)
    assert outside() == before
    monkeypatch.undo()
    assert drawn(1, random.random) == fast


@given(st.integers(0, 3))
def test_hypothesis_finds_random_as_it_seeded_it(seed):
    begin = random.Random(0).getstate()
    assert random.getstate() == begin
    with seeded(seed):
        assert random.random() == random.Random(seed).random()
    assert random.getstate() == begin


@given(st.data())
def test_hypothesis_draws_inside_as_it_does_outside(data):
    with seeded(1):
        number = data.draw(st.integers())
        assert isinstance(number, int)
        assert random.random() == random.Random(1).random()


def test_nothing_is_left_in_memory():
    with seeded(1):
        os.urandom(1)
    assert randomness._entered == []
    gc.collect()
    assert not [each for each in gc.get_objects() if isinstance(each, seeded)]


SCRIPT = """
import os, random, secrets, uuid
from nexus_testkit.simulation.randomness import seeded
with seeded(7):
    made = uuid.uuid1()
    print(random.random(), random.Random().random(), os.urandom(8), secrets.token_hex(), uuid.uuid4(), made.node, made.clock_seq)
print(hash("a"))
"""


def test_two_processes_draw_the_same_whatever_their_hash_seeds():
    def output(hash_seed):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    (first, hash_1), (second, hash_2) = output("1"), output("2")
    assert first == second
    assert hash_1 != hash_2


def test_a_module_that_is_loaded_inside_disturbs_nobody(tmp_path, monkeypatch):
    (tmp_path / "draws_at_once.py").write_text(
        "import random\nGENERATOR = random.Random()\nFIRST = GENERATOR.random()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    firsts = []
    for loads in (True, False, True):
        with seeded(7):
            if loads:
                firsts.append(importlib.import_module("draws_at_once").FIRST)
                del sys.modules["draws_at_once"]
            drawn = uuid.uuid4(), secrets.token_hex(8), random.Random().random()
        with seeded(7):
            assert drawn == (uuid.uuid4(), secrets.token_hex(8), random.Random().random())
    assert firsts[0] == firsts[1]


def test_a_program_that_is_a_module_itself_draws_as_any_other(tmp_path, monkeypatch):
    """What is below the block does not count: a script that is imported may run a world."""
    text = "import random\nfrom nexus_testkit.simulation.randomness import seeded\nwith seeded({}):\n    FIRST = random.Random().random()\n"
    for seed in (1, 2):
        (tmp_path / f"runs_a_world_{seed}.py").write_text(text.format(seed))
    monkeypatch.syspath_prepend(tmp_path)
    first, second = (importlib.import_module(f"runs_a_world_{seed}").FIRST for seed in (1, 2))
    assert first != second
