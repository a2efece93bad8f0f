"""What a body may make of a fault, and what is a broken run."""

import asyncio
from contextlib import suppress

import httpx
import pytest

from nexus_testkit.errors import (
    CacheError,
)
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.http import HttpTransport
from tests.unit.exploration.sweeping import one_call, results, swept


class OutOfOrderError(Exception):
    pass


class MissingError(KeyError):
    pass


async def passes_it_on(cache):
    await cache.set("a", "1")


async def answers_from_it(cache):
    try:
        await cache.set("a", "1")
    except CacheError as error:
        raise OutOfOrderError from error


async def answers_from_none(cache):
    try:
        await cache.set("a", "1")
    except CacheError:
        raise OutOfOrderError from None


async def answers_with_an_error_of_its_own(cache):
    try:
        await cache.set("a", "1")
    except CacheError:
        raise MissingError("a") from None


async def means_a_builtin(cache):
    try:
        await cache.set("a", "1")
    except CacheError as error:
        raise LookupError("a") from error


async def is_one_of_a_group(cache):
    async with asyncio.TaskGroup() as group:
        group.create_task(cache.set("a", "1"))


async def handles_it(cache):
    try:
        await cache.set("a", "1")
    except CacheError:
        return


@pytest.mark.parametrize(
    ("work", "result"),
    [
        (passes_it_on, "ok, raised CacheConnectionError"),
        (answers_from_it, "ok, raised OutOfOrderError"),
        (answers_from_none, "ok, raised OutOfOrderError"),
        (answers_with_an_error_of_its_own, "ok, raised MissingError"),
        (means_a_builtin, "ok, raised LookupError"),
        (is_one_of_a_group, "ok, raised ExceptionGroup"),
        (handles_it, "ok"),
    ],
)
def test_a_body_may_fail_because_of_the_fault(work, result):
    found = swept(one_call(work, only={"cache": ["reset"]}))
    assert (results(found), found.broken) == ({result}, [])


async def slips(cache):
    try:
        await cache.set("a", "1")
    except CacheError as error:
        error.no_such_attribute  # noqa: B018  # the slip of a handler


async def asserts(cache):
    try:
        await cache.set("a", "1")
    except CacheError as error:
        raise AssertionError from error


async def gives_up_behind_the_handler(cache):
    failed = False
    try:
        await cache.set("a", "1")
    except CacheError:
        failed = True
    if failed:
        raise OutOfOrderError


async def swallows_and_stumbles(cache):
    with suppress(CacheError):
        await cache.set("a", "1")
    if await cache.get("a") is None:
        raise MissingError("a")


async def has_another_in_its_group(cache):
    try:
        await cache.set("a", "1")
    except CacheError as error:
        raise ExceptionGroup("two", [error, TypeError("a slip")]) from None


async def cancels(cache):
    try:
        await cache.set("a", "1")
    except CacheError:
        raise asyncio.CancelledError from None


@pytest.mark.parametrize(
    ("work", "result"),
    [
        (slips, "raised AttributeError"),
        (asserts, "raised AssertionError"),
        (gives_up_behind_the_handler, "raised OutOfOrderError"),
        (swallows_and_stumbles, "raised MissingError"),
        (has_another_in_its_group, "raised CacheConnectionError; raised TypeError"),
        (cancels, "raised CancelledError"),
    ],
)
def test_another_error_is_a_broken_run(work, result):
    found = swept(one_call(work, only={"cache.set": ["reset"]}))
    assert [each.result for each in found.broken] == [result]


def test_an_answer_that_is_no_error_cannot_be_linked_and_any_deliberate_error_counts():
    async def body(nexus):
        nexus.http.get("https://crm.example/").respond(json=[])
        client = httpx.AsyncClient(transport=nexus.get(HttpTransport))
        async for fault in nexus.faults.sweep(only={"http": ["status 503"]}):
            async with fault:
                answer = await client.get("https://crm.example/")
                if answer.status_code != 200:
                    raise OutOfOrderError
        await client.aclose()

    assert results(swept(body)) == {"ok, raised OutOfOrderError"}


def test_a_run_that_failed_owes_nothing_that_only_a_healthy_one_can_give():
    async def body(nexus):
        nexus.http.post("https://crm.example/").respond(201).required()
        nexus.faults.on("cache.delete").delays(1)
        cache = nexus.get(CacheManager)
        async with httpx.AsyncClient(transport=nexus.get(HttpTransport)) as client:
            async for fault in nexus.faults.sweep(only=["cache.set"]):
                async with fault:
                    await cache.set("a", "1")
                    await cache.delete("a")
                    await client.post("https://crm.example/")

    assert not swept(body).broken
