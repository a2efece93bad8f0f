"""What a task waits for: read from the frames in which it stands, so that nobody pays for it before it is asked.

Limits: what can be named is what asyncio offers (and what `explain` was told of); a future that code made by itself
is a `Future`. Names of variables are those of the code that waits.
"""

from __future__ import annotations

import asyncio
from asyncio import locks, queues, streams, taskgroups, tasks
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from nexus_testkit.errors.stack import is_plumbing
from nexus_testkit.simulation.suspended import Suspended, suspended
from nexus_testkit.simulation.tasks import task_label, task_number

Task = asyncio.Task[Any]

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a task waits for.

    Attributes:
        words: in words, such as `Queue.get() of 'jobs'`.
        lock: the Lock or Semaphore, where it is one.
        by_with: the lock is asked for by `async with`.
        tasks: the unfinished tasks that all have to end before this one goes on.
    """

    words: str
    lock: locks.Lock | locks.Semaphore | None = None
    by_with: bool = False
    tasks: tuple[Task, ...] = ()


Locals = Mapping[str, Any]
Explanation = Callable[[Locals, str], Wait]
"""Makes a `Wait` of a frame's local names and of the name that the waiting code has for its `self`, with a space before it."""

_known: dict[CodeType, Explanation] = {}
_whole: set[CodeType] = set()


def explain(function: Callable[..., Any], explanation: Explanation, *, whole: bool = False) -> None:
    """Say what a task waits for that stands in `function`.

    `whole`: it says more than what stands further in, because that is how it waits.
    """
    code: CodeType = function.__code__
    _known[code] = explanation
    if whole:
        _whole.add(code)


def wait_of(task: Task) -> Wait | None:
    """What `task` waits for; None where that cannot be known."""
    chain = list(suspended(task.get_coro()))
    known = [number for number, each in enumerate(chain) if each.frame.f_code in _known]
    if not known:
        return _of_future(getattr(task, "_fut_waiter", None), chain)
    inner = _explained(chain, known[-1])
    outer = next((number for number in known if chain[number].frame.f_code in _whole), None)
    if outer is None or outer == known[-1] or isinstance(inner.lock, locks.Lock):
        return inner
    return _explained(chain, outer)


def _explained(chain: Sequence[Suspended], number: int) -> Wait:
    frame = chain[number].frame
    names = frame.f_locals
    name = _name_of(names.get("self"), [each.frame for each in chain[:number]])
    wait = _known[frame.f_code](names, name)
    if number and chain[number - 1].frame.f_code in _WITH and wait.lock is not None:
        return Wait(words=wait.words, lock=wait.lock, by_with=True)
    return wait


def _of_future(future: object, chain: Sequence[Suspended]) -> Wait | None:
    if not isinstance(future, asyncio.Future):
        return None
    if isinstance(future, asyncio.Task):
        return Wait(words=task_label(future), tasks=(future,))
    if isinstance(future, tasks._GatheringFuture):  # type: ignore[attr-defined]  # noqa: SLF001  # what gather() returns
        return _of_tasks("gather()", future._children)  # noqa: SLF001
    return Wait(words=_called(future, _name_of(future, [each.frame for each in chain])))


def _of_tasks(what: str, awaited: Iterable[object], *, all_of_them: bool = True) -> Wait:
    unfinished = sorted(
        (each for each in awaited if isinstance(each, asyncio.Task) and not each.done()), key=task_number
    )
    words = ", ".join(map(task_label, unfinished[:_SHOWN]))
    if len(unfinished) > _SHOWN:
        words += f" and {len(unfinished) - _SHOWN} more"
    return Wait(words=f"{what} of {words}" if words else what, tasks=tuple(unfinished) if all_of_them else ())


def _name_of(thing: object, frames: Sequence[FrameType]) -> str:
    """How the code that waits names `thing`: ` 'jobs'`, ` 'self.jobs'`; empty where it does not."""
    if thing is None:
        return ""
    for frame in reversed(frames):
        if is_plumbing(frame.f_code.co_filename):
            continue
        names = frame.f_locals
        owner = names.get("self")
        of_owner = {f"self.{name}": value for name, value in getattr(owner, "__dict__", {}).items()}
        for known in (names, of_owner, frame.f_globals):
            for name, value in known.items():
                if value is thing:
                    return f" '{name}'"
    return ""


def _called(thing: object, name: str) -> str:
    kind = type(thing).__name__
    return f"{kind}{name}" if name else f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}"


# -- asyncio's own

_WITH = {locks._ContextManagerMixin.__aenter__.__code__}  # noqa: SLF001  # `async with lock`


def _lock(names: Locals, name: str) -> Wait:
    return Wait(words=_called(names["self"], name), lock=names["self"])


def _queue(method: str) -> Explanation:
    def explanation(names: Locals, name: str) -> Wait:
        of = f" of{name}" if name else ""
        return Wait(words=f"{type(names['self']).__name__}.{method}(){of}")

    return explanation


def _named(names: Locals, name: str) -> Wait:
    return Wait(words=_called(names["self"], name))


def _condition(names: Locals, name: str) -> Wait:
    return Wait(words=f"{_called(names['self'], name)} to be notified")


def _barrier(names: Locals, name: str) -> Wait:
    barrier: locks.Barrier = names["self"]
    return Wait(words=f"Barrier{name}, at which {barrier.n_waiting} of {barrier.parties} have come")


def _group(names: Locals, _: str) -> Wait:
    return _of_tasks("the TaskGroup", getattr(names["self"], "_tasks", ()))


def _waited(names: Locals, _: str) -> Wait:
    awaited: Collection[object] = names["fs"]
    return _of_tasks("asyncio.wait()", awaited, all_of_them=names.get("return_when") == asyncio.ALL_COMPLETED)


def _waited_for(names: Locals, _: str) -> Wait:
    return _of_tasks("asyncio.wait_for()", [names["fut"]])


def _sleep(names: Locals, _: str) -> Wait:
    return Wait(words=f"asyncio.sleep({names['delay']:g})")


def _data(names: Locals, _: str) -> Wait:
    return Wait(words=f"data that the other side sends, StreamReader.{names['func_name']}()")


def _drain(_: Locals, __: str) -> Wait:
    return Wait(words="the other side to read, StreamWriter.drain()")


explain(locks.Lock.acquire, _lock)
explain(locks.Semaphore.acquire, _lock)
explain(locks.Event.wait, _named)
explain(locks.Condition.wait, _condition)
explain(locks.Condition.wait_for, _condition, whole=True)
explain(locks.Barrier.wait, _barrier, whole=True)
explain(queues.Queue.get, _queue("get"))
explain(queues.Queue.put, _queue("put"))
explain(queues.Queue.join, _queue("join"), whole=True)
explain(taskgroups.TaskGroup.__aexit__, _group, whole=True)
explain(tasks._wait, _waited)  # type: ignore[attr-defined]  # noqa: SLF001  # where asyncio.wait() waits
explain(tasks.wait_for, _waited_for)
explain(tasks.sleep, _sleep)
explain(streams.StreamReader._wait_for_data, _data)  # type: ignore[attr-defined]  # noqa: SLF001  # where all reads wait
explain(streams.FlowControlMixin._drain_helper, _drain)  # type: ignore[attr-defined]  # noqa: SLF001
