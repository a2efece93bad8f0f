"""When a request is sent again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})  # RFC 9110, 9.2.2
IDEMPOTENCY_KEY = "Idempotency-Key"  # draft-ietf-httpapi-idempotency-key-header


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential back-off with full jitter (a random part of 1, 2, 4 ... seconds), unless the server says how long.

    Full jitter, because clients that failed together would otherwise come back together:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Attributes:
        retries: how often a request is sent again, after the first time.
        backoff_s: the longest first wait; it doubles with each further one.
        backoff_max_s: the longest wait.
        retry_after_max_s: the longest wait that a server may ask for; what goes beyond is cut.
        uniform: a random number between two. By default Python's own `random`, so that whoever seeds that decides.
    """

    retries: int = 3
    backoff_s: float = 1.0
    backoff_max_s: float = 30.0
    retry_after_max_s: float = 60.0
    uniform: Callable[[float, float], float] = field(default=random.uniform)

    def attempts(self, method: str, headers: Mapping[str, str]) -> int:
        """How often this request may be sent: once, unless sending it twice has the effect of sending it once."""
        return 1 + self.retries if method in IDEMPOTENT or IDEMPOTENCY_KEY in headers else 1

    @staticmethod
    def is_worth_retrying(status_code: int) -> bool:
        """Whether a later answer may be better: 429 (too many requests) and the server's own errors."""
        return status_code == 429 or status_code >= 500

    def wait_s(self, attempt: int, retry_after: str | None, *, now: datetime) -> float:
        """Seconds to wait after attempt number `attempt` (from 1), given the answer's Retry-After."""
        asked = None if retry_after is None else retry_after_s(retry_after, now=now)
        if asked is not None:
            return min(asked, self.retry_after_max_s)
        longest: float = min(self.backoff_max_s, self.backoff_s * 2 ** (attempt - 1))
        return self.uniform(0, longest)


def retry_after_s(value: str, *, now: datetime) -> float | None:
    """The seconds that Retry-After asks for (RFC 9110, 10.2.3: seconds or a date); None where it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
