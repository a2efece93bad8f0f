"""What a statement says is secret: parameters and literals that meet a column of such a name, and columns that come of one.

It goes by the statement's words, not by its grammar: a report has statements that no server would take, and a real server's are not
known to the fake's parser. Limits: a value that is compared in another statement than the one that gives it its name
(`SELECT $1 AS a` in a view), and columns that a subquery or a CTE renames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from nexus_testkit.journal.forms import HIDDEN
from nexus_testkit.journal.redaction import Redaction
from nexus_testkit.journal.sql_words import Words

SCANNED = 20_000  # characters of a statement
_ENDS = frozenset({
    "and", "or", "where", "returning", "from", "order", "group", "limit", "on", "union", "then", "when", "else", "end", "set",
    "having", "for", "offset", "window", "as", "intersect", "except", "values",
})  # fmt: skip
_COMPARES = frozenset({"=", "<>", "!=", "==", "~", "~*", "!~", "!~*", "~~", "~~*", "<", ">", "<=", ">=", ":="})
_TRUTHS = frozenset({"is", "like", "ilike", "in", "exists", "and", "or", "not", "between", "similar"})
_MEASURES = frozenset({"count", "length", "char_length", "octet_length", "num_nulls", "bool_or", "bool_and", "exists"})
_ANY_ARGUMENT = frozenset({"coalesce", "concat", "nullif", "greatest", "least", "array", "any", "in", "row", ""})
_ALWAYS = {
    "crypt": (0,),
    "hmac": (0, 1),
    "pgp_sym_encrypt": (0, 1),
    "pgp_sym_decrypt": (1,),
    "encrypt": (0, 1),
    "decrypt": (1,),
}
_BUILDERS = frozenset({"json_build_object", "jsonb_build_object"})


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is secret of one statement.

    Attributes:
        parameters: numbers, from 1.
        literals: places of literals in the text, in order, and what is shown in their place.
        columns: names of output columns that do not say so themselves: `SELECT password AS p`.
        first: whether the first output column is.
    """

    parameters: frozenset[int] = frozenset()
    literals: tuple[tuple[int, int, str], ...] = ()
    columns: frozenset[str] = frozenset()
    first: bool = False

    def hidden_in(self, query: str) -> str:
        """The statement without its secret literals, which stay literals; what is no literal is no secret."""
        for start, end, instead in reversed(self.literals):
            query = f"{query[:start]}{instead}{query[end:]}"
        return query


@lru_cache(maxsize=1024)
def secrets_of(query: str, redaction: Redaction) -> Secrets:
    """What is secret of a statement."""
    if not redaction.enabled:
        return Secrets()
    return _Statement(Words(query[:SCANNED]), redaction).secrets()


