"""What a parsed regular expression consists of, and the options that its flags give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error

LONGER, SHORTER = 1, 2


def invalid(why: str) -> DatabaseError:
    """The error 2201B."""
    return database_error("2201B", f"invalid regular expression: {why}")


@dataclass(slots=True, eq=False)
class Node:
    """A part of an expression.

    Attributes:
        op: char, cat, alt, rep, group (of a number; 0 does not capture), back, edge, look, empty.
        parts: the nodes inside.
        test: of a character; for an edge, its letter.
        low, high: of a repetition; high None is no limit.
        prefer: LONGER, SHORTER, or 0 where nothing in it has a preference.
        number: of a group or a back reference.
        negative, behind: of a look-around.
    """

    op: str
    parts: tuple[Node, ...] = ()
    test: Callable[[str], bool] | None = None
    edge: str = ""
    low: int = 1
    high: int | None = 1
    prefer: int = 0
    number: int = 0
    negative: bool = False
    behind: bool = False
    captures: bool = False
    mixed: bool = False


@dataclass(slots=True)
class Options:
    """What the flags say."""

    ignore_case: bool = False
    newline_stops: bool = False  # . and [^x] do not match a newline
    newline_anchors: bool = False  # ^ and $ match beside newlines
    extended: bool = False
    quoted: bool = False


def with_flags(options: Options, flags: str) -> Options:
    """The options after letters as regexp functions and `(?xyz)` take them."""
    for flag in flags:
        if flag in "ic":
            options.ignore_case = flag == "i"
        elif flag in "nm":
            options.newline_stops = options.newline_anchors = True
        elif flag == "p":
            options.newline_stops, options.newline_anchors = True, False
        elif flag == "w":
            options.newline_stops, options.newline_anchors = False, True
        elif flag == "s":
            options.newline_stops = options.newline_anchors = False
        elif flag in "xt":
            options.extended = flag == "x"
        elif flag == "q":
            options.quoted = True
        elif flag in "be":
            raise UnsupportedSQL(f'the regular expression option "{flag}"')
        else:
            raise KeyError(flag)
    return options
