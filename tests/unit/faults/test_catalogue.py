"""Which faults are drawn for a call, that each of them can be had, and how a `faults=` option chooses among them."""

import asyncio
import re
from email.message import EmailMessage
from types import SimpleNamespace

import httpx
import pytest

from nexus_testkit import Harness
from nexus_testkit.errors import InvalidFault, PortError
from nexus_testkit.faults import kind_named, kinds_of, wanted
from nexus_testkit.faults.kinds import KNOWN
from nexus_testkit.ports.mail import MailTransport
from nexus_testkit.simulation import run

URL = "https://crm.example/api"


class Watching:
    """A decider that keeps the kinds of each call, and may disturb one of them."""

    def __init__(self, nexus, *, number=0, name="", kinds=kinds_of):
        self.nexus, self.number, self.name, self.kinds = nexus, number, name, kinds
        self.seen = []

    def decide(self, crossing):
        kinds = self.kinds(crossing)
        self.seen.append((crossing.operation, [kind.name for kind in kinds]))
        if len(self.seen) != self.number:
            return None
        kind = kind_named(crossing, self.name)
        return self.nexus.faults.disturbance(crossing, kind)


def message():
    made = EmailMessage()
    made["Subject"] = "Hello"
    made.set_content("text")
    return made


async def every_sort_of_call(nexus):
    """One call of each sort, each of which may fail."""

    async def attempt(call):
        try:
            return await call
        except Exception:  # noqa: BLE001  # whatever the fault is
            return None

    db, cache, files = nexus.db, nexus.cache, nexus.files

    async def in_transaction():
        async with db.transaction() as session:
            await session.execute("INSERT INTO users VALUES ('bob')")
            await session.fetch_val("SELECT count(*) FROM users")
            await session.fetch_val("SELECT name FROM users FOR UPDATE")
            async with session.transaction():
                await session.fetch_val("SELECT 1")

    async def by_hand():
        async with db.connection() as session:
            await session.fetch_val("SELECT 1")

    async def locked():
        async with cache.lock("job"):
            pass

    await attempt(db.connect())
    await attempt(db.execute("CREATE TABLE users (name TEXT)"))
    await attempt(db.fetch_val("SELECT 'insert' -- UPDATE"))
    await attempt(db.fetch_val("INSERT INTO users VALUES ('ann') RETURNING name"))
    await attempt(in_transaction())
    await attempt(by_hand())
    await attempt(cache.get("a"))
    await attempt(cache.set("a", 1))
    await attempt(cache.delete("a"))
    await attempt(cache.client.hget("a", "b"))
    await attempt(cache.client.hset("b", "c", 1))
    await attempt(cache.client.pipeline().incr("a").execute())
    await attempt(locked())
    await attempt(files.write_text("folder/a", "text"))
    await attempt(files.read_text("folder/a"))
    await attempt(files.delete("folder/a"))
    mail = nexus.get(MailTransport)
    await attempt(mail.send(message(), sender="ann@example.org", recipients=["bob@example.org"]))
    await attempt(mail.send(message(), sender="ann@example.org", recipients=["bob@example.org", "cid@example.org"]))
    nexus.http.route(url__startswith="https://crm.example").respond(json={"name": "ann"})
    async with httpx.AsyncClient(transport=nexus.http) as client:
        await attempt(client.get(URL))
        await attempt(client.post(URL))
    await attempt(nexus.analytics.append([]))
    await attempt(nexus.analytics.counts())
    await attempt(nexus.clock.sleep(1))


def seen_in_a_calm_world():
    async def main():
        async with Harness() as nexus:
            nexus.seam.decider = watching = Watching(nexus)
            await every_sort_of_call(nexus)
            return watching.seen

    return run(main)


CALM = seen_in_a_calm_world()
SENDING = [
    "refused",
    "421 at CONNECT",
    "451 at MAIL",
    "452 at RCPT",
    "451 at END-OF-MESSAGE",
    "silence at MAIL",
    "loses_reply",
]
ASKING = ["refused", "timeout", "reset", "status 503", "truncated"]


