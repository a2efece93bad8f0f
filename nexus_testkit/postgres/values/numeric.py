"""numeric: exact decimals with PostgreSQL's result scales.

Storage is text with its scale (`3.50`), or `NaN`, `Infinity`, `-Infinity`; never an exponent, never `-0`. The rules of scale are those of
PostgreSQL 18's src/backend/utils/adt/numeric.c (`select_div_scale`, `sqrt_var`, `exp_var`, `ln_var`, `log_var`, `power_var`).

Limits: no precision beyond 150,000 digits; numeric's own limit, 131,072 digits before the point, is checked in literals with an exponent
alone. Python's integers take 4,300 digits from a text: what needs more of them in one (a literal, a division, a factorial, a number in
json) fails.
"""

from __future__ import annotations

import decimal
from decimal import Decimal
from functools import lru_cache

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.types import INTEGERS, Typmod, display, modifiers

EXACT = decimal.Context(
    prec=150_000, rounding=decimal.ROUND_HALF_UP, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX, traps=[]
)
_ZERO = Decimal(0)
SIGNIFICANT = 16
MOST_SCALE = 1000
_SPECIAL = {
    "nan": "NaN",
    "inf": "Infinity",
    "+inf": "Infinity",
    "-inf": "-Infinity",
    "infinity": "Infinity",
    "+infinity": "Infinity",
    "-infinity": "-Infinity",
}


def to_text(value: Decimal) -> str:
    """The storage of a Decimal: positional, with its scale, without `-0`."""
    if not value.is_finite():
        return "NaN" if value.is_nan() else "Infinity" if value > 0 else "-Infinity"
    text = format(value, "f")
    return text[1:] if text[0] == "-" and not value else text


def scale(value: Decimal) -> int:
    """Digits after the point; 0 for integers and special values."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def parse(text: str, typmod: Typmod = None) -> str:
    """The storage of numeric's input text; 22P02 if it is none, 22003 if it does not fit the type modifier."""
    stripped = text.strip()
    if stripped.isascii() and stripped.isdigit() and (stripped[0] != "0" or len(stripped) == 1):
        return stripped if typmod is None else apply_typmod(stripped, typmod)
    special = _SPECIAL.get(stripped.lower())
    if special is not None:
        return apply_typmod(special, typmod)
    try:
        value = _parse_finite(stripped)
    except (ValueError, decimal.InvalidOperation):
        raise database_error("22P02", f'invalid input syntax for type numeric: "{text}"') from None
    return apply_typmod(to_text(value), typmod)


def _parse_finite(text: str) -> Decimal:
    lowered = text.lower().lstrip("+-")
    if not text.isascii() or text.endswith("_") or "__" in text or lowered.startswith("_"):
        raise ValueError(text)
    if lowered[:2] in {"0x", "0o", "0b"}:
        return Decimal(int(text, 0))
    if any(pair in lowered for pair in ("_.", "._", "_e", "e_")):
        raise ValueError(text)
    value = EXACT.create_decimal(text.replace("_", ""))
    if not value.is_finite():
        raise ValueError(text)
    exponent = value.as_tuple().exponent
    return value if not isinstance(exponent, int) or exponent <= 0 else value.quantize(Decimal(1), context=EXACT)


def apply_typmod(text: str, typmod: Typmod) -> str:
    """Round to `numeric(precision, scale)`; 22003 with PostgreSQL's detail if it overflows."""
    given = modifiers(typmod)
    if not given or text == "NaN":
        return text
    precision, places = given[0], given[1] if len(given) > 1 else 0
    if text in {"Infinity", "-Infinity"}:
        raise database_error(
            "22003",
            "numeric field overflow",
            detail=f"A field with precision {precision}, scale {places} cannot hold an infinite value.",
        )
    value = round_to(Decimal(text), places)
    if value and value.adjusted() >= precision - places:
        limit = "1" if precision == places else f"10^{precision - places}"
        raise database_error(
            "22003",
            "numeric field overflow",
            detail=f"A field with precision {precision}, scale {places} must round to an absolute value less than {limit}.",
        )
    return to_text(value)


