"""Functions of bytea (src/backend/utils/adt/{varlena,bytea}.c), and the conversion between encodings."""

from __future__ import annotations

import re

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error


def _index(place: int, size: int) -> None:
    if not 0 <= place < size:
        raise database_error("2202E", f"index {place} out of valid range, 0..{size - 1}")


def set_byte(data: bytes, place: int, value: int) -> bytes:
    """set_byte(bytea, place, value)."""
    _index(place, len(data))
    return data[:place] + bytes((value & 0xFF,)) + data[place + 1 :]


def get_bit(data: bytes, place: int) -> int:
    """get_bit(bytea, place): bits of a byte are counted from the right."""
    _index(place, len(data) * 8)
    return data[place // 8] >> place % 8 & 1


def set_bit(data: bytes, place: int, value: int) -> bytes:
    """set_bit(bytea, place, value)."""
    _index(place, len(data) * 8)
    if value not in (0, 1):
        raise database_error("22023", "new bit must be 0 or 1")
    changed = bytearray(data)
    changed[place // 8] = changed[place // 8] & ~(1 << place % 8) | value << place % 8
    return bytes(changed)


def trim_bytes(side: str, data: bytes, chars: bytes) -> bytes:
    """btrim, ltrim and rtrim of bytea."""
    if side != "r":
        data = data.lstrip(chars) if chars else data
    return data.rstrip(chars) if side != "l" and chars else data


def bit_count(data: bytes) -> int:
    """bit_count(bytea)."""
    return sum(byte.bit_count() for byte in data)


def crc32c(data: bytes) -> int:
    """crc32c(bytea): Castagnoli's polynomial, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


_CODECS = {"utf8": "utf-8", "unicode": "utf-8", "sqlascii": "ascii", "latin1": "latin-1", "iso88591": "latin-1"}


def _codec(name: str, role: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if plain in _CODECS:
        return _CODECS[plain]
    if re.fullmatch(
        r"latin\d+|win\d+|koi8[ru]?|euc[a-z0-9]+|sjis|big5|gbk|uhc|iso8859\d+|gb18030|johab|mulebuf", plain
    ):
        raise UnsupportedSQL(f"the encoding {name}")
    raise database_error("22023", f'invalid {role} encoding name "{name}"')


def convert_to(text: str, name: str) -> bytes:
    """convert_to(text, encoding)."""
    codec = _codec(name, "destination")
    if codec == "ascii":
        return text.encode()
    try:
        return text.encode(codec)
    except UnicodeEncodeError as error:
        shown = " ".join(f"0x{byte:02x}" for byte in text[error.start].encode())
        raise database_error(
            "22P05",
            f'character with byte sequence {shown} in encoding "UTF8" has no equivalent in encoding "LATIN1"',
        ) from None


def convert_from(data: bytes, name: str) -> str:
    """convert_from(bytea, encoding)."""
    codec = _codec(name, "source")
    if b"\0" in data:
        raise database_error("22021", f'invalid byte sequence for encoding "{_shown(codec)}": 0x00')
    try:
        return data.decode(codec if codec != "ascii" else "utf-8")
    except UnicodeDecodeError as error:
        bad = data[error.start : error.start + _sequence_length(data[error.start])]
        shown = " ".join(f"0x{byte:02x}" for byte in bad)
        raise database_error("22021", f'invalid byte sequence for encoding "UTF8": {shown}') from None


def _shown(codec: str) -> str:
    return {"utf-8": "UTF8", "ascii": "SQL_ASCII"}.get(codec, "LATIN1")


def _sequence_length(first: int) -> int:
    """pg_utf_mblen: how many bytes the first says there are."""
    if first & 0xE0 == 0xC0:
        return 2
    if first & 0xF0 == 0xE0:
        return 3
    return 4 if first & 0xF8 == 0xF0 else 1


def bytes_to_integer(type_name: str, data: bytes) -> int:
    """bytea as int2, int4 or int8, big-endian; 22003 if it has more bytes."""
    width = {"int2": 2, "int4": 4, "int8": 8}[type_name]
    if len(data) > width:
        shown = {"int2": "smallint", "int4": "integer", "int8": "bigint"}[type_name]
        raise database_error("22003", f"{shown} out of range")
    number = int.from_bytes(data, "big")
    limit = 1 << (8 * width - 1)
    return number - 2 * limit if number >= limit else number
