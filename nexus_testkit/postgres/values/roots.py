"""Roots, exponentials and logarithms of numeric, with the scales of numeric.c (`sqrt_var`, `exp_var`, `ln_var`, `log_var`, `power_var`)."""

from __future__ import annotations

import decimal
import math
from decimal import Decimal

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.numeric import (
    EXACT,
    MOST_SCALE,
    SIGNIFICANT,
    division_by_zero,
    root_to,
    round_to,
    scale,
    to_text,
)

_LOG10_E = 0.434294481903252
_MOST_EXPONENT = 6000  # NUMERIC_MAX_RESULT_SCALE * 3


def _base_10000(value: Decimal) -> tuple[int, list[int]]:
    """Weight and all digits in base 10000, without trailing zeros."""
    if not value:
        return 0, []
    weight = value.adjusted() // 4
    text = format(abs(value), "f")
    whole, _, fraction = text.partition(".")
    whole = whole.lstrip("0")
    if whole:
        whole = "0" * (-len(whole) % 4) + whole
        digits = whole + fraction + "0" * (-len(fraction) % 4)
    else:
        fraction += "0" * (-len(fraction) % 4)
        digits = fraction[4 * (-weight - 1) :]
    groups = [int(digits[i : i + 4]) for i in range(0, len(digits), 4)]
    while groups and not groups[-1]:
        groups.pop()
    return weight, groups


def square_root(text: str) -> str:
    """sqrt(text); 2201F of a negative number."""
    value = Decimal(text)
    if value.is_nan():
        return "NaN"
    if value < 0:
        raise database_error("2201F", "cannot take square root of a negative number")
    if not value.is_finite():
        return text
    weight = value.adjusted() // 4 if value else 0
    digits = weight * 4 // 2 + 1 if weight >= 0 else 1 - (1 - weight * 4) // 2
    return to_text(root_to(value, _result_scale(SIGNIFICANT - digits, scale(value))))


def _result_scale(wanted: int, *scales: int) -> int:
    return min(max(wanted, 0, *scales), MOST_SCALE)


def exponential(text: str) -> str:
    """exp(text); 22003 if it overflows."""
    value = Decimal(text)
    if not value.is_finite():
        return "0" if text == "-Infinity" else text
    weight = max(min(float(value) * _LOG10_E, 2000.0), -2000.0)
    places = _result_scale(SIGNIFICANT - int(weight), scale(value))
    if abs(value) >= _MOST_EXPONENT:
        if value > 0:
            raise database_error("22003", "value overflows numeric format")
        return to_text(Decimal(0).scaleb(-places))
    precise = decimal.Context(prec=max(int(float(value) * _LOG10_E), 0) + places + 20, traps=[], Emax=decimal.MAX_EMAX)
    return to_text(round_to(precise.exp(value), places))


def _ln_weight(value: Decimal) -> int:
    if value <= 0:
        return 0
    if Decimal("0.9") <= value <= Decimal("1.1"):
        weight, digits = _base_10000(EXACT.subtract(value, Decimal(1)))
        return weight * 4 + int(math.log10(digits[0])) if digits else 0
    weight, digits = _base_10000(value)
    first, power = digits[0], weight * 4
    if len(digits) > 1:
        first, power = first * 10_000 + digits[1], power - 4
    return int(math.log10(abs(math.log(first) + power * 2.302585092994046)))


def _check_logarithm(value: Decimal) -> None:
    if not value:
        raise database_error("2201E", "cannot take logarithm of zero")
    if value < 0:
        raise database_error("2201E", "cannot take logarithm of a negative number")


def natural_logarithm(text: str) -> str:
    """ln(text); 2201E of zero and of negative numbers."""
    value = Decimal(text)
    if value.is_nan():
        return "NaN"
    _check_logarithm(value)
    if not value.is_finite():
        return text
    places = _result_scale(SIGNIFICANT - _ln_weight(value), scale(value))
    return to_text(round_to(decimal.Context(prec=places + 25, traps=[]).ln(value), places))


