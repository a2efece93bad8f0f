"""Randomness that a seed decides: `random`, `uuid`, `secrets` and `os.urandom`, as Python code sees them."""

from __future__ import annotations

import _random
import os
import random
import sys
import uuid
from collections.abc import Callable, Iterator
from operator import index
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

from nexus_testkit.errors import SimulationError
from nexus_testkit.simulation.generator import keeper


class seeded:  # noqa: N801  # reads like a function where it is used
    """A block in which what Python code draws at random comes of `seed` alone, in every process.

    That is what the functions of `random`, `secrets` and `uuid`, `os.urandom` and `os.getrandom` give, also where they
    were imported by name before, and `random.Random()` without a seed and `random.SystemRandom`. `random` is in the
    state of `random.seed(seed)`; bytes of the system come from a second stream, so that neither disturbs the other.
    `uuid1` has the time of the clock, and a node and a sequence that come of the seed. After the block all is as before, the
    state of `random` included. Blocks may be nested, and left in any order: the one entered last decides. About 10 µs.
    A module that is loaded inside, and makes a `random.Random()` for itself, does not disturb what others draw: it is
    loaded once in a process, and a later block is to draw what the first did.

    Limits: the whole process sees it, other threads too. Out of its reach is what C or Rust draws by itself: the order of
    sets of strings (PYTHONHASHSEED), OpenSSL (`ssl`, keys and nonces of `cryptography`), `numpy.random`'s global
    generator, `_random.Random()`, SQLite's `random()`. So is a `urandom` that was imported under a third name. What is
    drawn inside is no secret: it must guard nothing outside.

    Raises:
        SimulationError: `seed` is no int, or the block is entered twice at once, or left before it was entered.
    """

    __slots__ = ("_before", "_depth", "_seed", "_system")

    def __init__(self, seed: int) -> None:
        """A block with this seed; enter it with `with`."""
        if not isinstance(seed, int):
            raise SimulationError(f"seed={seed!r} is no whole number", hint="an int, such as 0")
        self._seed = seed
        self._system: random.Random | None = None

    def __enter__(self) -> None:
        if self in _entered:
            raise SimulationError("this block has been entered already", hint="seeded(...) anew for each block")
        self._before = _KEEPER.save(), {name: _UUID[name] for name in _UUID_FRESH}
        self._depth = sum(1 for _ in _frames())
        self._system = None
        if not _entered:
            _replace_names()
        _entered.append(self)
        # Not random.seed(), which spends a microsecond on the kinds of seeds that there are.
        _random.Random.seed(_GLOBAL, self._seed)
        _GLOBAL.gauss_next = None  # type: ignore[attr-defined]  # not in typeshed
        _UUID.update(_UUID_FRESH)
        # As uuid makes one where there is no network card; the multiplication spreads seeds that follow one another.
        _UUID["_node"] = (self._seed * 0x9E3779B97F4A7C15 >> 16) & 0xFFFF_FFFF_FFFF | 1 << 40

    def __exit__(self, *exception: object) -> None:
        if self not in _entered:
            raise SimulationError("this block has not been entered, or has been left already")
        place = _entered.index(self)
        if place < len(_entered) - 1:
            # Left before the one inside it: that one restores what was before both.
            _entered.pop(place)
            _entered[place]._before = self._before  # noqa: SLF001  # its own class
            return
        _entered.pop()
        state, uuids = self._before
        _KEEPER.restore(state)
        if _UUID["_generate_time_safe"] is not None:
            # Put back meanwhile by time-machine, which takes it away too, and was entered before this block and left inside.
            del uuids["_generate_time_safe"]
        _UUID.update(uuids)
        if not _entered:
            _restore_names()

    def is_loading(self) -> bool:
        """Whether a module is being loaded, by what runs in this block."""
        loading = [frame.f_code.co_filename == _IMPORTING for frame in _frames()]
        return any(loading[: max(0, len(loading) - self._depth)])

    def system_bytes(self, size: int) -> bytes:
        """What stands for the system's randomness."""
        system = self._system
        if system is None:
            # Made of text, which Random hashes with SHA-512: another stream than that of the number.
            self._system = system = random.Random(f"system {self._seed}")  # noqa: S311  # the point is that it can be foretold
        return system.getrandbits(8 * size).to_bytes(size, "little")


