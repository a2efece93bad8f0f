"""`get_logger`: standard logging whose lines can be neither forged nor mined for addresses."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

_ADDRESS = re.compile(r"""([^\s@<>"'(),:;\[\]=])[^\s@<>"'(),:;\[\]=]*@([^\s@<>"'(),:;\[\]]+)""")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def get_logger(name: str) -> ServiceLogger:
    """The standard library's logger `nexus.<name>`: `logging.getLogger("nexus")` configures all of them."""
    return ServiceLogger(logging.getLogger(name if name.startswith("nexus") else f"nexus.{name}"), {})


class ServiceLogger(logging.LoggerAdapter[logging.Logger]):
    r"""A standard logger with fields: `logger.info("Created user", user_id=7)` writes `Created user user_id=7`.

    Fields are also on the record, as the dict `record.fields`, for formatters that write JSON. `%`-arguments,
    `exc_info`, `stack_info`, `stacklevel` and `extra` work as they do in the standard library.

    Control characters in messages and fields are written as escapes (`\n` as backslash and n), so that no value
    can begin a line of its own. From INFO upward, e-mail addresses are shortened to `a***@example.org`; DEBUG
    keeps them. Tracebacks (`exc_info`) are written by the formatter and are left as they are.
    """

    def log(
        self,
        level: int,
        msg: object,
        *args: object,
        exc_info: Any = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        extra: Mapping[str, object] | None = None,
        **fields: object,
    ) -> None:
        """Write one line at `level`."""
        if not self.isEnabledFor(level):
            return
        show = _redacted if level >= logging.INFO else _escaped
        shown = {name: show(value) for name, value in fields.items()}
        line = " ".join([show(_formatted(msg, args)), *(f"{name}={value}" for name, value in shown.items())])
        self.logger.log(
            level,
            "%s",
            line,
            exc_info=exc_info,
            stack_info=stack_info,
            stacklevel=stacklevel + 1,  # past this method, to the one that logs
            extra={**(extra or {}), "fields": shown},
        )


def _formatted(message: object, args: tuple[object, ...]) -> str:
    if not args:
        return str(message)
    try:
        return str(message) % (args[0] if len(args) == 1 and isinstance(args[0], dict) else args)
    except (TypeError, ValueError):  # a wrong format in a log line must not fail the operation that logs
        return f"{message} {args!r}"


def _escaped(value: object) -> str:
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), str(value))


def _redacted(value: object) -> str:
    return _ADDRESS.sub(r"\1***@\2", _escaped(value))
