"""Integers and booleans: input, and the arithmetic of integers. A bool is 0 or 1."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.floats import Float
from nexus_testkit.postgres.values.numeric import division_by_zero
from nexus_testkit.postgres.values.types import INTEGERS, SPACE, display

_INTEGER = re.compile(
    r"[+-]?(?:\d+(?:_\d+)*|0[xX](?:_?[0-9a-fA-F]+)+|0[oO](?:_?[0-7]+)+|0[bB](?:_?[01]+)+)\Z", re.ASCII
)
_FALSE_WORDS, _TRUE_WORDS = ("false", "no"), ("true", "yes")


def parse_integer(text: str, type_name: str) -> int:
    """The integer of an input text; 22P02 if it is none, 22003 if the type cannot hold it."""
    stripped = text.strip(SPACE)
    if not _INTEGER.match(stripped):
        raise database_error("22P02", f'invalid input syntax for type {display(type_name)}: "{text}"')
    if stripped.lstrip("+-")[:2].lower() in {"0x", "0o", "0b"}:
        sign = -1 if stripped[0] == "-" else 1
        value = sign * int(stripped.lstrip("+-").replace("_", ""), 0)
    else:
        value = int(stripped)
    limit = INTEGERS[type_name]
    if not -limit <= value < limit:
        raise database_error("22003", f'value "{text}" is out of range for type {display(type_name)}')
    return value


def check_integer(value: int, type_name: str) -> int:
    """The value; 22003 if the type cannot hold it."""
    limit = INTEGERS[type_name]
    if not -limit <= value < limit:
        raise database_error("22003", f"{display(type_name)} out of range")
    return value


def float_to_integer(value: Float, type_name: str) -> int:
    """Half to even, as rint(3)."""
    if isinstance(value, str) or math.isinf(value):
        raise database_error("22003", f"{display(type_name)} out of range")
    return check_integer(round(value), type_name)


def parse_bool(text: str) -> int:
    """1 or 0 for PostgreSQL's words and their unique beginnings; 22P02 else."""
    word = text.strip(SPACE).lower()
    if word:
        if word in {"1", "on"} or any(full.startswith(word) for full in _TRUE_WORDS):
            return 1
        if word in {"0", "off", "of"} or any(full.startswith(word) for full in _FALSE_WORDS):
            return 0
    raise database_error("22P02", f'invalid input syntax for type boolean: "{text}"')


def integer_operations(type_name: str) -> dict[str, Callable[..., int]]:
    """The arithmetic of one integer type, by operator; each raises 22003 out of its range and 22012 by zero."""
    limit = INTEGERS[type_name]
    low, high = -limit, limit - 1
    name = display(type_name)

    def check(value: int) -> int:
        if low <= value <= high:
            return value
        raise database_error("22003", f"{name} out of range")

    def divide(a: int, b: int) -> int:
        if not b:
            raise division_by_zero()
        whole = abs(a) // abs(b)
        return check(whole if (a < 0) == (b < 0) else -whole)

    def modulo(a: int, b: int) -> int:
        if not b:
            raise division_by_zero()
        rest = abs(a) % abs(b)
        return -rest if a < 0 else rest

    def shift_left(a: int, by: int) -> int:
        width = 64 if type_name == "int8" else 32
        value = (a << (by % width)) & ((1 << width) - 1)
        value = value - (1 << width) if value >> (width - 1) else value
        return value if type_name != "int2" else (value + limit) % (2 * limit) - limit

    def shift_right(a: int, by: int) -> int:
        return a >> (by % (64 if type_name == "int8" else 32))

    return {
        "add": lambda a, b: check(a + b),
        "sub": lambda a, b: check(a - b),
        "mul": lambda a, b: check(a * b),
        "div": divide,
        "mod": modulo,
        "neg": lambda a: check(-a),
        "abs": lambda a: check(abs(a)),
        "and": lambda a, b: a & b,
        "or": lambda a, b: a | b,
        "xor": lambda a, b: a ^ b,
        "shl": shift_left,
        "shr": shift_right,
        "gcd": lambda a, b: check(math.gcd(a, b)),
        "lcm": lambda a, b: check(math.lcm(a, b)),
    }
