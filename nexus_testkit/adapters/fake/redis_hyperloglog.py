"""How many different members a HyperLogLog of Redis says it has (`hyperloglog.c`): the same estimate, of registers that are not zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import inf, log, sqrt

_SEED = 0xADC83B19
_PRECISION = 14
_REGISTERS = 1 << _PRECISION
_LONGEST = 64 - _PRECISION  # of a run of zeros
_ALPHA = 0.5 / log(2)
_FACTOR = 0xC6A4A7935BD1E995
_MASK = (1 << 64) - 1


def added(known: Mapping[int, int], members: Iterable[bytes]) -> dict[int, int]:
    """The registers that these members raise, with what they become."""
    found: dict[int, int] = {}
    for member in members:
        index, run = _place(member)
        if run > known.get(index, 0) and run > found.get(index, 0):
            found[index] = run
    return found


def merged(sketches: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """The registers of all of them together."""
    found: dict[int, int] = {}
    for sketch in sketches:
        for index, run in sketch.items():
            if run > found.get(index, 0):
                found[index] = run
    return found


def estimate(known: Mapping[int, int]) -> int:
    """The number that PFCOUNT gives (Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017)."""
    counts = Counter(known.values())
    counts[0] = _REGISTERS - len(known)
    z = _REGISTERS * _tau((_REGISTERS - counts[_LONGEST + 1]) / _REGISTERS)
    for run in range(_LONGEST, 0, -1):
        z = 0.5 * (z + counts[run])
    z += _REGISTERS * _sigma(counts[0] / _REGISTERS)
    return int(_ALPHA * _REGISTERS * _REGISTERS / z + 0.5)


def _place(member: bytes) -> tuple[int, int]:
    """The register of a member, and how long its run of zeros is, the one behind it included."""
    hashed = _murmur(member)
    index = hashed & (_REGISTERS - 1)
    rest = hashed >> _PRECISION | 1 << _LONGEST
    return index, (rest & -rest).bit_length()


def _murmur(data: bytes) -> int:
    """MurmurHash64A, as Redis calls it."""
    hashed = _SEED ^ (len(data) * _FACTOR & _MASK)
    whole = len(data) & ~7
    for at in range(0, whole, 8):
        word = int.from_bytes(data[at : at + 8], "little") * _FACTOR & _MASK
        word = (word ^ word >> 47) * _FACTOR & _MASK
        hashed = (hashed ^ word) * _FACTOR & _MASK
    if whole < len(data):
        hashed = (hashed ^ int.from_bytes(data[whole:], "little")) * _FACTOR & _MASK
    hashed = (hashed ^ hashed >> 47) * _FACTOR & _MASK
    return hashed ^ hashed >> 47


def _sigma(x: float) -> float:
    if x == 1:
        return inf
    y, z, before = 1.0, x, -1.0
    while z != before:
        x *= x
        before = z
        z += x * y
        y += y
    return z


def _tau(x: float) -> float:
    if x in (0, 1):
        return 0.0
    y, z, before = 1.0, 1 - x, -1.0
    while z != before:
        x = sqrt(x)
        before = z
        y *= 0.5
        z -= (1 - x) ** 2 * y
    return z / 3
