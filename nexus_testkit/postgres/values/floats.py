"""Floats: input, output, arithmetic.

float4 and float8 are stored as REAL, infinities included; NaN, which SQLite turns into NULL, is the TEXT `NaN`, which SQLite
sorts above every REAL as PostgreSQL sorts NaN above every number.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from decimal import Decimal

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.numeric import division_by_zero
from nexus_testkit.postgres.values.types import SPACE, display

Float = float | str

_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_HEX_FLOAT = re.compile(r"[+-]?0x[0-9a-f]+(\.[0-9a-f]*)?(p[+-]?[0-9]+)?", re.IGNORECASE)
_FLOAT_WORDS: dict[str, Float] = {
    "nan": "NaN",
    "inf": math.inf,
    "+inf": math.inf,
    "-inf": -math.inf,
    "infinity": math.inf,
    "+infinity": math.inf,
    "-infinity": -math.inf,
}
#: From here on, floats lie so far apart that an integer can be halfway between two of them.
_SPARSE = float(1 << 53)


def parse_float(text: str, type_name: str) -> Float:
    """The float of an input text; 22P02 if it is none, 22003 for overflow and underflow."""
    stripped = text.strip(SPACE)
    word = _FLOAT_WORDS.get(stripped.lower())
    if word is not None:
        return word
    if _HEX_FLOAT.fullmatch(stripped):  # strtod reads it
        stripped = repr(float.fromhex(stripped))
    if not _FLOAT.match(stripped):
        raise database_error("22P02", f'invalid input syntax for type {display(type_name)}: "{text}"')
    value = float(stripped)
    small = single(value) if type_name == "float4" else value
    mantissa = stripped.lower().partition("e")[0]
    if small is None or math.isinf(small) or (small == 0 and mantissa.strip("+-0.") != ""):
        raise database_error("22003", f'"{stripped}" is out of range for type {display(type_name)}')
    return small


def single(value: float) -> float | None:
    """The nearest float4, or None where it overflows."""
    try:
        result: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return None
    return result


def to_float4(value: Float) -> Float:
    """float8 to float4; 22003 for overflow and underflow."""
    if isinstance(value, str):
        return value
    result = single(value)
    if result is None:
        raise database_error("22003", "value out of range: overflow")
    if result == 0 and value != 0:
        raise database_error("22003", "value out of range: underflow")
    return result


def float_text(value: Float) -> str:
    """float8's shortest text that reads back the same (extra_float_digits = 1)."""
    if isinstance(value, str):
        return value
    text = repr(value)
    if _SPARSE <= abs(value) < math.inf and _halfway(text, value):
        # Python takes a text that is halfway to the next float, src/common/d2s.c does not (acceptBounds is false).
        text = next(
            longer
            for places in (15, 16)
            if float(longer := f"{value:.{places}e}") == value and not _halfway(longer, value)
        )
    return _notation(text, 15)


def _halfway(text: str, value: float) -> bool:
    gap = abs(Decimal(text) - Decimal(value)) * 2
    return gap >= Decimal(math.ulp(value)) or (
        gap > 0 and gap >= abs(Decimal(value) - Decimal(math.nextafter(value, 0)))
    )


def float4_text(value: Float) -> str:
    """float4's shortest text that reads back the same float4."""
    if isinstance(value, str):
        return value
    if not math.isfinite(value) or value == 0:
        return _notation(repr(value), 6)
    low, high = _neighbours(abs(value))
    for digits in range(1, 10):
        text = f"{abs(value):.{digits - 1}e}"
        # a text halfway between two floats does not count, as in src/common/f2s.c (acceptBounds is false)
        if low < float(text) < high:
            return _notation(("-" if value < 0 else "") + text, 6)
    return _notation(repr(value), 6)


def _neighbours(value: float) -> tuple[float, float]:
    """The points halfway to the float4 below and to the one above."""
    bits: int = struct.unpack("<I", struct.pack("<f", value))[0]
    below: float = struct.unpack("<f", struct.pack("<I", bits - 1))[0]
    above: float = struct.unpack("<f", struct.pack("<I", bits + 1))[0]
    if math.isinf(above):
        above = 2 * value - below
    return (value + below) / 2, (value + above) / 2


def _notation(text: str, most: int) -> str:
    """Python's text of a float in PostgreSQL's notation: an exponent below -4 and from `most` on (float8 15, float4 6)."""
    if text[-1] in "fn":
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(text, "NaN")
    sign, body = ("-", text[1:]) if text[0] == "-" else ("", text)
    mantissa, _, power = body.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits.strip("0"):
        return sign + "0"
    point = len(whole) + int(power or 0) if whole.strip("0") else int(power or 0) - (len(fraction) - len(digits))
    digits = digits.rstrip("0")
    exponent = point - 1
    if exponent < -4 or exponent >= most:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if len(digits) <= point:
        return sign + digits.ljust(point, "0")
    return f"{sign}{digits[:point]}.{digits[point:]}"


def float_to_numeric_text(value: Float, type_name: str) -> str:
    """numeric's input for a float: 15 significant digits of a float8, 6 of a float4 (numeric.c, `float8_numeric`)."""
    if isinstance(value, str):
        return value
    return f"{value:.{15 if type_name == 'float8' else 6}g}"


