"""`nexus.plugins.Plugin`, where the installed platform has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class Plugin:
    """Base class of a plugin, as the guide's "Service Registration" uses it.

    Subclasses override `initialize`, call `await super().initialize()` first, register their services and
    return True. `await nexus.boot(MyPlugin, config={...})` makes one in a test.

    Attributes:
        name, version: of the plugin.
        config: a mapping; `boot` fills it before `initialize` runs.
    """

    name: ClassVar[str] = ""
    version: ClassVar[str] = "0.0.0"

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        """Make a plugin that is not initialized."""
        self.config: dict[str, Any] = dict(config or {})

    async def initialize(self) -> bool:
        """Set the plugin up. True: it is ready; the platform takes anything else for a failure."""
        return True

    async def shutdown(self) -> None:
        """Let go of what `initialize` took. Services that were registered stop by themselves, after this."""
