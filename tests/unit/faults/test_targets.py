"""What a fault can be aimed at, how its calls are counted, and what is refused when it is declared."""

import contextlib
import re
from pathlib import Path

import httpx
import pytest

import nexus_testkit
from nexus_testkit import Harness
from nexus_testkit.errors import (
    CacheConnectionError,
    DatabaseError,
    InvalidFault,
    InvalidMail,
    MailConnectError,
    SerializationFailure,
)
from nexus_testkit.faults.operations import OPERATIONS
from nexus_testkit.services import EmailService, HTTPService

URL = "https://crm.example/api"


async def fails(kind, call, *args, **options):
    try:
        await call(*args, **options)
    except kind:
        return True
    return False


# the names


def test_the_operations_are_those_that_cross_the_seam():
    journal = Path(nexus_testkit.__file__).parent / "journal"
    source = "".join(path.read_text(encoding="utf-8") for path in journal.glob("*.py"))
    crossing = set(re.findall(r'(?:call|begin|end)\(\s*"(\w+\.\w+)"', source)) - {"journal.begin"}
    assert crossing == {f"{port}.{operation}" for port, operations in OPERATIONS.items() for operation in operations}


async def test_every_port_and_operation_can_be_named(nexus):
    for port, operations in OPERATIONS.items():
        nexus.faults.on(port).hangs().optional()
        for operation in operations:
            nexus.faults.on(f"{port}.{operation}").hangs().optional()
    assert len(list(nexus.faults)) == sum(1 + len(operations) for operations in OPERATIONS.values())


async def test_a_port_covers_all_its_operations_and_nothing_else(nexus):
    nexus.faults.on("db").always().raises("40001")
    assert await fails(SerializationFailure, nexus.db.execute, "SELECT 1")
    assert await fails(SerializationFailure, nexus.db.fetch_val, "SELECT 1")
    await nexus.cache.set("a", 1)


async def test_an_operation_is_told_from_its_neighbours(nexus):
    nexus.faults.on("db.fetch_one").raises("40001")
    assert await nexus.db.fetch_val("SELECT 1") == 1
    assert await fails(SerializationFailure, nexus.db.fetch_one, "SELECT 1")


# which calls


async def test_nth_is_one_call_counted_from_the_declaration(nexus):
    await nexus.cache.get("before")
    nexus.faults.on("cache.get").nth(3).raises(CacheConnectionError)
    assert [await fails(CacheConnectionError, nexus.cache.get, "a") for _ in range(5)] == [
        False,
        False,
        True,
        False,
        False,
    ]


async def test_times_are_the_next_calls(nexus):
    nexus.faults.on("cache.get").times(2).raises(CacheConnectionError)
    assert [await fails(CacheConnectionError, nexus.cache.get, "a") for _ in range(4)] == [True, True, False, False]


async def test_nothing_said_is_every_call(nexus):
    nexus.faults.on("cache.get").raises(CacheConnectionError)
    assert [await fails(CacheConnectionError, nexus.cache.get, "a") for _ in range(3)] == [True, True, True]


async def test_when_asks_of_each_call_and_nth_counts_those(nexus):
    nexus.faults.on("cache").when(lambda call: "b" in call.arguments).nth(2).raises(CacheConnectionError)
    keys = ["a", "b", "a", "b", "b"]
    assert [await fails(CacheConnectionError, nexus.cache.get, key) for key in keys] == [
        False,
        False,
        False,
        True,
        False,
    ]


async def test_each_target_counts_for_itself(nexus):
    nexus.faults.on("cache.get").nth(2).raises(CacheConnectionError)
    nexus.faults.on("cache.exists").nth(2).raises(CacheConnectionError)
    nexus.faults.on("cache").nth(6).raises(CacheConnectionError)
    calls = [nexus.cache.get, nexus.cache.exists] * 3
    assert [await fails(CacheConnectionError, call, "a") for call in calls] == [False, False, True, True, False, True]