def test_each_call_has_the_faults_that_make_sense_for_it():
    opening = ["53300", "refused", "exhausted"]
    writing = ["40P01", "53100", "57P01", "reset", "loses_reply"]
    assert [
        ("database.connect", ["57P03", "53300", "refused"]),
        ("database.execute", writing),
        ("database.fetch_val", ["exhausted", "57P01", "reset", "timeout"]),
        ("database.fetch_val", writing),
        ("database.begin", opening),
        ("database.execute", ["40001", "40P01", "53100", "57P01", "reset"]),
        ("database.fetch_val", ["40001", "57P01", "reset"]),
        ("database.fetch_val", ["40001", "40P01", "57P01", "reset"]),
        ("database.begin", ["57P01", "reset"]),
        ("database.fetch_val", ["40001", "57P01", "reset"]),
        ("database.commit", ["57P01", "reset"]),
        ("database.commit", ["40001", "57P01", "reset", "loses_reply"]),
        ("database.acquire", opening),
        ("database.fetch_val", ["57P01", "reset"]),
        ("database.release", []),
        ("cache.get", ["LOADING", "reset", "timeout"]),
        ("cache.set", ["LOADING", "READONLY", "OOM", "reset", "timeout", "loses_reply"]),
        ("cache.delete", ["LOADING", "READONLY", "reset", "timeout", "loses_reply"]),
        ("cache.client", ["LOADING", "reset", "timeout"]),
        ("cache.client", ["LOADING", "READONLY", "OOM", "reset", "timeout", "loses_reply"]),
        ("cache.client", ["LOADING", "READONLY", "OOM", "reset", "timeout", "loses_reply"]),
        ("cache.lock", ["LOADING", "READONLY", "OOM", "reset", "timeout", "loses_reply"]),
        ("cache.unlock", ["reset", "loses_reply"]),
        ("files.write_text", ["ENOSPC", "EACCES", "EIO"]),
        ("files.read_text", ["EIO"]),
        ("files.delete", ["EACCES", "EIO"]),
        ("mail.send", SENDING),
        ("mail.send", [*SENDING, "550 for cid@example.org"]),
        ("http.request", ASKING),
        ("http.request", [*ASKING, "loses_reply"]),
        ("analytics.append", ["53100", "53300", "reset", "loses_reply"]),
        ("analytics.counts", ["53300", "reset"]),
        # The store asks the database, through the same seam.
        ("database.begin", opening),
        ("database.execute", ["40001", "40P01", "57P01", "reset"]),
        ("database.execute", ["40001", "40P01", "53100", "57P01", "reset"]),
        ("database.execute", ["40001", "40P01", "53100", "57P01", "reset"]),
        ("database.commit", ["40001", "57P01", "reset", "loses_reply"]),
        ("database.fetch_all", ["exhausted", "57P01", "reset", "timeout"]),
        ("clock.sleep", []),
    ] == CALM


def disturbed(number, name):
    """What becomes of the call of this number when this befalls it: the journal's record, and the port's later state."""

    async def main():
        async with Harness() as nexus:
            nexus.seam.decider = Watching(nexus, number=number, name=name)
            await every_sort_of_call(nexus)
            return next(call for call in nexus.journal if call.number == number)

    return run(main)


@pytest.mark.parametrize(
    ("number", "operation", "name"),
    [(at, operation, name) for at, (operation, names) in enumerate(CALM, start=1) for name in names],
)
def test_each_of_them_befalls_its_call(number, operation, name):
    call = disturbed(number, name)
    assert call.operation == operation
    assert call.fault.endswith(", drawn")
    if name == "550 for cid@example.org":
        assert call.result.text.startswith("accepted for bob@example.org, cid@example.org refused (550)")
    elif name in ("status 503", "truncated"):
        assert call.error is None  # an answer, whose body fails when it is read
    else:
        assert isinstance(call.error, (PortError, TimeoutError, httpx.TransportError))


@pytest.mark.parametrize("port", KNOWN)
def test_each_kind_is_written_as_a_test_would(port):
    for kind in KNOWN[port]:

        async def main(kind=kind):
            async with Harness() as nexus:
                target = {"mail": "mail.send"}.get(port, port)
                scope = {"selection": nexus.faults.on(target)}
                eval(f"selection.{kind.code}.optional()", scope)  # the kind's own words
                return [str(fault) for fault in nexus.faults]

        (declared,) = run(main)
        assert declared.split(").", 1)[1].startswith(kind.verb)


def test_names_are_kept_by_tokens_and_so_are_unlike():
    for kinds in KNOWN.values():
        names = [kind.name for kind in kinds]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("statement", "sort"),
    [
        ("SELECT 1", "read"),
        ("  -- INSERT\n select comment, update_at, 'DELETE' FROM posts", "read"),
        ("(SELECT 1) UNION (SELECT 2)", "read"),
        ("VALUES (1)", "read"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "read"),
        ("EXPLAIN SELECT 1", "read"),
        ("SELECT nextval('ids')", "write"),
        ("SELECT pg_notify('news', '1')", "write"),
        ("WITH gone AS (DELETE FROM posts RETURNING *) SELECT * FROM gone", "write"),
        ("INSERT INTO posts VALUES (1)", "write"),
        ("update posts set title = ''", "write"),
        ("CREATE TABLE posts (id int)", "write"),
        ("NOTIFY news", "write"),
        ("SELECT 1; INSERT INTO posts VALUES (1)", "write"),
        ("BEGIN; UPDATE posts SET title = ''; COMMIT", "commit"),
        ("COMMIT", "commit"),
        ("BEGIN", "session"),
        ("SET search_path = a", "session"),
        ("", "read"),
    ],
)
async def test_a_statement_that_writes_is_told_from_one_that_reads(nexus, statement, sort):
    nexus.seam.decider = watching = Watching(nexus, number=1, name="reset")
    with pytest.raises(PortError):
        await nexus.db.execute(statement)
    assert (
        watching.seen[0][1]
        == {
            "read": ["exhausted", "57P01", "reset", "timeout"],
            "write": ["40P01", "53100", "57P01", "reset", "loses_reply"],
            "commit": ["40001", "57P01", "reset", "loses_reply"],
            "session": ["57P01", "reset"],
        }[sort]
    )


