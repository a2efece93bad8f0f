"""Functions of numbers, texts and UUIDs that are called seldom (src/backend/utils/adt/{numeric,float,varlena,uuid,dbsize,misc}.c)."""

from __future__ import annotations

import math
import re
import unicodedata
import uuid
from datetime import UTC, timedelta
from decimal import ROUND_FLOOR, Decimal

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, moments, numeric
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.times import EPOCH, MICROSECOND, moment_of, timestamp_text
from nexus_testkit.postgres.values.types import RANGES

# -- numbers ---------------------------------------------------------------------------------------------------------


def gcd(left: str, right: str) -> str:
    """gcd(numeric, numeric)."""
    a, b = Decimal(left), Decimal(right)
    if not a.is_finite() or not b.is_finite():
        return "NaN"
    places = max(numeric.scale(a), numeric.scale(b))
    one, other = (int(value.scaleb(places, context=numeric.EXACT)) for value in (a, b))
    return numeric.to_text(Decimal(math.gcd(one, other)).scaleb(-places, context=numeric.EXACT))


def lcm(left: str, right: str) -> str:
    """lcm(numeric, numeric)."""
    a, b = Decimal(left), Decimal(right)
    if not a.is_finite() or not b.is_finite():
        return "NaN"
    places = max(numeric.scale(a), numeric.scale(b))
    one, other = (int(value.scaleb(places, context=numeric.EXACT)) for value in (a, b))
    return numeric.to_text(Decimal(math.lcm(one, other)).scaleb(-places, context=numeric.EXACT))


def random_numeric(session: ValueSession, low: str, high: str) -> str:
    """random(numeric, numeric): with the larger of the two scales."""
    a, b = Decimal(low), Decimal(high)
    for value, name in ((a, "lower"), (b, "upper")):
        if not value.is_finite():
            what = "NaN" if value.is_nan() else "infinity"
            raise database_error("22023", f"{name} bound cannot be {what}")
    if a > b:
        raise database_error("22023", "lower bound must be less than or equal to upper bound")
    places = max(numeric.scale(a), numeric.scale(b))
    first, last = (int(value.scaleb(places, context=numeric.EXACT)) for value in (a, b))
    return numeric.to_text(Decimal(session.random.randint(first, last)).scaleb(-places))


def random_normal(session: ValueSession, mean: float = 0.0, deviation: float = 1.0) -> float:
    """random_normal(mean, stddev)."""
    return session.random.gauss(float(mean), float(deviation))


def size_pretty(size: int | str) -> str:
    """pg_size_pretty(bigint or numeric): halves are rounded away from zero."""
    value = Decimal(size)
    if value == value.to_integral_value():
        amount = int(value)
    elif abs(value) < 10240:
        return f"{numeric.to_text(value)} bytes"
    else:
        amount = int(value)
    units = ("bytes", "kB", "MB", "GB", "TB", "PB")
    if abs(amount) < 10240:
        return f"{amount} bytes"
    amount = _halved(amount, 9)  # keeps one bit for the rounding
    for unit in units[1:]:
        if abs(amount) < 20 * 1024 - 1 or unit == units[-1]:
            rounded = (abs(amount) + 1) // 2
            return f"{-rounded if amount < 0 else rounded} {unit}"
        amount = _halved(amount, 10)
    return ""


def _halved(amount: int, bits: int) -> int:
    return amount >> bits if amount >= 0 else -(-amount >> bits)


_SIZE = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)
_UNITS = {"": 0, "bytes": 0, "b": 0, "kb": 10, "mb": 20, "gb": 30, "tb": 40, "pb": 50}


