"""Hypothesis strategies for what services take, store and send.

What the doc of a strategy claims is what the kit's own services and fakes do with its values: `emails()` are accepted by
`EmailService`, `json_values()` come back from a jsonb column. Importing this module loads Hypothesis, and registers
the strategies of types that are the kit's own: `st.from_type(nexus_testkit.exploration.Plan)`,
`st.from_type(nexus_testkit.machines.lifecycle.World)`.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from nexus_testkit.exploration.changes import LATENCIES_S, Delay, Failure, Plan, Seed, Turn
from nexus_testkit.machines.lifecycle import World, worlds

if TYPE_CHECKING:
    import httpx

__all__ = [
    "emails",
    "fault_plans",
    "http_responses",
    "invalid_emails",
    "json_values",
    "names",
    "service_graphs",
    "slugs",
    "smtp_messages",
    "texts",
    "unusual_emails",
    "users",
]

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_ALNUM = _LOWER + "0123456789"
_TOP_LEVEL = ("example", "example.com", "example.org", "test", "invalid")  # RFC 2606: nobody's
_KINDS = ("refused", "reset", "timeout", "loses_reply")  # those that calls of most ports know

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
        *("x" * 65 + "@example.org", "ann@" + "x" * 64 + ".example", "ann@(comment)example.org", "ann@exam_ple.org"),
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


def json_values(*, max_leaves: int = 10) -> st.SearchStrategy[Any]:
    """JSON values that a jsonb column gives back equal: no NUL, no lone surrogate, no infinity, no NaN.

    Floats are those up to 2**53: jsonb keeps numbers as `numeric` (PostgreSQL 18, 8.14), which of a larger float has the digits
    of its shortest text, and those come back as another, whole number.
    """
    leaves: st.SearchStrategy[Any] = st.one_of(
        st.none(), st.booleans(), st.integers(-(10**30), 10**30), texts(max_size=10), st.floats(-(2.0**53), 2.0**53)
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts(max_size=6), inner, max_size=4),
        max_leaves=max_leaves,
    )


@st.composite
def smtp_messages(draw: st.DrawFn) -> EmailMessage:
    """Messages with From, To, Subject and a text, some with HTML and attachments; every server with SMTPUTF8 takes them."""
    message = EmailMessage(policy=SMTP)
    message["From"] = draw(emails())
    message["To"] = ", ".join(draw(st.lists(emails(), min_size=1, max_size=3, unique=True)))
    message["Subject"] = draw(names() | st.sampled_from(["Hello", "Re: 100%", "x" * 200, "Grüße"]))
    message.set_content(draw(st.lists(names() | slugs(), max_size=4).map("\n".join)) + "\n")
    if draw(st.booleans()):
        message.add_alternative(f"<p>{draw(slugs())}</p>\n", subtype="html")
    for content in draw(st.lists(st.binary(max_size=60), max_size=2)):
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=draw(slugs()) + ".bin")
    return message


@st.composite
def http_responses(draw: st.DrawFn) -> httpx.Response:
    """Answers of a server as httpx gives them: usual statuses, JSON, text, bytes or nothing as the body, a few headers."""
    import httpx  # noqa: PLC0415  # whoever draws answers has loaded it

    status = draw(st.sampled_from([200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503]))
    headers = draw(
        st.dictionaries(
            st.sampled_from(["ETag", "Retry-After", "X-Request-Id"]), st.text("0123456789", min_size=1, max_size=4)
        )
    )
    if status in (204, 304):  # RFC 9110: no content
        return httpx.Response(status, headers=headers)
    body = draw(
        st.one_of(
            st.fixed_dictionaries({"json": json_values(max_leaves=5)}),
            st.fixed_dictionaries({"text": texts()}),
            st.fixed_dictionaries({"content": st.binary(max_size=40)}),
        )
    )
    return httpx.Response(status, headers=headers, **body)


def service_graphs(*, most_services: int = 12) -> st.SearchStrategy[World]:
    """Services that need one another in no circle, and who asks for them when; `machines.lifecycle.play(world)` runs one."""
    return worlds(most_services=most_services)


def fault_plans(*, max_size: int = 4, most_calls: int = 30) -> st.SearchStrategy[Plan]:
    """Plans of delays, failures, turns and seeds; `Plan.decode(plan.encode())` is the plan again."""
    calls = st.integers(1, most_calls)
    changes = st.one_of(
        st.builds(Delay, call=calls, seconds=st.sampled_from(LATENCIES_S)),
        st.builds(Failure, call=calls, kind=st.sampled_from(_KINDS)),
        st.builds(Turn, turn=calls, lane=st.integers(1, 3)),
        st.builds(Seed, value=st.integers(1, 2**32 - 1)),
    )
    return st.lists(changes, max_size=max_size).map(Plan)


st.register_type_strategy(Plan, fault_plans())
st.register_type_strategy(World, service_graphs())
