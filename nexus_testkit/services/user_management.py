"""`UserManagementService`: several services composed into what a plugin calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nexus_testkit.container import inject
from nexus_testkit.errors import StaleVersionError
from nexus_testkit.services.analytics import AnalyticsService
from nexus_testkit.services.base import BaseService
from nexus_testkit.services.cache import CacheService
from nexus_testkit.services.email import EmailService
from nexus_testkit.services.user_fields import is_user_id
from nexus_testkit.services.users import UserService

ABSENT_TTL_S = 30


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
    afterwards (cache, analytics, mail) is logged and reported, not raised. Call its writing methods outside of transactions: the
    cache is told after the commit.
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

        `user_data` is that of `UserService.create_user`, with an optional `source` for the statistics. What came of the steps
        after the creation is in the log; `welcome` returns it.

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
        return await self._attempt(WelcomeResult(user, source=source), _STEPS)

    async def retry_welcome(self, result: WelcomeResult) -> WelcomeResult:
        """Repeat the steps that failed, and only these; safe to call again."""
        return await self._attempt(result, tuple(result.failures))

    async def get_user_with_cache(self, user_id: int) -> dict[str, Any] | None:
        """The user, from the cache, else from the database; None where there is no such user.

        Both give the same types. Callers at once who miss the cache share one query. That a user is absent is remembered
        for 30 seconds only. A cache that is down costs a query, not the answer.
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
        """Change a user, and forget what is cached of it; None where there is no such user. See `UserService.update_user`."""
        try:
            user = await self.user_service.update_user(user_id, updates, expected_version=expected_version)
        except StaleVersionError:
            await self._invalidate(user_id)  # the caller's version may come from the cache, and would on the next read
            raise
        await self._invalidate(user_id)
        return user

    async def deactivate_user(self, user_id: int) -> dict[str, Any] | None:
        """Make a user inactive; the user, or None where there is no such user."""
        return await self.update_user(user_id, {"is_active": False})

    async def delete_user(self, user_id: int) -> bool:
        """Delete a user, and forget what is cached of it; False where there was no such user."""
        deleted = await self.user_service.delete_user(user_id)
        await self._invalidate(user_id)
        return deleted

    async def get_user_stats(self, days: int = 30) -> dict[str, Any]:
        """Numbers of users, at most an hour old. See `AnalyticsService.get_user_stats`."""
        return await self.analytics_service.get_user_stats(days)

    async def _attempt(self, result: WelcomeResult, steps: tuple[str, ...]) -> WelcomeResult:
        failures: dict[str, Exception] = {}
        for name in steps:
            step: Callable[[WelcomeResult], Awaitable[None]] = getattr(self, f"_{name}_step")
            try:
                await step(result)
            except Exception as error:  # noqa: BLE001  # whatever a step raises: the user exists, and the others are due
                failures[name] = error
                self.logger.warning("Welcome: a step failed", step=name, user_id=result.user["id"], error=repr(error))
        self.logger.info("Created user with welcome", user_id=result.user["id"], failed=sorted(failures))
        return WelcomeResult(result.user, failures, result.source)

    async def _cache_step(self, result: WelcomeResult) -> None:
        await self.cache_service.set_user_cache(result.user["id"], result.user)
        await self.cache_service.invalidate_user_lists()

    async def _analytics_step(self, result: WelcomeResult) -> None:
        user_id = result.user["id"]
        await self.analytics_service.track_event(
            "user_created",
            str(user_id),
            {"registration_source": result.source},
            event_id=f"user_created-{user_id}",  # one user is created once, however often this step is repeated
        )

    async def _mail_step(self, result: WelcomeResult) -> None:
        user = result.user
        await self.email_service.send_template_email(
            to=[user["email"]],
            template_name="welcome",
            template_data={"username": user["username"], "full_name": user["full_name"] or ""},
        )

    async def _invalidate(self, user_id: int) -> None:
        try:
            await self.cache_service.invalidate_user_cache(user_id)
            await self.cache_service.invalidate_user_lists()
        except Exception as error:  # noqa: BLE001  # the change is committed; the cached data end with their time to live
            self.logger.warning("The cache could not be told of a change", user_id=user_id, error=repr(error))


_STEPS = ("cache", "analytics", "mail")