# routes


async def test_the_third_page_times_out_once(nexus):
    route = nexus.http.get(URL).respond(json=[])
    nexus.faults.on(route).nth(3).raises(httpx.ConnectTimeout)
    http = await nexus.service(HTTPService)
    for page in range(3):
        assert (await http.get(URL, params={"page": page}))["data"] == []
    assert route.call_count == 4
    assert isinstance(route.calls[2].error, httpx.ConnectTimeout)
    assert route.calls[2].error.request.url.params["page"] == "2"


async def test_a_route_is_told_from_its_neighbours_by_all_it_matches(nexus):
    nexus.http.post(URL).respond(200)
    particular = nexus.http.post(URL, json={"name": "ann"}).respond(201)
    nexus.faults.on(particular).raises(httpx.ConnectError)
    async with httpx.AsyncClient(transport=nexus.http) as client:
        assert (await client.post(URL, json={"name": "bob"})).status_code == 200
        with pytest.raises(httpx.ConnectError, match="All connection attempts failed"):
            await client.post(URL, json={"name": "ann"})
    assert particular.call_count == 1


async def test_a_failed_call_takes_no_reply_of_a_sequence(nexus):
    route = nexus.http.get(URL).responds([200, 204])
    nexus.faults.on(route).nth(1).raises(httpx.ConnectTimeout)
    async with httpx.AsyncClient(transport=nexus.http) as client:
        with pytest.raises(httpx.ConnectTimeout):
            await client.get(URL)
        assert [(await client.get(URL)).status_code for _ in range(2)] == [200, 204]


async def test_a_network_that_is_down_needs_no_route(nexus):
    nexus.faults.on("http").raises(httpx.ConnectError)
    async with httpx.AsyncClient(transport=nexus.http) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(URL)
    nexus.http.assert_called("GET", URL, count=1)
    assert nexus.http.strays == []


# tables


@pytest.mark.parametrize(
    ("statement", "meant"),
    [
        ("SELECT * FROM users", True),
        ("select * from USERS u", True),
        ('INSERT INTO "users"(name) VALUES ($1)', True),
        ("UPDATE public.users SET name = $1", True),
        ("SELECT * FROM users_archive", False),
        ("SELECT * FROM all_users", False),
        ("SELECT 'users'", False),
        ("SELECT 'it''s users'", False),
        ("SELECT $$users$$", False),
        ("SELECT 1 -- users", False),
        ("SELECT /* users */ 1", False),
        ("SELECT 'a' FROM users WHERE name = 'b'", True),
    ],
)
async def test_a_table_is_a_word_of_the_statement(nexus, statement, meant):
    fault = nexus.faults.on("table:users").raises("40001").optional()
    with contextlib.suppress(DatabaseError):  # the tables are not there either: only the fault is looked at
        await nexus.db.fetch_all(statement, *(["x"] if "$1" in statement else []))
    assert fault.fired == meant


async def test_a_table_may_name_its_schema(nexus):
    nexus.faults.on("table:audit.users").raises("40001")
    assert not await fails(SerializationFailure, nexus.db.fetch_val, "SELECT 1 AS users")
    assert await fails(SerializationFailure, nexus.db.fetch_val, 'SELECT 1 FROM audit . "users"')


async def test_copy_says_its_table_itself(nexus):
    await nexus.db.execute("CREATE TABLE users (id int)")
    nexus.faults.on("table:users").nth(1).raises("40001")
    nexus.faults.on("table:public.users").nth(1).raises("40001")
    async with nexus.db.connection() as connection:

        async def copy(**options):
            return await connection.copy_records_to_table("users", records=[(1,)], **options)

        assert await fails(SerializationFailure, copy)
        assert await fails(SerializationFailure, copy, schema_name="public")
        assert await copy() == "COPY 1"


