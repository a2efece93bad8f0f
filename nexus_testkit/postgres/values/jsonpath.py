"""jsonpath: its text to a tree, and back in PostgreSQL's form (src/backend/utils/adt/jsonpath_scan.l, jsonpath_gram.y, jsonpath.c).

Storage of the type `jsonpath` is the text that PostgreSQL prints: `$.a[*]` is `$."a"[*]`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.jsonpath_scan import Token, complaint, tokens_of
from nexus_testkit.postgres.values.jsonpath_tree import MOST, Item, Path, is_number, show

_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})
#: Item methods without arguments.
_METHODS = frozenset("abs size type floor double ceiling keyvalue bigint boolean date integer number string".split())  # noqa: SIM905  # reads better than 13 quoted names
_TIMES = frozenset({"time", "time_tz", "timestamp", "timestamp_tz"})
_KEYWORDS = _METHODS | _TIMES | frozenset({"is", "to", "lax", "flag", "last", "with", "exists", "starts", "strict"})
_KEYWORDS |= {"decimal", "unknown", "datetime", "like_regex"}
_LITERALS = {"null": None, "true": True, "false": False}  # written in lower case alone


@lru_cache(maxsize=512)
def parse(text: str) -> Path:
    """The tree of a path's text.

    Raises:
        DatabaseError: 42601, or 22P02 for an empty text.
    """
    tokens = tokens_of(text)
    if len(tokens) == 1:
        raise database_error("22P02", f'invalid input syntax for type jsonpath: "{text}"')
    return _Parser(tokens).path()


def normalised(text: str) -> str:
    """The storage of jsonpath's input text."""
    return show(parse(text))


_PREDICATES = _COMPARISONS | {"&&", "||", "!", "is unknown", "starts with", "like_regex", "exists"}


