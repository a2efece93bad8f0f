"""A plugin of the Nexus platform."""

from sample_plugin.plugin import SamplePlugin
from sample_plugin.service import SampleService

__all__ = ["SamplePlugin", "SampleService"]
