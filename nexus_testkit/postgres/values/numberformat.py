"""to_char of numbers (src/backend/utils/adt/formatting.c, the `NUM_` half, in the C locale).

The processor is PostgreSQL's own, step by step: what its patterns mean together is defined by it alone.

Limits: the locale is C, as the settings say: `D` is a point, `G` a comma, `L` a space.
"""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import floats, numeric, roots
from nexus_testkit.postgres.values.numbertemplates import Description, Node, parsed
from nexus_testkit.postgres.values.types import INTEGERS

_FLOAT_DIGITS = {"float4": 6, "float8": 15}
ROMAN_LETTERS = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
_OVERFLOWING = 3999


# -- to_char ---------------------------------------------------------------------------------------------------------


def to_char(value: float | str, type_name: str, pattern: str) -> str:
    """to_char(number, pattern) of a stored int4, int8, float4, float8 or numeric."""
    if not pattern:
        return ""
    nodes, shared = parsed(pattern)
    num = replace(shared)
    if "roman" in num:
        return _Writer(nodes, num, roman(_rounded(value)), "+", 0).run()
    if "eeee" in num:
        # NUM_processor gives the number as it is, and forgets what else the pattern says
        return _scientific(value, type_name, num)
    text = _digits(value, type_name, num)
    sign, text = ("-", text[1:]) if text[0] == "-" else ("+", text)
    before = len(text.partition(".")[0])
    spaces = 0
    if before < num.pre:
        spaces = num.pre - before
    elif before > num.pre:
        text = "#" * num.pre + "." + "#" * num.post
    return _Writer(nodes, num, text, sign, spaces).run()


def _digits(value: float | str, type_name: str, num: Description) -> str:
    """The number as text with `post` digits after the point; `V` has multiplied it."""
    multi = num.multi if "multi" in num else 0
    if "multi" in num:
        num.pre += multi
    if type_name in _FLOAT_DIGITS:
        number = float(value) * 10.0**multi
        if type_name == "float4":
            number = number if math.isnan(number) else floats.single(number) or number
        whole = len(_fixed(abs(number), 0))
        limit = _FLOAT_DIGITS[type_name]
        num.post = 0 if whole >= limit else min(num.post, limit - whole)
        return _fixed(number, num.post)
    if type_name == "numeric":
        text = str(value)
        if multi:
            text = numeric.multiply(text, roots.power("10", str(multi)))
        return numeric.round_half_away(text, num.post)
    whole_number = int(value) * 10**multi
    limit = INTEGERS[type_name]
    if type_name == "int8" and not -limit <= whole_number < limit:
        raise database_error("22003", "bigint out of range")
    if type_name == "int4":
        whole_number = (whole_number + limit) % (2 * limit) - limit  # C's int32, which wraps round
    return str(whole_number) + ("." + "0" * num.post if num.post else "")


def _fixed(number: float, places: int) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return f"{number:.{places}f}"


def _rounded(value: float | str) -> int | None:
    """The integer that RN writes; None for what is none."""
    if isinstance(value, float):
        return round(value) if math.isfinite(value) else None
    number = Decimal(value)
    return int(number.to_integral_value(rounding=ROUND_HALF_UP)) if number.is_finite() else None


def roman(number: int | None) -> str:
    """A number from 1 to 3999 in Roman numerals; else the mark of overflow."""
    if number is None or not 1 <= number <= _OVERFLOWING:
        return "#" * 15
    text = ""
    for value, letters in ROMAN_LETTERS:
        count, number = divmod(number, value)
        text += letters * count
    return text


def _scientific(value: float | str, type_name: str, num: Description) -> str:
    if type_name in {"float4", "float8", "int4"}:
        number = float(value)
        if not math.isfinite(number):
            return _no_number(num)
        text = f"{number:.{num.post}e}"
    else:
        exact = Decimal(value)
        if not exact.is_finite():
            return _no_number(num)
        # get_str_from_var_sci takes the exponent before it rounds: 99.9 is 10e+01.
        exponent = exact.adjusted() if exact else 0
        text = f"{numeric.round_to(exact.scaleb(-exponent, context=numeric.EXACT), num.post):f}e{exponent:+03d}"
    return text if text[0] == "-" else " " + text


def _no_number(num: Description) -> str:
    text = [" ", *"#" * (num.pre + num.post + 5)]
    text[num.pre + 1] = "."
    return "".join(text)


