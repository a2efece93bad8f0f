"""inet, cidr and macaddr (src/backend/utils/adt/{network,inet_net_pton,inet_net_ntop,mac}.c).

inet and cidr are stored as `address/bits`, so that equal values have equal texts; macaddr as its output.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_SHORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,3})(?:/(\d{1,3}))?", re.ASCII)
_V6 = re.compile(r"([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?:/(\d{1,3}))?", re.ASCII)
_MAC = re.compile(
    r"\s*(?:([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2})"
    r"|([0-9a-f]{1,2})-([0-9a-f]{1,2})-([0-9a-f]{1,2})-([0-9a-f]{1,2})-([0-9a-f]{1,2})-([0-9a-f]{1,2})"
    r"|([0-9a-f]{6})[:-]([0-9a-f]{6})|([0-9a-f]{4})([.-])([0-9a-f]{4})\16([0-9a-f]{4})|([0-9a-f]{12}))\s*",
    re.IGNORECASE,
)


def _malformed(text: str, kind: str) -> DatabaseError:
    return database_error("22P02", f'invalid input syntax for type {kind}: "{text}"')


def parse_inet(text: str) -> str:
    """The storage of an inet's input text."""
    found = _SHORT.fullmatch(text)
    if found is None:
        return _parse_v6(text, "inet")
    parts, bits = [int(part) for part in found[1].split(".")], found[2]
    if len(parts) < 4 and (bits is None or int(bits) // 8 > len(parts)):
        raise _malformed(text, "inet")
    parts += [0] * (4 - len(parts))
    return _made(text, "inet", ".".join(map(str, parts)), bits, 32)


def _made(text: str, kind: str, address: str, bits: str | None, width: int) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise _malformed(text, kind) from None
    size = width if bits is None else int(bits)
    if size > width:
        raise _malformed(text, kind)
    return f"{_shown(parsed)}/{size}"


def _shown(address: Address) -> str:
    """PostgreSQL writes the last 32 bits of `::a.b.c.d` and `::ffff:a.b.c.d` with points."""
    if address.version == 4:
        return str(address)
    number = int(address)
    if number >> 32 == 0xFFFF or (0xFFFF < number < 1 << 32):
        tail = ipaddress.IPv4Address(number & 0xFFFFFFFF)
        return f"::ffff:{tail}" if number >> 32 else f"::{tail}"
    return str(address)


def _parse_v6(text: str, kind: str) -> str:
    found = _V6.fullmatch(text)
    if found is None:
        raise _malformed(text, kind)
    return _made(text, kind, found[1], found[2], 128)


def parse_cidr(text: str) -> str:
    """The storage of a cidr's input text: missing bytes are zero, a missing length is that of the class or of what is written."""
    found = _SHORT.fullmatch(text)
    if found is None:
        storage = _parse_v6(text, "cidr")
    else:
        parts = [int(part) for part in found[1].split(".")]
        bits = found[2]
        if bits is None:
            first = parts[0]
            by_class = 32 if first >= 240 else 8 if first >= 224 else 24 if first >= 192 else 16 if first >= 128 else 8
            bits = str(max(by_class, 8 * len(parts)) if first < 224 or first >= 240 else max(4, 8 * len(parts)))
        parts += [0] * (4 - len(parts))
        storage = _made(text, "cidr", ".".join(map(str, parts)), bits, 32)
    value = _interface(storage)
    if value.ip != value.network.network_address:
        raise database_error("22P02", f'invalid cidr value: "{text}"', detail="Value has bits set to right of mask.")
    return storage


def _interface(storage: str) -> Interface:
    return ipaddress.ip_interface(storage)


def _stored(address: Address, bits: int) -> str:
    return f"{_shown(address)}/{bits}"


def output_inet(storage: str) -> str:
    """inet as text: the length is left out where it is that of a host."""
    address, _, bits = storage.rpartition("/")
    return address if bits == ("128" if ":" in address else "32") else storage


def compare(left: str, right: str) -> int:
    """network_cmp: the common network bits, then the length, then the whole address."""
    if left == right:
        return 0
    a, b = _interface(left), _interface(right)
    if a.version != b.version:
        return -1 if a.version < b.version else 1
    width = 32 if a.version == 4 else 128
    bits = min(a.network.prefixlen, b.network.prefixlen)
    one = (int(a.ip) >> (width - bits), a.network.prefixlen, int(a.ip))
    other = (int(b.ip) >> (width - bits), b.network.prefixlen, int(b.ip))
    return -1 if one < other else 1


def to_cidr(storage: str) -> str:
    """inet as cidr: the bits right of the mask become zero. Also network(inet)."""
    value = _interface(storage)
    return _stored(value.network.network_address, value.network.prefixlen)


def part(name: str, storage: str) -> Any:
    """host, family, masklen, broadcast, netmask, hostmask and abbrev (of an inet, of a cidr)."""
    value = _interface(storage)
    bits, width = value.network.prefixlen, 32 if value.version == 4 else 128
    if name == "host":
        return storage.rpartition("/")[0]
    if name == "family":
        return value.version
    if name == "masklen":
        return bits
    if name == "abbrev":
        return output_inet(storage)
    if name == "abbrev_cidr":
        if value.version == 6:
            text = str(value.network.network_address)
            kept = (bits + 15) // 16
            if kept < 8 and "::" in text and not text.endswith("::"):
                return storage
            return f"{text}/{bits}"
        kept = max((bits + 7) // 8, 1)
        return ".".join(str(value.network.network_address).split(".")[:kept]) + f"/{bits}"
    if name == "broadcast":
        return _stored(value.network.broadcast_address, bits)
    return _stored(value.network.netmask if name == "netmask" else value.network.hostmask, width)


def set_masklen(storage: str, bits: int, cidr: int = 0) -> str:
    """set_masklen(inet or cidr, bits)."""
    value = _interface(storage)
    width = 32 if value.version == 4 else 128
    bits = width if bits == -1 else bits
    if not 0 <= bits <= width:
        raise database_error("22023", f"invalid mask length: {bits}")
    changed = _stored(value.ip, bits)
    return to_cidr(changed) if cidr else changed


def relation(operator: str, left: str, right: str) -> int:
    """`<<`, `<<=`, `>>`, `>>=` and `&&`."""
    if operator[0] == ">":
        return relation(operator.replace(">", "<"), right, left)
    a, b = _interface(left), _interface(right)
    if a.version != b.version:
        return 0
    width = 32 if a.version == 4 else 128
    one, other = a.network.prefixlen, b.network.prefixlen
    bits = min(one, other) if operator == "&&" else other
    if (operator == "<<" and one <= other) or (operator == "<<=" and one < other):
        return 0
    return int(int(a.ip) >> (width - bits) == int(b.ip) >> (width - bits))


def bitwise(operator: str, left: str, right: str) -> str:
    """`&` and `|`."""
    a, b = _interface(left), _interface(right)
    if a.version != b.version:
        word = "AND" if operator == "&" else "OR"
        raise database_error("22023", f"cannot {word} inet values of different sizes")
    number = int(a.ip) & int(b.ip) if operator == "&" else int(a.ip) | int(b.ip)
    return _stored(type(a.ip)(number), max(a.network.prefixlen, b.network.prefixlen))


def inverted(storage: str) -> str:
    """`~`."""
    value = _interface(storage)
    width = 32 if value.version == 4 else 128
    return _stored(type(value.ip)((1 << width) - 1 - int(value.ip)), value.network.prefixlen)


def plus(storage: str, number: int) -> str:
    """inet + bigint."""
    value = _interface(storage)
    width = 32 if value.version == 4 else 128
    result = int(value.ip) + number
    if not 0 <= result < 1 << width:
        raise database_error("22003", "result is out of range")
    return _stored(type(value.ip)(result), value.network.prefixlen)


def minus(storage: str, number: int) -> str:
    """inet - bigint."""
    return plus(storage, -number)


def difference(left: str, right: str) -> int:
    """inet - inet."""
    a, b = _interface(left), _interface(right)
    if a.version != b.version:
        raise database_error("22023", "cannot subtract inet values of different sizes")
    result = int(a.ip) - int(b.ip)
    if not -(1 << 63) <= result < 1 << 63:
        raise database_error("22003", "result is out of range")
    return result


def merge(left: str, right: str) -> str:
    """inet_merge(inet, inet): the smallest network that holds both."""
    a, b = _interface(left), _interface(right)
    if a.version != b.version:
        raise database_error("22023", "cannot merge addresses from different families")
    width = 32 if a.version == 4 else 128
    bits = min(a.network.prefixlen, b.network.prefixlen)
    while bits and int(a.ip) >> (width - bits) != int(b.ip) >> (width - bits):
        bits -= 1
    return to_cidr(_stored(a.ip, bits))


def same_family(left: str, right: str) -> int:
    """inet_same_family(inet, inet)."""
    return int(_interface(left).version == _interface(right).version)


# -- macaddr ---------------------------------------------------------------------------------------------------------


def parse_mac(text: str) -> str:
    """The storage of a macaddr's input text."""
    found = _MAC.fullmatch(text)
    if found is None:
        raise _malformed(text, "macaddr")
    pieces = [piece for piece in found.groups() if piece and piece not in ".-"]
    digits = "".join(piece.zfill(2) for piece in pieces).lower()
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def mac_bitwise(operator: str, left: str, right: str = "ff:ff:ff:ff:ff:ff") -> str:
    """`&`, `|` and `~` (as `^` with all ones) of macaddr."""
    a, b = (int(text.replace(":", ""), 16) for text in (left, right))
    digits = f"{a & b if operator == '&' else a | b if operator == '|' else a ^ b:012x}"
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def mac_trunc(storage: str) -> str:
    """trunc(macaddr): the maker's prefix."""
    return storage[:8] + ":00:00:00"


# -- as asyncpg binds and decodes them -------------------------------------------------------------------------------


def encode_inet(value: Any) -> str:
    """The storage of a bound inet: an address, an interface or a text; ValueError for anything else."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return _of_interface(ipaddress.ip_interface(value))
    return _stored(address, address.max_prefixlen)


def _of_interface(value: Interface) -> str:
    return _stored(value.ip, value.network.prefixlen)


def encode_cidr(value: Any) -> str:
    """The storage of a bound cidr."""
    network = ipaddress.ip_network(value)
    return _stored(network.network_address, network.prefixlen)


def decode_inet(storage: str) -> Any:
    """An address where the length is that of a host, else an interface."""
    address = output_inet(storage)
    return ipaddress.ip_interface(storage) if "/" in address else ipaddress.ip_address(address)


def decode_cidr(storage: str) -> Any:
    """A network."""
    return ipaddress.ip_network(storage)
