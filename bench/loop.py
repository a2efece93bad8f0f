"""What the simulation loop costs, beside asyncio's own loop, in the same run.

python bench/loop.py [--smoke]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Callable

from nexus_testkit.simulation import SimulationLoop, virtual_time

SMOKE = "--smoke" in sys.argv
ROUNDS = 2 if SMOKE else 7
SHARE = 20 if SMOKE else 1
MakeLoop = Callable[[], asyncio.AbstractEventLoop]


def new_and_close(make: MakeLoop) -> float:
    return timed(2_000, lambda n: [make().close() for _ in range(n)])


def new_run_nothing_and_close(make: MakeLoop) -> float:
    def work(n: int) -> None:
        for _ in range(n):
            loop = make()
            loop.run_until_complete(nothing())
            loop.close()

    return timed(1_000, work)


def call_soon(make: MakeLoop) -> float:
    return on_a_loop(make, 100_000, count_down)


def task_switch(make: MakeLoop) -> float:
    return on_a_loop(make, 100_000, ping_pong)


def new_task(make: MakeLoop) -> float:
    return on_a_loop(make, 20_000, make_tasks)


def await_future(make: MakeLoop) -> float:
    return on_a_loop(make, 50_000, await_futures)


def sleep(make: MakeLoop) -> float:
    # A thousandth of a microsecond: as near to no waiting as a real clock allows.
    return on_a_loop(make, 20_000, sleep_a_little)


async def nothing() -> None:
    pass


async def count_down(n: int) -> None:
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def step(left: int) -> None:
        if left:
            loop.call_soon(step, left - 1)
        else:
            done.set_result(None)

    loop.call_soon(step, n)
    await done


async def ping_pong(n: int) -> None:
    async def player() -> None:
        for _ in range(n // 2):
            await asyncio.sleep(0)

    await asyncio.gather(player(), player())


async def make_tasks(n: int) -> None:
    for _ in range(n):
        await asyncio.create_task(nothing())


async def await_futures(n: int) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(n):
        future = loop.create_future()
        loop.call_soon(future.set_result, None)
        await future


async def sleep_a_little(n: int) -> None:
    for _ in range(n):
        await asyncio.sleep(1e-9)


def on_a_loop(make: MakeLoop, n: int, main: Callable[[int], object]) -> float:
    loop = make()
    try:
        return timed(n, lambda count: loop.run_until_complete(main(count)))
    finally:
        loop.close()


def timed(n: int, work: Callable[[int], object]) -> float:
    """Microseconds for one of `n`."""
    n //= SHARE
    began = time.perf_counter()
    work(n)
    return (time.perf_counter() - began) / n * 1e6


def entering_virtual_time(make: MakeLoop) -> float:
    loop = make()
    if not isinstance(loop, SimulationLoop):
        loop.close()
        return 0.0

    def work(n: int) -> None:
        for _ in range(n):
            with virtual_time(loop):
                pass

    try:
        work(1)
        return timed(2_000, work)
    finally:
        loop.close()


MEASURED: dict[str, Callable[[MakeLoop], float]] = {
    "new loop + close": new_and_close,
    "new loop + run nothing + close": new_run_nothing_and_close,
    "call_soon": call_soon,
    "task switch": task_switch,
    "new task, awaited": new_task,
    "future, awaited": await_future,
    "sleep": sleep,
    "virtual_time(loop), entered and left": entering_virtual_time,
}


def main() -> None:
    print(f"Python {sys.version.split()[0]}; microseconds, median of {ROUNDS}")
    print(f"{'what':<40} {'asyncio':>9} {'ours':>9} {'ratio':>7}")
    for what, measure in MEASURED.items():
        theirs, ours = [], []
        for _ in range(ROUNDS):  # turn by turn, so that a busy moment hits both
            theirs.append(measure(asyncio.new_event_loop))
            ours.append(measure(SimulationLoop))
        stock, own = statistics.median(theirs), statistics.median(ours)
        ratio = f"{own / stock:7.2f}" if stock else "      -"
        print(f"{what:<40} {stock:>9.2f} {own:>9.2f} {ratio}")


if __name__ == "__main__":
    main()
