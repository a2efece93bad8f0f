"""Errors that the services raise: what a plugin author catches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nexus_testkit.errors.base import NexusTestkitError


class DomainError(NexusTestkitError):
    """Base of the services' errors."""


class ValidationError(DomainError, ValueError):
    """Input that a service rejects before it reaches a port.

    Attributes:
        field: the name of the field or parameter at fault, or None.
    """

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class DuplicateUserError(DomainError, ValueError):
    """A username or an e-mail address that another user has.

    Attributes:
        field: `"username"` or `"email"`.
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"{field.capitalize()} already exists")
        self.field = field


class StaleVersionError(DomainError):
    """An update that expected another version of the row than the stored one.

    Attributes:
        expected, actual: the two versions.
    """

    default_hint = "read the row again, apply the change to what is there now, and update once more"

    def __init__(self, expected: object, actual: object) -> None:
        super().__init__(f"expected version {expected}, found {actual}")
        self.expected = expected
        self.actual = actual


class CacheValueError(DomainError, TypeError):
    """A value that cannot be cached, or a cached text that is no value.

    Attributes:
        key: the cache key.
        path: where in the value, such as `$.items[2]`.
    """

    def __init__(self, message: str, *, key: str, path: str = "$", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.key = key
        self.path = path


class TemplateError(DomainError):
    """A mail template that is missing, malformed, or uses a value that was not given.

    Attributes:
        template: its name.
    """

    def __init__(self, message: str, *, template: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.template = template


class EventsLost(DomainError):
    """Events that could not be stored before the service ended.

    Attributes:
        events: the events themselves, so that nothing is lost with the error.
    """

    def __init__(self, events: Sequence[Mapping[str, object]]) -> None:
        super().__init__(f"{len(events)} analytics event(s) could not be stored")
        self.events = tuple(events)


class UrlNotAllowed(DomainError, ValueError):
    """A URL that is no URL, or that leaves the hosts a service may call.

    Attributes:
        url: as given.
    """

    def __init__(self, message: str, *, url: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.url = url


class ResponseTooLarge(DomainError):
    """A response body beyond the limit; reading stopped there.

    Attributes:
        url: of the request.
        limit_bytes: the limit.
    """

    def __init__(self, url: str, limit_bytes: int) -> None:
        super().__init__(f"the response of {url} is larger than {limit_bytes} bytes")
        self.url = url
        self.limit_bytes = limit_bytes
