"""PostgreSQL's regular expressions, run (src/backend/regex/regexec.c).

The match is the leftmost; its end is the farthest or the nearest, as the whole expression prefers. Then it is dissected: each part takes
the longest (or shortest) piece with which the rest still fits, outer parts first. Python's `re` takes the first alternative
that fits instead, so it cannot stand in for this.

Limits: meant for the short texts of tests: where Python's `re` cannot say where a match begins (texts that are not ASCII, back references), the
time grows with the square of the text's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.are import Parser
from nexus_testkit.postgres.values.are_nodes import SHORTER, Node, Options, with_flags
from nexus_testkit.postgres.values.characters import CLASSES

_word = CLASSES["word"]


@dataclass(slots=True)
class Match:
    """Where an expression matched; spans of groups are None where they took no part."""

    text: str
    spans: list[tuple[int, int] | None]

    def start(self, number: int = 0) -> int:
        span = self.spans[number]
        return -1 if span is None else span[0]

    def end(self, number: int = 0) -> int:
        span = self.spans[number]
        return -1 if span is None else span[1]

    def group(self, number: int = 0) -> str | None:
        span = self.spans[number]
        return None if span is None else self.text[span[0] : span[1]]

    def groups(self) -> list[str | None]:
        return [self.group(number) for number in range(1, len(self.spans))]


class Expression:
    """A parsed expression.

    Attributes:
        groups: how many parentheses capture.
    """

    def __init__(self, pattern: str, options: Options) -> None:
        parser = Parser(pattern, options)
        try:
            self.root = parser.parse()
        except RecursionError:
            raise database_error("2201B", "invalid regular expression: regular expression is too complex") from None
        self.groups = parser.groups
        self.backward = parser.backward
        self.lines, self.ignore_case = options.newline_anchors, options.ignore_case
        self.quick: re.Pattern[str] | None = None

    def search(self, text: str, start: int = 0) -> Match | None:
        """The first match at or behind `start`."""
        run = _Run(text, self)
        if self.quick is not None and text.isascii():
            first = self.quick.search(text, start)
            return None if first is None else run.at(first.start())
        for begin in range(start, len(text) + 1):
            found = run.at(begin)
            if found is not None:
                return found
        return None

    def test(self, text: str) -> bool:
        """Whether it matches anywhere."""
        if self.quick is not None and text.isascii():
            return self.quick.search(text) is not None
        run = _Run(text, self)
        if self.backward:
            return self.search(text) is not None
        return any(run.ends(self.root, begin) for begin in range(len(text) + 1))

    def finditer(self, text: str, start: int = 0) -> Iterator[Match]:
        """All matches, as `setup_regexp_matches` goes on: behind each, one farther behind an empty one."""
        while start <= len(text):
            found = self.search(text, start)
            if found is None:
                return
            yield found
            start = found.end()
            if found.start() == found.end():
                start += 1


@lru_cache(maxsize=512)
def expression(pattern: str, flags: str = "") -> Expression:
    """The expression of a pattern and of the letters that regexp functions take.

    Raises:
        DatabaseError: 2201B for a bad pattern, 22023 for a bad letter.
    """
    options = Options()
    try:
        with_flags(options, flags.replace("g", ""))
    except KeyError as unknown:
        raise database_error("22023", f'invalid regular expression option: "{unknown.args[0]}"') from None
    made = Expression(pattern, options)
    if pattern.isascii() and not made.backward and not options.extended:
        made.quick = _translated(pattern, flags)
    return made


def _translated(pattern: str, flags: str) -> re.Pattern[str] | None:
    """The expression for Python's `re`, which knows whether and where an ASCII text first matches, but not how far; None if it cannot."""
    from nexus_testkit.postgres.values.regexes import regex  # noqa: PLC0415  # that module is jsonpath's

    try:
        return regex(pattern, flags.replace("g", ""))
    except DatabaseError:
        return None


Spans = dict[int, tuple[int, int]]


def _refers(node: Node) -> bool:
    return node.op == "back" or any(_refers(part) for part in node.parts)


def _numbers(node: Node) -> frozenset[int]:
    return frozenset((node.number,) if node.op == "group" else ()).union(*(_numbers(part) for part in node.parts))