@dataclass
class _Statement:
    words: Words
    redaction: Redaction
    parameters: set[int] = field(default_factory=set)
    literals: set[tuple[int, int]] = field(default_factory=set)

    def secrets(self) -> Secrets:
        self._inserted()
        for at, word in enumerate(self.words):
            if self._compares(at):
                self._compared(at)
            elif word.is_name:
                self._named(at)
        columns, first = self._outputs()
        return Secrets(frozenset(self.parameters), tuple(self._instead()), frozenset(columns), first)

    def _instead(self) -> Iterator[tuple[int, int, str]]:
        for word in self.words:
            if (word.start, word.end) in self.literals:
                quote = "'" if word.kind == "string" else ""
                yield word.start, word.end, f"{quote}{HIDDEN}{quote}"
            elif word.kind == "string" and (shown := self.redaction.text(word.text)) != word.text:
                yield word.start, word.end, shown

    # -- marking

    def _mark(self, begin: int, end: int) -> None:
        """The values of an expression are secret; further arguments of a function (`encode(..., 'hex')`) say how it is made."""
        at = begin
        while at < end:
            word = self.words[at]
            if word.kind == "mark" and word.text == "(":
                self._mark_group(at)
                at = self.words.match.get(at, at) + 1
                continue
            if word.kind == "parameter":
                self.parameters.add(int(word.text[1:]))
            elif (word.kind == "string" and word.content and self.words.json_key(at) is None) or (
                word.kind == "number" and len(word.text) >= 4
            ):
                self.literals.add((word.start, word.end))
            at += 1

    def _mark_group(self, at: int) -> None:
        if self.words.is_keyword(at + 1, "select", "with", "values"):
            return
        function = self.words[at - 1].text if at and self.words[at - 1].is_name else ""
        for place, (begin, end) in enumerate(self.words.group(at)):
            if function == "gen_salt":
                continue
            if place == 0 or function in _ANY_ARGUMENT:
                self._mark(begin, end)
            else:
                self.parameters.update(int(word.text[1:]) for word in self.words[begin:end] if word.kind == "parameter")

    # -- names

    def _hides(self, begin: int, end: int) -> bool:
        """Whether an expression has a column, or a member of JSON, of a secret name."""
        return any(self._is_secret(at) for at in range(begin, end))

    def _is_secret(self, at: int) -> bool:
        word = self.words[at]
        if word.is_name:
            is_function = self.words.is_mark(at + 1, "(")
            is_table = self.words.is_mark(at + 1, ".")
            is_type = at > 0 and self.words[at - 1].text == "::"
            return not (is_function or is_table or is_type) and self.redaction.hides(word.text)
        key = self.words.json_key(at)
        return key is not None and self.redaction.hides(key)

    # -- INSERT

    def _inserted(self) -> None:
        words = self.words
        for at in range(len(words) - 2):
            if not (words.is_keyword(at, "insert") and words.is_keyword(at + 1, "into")):
                continue
            opening = at + 2
            while opening < len(words) and (words[opening].is_name or words.is_mark(opening, ".")):
                if words.is_keyword(opening, "values", "select", "default", "overriding"):
                    break
                opening += 1
            if words.is_mark(opening, "(") and not words.is_keyword(opening + 1, "select", "with", "values"):
                columns = [words[end - 1].text for begin, end in words.group(opening) if end > begin]
                after = words.match.get(opening, len(words)) + 1
            else:
                table = next((words[each].text for each in range(opening - 1, at, -1) if words[each].is_name), "")
                columns, after = list(self.redaction.columns_of(table)), opening
            self._values(after, [self.redaction.hides(column) for column in columns])

    def _values(self, at: int, secret: list[bool]) -> None:
        words = self.words
        while at < len(words) and not words.is_keyword(at, "values", "select"):
            at += 1
        if words.is_keyword(at, "values"):
            at += 1
            while words.is_mark(at, "("):
                self._mark_columns(words.group(at), secret)
                at = words.match.get(at, len(words)) + 1
                at += words.is_mark(at, ",")
        elif words.is_keyword(at, "select"):
            items = self._list(at + 1)
            self._mark_columns(items, secret)
            if len(items) == 1 and words[items[0][0]].text == "*":
                for each in range(items[0][1], len(words)):
                    if words.is_keyword(each, "unnest") and words.is_mark(each + 1, "("):
                        self._mark_columns(words.group(each + 1), secret)

    def _mark_columns(self, items: list[tuple[int, int]], secret: list[bool]) -> None:
        for (begin, end), hidden in zip(items, secret, strict=False):
            if hidden:
                self._mark(begin, end)

    def _list(self, at: int) -> list[tuple[int, int]]:
        """The items of a select list, or of RETURNING, that begins there."""
        while self.words.is_keyword(at, "distinct", "all"):
            at += 1
        items = []
        while at < len(self.words):
            begin = at
            at = self.words.until(at, _ENDS - {"and", "or", "as", "then", "when", "else", "end"})
            items.append((begin, at))
            if not self.words.is_mark(at, ","):
                break
            at += 1
        return [each for each in items if each[1] > each[0]]

    # -- comparisons

    def _compares(self, at: int) -> bool:
        word = self.words[at]
        if word.kind == "operator":
            return word.text in _COMPARES
        return word.kind == "name" and word.text in {"like", "ilike", "in", "from"}

    def _compared(self, at: int) -> None:
        words = self.words
        left_end, right = at, at + 1
        if words.is_keyword(at, "from"):
            if not words.is_keyword(at - 1, "distinct") or not words.is_keyword(at - 2, "is", "not"):
                return
            left_end = at - 3 if words.is_keyword(at - 2, "not") else at - 2
        elif words.is_keyword(at - 1, "not"):
            left_end = at - 1
        left = self._operand_before(left_end)
        right_end = words.until(right, _ENDS)
        if self._is_tuple(left, left_end):
            names = words.group(left)
            opening = right + words.is_keyword(right, "row")
            if words.is_mark(opening, "(") and not words.is_keyword(opening + 1, "select"):
                self._mark_columns(words.group(opening), [self._hides(*each) for each in names])
            return
        if self._hides(left, left_end):
            self._mark(right, right_end)
            self._mark(left, left_end)
        elif self._hides(right, right_end):
            self._mark(left, left_end)

    def _operand_before(self, end: int) -> int:
        """Where the operand begins that ends there: a name with its table, a parameter with its cast, a function, JSON's members."""
        words = self.words
        at = end - 1
        while at > 0:
            at = min(words.match.get(at, at), at) if words.is_mark(at, ")") or words.is_mark(at, "]") else at
            before = words[at - 1] if at else None
            if before is None:
                break
            if words.is_mark(at, "(") and before.is_name and before.text not in _ENDS | {"not", "by"}:
                at -= 1
            elif (
                before.kind == "operator" and (before.text == "::" or before.text.startswith(("->", "#>", "||")))
            ) or words.is_mark(at - 1, "."):
                at -= 2
            elif words.is_mark(at, "["):
                at -= 1
            else:
                break
        return max(at, 0)

    def _is_tuple(self, begin: int, end: int) -> bool:
        return (
            self.words.is_mark(begin, "(")
            and len(self.words.group(begin)) > 1
            and self.words.match.get(begin) == end - 1
        )

    # -- functions, options, members of JSON

    def _named(self, at: int) -> None:
        words = self.words
        if at + 1 < len(words) and words[at + 1].kind == "string" and self._is_secret(at):
            self._mark(at + 1, at + 2)  # CREATE ROLE ... PASSWORD '...', OPTIONS (password '...')
            return
        if not words.is_mark(at + 1, "("):
            return
        name, items = words[at].text, words.group(at + 1)
        for place in _ALWAYS.get(name, ()):
            if place < len(items):
                self._mark(*items[place])
        if name in _BUILDERS:
            for key, value in zip(items[::2], items[1::2], strict=False):
                self._member(key, value)
        elif name == "jsonb_set" and len(items) > 2:
            self._member(items[1], items[2])
        elif name == "set_config" and len(items) > 1:
            self._member(items[0], items[1])

    def _member(self, key: tuple[int, int], value: tuple[int, int]) -> None:
        named = self.words[key[0]]
        if named.kind == "string" and self.redaction.hides(named.content.strip("{}").rpartition(",")[2]):
            self._mark(*value)

    # -- what comes back

    def _outputs(self) -> tuple[set[str], bool]:
        words = self.words
        begin = self._first(lambda at: words.is_keyword(at, "returning"))
        if begin is None:
            begin = self._first(
                lambda at: words.is_keyword(at, "select", "insert", "update", "delete", "merge", "values")
            )
            if begin is None or not words.is_keyword(begin, "select"):
                return set(), False
        columns: set[str] = set()
        first = False
        for place, (start, end) in enumerate(self._list(begin + 1)):
            name, source_end = self._output_name(start, end)
            if self._tells(start, source_end):
                first = first or place == 0
                if not self.redaction.hides(name):
                    columns.add(name)
            elif self.redaction.hides(name):
                self._mark(start, source_end)
                first = first or place == 0
        return columns, first

    def _first(self, wanted: Callable[[int], bool]) -> int | None:
        """The first place outside of parentheses that is wanted."""
        at = 0
        while at < len(self.words):
            if wanted(at):
                return at
            at = self.words.match.get(at, at) + 1 if self.words.is_mark(at, "(") else at + 1
        return None

    def _output_name(self, start: int, end: int) -> tuple[str, int]:
        """The name of an output column, and where the expression ends that it is of."""
        words = self.words
        last = words[end - 1]
        if end - start >= 3 and words.is_keyword(end - 2, "as"):
            return last.text, end - 2
        bare = (
            end - start >= 2 and last.is_name and not words.is_mark(end - 2, ".") and words[end - 2].kind != "operator"
        )
        if bare:
            return last.text, end - 1
        at = start
        while at + 2 < end and words.is_mark(at + 1, "."):
            at += 2
        one = words[at].is_name and (at + 1 == end or words.is_mark(at + 1, "(") or words[at + 1].text == "::")
        return (words[at].text if one else "?column?"), end

    def _tells(self, start: int, end: int) -> bool:
        """Whether an expression gives a secret: not how many there are, nor whether one is right."""
        at = start
        while at < end:
            word = self.words[at]
            if (word.kind == "operator" and word.text in _COMPARES) or (word.kind == "name" and word.text in _TRUTHS):
                return False
            if word.is_name and word.text in _MEASURES and self.words.is_mark(at + 1, "("):
                return False
            at = self.words.match.get(at, at) + 1 if self.words.is_mark(at, "(") else at + 1
        return self._hides(start, end)


def table_of(query: str) -> tuple[str, tuple[str, ...]] | None:
    """A table that a statement creates, and its columns; None of another statement."""
    words = Words(query[:SCANNED])
    if not words.is_keyword(0, "create"):
        return None
    at = next((each for each in range(1, min(5, len(words))) if words.is_keyword(each, "table")), None)
    opening = next((each for each in range(len(words)) if words.is_mark(each, "(")), None)
    if at is None or opening is None or opening == 0 or not words[opening - 1].is_name:
        return None
    columns = [words[begin].text for begin, end in words.group(opening) if end > begin and words[begin].is_name]
    return words[opening - 1].text, tuple(each for each in columns if each not in _CONSTRAINTS)


_CONSTRAINTS = frozenset({"constraint", "primary", "unique", "foreign", "check", "exclude", "like"})
