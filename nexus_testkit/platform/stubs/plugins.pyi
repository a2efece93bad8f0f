from typing import Any

from nexus_testkit.platform.plugin import Plugin as Plugin

def __getattr__(name: str) -> Any: ...  # what the installed platform has besides
