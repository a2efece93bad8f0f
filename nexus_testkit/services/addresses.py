"""E-mail addresses: what may be stored for a user, and what may stand in a mail's header and envelope.

The grammar is RFC 5321's dot-atom form, widened to non-ASCII by RFC 6531. Quoted local parts (`"a b"@c`),
address literals (`a@[127.0.0.1]`), comments and groups are refused: hardly anyone has them, and headers are
forged with them.
"""

from __future__ import annotations

import re
from email.headerregistry import Address

from nexus_testkit.errors import ValidationError
from nexus_testkit.services.text import require_line

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = re.compile(r"[A-Za-z0-9\u0080-\U0010ffff]([A-Za-z0-9\u0080-\U0010ffff-]*[A-Za-z0-9\u0080-\U0010ffff])?")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")

LONGEST_LOCAL_PART = 64  # octets: RFC 5321, 4.5.3.1.1
LONGEST_LABEL = 63  # octets of each part of a domain: RFC 1035, 2.3.4
LONGEST_ADDRESS = 254  # octets: RFC 5321, 4.5.3.1.3, less the angle brackets


def check_address(text: object, *, field: str) -> str:
    """`text`, where it is one plain address such as `ann@example.org`.

    Raises:
        ValidationError: it is not; the message says what is wrong with it.
    """
    address = require_line(text, field=field)
    local, at, domain = address.rpartition("@")
    if not at:
        raise _bad(address, field, "has no '@'")
    if "," in address or ";" in address:
        raise _bad(address, field, "looks like several", hint="pass each address as an item of its own")
    if not _LOCAL.fullmatch(local):
        raise _bad(address, field, f"has {local!r} before the '@'")
    if not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        raise _bad(address, field, f"has {domain!r} as its domain")
    if len(local.encode()) > LONGEST_LOCAL_PART or len(address.encode()) > LONGEST_ADDRESS:
        raise _bad(
            address,
            field,
            f"is too long (RFC 5321: {LONGEST_LOCAL_PART} octets before the '@', {LONGEST_ADDRESS} in all)",
        )
    _ascii_domain(domain, address, field)
    return address


def parse_address(value: object, *, field: str) -> Address:
    """The address of a mail: `ann@example.org`, `Ann <ann@example.org>`, or an `email.headerregistry.Address`.

    International domains become their ASCII form (RFC 5890), which every mail server takes.

    Raises:
        ValidationError: it is none of these.
    """
    if isinstance(value, Address):
        return make_address(value.display_name, value.addr_spec, field=field)
    text = require_line(value, field=field)
    named = _NAMED.fullmatch(text)
    if named is None:
        return make_address("", text, field=field)
    return make_address(named["name"].strip().strip('"'), named["address"].strip(), field=field)


def make_address(name: str, address: str, *, field: str) -> Address:
    """An address with a display name, which may hold commas, quotes and any script; `""` for none."""
    if name:
        require_line(name, field=field)
    local, _, domain = check_address(address, field=field).rpartition("@")
    return Address(name, username=local, domain=_ascii_domain(domain, address, field))


def same_mailbox(address: Address) -> str:
    """A key that two spellings of one mailbox share. Case is ignored throughout, as mail servers do in practice."""
    return address.addr_spec.casefold()


def _ascii_domain(domain: str, address: str, field: str) -> str:
    try:
        name = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _bad(address, field, f"has {domain!r} as its domain") from error
    if any(len(label) > LONGEST_LABEL for label in name.split(".")):
        raise _bad(address, field, f"has a domain with a part of more than {LONGEST_LABEL} octets (RFC 1035)")
    return name


def _bad(address: str, field: str, why: str, *, hint: str | None = None) -> ValidationError:
    return ValidationError(
        f"{field}: {address!r} is no e-mail address: it {why}", field=field, hint=hint or "write it as name@example.org"
    )
