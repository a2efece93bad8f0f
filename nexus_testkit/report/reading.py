"""The data of a page or an index that was written before, checked: whoever reads it may rely on its shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nexus_testkit.errors import HarnessError
from nexus_testkit.report.page import BEGINS, ENDS
from nexus_testkit.report.trace import VERSION

_INDEX = "index.html"
_WRITES = "pytest --nexus-report=DIR writes a page for each failing test into DIR, and DIR/index.html"
_WHOLE = "it may have been cut while it was copied or written; run the tests again, or copy it once more"

# Shapes: a type or several; [shape] a list of such; {name: shape} a mapping, of which names with "?" may be missing.
_NUMBER: Final = (int, float)
_MAYBE: Final = (str, type(None))
_PAIRS: Final = [[str]]
_MESSAGE: Final = {"headers": _PAIRS, "body": str}
_DETAIL: Final = {
    "error?": {"type": str, "text": str, "facts": _PAIRS},
    "sql?": str,
    "parameters?": _PAIRS,
    "rows?": {"columns": [str], "values": [[_MAYBE]], "length": int},
    "result?": _MAYBE,
    "sender?": str,
    "recipients?": str,
    "headers?": _PAIRS,
    "text?": _MAYBE,
    "html?": _MAYBE,
    "attachments?": [{"name": str, "type": str, "size": int}],
    "request?": {"method": str, "url": str, **_MESSAGE},
    "response?": {"status": int, **_MESSAGE},
    "arguments?": _PAIRS,
    "command?": str,
}
_EVENT: Final = {"t": int, "s": _NUMBER, "a": str}
_CALL: Final = {
    **_EVENT,
    "n": int,
    "o": str,
    "q": int,
    "f": (int, float, type(None)),
    "r": str,
    "k": str,
    "d": _DETAIL,
    "c?": str,
    "w?": str,
    "p?": int,
    "x?": str,
    "m?": bool,
}
_NOTE: Final = {**_EVENT, "l": str, "v": str, "g": str}
_TRACE: Final = {
    "test": str,
    "outcome": str,
    "error": str,
    "place": str,
    "when": str,
    "failedAt": (int, type(None)),
    "seed": int,
    "elapsed": _NUMBER,
    "again": [str],
    "example": str,
    "tasks": [str],
    "records": [dict],
}
_TAPE: Final = {"found": str, "decisions": [str]}
_TESTS: Final = {
    "tests": [
        {
            "test": str,
            "outcome": str,
            "error": str,
            "place": str,
            "calls": int,
            "elapsed_s": _NUMBER,
            "page": _MAYBE,
        }
    ]
}
_WORDS: Final = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}


@dataclass(frozen=True, slots=True)
class Read:
    """What was read.

    Attributes:
        path: the file.
        data: of a trace page as `nexus_testkit.report.trace.trace_of` gives it, of an index `tests`.
    """

    path: Path
    data: dict[str, Any]

    @property
    def is_index(self) -> bool:
        """Whether it is the page over a run."""
        return bool(self.data["kind"] == "index")


def read(path: Path) -> Read:
    """Read a page, an index, or the index of a folder.

    Raises:
        HarnessError: there is no such file, it is no page of the kit, it is damaged, or another version of the kit wrote it.
    """
    path = locate(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise HarnessError(f"{path} cannot be read: {error.strerror or error}", hint=_WRITES) from error
    _, begins, rest = text.partition(BEGINS)
    if not begins:
        raise HarnessError(f"{path} is no page of nexus-testkit", hint=_WRITES)
    written, ends, _ = rest.partition(ENDS)
    if not ends:
        raise _damaged(path, "it ends in the middle of its data")
    try:
        data = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"its data is no JSON ({error})") from error
    _check_version(path, data)
    problem = _wrong_in(data)
    if problem:
        raise _damaged(path, problem)
    return Read(path, data)


def locate(path: Path) -> Path:
    """The file itself, or the index of a folder.

    Raises:
        HarnessError: there is none.
    """
    if not path.is_dir():
        if not path.exists():
            raise HarnessError(f"{path} does not exist", hint=_WRITES)
        return path
    index = path / _INDEX
    if index.is_file():
        return index
    pages = sorted(each.name for each in path.glob("*.html"))
    if not pages:
        raise HarnessError(f"{path} has no {_INDEX} and no page", hint=_WRITES)
    named = ", ".join(pages[:5]) + (f" and {len(pages) - 5} more" if len(pages) > 5 else "")
    raise HarnessError(
        f"{path} has no {_INDEX}, which is written when a run ends", hint=f"name one of its files: {named}"
    )


def _damaged(path: Path, why: str) -> HarnessError:
    return HarnessError(f"{path} is damaged: {why}", hint=_WHOLE)


def _check_version(path: Path, data: Any) -> None:
    if not isinstance(data, dict):
        raise _damaged(path, "its data is no object")
    version = data.get("version", 0)
    if version == VERSION:
        return
    is_newer = isinstance(version, int) and version > VERSION
    said = f"has version {json.dumps(version)[:20]}" if "version" in data else "has no version"
    raise HarnessError(
        f"the data of {path} {said}, and this nexus-testkit reads version {VERSION}",
        hint=f"{'upgrade nexus-testkit' if is_newer else 'run the tests again'}, or open the page in a browser (--open)",
    )


# -- shapes


def _wrong_in(data: dict[str, Any]) -> str:
    """What is not as it ought to be, in words; empty where all is well."""
    if data.get("kind") == "index":
        return _wrong(data, _TESTS, "")
    if data.get("kind") != "trace":
        return "it says neither that it is a trace nor that it is an index"
    problem = _wrong(data, _TRACE, "")
    if not problem and data.get("tape") is not None:
        problem = _wrong(data["tape"], _TAPE, "tape")
    if problem:
        return problem
    for at, record in enumerate(data["records"]):
        where = f"records[{at}]"
        problem = _wrong(record, _CALL if "n" in record else _NOTE, where)
        if problem:
            return problem
        if not 0 <= record["t"] < len(data["tasks"]):
            return f"{where}.t is no task"
    return ""


def _wrong(value: Any, shape: Any, where: str) -> str:
    if isinstance(shape, dict):
        return _wrong_mapping(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{where} is no list"
        return next(filter(None, (_wrong(each, shape[0], f"{where}[{at}]") for at, each in enumerate(value))), "")
    kinds = shape if isinstance(shape, tuple) else (shape,)
    if isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds):
        return ""
    return f"{where} is not {' or '.join(_WORDS[kind] for kind in kinds if kind in _WORDS)}"


def _wrong_mapping(value: Any, shape: dict[str, Any], where: str) -> str:
    if not isinstance(value, dict):
        return f"{where or 'its data'} is no object"
    for name, of in shape.items():
        key = name.removesuffix("?")
        if key not in value:
            if name.endswith("?"):
                continue
            return f"{where or 'its data'} has no {key!r}"
        problem = _wrong(value[key], of, f"{where}.{key}" if where else key)
        if problem:
            return problem
    return ""
