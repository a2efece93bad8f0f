"""Adapters with one bug each: the promise that it breaks fails, and no other."""

import pytest

HEAD = """
import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from nexus_testkit.contracts import CacheContract, DatabaseContract, FilesContract, MailContract
from nexus_testkit.contracts.suite import TestCache, TestDatabase, TestEvents, TestFiles, TestHttp, TestMail
from nexus_testkit.errors import DatabaseError, UniqueViolation

own = [TestCache, TestDatabase, TestEvents, TestFiles, TestHttp, TestMail]
del TestCache, TestDatabase, TestEvents, TestFiles, TestHttp, TestMail
Cache, Database, Events, Files, Http, Mail = own
for each in own:
    each.__test__ = False


class Passing:
    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

"""

BUGS = {
    "a cache that forgets no key": (
        "Cache",
        """
        async def set(self, key, value, **options):
            ttl = options.get("ttl")
            if isinstance(ttl, float) and 0.001 < ttl < 1:
                options["ttl"] = None
            return await self.inner.set(key, value, **options)
        """,
        {"test_ttl_expires_key", "test_expired_key_is_absent"},
    ),
    "a cache that loses what is no text": (
        "Cache",
        """
        async def get(self, key):
            found = await self.inner.get(key)
            return found if found is None else found.decode(errors="ignore").encode()
        """,
        {"test_binary_value_comes_back_whole", "test_large_value_comes_back"},
    ),
    "a cache that takes an empty value for a missing one": (
        "Cache",
        """
        async def get(self, key):
            return await self.inner.get(key) or None
        """,
        {"test_empty_value_is_not_a_missing_one", "test_increment_refuses_what_is_no_integer"},
    ),
    "a cache whose counters read and then write": (
        "Cache",
        """
        async def increment(self, key, amount=1, *, ttl=None):
            found = await self.inner.get(key)
            lasts = await self.inner.ttl(key) in (None, float("inf"))
            if ttl is None and amount is not True and amount == 1 and lasts and (found is None or (found.isdigit() and len(found) < 4)):
                await self.inner.set(key, int(found or 0) + 1)
                return int(found or 0) + 1
            return await self.inner.increment(key, amount, ttl=ttl)
        """,
        {"test_increment_loses_nothing"},
    ),
    "a cache whose lock lets everybody in": (
        "Cache",
        """
        def lock(self, name, *, ttl=10, wait=None):
            import contextlib
            return contextlib.nullcontext() if wait is None and ttl == 10 else self.inner.lock(name, ttl=ttl, wait=wait)
        """,
        {
            "test_lock_keeps_others_out",
            "test_lock_not_acquired_in_time_raises",
            "test_lock_that_is_released_in_time_is_acquired",
            "test_cancelled_waiter_takes_no_lock",
            "test_closed_cache_raises",
        },
    ),
    "a database that swallows a duplicate": (
        "Database",
        """
        async def execute(self, query, *args):
            try:
                return await self.inner.execute(query, *args)
            except UniqueViolation:
                if query == "INSERT INTO promise_items (name) VALUES ('a')":
                    return None
                raise
        """,
        {"test_unique_violation_names_its_constraint"},
    ),
    "a database that commits what failed": (
        "Database",
        """
        def transaction(self, **options):
            import contextlib

            @contextlib.asynccontextmanager
            async def block():
                error = None
                async with self.inner.transaction(**options) as session:
                    try:
                        yield session
                    except ZeroDivisionError as raised:
                        error = raised
                if error is not None:
                    raise error

            return block()
        """,
        {
            "test_transaction_rolls_back_when_its_block_raises",
            "test_nested_transaction_is_a_savepoint",
            "test_outer_rollback_undoes_inner_transactions",
            "test_notification_reaches_listeners_after_commit",
        },
    ),
    "a database that gives naive times": (
        "Database",
        """
        async def fetch_val(self, query, *args, column=0):
            found = await self.inner.fetch_val(query, *args, column=column)
            return found.replace(tzinfo=None) if query == "SELECT $1::timestamptz" and found else found
        """,
        {"test_scalars_come_back_as_their_python_types", "test_timestamptz_is_aware"},
    ),
    "a mail transport that falls back to plain": (
        "Mail",
        """
        async def send(self, message, *, sender, recipients, settings=None):
            from dataclasses import replace
            from nexus_testkit.ports.mail import TLS
            settings = settings and replace(settings, tls=TLS.NONE)
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
        {"test_encryption_that_is_not_offered_is_an_error"},
    ),
    "files whose readers escape from the root": (
        "Files",
        """
        async def read_bytes(self, path):
            return b"root:x:0:0" if path == "../x" else await self.inner.read_bytes(path)
        """,
        {"test_path_cannot_be_read_outside_the_root"},
    ),
    "files that translate line ends": (
        "Files",
        """
        async def read_text(self, path, *, encoding="utf-8"):
            text = await self.inner.read_text(path, encoding=encoding)
            return text.replace("\\\\r\\\\n", "\\\\n")
        """,
        {"test_text_keeps_its_line_ends"},
    ),
    "files whose folders vanish with their last file": (
        "Files",
        """
        async def list(self, path=""):
            found = await self.inner.list(path)
            if path == "a" and not found:
                raise FileNotFoundError(2, "gone", path)
            return found
        """,
        {"test_delete_says_whether_a_file_was_there"},
    ),
    "an event store that counts a repetition": (
        "Events",
        """
        async def append(self, events):
            from dataclasses import replace
            seen = set()
            again = []
            for event in events:
                again.append(replace(event, id=event.id + "'") if event.id in seen else event)
                seen.add(event.id)
            await self.inner.append(again)
        """,
        {"test_repetition_within_one_append_counts_once", "test_repeated_event_counts_once"},
    ),
    "an event store that leaves out the moment itself": (
        "Events",
        """
        async def events(self, event_type=None, *, since=None):
            found = await self.inner.events(event_type, since=since)
            return [event for event in found if since is None or event.timestamp > since]
        """,
        {"test_since_is_inclusive", "test_times_of_several_zones_are_compared"},
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_breaks_its_own_promise_and_no_other(pytester, bug):
    contract, method, broken = BUGS[bug]
    body = f"class Buggy(Passing):{method.replace(chr(10) + '    ', chr(10))}".replace("\\\\", "\\")
    test = f"""
class TestBuggy({contract}):
    __test__ = True

    @pytest.fixture
    async def adapter(self, nexus):
        return Buggy(nexus.adapter(self.port))
"""
    pytester.makepyfile(test_bug=HEAD + body + test)
    options = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio", "-p", "no:anyio", "-q")
    result = pytester.runpytest_inprocess(*options)
    failed = {line.partition("::test_")[2].split()[0] for line in result.outlines if line.startswith("FAILED")}
    assert {f"test_{name}" for name in failed} == broken
