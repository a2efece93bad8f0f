"""Texts, names, addresses and users."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_ALNUM = _LOWER + "0123456789"
_TOP_LEVEL = ("example", "example.com", "example.org", "test", "invalid")  # RFC 2606: nobody's

# Two forms of one letter, letters without a partner of the other case, wildcards and escapes of SQL, quotes, an emoji
# of several code points, text from right to left.
_HARD = (
    "\u00e9",
    "e\u0301",
    "\u212b",
    "ß",
    "İ",
    "\u017f",
    "%",
    "_",
    "\\",
    "'",
    '"',
    "\U0001f468\u200d\U0001f469",
    "שלום",
    "日本",
)
_GIVEN = ("Ann", "Zoë", "Jean-Luc", "José", "Nguyễn", "李", "Ольга", "يوسف", "D'Arcy", "Anne Marie")
_FAMILY = ("Smith", "Ünal", "O'Brien", "van der Berg", "García Márquez", "王", "Иванова", "Łukasz", "St. John", "Li")


def slugs(*, max_size: int = 40) -> st.SearchStrategy[str]:
    """Lower-case ASCII words joined by single hyphens, such as `my-2nd-note`: 1 to `max_size` characters."""
    hyphened = st.lists(st.text(_ALNUM, min_size=1, max_size=8), min_size=1, max_size=4).map("-".join)
    return hyphened.map(lambda slug: slug[:max_size].rstrip("-"))


def texts(*, min_size: int = 0, max_size: int = 30) -> st.SearchStrategy[str]:
    """Texts that PostgreSQL can store (no NUL, no lone surrogate), with what is easily mistaken among them.

    `min_size` and `max_size` count code points.
    """
    plain = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=max_size)
    hard = st.lists(st.sampled_from(_HARD) | st.sampled_from("aAbB "), max_size=max_size).map("".join)
    both = (hard | plain).map(lambda text: text[:max_size])
    return both if min_size == 0 else both.filter(lambda text: len(text) >= min_size)


def names() -> st.SearchStrategy[str]:
    """Names of people in several scripts, one line of at most 60 characters; `UserService` takes them as `full_name`."""
    return st.one_of(
        st.sampled_from(_GIVEN), st.builds("{} {}".format, st.sampled_from(_GIVEN), st.sampled_from(_FAMILY))
    )


def emails(*, max_size: int = 100) -> st.SearchStrategy[str]:
    """Addresses as most people have them, at domains that are nobody's (RFC 2606), of at most `max_size` characters.

    `EmailService` and `UserService` accept each.
    """
    local = st.lists(st.text(_ALNUM, min_size=1, max_size=10), min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from(".+-_").map(lambda joint: joint.join(parts))
    )
    domain = st.builds("{}.{}".format, slugs(max_size=12), st.sampled_from(_TOP_LEVEL))
    addresses = st.builds("{}@{}".format, local, st.sampled_from(_TOP_LEVEL) | domain)
    return addresses.filter(lambda address: len(address) <= max_size)


def unusual_emails() -> st.SearchStrategy[str]:
    """Addresses that are valid (RFC 5321's dot-atoms, RFC 6531's other scripts), and that much code refuses or spoils.

    `EmailService` and `UserService` accept each.
    """
    local = st.one_of(
        st.text("!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=6),
        st.sampled_from(["a", "A.B.C", "x" * 64, "o'brien", "user+tag+tag", "0", "用户", "josé", "ANN"]),
    )
    domain = st.sampled_from(
        ["a.example", "bücher.example", "xn--bcher-kva.example", "1.2.example", "EXAMPLE.org", "a-b.test"]
    )
    return st.builds("{}@{}".format, local, domain)


def invalid_emails() -> st.SearchStrategy[str]:
    """Texts that are no address, or none that `EmailService` takes; it and `UserService` refuse each with ValidationError."""
    fixed = [
        *("", " ", "ann", "@", "ann@", "@example.org", "ann@@example.org", "ann@exa mple.org", "an n@example.org"),
        *("ann@example.org,bob@example.org", "ann@example.org;bob@example.org", "ann@-example.org", "ann@example-.org"),
        *(".ann@example.org", "ann.@example.org", "a..b@example.org", "ann@.example.org", "ann@example..org"),
        *("ann@example.org\r\nBcc: eve@example.org", "ann@example.org\0", "ann@[127.0.0.1]", '"a b"@example.org'),
        *("x" * 65 + "@example.org", "ann@(comment)example.org", "ann@exam_ple.org"),
    ]
    spoiled = st.builds(
        lambda address, wrong, first: wrong + address if first else address + wrong,
        emails(),
        st.sampled_from([" ", "\t", "\n", "\0", "@", ".", ",", "(", "[", "\ud800"]),
        st.booleans(),
    )
    return st.sampled_from(fixed) | spoiled


def users() -> st.SearchStrategy[dict[str, Any]]:
    """What `UserService.create_user` takes; it refuses none of them in an empty table."""
    return st.fixed_dictionaries(
        {"username": slugs(), "email": emails()},
        optional={
            "full_name": st.none() | names(),
            "tags": st.lists(slugs(max_size=10), max_size=4),
            "is_active": st.booleans(),
        },
    )
