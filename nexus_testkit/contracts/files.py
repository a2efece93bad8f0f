"""What files promise."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nexus_testkit.contracts.contract import Contract, check_methods, raising
from nexus_testkit.errors import FileError, PathOutsideRoot
from nexus_testkit.ports.files import FileSystem

_BINARY = bytes(range(256))
_OUTSIDE = (
    "..",
    "../x",
    "a/../../x",
    "a/..",
    "/etc/passwd",
    "//host/share",
    "/",
    "C:\\x",
    "C:/x",
    "c:x",
    "a\\b",
    "\\\\host\\s",
)
_MALFORMED = ("a\0b", "a//b")


class FilesContract(Contract):
    """The promises of `nexus_testkit.ports.files.FileSystem`; `adapter` gives an empty one."""

    async def test_is_a_file_system(self, adapter: FileSystem) -> None:
        """The adapter has every method of the port."""
        check_methods(adapter, FileSystem)

    async def test_bytes_come_back(self, adapter: FileSystem) -> None:
        """What was written is read back, byte by byte."""
        for content in (b"x", b"\r\n\x00\xff", _BINARY * 4096):
            await adapter.write_bytes("file", content)
            found = await adapter.read_bytes("file")
            assert (type(found), found) == (bytes, content)

    async def test_empty_file_exists(self, adapter: FileSystem) -> None:
        """An empty file exists, and reads as nothing."""
        await adapter.write_bytes("file", b"")
        assert (await adapter.exists("file"), await adapter.read_bytes("file")) == (True, b"")

    async def test_text_keeps_its_line_ends(self, adapter: FileSystem) -> None:
        """Text is UTF-8, and its line ends and byte order marks are left alone."""
        for text in ("", "ü☃\r\n\n\r", "\ufeffx", "a\n", " a "):
            await adapter.write_text("file", text)
            assert await adapter.read_text("file") == text
            assert await adapter.read_bytes("file") == text.encode()

    async def test_text_has_the_encoding_asked_for(self, adapter: FileSystem) -> None:
        """`encoding` is that of the file."""
        await adapter.write_text("file", "ü", encoding="latin-1")
        assert await adapter.read_bytes("file") == b"\xfc"
        assert await adapter.read_text("file", encoding="latin-1") == "ü"

    async def test_text_is_decoded_strictly(self, adapter: FileSystem) -> None:
        """Bytes that are no text of the encoding are a UnicodeDecodeError; text that it cannot write is an UnicodeEncodeError."""
        await adapter.write_bytes("file", b"\xfc")
        with pytest.raises(UnicodeDecodeError):
            await adapter.read_text("file")
        with pytest.raises(UnicodeEncodeError):
            await adapter.write_text("file", "☃", encoding="latin-1")
        assert await adapter.read_bytes("file") == b"\xfc"

    async def test_write_makes_the_folders_above(self, adapter: FileSystem) -> None:
        """Writing makes the folders above the file."""
        await adapter.write_bytes("a/b/c", b"x")
        assert [await adapter.exists(path) for path in ("a", "a/b", "a/b/c")] == [True, True, True]

    async def test_write_replaces(self, adapter: FileSystem) -> None:
        """Writing a file again replaces all of it."""
        await adapter.write_bytes("file", b"long content")
        await adapter.write_bytes("file", b"new")
        assert await adapter.read_bytes("file") == b"new"

    async def test_written_content_is_a_copy(self, adapter: FileSystem) -> None:
        """What was handed over may change afterwards."""
        data: Any = bytearray(b"content")
        await adapter.write_bytes("file", data)
        data.clear()
        assert await adapter.read_bytes("file") == b"content"

    async def test_content_that_is_none_is_refused(self, adapter: FileSystem) -> None:
        """Bytes that are none, such as a text or a number, are a TypeError, a text that is none too, and nothing is written."""
        contents: list[Any] = ["text", 5, None, [1]]
        for content in contents:
            with raising(TypeError, f"write_bytes('file', {content!r})"):
                await adapter.write_bytes("file", content)
        text: Any = b"text"
        with pytest.raises(TypeError):
            await adapter.write_text("file", text)
        assert await adapter.list() == []

    async def test_names_may_be_unusual(self, adapter: FileSystem) -> None:
        """Names may have any characters but those of paths, and 255 bytes."""
        for name in ("ünï ☃", "a b", ".hidden", "...", "x" * 255, "CON", "-rf"):
            await adapter.write_text(f"folder/{name}", name)
            assert await adapter.read_text(f"folder/{name}") == name
            assert name in await adapter.list("folder")

    async def test_name_that_is_too_long_is_an_error(self, adapter: FileSystem) -> None:
        """A name of more than 255 bytes is a FileError, ENAMETOOLONG."""
        with pytest.raises(FileError) as caught:
            await adapter.write_text("ü" * 128, "")
        assert caught.value.errno == errno.ENAMETOOLONG

    async def test_single_dot_means_nothing(self, adapter: FileSystem) -> None:
        """`a/./b` is `a/b`, and `.` is the root."""
        await adapter.write_text("a/./b", "x")
        assert await adapter.read_text("./a/b") == "x"
        assert await adapter.list(".") == ["a/"]

    async def test_list_is_sorted_and_marks_folders(self, adapter: FileSystem) -> None:
        """`list` gives the names in a folder, those of folders with `/`, sorted by code point so; the root is the empty path."""
        assert await adapter.list() == []
        for path in ("b", "a/x", "a/y/z", "c", "Z", "a-b", "ü"):
            await adapter.write_text(path, "")
        assert await adapter.list() == ["Z", "a-b", "a/", "b", "c", "ü"]
        assert await adapter.list("a") == await adapter.list("a/") == ["x", "y/"]

    async def test_beginning_of_a_name_is_another_name(self, adapter: FileSystem) -> None:
        """A file or folder whose name begins like another's is another one, for `list`, `exists`, `read_bytes` and `delete`."""
        for path in ("folder/x", "folder2/y", "file2", "folder.txt"):
            await adapter.write_text(path, path)
        assert await adapter.list("folder") == ["x"]
        assert [await adapter.exists(path) for path in ("file", "fold", "folder/", "fold/")] == [
            False,
            False,
            True,
            False,
        ]
        with pytest.raises(FileNotFoundError):
            await adapter.read_bytes("file")
        await adapter.delete("file")
        await adapter.write_text("file", "")
        await adapter.delete("file")
        assert await adapter.list() == ["file2", "folder.txt", "folder/", "folder2/"]

    async def test_path_of_a_folder_is_no_files(self, adapter: FileSystem) -> None:
        """A path that ends in `/` names no file: to read, write or delete it is PathOutsideRoot."""
        await adapter.write_text("file", "x")
        for path in ("file/", "nowhere/", "folder/nowhere/"):
            for call in (adapter.read_bytes, adapter.read_text, adapter.delete):
                with raising(PathOutsideRoot, f"{call.__name__}({path!r})"):
                    await call(path)
            with raising(PathOutsideRoot, f"write_bytes({path!r}, b'')"):
                await adapter.write_bytes(path, b"")
        assert await adapter.list() == ["file"]

    async def test_exists_tells_files_from_folders(self, adapter: FileSystem) -> None:
        """`exists` is True for files and folders; a path that ends in `/` is a folder's alone."""
        await adapter.write_text("a/b", "")
        paths = {"": True, "a": True, "a/": True, "a/b": True, "a/b/": False, "a/b/c": False, "c": False}
        assert {path: await adapter.exists(path) for path in paths} == paths

    async def test_delete_says_whether_a_file_was_there(self, adapter: FileSystem) -> None:
        """`delete` is True where there was a file, an empty one too, and False where there was none; the folder stays."""
        for content in ("x", ""):
            await adapter.write_text("a/b", content)
            assert await adapter.delete("a/b") is True
            assert await adapter.delete("a/b") is False
        assert await adapter.delete("nowhere/b") is False
        assert (await adapter.list("a"), await adapter.exists("nowhere")) == ([], False)

    async def test_missing_file_is_pythons_error(self, adapter: FileSystem) -> None:
        """Reading or listing what is not there is a FileNotFoundError, ENOENT, and a FileError, with the path as `filename`."""
        calls: dict[str, Callable[[], Awaitable[Any]]] = {
            "adapter.read_bytes('no/thing')": lambda: adapter.read_bytes("no/thing"),
            "adapter.read_text('no/thing')": lambda: adapter.read_text("no/thing"),
            "adapter.list('no/thing')": lambda: adapter.list("no/thing"),
        }
        for what, call in calls.items():
            with raising(FileNotFoundError, what) as caught:
                await call()
            assert isinstance(caught.value, FileError)
            assert (caught.value.errno, caught.value.filename) == (errno.ENOENT, "no/thing")
            assert "no/thing" in str(caught.value)

    async def test_folder_is_no_file(self, adapter: FileSystem) -> None:
        """Reading, writing or deleting a folder as a file is an IsADirectoryError, EISDIR, and a FileError."""
        await adapter.write_text("folder/file", "x")
        calls: dict[str, Callable[[], Awaitable[Any]]] = {
            "adapter.read_bytes('folder')": lambda: adapter.read_bytes("folder"),
            "adapter.write_bytes('folder', b'')": lambda: adapter.write_bytes("folder", b""),
            "adapter.delete('folder')": lambda: adapter.delete("folder"),
            "adapter.read_bytes('')": lambda: adapter.read_bytes(""),
        }
        for what, call in calls.items():
            with raising(IsADirectoryError, what) as caught:
                await call()
            assert isinstance(caught.value, FileError)
            assert caught.value.errno == errno.EISDIR
        assert await adapter.read_text("folder/file") == "x"

    async def test_file_is_no_folder(self, adapter: FileSystem) -> None:
        """Reading, writing or listing below a file is a NotADirectoryError, ENOTDIR, and a FileError; nothing exists there."""
        await adapter.write_text("file", "x")
        calls: dict[str, Callable[[], Awaitable[Any]]] = {
            "adapter.read_bytes('file/below')": lambda: adapter.read_bytes("file/below"),
            "adapter.write_bytes('file/below', b'')": lambda: adapter.write_bytes("file/below", b""),
            "adapter.list('file')": lambda: adapter.list("file"),
        }
        for what, call in calls.items():
            with raising(NotADirectoryError, what) as caught:
                await call()
            assert isinstance(caught.value, FileError)
            assert caught.value.errno == errno.ENOTDIR
        await adapter.delete("file/below")
        assert await adapter.exists("file/below") is False
        assert await adapter.read_text("file") == "x"

    async def test_path_cannot_be_read_outside_the_root(self, adapter: FileSystem) -> None:
        """Reading, listing, deleting or asking for a path that leads out, on any system, is PathOutsideRoot, a PermissionError."""
        for path in (*_OUTSIDE, *_MALFORMED):
            for call in (adapter.read_bytes, adapter.read_text, adapter.exists, adapter.list, adapter.delete):
                with raising(PathOutsideRoot, f"{call.__name__}({path!r})") as caught:
                    await call(path)
                assert isinstance(caught.value, PermissionError)
                assert caught.value.path == path

    async def test_path_cannot_be_written_outside_the_root(self, adapter: FileSystem) -> None:
        """Writing to a path that leads out, on any system, is PathOutsideRoot, and nothing is written."""
        for path in (*_OUTSIDE, *_MALFORMED):
            with raising(PathOutsideRoot, f"write_bytes({path!r}, b'x')"):
                await adapter.write_bytes(path, b"x")
            with raising(PathOutsideRoot, f"write_text({path!r}, 'x')"):
                await adapter.write_text(path, "x")
        assert await adapter.list() == []

    async def test_path_is_a_text(self, adapter: FileSystem) -> None:
        """A path that is no str is a TypeError."""
        path: Any = b"file"
        with pytest.raises(TypeError):
            await adapter.read_bytes(path)

    async def test_writers_at_once_leave_one_whole_file(self, adapter: FileSystem) -> None:
        """Of several that write one file at once, one wins whole, and nothing else is left."""
        contents = [bytes([number]) * 10_000 for number in range(10)]
        await asyncio.gather(*(adapter.write_bytes("folder/file", content) for content in contents))
        assert await adapter.read_bytes("folder/file") in contents
        assert await adapter.list("folder") == ["file"]

    async def test_reader_sees_whole_files(self, adapter: FileSystem) -> None:
        """Who reads while others write sees one content or another, whole; the file is there all the time."""
        contents = [bytes([number]) * 50_000 for number in range(5)]
        await adapter.write_bytes("file", contents[0])

        async def write() -> None:
            for content in contents * 3:
                await adapter.write_bytes("file", content)

        writing = asyncio.create_task(write())
        turns = 0
        try:
            while not writing.done():
                assert await adapter.exists("file") is True
                whole = await adapter.read_bytes("file") in contents
                assert whole, "half a file was read"  # pytest would spell out 50,000 bytes
                # Out of step with the writer, and an adapter that never waits would keep it from its turn.
                turns += 1
                for _ in range(1 + turns % 3):
                    await asyncio.sleep(0)
        finally:
            await writing

    async def test_cancelled_write_is_whole_or_not_at_all(self, adapter: FileSystem) -> None:
        """After a write was cancelled the file is the old one or the new one, and nothing else is left."""
        await adapter.write_bytes("file", b"old")
        for _ in range(5):
            task = asyncio.create_task(adapter.write_bytes("file", b"new" * 10_000))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        await adapter.write_bytes("other", b"x")
        assert await adapter.read_bytes("file") in (b"old", b"new" * 10_000)

    async def test_closing_twice_is_safe(self, adapter: FileSystem) -> None:
        """Closing twice does nothing the second time, also where nothing was written."""
        await self.close(adapter)
        await self.close(adapter)
