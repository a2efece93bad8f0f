"""The file of recorded exchanges: what is in it, how it is read, and how it is written.

```json
{
  "format": 1,
  "exchanges": [
    {
      "request": {"method": "POST", "url": "https://api.example/pay", "headers": {"content-type": "application/json"}, "json": {"amount": 5}},
      "response": {"status": 201, "headers": {"content-type": "application/json"}, "json": {"id": 7}}
    }
  ]
}
```

A body is `json`, `text` or `base64`, or is not there; a header that came several times is a list. A person may write such a file too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nexus_testkit.adapters.fake.http_bodies import NO_BODY, Body, content_of
from nexus_testkit.errors import RecordingError

FORMAT = 1
_BODIES = ("json", "text", "base64")
_REQUEST = ("method", "url", "headers", *_BODIES)
_RESPONSE = ("status", "headers", *_BODIES)

Headers = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as the file has it."""

    method: str
    url: str
    headers: Headers = field(default_factory=dict)
    body: Body = NO_BODY

    @property
    def content_type(self) -> str:
        """The header, or an empty text."""
        return content_type_of(self.headers)


@dataclass(frozen=True, slots=True)
class Answered:
    """A response, as the file has it."""

    status: int
    headers: Headers = field(default_factory=dict)
    body: Body = NO_BODY

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        return content_of(self.body, content_type_of(self.headers))

    def pairs(self) -> list[tuple[str, str]]:
        """The headers one by one."""
        return [(name, value) for name, values in self.headers.items() for value in values]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response."""

    request: Asked
    response: Answered


def content_type_of(headers: Headers) -> str:
    """The content type, or an empty text."""
    return next((values[0] for name, values in headers.items() if name.lower() == "content-type" and values), "")


# -- writing


def write(path: Path, exchanges: Sequence[Exchange]) -> None:
    """Write a file in one step: whoever reads it meanwhile finds the old one or the new one.

    Raises:
        RecordingError: it cannot be written.
    """
    entries = [{"request": _of_request(each.request), "response": _of_response(each.response)} for each in exchanges]
    text = json.dumps({"format": FORMAT, "exchanges": entries}, indent=2, ensure_ascii=False) + "\n"
    target = path.resolve()  # what a link leads to, not the link
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and target.read_bytes() == text.encode():
            return
        try:
            with beside.open("xb") as file:
                file.write(text.encode())
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be written: {error}", hint="name a file in a folder of the tests"
        ) from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A block in which no other process changes the files of this folder in a block like it: a worker of pytest-xdist.

    Limits: no lock where the system has no `flock` (Windows); there, record without `-n`.
    """
    try:
        import fcntl  # noqa: PLC0415  # POSIX alone
    except ImportError:
        yield
        return
    with suppress(OSError):  # said by whoever writes the file
        path.resolve().parent.mkdir(parents=True, exist_ok=True)
    try:
        folder = os.open(path.resolve().parent, os.O_RDONLY)
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be written: {error}", hint="name a file in a folder of the tests"
        ) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _of_request(request: Asked) -> dict[str, Any]:
    return {"method": request.method, "url": request.url, **_rest(request.headers, request.body)}


def _of_response(response: Answered) -> dict[str, Any]:
    return {"status": response.status, **_rest(response.headers, response.body)}


def _rest(headers: Headers, body: Body) -> dict[str, Any]:
    shown = {name: values[0] if len(values) == 1 else list(values) for name, values in headers.items()}
    return {**({"headers": shown} if shown else {}), **({body.kind: body.value} if body.kind else {})}


# -- reading


def read(path: Path) -> list[Exchange]:
    """The exchanges of a file, in order.

    Raises:
        RecordingError: the file is missing, malformed, or of a later version of this kit; it says where.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RecordingError(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise RecordingError(f"{path} cannot be read: {error}", hint="a JSON file in UTF-8") from error
    try:
        root = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordingError(
            f"{path} is no JSON: {error}", hint="mend that place, or delete the file and record it again"
        ) from error
    return _File(path).exchanges(root)


class _File:
    """Reads one file, and knows its name for the errors."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def exchanges(self, root: Any) -> list[Exchange]:
        self._check_names(root, "the file", ("format", "exchanges"))
        version = root.get("format")
        if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
            raise RecordingError(
                f"{self._path} has format {version}, and this version of nexus_testkit reads {FORMAT}",
                hint="upgrade nexus_testkit, or delete the file and record it again",
            )
        if version != FORMAT or isinstance(version, bool):
            raise self._error("format", f"expected {FORMAT}, got {version!r}")
        entries = root.get("exchanges")
        if not isinstance(entries, list):
            raise self._error("exchanges", f"expected a list, got {_short(entries)}")
        return [self._exchange(entry, f"exchanges[{at}]") for at, entry in enumerate(entries)]

    def _exchange(self, entry: Any, where: str) -> Exchange:
        self._check_names(entry, where, ("request", "response"))
        asked, answered = entry.get("request"), entry.get("response")
        self._check_names(asked, f"{where}.request", _REQUEST)
        self._check_names(answered, f"{where}.response", _RESPONSE)
        for name in ("method", "url"):
            if not isinstance(asked.get(name), str) or not asked[name]:
                raise self._error(f"{where}.request.{name}", f"expected a text, got {_short(asked.get(name))}")
        status = answered.get("status")
        if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 999:
            raise self._error(f"{where}.response.status", f"expected a number from 100 to 999, got {_short(status)}")
        request = Asked(
            asked["method"],
            asked["url"],
            self._headers(asked, f"{where}.request"),
            self._body(asked, f"{where}.request"),
        )
        response = Answered(
            status, self._headers(answered, f"{where}.response"), self._body(answered, f"{where}.response")
        )
        for name, part in (("request", request), ("response", response)):
            try:
                content_of(part.body, content_type_of(part.headers))
            except ValueError as error:
                raise self._error(f"{where}.{name}.{part.body.kind}", str(error)) from error
        return Exchange(request, response)

    def _headers(self, entry: Any, where: str) -> dict[str, list[str]]:
        given = entry.get("headers", {})
        if not isinstance(given, dict):
            raise self._error(f"{where}.headers", f"expected an object, got {_short(given)}")
        found: dict[str, list[str]] = {}
        for name, value in given.items():
            values = value if isinstance(value, list) else [value]
            if not all(isinstance(each, str) for each in values):
                raise self._error(
                    f"{where}.headers.{name}", f"expected a text, or a list of texts, got {_short(value)}"
                )
            found[name] = values
        return found

    def _body(self, entry: Any, where: str) -> Body:
        given = [name for name in _BODIES if name in entry]
        if not given:
            return NO_BODY
        if len(given) > 1:
            raise self._error(where, f"has {' and '.join(given)}: one body at most")
        value = entry[given[0]]
        if given[0] != "json" and not isinstance(value, str):
            raise self._error(f"{where}.{given[0]}", f"expected a text, got {_short(value)}")
        return Body(given[0], value)  # type: ignore[arg-type]  # one of `_BODIES`

    def _check_names(self, entry: Any, where: str, known: Sequence[str]) -> None:
        if not isinstance(entry, dict):
            raise self._error(where, f"expected an object, got {_short(entry)}")
        unknown = [name for name in entry if name not in known]
        if unknown:
            raise self._error(where, f"has {unknown[0]!r}, and may have {', '.join(known)}")

    def _error(self, where: str, problem: str) -> RecordingError:
        return RecordingError(
            f"{self._path}: {where}: {problem}", hint="mend that place, or delete the file and record it again"
        )


def _short(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
