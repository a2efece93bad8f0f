"""What a world says of the platform where it is not installed."""

from importlib.util import find_spec

import pytest

from nexus_testkit.errors import HarnessError

pytestmark = pytest.mark.skipif(
    find_spec("nexus.core") is not None, reason="only where nexus-platform is not installed"
)


@pytest.mark.parametrize("attribute", ["events", "client", "platform"])
async def test_platform_that_is_not_there_is_named(nexus, attribute):
    with pytest.raises(HarnessError, match=r"pip install 'nexus-platform==0\.1\.5'"):
        getattr(nexus, attribute)
