"""Values for `?1`, `?2` ..., as this Python's sqlite3 wants them.

Python 3.12.0 to 3.12.3 take numbered placeholders for named ones and warn of a sequence (gh-117995, mended in 3.12.4);
given by name, `"1"`, they bind the same values.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

_TAKEN_FOR_NAMES = (3, 12) <= sys.version_info < (3, 12, 4)


def numbered(values: Sequence[Any]) -> Any:
    """The values for `sqlite3.Connection.execute`: the same sequence, except in the Pythons named above."""
    return {str(number): value for number, value in enumerate(values, 1)} if _TAKEN_FOR_NAMES else values