class _Writer:
    """NUM_processor and NUM_numpart_to_char."""

    def __init__(self, nodes: tuple[Node, ...], num: Description, number: str, sign: str, spaces: int) -> None:
        self.nodes, self.num, self.number, self.sign, self.spaces = nodes, num, number, sign, spaces
        self.out: list[str] = []
        self.at = 0  # in number
        self.current = 0
        self.inside = False
        self.relevant: int | None = None
        if num.zero_start:
            num.zero_start -= 1
        self._decide_sign()
        self.count = num.post + num.pre - 1 + (not self.wrote_sign and spaces == 0)
        if "fill" in num and "decimal" in num:
            self._decide_relevant()

    def _decide_sign(self) -> None:
        num = self.num
        if num.flags & {"plus", "minus"}:
            self.wrote_sign = "minus" in num
            return
        if self.sign != "-" and "fill" in num:
            num.flags -= {"bracket"}
        self.wrote_sign = self.sign == "+" and "fill" in num and "lsign" not in num
        if num.lsign == "pre" and num.pre == num.pre_lsign:
            num.lsign = "post"

    def _decide_relevant(self) -> None:
        point = self.number.find(".")
        if point < 0:
            return
        self.relevant = max(point, len(self.number.rstrip("0")) - 1)
        if self.num.zero_end > self.spaces:
            self.relevant = max(self.relevant, min(len(self.number) - 1, self.num.zero_end - self.spaces))

    def _point_is_last(self) -> bool:
        return self.relevant is not None and self.number[self.relevant] == "."

    def run(self) -> str:
        num = self.num
        for word, keyword, lower in self.nodes:
            if not keyword:
                self.out.append(word)
            elif word in {"9", "0", ".", "D"}:
                self._part(word)
            elif word in {",", "G"}:
                if self.inside:
                    self.out.append(",")
                elif "fill" not in num:
                    self.out.append(" ")
            elif word == "L":
                self.out.append(" ")
            elif word == "RN":
                roman = self.number.lower() if lower else self.number
                self.out.append(roman if "fill" in num else roman.rjust(15))
            elif word == "TH":
                if not ("roman" in num or self.number[0] == "#" or self.sign == "-" or "decimal" in num):
                    self.out.append(ordinal(self.number, upper=not lower))
            elif word == "MI":
                self.out.append("-" if self.sign == "-" else "" if "fill" in num else " ")
            elif word == "PL":
                self.out.append("+" if self.sign == "+" else "" if "fill" in num else " ")
            elif word == "SG":
                self.out.append(self.sign)
        # what lies behind the number's end is the string's end in C
        return "".join(self.out).partition("\0")[0]

    def _leading_zero(self) -> bool:
        """IS_PREDEC_SPACE: the zero before the point, which 9 does not write."""
        return "zero" not in self.num and self.at == 0 and self.number[:1] == "0" and self.num.post != 0

    def _part(self, word: str) -> None:
        num, out = self.num, self.out
        if "roman" in num:
            return
        self.inside = False
        fill = "fill" in num
        starts = self.current >= self.spaces or ("zero" in num and num.zero_start == self.current)
        if not self.wrote_sign and starts and (not self._leading_zero() or self._point_is_last()):
            self._write_sign()
        zero_here = "zero" in num and num.zero_start <= self.current
        if self.current < self.spaces and not zero_here:
            out.append("" if fill else " ")
        elif self.current < self.spaces:
            out.append("0")
            self.inside = True
        else:
            char = self.number[self.at : self.at + 1] or "\0"
            if char == ".":
                if not self._point_is_last() or fill:
                    out.append(".")
            elif self.relevant is not None and self.at > self.relevant and word != "0":
                pass
            elif self._leading_zero():
                out.append(" " if not fill else "0" if self._point_is_last() else "")
            else:
                out.append(char)
                self.inside = True
            self.at += self.at < len(self.number)
        end = self.count + (1 if self.spaces else 0) + ("decimal" in num)
        if self.relevant is not None and self.relevant == self.at:
            end = self.current
        if self.current + 1 == end:
            if self.wrote_sign and "bracket" in num:
                out.append(" " if self.sign == "+" else ">")
            elif "lsign" in num and num.lsign == "post":
                out.append(self.sign)
        self.current += 1

    def _write_sign(self) -> None:
        num = self.num
        if "lsign" in num:
            if num.lsign == "pre":
                self.out.append(self.sign)
                self.wrote_sign = True
            return
        if "bracket" in num:
            self.out.append(" " if self.sign == "+" else "<")
        elif self.sign == "-":
            self.out.append("-")
        elif "fill" not in num:
            self.out.append(" ")
        self.wrote_sign = True


def ordinal(number: str, *, upper: bool) -> str:
    """`st`, `nd`, `rd` or `th` for the digits of a number."""
    if not number[-1:].isdigit():
        raise database_error("22P02", f'"{number}" is not a number')
    ending = "th" if number[-2:-1] == "1" else {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th")
    return ending.upper() if upper else ending