class _Parser:
    """Precedence climbing over jsonpath_gram.y: predicates and expressions are read by the same rules, then told apart."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.filters = 0
        self.subscripts = 0
        self.complaint: DatabaseError | None = None

    def path(self) -> Path:
        strict = False
        if self._word() in {"strict", "lax"} and len(self.tokens) > 1:
            strict = self._word() == "strict"
            self.at += 1
        root = self._or()
        if self._here.kind != "end":
            raise self._fail()
        if self.complaint is not None:
            raise self.complaint
        return Path(root, strict)

    @property
    def _here(self) -> Token:
        return self.tokens[self.at]

    def _fail(self) -> DatabaseError:
        return complaint("syntax error", self._here.near)

    def _word(self) -> str | None:
        """The keyword at this place."""
        token = self._here
        if token.kind != "word":
            return None
        lowered = str(token.value).lower()
        return lowered if lowered in _KEYWORDS else None

    def _accept(self, kind: str) -> bool:
        if self._here.kind == kind:
            self.at += 1
            return True
        return False

    def _expect(self, kind: str) -> None:
        if not self._accept(kind):
            raise self._fail()

    def _keyword(self, word: str) -> None:
        if self._word() != word:
            raise self._fail()
        self.at += 1

    def _predicate(self, item: Item) -> Item:
        if not _is_predicate(item):
            raise self._fail()
        return item

    def _expression(self, item: Item) -> Item:
        if _is_predicate(item):
            raise self._fail()
        return item

    def _or(self) -> Item:
        left = self._and()
        while self._here.kind == "||":
            self._predicate(left)
            self.at += 1
            left = Item("||", args=(left, self._predicate(self._and())))
        return left

    def _and(self) -> Item:
        left = self._comparison()
        while self._here.kind == "&&":
            self._predicate(left)
            self.at += 1
            left = Item("&&", args=(left, self._predicate(self._comparison())))
        return left

    def _comparison(self) -> Item:
        if self._accept("!"):
            if self._here.kind != "(" and self._word() != "exists":
                raise self._fail()
            return Item("!", args=(self._predicate(self._primary(bare=True)),))
        left = self._sum()
        kind, word = self._here.kind, self._word()
        if kind in _COMPARISONS:
            self._expression(left)
            self.at += 1
            right = self._expression(self._sum())
            return Item(kind, args=(left, right))
        if word == "starts" and not _is_predicate(left):
            self.at += 1
            self._keyword("with")
            if self._here.kind not in {"string", "variable"}:
                raise self._fail()
            token = self.tokens[self.at]
            self.at += 1
            return Item("starts with", args=(left, Item(_SCALARS[token.kind], token.value)))
        if word == "like_regex" and not _is_predicate(left):
            self.at += 1
            return self._like_regex(left)
        return left

    def _like_regex(self, left: Item) -> Item:
        if self._here.kind != "string":
            raise self._fail()
        pattern, flags = self.tokens[self.at].value, ""
        self.at += 1
        if self._word() == "flag":
            self.at += 1
            if self._here.kind != "string":
                raise self._fail()
            flags = self.tokens[self.at].value
            self.at += 1
        for flag in flags:
            if flag not in "ismxq":
                raise database_error(
                    "42601",
                    "invalid input syntax for type jsonpath",
                    detail=f'Unrecognized flag character "{flag}" in LIKE_REGEX predicate.',
                )
        flags = "".join(flag for flag in "ismxq" if flag in flags)
        compiled(pattern, flags)
        return Item("like_regex", (pattern, flags), (left,))

    def _sum(self) -> Item:
        left = self._product()
        while self._here.kind in {"+", "-"}:
            self._expression(left)
            kind = self._here.kind
            self.at += 1
            left = Item(kind, args=(left, self._expression(self._product())))
        return left

    def _product(self) -> Item:
        left = self._unary()
        while self._here.kind in {"*", "/", "%"}:
            self._expression(left)
            kind = self._here.kind
            self.at += 1
            left = Item(kind, args=(left, self._expression(self._unary())))
        return left

    def _unary(self) -> Item:
        kind = self._here.kind
        if kind not in {"+", "-"}:
            return self._primary()
        self.at += 1
        arg = self._expression(self._unary())
        if arg.kind == "literal" and arg.next is None and is_number(arg.value):
            return arg if kind == "+" else Item("literal", -arg.value)
        return Item(kind, args=(arg,))

    def _primary(self, *, bare: bool = False) -> Item:
        """A scalar, a path, or something in parentheses; `bare` takes no accessors after it."""
        token, word = self._here, self._word()
        if token.kind == "(":
            self.at += 1
            inner = self._or()
            self._expect(")")
            if not bare and self._word() == "is" and _is_predicate(inner):
                self.at += 1
                self._keyword("unknown")
                return Item("is unknown", args=(inner,))
            if bare or self._here.kind not in {".", "[", "?", "**"}:
                return inner
            return self._accessors(inner)
        if word == "exists":
            self.at += 1
            self._expect("(")
            inner = self._expression(self._sum())
            self._expect(")")
            return Item("exists", args=(inner,))
        made = self._scalar(token, word)
        self.at += 1
        return self._accessors(made)

    def _scalar(self, token: Token, word: str | None) -> Item:
        if token.kind in _SCALARS:
            return Item(_SCALARS[token.kind], token.value)
        if token.kind == "word" and token.value in _LITERALS:
            return Item("literal", _LITERALS[token.value])
        if token.kind == "$":
            return Item("$")
        if token.kind == "@":
            if not self.filters:
                self._misplaced("@ is not allowed in root expressions")
            return Item("@")
        if word == "last":
            if not self.subscripts:
                self._misplaced("LAST is allowed only in array subscripts")
            return Item("last")
        raise self._fail()

    def _misplaced(self, message: str) -> None:
        """The server checks the places of `@` and `last` on the finished tree: a syntax error further on comes first."""
        self.complaint = self.complaint or database_error("42601", message)

    def _accessors(self, head: Item) -> Item:
        last = head
        while last.next is not None:  # (a.b).c is a.b.c
            last = last.next
        while (made := self._accessor()) is not None:
            last.next = made
            last = made
        return head

    def _accessor(self) -> Item | None:
        if self._accept("["):
            return self._subscript()
        if self._accept("?"):
            self._expect("(")
            self.filters += 1
            inner = self._predicate(self._or())
            self.filters -= 1
            self._expect(")")
            return Item("?", args=(inner,))
        if not self._accept("."):
            return None
        if self._accept("*"):
            return Item(".*")
        if self._accept("**"):
            return self._levels()
        token, word = self._here, self._word()
        if token.kind not in {"word", "string"}:
            raise self._fail()
        self.at += 1
        if token.kind == "word" and word and self._here.kind == "(" and word in _CALLABLE:
            self.at += 1
            return self._method(word)
        return Item("key", token.value)

    def _method(self, word: str) -> Item:
        args: list[Any] = []
        if (word == "datetime" and self._here.kind == "string") or (word in _TIMES and self._here.kind == "integer"):
            args.append(self._here.value)
            self.at += 1
        elif word == "decimal":
            while self._here.kind != ")":
                if args:
                    self._expect(",")
                negative = self._here.kind == "-"
                if negative or self._here.kind == "+":
                    self.at += 1
                if self._here.kind != "integer":
                    raise self._fail()
                args.append(-self._here.value if negative else self._here.value)
                self.at += 1
        self._expect(")")
        if len(args) > 2:
            raise database_error(
                "42601",
                "invalid input syntax for type jsonpath",
                detail=".decimal() can only have an optional precision[,scale].",
            )
        return Item(word, args=tuple(args))

    def _subscript(self) -> Item:
        if self._accept("*"):
            self._expect("]")
            return Item("[*]")
        self.subscripts += 1
        pairs: list[tuple[Item, Item | None]] = []
        while not pairs or self._accept(","):
            low = self._expression(self._sum())
            high = None
            if self._word() == "to":
                self.at += 1
                high = self._expression(self._sum())
            pairs.append((low, high))
        self.subscripts -= 1
        self._expect("]")
        return Item("[]", args=tuple(pairs))

    def _levels(self) -> Item:
        if not self._accept("{"):
            return Item("**", (0, MOST))
        low = high = self._level()
        if self._word() == "to":
            self.at += 1
            high = self._level()
        self._expect("}")
        return Item("**", (low, high))

    def _level(self) -> int:
        if self._word() == "last":
            self.at += 1
            return MOST
        if self._here.kind != "integer":
            raise self._fail()
        level = int(self._here.value)
        if level >= 2**31:
            raise database_error("22003", f'value "{self._here.near}" is out of range for type integer')
        self.at += 1
        return level


_SCALARS = {"string": "literal", "number": "literal", "integer": "literal", "variable": "variable"}
_CALLABLE = _METHODS | _TIMES | {"datetime", "decimal"}


def _is_predicate(item: Item) -> bool:
    return item.kind in _PREDICATES and item.next is None


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> re.Pattern[str]:
    """The regular expression of a like_regex.

    Raises:
        DatabaseError: 2201B for a malformed one, 0A000 for the flag "x".
    """
    from nexus_testkit.postgres.values import regexes  # noqa: PLC0415  # few paths need it

    options = "i" if "i" in flags else ""
    if "q" in flags:
        return re.compile(re.escape(pattern), re.IGNORECASE if options else 0)
    if "x" in flags:
        raise database_error("0A000", 'XQuery "x" flag (expanded regular expressions) is not implemented')
    found = regexes.regex(pattern, options)
    # In XQuery a dot stops at a newline unless there is an "s", and ^ and $ mean lines with an "m".
    wanted = found.flags & ~(re.DOTALL | re.MULTILINE)
    wanted |= (re.DOTALL if "s" in flags else 0) | (re.MULTILINE if "m" in flags else 0)
    return re.compile(found.pattern, wanted)