class _Run:
    """One text: remembers where each node can end."""

    def __init__(self, text: str, expression: Expression) -> None:
        self.text, self.expression = text, expression
        self.known: dict[tuple[int, int], frozenset[int]] = {}
        self.prefixes: dict[int, Node] = {}

    def at(self, begin: int) -> Match | None:
        root = self.expression.root
        ends = self.ends(root, begin)
        if not ends:
            return None
        groups = self.expression.groups
        for end in sorted(ends, reverse=root.prefer != SHORTER):
            if not groups and not self.expression.backward:
                return Match(self.text, [(begin, end)])
            for spans in self.dissect(root, begin, end, {}):
                return Match(self.text, [(begin, end), *(spans.get(number) for number in range(1, groups + 1))])
        return None

    # -- where can it end? ---------------------------------------------------------------------------------------------

    def ends(self, node: Node, begin: int) -> frozenset[int]:
        """All places where the node, matching from `begin`, may end."""
        key = (id(node), begin)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._ends(node, begin)
        return found

    def _ends(self, node: Node, begin: int) -> frozenset[int]:
        text = self.text
        if node.op == "char":
            assert node.test is not None  # noqa: S101  # a character has one by construction
            return frozenset((begin + 1,)) if begin < len(text) and node.test(text[begin]) else frozenset()
        if node.op == "cat":
            here = {begin}
            for part in node.parts:
                here = {end for at in here for end in self.ends(part, at)}
                if not here:
                    break
            return frozenset(here)
        if node.op == "alt":
            return frozenset(end for part in node.parts for end in self.ends(part, begin))
        if node.op == "rep":
            return self._repeated(node, begin)
        if node.op == "group":
            return self.ends(node.parts[0], begin)
        if node.op == "back":
            return frozenset(range(begin, len(text) + 1))  # checked when dissected
        if node.op == "look":
            return frozenset((begin,)) if self._looks(node, begin) else frozenset()
        if node.op == "edge":
            return frozenset((begin,)) if self._edge(node.edge, begin) else frozenset()
        return frozenset((begin,))

    def _repeated(self, node: Node, begin: int) -> frozenset[int]:
        part = node.parts[0]
        here = {begin}
        for _ in range(node.low):
            here = {end for at in here for end in self.ends(part, at)}
            if not here:
                return frozenset()
        found = set(here)
        count = node.low
        while here and (node.high is None or count < node.high):
            here = {end for at in here for end in self.ends(part, at)} - found
            found |= here
            count += 1
        return frozenset(found)

    def _looks(self, node: Node, here: int) -> bool:
        part = node.parts[0]
        if node.behind:
            found = any(here in self.ends(part, begin) for begin in range(here, -1, -1))
        else:
            found = bool(self.ends(part, here))
        return found != node.negative

    def _edge(self, edge: str, here: int) -> bool:
        text, size = self.text, len(self.text)
        if edge in "A^":
            return here == 0 or (edge == "^" and self.expression.lines and text[here - 1] == "\n")
        if edge in "Z$":
            return here == size or (edge == "$" and self.expression.lines and text[here] == "\n")
        before = here > 0 and _word(text[here - 1])
        after = here < size and _word(text[here])
        if edge in "yY":
            return (before != after) == (edge == "y")
        return after and not before if edge == "m" else before and not after

    # -- what did each group take? -------------------------------------------------------------------------------------

    def dissect(self, node: Node, begin: int, end: int, spans: Spans) -> Iterator[Spans]:
        """The groups of the node where it matches text[begin:end], the preferred way first."""
        if not node.captures:
            if end in self.ends(node, begin):
                yield spans
        elif node.op == "group":
            for found in self.dissect(node.parts[0], begin, end, spans):
                yield {**found, node.number: (begin, end)} if node.number else found
        elif node.op == "alt":
            for part in node.parts:
                if end in self.ends(part, begin):
                    yield from self.dissect(part, begin, end, spans)
        elif node.op == "cat":
            left, right = node.parts
            for middle in sorted(self.ends(left, begin), reverse=left.prefer != SHORTER):
                if middle <= end and end in self.ends(right, middle):
                    for found in self.dissect(left, begin, middle, spans):
                        yield from self.dissect(right, middle, end, found)
        elif node.op == "back":
            span = spans.get(node.number)
            if span is not None and self._same(self.text[span[0] : span[1]], self.text[begin:end]):
                yield spans
        else:
            yield from self._dissect_repeated(node, begin, end, spans)

    def _same(self, one: str, other: str) -> bool:
        return one == other or (self.expression.ignore_case and one.lower() == other.lower())

    def _dissect_repeated(self, node: Node, begin: int, end: int, spans: Spans) -> Iterator[Spans]:
        part = node.parts[0]
        if node.low > 0 and not _refers(part):
            # x{m,n} is x{m-1,n-1}x, of which the last x alone captures (regcomp.c, parseqatom)
            before = self.prefixes.get(id(node))
            if before is None:
                high = None if node.high is None else node.high - 1
                before = Node("rep", (part,), low=node.low - 1, high=high, prefer=node.prefer)
                self.prefixes[id(node)] = before
            for middle in sorted(self.ends(before, begin), reverse=node.prefer != SHORTER):
                if middle <= end and end in self.ends(part, middle):
                    yield from self.dissect(part, middle, end, spans)
            return
        if node.low == 0 and begin == end and part.prefer == SHORTER:
            yield spans
            return
        least = max(node.low, 1)
        inner_groups = _numbers(part)
        most = max(end - begin, least) if node.high is None else max(min(node.high, end - begin), least)

        def iterate(at: int, count: int, before: Spans) -> Iterator[Spans]:
            # what an iteration before captured is forgotten (zaptreesubs)
            found = {number: span for number, span in before.items() if number not in inner_groups}
            for stop in sorted(self.ends(part, at), reverse=part.prefer != SHORTER):
                if stop > end or (stop == at and (count + 1 > least or least - count - 1 < end - at) and stop != end):
                    continue
                done = count + 1
                if stop == end:
                    if done >= least:
                        yield from self.dissect(part, at, stop, found)
                    elif stop == at or least - done:
                        for inner in self.dissect(part, at, stop, found):
                            yield from iterate(stop, done, inner)
                elif done < most:
                    for inner in self.dissect(part, at, stop, found):
                        yield from iterate(stop, done, inner)

        yield from iterate(begin, 0, spans)
        if node.low == 0 and begin == end:
            yield spans
