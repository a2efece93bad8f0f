"""`regclass` and its kin, `int2vector`, `oidvector`, `"char"`: their input, output and casts.

A value of a reg type is stored as its OID; only the session's registry (`system/registry.py`) knows the name. The vectors
are stored as arrays are, `"char"` as its one character.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays
from nexus_testkit.postgres.values.session import ValueSession

Cast = Callable[[Any, ValueSession], Any]

REGS = frozenset(
    {
        "regclass",
        "regcollation",
        "regconfig",
        "regdictionary",
        "regnamespace",
        "regoper",
        "regoperator",
        "regproc",
        "regprocedure",
        "regrole",
        "regtype",
    }
)
VECTORS = {"int2vector": "int2", "oidvector": "oid"}
_NUMBERS = ("oid", "int8", "int4", "int2")
_TOP = 2**32


def _same(value: Any, _: ValueSession) -> Any:
    return value


def _find(kind: str) -> Cast:
    return lambda text, session: session.registry().find(kind, text)


def _show(kind: str) -> Cast:
    return lambda oid, session: session.registry().show(kind, oid)


def _vector(text: str, _: ValueSession) -> str:
    try:
        return arrays.store([int(part) for part in text.split()])
    except ValueError:
        raise database_error("22P02", f'invalid input syntax for type smallint: "{text}"') from None


def _unsigned(value: int, _: ValueSession) -> int:
    return value % _TOP


INPUT: dict[str, Cast] = {**{kind: _find(kind) for kind in REGS}, **dict.fromkeys(VECTORS, _vector)}
OUTPUT: dict[str, Cast] = {
    **{kind: _show(kind) for kind in REGS},
    **dict.fromkeys(VECTORS, lambda value, _: " ".join(map(str, json.loads(value)))),
}
PAIRS: dict[tuple[str, str], Cast] = {
    **{(kind, number): _same for kind in REGS for number in _NUMBERS[:3]},
    **{(number, kind): _unsigned for kind in REGS for number in _NUMBERS},
    **{(one, other): _same for one in REGS for other in REGS if one != other},
    **{(kind, f"{element}[]"): _same for kind, element in VECTORS.items()},
    **{(f"{element}[]", kind): _same for kind, element in VECTORS.items()},
    ("int2", "oid"): _unsigned,
    ("int4", "oid"): _unsigned,
    ("char", "int4"): lambda value, _: ord(value) if value else 0,
    ("int4", "char"): lambda value, _: _char_of(value),
}


def as_array(kind: str) -> str:
    """`int2vector` and `oidvector` as the arrays that they are (whose bounds begin at 0); every other type as it is."""
    element = VECTORS.get(kind)
    return kind if element is None else f"{element}[]"


def named(kind: str) -> bool:
    """Whether a type, or that of an array's elements, is one of the reg types."""
    return kind.removesuffix("[]") in REGS


def _char_of(value: int) -> str:
    if not -128 <= value < 128:
        raise database_error("22003", '"char" out of range')
    if value < 0:
        raise UnsupportedSQL('a "char" that is no character')
    return chr(value) if value else ""
