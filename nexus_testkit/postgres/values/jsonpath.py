"""jsonpath: its text to a tree, and back in PostgreSQL's form (src/backend/utils/adt/jsonpath_scan.l, jsonpath_gram.y, jsonpath.c).

Storage of the type `jsonpath` is the text that PostgreSQL prints: `$.a[*]` is `$."a"[*]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import numeric

MOST = 2**32 - 1  # the level that `**{last}` stands for

_BINARY = {"==": 2, "!=": 2, "<": 2, ">": 2, "<=": 2, ">=": 2, "+": 3, "-": 3, "*": 4, "/": 4, "%": 4}
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})
#: Item methods without arguments.
_METHODS = frozenset("abs size type floor double ceiling keyvalue bigint boolean date integer number string".split())  # noqa: SIM905  # reads better than 13 quoted names
_TIMES = frozenset({"time", "time_tz", "timestamp", "timestamp_tz"})
_KEYWORDS = _METHODS | _TIMES | frozenset({"is", "to", "lax", "flag", "last", "with", "exists", "starts", "strict"})
_KEYWORDS |= {"decimal", "unknown", "datetime", "like_regex"}
_LITERALS = {"null": None, "true": True, "false": False}  # written in lower case alone


@dataclass(slots=True)
class Item:
    """One node; `next` is the accessor that is applied to its value.

    Attributes:
        kind: an operator as it is written, an accessor (`key`, `[*]`, `.*`, `**`, `[]`, `?`), a method's name, or `literal`, `variable`, `$`, `@`.
        value: a literal, a key, a name; of `**` its levels, of `like_regex` its flags.
        args: operands; of a subscript pairs, whose second is None for a single index.
    """

    kind: str
    value: Any = None
    args: tuple[Any, ...] = ()
    next: Item | None = field(default=None)


@dataclass(slots=True)
class Path:
    """A whole path."""

    root: Item
    strict: bool


@lru_cache(maxsize=512)
def parse(text: str) -> Path:
    """The tree of a path's text.

    Raises:
        DatabaseError: 42601, or 22P02 for an empty text.
    """
    tokens = _tokens(text)
    if len(tokens) == 1:
        raise database_error("22P02", f'invalid input syntax for type jsonpath: "{text}"')
    return _Parser(tokens).path()


def normalised(text: str) -> str:
    """The storage of jsonpath's input text."""
    return show(parse(text))


# -- tokens ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Token:
    kind: str  # "end", "number", "integer", "string", "variable", "word", or the special characters themselves
    value: Any
    near: str  # what the scanner holds when the parser complains of this token


_OTHER = r"[^?%$.\[\]{}()|&!=<>@#,*:\-+/\\\" \t\n\r\f]"
_SCAN = re.compile(
    r"(?P<blank>[ \t\n\r\f]+)|(?P<comment>/\*.*?\*/)|(?P<open>/\*)"
    r"|(?P<hex>0[xX][0-9a-fA-F](?:_?[0-9a-fA-F])*)|(?P<oct>0[oO][0-7](?:_?[0-7])*)|(?P<bin>0[bB][01](?:_?[01])*)"
    r"|(?P<number>(?:(?:0|[1-9](?:_?\d)*)?\.\d(?:_?\d)*|(?:0|[1-9](?:_?\d)*)\.?)(?:[eE][+-]?\d(?:_?\d)*)?)"
    r"|(?P<special>\*\*|&&|\|\||==|!=|<>|<=|>=|[?%.\[\]{}()|&!=<>@#,*:\-+/])"
    r'|(?P<string>")|(?P<variable>\$(?:"|(?:' + _OTHER + r"|\\)))|(?P<root>\$)|(?P<word>" + _OTHER + r"|\\)",
    re.DOTALL | re.ASCII,
)
_OTHERS = re.compile(_OTHER)
_RUN = re.compile(_OTHER + "+")
_SAME = {"<>": "!="}
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_UNICODE = re.compile(r"\\u(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4}))")
_HEX = re.compile(r"\\x([0-9A-Fa-f]{2})")


