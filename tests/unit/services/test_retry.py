"""When a request is sent again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_testkit.services.retry import RetryPolicy, retry_after_s

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.integers(1, 50), st.floats(0, 1))
def test_a_wait_is_between_nothing_and_the_doubling_limit(attempt, part):
    policy = RetryPolicy(backoff_s=0.5, backoff_max_s=8, uniform=lambda low, high: low + (high - low) * part)
    assert 0 <= policy.wait_s(attempt, None, now=NOW) <= min(8, 0.5 * 2 ** (attempt - 1))


@given(st.text())
def test_any_header_is_a_number_of_seconds_or_nothing(text):
    seconds = retry_after_s(text, now=NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(-(10**6), 10**6))
def test_a_date_is_as_far_away_as_it_is_and_never_in_the_past(seconds):
    assert retry_after_s(format_datetime(NOW + timedelta(seconds=seconds), usegmt=True), now=NOW) == max(0, seconds)


@pytest.mark.parametrize(
    ("method", "headers", "attempts"),
    [
        ("GET", {}, 4),
        ("PUT", {}, 4),
        ("DELETE", {}, 4),
        ("POST", {}, 1),
        ("PATCH", {}, 1),
        ("POST", {"Idempotency-Key": "k"}, 4),
    ],
)
def test_only_what_is_idempotent_is_sent_again(method, headers, attempts):
    assert RetryPolicy(retries=3).attempts(method, headers) == attempts


@pytest.mark.parametrize(
    ("status", "again"), [(200, False), (404, False), (408, False), (429, True), (500, True), (503, True)]
)
def test_which_answers_may_be_better_the_next_time(status, again):
    assert RetryPolicy.is_worth_retrying(status) is again
