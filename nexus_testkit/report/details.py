"""The whole of a call, port by port, as a trace page shows it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from email.message import Message, MIMEPart
from typing import Any

from nexus_testkit.errors.readable import what
from nexus_testkit.journal import Call, Redaction
from nexus_testkit.journal.forms import HIDDEN
from nexus_testkit.journal.secrets import (
    hides_option,
    hides_result,
    rules_of_result,
    secret_arguments,
    shown_error,
    shown_statement,
    without_secrets,
)
from nexus_testkit.journal.wholes import Headers, HttpWhole, MailWhole
from nexus_testkit.journal.words import Described, Shortened, words
from nexus_testkit.ports.database import Row
from nexus_testkit.report.redis_words import redis_command

_LONGEST = 20_000  # characters of one value
_ATTACHED = 256 * 1024  # bytes of an attachment that goes into the page


def detail_of(call: Call, redaction: Redaction) -> dict[str, Any]:
    """What a click on the call shows, by its port; each has the words of the error, where there is one."""
    make = _BY_PORT.get(call.port, _plain)
    detail = make(call, redaction)
    if call.error is not None:
        detail["error"] = {
            "type": type(call.error).__qualname__,
            "text": shown_error(call, what(call.error), redaction)[:_LONGEST],
            "facts": [
                [name, redaction.text(str(value))]
                for name in ("sqlstate", "constraint_name", "table_name", "column_name", "code")
                if (value := getattr(call.error, name, None)) is not None
            ],
        }
    return detail


def _plain(call: Call, redaction: Redaction) -> dict[str, Any]:
    secret = secret_arguments(call, redaction)
    given = [
        ["", HIDDEN if at in secret else _whole(without_secrets(value, redaction), redaction)]
        for at, value in enumerate(call.arguments)
    ]
    given += [
        [name, HIDDEN if hides_option(call, name, redaction) else _whole(value, redaction)]
        for name, value in call.options.items()
        if value is not None
    ]
    return {"arguments": given, "result": _result(call, redaction)}


def _result(call: Call, redaction: Redaction) -> str | None:
    if call.error is not None or call.pending or call.result is None:
        return None
    return HIDDEN if hides_result(call, redaction) else _whole(call.result, rules_of_result(call, redaction))


def _whole(value: Any, redaction: Redaction) -> str:
    """A value as text: strings as they are, all else as Python writes it."""
    if isinstance(value, str):
        return redaction.text(value[:_LONGEST])
    if isinstance(value, bytes):
        return redaction.text(_decoded(value))
    if isinstance(value, (Described, Shortened)):
        return redaction.text(words(value, _LONGEST))
    return redaction.text(words(value, _LONGEST))


def _decoded(value: bytes) -> str:
    try:
        return value[:_LONGEST].decode()
    except UnicodeDecodeError:
        return repr(value[:_LONGEST])


# -- database


def _database(call: Call, redaction: Redaction) -> dict[str, Any]:
    if not call.arguments or not isinstance(call.arguments[0], str) or call.options.get("records") is not None:
        return _plain(call, redaction)
    secret = secret_arguments(call, redaction)
    # Statements come indented as in the source that they stand in.
    statement = shown_statement(call, redaction) or ""
    lines = [line.rstrip() for line in statement.strip("\n").splitlines()]
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    detail: dict[str, Any] = {
        "sql": "\n".join([*lines[:1], *(line[margin:] for line in lines[1:])]).strip(),
        "parameters": [
            [f"${at}", HIDDEN if at in secret else _whole(value, redaction), type(value).__name__]
            for at, value in enumerate(call.arguments[1:], start=1)
        ],
    }
    result, rules = call.result, rules_of_result(call, redaction)
    if isinstance(result, Row):
        detail["rows"] = _rows([result], 1, rules)
    elif isinstance(result, Shortened):
        detail["rows"] = _rows(result.first, result.length, rules)
    elif isinstance(result, list) and all(isinstance(row, Row) for row in result):
        detail["rows"] = _rows(result, len(result), rules)
    elif call.method.startswith("fetch") and result is None and call.error is None and not call.pending:
        detail["result"] = "no row" if call.method == "fetch_one" else "NULL"
    else:
        detail["result"] = _result(call, redaction)
    return detail


def _rows(rows: list[Row], length: int, redaction: Redaction) -> dict[str, Any]:
    columns = list(rows[0].keys()) if rows else []
    secret = [redaction.hides(column) for column in columns]
    return {
        "columns": columns,
        "values": [
            [
                HIDDEN if hidden and value is not None else None if value is None else _whole(value, redaction)
                for hidden, value in zip(secret, row, strict=False)
            ]
            for row in rows
        ],
        "length": length,
    }


# -- mail


def _mail(call: Call, redaction: Redaction) -> dict[str, Any]:
    whole = call.whole
    if not isinstance(whole, MailWhole):
        return _plain(call, redaction)
    message = whole.message()
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    recipients = call.options.get("recipients")
    return {
        "sender": _whole(call.options.get("sender", ""), redaction),
        "recipients": _whole(recipients, redaction) if recipients is not None else "",
        "headers": [[name, _header(name, str(value), redaction)] for name, value in message.items()],
        "text": _body(text, redaction),
        "html": _body(html, redaction),
        "attachments": [_attachment(part, redaction) for part in message.iter_attachments()],
        "result": _result(call, redaction),
    }


def _header(name: str, value: str, redaction: Redaction) -> str:
    return HIDDEN if redaction.hides(name, in_web=True) else redaction.text(value)


def _body(part: MIMEPart | None, redaction: Redaction) -> str | None:
    if part is None:
        return None
    try:
        content = part.get_content()
    except (LookupError, KeyError):  # a charset that Python does not know
        content = part.get_payload(decode=True)
    return redaction.text(_decoded(content) if isinstance(content, bytes) else str(content)[:_LONGEST])


def _attachment(part: MIMEPart, redaction: Redaction) -> dict[str, Any]:
    try:
        content = part.get_content()
    except (LookupError, KeyError):  # as above
        content = part.get_payload(decode=True)
    if isinstance(content, Message):
        content = content.as_bytes()
    raw = redaction.text(content).encode() if isinstance(content, str) else bytes(content or b"")
    found: dict[str, Any] = {"name": part.get_filename() or "", "type": part.get_content_type(), "size": len(raw)}
    if len(raw) <= _ATTACHED:
        found["content"] = base64.b64encode(raw).decode()
    return found


# -- HTTP


def _http(call: Call, redaction: Redaction) -> dict[str, Any]:
    whole = call.whole
    if not isinstance(whole, HttpWhole):
        return _plain(call, redaction)
    detail: dict[str, Any] = {
        "request": {
            "method": whole.method,
            "url": redaction.text(whole.url),
            "headers": _headers(whole.headers, redaction),
            "body": _content(whole.content, redaction, "a stream, which was read as it was sent"),
        }
    }
    if whole.status is not None:
        detail["response"] = {
            "status": whole.status,
            "headers": _headers(whole.answer_headers, redaction),
            "body": _content(whole.answer, redaction, "a stream, which nobody read to its end"),
        }
    return detail


def _headers(headers: Headers, redaction: Redaction) -> list[list[str]]:
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return [[name, _header(name, value, redaction)] for name, value in pairs]


def _content(content: bytes | None, redaction: Redaction, otherwise: str) -> str:
    if content is None:
        return f"({otherwise})"
    text = _decoded(content)
    with suppress(ValueError):  # not JSON, or only the beginning of it
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return redaction.text(text)


# -- cache


def _cache(call: Call, redaction: Redaction) -> dict[str, Any]:
    detail = _plain(call, redaction)
    command = redis_command(call.method, [value for name, value in detail["arguments"] if not name], dict(call.options))
    if command is not None:
        detail["command"] = command
    return detail


_BY_PORT: dict[str, Callable[[Call, Redaction], dict[str, Any]]] = {
    "database": _database,
    "mail": _mail,
    "http": _http,
    "cache": _cache,
}