def round_to(value: Decimal, places: int) -> Decimal:
    """Half away from zero, to `places` digits after the point (negative: before it)."""
    if not value.is_finite():
        return value
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=decimal.ROUND_HALF_UP, context=EXACT)
    return rounded if places >= 0 else rounded.quantize(Decimal(1), context=EXACT)


def to_integer(text: str, type_name: str) -> int:
    """Round to an integer of a type; 22003 out of range, 0A000 for NaN and infinity."""
    value = Decimal(text)
    if not value.is_finite():
        what = "NaN" if value.is_nan() else "infinity"
        raise database_error("0A000", f"cannot convert {what} to {display(type_name)}")
    result = int(value.to_integral_value(rounding=decimal.ROUND_HALF_UP))
    limit = INTEGERS[type_name]
    if not -limit <= result < limit:
        raise database_error("22003", f"{display(type_name)} out of range")
    return result


def compare(left: str, right: str) -> int:
    """-1, 0 or 1; NaN is equal to itself and above everything."""
    if left == right:
        return 0
    a, b = Decimal(left), Decimal(right)
    if a.is_nan() or b.is_nan():
        return a.is_nan() - b.is_nan()
    return (a > b) - (a < b)


def add(left: str, right: str) -> str:
    """left + right."""
    return to_text(EXACT.add(Decimal(left), Decimal(right)))


def subtract(left: str, right: str) -> str:
    """left - right."""
    return to_text(EXACT.subtract(Decimal(left), Decimal(right)))


def multiply(left: str, right: str) -> str:
    """left * right."""
    return to_text(EXACT.multiply(Decimal(left), Decimal(right)))


def divide(left: str, right: str) -> str:
    """left / right, with the scale that `select_div_scale` chooses; 22012 by zero."""
    if left[-1] in "Ny" or right[-1] in "Ny":  # NaN, Infinity
        return to_text(quotient(Decimal(left), Decimal(right)))
    # By integers out of the texts: a sixth of the time that Decimals take.
    a, scale_a, weight_a, first_a = _integer_of(left)
    b, scale_b, weight_b, first_b = _integer_of(right)
    if not b:
        raise division_by_zero()
    weight = weight_a - weight_b - (first_a <= first_b)
    places = min(max(SIGNIFICANT - weight * 4, scale_a, scale_b, 0), MOST_SCALE)
    shift = places + scale_b - scale_a
    whole, rest = divmod(a * 10**shift, b) if shift >= 0 else divmod(a, b * 10**-shift)
    if 2 * rest >= (b if shift >= 0 else b * 10**-shift):
        whole += 1
    digits = str(whole).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return "-" + text if whole and (left[0] == "-") != (right[0] == "-") else text


def _integer_of(text: str) -> tuple[int, int, int, int]:
    """The digits as an integer, the scale, and weight and first digit in base 10000 of a stored numeric, without its sign."""
    whole, _, fraction = text.lstrip("-").partition(".")
    value = int(whole + fraction)
    if whole != "0":
        weight = (len(whole) - 1) // 4
        return value, len(fraction), weight, int(whole[: len(whole) - 4 * weight])
    if not value:
        return 0, len(fraction), 0, 0
    group = (len(fraction) - len(fraction.lstrip("0"))) // 4
    return value, len(fraction), -group - 1, int(fraction[4 * group : 4 * group + 4].ljust(4, "0"))


def quotient(a: Decimal, b: Decimal) -> Decimal:
    """a / b as Decimals."""
    if a.is_nan() or b.is_nan():
        return Decimal("NaN")
    if not b:
        raise division_by_zero()
    if not a.is_finite() or not b.is_finite():
        if a.is_finite():
            return _ZERO
        return Decimal("NaN") if not b.is_finite() else EXACT.divide(a, b)
    return exact_quotient(a, b, division_scale(a, b))


def exact_quotient(a: Decimal, b: Decimal, places: int) -> Decimal:
    """a / b to `places` digits, half away from zero, by integers (Decimal's own division would round twice)."""
    shift = places + scale(b) - scale(a)
    numerator, denominator = _unscaled(a), _unscaled(b)
    if shift >= 0:
        numerator *= 10**shift
    else:
        denominator *= 10**-shift
    whole, rest = divmod(abs(numerator), abs(denominator))
    if 2 * rest >= abs(denominator):
        whole += 1
    return Decimal(whole if (numerator < 0) == (denominator < 0) else -whole).scaleb(-places, context=EXACT)


