"""to_number: numbers read by a template (src/backend/utils/adt/formatting.c, `NUM_processor` and `NUM_numpart_from_char`)."""

from __future__ import annotations

from dataclasses import replace

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import numeric, roots
from nexus_testkit.postgres.values.numberformat import ROMAN_LETTERS, roman
from nexus_testkit.postgres.values.numbertemplates import Description, Node, parsed


def to_number(text: str, pattern: str) -> str | None:
    """to_number(text, pattern), as numeric; 22P02 where nothing was read."""
    if not pattern:
        return None
    nodes, shared = parsed(pattern)
    num = replace(shared)
    if "eeee" in num:
        raise database_error("0A000", '"EEEE" not supported for input')
    read, post = _Reader(nodes, num, text).run()
    if "roman" in num:
        return numeric.parse(read)
    result = numeric.parse(read, (num.pre + num.multi + post, post))
    if "multi" in num:
        # numeric_power(10, -multi) has a scale of its own
        result = numeric.multiply(result, roots.power("10", str(-num.multi)))
    return result


class _Reader:
    """NUM_processor and NUM_numpart_from_char."""

    def __init__(self, nodes: tuple[Node, ...], num: Description, text: str) -> None:
        self.nodes, self.num, self.text = nodes, num, text
        self.at = 0
        self.sign = " "
        self.digits = ""
        self.pre = self.post = 0
        self.point = False

    def _ended(self) -> bool:
        return self.at >= len(self.text)

    def run(self) -> tuple[str, int]:
        for word, keyword, _ in self.nodes:
            if self._ended():
                break
            if not keyword or self._action(word):
                self.at += 1
        return self.sign + self.digits.removesuffix("."), self.post

    def _action(self, word: str) -> bool:  # one answer a pattern
        """One pattern; whether the character under it has been used up."""
        here = self.text[self.at]
        if word in {"9", "0", ".", "D"}:
            self._part(word)
            return True
        if word in {",", "G"}:
            return here == ","
        if word == "L":
            return self._pass(1)
        if word == "TH":
            if "roman" in self.num or "decimal" in self.num or self.sign == "-":
                return False
            return self._pass(2)
        if word == "RN":
            self._roman()
            return False
        signs = {"MI": "-", "PL": "+", "SG": "+-"}.get(word)
        if signs is None:
            return False
        if here in signs:
            self.sign = here
            return True
        return self._pass(1)

    def _pass(self, count: int) -> bool:
        for _ in range(count):
            if self._ended() or self.text[self.at] in "0123456789.,+-":
                break
            self.at += 1
        return False

    def _sign_here(self, allowed: str) -> None:
        if self.text[self.at] in allowed:
            self.sign = "+" if self.text[self.at] == "+" else "-"
            self.at += 1

    def _part(self, word: str) -> None:
        num, text = self.num, self.text
        if text[self.at] == " ":
            self.at += 1
        if self._ended():
            return
        if self.sign == " " and word in "09" and not self.pre + self.post:
            self._sign_here("+-<" if "bracket" in num else "+-")
        if self._ended():
            return
        read = False
        here = text[self.at]
        if here.isascii() and here.isdigit():
            if self.point and self.post == num.post:
                return
            self.digits += here
            self.post += self.point
            self.pre += not self.point
            read = True
        elif "decimal" in num and not self.point and here == ".":
            self.digits += "."
            self.point = read = True
        if self.sign == " " and self.pre + self.post > 0:
            follows = text[self.at + 1 : self.at + 2]
            if "lsign" in num and read and follows and not (follows.isascii() and follows.isdigit()):
                if follows in "+-":
                    self.at += 1
                    self.sign = follows
            elif not read and "lsign" not in num and num.flags & {"plus", "minus"} and here in "+-":
                self.sign = here

    def _roman(self) -> None:
        while not self._ended() and self.text[self.at] in " \t\n\r\f\v":
            self.at += 1
        start = self.at
        while (
            not self._ended() and self.at - start < len("MMMDCCCLXXXVIII") and self.text[self.at].upper() in "MDCLXVI"
        ):
            self.at += 1
        word = self.text[start : self.at].upper()
        number, rest = 0, word
        for value, letters in ROMAN_LETTERS:
            while rest.startswith(letters):
                number, rest = number + value, rest[len(letters) :]
        if roman(number) != word:
            raise database_error("22P02", "invalid Roman numeral")
        self.sign, self.digits = "", str(number)
