"""Text functions, as src/backend/utils/adt/{oracle_compat,varlena,quote}.c and the C.UTF-8 locale define them.

`initcap`, `lower` and `upper` map one character to one character.

Limits: characters that are newer than Python's tables of Unicode have no case; `initcap` of a text with other combining marks
than accents is refused (see `characters`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays
from nexus_testkit.postgres.values.characters import is_alnum
from nexus_testkit.postgres.values.inputs import parse_hex
from nexus_testkit.postgres.values.keywords import QUOTED

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def lower(text: str) -> str:
    """lower(text)."""
    return text.lower() if text.isascii() else "".join([_lower(char) for char in text])


def upper(text: str) -> str:
    """upper(text)."""
    return text.upper() if text.isascii() else "".join([_upper(char) for char in text])


def _lower(char: str) -> str:
    return char.lower() if char != "İ" else "i"


def _upper(char: str) -> str:
    # "ß" stays; of "ᾀ", whose upper case is two letters, it is the one that stands at the beginning of a word
    return next((mapped for mapped in (char.upper(), char.title()) if len(mapped) == 1), char)


def initcap(text: str) -> str:
    """initcap(text): a word is a run of letters and digits."""
    out: list[str] = []
    inside = False
    for char in text:
        out.append(lower(char) if inside else upper(char))
        inside = is_alnum(char)
    return "".join(out)


def substr(text: Any, start: int, length: int | None = None) -> Any:
    """substr(text or bytea, start, length); 22011 for a negative length."""
    if length is None:
        return text[max(start - 1, 0) :]
    if length < 0:
        raise database_error("22011", "negative substring length not allowed")
    end = start - 1 + length
    return text[max(start - 1, 0) : max(end, 0)]


def overlay(text: Any, new: Any, start: int, length: int | None = None) -> Any:
    """overlay(text placing new from start for length)."""
    size = len(new) if length is None else length
    if start <= 0:
        raise database_error("22011", "negative substring length not allowed")
    if not -(2**31) <= start + size < 2**31:
        raise database_error("22003", "integer out of range")
    return text[: start - 1] + new + text[max(start - 1 + size, 0) :]


def left(text: str, count: int) -> str:
    """left(text, count); a negative count leaves out that many at the end."""
    return text[:count]


def right(text: str, count: int) -> str:
    """right(text, count); a negative count leaves out that many at the beginning."""
    if count < 0:
        return text[-count:]
    return text[len(text) - count :] if count < len(text) else text


def lpad(text: str, length: int, fill: str = " ") -> str:
    """lpad(text, length, fill)."""
    missing = length - len(text)
    if missing <= 0:
        return text[: max(length, 0)]
    return _fill(fill, missing) + text


def rpad(text: str, length: int, fill: str = " ") -> str:
    """rpad(text, length, fill)."""
    missing = length - len(text)
    if missing <= 0:
        return text[: max(length, 0)]
    return text + _fill(fill, missing)


def _fill(fill: str, count: int) -> str:
    return (fill * (count // len(fill) + 1))[:count] if fill else ""


def btrim(text: str, chars: str = " ") -> str:
    """btrim(text, chars)."""
    return text.strip(chars) if chars else text


def ltrim(text: str, chars: str = " ") -> str:
    """ltrim(text, chars)."""
    return text.lstrip(chars) if chars else text


def rtrim(text: str, chars: str = " ") -> str:
    """rtrim(text, chars)."""
    return text.rstrip(chars) if chars else text


def strpos(text: str, part: str) -> int:
    """strpos(text, part): from 1, 0 if it is not there."""
    return text.find(part) + 1


def replace(text: str, old: str, new: str) -> str:
    """replace(text, old, new); an empty `old` changes nothing."""
    return text.replace(old, new) if old else text


def translate(text: str, old: str, new: str) -> str:
    """translate(text, old, new): characters of `old` without a partner in `new` go."""
    table: dict[int, str | None] = {}
    for at, char in enumerate(old):
        table.setdefault(ord(char), new[at] if at < len(new) else None)
    return text.translate(table)


def split_part(text: str, delimiter: str, field: int) -> str:
    """split_part(text, delimiter, field); a negative field counts from the end."""
    if field == 0:
        raise database_error("22023", "field position must not be zero")
    pieces = text.split(delimiter) if delimiter else [text]
    if abs(field) > len(pieces):
        return ""
    return pieces[field - 1 if field > 0 else field]


def character(code: int) -> str:
    """chr(code)."""
    if code == 0:
        raise database_error("54000", "null character not permitted")
    if code < 0:
        raise database_error("22023", "character number must be positive")
    if 0xD800 <= code <= 0xDFFF:
        raise database_error("54000", f"requested character not valid for encoding: {code}")
    if code > 0x10FFFF:
        what = "not valid" if 0xD800 <= code <= 0xDFFF else "too large"
        raise database_error("54000", f"requested character {what} for encoding: {code}")
    return chr(code)


def ascii_code(text: str) -> int:
    """ascii(text): the code point of the first character, 0 for none."""
    return ord(text[0]) if text else 0


def to_base(value: int, bits: int, base: str) -> str:
    """to_hex, to_oct and to_bin (`x`, `o`, `b`) of a type of so many bits."""
    return format(value & ((1 << bits) - 1), base)


def repeat(text: str, count: int) -> str:
    """repeat(text, count)."""
    if count > 0 and len(text) * count > 1 << 30:
        raise database_error("54000", "requested length too large")
    return text * count


def digest(data: Any, name: str) -> bytes:
    """sha224, sha256, sha384, sha512 of bytes."""
    return hashlib.new(name, data).digest()


def md5(data: Any) -> str:
    """md5(text or bytea) as hex."""
    return hashlib.md5(data if isinstance(data, bytes) else data.encode(), usedforsecurity=False).hexdigest()


def crc32(data: bytes) -> int:
    """crc32(bytea)."""
    return zlib.crc32(data)


def encode(data: bytes, form: str) -> str:
    """encode(bytea, 'hex' | 'base64' | 'escape')."""
    name = form.lower()
    if name == "hex":
        return data.hex()
    if name == "base64":
        text = base64.b64encode(data).decode()
        return "\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    if name == "escape":
        return "".join("\\\\" if byte == 0x5C else chr(byte) if 0 < byte < 0x80 else f"\\{byte:03o}" for byte in data)
    raise database_error("22023", f'unrecognized encoding: "{form}"')


def decode(text: str, form: str) -> bytes:
    """decode(text, 'hex' | 'base64' | 'escape')."""
    name = form.lower()
    if name == "hex":
        return parse_hex(text)
    if name == "base64":
        return _base64(text)
    if name == "escape":
        out = bytearray()
        pieces = re.split(r"(\\\\|\\[0-3][0-7]{2})", text)
        for piece in pieces:
            if piece == "\\\\":
                out.append(0x5C)
            elif re.fullmatch(r"\\[0-3][0-7]{2}", piece):
                out.append(int(piece[1:], 8))
            elif "\\" in piece:
                raise database_error("22P02", "invalid input syntax for type bytea")
            else:
                out += piece.encode()
        return bytes(out)
    raise database_error("22023", f'unrecognized encoding: "{form}"')


def _base64(text: str) -> bytes:
    plain = "".join(text.split())
    for char in plain:
        if not (char.isascii() and (char.isalnum() or char in "+/=")):
            raise database_error("22023", f'invalid symbol "{char}" found while decoding base64 sequence')
    padding = plain.find("=")
    if padding >= 0 and padding % 4 < 2:
        raise database_error("22023", 'unexpected "=" while decoding base64 sequence')
    try:
        return base64.b64decode(plain, validate=True)
    except binascii.Error:
        raise database_error(
            "22023",
            "invalid base64 end sequence",
            hint="Input data is missing padding, is truncated, or is otherwise corrupted.",
        ) from None


def quote_ident(text: str) -> str:
    """quote_ident(text)."""
    if _PLAIN.match(text) and text not in QUOTED:
        return text
    return '"' + text.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """quote_literal(text)."""
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    return "E" + quoted if "\\" in text else quoted


def quote_nullable(text: str | None) -> str:
    """quote_nullable(text): NULL for NULL."""
    return "NULL" if text is None else quote_literal(text)


def concat(*texts: str | None) -> str:
    """concat(...): of texts; NULLs are left out."""
    return "".join([text for text in texts if text is not None])


def concat_ws(separator: str | None, *texts: str | None) -> str | None:
    """concat_ws(separator, ...): of texts; NULLs are left out."""
    if separator is None:
        return None
    return separator.join([text for text in texts if text is not None])


_FORMAT = re.compile(r"%(?:(\d+)\$)?(-)?(?:(\*)(?:(\d+)\$)?|(\d+))?(.)?", re.DOTALL)


def format_text(template: str | None, *texts: str | None) -> str | None:
    """format(template, ...) of texts: `%s`, `%I`, `%L`, positions, `-` and widths."""
    if template is None:
        return None
    last = -1

    def argument(position: str | None) -> str | None:
        nonlocal last
        if position is not None:
            if position == "0":
                raise database_error("22023", "format specifies argument 0, but arguments are numbered from 1")
            last = int(position) - 1
        else:
            last += 1
        if last >= len(texts):
            raise database_error("22023", "too few arguments for format()")
        return texts[last]

    def substitute(match: re.Match[str]) -> str:
        position, minus, star, star_position, width, kind = match.groups()
        if kind is None:
            raise database_error("22023", "unterminated format() type specifier", hint='For a single "%" use "%%".')
        if kind == "%":
            return "%"
        size = int(width or 0)
        if star:
            size = int(argument(star_position) or 0)
        if kind not in "sIL":
            raise database_error(
                "22023",
                f'unrecognized format() type specifier "{kind}"',
                hint='For a single "%" use "%%".',
            )
        value = argument(position)
        if kind == "I":
            if value is None:
                raise database_error("22004", "null values cannot be formatted as an SQL identifier")
            shown = quote_ident(value)
        elif kind == "L":
            shown = quote_nullable(value)
        else:
            shown = value or ""
        return shown.ljust(abs(size)) if minus or size < 0 else shown.rjust(size)

    return _FORMAT.sub(substitute, template)


def string_to_array(text: str | None, delimiter: str | None, null: str | None = None) -> str | None:
    """string_to_array(text, delimiter, null): no delimiter splits into characters."""
    if text is None:
        return None
    pieces = list(text) if delimiter is None else [] if not text else text.split(delimiter) if delimiter else [text]
    return arrays.store([None if null is not None and piece == null else piece for piece in pieces])


def get_byte(data: bytes, at: int) -> int:
    """get_byte(bytea, at); 2202E outside."""
    if not 0 <= at < len(data):
        raise database_error("2202E", f"index {at} out of valid range, 0..{len(data) - 1}")
    return data[at]