def _unscaled(value: Decimal) -> int:
    return int(value.scaleb(scale(value), context=EXACT))


def division_scale(a: Decimal, b: Decimal) -> int:
    """The scale of a quotient (numeric.c, `select_div_scale`): at least 16 significant digits."""
    weight_a, first_a = _leading(a)
    weight_b, first_b = _leading(b)
    weight = weight_a - weight_b - (first_a <= first_b)
    return min(max(SIGNIFICANT - weight * 4, scale(a), scale(b), 0), MOST_SCALE)


def _leading(value: Decimal) -> tuple[int, int]:
    """Weight and first digit in base 10000, as numeric.c keeps numbers."""
    if not value:
        return 0, 0
    adjusted = value.adjusted()
    weight = adjusted // 4
    digits = value.as_tuple().digits
    count = adjusted - 4 * weight + 1
    text = "".join(map(str, digits[:count])).ljust(count, "0")
    return weight, int(text)


def modulo(left: str, right: str) -> str:
    """left % right, with the sign of the dividend."""
    a, b = Decimal(left), Decimal(right)
    if a.is_nan() or b.is_nan() or (not a.is_finite() and b):
        return "NaN"
    if not b:
        raise division_by_zero()
    if not b.is_finite():
        return to_text(a)
    return to_text(EXACT.remainder(a, b))


def integer_quotient(left: str, right: str) -> str:
    """div(left, right): truncated towards zero, scale 0."""
    a, b = Decimal(left), Decimal(right)
    if a.is_nan() or b.is_nan():
        return "NaN"
    if not b:
        raise division_by_zero()
    return to_text(EXACT.divide_int(a, b))


def negate(text: str) -> str:
    """-text."""
    return to_text(Decimal(text).copy_negate())


def absolute(text: str) -> str:
    """abs(text)."""
    return text[1:] if text[0] == "-" else text


def sign(text: str) -> str:
    """-1, 0 or 1 (NaN for NaN)."""
    value = Decimal(text)
    return "NaN" if value.is_nan() else str((value > 0) - (value < 0))


def round_half_away(text: str, places: int = 0) -> str:
    """round(text, places)."""
    return to_text(round_to(Decimal(text), places))


def truncate(text: str, places: int = 0) -> str:
    """trunc(text, places)."""
    return _to_unit(text, places, decimal.ROUND_DOWN)


def ceiling(text: str) -> str:
    """ceil(text)."""
    return _to_unit(text, 0, decimal.ROUND_CEILING)


def floor(text: str) -> str:
    """floor(text)."""
    return _to_unit(text, 0, decimal.ROUND_FLOOR)


def _to_unit(text: str, places: int, rounding: str) -> str:
    value = Decimal(text)
    if not value.is_finite():
        return text
    cut = value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=EXACT)
    return to_text(cut if places >= 0 else cut.quantize(Decimal(1), context=EXACT))


def root_to(value: Decimal, places: int) -> Decimal:
    """The square root to `places` digits, half away from zero."""
    precise = decimal.Context(prec=max(value.adjusted() // 2, 0) + places + 20, traps=[])
    return round_to(precise.sqrt(value), places)


def division_by_zero() -> DatabaseError:
    """The error 22012."""
    return database_error("22012", "division by zero")


@lru_cache(maxsize=1024)
def sort_key(text: str) -> tuple[int, Decimal]:
    """A key that sorts numerics as PostgreSQL does, NaN last."""
    value = Decimal(text)
    return (1, _ZERO) if value.is_nan() else (0, value)


def as_asyncpg(text: str) -> Decimal:
    """The Decimal that asyncpg makes: an integer loses its trailing groups of four zeros to an exponent.

    asyncpg 0.32, pgproto/codecs/numeric.pyx: the server sends no trailing zero words, and with no scale
    asyncpg does not write them out: 100000 arrives as `Decimal('1.0E+5')`.
    """
    if text.endswith("0000") and "." not in text:
        digits, exponent = text, 0
        while digits.endswith("0000"):
            digits, exponent = digits[:-4], exponent + 4
        return Decimal(f"{digits}E{exponent}") if digits else _ZERO
    return Decimal(text)
