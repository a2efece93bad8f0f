"""nexus.files: preparations, assertions, and the seam."""

import asyncio

import pytest

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.files import MemoryFiles
from nexus_testkit.errors import PathOutsideRoot
from nexus_testkit.harness.files import FilesHandle
from nexus_testkit.journal import Journal, Seam
from nexus_testkit.simulation import current_loop, run


@pytest.fixture
def files():
    return FilesHandle(MemoryFiles(clock=None), Seam(Journal(now=lambda: 0.0, task=lambda: None), sleep=asyncio.sleep))


def failure_of(assertion, *args, **options):
    with pytest.raises(AssertionError) as caught:
        assertion(*args, **options)
    return str(caught.value)


def test_put_prepares_and_assertions_agree(files):
    files.put("a/b.txt", "ü")
    files.put("c", b"\xff")
    files.assert_has("a/b.txt")
    files.assert_has("a/b.txt", text="ü")
    files.assert_has("c", content=b"\xff")
    files.assert_missing("d")
    assert files.tree() == {"a/b.txt": "ü".encode(), "c": b"\xff"}
    with pytest.raises(PathOutsideRoot):
        files.put("../x", "")
    with pytest.raises(IsADirectoryError):
        files.put("a", "")


def test_a_missing_file_shows_the_nearest(files):
    assert failure_of(files.assert_has, "x") == "expected a file 'x', it is missing\n  there are no files"
    files.put("mail/welcome.html", "hello")
    files.put("z", b"\xff")
    assert failure_of(files.assert_has, "mail/welcom.html").splitlines() == [
        "expected a file 'mail/welcom.html', it is missing",
        "  mail/welcome.html: 'hello'",
        "  z: b'\\xff'",
    ]
    assert "it is a folder" in failure_of(files.assert_has, "mail")


def test_another_content_shows_the_difference(files):
    files.put("f", "one\ntwo\n")
    lines = failure_of(files.assert_has, "f", text="one\nthree\n").splitlines()
    assert lines[0] == "'f' has another content"
    assert "  -three" in lines
    assert "  +two" in lines
    assert failure_of(files.assert_has, "f", content=b"\xff").splitlines()[1:] == [
        "  expected: b'\\xff'",
        "  found:    'one\\ntwo\\n'",
    ]
    assert failure_of(files.assert_has, "f", text="one\r\ntwo\r\n").splitlines()[1:] == [
        "  expected: 'one\\r\\ntwo\\r\\n'",
        "  found:    'one\\ntwo\\n'",
    ]


def test_what_should_be_missing_is_shown(files):
    files.put("a/f", "x" * 1000)
    assert failure_of(files.assert_missing, "a/f").endswith("(1000 bytes)")
    assert failure_of(files.assert_missing, "a") == "expected nothing at 'a', it is a folder"


def test_every_call_crosses_the_seam():
    async def main():
        journal = Journal(now=current_loop().time, task=lambda: None)
        files = FilesHandle(MemoryFiles(clock=VirtualClock(current_loop())), Seam(journal, sleep=asyncio.sleep))
        await files.write_text("a/t", "x")
        await files.write_bytes("b", b"y")
        assert await files.read_text("a/t") == "x"
        assert await files.read_bytes("b") == b"y"
        assert await files.exists("b")
        assert await files.list() == ["a/", "b"]
        assert await files.delete("b")
        files.assert_missing("b")
        assert [call.operation for call in journal] == [
            f"files.{name}"
            for name in ("write_text", "write_bytes", "read_text", "read_bytes", "exists", "list", "delete")
        ]
        assert journal.calls[0].describe() == "files.write_text('a/t', 'x', encoding='utf-8')"

    run(main)
