"""Adapters with one small bug each, such as somebody's own may have: the promise that names the bug is broken.

Each was kept by every promise once, or shows a promise at work (`test_seeded_bugs` has those that must break no other one).
The files `broken_*.py` say what is wrong -> the promise, and how: methods of a class that leaves all else to the sound adapter.
"""

import importlib.util
import textwrap
from pathlib import Path

import pytest

from nexus_testkit.harness.warm import warm_up

# Loaded before pytester takes its snapshots of sys.modules, as in tests/plugin.
warm_up()

HEAD = """
import asyncio
import copy
import fnmatch
import json
import math
import unicodedata
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from nexus_testkit.contracts import suite
from nexus_testkit.errors import *
from nexus_testkit.ports.database import ExecuteResult, Row
from nexus_testkit.ports.http import HttpTransport
from nexus_testkit.ports.mail import TLS


class Passing:
    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)


class PassingTransport(HttpTransport):
    def __init__(self, inner):
        self.inner = inner

    async def handle_async_request(self, request):
        return await self.inner.handle_async_request(request)


def through(name, change):
    async def method(self, *args, **options):
        return change(await getattr(self.inner, name)(*args, **options))

    return method


def values(change):
    return lambda row: row and Row(row._index, tuple(change(value) for value in row))


def sessions_of(kind):
    @asynccontextmanager
    async def connection(self):
        async with self.inner.connection() as session:
            yield kind(session)

    return connection


def request_of(request, **changes):
    facts = {"method": request.method, "url": request.url, "headers": request.headers, "content": request.content}
    return httpx.Request(**(facts | changes), extensions=request.extensions)


def case(contract, kind, promises):
    class Case(contract):
        __test__ = True

        @pytest.fixture
        async def adapter(self, nexus):
            return kind(nexus.adapter(self.port))

    for name in contract.promises():
        if name not in promises:
            setattr(Case, name, None)
    return Case

"""

# A bug that is written wrongly would break any promise.
MISTAKES = ("NameError", "AttributeError", "ImportError", "SyntaxError", "fixture")


CONTRACTS = {
    "cache_values": "TestCache",
    "cache_expiry": "TestCache",
    "database_rows": "TestDatabase",
    "database_sessions": "TestDatabase",
    "mail": "TestMail",
    "http": "TestHttp",
    "files": "TestFiles",
    "clocks": "TestClock",
    "events": "TestEvents",
}


def bugs_of(name):
    path = Path(__file__).with_name(f"broken_{name}.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.BROKEN


def classes_of(name, bugs):
    """Source: a class for each bug with its promise alone, and one for the sound adapter with all of these promises."""
    contract = CONTRACTS[name]
    base = "PassingTransport" if contract == "TestHttp" else "Passing"
    yield f"Test_{name}_0 = case(suite.{contract}, {base}, { {promise for promise, _ in bugs.values()} })\n"
    for number, (promise, code) in enumerate(bugs.values(), 1):
        body = textwrap.indent(textwrap.dedent(code).strip("\n"), "    ")
        yield f"\n\nclass Broken({base}):\n{body}\n\n\n"
        yield f"Test_{name}_{number} = case(suite.{contract}, Broken, {{{promise!r}}})\n"


# One run of pytest for several files: it takes as long as fifty of these tests.
@pytest.mark.parametrize(
    "names",
    [
        ("cache_values", "cache_expiry", "clocks", "events"),
        ("database_rows", "database_sessions"),
        ("mail", "http", "files"),
    ],
    ids=" ".join,
)
def test_each_broken_adapter_breaks_its_promise(pytester, monkeypatch, names):
    files = {name: bugs_of(name) for name in names}
    source = "".join([HEAD, *(part for name, bugs in files.items() for part in classes_of(name, bugs))])
    pytester.makepyfile(test_bugs=source)
    # Asserts as they are: what they compare is not read, and Python before 3.11.8 may fail in ast.parse of a file this long
    # where the garbage collector runs meanwhile (python/cpython#106905).
    options = [f"-pno:{plugin}" for plugin in ("cacheprovider", "randomly", "asyncio", "anyio")]
    options += ["-q", "--assert=plain", "--tb=no", "-rA"]
    monkeypatch.setenv("COLUMNS", "400")  # else no reason has room in the summary
    result = pytester.runpytest_inprocess(*options)

    kept, failed = set(), {}
    for line in result.outlines:
        outcome, _, rest = line.partition(" test_bugs.py::")
        if outcome == "PASSED":
            kept.add(rest.strip())
        elif outcome in ("FAILED", "ERROR"):
            case, _, reason = rest.partition(" - ")
            failed[case] = reason
    sound = {f"Test_{name}_0::{promise}" for name, bugs in files.items() for promise, _ in bugs.values()}
    expected = {
        f"Test_{name}_{number}::{promise}": bug
        for name, bugs in files.items()
        for number, (bug, (promise, _)) in enumerate(bugs.items(), 1)
    }
    assert [bug for case, bug in expected.items() if not failed.get(case)] == []
    assert {expected[case]: why for case, why in failed.items() if why.startswith(MISTAKES)} == {}
    assert kept == sound