def logarithm(base: str, text: str) -> str:
    """log(base, text)."""
    root, value = Decimal(base), Decimal(text)
    if root.is_nan() or value.is_nan():
        return "NaN"
    _check_logarithm(root)
    _check_logarithm(value)
    if not root.is_finite() or not value.is_finite():
        return "Infinity" if root.is_finite() else "0" if value.is_finite() else "NaN"
    places = _result_scale(SIGNIFICANT - (_ln_weight(value) - _ln_weight(root)), scale(root), scale(value))
    precise = decimal.Context(prec=places + 30, traps=[])
    divisor = precise.ln(root)
    if not divisor:
        raise division_by_zero()
    return to_text(round_to(precise.divide(precise.ln(value), divisor), places))


def power(base: str, exponent: str) -> str:
    """base ^ exponent; 2201F for 0 to a negative power and for a complex result."""
    value, by = Decimal(base), Decimal(exponent)
    if not value.is_finite() or not by.is_finite():
        return _special_power(value, by)
    whole = by == by.to_integral_value()
    if not by:
        return to_text(
            Decimal(1).scaleb(0).quantize(Decimal(1).scaleb(-_result_scale(SIGNIFICANT, scale(value), scale(by))))
        )
    if not value and by < 0:
        raise database_error("2201F", "zero raised to a negative power is undefined")
    if value < 0 and not whole:
        raise database_error("2201F", "a negative number raised to a non-integer power yields a complex result")
    if whole and abs(by) < 1 << 31:
        return to_text(_integer_power(value, int(by), scale(by)))
    if not value:
        return to_text(Decimal(0).scaleb(-SIGNIFICANT))
    if value < 0:  # to a whole power that is too large for _integer_power
        positive = power(to_text(-value), exponent)
        return positive if by % 2 == 0 else to_text(-Decimal(positive))
    estimate = float(decimal.Context(prec=20).ln(value) * by)
    if abs(estimate) > _MOST_EXPONENT / 3 * 3.01:
        if estimate > 0:
            raise database_error("22003", "value overflows numeric format")
        return to_text(Decimal(0).scaleb(-MOST_SCALE))
    weight = estimate * _LOG10_E
    places = _result_scale(SIGNIFICANT - int(weight), scale(value), scale(by))
    precise = decimal.Context(prec=max(int(weight), 0) + places + 30, traps=[])
    return to_text(round_to(precise.power(value, by), places))


def _special_power(value: Decimal, by: Decimal) -> str:
    """numeric_power where a side is NaN or infinite."""
    if value.is_nan() or by.is_nan():
        return "1" if (by == 0 if value.is_nan() else value == 1) else "NaN"
    if not value and by < 0:
        raise database_error("2201F", "zero raised to a negative power is undefined")
    if value < 0 and by.is_finite() and by != by.to_integral_value(context=EXACT):
        raise database_error("2201F", "a negative number raised to a non-integer power yields a complex result")
    if value == 1 or not by:
        return "1"
    if not value:
        return "0"
    if not by.is_finite():
        if value == -1:
            return "1"
        return "Infinity" if (abs(value) > 1) == (by > 0) else "0"
    if by < 0:
        return "0"
    return "-Infinity" if value < 0 and by % 2 == 1 else "Infinity"


def _integer_power(value: Decimal, by: int, by_scale: int) -> Decimal:
    weight, digits = _base_10000(value)
    estimate = 0.0
    if digits:
        first, power_of_ten = digits[0], weight * 4
        for digit in digits[1:4]:
            first, power_of_ten = first * 10_000 + digit, power_of_ten - 4
        estimate = by * (math.log10(first) + power_of_ten)
    if estimate > 131_072:
        raise database_error("22003", "value overflows numeric format")
    if estimate + 1 < -MOST_SCALE:
        return Decimal(0).scaleb(-MOST_SCALE)
    places = _result_scale(SIGNIFICANT - int(estimate), scale(value), by_scale)
    if by >= 0:
        precise = decimal.Context(prec=max(int(estimate), 0) + places + 30, traps=[])
        return round_to(precise.power(value, by), places)
    precise = decimal.Context(prec=max(int(-estimate), int(estimate), 0) + places + 30, traps=[])
    return round_to(precise.divide(Decimal(1), precise.power(value, -by)), places)
