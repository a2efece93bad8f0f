"""PostgreSQL's advanced regular expressions, parsed (manual 9.7.3; src/backend/regex/{regcomp,regc_lex}.c).

`parse` gives a tree of `Node`; `are_match` runs it. The tree keeps what regcomp.c's `subre` keeps, because what a group captures
depends on it: a run of atoms without groups is one plain node, and each node prefers the longest or the shortest match.
"""

from __future__ import annotations

from collections.abc import Callable

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.values.are_nodes import LONGER, SHORTER, Node, Options, invalid, with_flags
from nexus_testkit.postgres.values.characters import CLASSES

_MOST_REPEATS = 255
_NAMES = {"\\d": "digit", "\\s": "space", "\\w": "word"}


def _either_case(test: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda char: (
        test(char) or (char.lower() != char.upper() and (test(char.lower()[:1]) or test(char.upper()[:1])))
    )


class Parser:
    """A recursive descent over one expression."""

    def __init__(self, pattern: str, options: Options) -> None:
        self.options = options
        self.pattern = self._directed(pattern)
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.inside_look = False
        self.backward = False  # whether there are back references

    def _directed(self, pattern: str) -> str:
        if pattern.startswith("***="):
            self.options.quoted = True
            return pattern[4:]
        if pattern.startswith("***:"):
            pattern = pattern[4:]
        elif pattern.startswith("***"):
            raise invalid("quantifier operand invalid")
        if pattern.startswith("(?") and pattern[2:3].isalpha() and not self.options.quoted:
            letters, closing, rest = pattern[2:].partition(")")
            if not closing or not letters.isalpha():
                raise invalid("invalid embedded option")
            try:
                with_flags(self.options, letters)
            except KeyError:
                raise invalid("invalid embedded option") from None
            return rest
        return pattern

    def parse(self) -> Node:
        if self.options.quoted:
            parts = [self._literal(char) for char in self.pattern]
            return _concatenated(parts)
        node = self._alternatives(0)
        if self.at < len(self.pattern):
            raise invalid("parentheses () not balanced")
        return node

    def _peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def _skip(self) -> None:
        """White space and comments, which the expanded syntax and `(?#...)` allow."""
        while True:
            if self._peek("(?#"):
                end = self.pattern.find(")", self.at)
                self.at = len(self.pattern) if end < 0 else end + 1
            elif self.options.extended and self.pattern[self.at : self.at + 1] in tuple(" \t\n\r\f\v"):
                self.at += 1
            elif self.options.extended and self._peek("#"):
                end = self.pattern.find("\n", self.at)
                self.at = len(self.pattern) if end < 0 else end + 1
            else:
                return

    def _alternatives(self, depth: int) -> Node:
        branches = [self._branch(depth)]
        while self._peek("|"):
            self.at += 1
            branches.append(self._branch(depth))
        if len(branches) == 1:
            return branches[0]
        node = Node("alt", tuple(branches), prefer=LONGER)
        node.captures = any(branch.captures for branch in branches)
        node.mixed = any(branch.mixed or branch.prefer == SHORTER for branch in branches)
        return node

    def _branch(self, depth: int) -> Node:
        parts: list[Node] = []
        while True:
            self._skip()
            if self.at >= len(self.pattern) or self._peek("|") or (depth and self._peek(")")):
                return _concatenated(parts)
            parts.append(self._quantified(depth))

    def _quantified(self, depth: int) -> Node:
        atom = self._atom(depth)
        self._skip()
        found = self._quantifier()
        if found is None:
            return atom
        if atom.op in {"edge", "look"}:
            raise invalid("quantifier operand invalid")
        low, high, greedy, fixed = found
        self._skip()
        if self.pattern[self.at : self.at + 1] in tuple("*+?") or (
            self._peek("{") and self.pattern[self.at + 1 : self.at + 2].isdigit()
        ):
            raise invalid("quantifier operand invalid")
        # {1} and {1,1} leave the atom's preference, but for the non-greedy forms of the latter
        if low == high == 1 and (fixed or atom.prefer in (0, LONGER if greedy else SHORTER)):
            return atom
        node = Node("rep", (atom,), low=low, high=high)
        node.prefer = atom.prefer if fixed else LONGER if greedy else SHORTER
        node.captures = atom.captures
        node.mixed = atom.mixed or atom.prefer not in (0, node.prefer)
        return node

    def _quantifier(self) -> tuple[int, int | None, bool, bool] | None:
        char = self.pattern[self.at : self.at + 1]
        fixed = False
        if char in tuple("*+?"):
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
            self.at += 1
        elif char == "{" and self.pattern[self.at + 1 : self.at + 2].isdigit():
            end = self.pattern.find("}", self.at)
            body = self.pattern[self.at + 1 : end if end >= 0 else len(self.pattern)]
            first, comma, last = body.partition(",")
            if end < 0 and not body.strip("0123456789,"):
                raise invalid("braces {} not balanced")
            if (
                end < 0
                or not (first.isascii() and first.isdigit())
                or not (not last or (last.isascii() and last.isdigit()))
            ):
                raise invalid("invalid repetition count(s)")
            low, high, fixed = int(first), int(last) if last else None if comma else int(first), not comma
            if low > _MOST_REPEATS or (high is not None and (high > _MOST_REPEATS or high < low)):
                raise invalid("invalid repetition count(s)")
            self.at = end + 1
        else:
            return None
        greedy = not self._peek("?")
        self.at += not greedy
        return low, high, greedy, fixed

    def _atom(self, depth: int) -> Node:
        char = self.pattern[self.at]
        if char == "(":
            return self._parenthesis(depth)
        self.at += 1
        if char in "*+?" or (char == "{" and self.pattern[self.at : self.at + 1].isdigit()):
            raise invalid("quantifier operand invalid")
        if char == ")" and not depth:
            raise invalid("parentheses () not balanced")
        if char == "^":
            return Node("edge", edge="^")
        if char == "$":
            return Node("edge", edge="$")
        if char == ".":
            if self.options.newline_stops:
                return Node("char", test=lambda here: here != "\n")
            return Node("char", test=lambda _: True)
        if char == "[":
            return self._bracket()
        if char == "\\":
            return self._escape()
        return self._literal(char)

    def _literal(self, char: str) -> Node:
        if self.options.ignore_case and char.lower() != char.upper():
            forms = {char, *(form for form in (char.lower(), char.upper()) if len(form) == 1)}
            return Node("char", test=forms.__contains__)
        return Node("char", test=char.__eq__)

    def _parenthesis(self, depth: int) -> Node:
        for opening, negative, behind in (
            ("(?=", False, False),
            ("(?!", True, False),
            ("(?<=", False, True),
            ("(?<!", True, True),
        ):
            if self._peek(opening):
                self.at += len(opening)
                before, self.inside_look = self.inside_look, True
                inner = self._alternatives(depth + 1)
                self.inside_look = before
                self._close()
                return Node("look", (inner,), negative=negative, behind=behind)
        number = 0
        if self._peek("(?:"):
            self.at += 3
        elif self._peek("(?"):
            raise invalid("quantifier operand invalid")
        else:
            self.at += 1
            if not self.inside_look:
                self.groups += 1
                number = self.groups
        inner = self._alternatives(depth + 1)
        self._close()
        if number:
            self.closed.add(number)
        node = Node("group", (inner,), number=number, prefer=inner.prefer, mixed=inner.mixed)
        node.captures = bool(number) or inner.captures
        return node

    def _close(self) -> None:
        if not self._peek(")"):
            raise invalid("parentheses () not balanced")
        self.at += 1

    def _escape(self) -> Node:
        pattern = self.pattern
        if self.at >= len(pattern):
            raise invalid("invalid escape \\ sequence")
        char = pattern[self.at]
        if char in "AmMyYZ":
            self.at += 1
            return Node("edge", edge=char)
        if char in "dswDSW":
            self.at += 1
            return Node("char", test=self._class_test(char))
        if char.isascii() and char.isdigit() and char != "0":
            digits = char
            if pattern[self.at + 1 : self.at + 2].isdigit():
                two = pattern[self.at : self.at + 2]
                if int(two) <= self.groups:
                    digits = two
                elif pattern[self.at + 1 : self.at + 2] < "8" and char < "8":
                    return self._literal(self._escaped_character())
            number = int(digits)
            if self.inside_look or number not in self.closed:
                raise invalid("invalid backreference number")
            self.at += len(digits)
            self.backward = True
            return Node("back", number=number, captures=True)
        return self._literal(self._escaped_character())

    def _class_test(self, letter: str) -> Callable[[str], bool]:
        test = CLASSES[_NAMES["\\" + letter.lower()]]
        if letter.islower():
            return test
        if self.options.newline_stops and letter in "DW":
            return lambda char: char != "\n" and not test(char)
        return lambda char: not test(char)

    def _escaped_character(self) -> str:
        """The character of an escape behind its backslash."""
        char = self.pattern[self.at]
        self.at += 1
        if not char.isascii() or not char.isalnum():
            return char
        plain = {"a": "\a", "b": "\b", "B": "\\", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
        if char in plain:
            return plain[char]
        if char == "c":
            if self.at >= len(self.pattern):
                raise invalid("invalid escape \\ sequence")
            self.at += 1
            return chr(ord(self.pattern[self.at - 1]) & 0o37)
        sizes = {"u": (4, 4), "U": (8, 8), "x": (1, 255)}
        base, digits = 16, "0123456789abcdefABCDEF"
        if char in sizes:
            least, most = sizes[char]
        elif char in "01234567":
            self.at -= 1
            least, most, base, digits = 1, 3, 8, "01234567"
        else:
            raise invalid("invalid escape \\ sequence")
        start = self.at
        while self.at < len(self.pattern) and self.at - start < most and self.pattern[self.at] in digits:
            self.at += 1
        if self.at - start < least or int(self.pattern[start : self.at], base) > 0x10FFFF:
            raise invalid("invalid escape \\ sequence")
        return chr(int(self.pattern[start : self.at], base))

    # -- [...] ---------------------------------------------------------------------------------------------------------

    def _bracket(self) -> Node:
        if self._peek("[:<:]]") or self._peek("[:>:]]"):
            edge = "m" if self.pattern[self.at + 2] == "<" else "M"
            self.at += 6
            return Node("edge", edge=edge)
        negative = self._peek("^")
        self.at += negative
        tests: list[Callable[[str], bool]] = []
        singles: set[str] = set()
        ranges: list[tuple[str, str]] = []
        first = True
        while first or not self._peek("]"):
            item = self._bracket_item(first=first)
            first = False
            if not isinstance(item, str):
                tests.append(item)
                if self._peek("-") and not self.pattern.startswith("-]", self.at):
                    raise invalid("invalid character range")
                continue
            if self._peek("-") and not self.pattern.startswith("-]", self.at) and self.at + 1 < len(self.pattern):
                self.at += 1
                last = self._bracket_item(first=True)
                if not isinstance(last, str) or last < item:
                    raise invalid("invalid character range")
                ranges.append((item, last))
            else:
                singles.add(item)
        self.at += 1

        def test(char: str) -> bool:
            return (
                char in singles or any(low <= char <= high for low, high in ranges) or any(each(char) for each in tests)
            )

        within = _either_case(test) if self.options.ignore_case else test
        if not negative:
            return Node("char", test=within)
        if self.options.newline_stops:
            return Node("char", test=lambda char: char != "\n" and not within(char))
        return Node("char", test=lambda char: not within(char))

    def _bracket_item(self, *, first: bool) -> str | Callable[[str], bool]:
        pattern = self.pattern
        if self.at >= len(pattern):
            raise invalid("brackets [] not balanced")
        char = pattern[self.at]
        for opening, closing in (("[:", ":]"), ("[.", ".]"), ("[=", "=]")):
            if self._peek(opening):
                end = pattern.find(closing, self.at + 2)
                if end < 0:
                    raise invalid("brackets [] not balanced")
                name = pattern[self.at + 2 : end]
                self.at = end + 2
                if opening != "[:":
                    if len(name) != 1:
                        raise UnsupportedSQL("a collating element of several characters in a regular expression")
                    return name
                if name not in CLASSES:
                    raise invalid("invalid character class")
                if self.options.ignore_case and name in {"upper", "lower"}:
                    name = "alpha"
                return CLASSES[name]
        if char == "-" and not first and not self.pattern.startswith("-]", self.at):
            raise invalid("invalid character range")
        self.at += 1
        if char != "\\":
            return char
        if self.at >= len(pattern):
            raise invalid("invalid escape \\ sequence")
        escaped = pattern[self.at]
        if escaped in "dswDSW":
            self.at += 1
            return self._class_test(escaped)
        if escaped in "AmMyYZ" or (escaped.isdigit() and escaped > "7"):
            raise invalid("invalid escape \\ sequence")
        return self._escaped_character()


def _concatenated(parts: list[Node]) -> Node:
    """Atoms in a row as regcomp.c builds them: plain runs are one node, `x(y)z` is `x` and then the rest."""
    if not parts:
        return Node("empty")
    if len(parts) == 1:
        return parts[0]
    plain: list[Node] = []
    for part in parts:
        prefers = {each.prefer for each in (*plain, part) if each.prefer}
        if part.op == "group" or part.captures or part.mixed or len(prefers) > 1:
            break
        plain.append(part)
    if len(plain) == len(parts):
        return _joined(plain)
    messy, rest = parts[len(plain)], parts[len(plain) + 1 :]
    node = _pair(messy, _concatenated(rest)) if rest else messy
    return _pair(_joined(plain), node) if plain else node


def _joined(parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    return Node("cat", tuple(parts), prefer=next((part.prefer for part in parts if part.prefer), 0))


def _pair(left: Node, right: Node) -> Node:
    node = Node("cat", (left, right), prefer=left.prefer or right.prefer)
    node.captures = left.captures or right.captures
    node.mixed = left.mixed or right.mixed or bool(left.prefer and right.prefer and left.prefer != right.prefer)
    return node
