"""Steps of a world's end and of its health report that must not keep the others from being made."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nexus_testkit.harness.harness import Harness


async def collect(failures: list[Exception], step: Coroutine[Any, Any, Any]) -> None:
    """Make a step; what it raises is added to `failures`."""
    try:
        await step
    except Exception as error:  # noqa: BLE001  # one failure must not keep the rest of the world from ending
        failures.append(error)


async def healthy(check: Any) -> Any:
    """What a health check says; the error in words where it raises."""
    try:
        return await check()
    except Exception as error:  # noqa: BLE001  # an unhealthy port is an answer, not a failure
        return f"{type(error).__name__}: {error}"


async def end_recordings(harness: Harness, *, keep: bool) -> None:
    """Write the HTTP exchanges that were recorded, if they are to be kept, and note what became of each file.

    Raises:
        RecordingError: a file cannot be written.
    """
    recordings = harness.http.recordings if "http" in harness.__dict__ else None  # not to make the handle now
    if recordings is not None:
        harness.recorded = recordings.end(keep=keep)
