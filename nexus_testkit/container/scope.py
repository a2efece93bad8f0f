"""Instances that live shorter than the container."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from nexus_testkit.container.managed import Managed
from nexus_testkit.errors import LifecycleError

if TYPE_CHECKING:
    from nexus_testkit.container.container import Container

T = TypeVar("T")


class Scope:
    """One scope of a container, such as one request.

    Scoped services are built once in it, transient ones each time they are asked for; both are stopped at
    its end, in exact reverse. Singletons are the container's own.

    ```python
    async with container.scope() as scope:
        basket = await scope.service(Basket)
    ```
    """

    __slots__ = ("_container", "_state", "instances", "managed")

    def __init__(self, container: Container) -> None:
        self._container = container
        self._state = "new"
        self.instances: dict[type, Managed] = {}
        self.managed: list[Managed] = []

    def get(self, key: type[T]) -> T:
        """Like `Container.get`, and scoped services too."""
        self._require_open()
        return self._container.get_in(self, key)

    async def service(self, key: type[T]) -> T:
        """Like `Container.service`, and scoped services too."""
        self._require_open()
        return await self._container.service_in(self, key)

    async def __aenter__(self) -> Self:
        if self._state != "new":
            raise LifecycleError("this scope was entered before", hint="a scope is for once; ask for another")
        self._state = "open"
        self._container.open_scope(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop what was started in this scope.

        Raises:
            ExceptionGroup: what the stopping raised. Where the block itself raised, that goes on, with these as notes.
        """
        self._state = "closed"
        await self._container.close_scope(self, error)

    def _require_open(self) -> None:
        if self._state != "open":
            raise LifecycleError(
                "this scope has ended" if self._state == "closed" else "this scope was not entered",
                hint="use it inside: async with nexus.scope() as scope",
            )
