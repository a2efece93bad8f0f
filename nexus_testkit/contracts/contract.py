"""What the contracts of all ports share: the fixture, time, deviations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from types import FunctionType
from typing import Any, ClassVar, TypeVar

import pytest

from nexus_testkit.errors import HarnessError

E = TypeVar("E", bound=BaseException)

_PROMISE = "_nexus_promise"


class Contract:
    """The promises of one port, each a test method.

    A subclass has a fixture `adapter`, usually an async one, which gives a fresh and empty adapter for each promise and
    closes it. It is run on the loop of its test, in the same task.

    Attributes:
        nexus_options: options of the world in which the promises run, as of `@pytest.mark.nexus`; a marker on the subclass
            wins over them. By default that is Python's own loop, where time is real; `{"loop": "simulation"}` is for
            adapters that do nothing real, and their promises about time cost none. Real sockets reach the ports that
            the test itself opened, and those that `allow_hosts` names.
        known_deviations: name of a promise -> why this adapter does not keep it. Such a test is expected to fail, and
            fails if it passes.
    """

    nexus_options: ClassVar[Mapping[str, Any]] = {"loop": "system"}
    known_deviations: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Give the class promises of its own, and mark its known deviations.

        Raises:
            HarnessError: there is no such promise.
        """
        super().__init_subclass__(**arguments)
        promises = cls.promises()
        for name in cls.known_deviations:
            if name not in promises:
                near = get_close_matches(name, promises, n=1)
                raise HarnessError(
                    f"{cls.__qualname__}.known_deviations names {name!r}, which is no promise of this contract",
                    hint=f"did you mean {near[0]!r}?" if near else "'nexus-testkit contracts' lists them",
                )
        for name in promises:
            _inherit(cls, name)

    @classmethod
    def promises(cls) -> dict[str, str]:
        """What the port's contract promises: name of the method -> docstring, in the order of the source."""
        found: dict[str, str] = {}
        for base in reversed(cls.__mro__):
            if base.__module__.startswith(f"{__package__}."):
                found |= {
                    name: " ".join((value.__doc__ or "").split())
                    for name, value in vars(base).items()
                    if name.startswith("test_")
                }
        return found

    @pytest.fixture
    def adapter(self) -> Any:
        """The adapter whose promises are tested; the subclass gives it."""
        raise HarnessError(
            f"{type(self).__qualname__} has no adapter",
            hint="give the class a fixture: @pytest.fixture async def adapter(self): yield ...",
        )

    async def pass_time(self, adapter: Any, seconds: float) -> None:  # noqa: ARG002  # for those who override it
        """Let `seconds` pass for the adapter: virtual ones on the simulation loop, else real ones (at most 0.5)."""
        await asyncio.sleep(seconds)

    async def close(self, adapter: Any) -> None:
        """Close the adapter: `aclose()`, or whatever the subclass says."""
        await adapter.aclose()


def _inherit(cls: type[Contract], name: str) -> None:
    """Give the class a promise of its own: a mark belongs to its function, which all subclasses would share.

    Not only our marks: plugins add theirs to what they collect (anyio `usefixtures("anyio_backend")`).
    """
    method = getattr(cls, name)
    reason = cls.known_deviations.get(name)
    own = name in vars(cls)
    if own and reason is None:
        return
    promise = method if own else getattr(method, _PROMISE, method)
    copy: Any = FunctionType(
        promise.__code__, promise.__globals__, promise.__name__, promise.__defaults__, promise.__closure__
    )
    copy.__dict__.update(promise.__dict__)
    copy.__doc__ = promise.__doc__
    copy.__qualname__ = promise.__qualname__
    copy.__kwdefaults__ = promise.__kwdefaults__
    copy.__annotations__ = promise.__annotations__
    setattr(copy, _PROMISE, promise)
    setattr(cls, name, copy if reason is None else pytest.mark.xfail(reason=reason, strict=True)(copy))


def check_methods(adapter: object, port: type) -> None:
    """Fail where the adapter does not have all of the port's public names.

    `isinstance` would say less, and on Python 3.12 and later something else: it does not see what `__getattr__` gives.
    """
    names = {name for base in port.__mro__ if base is not object for name in vars(base) if not name.startswith("_")}
    missing = sorted(name for name in names if not hasattr(adapter, name))
    if missing:
        pytest.fail(f"{type(adapter).__name__} has no {', '.join(missing)}: see {port.__module__}.{port.__qualname__}")


@contextmanager
def raising(kind: type[E], what: object) -> Iterator[pytest.ExceptionInfo[E]]:
    """`pytest.raises` where one promise tries several things: a failure names the one that raised nothing."""
    with pytest.raises(kind) as caught:
        yield caught
        pytest.fail(f"{what} raised nothing, where {kind.__name__} is promised")
