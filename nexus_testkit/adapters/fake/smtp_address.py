"""The paths of MAIL FROM and RCPT TO, as RFC 5321, 4.1.2, and RFC 6531, 3.3, write them."""

from __future__ import annotations

import re

NULL_SENDER = "<>"  # RFC 5321, 4.5.5; aiosmtpd takes an empty string for a missing address

_ATOM = r"[\w!#$%&'*+/=?^`{|}~\u0080-\U0010ffff-]+"
_LOCAL = rf'(?:{_ATOM}(?:\.{_ATOM})*|"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*")'
# An underscore is no letter of a domain, but servers take it: hosts have such names.
_DOMAIN = r"(?:[\w-]+(?:\.[\w-]+)*|\[[\x21-\x5a\x5e-\x7e]+\])"
_ROUTE = rf"(?:@{_DOMAIN}(?:,@{_DOMAIN})*:)?"  # accepted and ignored: RFC 5321, appendix C
_MAILBOX = rf"(?:{_LOCAL}@{_DOMAIN}|postmaster)"
_PATH = re.compile(rf" *(?:<{_ROUTE}({_MAILBOX})>|({_MAILBOX})|(<>))(?: +(.*))?", re.IGNORECASE)


def parse_path(argument: str) -> tuple[str | None, str]:
    """The address as it was written and the parameters behind it; (None, "") where it is no path.

    Brackets may be missing, as old clients leave them out. "<>" is `NULL_SENDER`.
    """
    found = _PATH.fullmatch(argument)
    if found is None:
        return None, ""
    return found[1] or found[2] or found[3], found[4] or ""
