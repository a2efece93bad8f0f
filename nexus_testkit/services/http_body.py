"""What the body of a response becomes."""

from __future__ import annotations

import json
from email.message import Message
from typing import Any


class NotJson(ValueError):
    """A body that calls itself JSON and is not."""


def decode_body(content: bytes, content_type: str | None) -> Any:
    """The body, decoded by its media type.

    - JSON (`application/json`, and all that end in `+json`): the parsed value; None for an empty body;
    - text (`text/*`, XML, forms, scripts, and whatever names a charset): `{"text": str}`;
    - no media type, or none that can be read: `{"text": str}` where it is UTF-8, as below where it is not;
    - anything else: `{"content": bytes}`.

    Raises:
        NotJson: it calls itself JSON and is not.
    """
    kind, charset = _media_type(content_type or "")
    if kind == "application/json" or kind.endswith("+json"):
        return _json(content)
    if charset or _is_text(kind):
        return {"text": _text(content, charset or "utf-8")}
    if not kind:
        try:
            return {"text": content.decode("utf-8")}
        except UnicodeDecodeError:
            pass
    return {"content": content}


def _media_type(header: str) -> tuple[str, str | None]:
    """Type and charset of a Content-Type header; `""` for a type that is none."""
    message = Message()
    message["Content-Type"] = header
    charset = message.get_param("charset")
    kind = message.get_content_type() if "/" in header else ""  # the email package takes what is malformed for text
    return kind, charset if isinstance(charset, str) else None


def _json(content: bytes) -> Any:
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def _is_text(kind: str) -> bool:
    return (
        kind.startswith("text/")
        or kind.endswith(("/xml", "+xml"))
        or kind in {"application/javascript", "application/x-www-form-urlencoded"}
    )


def _text(content: bytes, charset: str) -> str:
    """Decoded as far as it goes: a wrong byte, or a charset that Python lacks, must not cost the whole answer."""
    try:
        return content.decode(charset, errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")
