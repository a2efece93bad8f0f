"""The plugin: what the platform loads."""

from nexus.plugins import Plugin
from nexus.services import get_service, register_service

from sample_plugin.service import SampleService


class SamplePlugin(Plugin):
    """Registers the service. `ttl` in its config says for how many seconds items are cached."""

    name = "sample-plugin"
    version = "0.1.0"

    items: SampleService

    async def initialize(self) -> bool:
        """Register the service; True: the plugin is ready."""
        await super().initialize()
        register_service(SampleService, config=self.config)
        self.items = get_service(SampleService)
        return True
