"""What the cache holds once everything has come to rest is what the database holds, whatever took how long."""

import asyncio
import random

import pytest

from nexus_testkit.journal import Disturbance
from nexus_testkit.services import UserManagementService


class Latency:
    """Delays database and cache calls, by a seeded choice for each."""

    def __init__(self, chosen):
        self._chosen = chosen

    def decide(self, call):
        if call.port not in {"database", "cache"}:
            return None
        return Disturbance(delay_s=self._chosen.choice([0, 0, 1, 5, 20]))


@pytest.mark.parametrize("seed", range(25))
async def test_readers_and_writers_at_once_leave_no_old_user_in_the_cache(nexus, seed):
    chosen = random.Random(seed)
    manager = await nexus.service(UserManagementService)
    user = await manager.user_service.create_user({"username": "ann", "email": "ann@example.org"})

    async def later(operation):
        await nexus.clock.sleep(chosen.choice([0, 1, 2, 5]))
        await operation

    nexus.seam.decider = Latency(chosen)
    await asyncio.gather(
        *(later(manager.get_user_with_cache(user["id"])) for _ in range(3)),
        *(later(manager.update_user(user["id"], {"full_name": f"Ann {number}"})) for number in range(2)),
    )
    nexus.seam.decider = None

    cached = await manager.cache_service.get_user_cache(user["id"])
    assert cached in (None, await manager.user_service.get_user_by_id(user["id"]))
