"""The root of every exception of the kit, and how an error is put into words."""

from __future__ import annotations

from typing import ClassVar


class NexusTestkitError(Exception):
    """Base of every error that the kit itself raises.

    Facts are constructor arguments and attributes of the subclasses; words are made of them in `_message`.
    A hint, where there is one, is printed as a last line that begins with "Hint:".

    Attributes:
        hint: what the reader can do about it, or None.
    """

    default_hint: ClassVar[str | None] = None

    def __init__(self, message: str = "", *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint if hint is not None else self.default_hint

    def _message(self) -> str:
        return str(self.args[0]) if self.args else type(self).__name__

    def __str__(self) -> str:
        message = self._message()
        return f"{message}\nHint: {self.hint}" if self.hint else message
