"""What is stored and sent: JSON values, events, mails, answers of HTTP servers."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from nexus_testkit.ports.analytics import Event
from nexus_testkit.strategies.people import emails, names, slugs, texts

if TYPE_CHECKING:
    import httpx


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


def events() -> st.SearchStrategy[Event]:
    """Events that `EventStore.append` takes and `events()` gives back: of any type, of the years 1970 to 2100, with or without a user."""
    times = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # `timezones` adds it
    return st.builds(
        Event,
        id=st.uuids().map(str),
        event_type=slugs(max_size=20),
        timestamp=times,
        user_id=st.none() | st.integers(1, 10**9).map(str),
        properties=st.dictionaries(slugs(max_size=8), json_values(max_leaves=3), max_size=3),
    )


st.register_type_strategy(Event, events())


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
