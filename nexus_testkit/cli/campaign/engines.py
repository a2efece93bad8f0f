"""Where chunks are made: processes of this machine, or a cluster of dask."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from nexus_testkit.cli.campaign.chunk import Chunk, Made, Order, differs, make
from nexus_testkit.cli.problems import Problem

Done = tuple[Chunk, Made]
_FRESH_S = 2.0  # for which the number of a cluster's workers is believed


class Engine(Protocol):
    """Makes orders, several at once."""

    @property
    def slots(self) -> int:
        """How many orders it can do with at once."""
        ...

    def start(self, chunk: Chunk, order: Order, /) -> None:
        """Begin a chunk."""
        ...

    def wait(self, seconds: float, /) -> Done | None:
        """A chunk that is ready, or None when the time is over."""
        ...

    def cancel(self, chunk: Chunk, /) -> None:
        """Forget a chunk; `wait` never gives it."""
        ...

    def close(self) -> None:
        """End everything that still runs."""
        ...


class Processes:
    """Processes of this machine."""

    def __init__(self, jobs: int) -> None:
        """At most `jobs` at once."""
        self.slots = jobs
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="nexus-testkit")
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._running: dict[Chunk, subprocess.Popen[str] | None] = {}
        self._lock = threading.Lock()

    def start(self, chunk: Chunk, order: Order, /) -> None:
        with self._lock:
            self._running[chunk] = None
        self._pool.submit(self._make, chunk, order)

    def _make(self, chunk: Chunk, order: Order) -> None:
        try:
            made = make(order, partial(self._started, chunk))
        except Exception as error:  # noqa: BLE001  # of a thread nobody looks at: it is told with the chunk
            made = Made(died=f"{type(error).__name__}: {error}")
        with self._lock:
            wanted = chunk in self._running
            self._running.pop(chunk, None)
        if wanted:
            self._done.put((chunk, made))

    def _started(self, chunk: Chunk, process: subprocess.Popen[str]) -> None:
        with self._lock:
            if chunk in self._running:
                self._running[chunk] = process
                return
        process.kill()  # it was cancelled before it began

    def wait(self, seconds: float, /) -> Done | None:
        try:
            return self._done.get(timeout=seconds)
        except queue.Empty:
            return None

    def cancel(self, chunk: Chunk, /) -> None:
        with self._lock:
            process = self._running.pop(chunk, None)
        if process is not None:
            process.kill()

    def close(self) -> None:
        for chunk in list(self._running):
            self.cancel(chunk)
        self._pool.shutdown(cancel_futures=True)


class Cluster:
    """A `dask.distributed` cluster that runs already.

    A worker that dies costs nothing: the scheduler gives its tasks to another one, also those whose results had not
    been fetched from it.
    """

    def __init__(self, address: str, *, retries: int) -> None:
        """Connect; a task that raised is begun again up to `retries` times.

        Raises:
            Problem: dask is not installed, or nobody listens.
        """
        try:
            from distributed import Client  # noqa: PLC0415  # an extra, and slow to import
        except ImportError as error:
            raise Problem(
                "--cluster needs dask.distributed, which is not installed",
                "Hint: pip install 'nexus-testkit[cluster]', here and on the workers",
            ) from error
        try:
            self._client: Any = Client(address, timeout=5, set_as_default=False)
        except (OSError, ValueError) as error:
            raise Problem(f"no scheduler of dask at {address}: {error}", "Hint: tcp://host:8786") from error
        self._retries = retries
        self._slots = 0
        self._asked_at = -_FRESH_S
        if not self.slots:
            self._client.close()
            raise Problem(f"the cluster at {address} has no workers", f"Hint: dask worker {address}")
        self._done: queue.SimpleQueue[tuple[Chunk, Any]] = queue.SimpleQueue()
        self._running: dict[Chunk, Any] = {}

    def check(self, order: Order) -> None:
        """See that every worker could make this order; one that comes later says so itself.

        Raises:
            Problem: a worker does not have the kit, or not the same one, or not the project.
        """
        for worker, said in self._client.run(differs, order, on_error="return").items():
            if isinstance(said, Exception):
                raise Problem(f"worker {worker} cannot run the kit: {type(said).__name__}: {said}", code=3)
            if said is not None:
                raise Problem(f"worker {worker}: {said}", code=3)

    @property
    def slots(self) -> int:
        # Workers come and go. Each gets one order more than it has threads, so that it need not wait for us.
        if time.monotonic() - self._asked_at >= _FRESH_S:
            self._slots = 2 * sum(self._client.nthreads().values())
            self._asked_at = time.monotonic()
        return self._slots

    def start(self, chunk: Chunk, order: Order, /) -> None:
        future = self._client.submit(make, order, pure=False, retries=self._retries, priority=-chunk.first)
        self._running[chunk] = future
        future.add_done_callback(self._note(chunk))

    def _note(self, chunk: Chunk) -> Callable[[Any], None]:
        return lambda future: self._done.put((chunk, future))

    def wait(self, seconds: float, /) -> Done | None:
        try:
            chunk, future = self._done.get(timeout=seconds)
        except queue.Empty:
            if self._client.status != "running":
                raise Problem("the scheduler of the cluster is gone", code=3) from None
            return None
        if self._running.pop(chunk, None) is None:
            return None  # it was cancelled
        try:
            return chunk, future.result()
        except Exception as error:  # noqa: BLE001  # whatever a worker raised, or the scheduler said of it
            return chunk, Made(died=f"a worker of the cluster: {type(error).__name__}: {error}")
        finally:
            future.release()

    def cancel(self, chunk: Chunk, /) -> None:
        future = self._running.pop(chunk, None)
        if future is not None:
            self._client.cancel([future])

    def close(self) -> None:
        for chunk in list(self._running):
            self.cancel(chunk)
        self._client.close()
