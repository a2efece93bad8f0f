"""What a disk refuses: the errors of the operating system, and what a write that failed has left.

The expectation is the real adapter, whose system calls are made to fail.
"""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from nexus_testkit import Harness
from nexus_testkit.adapters.real.files import RootedDirectory
from nexus_testkit.errors import FileError
from nexus_testkit.simulation import run

OLD, NEW = b"old", b"new content"


def from_a_fault(declare, path):
    """The error of a write, and the files and folders that it left."""

    async def main():
        async with Harness() as nexus:
            await nexus.files.write_bytes("kept", OLD)
            declare(nexus.faults.on("files.write_bytes"))
            with pytest.raises(FileError) as caught:
                await nexus.files.write_bytes(path, NEW)
            files = nexus.adapter("files")
            return caught.value, files.tree(), files.folders()

    return run(main)


def from_a_disk(root, monkeypatch, failing, code, path):
    """The same of a folder on the disk, where the system call `failing` ends with `code`."""

    async def main():
        files = RootedDirectory(root)
        await files.write_bytes("kept", OLD)
        works = getattr(Path, failing)

        def fail(place, *args, **options):
            if place == root:
                return works(place, *args, **options)
            raise OSError(code, os.strerror(code), str(place))

        monkeypatch.setattr(Path, failing, fail)
        with pytest.raises(FileError) as caught:
            await files.write_bytes(path, NEW)
        monkeypatch.undo()
        return caught.value

    error = asyncio.run(main())
    found = sorted(place for place in root.rglob("*"))
    tree = {place.relative_to(root).as_posix(): place.read_bytes() for place in found if place.is_file()}
    return error, tree, [place.relative_to(root).as_posix() for place in found if place.is_dir()]


@pytest.mark.parametrize(
    ("name", "failing", "path"),
    [
        *((name, "open", path) for name in ("ENOSPC", "EIO", "EDQUOT") for path in ("kept", "new", "deep/down/new")),
        ("EIO", "replace", "deep/down/new"),
        # Where a folder may not be written to, no file can be made in it, and no folder.
        *((name, "open", path) for name in ("EACCES", "EROFS") for path in ("kept", "new")),
        *((name, "mkdir", "deep/down/new") for name in ("EACCES", "EROFS")),
    ],
)
def test_a_write_that_fails_leaves_what_the_real_one_leaves(tmp_path, monkeypatch, name, failing, path):
    ours, tree, folders = from_a_fault(lambda chosen: chosen.raises(name), path)
    theirs, *left = from_a_disk(tmp_path, monkeypatch, failing, getattr(errno, name), path)
    assert type(ours) is type(theirs)
    assert (str(ours), ours.errno, ours.strerror, ours.filename) == (
        str(theirs),
        theirs.errno,
        theirs.strerror,
        theirs.filename,
    )
    assert [tree, folders] == left
    assert tree == {"kept": OLD}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("EACCES", PermissionError), ("EPERM", PermissionError), ("EIO", OSError), ("ENOENT", FileNotFoundError)],
)
async def test_an_error_by_name_is_of_pythons_class(nexus, name, kind):
    await nexus.files.write_text("a", "text")
    nexus.faults.on("files.read_text").raises(name)
    with pytest.raises(kind) as caught:
        await nexus.files.read_text("a")
    code = getattr(errno, name)
    assert isinstance(caught.value, FileError)
    assert str(caught.value) == f"[Errno {code}] {os.strerror(code)}: 'a'"
    assert caught.value.filename == "a"


async def test_a_file_that_could_not_be_deleted_is_there(nexus):
    await nexus.files.write_text("a", "text")
    nexus.faults.on("files.delete").nth(1).raises("EACCES")
    with pytest.raises(PermissionError):
        await nexus.files.delete("a")
    assert await nexus.files.read_text("a") == "text"


async def test_a_listing_that_fails_names_the_root(nexus):
    nexus.faults.on("files.list").raises("EIO")
    with pytest.raises(FileError, match="Input/output error"):
        await nexus.files.list()
