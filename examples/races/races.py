"""Sign-ups, twice: a service that checks and then acts, and one that lets the database decide."""

from __future__ import annotations

from nexus.cache import CacheManager
from nexus.database import DatabaseAdapter
from nexus.services import BaseService, inject

SCHEMA = "CREATE TABLE IF NOT EXISTS members (id SERIAL PRIMARY KEY, email TEXT NOT NULL)"


class EmailTaken(ValueError):
    """Somebody has signed up with this address."""


class RacySignup(BaseService):
    """Looks whether the address is free, and then takes it. Another sign-up may have looked in between."""

    def __init__(self, db: DatabaseAdapter = inject(), cache: CacheManager = inject()) -> None:
        super().__init__()
        self.db = db
        self.cache = cache

    async def _setup(self) -> None:
        await self.db.execute(SCHEMA)

    async def signup(self, email: str) -> None:
        """Make a member.

        Raises:
            EmailTaken: there is one of this address.
        """
        if await self.db.fetch_val("SELECT count(*) FROM members WHERE email = $1", email):
            raise EmailTaken(email)
        await self.db.execute("INSERT INTO members (email) VALUES ($1)", email)
        await self.cache.increment("members")


class Signup(RacySignup):
    """Takes the address, and hears from the database whether it was free."""

    async def _setup(self) -> None:
        await super()._setup()
        await self.db.execute("CREATE UNIQUE INDEX IF NOT EXISTS members_email ON members (email)")

    async def signup(self, email: str) -> None:
        """Make a member; see `RacySignup.signup`."""
        query = "INSERT INTO members (email) VALUES ($1) ON CONFLICT (email) DO NOTHING"
        if (await self.db.execute(query, email)).rowcount == 0:
            raise EmailTaken(email)
        await self.cache.increment("members")
