"""`nexus.files`: the files under the root."""

from __future__ import annotations

from difflib import get_close_matches, unified_diff

from nexus_testkit.adapters.fake.files import MemoryFiles
from nexus_testkit.journal.files import SeamedFiles
from nexus_testkit.journal.forms import HIDDEN
from nexus_testkit.journal.seam import Seam
from nexus_testkit.journal.secrets import hides_file

_LONGEST_SHOWN = 200
_MOST_SHOWN = 20


class FilesHandle(SeamedFiles):
    """The file system, with assertions and preparations that go round the journal and wait for nothing."""

    def __init__(self, adapter: MemoryFiles, seam: Seam) -> None:
        """Wrap the adapter; assertions go round `seam`."""
        super().__init__(adapter, seam)
        self._adapter = adapter

    def put(self, path: str, content: str | bytes, /) -> None:
        """Write a file, as a test's preparation; text as UTF-8.

        Raises:
            FileError: as `write_bytes` does.
        """
        self._adapter.put(path, content.encode() if isinstance(content, str) else bytes(content))

    def tree(self) -> dict[str, bytes]:
        """Every file's content by path, sorted by path."""
        return self._adapter.tree()

    def assert_has(self, path: str, /, *, text: str | None = None, content: bytes | None = None) -> None:
        """Assert that a file is there, with this content where one is given.

        Raises:
            AssertionError: with the difference, or the nearest files there are.
        """
        files = self.tree()
        found = files.get(path)
        if found is None:
            what = "it is a folder" if path.rstrip("/") in self._adapter.folders() else "it is missing"
            raise AssertionError("\n".join([f"expected a file {path!r}, {what}", *self._listing(path, files)]))
        wanted = text.encode() if text is not None else content
        if wanted is not None and found != wanted:
            raise AssertionError("\n".join([f"{path!r} has another content", *_difference(wanted, found)]))

    def assert_missing(self, path: str, /) -> None:
        """Assert that neither a file nor a folder of this name is there.

        Raises:
            AssertionError: with the content.
        """
        found = self.tree().get(path)
        if found is not None:
            raise AssertionError(f"expected no file {path!r}, it holds {self._shown(path, found)}")
        if path.rstrip("/") in self._adapter.folders():
            raise AssertionError(f"expected nothing at {path!r}, it is a folder")

    def _listing(self, path: str, files: dict[str, bytes]) -> list[str]:
        if not files:
            return ["  there are no files"]
        near = get_close_matches(path, files, n=3, cutoff=0.4)
        names = near + [name for name in files if name not in near]
        lines = [f"  {name}: {self._shown(name, files[name])}" for name in names[:_MOST_SHOWN]]
        return lines if len(names) <= _MOST_SHOWN else [*lines, f"  and {len(names) - _MOST_SHOWN} more"]

    def _shown(self, path: str, content: bytes) -> str:
        """A content that nobody compared: without its secrets."""
        redaction = self._seam.journal.redaction
        return HIDDEN if hides_file(path, redaction) else redaction.text(_short(content))


def _difference(wanted: bytes, found: bytes) -> list[str]:
    try:
        before, after = wanted.decode(), found.decode()
    except UnicodeDecodeError:
        return [f"  expected: {_short(wanted)}", f"  found:    {_short(found)}"]
    lines = unified_diff(before.splitlines(), after.splitlines(), "expected", "found", lineterm="")
    shown = [f"  {line}" for line in lines][:_MOST_SHOWN]
    return shown or [f"  expected: {_short(wanted)}", f"  found:    {_short(found)}"]


def _short(content: bytes) -> str:
    try:
        text = repr(content.decode())
    except UnicodeDecodeError:
        text = repr(content)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}... ({len(content)} bytes)"
