"""Booting a plugin the way the platform does."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from nexus_testkit.container import Container
from nexus_testkit.errors import HarnessError, InvalidServiceType

if TYPE_CHECKING:
    from nexus_testkit.harness.bridge.platform import Platform

T = TypeVar("T")


def is_of_the_platform(plugin: object) -> bool:
    """Whether this is a plugin of nexus-platform, or its class; the platform need not be there to find out."""
    cls = plugin if isinstance(plugin, type) else type(plugin)
    return any((each.__module__, each.__qualname__) == ("nexus.plugins", "BasePlugin") for each in cls.__mro__)


async def boot_plugin(
    container: Container,
    plugin: type[T] | T,
    *,
    config: Mapping[str, Any] | None = None,
    platform: Platform | None = None,
) -> T:
    """Make, configure and initialize a plugin, then start the services that it registered.

    Raises:
        HarnessError: `initialize` returned False, or, with a platform, anything else that is false.
        InvalidServiceType: it has no `initialize`.
    """
    if not hasattr(plugin, "initialize"):
        raise InvalidServiceType(
            f"{plugin!r} is no plugin: it has no initialize()", hint="derive it from nexus.plugins.Plugin"
        )
    made: Any = plugin() if isinstance(plugin, type) else plugin
    if config is not None:
        made.config = dict(config)
    known = container.registered()
    if platform is not None:
        await platform.prepare(made)
    try:
        outcome = await made.initialize()
        if platform is not None:
            platform.judge(made, outcome)
        _refuse_false(made, outcome)
        await container.start()
        if platform is not None:
            await platform.loaded(made)
    except BaseException as error:
        kept = platform.roll_back() if platform is not None else ""
        if kept and not isinstance(error, HarnessError):
            error.add_note(f"the platform logs this and goes on without the plugin; {kept}")
        for failure in await container.roll_back(known):
            error.add_note(f"while rolling back: {type(failure).__name__}: {failure}")
        raise
    if outcome is None:
        warnings.warn(
            f"{type(made).__qualname__}.initialize() returned None: nexus-platform 0.1.5 treats that as a failure to "
            "load, yet keeps what was registered; end it with 'return True'",
            stacklevel=3,
        )
    return made  # type: ignore[no-any-return]  # an instance of the class that was given


def _refuse_false(plugin: object, outcome: object) -> None:
    if outcome is False:
        raise HarnessError(
            f"{type(plugin).__qualname__}.initialize() returned False",
            hint="the platform calls that a failure to load; return True, or raise what went wrong",
        )


async def shut_down_plugin(plugin: object) -> None:
    """Call the plugin's `shutdown` (or `cleanup`), where it has one."""
    end = getattr(plugin, "shutdown", None) or getattr(plugin, "cleanup", None)
    if end is None:
        return
    outcome = end()
    if inspect.isawaitable(outcome):
        await outcome
