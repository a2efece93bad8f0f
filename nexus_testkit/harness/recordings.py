"""The files of HTTP exchanges of one world: where they are, whether they may be recorded, and when they are written."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from nexus_testkit.errors import RecordingError

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from nexus_testkit.adapters.fake.http import StubTransport
    from nexus_testkit.adapters.fake.http_recording import Mode, RecordedExchanges
    from nexus_testkit.adapters.real.http_sending import RecordingSender
    from nexus_testkit.journal import Journal

OPTION = "--nexus-record-http"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a world may record, as whoever makes it says.

    Attributes:
        folder: where relative paths begin; None: in the working directory.
        mode: what is recorded where `recorded()` does not say: `"missing"`, `"all"`, or None.
        by_run: whether a run of pytest decides: `record=` in a test then needs its option as well.
        refused: why nothing is recorded in this world, or None.
        threads: the ids of the threads that send while something is recorded; the guard of sockets lets them.
    """

    folder: Path | None = None
    mode: Mode | None = None
    by_run: bool = False
    refused: str | None = None
    threads: set[int] = field(default_factory=set)

    @staticmethod
    def current() -> Policy:
        """The policy of a world that is made now, and is given none."""
        return DEFAULT.get() or Policy()


DEFAULT: ContextVar[Policy | None] = ContextVar("recording of HTTP", default=None)
"""What the pytest plugin says of worlds that tests with `@simulate` make."""


class Recordings:
    """The files that a test has named."""

    def __init__(self, policy: Policy, stubs: StubTransport, journal: Journal) -> None:
        """None yet."""
        self._policy = policy
        self._stubs = stubs
        self._journal = journal
        self._sender: RecordingSender | None = None
        self.opened: list[RecordedExchanges] = []

    def open(
        self, path: str | os.PathLike[str], *, repeats: bool, match_on: Collection[str], record: Mode | bool | None
    ) -> RecordedExchanges:
        """Stub the exchanges of a file; see `HttpHandle.recorded`."""
        from pathlib import Path  # noqa: PLC0415  # no world loads it by itself

        from nexus_testkit.adapters.fake.http_recording import RecordedExchanges  # noqa: PLC0415  # few tests record
        from nexus_testkit.adapters.real.http_sending import RecordingSender  # noqa: PLC0415  # as above

        if self._sender is None:
            self._sender = RecordingSender(begun=self._note_thread)
        file = (self._policy.folder or Path()) / path
        opened = RecordedExchanges(
            file.absolute(),
            self._stubs,
            redaction=self._journal.redaction,
            match_on=match_on,
            repeats=repeats,
            mode=self._mode(record),
            send=self._sender.send,
            how=self._how(),
        )
        self.opened.append(opened)
        return opened

    def _note_thread(self, thread: threading.Thread) -> None:
        self._policy.threads.add(thread.ident or 0)

    def _mode(self, record: Mode | bool | None) -> Mode | None:
        from nexus_testkit.adapters.fake.http_recording import Mode  # noqa: PLC0415  # see `open`

        if record is True:
            record = "missing"
        if record not in (None, False, *get_args(Mode)):
            raise RecordingError(f"record={record!r}", hint="'missing' (the same as True), 'all', or False")
        if record is False or self._policy.refused is not None:
            return None
        if record is None or self._policy.mode is not None:
            return self._policy.mode
        if self._policy.by_run:
            raise RecordingError(
                f"record={record!r} in a test: whether requests go out is decided by who runs it",
                hint=f"leave record= away and run: pytest {OPTION}={record}",
            )
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            raise RecordingError(
                f"record={record!r} where the environment says CI: what goes out there reaches somebody unseen",
                hint="record on your own machine and commit the file",
            )
        return record

    def _how(self) -> str:
        if self._policy.refused is not None:
            return f"record it in a plain run ({self._policy.refused}): pytest {OPTION}=missing"
        return f"record it: pytest {OPTION}=missing" if self._policy.by_run else "record it: recorded(..., record=True)"

    def end(self, *, keep: bool) -> list[str]:
        """Close the connections and write what was recorded, if it is to be kept; a line for each file that has something new.

        Raises:
            RecordingError: a file cannot be written.
        """
        if self._sender is not None:
            self._sender.close()
        new = [opened for opened in self.opened if opened.new_count]
        for opened in new if keep else ():
            opened.save()
        what = "recorded" if keep else "not written, because the test failed"
        return [f"{opened.path}: {opened.new_count} HTTP exchange(s) {what}" for opened in new]