def _complaint(message: str, near: str) -> DatabaseError:
    return database_error(
        "42601", f'{message} at or near "{near}" of jsonpath input' if near else f"{message} at end of jsonpath input"
    )


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _SCAN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _complaint("syntax error", text[at])
        kind, piece = match.lastgroup, match.group()
        at = match.end()
        if kind == "open":
            raise _complaint("unexpected end of comment", "")
        if kind in {"hex", "oct", "bin", "number"}:
            run = _RUN.match(text, match.start())
            if run is not None and run.end() > at + 1:  # the scanner takes the longest: this is a word
                value, at, near = _unquoted(text, match.start())
                found.append(_Token("word", value, near))
            else:
                found.append(_number(text, kind, piece, at))
        elif kind == "special":
            found.append(_Token(_SAME.get(piece, piece), None, piece))
        elif kind == "root":
            found.append(_Token("$", None, "$"))
        elif kind == "string" or piece == '$"':
            value, at = _quoted(text, at)
            found.append(_Token("string" if kind == "string" else "variable", value, '"'))
        elif kind in {"word", "variable"}:
            value, at, near = _unquoted(text, at - 1)
            found.append(_Token(kind, value, f"${value}" if kind == "variable" else near))
    found.append(_Token("end", None, ""))
    return found


def _number(text: str, kind: str, piece: str, at: int) -> _Token:
    broken = re.match(r"[eE][+-]", text[at:])
    if broken is not None and kind == "number":
        raise _complaint("invalid numeric literal", piece + broken.group())
    junk = _OTHERS.match(text, at)
    if junk is not None:
        raise _complaint("trailing junk after numeric literal", piece + junk.group())
    if kind == "number" and (not piece.isascii() or not piece.replace("_", "").isdigit()):
        return _Token("number", numeric_value(piece.replace("_", "")), piece)
    whole = int(piece.replace("_", ""), 0 if kind != "number" else 10)
    return _Token("integer", whole, piece)


def numeric_value(text: str) -> Any:
    """A number as jsonb's parsed values hold it: int, or Decimal with its scale."""
    stored = numeric.parse(text)
    return int(stored) if "." not in stored else Decimal(stored)


def _escape(text: str, at: int) -> tuple[str, int]:
    r"""The characters that an escape at `at` (its backslash) means, and where it ends."""
    following = text[at + 1 : at + 2]
    if following == "u":
        return _unicode(text, at)
    if following == "x":
        match = _HEX.match(text, at)
        if match is None:
            raise _complaint("invalid hexadecimal character sequence", re.match(r"\\x[0-9A-Fa-f]?", text[at:]).group())  # type: ignore[union-attr]  # it begins so
        return chr(int(match[1], 16)), match.end()
    if not following:
        raise _complaint("unexpected end after backslash", "\\")
    return _ESCAPES.get(following, following), at + 2


def _unicode(text: str, at: int) -> tuple[str, int]:
    codes: list[int] = []
    while (match := _UNICODE.match(text, at)) is not None:
        codes.append(int(match[1] or match[2], 16))
        at = match.end()
    if not codes or text.startswith("\\u", at):
        wrong = re.match(r"(?:\\u(?:\{[0-9A-Fa-f]{0,6}|[0-9A-Fa-f]{0,3}))", text[at:])
        raise _complaint("invalid Unicode escape sequence", wrong.group() if wrong else text[at : at + 2])
    pieces: list[str] = []
    high: int | None = None
    for code in codes:
        if code == 0:
            raise database_error(
                "22P05", "unsupported Unicode escape sequence", detail="\\u0000 cannot be converted to text."
            )
        if 0xD800 <= code < 0xDC00:
            if high is not None:
                raise _surrogate("Unicode high surrogate must not follow a high surrogate.")
            high = code
        elif 0xDC00 <= code < 0xE000:
            if high is None:
                raise _surrogate("Unicode low surrogate must follow a high surrogate.")
            pieces.append(chr(0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF)))
            high = None
        elif high is not None:
            raise _surrogate("Unicode low surrogate must follow a high surrogate.")
        else:
            pieces.append(chr(code))
    if high is not None:
        raise _surrogate("Unicode low surrogate must follow a high surrogate.")
    return "".join(pieces), at


def _surrogate(detail: str) -> DatabaseError:
    return database_error("22P02", "invalid input syntax for type jsonpath", detail=detail)


def _quoted(text: str, at: int) -> tuple[str, int]:
    pieces: list[str] = []
    while at < len(text):
        char = text[at]
        if char == '"':
            return "".join(pieces), at + 1
        if char == "\\":
            piece, at = _escape(text, at)
            pieces.append(piece)
        else:
            pieces.append(char)
            at += 1
    raise _complaint("unterminated quoted string", "")


def _unquoted(text: str, at: int) -> tuple[str, int, str]:
    """A word, where it ends, and what the scanner holds then: the blanks after it, or nothing."""
    pieces: list[str] = []
    while at < len(text):
        if text[at] == "\\":
            piece, at = _escape(text, at)
            pieces.append(piece)
        elif _OTHERS.match(text, at):
            pieces.append(text[at])
            at += 1
        else:
            break
    blank = re.match(r"[ \t\n\r\f]*", text[at:])
    return "".join(pieces), at, blank.group() if blank else ""