def float_of(value: Float) -> float:
    """The Python float of a stored float."""
    return math.nan if isinstance(value, str) else value


def stored(value: float) -> Float:
    """A Python float as it is stored."""
    return "NaN" if value != value else value  # noqa: PLR0124  # the cheapest test for NaN


def float_add(a: Float, b: Float) -> Float:
    """a + b; 22003 on overflow."""
    x, y = float_of(a), float_of(b)
    return _finite_from(x + y, x, y)


def float_subtract(a: Float, b: Float) -> Float:
    """a - b; 22003 on overflow."""
    x, y = float_of(a), float_of(b)
    return _finite_from(x - y, x, y)


def float_multiply(a: Float, b: Float) -> Float:
    """a * b; 22003 on overflow and underflow."""
    x, y = float_of(a), float_of(b)
    result = x * y
    if result == 0 and x != 0 and y != 0:
        raise database_error("22003", "value out of range: underflow")
    return _finite_from(result, x, y)


def float_divide(a: Float, b: Float) -> Float:
    """a / b; 22012 by zero, 22003 on overflow and underflow."""
    x, y = float_of(a), float_of(b)
    if y == 0 and not math.isnan(x):
        raise division_by_zero()
    result = x / y if y else math.nan
    if result == 0 and x != 0 and not math.isinf(y):
        raise database_error("22003", "value out of range: underflow")
    return _finite_from(result, x, y)


def _finite_from(result: float, *operands: float) -> Float:
    if math.isinf(result) and not any(map(math.isinf, operands)):
        raise database_error("22003", "value out of range: overflow")
    return stored(result)


def float_unary(name: str) -> Callable[[Float], Float]:
    """One of the functions of a float: neg, abs, ceil, floor, round, trunc, sign, sqrt, cbrt, exp, ln, log10, degrees ..."""
    plain = FLOAT_FUNCTIONS[name]

    def call(value: Float) -> Float:
        x = float_of(value)
        if math.isnan(x):
            return 0.0 if name == "sign" else "NaN"
        try:
            return _finite_from(plain(x), x)
        except _Infinite as found:
            return float(found.args[0])
        except OverflowError:
            raise database_error("22003", "value out of range: overflow") from None
        except ValueError:
            raise database_error("22003", "input is out of range") from None

    return call


def _keep_infinite(rounding: Callable[[float], int]) -> Callable[[float], float]:
    return lambda x: x if math.isinf(x) else math.copysign(float(rounding(x)), x)


def _square_root(x: float) -> float:
    if x < 0:
        raise database_error("2201F", "cannot take square root of a negative number")
    return math.sqrt(x)


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    def call(x: float) -> float:
        if x <= 0:
            what = "zero" if x == 0 else "a negative number"
            raise database_error("2201E", f"cannot take logarithm of {what}")
        return function(x)

    return call


def _exponential(x: float) -> float:
    result = math.exp(x)
    if result == 0 and not math.isinf(x):
        raise database_error("22003", "value out of range: underflow")
    return result


def _radians(x: float) -> float:
    result = x * 0.0174532925199432957692
    if result == 0 and x != 0:
        raise database_error("22003", "value out of range: underflow")
    return result


def _hyperbolic(function: Callable[[float], float]) -> Callable[[float], float]:
    def call(x: float) -> float:
        try:
            return function(x)
        except OverflowError:  # float.c lets these two be infinite
            raise _Infinite(-math.inf if function is math.sinh and x < 0 else math.inf) from None

    return call


class _Infinite(Exception):  # a signal inside this module
    """An infinite result that is none too many."""


FLOAT_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "neg": lambda x: -x,
    "abs": abs,
    "ceil": _keep_infinite(math.ceil),
    "floor": _keep_infinite(math.floor),
    "round": _keep_infinite(round),
    "trunc": _keep_infinite(math.trunc),
    "sign": lambda x: float((x > 0) - (x < 0)),
    "sqrt": _square_root,
    "cbrt": math.cbrt,
    "exp": _exponential,
    "ln": _logarithm(math.log),
    "log10": _logarithm(math.log10),
    "degrees": lambda x: x / 0.0174532925199432957692,
    "radians": _radians,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": _hyperbolic(math.sinh),
    "cosh": _hyperbolic(math.cosh),
    "tanh": math.tanh,
}


def float_power(a: Float, b: Float) -> Float:
    """a ^ b; 2201F for 0 to a negative power and for a complex result."""
    x, y = float_of(a), float_of(b)
    if x == 0 and y < 0:
        raise database_error("2201F", "zero raised to a negative power is undefined")
    if x < 0 and math.isfinite(y) and y != math.floor(y):
        raise database_error("2201F", "a negative number raised to a non-integer power yields a complex result")
    try:
        result = math.pow(x, y)
    except OverflowError:
        raise database_error("22003", "value out of range: overflow") from None
    if result == 0 and x != 0 and not math.isinf(x) and not math.isinf(y):
        raise database_error("22003", "value out of range: underflow")
    return stored(result)


def float_atan2(a: Float, b: Float) -> Float:
    """atan2(a, b)."""
    return stored(math.atan2(float_of(a), float_of(b)))
