"""Real servers for tests: named by the environment, or started from packages and ended with the run, whatever ends it."""

from nexus_testkit.harness.servers.postgres import start_postgres
from nexus_testkit.harness.servers.process import GuardedProcess
from nexus_testkit.harness.servers.redis import start_redis
from nexus_testkit.harness.servers.shared import POSTGRES_URL, REDIS_URL, SharedServers

__all__ = ["POSTGRES_URL", "REDIS_URL", "GuardedProcess", "SharedServers", "start_postgres", "start_redis"]
