"""Bodies of recorded exchanges: as JSON, as text or as base64, whichever a person can read, and back to bytes.

A body that is read and made again has the same bytes, but for JSON, which has the same value, and the boundary of a
multipart body, which clients draw at random.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import zlib
from dataclasses import dataclass
from email.message import Message
from typing import Any, Literal, NoReturn

BOUNDARY = "boundary"
"""What stands for the boundary of a multipart body."""

Kind = Literal["", "json", "text", "base64"]


@dataclass(frozen=True, slots=True)
class Body:
    """A body as a file has it.

    Attributes:
        kind: `"json"`, `"text"`, `"base64"`, or `""` where there is none.
        value: the JSON value; the text; the base64; None.
    """

    kind: Kind = ""
    value: Any = None

    def canonical(self) -> str:
        """The same text for bodies that are equal: the order of an object's members does not count."""
        return f"{self.kind}:{json.dumps(self.value, sort_keys=True)}"


NO_BODY = Body()


def read_body(content: bytes, content_type: str) -> Body:
    """The body in its most readable form."""
    if not content:
        return NO_BODY
    boundary = _parameter(content_type, "boundary")
    if boundary and media_type(content_type).startswith("multipart/"):
        content = content.replace(b"--" + boundary.encode(), b"--" + BOUNDARY.encode())
    text = _text(content, content_type)
    if text is None:
        return Body("base64", base64.b64encode(content).decode())
    if "json" in media_type(content_type):
        try:
            return Body("json", parse_json(text))
        except ValueError:
            pass  # called JSON, and is none
    return Body("text", text)


def content_of(body: Body, content_type: str) -> bytes:
    """The bytes of a body.

    Raises:
        ValueError: it has none: what is no base64, or a text that the charset does not have.
    """
    match body.kind:
        case "":
            return b""
        case "json":
            return dump_json(body.value).encode()
        case "text":
            return str(body.value).encode(_charset(content_type))
        case "base64":
            try:
                return base64.b64decode(body.value, validate=True)
            except (binascii.Error, TypeError) as error:
                raise ValueError(f"no base64: {error}") from error


def with_fixed_boundary(content_type: str) -> str:
    """The header of a multipart body whose boundary has been replaced."""
    boundary = _parameter(content_type, "boundary")
    if not boundary or not media_type(content_type).startswith("multipart/"):
        return content_type
    return re.sub(r"(?i)boundary=(\"[^\"]*\"|[^;\s]+)", f"boundary={BOUNDARY}", content_type)


def media_type(content_type: str) -> str:
    """`"application/json"` of `"application/json; charset=utf-8"`."""
    return content_type.partition(";")[0].strip().lower()


def parse_json(text: str) -> Any:
    """A JSON value that can be written again.

    Raises:
        ValueError: the text is no JSON, or holds numbers, depths or characters that could not be written.
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
        dump_json(value).encode()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def dump_json(value: Any) -> str:
    """A JSON value as servers write it: without spaces."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON (RFC 8259, section 6)")


def _text(content: bytes, content_type: str) -> str | None:
    charset = _charset(content_type)
    try:
        text = content.decode(charset)
        same = text.encode(charset) == content
    except ValueError:
        return None
    return text if same and "\0" not in text else None


def _charset(content_type: str) -> str:
    charset = _parameter(content_type, "charset") or "utf-8"
    try:
        "".encode(charset)
    except (LookupError, ValueError):
        return "utf-8"
    return charset


def _parameter(content_type: str, name: str) -> str:
    if name not in content_type.lower():
        return ""
    message = Message()
    message["Content-Type"] = content_type
    found = message.get_param(name, "")
    return found if isinstance(found, str) else ""


def decompressed(content: bytes, encodings: str) -> bytes | None:
    """What was compressed as the `Content-Encoding` header says; None where this module cannot tell.

    Only what the standard library knows: a recording asks servers for nothing else.
    """
    for encoding in reversed([each.strip().lower() for each in encodings.split(",") if each.strip()]):
        try:
            if encoding in {"gzip", "x-gzip"}:
                content = gzip.decompress(content) if content else b""
            elif encoding == "deflate":
                content = _inflated(content) if content else b""
            elif encoding != "identity":
                return None
        except (OSError, EOFError, zlib.error):
            return None
    return content


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompress(content)
    except zlib.error:  # some servers leave the zlib header away (RFC 9110, section 8.4.1.2)
        return zlib.decompress(content, -zlib.MAX_WBITS)
