"""The guide's services, as they ought to be written: the reference for plugin authors.

```
base.py              BaseService: the lifecycle; every public method is guarded
logging.py           get_logger: fields, no forged lines, no addresses
users.py             UserService (user_fields.py, user_filters.py: what it accepts)
cache.py             CacheService (cache_codec.py: values and back; single_flight.py: one load for many)
http.py              HTTPService (urls.py: what may be called; retry.py: when again; http_body.py: decoding)
email.py             EmailService (messages.py, addresses.py, templates.py)
analytics.py         AnalyticsService (json_values.py, identifiers.py)
user_management.py   UserManagementService: the composite
options.py, text.py  reading configuration, checking text
```

Each public name is loaded when it is first used, so that a plugin without HTTP loads no HTTP client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOMES = {
    "MISSING": "cache",
    "AnalyticsService": "analytics",
    "BaseService": "base",
    "CacheService": "cache",
    "EmailService": "email",
    "HTTPService": "http",
    "UserManagementService": "user_management",
    "UserService": "users",
    "WelcomeResult": "user_management",
    "get_logger": "logging",
}

if TYPE_CHECKING:
    from nexus_testkit.services.analytics import AnalyticsService as AnalyticsService
    from nexus_testkit.services.base import BaseService as BaseService
    from nexus_testkit.services.cache import MISSING as MISSING
    from nexus_testkit.services.cache import CacheService as CacheService
    from nexus_testkit.services.email import EmailService as EmailService
    from nexus_testkit.services.http import HTTPService as HTTPService
    from nexus_testkit.services.logging import get_logger as get_logger
    from nexus_testkit.services.user_management import UserManagementService as UserManagementService
    from nexus_testkit.services.user_management import WelcomeResult as WelcomeResult
    from nexus_testkit.services.users import UserService as UserService

__all__ = [
    "MISSING",
    "AnalyticsService",
    "BaseService",
    "CacheService",
    "EmailService",
    "HTTPService",
    "UserManagementService",
    "UserService",
    "WelcomeResult",
    "get_logger",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
