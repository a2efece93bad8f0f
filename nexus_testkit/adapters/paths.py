"""What a path of the file port may look like, and what goes wrong with it: the same in memory and on disk."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from nexus_testkit.errors import FileError, InvalidFault, PathOutsideRoot

__all__ = [
    "FileError",
    "content",
    "fault",
    "is_a_directory",
    "names",
    "not_a_directory",
    "not_found",
    "split",
    "translated",
]

_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST_NAME_BYTES = 255  # NAME_MAX of ext4, XFS and APFS; NTFS counts 255 UTF-16 units


class FileNotFound(FileError, FileNotFoundError):
    """No such file or folder."""


class IsADirectory(FileError, IsADirectoryError):
    """A folder, where a file was asked for."""


class NotADirectory(FileError, NotADirectoryError):
    """A file, where a folder was asked for."""


def split(path: str, *, may_be_folder: bool = False) -> tuple[str, ...]:
    """The parts of a path; none for the root.

    `.` is dropped. Backslashes are refused, not converted: they separate parts on Windows and belong to the
    name elsewhere, so a path with one means two things. `may_be_folder` allows one `/` at the end, as `list` gives it.

    Raises:
        PathOutsideRoot: absolute, with a drive letter, a backslash, a NUL, an empty part or `..`.
        FileError: a part of more than 255 bytes.
    """
    if not isinstance(path, str):
        raise TypeError(f"a path is a str, not {type(path).__name__}")
    if may_be_folder and path.endswith("/") and path != "/":
        path = path[:-1]
    if not path:
        return ()
    reason = _refusal(path)
    if reason is not None:
        raise PathOutsideRoot(path, reason=reason)
    parts = tuple(part for part in path.split("/") if part != ".")
    for part in parts:
        if len(part.encode("utf-8", "surrogatepass")) > _LONGEST_NAME_BYTES:
            raise fault(FileError, errno.ENAMETOOLONG, path)
    return parts


def content(data: bytes) -> bytes:
    """A copy of what is to be written.

    Raises:
        TypeError: it is not like bytes. `bytes()` alone would make five NULs of the number 5.
    """
    return bytes(memoryview(data))


def _refusal(path: str) -> str | None:
    if "\0" in path:
        return "it has a NUL character"
    if path.startswith("/"):
        return "it is absolute"
    if _DRIVE.match(path):
        return "it names a drive"
    if "\\" in path:
        return "it has a backslash"
    parts = path.split("/")
    if ".." in parts:
        return "it has '..'"
    if "" in parts:
        return "it has an empty part"
    return None


def fault(kind: type[FileError], code: int, path: str, *, hint: str | None = None) -> FileError:
    """An error with the errno, text and file name that Python's own functions give it."""
    error = kind(f"[Errno {code}] {os.strerror(code)}: {path!r}", hint=hint)
    error.errno, error.strerror, error.filename = code, os.strerror(code), path
    return error


def not_found(path: str, *, hint: str | None = None) -> FileError:
    """No such file or folder; also a FileNotFoundError."""
    return fault(FileNotFound, errno.ENOENT, path, hint=hint)


def is_a_directory(path: str) -> FileError:
    """A folder, where a file was asked for; also an IsADirectoryError."""
    return fault(IsADirectory, errno.EISDIR, path)


def not_a_directory(path: str) -> FileError:
    """A file, where a folder was asked for; also a NotADirectoryError."""
    return fault(NotADirectory, errno.ENOTDIR, path)


def translated(error: OSError, path: str) -> FileError:
    """What the operating system raised, as the port's error and of the same kind."""
    if isinstance(error, FileNotFoundError):
        return not_found(path)
    if isinstance(error, IsADirectoryError):
        return is_a_directory(path)
    if isinstance(error, NotADirectoryError):
        return not_a_directory(path)
    return fault(_both(type(error)), error.errno or errno.EIO, path)


@contextmanager
def as_port_errors(path: str) -> Iterator[None]:
    """What the operating system raises in the block is the port's error."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise translated(error, path) from error


def as_raised(wanted: str | Exception | type[Exception]) -> Exception:
    """The port's error for one of the operating system, its class, or its name such as `"ENOSPC"`; others as they are.

    Raises:
        InvalidFault: no such name.
    """
    if isinstance(wanted, str):
        code = getattr(errno, wanted, None) if wanted.isupper() else None
        if not isinstance(code, int):
            raise InvalidFault(
                f"{wanted!r} is no error of the operating system",
                hint="'ENOSPC', 'EACCES', 'EIO', 'EROFS', 'EDQUOT', raises(PermissionError)",
            )
        wanted = OSError(code, os.strerror(code))  # Python makes the class that belongs to the number
    made = wanted() if isinstance(wanted, type) else wanted
    if not isinstance(made, OSError) or isinstance(made, FileError):
        return made
    code = made.errno or _CODES.get(type(made), errno.EIO)
    kind = _both(type(made))
    error = kind(f"[Errno {code}] {made.strerror or os.strerror(code)}")
    error.errno, error.strerror, error.filename = code, made.strerror or os.strerror(code), made.filename
    return error


def names(error: OSError, path: str) -> None:
    """Make an error say which file it is about, as Python's own functions do."""
    if error.filename is None and error.errno is not None:
        error.filename = path
        error.args = (f"[Errno {error.errno}] {error.strerror}: {path!r}",)


_kinds: dict[type[OSError], type[FileError]] = {OSError: FileError}
_CODES: dict[type[OSError], int] = {
    FileNotFoundError: errno.ENOENT,
    FileExistsError: errno.EEXIST,
    IsADirectoryError: errno.EISDIR,
    NotADirectoryError: errno.ENOTDIR,
    PermissionError: errno.EACCES,
    TimeoutError: errno.ETIMEDOUT,
}


def _both(kind: type[OSError]) -> type[FileError]:
    found = _kinds.get(kind)
    if found is None:
        found = _kinds[kind] = type(kind.__name__, (FileError, kind), {"__doc__": kind.__doc__})
    return found
