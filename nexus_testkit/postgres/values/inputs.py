"""Input of every type: the text of a value, as its storage."""

from __future__ import annotations

import re
from collections.abc import Callable

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import floats, instants, integers, intervaltext, jsonb, numeric, regs
from nexus_testkit.postgres.values.fitting import fitted, unchanged
from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.rangetypes import SUBTYPES
from nexus_testkit.postgres.values.session import Cast, ValueSession
from nexus_testkit.postgres.values.types import FLOATS, INTEGERS, RANGES, Typmod

_UUID = re.compile(r"(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}\Z")
_OCTAL = re.compile(r"[0-3][0-7]{2}")


def reader(type_name: str, typmod: Typmod, kind: str = "e") -> Cast:
    """The function that reads a type's input text; `kind` as in `casts.cast`."""
    if type_name in {"bit", "varbit"}:
        adjust = fitted(type_name, typmod, kind)
        return lambda text, session: adjust(_parse_bits(text), session)
    if type_name in INTEGERS:
        return lambda text, _: integers.parse_integer(text, type_name)
    if type_name in FLOATS:
        return lambda text, _: floats.parse_float(text, type_name)
    if type_name == "numeric":
        return lambda text, _: numeric.parse(text, typmod)
    if type_name in {"timestamp", "timestamptz"}:
        return lambda text, session: instants.parse_timestamp(text, type_name, session, typmod)
    if type_name in {"time", "timetz"}:
        return lambda text, session: instants.parse_time(text, type_name, session, typmod)
    if type_name == "interval":
        return lambda text, _: intervaltext.parse(text, typmod)
    if type_name in RANGES:
        parse = late("rangetext." + ("parse_range" if type_name in SUBTYPES else "parse_multirange"))
        return lambda text, session: parse(text, type_name, session)
    return _INPUT.get(type_name, unchanged)


def parse_uuid(text: str) -> str:
    """The canonical text of a UUID; 22P02 if it is none."""
    plain = text.lower()
    if plain.startswith("{") and plain.endswith("}"):
        plain = plain[1:-1]
    if not _UUID.match(plain):
        raise database_error("22P02", f'invalid input syntax for type uuid: "{text}"')
    digits = plain.replace("-", "")
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def parse_bytea(text: str) -> bytes:
    r"""The bytes of bytea's hex form (`\x6162`) or escape form (`a\001`)."""
    if text.startswith("\\x"):
        return parse_hex(text[2:])
    out = bytearray()
    at = 0
    while at < len(text):
        char = text[at]
        if char != "\\":
            out += char.encode()
            at += 1
        elif text[at + 1 : at + 2] == "\\":
            out.append(0x5C)
            at += 2
        elif _OCTAL.match(text, at + 1):
            out.append(int(text[at + 1 : at + 4], 8))
            at += 4
        else:
            raise database_error("22P02", "invalid input syntax for type bytea")
    return bytes(out)


def parse_hex(text: str) -> bytes:
    """The bytes of hexadecimal digits; 22023 as PostgreSQL words it."""
    digits = "".join(text.split())
    for char in digits:
        if char not in "0123456789abcdefABCDEF":
            raise database_error("22023", f'invalid hexadecimal digit: "{char}"')
    if len(digits) % 2:
        raise database_error("22023", "invalid hexadecimal data: odd number of digits")
    return bytes.fromhex(digits)


def _parse_oid(text: str, _session: ValueSession) -> int:
    found = re.fullmatch(r"[ \t\n\r\f\v]*([+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+))[ \t\n\r\f\v]*", text)
    if found is None:
        raise database_error("22P02", f'invalid input syntax for type oid: "{text}"')
    digits = found[1].lstrip("+-")  # strtoul: 0x is sixteen, a leading 0 eight
    base = 16 if digits[:2].lower() == "0x" else 8 if digits[0] == "0" and not digits.strip("01234567") else 10
    value = int(digits, base) * (-1 if found[1][0] == "-" else 1)
    if not -(1 << 31) <= value < 1 << 32:
        raise database_error("22003", f'value "{text}" is out of range for type oid')
    return value % (1 << 32)


def _jsonpath() -> Callable[[str], str]:
    from nexus_testkit.postgres.values import jsonpath  # noqa: PLC0415  # few programs use it

    return jsonpath.normalised


_parse_inet, _parse_cidr, _parse_mac = (late(f"network.parse_{kind}") for kind in ("inet", "cidr", "mac"))


_parse_mac8, _parse_bits = late("mac8.parse"), late("bitstrings.parse")


_INPUT: dict[str, Cast] = {
    "inet": lambda text, _: _parse_inet(text),
    "cidr": lambda text, _: _parse_cidr(text),
    "macaddr": lambda text, _: _parse_mac(text),
    "macaddr8": lambda text, _: _parse_mac8(text),
    "bool": lambda text, _: integers.parse_bool(text),
    "date": instants.parse_date,
    "uuid": lambda text, _: parse_uuid(text),
    "bytea": lambda text, _: parse_bytea(text),
    "json": lambda text, _: jsonb.parse_json(text),
    "jsonb": lambda text, _: jsonb.parse_jsonb(text),
    "jsonpath": lambda text, _: _jsonpath()(text),
    "oid": _parse_oid,
    **regs.INPUT,
}
