"""An `async with` block of an adapter, whose beginning and end cross the seam."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

from nexus_testkit.journal.seam import Seam

T = TypeVar("T")


class Block(Generic[T]):
    """Enters and leaves an adapter's block through the seam.

    What is decided there may keep either from happening, or lose its reply. Whatever it does, a block that was
    entered is left exactly once: in the place of the caller, who has seen an error and will not do it.

    Attributes:
        subject: what entering it gave; before that, on whose session it will be.
    """

    __slots__ = ("_block", "_error", "_inside", "_seam", "subject")

    def __init__(self, block: AbstractAsyncContextManager[T], seam: Seam, *, subject: Any = None) -> None:
        """Stand before `block`, which nobody has entered."""
        self._block = block
        self._seam = seam
        self._inside = False
        self._error: BaseException | None = None
        self.subject = subject

    async def begin(self, operation: str, *shown: Any, **options: Any) -> T:
        """Enter the block; the arguments are for the journal."""
        try:
            return await self._seam.call(operation, self._enter, *shown, **options)
        except BaseException as error:
            await self._abandon(error)
            raise

    async def end(self, operation: str, error: BaseException | None, *shown: Any) -> None:
        """Leave the block, because of `error` where there is one."""
        self._error = error
        try:
            await self._seam.call(operation, self._leave, *shown)
        except BaseException as fault:
            await self._abandon(fault)
            raise

    async def _enter(self, *_shown: Any, **_options: Any) -> T:
        entered = self.subject = await self._block.__aenter__()
        self._inside = True
        return entered

    async def _leave(self, *_shown: Any) -> None:
        self._inside = False
        error = self._error
        if error is None:
            await self._block.__aexit__(None, None, None)
        else:
            await self._block.__aexit__(type(error), error, error.__traceback__)

    async def _abandon(self, error: BaseException) -> None:
        if self._inside:
            self._inside = False
            await self._block.__aexit__(type(error), error, error.__traceback__)