# the option


def chosen(option):
    """The names that an option draws, for each call of the calm world."""

    async def main():
        async with Harness() as nexus:
            choose = wanted(option, adapter=nexus.adapter)

            nexus.seam.decider = watching = Watching(nexus, kinds=choose)
            await every_sort_of_call(nexus)
            return [(operation, names) for operation, names in watching.seen if names]

    return run(main)


def test_no_faults_are_drawn_where_none_are_wanted():
    assert chosen(False) == chosen(None) == chosen([]) == chosen({}) == []


def test_true_is_every_kind():
    assert chosen(True) == [(operation, names) for operation, names in CALM if names]


def test_a_list_is_of_targets():
    assert chosen(["mail.send", "key:b"]) == [
        ("cache.client", ["LOADING", "READONLY", "OOM", "reset", "timeout", "loses_reply"]),
        ("mail.send", SENDING),
        ("mail.send", [*SENDING, "550 for cid@example.org"]),
    ]


def test_a_mapping_is_of_targets_and_names():
    assert chosen({"cache.lock": ["LOADING"], "mail.send": ["550 at RCPT", "hangs"], "cache.get": True}) == [
        ("cache.get", ["LOADING", "reset", "timeout"]),
        ("cache.lock", ["LOADING"]),
        ("mail.send", ["550 at RCPT", "hangs"]),
        ("mail.send", ["550 at RCPT", "hangs"]),
    ]


def test_a_recipient_of_an_option_is_refused_alone():
    refused = {"recipient:bob@example.org": ["452 at RCPT", "451 at DATA"]}
    assert chosen(refused) == [("mail.send", ["452 for bob@example.org", "451 at DATA"])] * 2


def test_a_name_may_be_one_that_nothing_draws_by_itself():
    assert chosen({"table:users": ["55P03"], "http": ["status 418"]})[-1] == ("http.request", ["status 418"])


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("database", "no choice of faults"),
        (1, "no choice of faults"),
        (["databse"], "did you mean database"),
        ([42], "no route of this world"),
        (["clock"], "nothing is drawn for 'clock'"),
        (["db.release"], "nothing is drawn for 'db.release'"),
        ({"database": "40001"}, "a list of names"),
        ({"database": ["LOADING"]}, "the kinds of database are 40001"),
        ({"database": ["4001"]}, "did you mean 40"),
        ({"database": ["00000"]}, "'database' cannot have '00000'"),
        ({"cache": ["40001"]}, "the kinds of cache are"),
        ({"cache": [40001]}, "cannot have 40001"),
        ({"mail": ["250 at MAIL"]}, "cannot have '250 at MAIL'"),
        ({"mail": ["451 at DOT"]}, "cannot have '451 at DOT'"),
        ({"http": ["status 999"]}, "cannot have 'status 999'"),
        ({"clock": ["hangs"]}, "clock has no kinds"),
    ],
)
def test_an_option_that_means_nothing_is_refused_at_once(option, words):
    with pytest.raises(InvalidFault, match=re.escape(words)):
        wanted(option, adapter=lambda _port: SimpleNamespace(routes=[]))


# beside declared faults


async def test_declared_faults_come_before_those_that_are_drawn(nexus):
    watching = Watching(nexus, number=1, name="reset")
    nexus.faults.beside(watching)
    nexus.faults.on("cache.get").nth(1).raises("LOADING")
    for words in ("loading the dataset", "reset by peer"):
        with pytest.raises(Exception, match=words):
            await nexus.cache.get("a")
    assert len(watching.seen) == 1


def test_a_call_that_was_drawn_to_hang_ends_with_the_world():
    async def main():
        async with Harness() as nexus:
            nexus.seam.decider = Watching(nexus, number=1, name="hangs")
            task = asyncio.create_task(nexus.cache.get("a"))
            await nexus.settle()
            assert not task.done()
        return task.cancelled()

    assert run(main)
