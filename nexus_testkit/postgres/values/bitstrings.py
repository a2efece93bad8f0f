"""bit and bit varying (src/backend/utils/adt/varbit.c).

Stored as text, one `0` or `1` a bit: that is also their output, and its order is theirs (`bit_cmp` compares bytes, then lengths; a
value that another one begins with is the smaller one either way).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.bitclass import bit_class
from nexus_testkit.postgres.values.types import Typmod, modifiers

_HEX = "0123456789abcdefABCDEF"
_INT4 = 1 << 31


def parse(text: str) -> str:
    """The bits of an input text: binary digits, or hexadecimal ones after an x (`bit_in`, `varbit_in`)."""
    if text[:1] in ("x", "X"):
        for char in text[1:]:
            if char not in _HEX:
                raise database_error("22P02", f'"{char}" is not a valid hexadecimal digit')
        return "".join(f"{int(char, 16):04b}" for char in text[1:])
    digits = text[1:] if text[:1] in ("b", "B") else text
    for char in digits:
        if char not in "01":
            raise database_error("22P02", f'"{char}" is not a valid binary digit')
    return digits


def fit(bits: str, type_name: str, typmod: Typmod, kind: str) -> str:
    """A value with the length that its type has: an explicit cast cuts and pads on the right, everything else refuses."""
    size = modifiers(typmod)[0]
    if type_name == "varbit":
        if len(bits) <= size:
            return bits
        if kind != "e":
            raise database_error("22001", f"bit string too long for type bit varying({size})")
        return bits[:size]
    if len(bits) == size:
        return bits
    if kind != "e":
        raise database_error("22026", f"bit string length {len(bits)} does not match type bit({size})")
    return bits[:size].ljust(size, "0")


def of_integer(number: int, typmod: Typmod) -> str:
    """The last bits of a number, its sign going on to the left (`bitfromint4`, `bitfromint8`)."""
    size = modifiers(typmod)[0] if modifiers(typmod) else 1
    return f"{number % (1 << size):0{size}b}"


def to_integer(bits: str, width: int) -> int:
    """The number whose binary digits these are; a full one may be negative (`bittoint4`, `bittoint8`)."""
    if len(bits) > width:
        raise database_error("22003", f"{'integer' if width == 32 else 'bigint'} out of range")
    number = int(bits or "0", 2)
    return number - (1 << width) if number >> (width - 1) else number


def integer_of(number: int, size: int) -> str:
    """The function `"bit"(integer, size)`."""
    return of_integer(number, max(size, 1))


def sized(type_name: str, bits: str, size: int, explicit: int) -> str:
    """The functions `"bit"(bits, size, explicit)` and `varbit(...)`; a size that is none leaves the value as it is."""
    return bits if size <= 0 else fit(bits, type_name, size, "e" if explicit else "i")


def combine(operator: str, left: str, right: str) -> str:
    """`&`, `|` and `#`; 22026 where the lengths differ."""
    if len(left) != len(right):
        word = {"&": "AND", "|": "OR", "#": "XOR"}[operator]
        raise database_error("22026", f"cannot {word} bit strings of different sizes")
    if not left:
        return ""
    a, b = int(left, 2), int(right, 2)
    made = a & b if operator == "&" else a | b if operator == "|" else a ^ b
    return f"{made:0{len(left)}b}"


def invert(bits: str) -> str:
    """`~`."""
    return bits.translate({48: "1", 49: "0"})


def shift(bits: str, places: int) -> str:
    """`<<`, and `>>` for a negative number of places; the length stays."""
    if places >= 0:
        return bits[places:].ljust(len(bits), "0")
    return bits[: max(len(bits) + places, 0)].rjust(len(bits), "0")


def count(bits: str) -> int:
    """bit_count."""
    return bits.count("1")


def substring(bits: str, start: int, length: int | None = None) -> str:
    """substring(bits from start for length)."""
    if length is None:
        return bits[max(start - 1, 0) :]
    if length < 0:
        raise database_error("22011", "negative substring length not allowed")
    return bits[max(start - 1, 0) : max(start - 1 + length, 0)]


def overlay(bits: str, new: str, start: int, length: int | None = None) -> str:
    """overlay(bits placing new from start for length)."""
    taken = len(new) if length is None else length
    if start <= 0:
        raise database_error("22011", "negative substring length not allowed")
    end = start + taken
    if not -_INT4 <= end < _INT4:
        raise database_error("22003", "integer out of range")
    return bits[: start - 1] + new + bits[max(end - 1, 0) :]


def position(wanted: str, bits: str) -> int:
    """position(wanted in bits)."""
    return bits.find(wanted) + 1 if bits else 0


def get_bit(bits: str, at: int) -> int:
    """get_bit: from 0, the leftmost first."""
    _require_index(bits, at)
    return int(bits[at])


def set_bit(bits: str, at: int, value: int) -> str:
    """set_bit."""
    _require_index(bits, at)
    if value not in (0, 1):
        raise database_error("22023", "new bit must be 0 or 1")
    return f"{bits[:at]}{value}{bits[at + 1 :]}"


def _require_index(bits: str, at: int) -> None:
    if not 0 <= at < len(bits):
        raise database_error("2202E", f"bit index {at} out of valid range (0..{len(bits) - 1})")


class _Combined:
    """An aggregate of `&`, `|` or `#`."""

    operator = ""

    def __init__(self, _session: object) -> None:
        self._value: str | None = None

    def step(self, bits: str | None) -> None:
        """One row's value."""
        if bits is not None:
            self._value = bits if self._value is None else combine(self.operator, self._value, bits)

    def finalize(self) -> str | None:
        """All of them combined; NULL for none."""
        return self._value


class AndAgg(_Combined):
    """bit_and of bit strings."""

    operator = "&"


class OrAgg(_Combined):
    """bit_or of bit strings."""

    operator = "|"


class XorAgg(_Combined):
    """bit_xor of bit strings."""

    operator = "#"


def decode(bits: str) -> Any:
    """The Python value (asyncpg/pgproto/codecs/bits.pyx)."""
    made = int(bits.ljust(-len(bits) % 8 + len(bits), "0") or "0", 2).to_bytes((len(bits) + 7) // 8, "big")
    return bit_class().frombytes(made, len(bits))


def encode(value: Any, wrong: Callable[[str], Exception]) -> str:
    """The bits of a BitString, or of something bytes-like: eight a byte."""
    if all(hasattr(value, name) for name in ("as_string", "to_int", "bytes")):
        data, size = bytes(value.bytes), len(value)
        if len(data) != (size + 7) // 8:
            raise UnsupportedSQL("a BitString of more bytes than its bits need (the server refuses its binary form)")
    else:
        try:
            data = bytes(memoryview(value))
        except TypeError:
            raise wrong(f"a bytes-like object is required, not {type(value).__name__!r}") from None
        size = len(data) * 8
    return "".join(f"{byte:08b}" for byte in data)[:size]
