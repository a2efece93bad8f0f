from typing import Any

from nexus_testkit.ports.database import DatabaseAdapter as DatabaseAdapter
from nexus_testkit.ports.database import ExecuteResult as ExecuteResult
from nexus_testkit.ports.database import Row as Row

def __getattr__(name: str) -> Any: ...  # what the installed platform has besides
