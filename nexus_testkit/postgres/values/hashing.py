"""hashtext and hashtextextended (src/common/hashfn.c: Bob Jenkins' lookup3)."""

from __future__ import annotations

_ALL = 0xFFFFFFFF


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _ALL


def _mixed(a: int, b: int, c: int) -> tuple[int, int, int]:
    for first, second, third in ((4, 6, 8), (16, 19, 4)):
        a = (a - c & _ALL) ^ _rotated(c, first)
        c = c + b & _ALL
        b = (b - a & _ALL) ^ _rotated(a, second)
        a = a + c & _ALL
        c = (c - b & _ALL) ^ _rotated(b, third)
        b = b + a & _ALL
    return a, b, c


def _hashed(data: bytes, seed: int = 0) -> tuple[int, int]:
    a = b = c = 0x9E3779B9 + len(data) + 3923095 & _ALL
    if seed:
        a, b, c = _mixed(a + (seed >> 32) & _ALL, b + (seed & _ALL) & _ALL, c)
    whole = len(data) // 12 * 12
    for at in range(0, whole, 12):
        words = [int.from_bytes(data[at + place : at + place + 4], "little") for place in (0, 4, 8)]
        a, b, c = _mixed(a + words[0] & _ALL, b + words[1] & _ALL, c + words[2] & _ALL)
    rest = data[whole:]
    a = a + int.from_bytes(rest[:4], "little") & _ALL
    b = b + int.from_bytes(rest[4:8], "little") & _ALL
    c = c + (int.from_bytes(rest[8:], "little") << 8) & _ALL  # the lowest byte is the length's
    for bits in ((14, 11, 25), (16, 4, 14)):
        c = (c ^ b) - _rotated(b, bits[0]) & _ALL
        a = (a ^ c) - _rotated(c, bits[1]) & _ALL
        b = (b ^ a) - _rotated(a, bits[2]) & _ALL
    c = (c ^ b) - _rotated(b, 24) & _ALL
    return b, c


def hash_text(text: str) -> int:
    """hashtext(text)."""
    value = _hashed(text.encode())[1]
    return value - (1 << 32) if value >= 1 << 31 else value


def hash_text_extended(text: str, seed: int) -> int:
    """hashtextextended(text, seed)."""
    high, low = _hashed(text.encode(), seed % (1 << 64))
    value = high << 32 | low
    return value - (1 << 64) if value >= 1 << 63 else value
