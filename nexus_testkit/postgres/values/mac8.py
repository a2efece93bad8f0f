"""macaddr8 (src/backend/utils/adt/mac8.c), stored as it is shown."""

from __future__ import annotations

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.types import SPACE

_HEX = frozenset("0123456789abcdefABCDEF")
_ALL = "ff:ff:ff:ff:ff:ff:ff:ff"


def parse(text: str) -> str:
    """The storage of an input text: six or eight pairs of digits with one kind of spacer anywhere between them (`macaddr8_in`)."""
    at, count, spacer, digits = len(text) - len(text.lstrip(SPACE)), 0, "", ""
    while at + 1 < len(text):  # a single character at the end is not looked at
        pair = text[at : at + 2]
        count += 1
        if count > 8 or not _HEX.issuperset(pair):
            raise _malformed(text)
        digits += pair.lower()
        at += 2
        if text[at : at + 1] in (":", "-", "."):
            spacer = spacer or text[at]
            if text[at] != spacer:
                raise _malformed(text)
            at += 1
        if count in (6, 8) and text[at : at + 1] in tuple(SPACE):
            if text[at:].strip(SPACE):
                raise _malformed(text)
            break
    if count not in (6, 8):
        raise _malformed(text)
    return _shown(digits if count == 8 else f"{digits[:6]}fffe{digits[6:]}")


def _malformed(text: str) -> DatabaseError:
    return database_error("22P02", f'invalid input syntax for type macaddr8: "{text}"')


def _shown(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, 16, 2))


def of_macaddr(storage: str) -> str:
    """The EUI-64 of a macaddr."""
    return f"{storage[:8]}:ff:fe{storage[8:]}"


def to_macaddr(storage: str) -> str:
    """The macaddr of an EUI-64 that was made of one; 22003 for others."""
    if storage[9:14] != "ff:fe":
        raise database_error(
            "22003",
            "macaddr8 data out of range to convert to macaddr",
            hint="Only addresses that have FF and FE as values in the 4th and 5th bytes from the left, for example "
            "xx:xx:xx:ff:fe:xx:xx:xx, are eligible to be converted from macaddr8 to macaddr.",
        )
    return storage[:8] + storage[14:]


def trunc(storage: str) -> str:
    """trunc(macaddr8): the maker's prefix."""
    return storage[:8] + ":00:00:00:00:00"


def set7bit(storage: str) -> str:
    """macaddr8_set7bit: the modified EUI-64 that IPv6 uses."""
    return f"{int(storage[:2], 16) | 2:02x}{storage[2:]}"


def bitwise(operator: str, left: str, right: str = _ALL) -> str:
    """`&`, `|` and `~` (as `^` with all ones)."""
    a, b = (int(text.replace(":", ""), 16) for text in (left, right))
    return _shown(f"{a & b if operator == '&' else a | b if operator == '|' else a ^ b:016x}")