async def test_a_channel_is_no_table(nexus):
    fault = nexus.faults.on("table:users").raises("40001").optional()
    async with nexus.db.connection() as connection:
        await connection.add_listener("users", print)
        await connection.remove_listener("users", print)
    assert not fault.fired


async def test_a_listener_that_could_not_be_removed_still_listens(nexus):
    nexus.faults.on("database.remove_listener").nth(1).raises("08006")
    heard = []

    def listen(*message):
        heard.append(message[2:])

    async with nexus.db.connection() as connection:
        await connection.add_listener("news", listen)
        assert await fails(DatabaseError, connection.remove_listener, "news", listen)
        await connection.remove_listener("news", listen)
        await nexus.db.execute("NOTIFY news, 'late'")
        await nexus.db.fetch_val("SELECT 1")
    assert heard == []


# keys


@pytest.mark.parametrize(
    ("pattern", "key", "meant"),
    [
        ("user:*", "user:1", True),
        ("user:*", "users", False),
        ("user:?", "user:12", False),
        ("user:[^a]", "user:b", True),
        ("user:[^a]", "user:a", False),
        ("user:[0-9]", "user:5", True),
        (r"user:\*", "user:*", True),
        (r"user:\*", "user:1", False),
        ("user.1", "user:1", False),
        ("user:*", b"user:1", True),
    ],
)
async def test_a_key_is_matched_as_by_redis(nexus, pattern, key, meant):
    nexus.faults.on(f"key:{pattern}").raises(CacheConnectionError).optional()
    assert await fails(CacheConnectionError, nexus.cache.get, key) is meant
    name = key.decode() if isinstance(key, bytes) else key
    await nexus.adapter("cache").set(key, 1)
    assert (name in await nexus.adapter("cache").keys(pattern)) is meant  # the server agrees


async def test_every_operation_on_a_key_is_meant(nexus):
    nexus.faults.on("key:a").raises(CacheConnectionError)
    cache, client = nexus.cache, nexus.cache.client
    many = {str(number): number for number in range(100)}
    for call, arguments in [
        (cache.set, ("a", 1)),
        (cache.delete, ("b", "a")),
        (cache.get_many, (["b", "a"],)),
        (cache.set_many, ({**many, "a": 1},)),
        (cache.increment, ("a",)),
        (cache.ttl, ("a",)),
        (client.hset, ("a", "field", 1)),
    ]:
        assert await fails(CacheConnectionError, call, *arguments), call.__name__
    with pytest.raises(CacheConnectionError):
        async with cache.lock("a"):
            pass
    await cache.set_many(many)
    await cache.publish("a", "1")


# URLs


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("url:https://crm.example/api", True),
        ("url:https://crm.example/*", True),
        ("url:*://crm.example/*", True),
        ("url:https://*.example/api", True),
        ("url:*", True),
        ("url:GET https://crm.example/api", True),
        ("url:https://crm.example/api?page=2", True),
        ("url:https://crm.example/api?page=*", True),
        ("url:POST https://crm.example/api", False),
        ("url:https://crm.example/ap", False),
        ("url:https://crm.example/api?page=3", False),
        ("url:http://crm.example/api", False),
        ("url:https://crmXexample/api", False),
    ],
)
async def test_a_url_is_a_pattern_and_needs_no_route(nexus, target, meant):
    fault = nexus.faults.on(target).responds(503).optional()
    nexus.http.get(URL).respond(200)
    async with httpx.AsyncClient(transport=nexus.http) as client:
        assert (await client.get(URL, params={"page": 2})).status_code == (503 if meant else 200)
    await nexus.cache.set("https://crm.example/api", 1)
    assert fault.fired == meant


# recipients


async def test_a_recipient_is_one_of_several(nexus):
    nexus.faults.on("recipient:bob@example.org").raises(MailConnectError)
    email = await nexus.service(EmailService)
    await email.send_email(["ann@example.org"], "Hello", "text")
    assert await fails(MailConnectError, email.send_email, ["ann@example.org", "bob@EXAMPLE.org"], "Hello", "text")
    nexus.mail.assert_count(1)