def size_bytes(text: str) -> int:
    """pg_size_bytes(text)."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise database_error("22023", f'invalid size: "{text}"')
    if found[2].lower() not in _UNITS:
        raise database_error(
            "22023",
            f'invalid size: "{text}"',
            detail=f'Invalid size unit: "{found[2]}".',
            hint='Valid units are "bytes", "B", "kB", "MB", "GB", "TB", and "PB".',
        )
    value = Decimal(found[1]) * (1 << _UNITS[found[2].lower()])
    return numeric.to_integer(numeric.to_text(value), "int8")


# -- floats ----------------------------------------------------------------------------------------------------------


def _out_of_range() -> DatabaseError:
    return database_error("22003", "input is out of range")


def float_function(name: str, value: float | str) -> float | str:
    """The hyperbolic and other functions of a double: `asinh`, `acosh`, `atanh`, `cot`, `erf`, `erfc`."""
    if isinstance(value, str):
        return "NaN"
    if name == "cot":
        if math.isinf(value):
            raise _out_of_range()
        return math.copysign(math.inf, value) if value == 0 else 1.0 / math.tan(value)
    if name == "acosh" and value < 1:
        raise _out_of_range()
    if name == "atanh" and abs(value) >= 1:
        if abs(value) > 1:
            raise _out_of_range()
        return math.copysign(math.inf, value)
    return float(getattr(math, name)(value))


# -- text ------------------------------------------------------------------------------------------------------------


def _form(name: str) -> str:
    if name.upper() not in {"NFC", "NFD", "NFKC", "NFKD"}:
        raise database_error("22023", f"invalid normalization form: {name}")
    return name.upper()


def normalize(text: str, form: str = "NFC") -> str:
    """normalize(text, form)."""
    return unicodedata.normalize(_form(form), text)  # type: ignore[arg-type]  # checked by _form


def is_normalized(text: str, form: str = "NFC") -> int:
    """text IS form NORMALIZED."""
    return int(unicodedata.is_normalized(_form(form), text))  # type: ignore[arg-type]  # checked by _form


def unistr(text: str) -> str:
    r"""unistr(text): `\XXXX`, `\+XXXXXX`, `\uXXXX` and `\UXXXXXXXX`."""
    out: list[str] = []
    at = 0
    pattern = re.compile(r"\\(?:(\\)|([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
    high: int | None = None
    while at < len(text):
        if text[at] != "\\":
            if high is not None:
                raise database_error("42601", "invalid Unicode surrogate pair")
            out.append(text[at])
            at += 1
            continue
        found = pattern.match(text, at)
        if found is None:
            raise database_error(
                "42601",
                "invalid Unicode escape",
                hint="Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.",
            )
        at = found.end()
        if found[1]:
            out.append("\\")
            continue
        code = int(next(group for group in found.groups()[1:] if group), 16)
        if not 0 < code <= 0x10FFFF:
            raise database_error("42601", f"invalid Unicode code point: {code:04X}")
        if high is not None:
            if not 0xDC00 <= code <= 0xDFFF:
                raise database_error("42601", "invalid Unicode surrogate pair")
            out.append(chr(0x10000 + (high - 0xD800 << 10) + code - 0xDC00))
            high = None
        elif 0xD800 <= code <= 0xDBFF:
            high = code
        elif 0xDC00 <= code <= 0xDFFF:
            raise database_error("42601", "invalid Unicode surrogate pair")
        else:
            out.append(chr(code))
    if high is not None:
        raise database_error("42601", "invalid Unicode surrogate pair")
    return "".join(out)


def casefold(text: str) -> str:
    """casefold(text): in the locale C.UTF-8 each character alone."""
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def parse_ident(text: str, strict: int = 1) -> str:
    """parse_ident(text, strict)."""

    def bad(detail: str | None = None) -> DatabaseError:
        return database_error("22023", f'string is not a valid identifier: "{text}"', detail=detail)

    parts: list[str] = []
    at = _spaces(text, 0)
    after_dot = False
    while True:
        missing = True
        if text[at : at + 1] == '"':
            end = at + 1
            while True:
                end = text.find('"', end)
                if end < 0:
                    raise bad("String has unclosed double quotes.")
                if text[end + 1 : end + 2] != '"':
                    break
                end += 2
            name = text[at + 1 : end].replace('""', '"')
            if not name:
                raise bad("Quoted identifier must not be empty.")
            parts.append(name)
            at, missing = end + 1, False
        else:
            found = re.compile(r"[A-Za-z_\x80-\U0010ffff][\w$]*").match(text, at)
            if found:
                name = "".join(char.lower() if char.isascii() else char for char in found.group())
                parts.append(name)
                at, missing = found.end(), False
        if missing:
            if text[at : at + 1] == ".":
                raise bad('No valid identifier before ".".')
            raise bad('No valid identifier after ".".' if after_dot else None)
        at = _spaces(text, at)
        if text[at : at + 1] == ".":
            after_dot = True
            at = _spaces(text, at + 1)
        elif at >= len(text):
            return arrays.store(parts)
        else:
            if strict:
                raise bad()
            return arrays.store(parts)


def _spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n\r\f\v":
        at += 1
    return at


def input_is_valid(session: ValueSession, text: str, type_name: str) -> int:
    """pg_input_is_valid(text, type)."""
    names = {
        "integer": "int4",
        "int": "int4",
        "bigint": "int8",
        "smallint": "int2",
        "boolean": "bool",
        "real": "float4",
    }
    names |= {"double precision": "float8", "decimal": "numeric", "timestamp with time zone": "timestamptz"}
    kind = names.get(type_name.strip().lower(), type_name.strip().lower())
    known = {"int2", "int4", "int8", "bool", "float4", "float8", "numeric", "date", "timestamp", "timestamptz", "time"}
    if kind not in known | {"uuid", "json", "jsonb", "interval", "text", "bytea", "timetz", "jsonpath"} | RANGES:
        raise UnsupportedSQL(f"pg_input_is_valid of the type {type_name}")
    try:
        caster("text", kind)(text, session)
    except UnsupportedSQL:
        raise
    except DatabaseError:
        return 0
    return 1


# -- UUIDs -----------------------------------------------------------------------------------------------------------


def uuid_v7(session: ValueSession, shift: str | None = None) -> str:
    """uuidv7(shift): milliseconds of the clock, then chance."""
    moment = timestamp_text(session.clock().astimezone(UTC).replace(tzinfo=None))
    if shift is not None:
        moment = moments.timestamp_add(moment, shift)
    micros = (moment_of(moment) - EPOCH) // MICROSECOND
    millis, rest = divmod(micros, 1000)
    number = (millis & (1 << 48) - 1) << 80 | 7 << 76 | (rest * 4096 // 1000) << 64 | 2 << 62
    return str(uuid.UUID(int=number | session.random.getrandbits(62)))


def uuid_version(text: str) -> int | None:
    """uuid_extract_version(uuid); NULL for another variant."""
    value = uuid.UUID(text)
    return value.int >> 76 & 0xF if value.variant == uuid.RFC_4122 else None


def uuid_timestamp(text: str) -> str | None:
    """uuid_extract_timestamp(uuid), of versions 1 and 7."""
    value = uuid.UUID(text)
    version = uuid_version(text)
    if version == 1:
        micros = int((Decimal(value.time) / 10).to_integral_value(ROUND_FLOOR)) - 12_219_292_800_000_000
        return timestamp_text(EPOCH + timedelta(microseconds=micros))
    if version == 7:
        return timestamp_text(EPOCH + timedelta(milliseconds=value.int >> 80))
    return None
