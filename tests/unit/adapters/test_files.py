"""MemoryFiles and RootedDirectory: the same tests on both."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.files import MemoryFiles
from nexus_testkit.adapters.real.files import RootedDirectory
from nexus_testkit.errors import FileError, PathOutsideRoot
from nexus_testkit.simulation import current_loop, run


@pytest.fixture(params=["memory", "disk"])
def on(request, tmp_path):
    """Runs `test(files)` on an empty file system."""

    def on_memory(test):
        async def main():
            files = MemoryFiles(clock=VirtualClock(current_loop()))
            await test(files)
            assert files.leaks() == []
            await files.aclose()

        run(main)

    def on_disk(test):
        async def main():
            files = RootedDirectory(tmp_path / "root")
            await test(files)
            assert files.leaks() == []
            await files.aclose()

        asyncio.run(main())

    return on_memory if request.param == "memory" else on_disk


@pytest.mark.parametrize("content", [b"", b"x", b"\r\n\x00\xff", bytes(range(256)) * 1000])
def test_bytes_come_back(on, content):
    async def test(files):
        await files.write_bytes("a/b/c.bin", content)
        assert await files.read_bytes("a/b/c.bin") == content
        assert await files.exists("a/b/c.bin") is True

    on(test)


@pytest.mark.parametrize("text", ["", "ü☃\r\n\n\r", "\ufeffx"])
def test_text_comes_back_with_its_line_ends(on, text):
    async def test(files):
        await files.write_text("t", text)
        assert await files.read_text("t") == text
        assert await files.read_bytes("t") == text.encode()
        await files.write_text("t", "ü", encoding="latin-1")
        assert await files.read_text("t", encoding="latin-1") == "ü"
        with pytest.raises(UnicodeDecodeError):
            await files.read_text("t")

    on(test)


def test_writing_again_replaces_and_what_was_given_may_change_afterwards(on):
    async def test(files):
        data = bytearray(b"long content")
        await files.write_bytes("f", data)
        data.clear()
        assert await files.read_bytes("f") == b"long content"
        await files.write_bytes("f", b"new")
        assert await files.read_bytes("f") == b"new"

    on(test)


@pytest.mark.parametrize("name", ["ünï ☃", "a b", ".hidden", "...", "x" * 255, "ab:c"])
def test_names_may_be_anything_else(on, name):
    async def test(files):
        await files.write_text(f"folder/{name}", "x")
        assert await files.list("folder") == [name]
        assert await files.read_text(f"folder/{name}") == "x"

    on(test)


def test_a_single_dot_means_nothing(on):
    async def test(files):
        await files.write_text("a/./b", "x")
        assert await files.read_text("./a/b") == "x"
        assert await files.list(".") == ["a/"]

    on(test)


def test_folders_are_listed_sorted_and_marked(on):
    async def test(files):
        assert await files.list() == []
        for path in ["b", "a/x", "a/y/z", "c"]:
            await files.write_text(path, "")
        assert await files.list() == ["a/", "b", "c"]
        assert await files.list("a") == ["x", "y/"]
        assert await files.list("a/") == ["x", "y/"]
        assert await files.exists("") is True
        assert await files.exists("a") is True
        assert await files.exists("a/y/") is True
        assert await files.exists("b/") is False
        assert await files.exists("b/x") is False
        assert await files.exists("nothing") is False

    on(test)


def test_deleting_a_file_leaves_its_folder(on):
    async def test(files):
        await files.write_text("a/b", "x")
        assert await files.delete("a/b") is True
        assert await files.delete("a/b") is False
        assert await files.delete("nowhere/b") is False
        assert await files.list("a") == []
        await files.write_text("f", "x")
        assert await files.delete("f/below") is False

    on(test)


@pytest.mark.parametrize(
    "path",
    [
        *[
            "/etc/passwd",
            "//host/share",
            "..",
            "../x",
            "a/../../x",
            "a/..",
            "C:\\x",
            "C:/x",
            "c:x",
            "a\\b",
            "\\\\host\\s",
        ],
        *["a\0b", "a//b", "/"],
    ],
)
def test_paths_that_lead_out_are_refused_by_every_method(on, path):
    async def test(files):
        calls = [
            lambda: files.read_bytes(path),
            lambda: files.read_text(path),
            lambda: files.write_bytes(path, b""),
            lambda: files.write_text(path, ""),
            lambda: files.exists(path),
            lambda: files.list(path),
            lambda: files.delete(path),
        ]
        for call in calls:
            with pytest.raises(PathOutsideRoot, match="is refused: it") as caught:
                await call()
            assert isinstance(caught.value, PermissionError)
            assert caught.value.path == path
            assert "Hint: " in str(caught.value)
        assert await files.list() == []

    on(test)


def test_a_name_that_is_too_long_is_an_error_of_its_own(on):
    async def test(files):
        with pytest.raises(FileError) as caught:
            await files.write_text("ü" * 128, "")
        assert caught.value.errno == errno.ENAMETOOLONG

    on(test)


@pytest.mark.parametrize(
    ("call", "kind", "number"),
    [
        (lambda files: files.read_text("nothing"), FileNotFoundError, errno.ENOENT),
        (lambda files: files.read_bytes("no/thing"), FileNotFoundError, errno.ENOENT),
        (lambda files: files.list("nothing"), FileNotFoundError, errno.ENOENT),
        (lambda files: files.read_bytes("folder"), IsADirectoryError, errno.EISDIR),
        (lambda files: files.read_bytes(""), IsADirectoryError, errno.EISDIR),
        (lambda files: files.write_bytes("folder", b""), IsADirectoryError, errno.EISDIR),
        (lambda files: files.write_bytes("", b""), IsADirectoryError, errno.EISDIR),
        (lambda files: files.delete("folder"), IsADirectoryError, errno.EISDIR),
        (lambda files: files.delete(""), IsADirectoryError, errno.EISDIR),
        (lambda files: files.read_bytes("folder/file/below"), NotADirectoryError, errno.ENOTDIR),
        (lambda files: files.write_bytes("folder/file/below", b""), NotADirectoryError, errno.ENOTDIR),
        (lambda files: files.write_bytes("folder/file/far/below", b""), NotADirectoryError, errno.ENOTDIR),
        (lambda files: files.list("folder/file"), NotADirectoryError, errno.ENOTDIR),
    ],
)
def test_errors_are_those_of_python_and_of_the_port(on, call, kind, number):
    async def test(files):
        await files.write_text("folder/file", "x")
        with pytest.raises(kind) as caught:
            await call(files)
        assert isinstance(caught.value, FileError)
        assert caught.value.errno == number
        assert caught.value.filename in str(caught.value)
        assert await files.read_text("folder/file") == "x"

    on(test)


def test_a_path_that_is_no_text_is_a_type_error(on):
    async def test(files):
        with pytest.raises(TypeError, match="a path is a str, not bytes"):
            await files.read_bytes(b"x")

    on(test)


def test_many_writers_at_once_leave_one_whole_file(on):
    async def test(files):
        contents = [bytes([number]) * 10_000 for number in range(20)]
        await asyncio.gather(*(files.write_bytes("d/f", content) for content in contents))
        assert await files.read_bytes("d/f") in contents
        assert await files.list("d") == ["f"]

    on(test)


def test_memory_suggests_the_nearest_name():
    async def main():
        files = MemoryFiles(clock=VirtualClock(current_loop()))
        await files.write_text("templates/welcome.html", "")
        with pytest.raises(FileNotFoundError, match=r"did you mean 'templates/welcome\.html'"):
            await files.read_text("templates/welcom.html")

    run(main)


@pytest.mark.skipif(os.name == "nt", reason="making links needs a privilege on Windows")
def test_links_on_the_disk_may_not_lead_out(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (root / "out").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    (root / "dangling").symlink_to(outside / "new")
    (root / "inner").mkdir()
    (root / "link").symlink_to(root / "inner")

    async def main():
        files = RootedDirectory(root)
        for call in [
            lambda: files.read_text("out/secret"),
            lambda: files.read_text("file"),
            lambda: files.write_text("file", "x"),
            lambda: files.write_text("dangling", "x"),
            lambda: files.write_text("out/new", "x"),
            lambda: files.list("out"),
            lambda: files.exists("out/secret"),
            lambda: files.delete("out/secret"),
        ]:
            with pytest.raises(PathOutsideRoot, match="a link leads out of the root"):
                await call()
        assert (outside / "secret").read_text() == "secret"
        assert [each.name for each in outside.iterdir()] == ["secret"]
        await files.write_text("link/x", "inside")
        assert await files.read_text("inner/x") == "inside"

    asyncio.run(main())


def test_an_unwritten_file_on_the_disk_leaves_the_old_one(tmp_path, monkeypatch):
    async def main():
        files = RootedDirectory(tmp_path)
        await files.write_text("f", "old")

        def full(_):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(FileError) as caught:
            await files.write_text("f", "new")
        assert caught.value.errno == errno.ENOSPC
        assert await files.read_text("f") == "old"
        assert await files.list() == ["f"]

    asyncio.run(main())


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_and_its_name_are_forced_to_the_disk(tmp_path, monkeypatch, durable):
    forced = []

    def note(number):
        forced.append(os.path.realpath(f"/proc/self/fd/{number}") if Path("/proc/self/fd").is_dir() else number)

    monkeypatch.setattr("os.fsync", note)

    async def main():
        async with RootedDirectory(tmp_path, durable=durable) as files:
            await files.write_text("a/f", "x")

    asyncio.run(main())
    assert len(forced) == (2 if durable and os.name != "nt" else int(durable))
    if durable and Path("/proc/self/fd").is_dir():
        assert ".nexus-unfinished-" in forced[0]
        assert forced[1] == str(tmp_path / "a")