# what is refused


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("databse", "did you mean database"),
        ("database.fetchone", "did you mean fetch_one"),
        ("database.vacuum", "the operations of database are"),
        ("cach.get", "did you mean cache.get"),
        ("", "a port"),
        ("tabel:users", "did you mean table:"),
        ("table:", "names nothing"),
        ("recipient:bob", "no mail address"),
        ("url:crm.example/api", "names no URL"),
        ("url:get https://crm.example", "names no URL"),
        (42, "no route of this world"),
    ],
)
async def test_an_unknown_target_is_refused_at_once(nexus, target, words):
    with pytest.raises(InvalidFault, match=re.escape(words)):
        nexus.faults.on(target)
    assert nexus.seam.decider is None


async def test_a_route_of_another_world_is_refused(nexus):
    async with Harness(loop=nexus.loop) as other:
        route = other.http.get(URL)
    with pytest.raises(InvalidFault, match="no route of this world"):
        nexus.faults.on(route)


@pytest.mark.parametrize(
    ("target", "verb", "arguments", "words"),
    [
        ("database", "raises", (42,), "is no exception"),
        ("database", "raises", (KeyboardInterrupt,), "is no exception"),
        ("database", "raises", ("4001",), "is no SQLSTATE"),
        ("database", "raises", ("00000",), "is no error"),
        ("database", "raises", ("01003",), "is no error"),
        ("database", "raises", ("LOADING",), "is no SQLSTATE"),
        ("analytics", "raises", ("reset by peer",), "is no SQLSTATE"),
        ("database", "raises", (UnicodeDecodeError,), "cannot be made without arguments"),
        ("http", "raises", ("500",), "no errors by code"),
        ("http", "raises", (httpx.HTTPStatusError,), "no transport raises"),
        ("mail", "raises", ("550",), "no errors by code"),
        ("files", "raises", ("EFOO",), "no error of the operating system"),
        ("files", "raises", ("errorcode",), "no error of the operating system"),
        ("clock", "raises", ("1",), "no errors by code"),
        ("files", "loses_reply", (), "no reply to lose"),
        ("clock.sleep", "loses_reply", (), "no reply to lose"),
        ("cache", "delays", (0,), "is no time"),
        ("cache", "delays", (float("inf"),), "hangs"),
        ("cache", "delays", ("1",), "is no time"),
        ("mail", "refuses", (), "is no recipient"),
        ("cache", "nth", (0,), "counts no call"),
        ("cache", "times", (True,), "counts no call"),
        ("cache", "when", ("b",), "cannot be called"),
    ],
)
async def test_what_could_never_happen_is_refused_at_once(nexus, target, verb, arguments, words):
    selection = nexus.faults.on(target)
    with pytest.raises(InvalidFault, match=words):
        getattr(selection, verb)(*arguments)
    selection.hangs().optional()


async def test_a_refusal_that_refuses_nothing_is_refused(nexus):
    selection = nexus.faults.on("recipient:bob@example.org")
    with pytest.raises(InvalidMail, match="refuses nothing"):
        selection.refuses(250)
    selection.refuses(550).optional()


async def test_calls_are_chosen_once_and_a_fault_has_one_verb(nexus):
    selection = nexus.faults.on("cache").when(bool).nth(1)
    with pytest.raises(InvalidFault, match=r"\.nth\(1\) and \.times\(2\) choose the calls twice"):
        selection.times(2)
    with pytest.raises(InvalidFault, match="said already"):
        selection.when(bool)
    selection.hangs().optional()
    with pytest.raises(InvalidFault, match="declared already"):
        selection.delays(1)


async def test_another_decider_is_not_pushed_aside(nexus):
    nexus.seam.decider = decider = object()
    with pytest.raises(InvalidFault, match="another decider"):
        nexus.faults.on("cache")
    assert nexus.seam.decider is decider
    nexus.seam.decider = None
