"""What is left out of calls of a cache, of files and of many rows, and of what errors say of them."""

import pytest

from nexus_testkit import run
from nexus_testkit.errors import DatabaseError
from nexus_testkit.journal import Journal, Redaction
from nexus_testkit.journal.commands import hides_reply, secret_places
from nexus_testkit.journal.lines import timeline
from nexus_testkit.journal.secrets import rules_of
from nexus_testkit.report.details import detail_of

DEFAULT = Redaction()
SECRET = "s3cret-of-ann"


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        ("AUTH pw", {1}),
        ("AUTH user pw", {2}),
        ("HELLO 3 AUTH user pw SETNAME c", {4}),
        ("CONFIG SET requirepass pw", {3}),
        ("CONFIG SET maxmemory 1", set()),
        ("ACL SETUSER ann on >pw ~*", {4}),
        ("SET token:1 x EX 5", {2, 3, 4}),
        ("SET user:1 x", set()),
        ("SETEX token:1 5 x", {2, 3}),
        ("HSET user:1 name ann token x", {5}),
        ("HSET token:1 a b", {2, 3}),
        ("HMGET user:1 token name", set()),
        ("MSET a 1 token:2 x", {4}),
        ("LPUSH tokens x y", {2, 3}),
        ("DEL token:1 token:2", set()),
        ("EXPIRE token:1 5", set()),
        ("PING", set()),
    ],
)
def test_words_of_commands(command, secret):
    assert secret_places(command.split(), DEFAULT) == secret
    assert secret_places(command.encode().split(), DEFAULT) == secret


@pytest.mark.parametrize(
    ("command", "hidden"),
    [
        ("GET token:1", True),
        ("GET user:1", False),
        ("HGET user:1 token", True),
        ("HMGET user:1 name token", True),
        ("MGET a token:2", True),
        ("SMEMBERS session_tokens", True),
        ("PING", False),
    ],
)
def test_replies(command, hidden):
    assert hides_reply(command.split(), DEFAULT) is hidden


def told_of(body):
    """Everything that reports say of a world: the lines of the terminal, the details of the page."""

    async def main(nexus):
        await body(nexus)
        rules = rules_of(nexus.journal)
        return "\n".join([*timeline(nexus.journal), *(repr(detail_of(call, rules)) for call in nexus.journal)])

    return run(main)


async def redis(nexus):
    client = nexus.cache.client
    await client.hset("user:1", mapping={"name": "ann", "token": SECRET})
    await client.hgetall("user:1")
    await client.hget("user:1", "token")
    await client.mset({"token:2": SECRET})
    await client.mget(["token:2"])
    await client.sadd("session_tokens", SECRET)
    await client.smembers("session_tokens")
    async with client.pipeline() as pipeline:
        pipeline.set("token:1", f"{SECRET}; SET a b").get("token:1").set("name", "ann")
        await pipeline.execute()


async def many(nexus):
    await nexus.cache.set_many({"token:1": SECRET, "user:1": '{"password": "' + SECRET + '"}', "name": "ann"})
    await nexus.cache.get_many(["token:1", "user:1", "name"])


async def rows(nexus):
    await nexus.db.execute("CREATE TABLE users (name text, password text)")
    await nexus.db.execute("INSERT INTO users VALUES ($1, $2)", "ann", SECRET)
    await nexus.db.execute_many("INSERT INTO users (name, password) VALUES ($1, $2)", [("bob", SECRET)])
    async with nexus.db.connection() as connection:
        await connection.copy_records_to_table("users", records=[("eve", SECRET)], columns=["name", "password"])
        await connection.copy_records_to_table("users", records=[("eve", SECRET)])
    await nexus.db.fetch_all("SELECT name, password AS p, max(password) AS m FROM users GROUP BY 1, 2")
    await nexus.db.fetch_val("SELECT max(password) FROM users WHERE name = 'ann'")


async def files(nexus):
    await nexus.files.write_text("keys/token.txt", SECRET)
    await nexus.files.read_text("keys/token.txt")
    await nexus.files.write_text("shop.ini", f"name = ann\npassword = {SECRET}\n")


async def refused(nexus):
    await nexus.db.execute("CREATE TABLE users (name text, token text UNIQUE, pin text CHECK (length(pin) < 5))")
    for query, value in (
        ("INSERT INTO users (name, token) VALUES ('ann', $1)", SECRET),
        ("INSERT INTO users (name, token) VALUES ('bob', $1)", SECRET),
        ("INSERT INTO users (name, token, pin) VALUES ('eve', $1, '123456')", f"{SECRET}-2"),
    ):
        try:
            await nexus.db.execute(query, value)
        except DatabaseError:
            continue


@pytest.mark.parametrize("body", [redis, many, rows, files, refused], ids=lambda body: body.__name__)
def test_nothing_that_is_told_has_the_secret(body):
    told = told_of(body)
    assert SECRET not in told
    assert "***" in told
    assert "ann" in told


def test_a_cut_value_hides_no_less():
    journal = Journal(now=lambda: 0.0, task=lambda: None)
    call = journal.begin("cache.set", ("note", "x" * 40 + " ghp_" + "a1b2c3d4e5" * 4), {})
    assert "ghp_" not in call.describe(longest=60)


def test_a_statement_has_more_room_than_a_value():
    journal = Journal(now=lambda: 0.0, task=lambda: None)
    query = "UPDATE orders SET status = 'paid' WHERE id = $1 AND status = 'new' AND total > 0"
    journal.returned(journal.begin("database.execute", (query, 1), {}), None)
    assert query in "\n".join(timeline(journal))


def test_a_long_call_does_not_hide_what_came_of_it():
    journal = Journal(now=lambda: 0.0, task=lambda: None)
    journal.returned(journal.begin("database.fetch_val", ("SELECT " + "n, " * 50 + "n", *("word " * 20,) * 8), {}), 7)
    assert all(line.endswith(" -> 7") and len(line) < 230 for line in timeline(journal)[1:])
