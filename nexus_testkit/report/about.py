"""What a trace page says of its test beside the journal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tape:
    """The decisions of a run that was searched for, swept or replayed.

    Attributes:
        decisions: each in words, in order; none is the stock run.
        token: what makes the run again, as `"nx1:..."`, or None.
        place: the test, for the command line.
        found: how it was found, in one line.
        ways: the lines that make the run again, where they are not the marker and the command of a test with `nexus`.
    """

    decisions: tuple[str, ...] = ()
    token: str | None = None
    place: str = ""
    found: str = ""
    ways: tuple[str, ...] | None = None

    @property
    def replays(self) -> tuple[str, ...]:
        """The lines that make the run again: the marker, the command."""
        if self.ways is not None:
            return self.ways
        if self.token is None:
            return ()
        return (
            f'@pytest.mark.nexus(replay="{self.token}")',
            f"nexus-testkit replay {self.token} '{self.place}'",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A test and how it ended.

    Attributes:
        test: its id.
        outcome: `"failed"` or `"passed"`.
        error: what it failed with, in one line.
        place: `file:line` of that.
        when: in which phase of pytest: `"setup"`, `"call"` or `"teardown"`.
        raised: the error itself, by which the calls are found that it came of.
        failed_after: how many calls had begun by then; None where it passed.
        seed: of its world.
        elapsed_s: virtual seconds that the world took.
        tape: its decisions, where it is a run of a search, a sweep or a replay.
        example: what Hypothesis gave to the test, in its words.
        ways: the lines that make it again, where neither the tape has some nor the seed of a world does it.
    """

    test: str
    outcome: str
    error: str = ""
    place: str = ""
    when: str = "call"
    raised: BaseException | None = None
    failed_after: int | None = None
    seed: int = 0
    elapsed_s: float = 0.0
    tape: Tape | None = None
    example: str = ""
    ways: tuple[str, ...] | None = None

    @property
    def again(self) -> tuple[str, ...]:
        """The lines that make this run again."""
        replays = self.tape.replays if self.tape is not None else ()
        by_seed = (f"pytest '{self.test}' --nexus-seed={self.seed}",)
        return replays or (by_seed if self.ways is None else self.ways)
