"""anyio's plugin: its marker, its modes and its `anyio_backend` fixture."""

from __future__ import annotations

import pytest

_BACKEND_FIXTURE = "anyio_backend"


def refuse_other_backends(request: pytest.FixtureRequest) -> None:
    """Skip a test that anyio would run on something else than asyncio.

    Skipped, not failed: anyio parametrises a test over every backend that is installed unless it is told otherwise.
    """
    if _BACKEND_FIXTURE not in request.fixturenames:
        return
    backend = request.getfixturevalue(_BACKEND_FIXTURE)
    name = backend if isinstance(backend, str) else backend[0]
    if name != "asyncio":
        pytest.skip(f"the world of 'nexus' is an asyncio one: it has no {name} backend")
