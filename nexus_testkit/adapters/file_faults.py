"""What faults ask of files, in memory as on a disk."""

from __future__ import annotations

import errno
from abc import ABC, abstractmethod
from collections.abc import Sequence

from nexus_testkit.adapters import paths
from nexus_testkit.errors import InvalidFault

# What the content of a file meets, when its folders are there already.
_WHILE_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


class FailingFiles(ABC):
    """A port of files whose operations a fault may fail."""

    def as_raised(self, wanted: str | Exception | type[Exception], /) -> Exception:
        """The error for a class or an error of the operating system's."""
        return paths.as_raised(wanted)

    def lost_reply(self) -> Exception:
        """Refused: nothing lies between a disk and its reader.

        Raises:
            InvalidFault: always.
        """
        raise InvalidFault("files have no connection, and no reply to lose", hint="raises(OSError(errno.EIO, ...))")

    def disturbed(
        self,
        operation: str,
        _subject: object,
        error: Exception | None,
        /,
        *,
        arguments: Sequence[object],
        reached: bool,
    ) -> None:
        """An operation failed by a fault: nothing of it happened, but for the folders above a file on a disk that is full.

        A file is written beside its place and moved there (`RootedDirectory`), so a write that fails half-way leaves the
        file that was there before, and the folders that were made for it.
        """
        del reached
        path = arguments[0] if arguments else ""
        if not isinstance(error, OSError) or not isinstance(path, str):
            return
        paths.names(error, path)
        if operation in ("files.write_bytes", "files.write_text") and error.errno in _WHILE_WRITING:
            self._make_folders_above(paths.split(path))

    @abstractmethod
    def _make_folders_above(self, parts: tuple[str, ...]) -> None:
        """Make what a write makes before it writes, if it can."""
