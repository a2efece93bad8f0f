"""What the journal notes of a call and between calls: who called, during what, tasks, log lines, all in one order."""

import asyncio
import logging
from email.message import EmailMessage

import httpx
import pytest

from nexus_testkit import run
from nexus_testkit.journal import Journal
from nexus_testkit.journal.order import moments
from nexus_testkit.services import AnalyticsService, CacheService


class Greeter:
    """Calls ports as a service of a plugin does."""

    def __init__(self, nexus):
        self.nexus = nexus

    async def greet(self):
        await self.nexus.port("cache").set("greeting", "hello")


def test_a_call_knows_the_function_that_made_it():
    async def main(nexus):
        await Greeter(nexus).greet()
        cache = await nexus.service(CacheService)
        await cache.get("greeting")
        async with httpx.AsyncClient(transport=nexus.port("http")) as client:
            nexus.http.get("https://a.example/").respond(json=1)
            await client.get("https://a.example/")
        return list(nexus.journal)

    by_operation = {call.operation: call for call in run(main)}
    origin = by_operation["cache.set"].origin
    assert origin.function == "Greeter.greet"
    assert origin.place.startswith("test_journal.py:")
    assert origin.line == Greeter.greet.__code__.co_firstlineno + 1
    assert by_operation["cache.get"].origin.function.startswith("CacheService.")
    assert by_operation["http.request"].origin.function.endswith("main")  # not a function of httpx


def test_a_call_made_during_another_one_names_it():
    async def main(nexus):
        analytics = await nexus.service(AnalyticsService)
        await analytics.track_event("seen")
        await nexus.clock.advance(hours=1)
        await nexus.cache.get("a")
        return list(nexus.journal)

    calls = run(main)
    appended = next(call for call in calls if call.operation == "analytics.append")
    inner = [call for call in calls if call.parent is appended]
    assert inner
    assert {call.port for call in inner} == {"database"}
    assert all(appended.started_at <= call.started_at and call.ended_at <= appended.ended_at for call in inner)
    assert calls[-1].parent is None


def test_a_call_of_a_task_begun_during_a_call_names_that_call_until_it_has_come_back():
    async def main(nexus):
        seam = nexus.seam
        goes_on = asyncio.Event()

        async def inner(): ...

        async def later():
            await seam.call("cache.get", inner)
            await goes_on.wait()
            await seam.call("cache.ttl", inner)

        async def outer():
            task = asyncio.create_task(later())
            await asyncio.sleep(0)
            return task

        task = await seam.call("cache.set", outer)
        goes_on.set()
        await task
        return {call.operation: call for call in nexus.journal}

    calls = run(main)
    assert calls["cache.get"].parent is calls["cache.set"]
    assert calls["cache.ttl"].parent is None


def test_tasks_and_log_lines_stand_in_order_with_the_calls(caplog):
    caplog.set_level(logging.INFO)

    async def main(nexus):
        async def work():
            await nexus.cache.set("a", 1)
            logging.getLogger("shop").info("half %s", "done")
            await asyncio.sleep(3)
            raise LookupError("gone")

        task = asyncio.create_task(work(), name="work")
        await nexus.files.exists("b")
        await asyncio.sleep(5)
        await nexus.cache.get("c")
        with pytest.raises(LookupError):
            await task
        return nexus.journal

    told = []
    for moment in moments(run(main)):
        if moment.note is not None and moment.note.task == "work":
            told.append((moment.at, moment.note.kind, moment.note.text))
        elif moment.call is not None:
            told.append((moment.at, "ends" if moment.ends else "begins", moment.call.arguments[0]))
    assert told == [
        (0.0, "task begins", ""),
        (0.0, "begins", "b"),
        (0.0, "begins", "a"),
        (0.0, "ends", "b"),
        (0.0, "ends", "a"),
        (0.0, "log", "half done"),
        (3.0, "task ends", "LookupError: gone"),
        (5.0, "begins", "c"),
        (5.0, "ends", "c"),
    ]


def test_a_log_line_with_wrong_arguments_does_not_fail_who_logs(caplog):
    async def main(nexus):
        record = logging.LogRecord("shop", logging.WARNING, __file__, 1, "%d items", ("many",), None)
        for handler in logging.root.handlers:
            if type(handler).__name__ == "LogLines":
                handler.handle(record)
        return nexus.journal.notes[-1]

    note = run(main)
    assert (note.text, note.level, note.logger) == ("%d items", logging.WARNING, "shop")


def test_a_world_leaves_the_log_as_it_was():
    before = list(logging.root.handlers)

    async def main(nexus):
        return list(logging.root.handlers)

    assert [handler for handler in run(main) if handler not in before]
    assert logging.root.handlers == before


def test_an_ended_world_reads_no_clock():
    async def main(nexus):
        await asyncio.sleep(2)
        return nexus

    nexus = run(main)
    nexus.journal.note("log", text="afterwards")
    assert nexus.journal.notes[-1].at == 2.0


def test_a_mail_is_kept_as_it_was_sent():
    async def main(nexus):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@example.org", "ann@example.org", "Hello, Änn"
        message.set_content("first")
        message.add_alternative("<p>first</p>", subtype="html")
        message.add_attachment(b"\x00\xff", maintype="application", subtype="octet-stream", filename="a.bin")
        await nexus.mail.send(message, sender="a@example.org", recipients=["ann@example.org"])
        del message["To"]
        message["To"] = "bob@example.org"
        message.get_payload()[0].get_payload()[0].set_content("second")
        return nexus.journal.calls[-1].whole.message()

    kept = run(main)
    assert kept["To"] == "ann@example.org"
    assert kept["Subject"] == "Hello, Änn"
    assert kept.get_body(("plain",)).get_content() == "first\n"
    assert kept.get_body(("html",)).get_content() == "<p>first</p>\n"
    (attached,) = kept.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("a.bin", b"\x00\xff")


def test_an_http_exchange_is_kept_whole():
    async def main(nexus):
        nexus.http.post("https://a.example/x").respond(201, json={"id": 7})
        async with httpx.AsyncClient(transport=nexus.port("http")) as client:
            await client.post("https://a.example/x", json={"name": "ann"}, headers={"X-One": "1"})
        return nexus.journal.calls[-1].whole

    whole = run(main)
    assert (whole.method, whole.url, whole.status) == ("POST", "https://a.example/x", 201)
    assert (b"X-One", b"1") in whole.headers
    assert whole.content == b'{"name":"ann"}'
    assert whole.answer == b'{"id":7}'


def test_of_a_long_list_of_rows_the_beginning_is_kept():
    async def main(nexus):
        await nexus.db.fetch_all("SELECT n FROM generate_series(1, 120) AS n")
        return nexus.journal.calls[-1]

    call = run(main)
    assert (len(call.result.first), call.result.length) == (50, 120)
    assert call.describe().endswith("(120)")


def test_a_cleared_journal_begins_anew():
    journal = Journal(now=lambda: 0.0, task=lambda: None)
    journal.returned(journal.begin("cache.get", ("a",), {}), None)
    journal.note("log", text="x")
    journal.clear()
    assert list(moments(journal)) == []
    assert journal.begin("cache.get", ("b",), {}).number == 1
