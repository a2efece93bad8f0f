"""Casts from any type to any other: of `inputs`, `outputs` and `conversions`, whichever a pair needs.

A cast is a function of a storage value and the session. `caster` finds it once for a pair of types, so that a query pays for the conversion
alone. Which pairs may be cast in which context is the compiler's to check (pg_cast); what the kind changes here is the
length of strings: an explicit cast cuts, an assignment refuses (22001) unless only spaces are lost.

A type that is not known here is an enum: the compiler lets no other one pass, and checks the labels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, records, regs
from nexus_testkit.postgres.values.conversions import PAIRS, integer_to_bits
from nexus_testkit.postgres.values.fitting import fitted, unchanged
from nexus_testkit.postgres.values.inputs import reader
from nexus_testkit.postgres.values.outputs import output
from nexus_testkit.postgres.values.session import DETACHED, Cast, ValueSession
from nexus_testkit.postgres.values.types import INTEGERS, TEXTS, Typmod, display, modifiers

_STRINGS = TEXTS | {"bpchar"}


def cast(
    storage: Any,
    from_type: str,
    to_type: str,
    typmod: Typmod = None,
    kind: str = "e",
    *,
    explicit: bool | None = None,
    session: ValueSession = DETACHED,
) -> Any:
    """The storage of a value as another type. None stays None.

    `kind` is pg_cast's context: `"i"` implicit, `"a"` assignment, `"e"` explicit; `explicit` says the same as a bool. `typmod` is what was written in the
    parentheses: `(50,)` or 50, `(5, 2)`.
    """
    if storage is None:
        return None
    if explicit is not None:
        kind = "e" if explicit else "a"
    return caster(from_type, to_type, typmod, kind)(storage, session)


@lru_cache(maxsize=4096)
def caster(from_type: str, to_type: str, typmod: Typmod = None, kind: str = "e") -> Cast:
    """The function behind `cast` for one pair of types; raises UnsupportedSQL for a pair that is not known."""
    if to_type.endswith("[]"):
        return _to_array(regs.as_array(from_type), to_type, typmod, kind)
    if to_type in _STRINGS and (from_type, to_type) not in PAIRS:
        return _to_string(from_type, to_type, typmod, kind)
    if (row := records.find(to_type)) is not None and from_type != to_type:
        return _to_row(from_type, row)
    if from_type in _STRINGS and (from_type, to_type) not in PAIRS:
        return reader(to_type, typmod, kind)
    if from_type == to_type:
        return fitted(to_type, typmod, kind)
    found = PAIRS.get((from_type, to_type))
    if found is None:
        raise UnsupportedSQL(f"the cast from {display(from_type)} to {display(to_type)}")
    if typmod is None:
        return found
    if to_type == "bit" and from_type in INTEGERS:  # the number's last bits, not the first ones of those
        return lambda value, _: integer_to_bits(value, typmod)
    adjust = fitted(to_type, typmod, kind)

    def convert(value: Any, session: ValueSession) -> Any:
        made = found(value, session)
        return None if made is None else adjust(made, session)

    return convert


def _to_string(from_type: str, to_type: str, typmod: Typmod, kind: str) -> Cast:
    write = _text_of(from_type)
    if to_type == "name":
        shown = output(from_type) or write if from_type == "bool" else write
        return lambda value, session: shown(value, session).encode()[:63].decode(errors="ignore")
    if from_type == "char" and to_type == "bpchar":
        return lambda value, _: _of_char(value, typmod)
    given = modifiers(typmod)
    if to_type == "char":
        given = (1,)
    if not given or to_type not in {"varchar", "bpchar", "char"}:
        return write
    size = given[0]
    pad = to_type == "bpchar"
    if to_type == "char":
        return lambda value, session: _first_byte(write(value, session))

    def fit(value: Any, session: ValueSession) -> str:
        text: str = write(value, session)
        if len(text) > size:
            if kind != "e" and text[size:].strip(" "):
                raise database_error("22001", f"value too long for type {display(to_type)}({size})")
            text = text[:size]
        return text.ljust(size) if pad else text

    return fit


def _of_char(value: str, typmod: Typmod) -> str:
    if not value:
        raise UnsupportedSQL('the empty "char" as character(n)')
    return value.ljust(modifiers(typmod)[0]) if modifiers(typmod) else value


def _first_byte(text: str) -> str:
    # a backslash and three octal digits, and nothing else, stand for a byte (src/backend/utils/adt/char.c, charin)
    if len(text) == 4 and text[0] == "\\" and all(digit in "01234567" for digit in text[1:]):
        byte = int(text[1:], 8) & 255
        text = chr(byte) if byte else ""
    if text and not text[0].isascii():
        raise UnsupportedSQL('a "char" that is a byte of a longer character')
    return text[:1]


def _text_of(from_type: str) -> Cast:
    if from_type == "bool":
        return lambda value, _: "true" if value else "false"
    if from_type == "bpchar":
        return lambda value, _: value.rstrip(" ")
    if from_type == "inet":  # pg_cast's text(inet) shows the length, unlike the output function
        return unchanged
    return output(from_type) or unchanged


# -- rows and arrays ------------------------------------------------------------------------------------------------


def _to_row(from_type: str, row: records.RowType) -> Cast:
    """A row's text, or a row of as many other fields."""
    source = records.find(from_type)
    kinds = [kind for _, kind in source.fields] if source is not None else ["text"] * len(row.fields)
    if len(kinds) != len(row.fields):
        raise UnsupportedSQL(f"the cast from {display(from_type)} to {row.key}")
    inner = [caster(one, kind, None, "a") for one, (_, kind) in zip(kinds, row.fields, strict=True)]

    def convert(storage: Any, session: ValueSession) -> str:
        items: list[Any] = (
            records.load(storage, source.fields) if source is not None else list(records.read(storage, len(inner)))
        )
        return records.make(
            *(None if item is None else cast(item, session) for item, cast in zip(items, inner, strict=True))
        )

    return convert


def _to_array(from_type: str, to_type: str, typmod: Typmod, kind: str) -> Cast:
    element_type = to_type[:-2]
    if from_type in _STRINGS:
        convert = caster("text", element_type, typmod, "e")
        return lambda text, session: arrays.parse(text, lambda item: convert(item, session))
    if not from_type.endswith("[]"):
        raise UnsupportedSQL(f"the cast from {display(from_type)} to {display(to_type)}")
    source = from_type[:-2]
    if source == element_type and typmod is None:
        return unchanged
    inner = caster(source, element_type, typmod, kind)

    def convert_all(storage: Any, session: ValueSession) -> str:
        return arrays.store(
            arrays.map_elements(arrays.load(storage), lambda item: inner(arrays.element(item, source), session))
        )

    return convert_all
