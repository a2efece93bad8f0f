"""pytest-asyncio, in strict and in auto mode.

Its items run the test on a runner of their own, which knows the loops that its scopes and
`pytest_asyncio_loop_factories` give it. The world's loop is not handed to it through that hook: once a plugin
implements the hook, it must answer for every test of the run, and each answer becomes a parameter, which renames the
tests of people who never asked for `nexus` (before pytest 8.4) and hides the default of their fixtures' loop scope.
Instead, a test in a world is run as if its item were pytest's own. That needs no version of pytest-asyncio in
particular, and any `loop_scope`.
"""

from __future__ import annotations

import pytest

# In strict mode pytest-asyncio warns about async fixtures that are not its own. Here they are run by this plugin.
_NOT_ITS_FIXTURES = "ignore:asyncio test .* requested async @pytest.fixture:pytest.PytestDeprecationWarning"


def prepare(item: pytest.Function) -> None:
    """Make a test in a world acceptable to pytest-asyncio, where that collected it."""
    if type(item) is not pytest.Function and item.get_closest_marker("asyncio") is not None:
        item.add_marker(pytest.mark.filterwarnings(_NOT_ITS_FIXTURES))