# -- grammar -----------------------------------------------------------------------------------------------------------

_PREDICATES = _COMPARISONS | {"&&", "||", "!", "is unknown", "starts with", "like_regex", "exists"}


class _Parser:
    """Precedence climbing over jsonpath_gram.y: predicates and expressions are read by the same rules, then told apart."""

    def __init__(self, tokens: list[_Token]) -> None:
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
    def _here(self) -> _Token:
        return self.tokens[self.at]

    def _fail(self) -> DatabaseError:
        return _complaint("syntax error", self._here.near)

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
        if arg.kind == "literal" and arg.next is None and _is_number(arg.value):
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

    def _scalar(self, token: _Token, word: str | None) -> Item:
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
        if word == "datetime" and self._here.kind == "string":
            args.append(self._here.value)
            self.at += 1
        elif word in _TIMES and self._here.kind == "integer":
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


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


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


# -- output ------------------------------------------------------------------------------------------------------------

_PRIORITY = {"||": 0, "&&": 1, "starts with": 2, "like_regex": 6, **_BINARY}


def _priority(item: Item) -> int:
    if item.kind in {"+", "-"} and len(item.args) == 1:
        return 5
    return _PRIORITY.get(item.kind, 6)


def show(path: Path) -> str:
    """The text of a path in PostgreSQL's form."""
    return ("strict " if path.strict else "") + _show(path.root, in_key=False, brackets=True)


def _show(item: Item, *, in_key: bool, brackets: bool) -> str:
    text = _one(item, in_key=in_key, brackets=brackets)
    return text + _show(item.next, in_key=True, brackets=True) if item.next is not None else text


def _inside(item: Item, outer: Item) -> str:
    return _show(item, in_key=False, brackets=_priority(item) <= _priority(outer))


def _one(item: Item, *, in_key: bool, brackets: bool) -> str:
    kind, args = item.kind, item.args
    before, after = ("(", ")") if brackets else ("", "")
    if kind in {"&&", "||"} or (kind in _BINARY and len(args) == 2):
        return f"{before}{_inside(args[0], item)} {kind} {_inside(args[1], item)}{after}"
    if kind == "starts with":
        return f"{before}{_inside(args[0], item)} starts with {_inside(args[1], item)}{after}"
    if kind == "like_regex":
        pattern, flags = item.value
        shown = f' flag "{flags}"' if flags else ""
        return f"{before}{_inside(args[0], item)} like_regex {encode_basestring(pattern)}{shown}{after}"
    if kind in {"+", "-"}:
        return f"{before}{kind}{_inside(args[0], item)}{after}"
    if kind in {"!", "exists", "is unknown"}:
        inner = _show(args[0], in_key=False, brackets=False)
        return {"!": f"!({inner})", "exists": f"exists ({inner})"}.get(kind, f"({inner}) is unknown")
    if kind == "literal":
        text = literal_text(item.value)
        return f"({text})" if _is_number(item.value) and item.next is not None else text
    return _accessor_text(item, in_key=in_key)


def _accessor_text(item: Item, *, in_key: bool) -> str:
    kind, args, dot = item.kind, item.args, "." if in_key else ""
    if kind in {"$", "@", "last", "[*]"}:
        return kind
    if kind == "variable":
        return "$" + encode_basestring(item.value)
    if kind == "key":
        return dot + encode_basestring(item.value)
    if kind == ".*":
        return f"{dot}*"
    if kind == "**":
        return f"{dot}**{_levels_text(*item.value)}"
    if kind == "?":
        return f"?({_show(args[0], in_key=False, brackets=False)})"
    if kind == "[]":
        pairs = [
            _show(low, in_key=False, brackets=False)
            + (f" to {_show(high, in_key=False, brackets=False)}" if high is not None else "")
            for low, high in args
        ]
        return f"[{','.join(pairs)}]"
    shown = ",".join(encode_basestring(arg) if isinstance(arg, str) else str(arg) for arg in args)
    return f".{kind}({shown})"


def _levels_text(low: int, high: int) -> str:
    if (low, high) == (0, MOST):
        return ""
    words = ["last" if level == MOST else str(level) for level in (low, high)]
    return "{" + (words[0] if low == high else " to ".join(words)) + "}"


def literal_text(value: Any) -> str:
    """A scalar as JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return encode_basestring(value) if isinstance(value, str) else numeric.to_text(Decimal(value))
