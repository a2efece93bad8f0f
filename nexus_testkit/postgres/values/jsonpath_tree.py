"""The tree of a jsonpath, and its text in PostgreSQL's form (src/backend/utils/adt/jsonpath.c)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from nexus_testkit.postgres.values import numeric

MOST = 2**32 - 1  # the level that `**{last}` stands for

_BINARY = {"==": 2, "!=": 2, "<": 2, ">": 2, "<=": 2, ">=": 2, "+": 3, "-": 3, "*": 4, "/": 4, "%": 4}


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
        return f"({text})" if is_number(item.value) and item.next is not None else text
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


def is_number(value: Any) -> bool:
    """Whether a value is a JSON number."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)
