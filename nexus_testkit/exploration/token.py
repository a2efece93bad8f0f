"""Replay tokens: all that it takes to make the same run again, in one word that can be pasted.

`nx1:` and URL-safe base64 of compressed JSON: the plan, the seed of the world, the versions of everything whose
behaviour a run depends on, and a digest of the test's code.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import platform
import sqlite3
import textwrap
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from nexus_testkit import __version__
from nexus_testkit.errors import InvalidToken
from nexus_testkit.exploration.changes import Plan
from nexus_testkit.exploration.limits import Limits

PREFIX = "nx1:"
_LARGEST = 1_000_000  # bytes of JSON: a token is pasted, and comes from anywhere
_LIBRARIES = ("aiosmtpd", "aiosmtplib", "aiosqlite", "fakeredis", "httpx", "postgast", "redis", "respx")


@cache
def versions() -> Mapping[str, str]:
    """What a run depends on -> the version that is here."""
    found = {"nexus-testkit": __version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def digest(test: Callable[..., Any]) -> str:
    """Eight hex digits of the function's source text; empty where there is none."""
    try:
        source = inspect.getsource(inspect.unwrap(test))
    except (OSError, TypeError):
        return ""
    lines = textwrap.dedent(source).splitlines()
    # Without the decorators: the marker that a replay needs is one of them.
    body = next((index for index, line in enumerate(lines) if line.startswith(("def ", "async def "))), 0)
    return hashlib.sha256("\n".join(lines[body:]).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A run that can be made again.

    Attributes:
        plan: its decisions.
        seed: of the world.
        limits: of the run.
        code: the digest of the test's code, see `digest`.
        versions: what it depends on, as it was.
    """

    plan: Plan
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    code: str = ""
    versions: Mapping[str, str] = field(default_factory=versions)

    def __str__(self) -> str:
        content = {
            "p": self.plan.encode(),
            "s": self.seed,
            "l": [self.limits.time_s, self.limits.steps],
            "c": self.code,
            "v": dict(self.versions),
        }
        packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)
        return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Token:
        """Read a token.

        Raises:
            InvalidToken: it is none, or one of another format.
        """
        text = text.strip() if isinstance(text, str) else ""
        prefix, colon, rest = text.partition(":")
        if prefix + colon != PREFIX:
            newer = prefix.startswith("nx") and prefix[2:].isdecimal()
            raise InvalidToken(text, "made by another version of the kit" if newer else "it does not begin with 'nx1:'")
        try:
            packed = base64.urlsafe_b64decode(rest + "=" * (-len(rest) % 4))
            unpacker = zlib.decompressobj()
            content = json.loads(unpacker.decompress(packed, _LARGEST))
            time_s, steps = content["l"]
            token = cls(
                plan=Plan.decode(content["p"]),
                seed=int(content["s"]),
                limits=Limits(None if time_s is None else float(time_s), None if steps is None else int(steps)),
                code=str(content["c"]),
                versions={str(name): str(number) for name, number in content["v"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error) as error:
            raise InvalidToken(text, "it is damaged, or was cut off") from error
        return token

    def differences(self, test: Callable[..., Any] | None = None) -> list[str]:
        """What is not as it was when the token was made, in words; such a run need not be the same."""
        here = versions()
        found = [
            f"{name} was {self.versions.get(name, 'not there')} and is {here.get(name, 'not there')}"
            for name in sorted({*here, *self.versions})
            if here.get(name) != self.versions.get(name)
        ]
        if test is not None and self.code and digest(test) != self.code:
            found.append("the code of the test is another")
        return found
