"""PostgreSQL's regular expressions (AREs; manual, 9.7.3), translated to Python's `re`, which knows whether one matches and where it begins.

How far a match goes it does not know: an ARE prefers the longest where Python prefers the first alternative. So `are_match` asks it
only where it may begin, and jsonpath's like_regex only whether it matches.

Limits: collating elements and the `***` directors are refused in like_regex.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error

_CLASSES = {
    "alpha": "^\\W\\d_",
    "digit": "\\d",
    "alnum": "^\\W_",
    "upper": "A-ZÀ-ÖØ-Þ",
    "lower": "a-zß-öø-ÿ",
    "space": "\\s",
    "blank": " \\t",
    "punct": "!-/:-@\\[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "cntrl": "\\x00-\\x1f\\x7f",
    "print": " -~\\u00a0-\\U0010ffff",
    "graph": "!-~\\u00a1-\\U0010ffff",
    "word": "\\w",
}


_ESCAPES = {
    "m": r"\b(?=\w)",
    "M": r"\b(?<=\w)",
    "y": r"\b",
    "Y": r"\B",
    "A": r"\A",
    "Z": r"\Z",
    "a": "\\x07",
    "b": "\\x08",
    "e": "\\x1b",
}


_SAME = frozenset("dDwWsSnrtfv")


def _invalid(why: str) -> DatabaseError:
    return database_error("2201B", f"invalid regular expression: {why}")


@lru_cache(maxsize=512)
def regex(pattern: str, flags: str = "") -> re.Pattern[str]:
    """The compiled ARE; 2201B if PostgreSQL refuses it, UnsupportedSQL if Python cannot say it."""
    options = re.DOTALL
    newline = False
    for flag in flags:
        if flag == "i":
            options |= re.IGNORECASE
        elif flag == "c":
            options &= ~re.IGNORECASE
        elif flag in "nm":
            newline = True
            options = (options & ~re.DOTALL) | re.MULTILINE
        elif flag == "s":
            newline = False
            options = (options | re.DOTALL) & ~re.MULTILINE
        elif flag == "x":
            options |= re.VERBOSE
        elif flag == "q":
            return re.compile(re.escape(pattern), options)
        elif flag not in "gt":
            if flag in "bepw":
                raise UnsupportedSQL(f'the regular expression option "{flag}"')
            raise database_error("22023", f'invalid regular expression option: "{flag}"')
    embedded = re.match(r"\(\?([a-z]+)\)", pattern)
    if embedded:
        return regex(pattern[embedded.end() :], flags.replace("g", "") + embedded[1])
    if pattern.startswith("***"):
        raise UnsupportedSQL("a regular expression with a *** director")
    translated = _Translation(pattern, newline=newline).run()
    try:
        return re.compile(translated, options)
    except re.error as error:
        raise UnsupportedSQL(f"the regular expression {pattern!r} ({error})") from None


class _Translation:
    def __init__(self, pattern: str, *, newline: bool) -> None:
        self.pattern, self.newline = pattern, newline
        self.at = 0
        self.out: list[str] = []
        self.depth = 0
        self.operand = False  # whether a quantifier may follow

    def run(self) -> str:
        pattern = self.pattern
        while self.at < len(pattern):
            char = pattern[self.at]
            if char == "\\":
                self._escape()
            elif char == "[":
                self._bracket()
            elif char == "(":
                self._open()
            elif char == ")" and self.depth:
                self.depth -= 1
                self._emit(")", operand=True)
            elif char == ")":
                raise _invalid("parentheses () not balanced")
            elif char in "*+?" or (char == "{" and pattern[self.at + 1 : self.at + 2].isdigit()):
                self._quantifier()
            elif char in "|^":
                self._emit(char, operand=False)
            elif char == "$":
                self._emit("$" if self.newline else r"\Z", operand=False)
            else:
                self._literal(char)
        if self.depth:
            raise _invalid("parentheses () not balanced")
        return "".join(self.out)

    def _literal(self, char: str) -> None:
        self._emit(char if char == "." else re.escape(char), operand=True)

    def _emit(self, text: str, *, operand: bool) -> None:
        self.out.append(text)
        self.operand = operand
        self.at += 1

    def _open(self) -> None:
        self.depth += 1
        for opening in ("(?:", "(?=", "(?!", "(?<=", "(?<!"):
            if self.pattern.startswith(opening, self.at):
                self.at += len(opening) - 1
                self._emit(opening, operand=False)
                return
        self._emit("(", operand=False)

    def _quantifier(self) -> None:
        if not self.operand:
            raise _invalid("quantifier operand invalid")
        pattern = self.pattern
        if pattern[self.at] == "{":
            found = re.compile(r"\{(\d+)(?:(,)(\d*))?\}").match(pattern, self.at)
            if found is None:
                raise _invalid("invalid repetition count(s)")
            if int(found[1]) > 255 or (found[3] and (int(found[3]) > 255 or int(found[3]) < int(found[1]))):
                raise _invalid("invalid repetition count(s)")
            text = found.group()
            self.at += len(text) - 1
        else:
            text = pattern[self.at]
        lazy = pattern[self.at + 1 : self.at + 2] == "?"
        if lazy:
            text += "?"
            self.at += 1
        self._emit(text, operand=False)

    def _escape(self) -> None:
        self.at += 1
        if self.at >= len(self.pattern):
            raise _invalid("invalid escape \\ sequence")
        char = self.pattern[self.at]
        if char in _ESCAPES:
            self._emit(_ESCAPES[char], operand=char in "ae")
        elif char in _SAME:
            self._emit("\\" + char, operand=True)
        elif char in "ux":
            digits = re.compile(r"u[0-9a-fA-F]{4}|x[0-9a-fA-F]{1,2}").match(self.pattern, self.at)
            if digits is None:
                raise _invalid("invalid escape \\ sequence")
            self.at += len(digits.group()) - 1
            self._emit(re.escape(chr(int(digits.group()[1:], 16))), operand=True)
        elif char.isdigit() and char != "0":
            self._emit("\\" + char, operand=True)
        elif char.isalnum():
            raise _invalid("invalid escape \\ sequence")
        else:
            self._emit(re.escape(char), operand=True)

    def _bracket(self) -> None:
        pattern = self.pattern
        self.at += 1
        out = "["
        if pattern[self.at : self.at + 1] == "^":
            out, self.at = "[^", self.at + 1
            if self.newline:
                out += "\\n"
        first = True
        while True:
            if self.at >= len(pattern):
                raise _invalid("brackets [] not balanced")
            char = pattern[self.at]
            if char == "]" and not first:
                break
            first = False
            if pattern.startswith("[:", self.at):
                end = pattern.find(":]", self.at)
                if end < 0:
                    raise _invalid("brackets [] not balanced")
                out += self._class(pattern[self.at + 2 : end], out)
                self.at = end + 2
                continue
            if pattern.startswith(("[.", "[="), self.at):
                raise UnsupportedSQL("a collating element in a regular expression")
            if char == "\\":
                self.at += 1
                char = pattern[self.at : self.at + 1]
                out += "\\" + char if char in "dwsnrtfv" or not char.isalnum() else _bad_escape()
            else:
                out += char if char == "-" else re.escape(char)
            self.at += 1
        self._emit(out + "]", operand=True)

    def _class(self, name: str, before: str) -> str:
        found = _CLASSES.get(name)
        if found is None:
            raise _invalid("invalid character class")
        if found[0] == "^":
            rest = self.pattern[self.at :]
            if before == "[" and rest.startswith(f"[:{name}:]]"):
                return found
            ascii_form = {"alpha": "a-zA-ZÀ-ÖØ-öø-ÿĀ-\\U0001ffff", "alnum": "0-9a-zA-ZÀ-ÖØ-öø-ÿĀ-\\U0001ffff"}
            return ascii_form[name]
        return found


def _bad_escape() -> str:
    raise _invalid("invalid escape \\ sequence")
