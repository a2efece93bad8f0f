"""`UserManagementService`: several services composed into what a plugin calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nexus_testkit.container import inject
from nexus_testkit.services.analytics import AnalyticsService
from nexus_testkit.services.base import BaseService
from nexus_testkit.services.cache import CacheService
from nexus_testkit.services.email import EmailService
from nexus_testkit.services.user_fields import is_user_id
from nexus_testkit.services.users import UserService

ABSENT_TTL_S = 30
_STEPS = ("cache", "analytics", "mail")


@dataclass(frozen=True, slots=True)
class WelcomeResult:
    """What became of a welcome.

    Attributes:
        user: the user, who exists whatever else failed.
        failures: the steps that failed (`"cache"`, `"analytics"`, `"mail"`), each with its error.
        source: where the registration came from.
    """

    user: dict[str, Any]
    failures: Mapping[str, Exception] = field(default_factory=dict)
    source: str = "unknown"

    @property
    def complete(self) -> bool:
        """Whether every step succeeded."""
        return not self.failures


class UserManagementService(BaseService):
    """Composite service combining multiple services.

    The database decides: once it has created, changed or deleted a user, that is what happened, and what fails
    afterwards (cache, analytics, mail) is logged and reported, not raised. Call its writing methods outside of
    transactions: the cache is told after the commit.
    """

    def __init__(
        self,
        user_service: UserService = inject(),
        cache_service: CacheService = inject(),
        email_service: EmailService = inject(),
        analytics_service: AnalyticsService = inject(),
    ) -> None:
        super().__init__()
        self.user_service = user_service
        self.cache_service = cache_service
        self.email_service = email_service
        self.analytics_service = analytics_service

    async def create_user_with_welcome(self, user_data: Mapping[str, Any]) -> dict[str, Any]:
        """Create user and send welcome email; the user.

        `user_data` is that of `UserService.create_user`, with an optional `source` for the statistics. What
        came of the steps after the creation is in the log; `welcome` returns it.

        Raises:
            ValidationError, DuplicateUserError: nobody was created, and nothing else was done.
        """
        return (await self.welcome(user_data)).user

    async def welcome(self, user_data: Mapping[str, Any]) -> WelcomeResult:
        """Create a user, cache the data, track `user_created`, send the template `welcome`; what became of each step.

        Raises:
            ValidationError, DuplicateUserError: nobody was created, and nothing else was done.
        """
        fields = dict(user_data)
        source = str(fields.pop("source", "unknown"))
        user = await self.user_service.create_user(fields)
        result = await self._take_steps(WelcomeResult(user, source=source), _STEPS)
        self.logger.info("Created user with welcome", user_id=user["id"], failed=list(result.failures))
        return result

    async def retry_welcome(self, result: WelcomeResult) -> WelcomeResult:
        """Repeat the steps that failed, and only these; safe to call again."""
        return await self._take_steps(result, result.failures)

    async def get_user_with_cache(self, user_id: int) -> dict[str, Any] | None:
        """The user, from the cache, else from the database; None where there is no such user.

        Both give the same types. Callers at once who miss the cache share one query. That a user is absent is
        remembered for 30 seconds only. A cache that is down costs a query, not the answer.
        """
        if not is_user_id(user_id):
            return None
        return await self.cache_service.get_or_load(
            self.cache_service.user_key(user_id),
            lambda: self.user_service.get_user_by_id(user_id),
            absent_ttl=ABSENT_TTL_S,
        )

    async def update_user(
        self, user_id: int, updates: Mapping[str, Any], *, expected_version: int | None = None
    ) -> dict[str, Any] | None:
        """Change a user, and forget what is cached of it; None where there is no such user.

        See `UserService.update_user`.
        """
        try:
            return await self.user_service.update_user(user_id, updates, expected_version=expected_version)
        finally:
            await self._invalidate(user_id)

    async def deactivate_user(self, user_id: int) -> dict[str, Any] | None:
        """Make a user inactive; the user, or None where there is no such user."""
        return await self.update_user(user_id, {"is_active": False})

    async def delete_user(self, user_id: int) -> bool:
        """Delete a user, and forget what is cached of it; False where there was no such user."""
        try:
            return await self.user_service.delete_user(user_id)
        finally:
            await self._invalidate(user_id)

    async def get_user_stats(self, days: int = 30) -> dict[str, Any]:
        """Numbers of users, at most an hour old. See `AnalyticsService.get_user_stats`."""
        return await self.analytics_service.get_user_stats(days)

    async def _take_steps(self, result: WelcomeResult, names: Iterable[str]) -> WelcomeResult:
        steps = {"cache": self._cache_user, "analytics": self._track_creation, "mail": self._mail_welcome}
        failures: dict[str, Exception] = {}
        for name in names:
            try:
                await steps[name](result)
            except Exception as error:  # noqa: BLE001  # whatever it is: the user exists, the other steps are due
                failures[name] = error
                self.logger.warning("Welcome: a step failed", step=name, user_id=result.user["id"], error=repr(error))
        return replace(result, failures=failures)

    async def _cache_user(self, result: WelcomeResult) -> None:
        # Not by writing result.user: who changes the user at this moment would find the old one written over
        # the change.
        await self._forget(result.user["id"])
        await self.get_user_with_cache(result.user["id"])

    async def _track_creation(self, result: WelcomeResult) -> None:
        user_id = result.user["id"]
        await self.analytics_service.track_event(
            "user_created",
            str(user_id),
            {"registration_source": result.source},
            event_id=f"user_created-{user_id}-{result.user['created_at'].isoformat()}",  # counts once, however often
        )

    async def _mail_welcome(self, result: WelcomeResult) -> None:
        user = result.user
        await self.email_service.send_template_email(
            to=[user["email"]],
            template_name="welcome",
            template_data={"username": user["username"], "full_name": user["full_name"] or ""},
        )

    async def _invalidate(self, user_id: int) -> None:
        """Forget a user after a write, also one that failed.

        The reply may have been lost on the way back from the commit; and a version that turned out to be stale
        may have come from the cache, and would come from there again.
        """
        try:
            await self._forget(user_id)
        except Exception as error:  # noqa: BLE001  # the change is made; what is cached expires by itself
            self.logger.warning("The cache could not be told of a change", user_id=user_id, error=repr(error))

    async def _forget(self, user_id: int) -> None:
        await self.cache_service.invalidate_user_cache(user_id)
        await self.cache_service.invalidate_user_lists()