_IMPORTING = "<frozen importlib._bootstrap>"
_OF_MODULES = 20_260_101  # the seed of all generators that modules make for themselves while they are loaded


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # what inspect.currentframe() is
    while frame is not None:
        yield frame
        frame = frame.f_back


_entered: list[seeded] = []

_GLOBAL: random.Random = random._inst  # noqa: SLF001  # random's functions are its methods
_KEEPER = keeper(_GLOBAL)
_UUID = vars(uuid)
# `_generate_time_safe` is libuuid's uuid1. The others are what the last call of each kind left for the next one.
_UUID_FRESH = dict.fromkeys(
    name for name in _UUID if name in {"_node", "_generate_time_safe"} or name.startswith("_last_")
)


def _system_bytes(real: Callable[..., bytes], size: int, *rest: Any) -> bytes:
    # Whoever imports one of these names in a block keeps it after the block.
    if not _entered:
        return real(size, *rest)
    size = index(size)
    if size < 0:
        raise ValueError("negative argument not allowed")
    return _entered[-1].system_bytes(size)


_real_urandom = os.urandom
_real_getrandom: Callable[..., bytes] | None = getattr(os, "getrandom", None)


def _urandom(size: int, /) -> bytes:
    return _system_bytes(_real_urandom, size)


def _getrandom(size: int, flags: int = 0) -> bytes:
    return _system_bytes(_real_getrandom or _real_urandom, size, flags)


# `random` has it as `_urandom`.
_STAND_INS: dict[str, tuple[object, Callable[..., bytes]]] = {
    "urandom": (_real_urandom, _urandom),
    "_urandom": (_real_urandom, _urandom),
}
if _real_getrandom is not None:
    _STAND_INS["getrandom"] = _real_getrandom, _getrandom

_places: list[tuple[dict[str, Any], str, object]] = []
_modules_seen = 0


def _replace_names() -> None:
    global _modules_seen  # noqa: PLW0603  # the search is repeated only where a module was added since
    if _modules_seen != len(sys.modules):
        _modules_seen = len(sys.modules)
        _find_places()
    for names, name, _ in _places:
        names[name] = _STAND_INS[name][1]
    _SEED.__code__ = _SEED_DRAWN


def _restore_names() -> None:
    for names, name, real in _places:
        names[name] = real
    _SEED.__code__ = _SEED_STOCK


def _find_places() -> None:
    """Every module in which a name stands for the system's randomness: `os`, `random`, and whoever imported it by name."""
    _places.clear()
    for module in list(sys.modules.values()):
        if not issubclass(type(module), ModuleType):
            continue
        # Not vars(): a module that is loaded lazily would be loaded by it.
        names = object.__getattribute__(module, "__dict__")
        for name, (real, _) in _STAND_INS.items():
            if names.get(name) is real:
                _places.append((names, name, real))


# -- Random.seed(None), which reads the system's randomness in C

# Its code is replaced and not the method: `from random import seed` has the method bound already, and a class whose
# attributes change a thousand times loses Python's caches for good (MAX_VERSIONS_PER_CLASS, 3.12).
_SEED: FunctionType = random.Random.seed  # type: ignore[assignment]  # a plain function, which typeshed does not say
_SEED_STOCK = _SEED.__code__
_seed_stock = FunctionType(_SEED_STOCK, _SEED.__globals__, "seed", _SEED.__defaults__, _SEED.__closure__)


def seed_drawn(generator: random.Random, a: Any, version: int) -> None:
    """`Random.seed` inside a block: a seed that is not given is drawn."""
    if a is None:
        a = _OF_MODULES if _entered and _entered[-1].is_loading() else int.from_bytes(_urandom(32), "little")
    _seed_stock(generator, a, version)


def _drawing_code(__class__: type) -> CodeType:
    # Code can be exchanged only where both close over as many names: `super()` makes that one, `__class__`. It runs
    # among the globals of `random`, so it imports what it calls.
    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        from nexus_testkit.simulation.randomness import seed_drawn  # noqa: PLC0415  # see above

        _ = __class__
        return seed_drawn(self, a, version)

    return seed.__code__


_SEED_DRAWN = _drawing_code(random.Random)
