"""What stands in a page: plain data, nothing of it markup, secrets left out."""

import json
import re

import pytest

from nexus_testkit.errors import HarnessError
from nexus_testkit.report import Tape, write_index, write_page
from nexus_testkit.report.about import About
from nexus_testkit.report.page import embedded
from nexus_testkit.report.redis_words import redis_command
from tests.report import worlds


def data_of(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return worlds.page_of(tmp_path_factory.mktemp("page") / "it.html", worlds.failing)


@pytest.fixture(scope="module")
def calls(page):
    return {record["n"]: record for record in data_of(page)["records"] if "n" in record}


def test_a_page_stands_alone(page):
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=[\"']?(?!data:)[a-z]+:", text.partition('id="data"')[0])
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    assert "default-src &#x27;none&#x27;" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


def test_data_cannot_leave_its_element():
    data = {"text": "</script><!-- <script> & \u2028\u2029 \ud800", "deep": [None, 1.5]}
    text = embedded(data)
    assert not set(text) & set("<>&\u2028\u2029")
    assert text.encode()
    assert json.loads(text) == data


def test_secrets_do_not_reach_the_page(page):
    text = page.read_text(encoding="utf-8")
    assert [secret for secret in ("hunter2", "Bearer abc", "sid=abc") if secret in text] == []


def test_a_record_says_who_called_and_how_it_ended(page, calls):
    data = data_of(page)
    assert list(calls) == list(range(1, len(calls) + 1))
    last = calls[len(calls)]
    assert (last["o"], last["k"], last["m"], last["c"]) == ("files.read_text", "error", True, "each_port")
    assert last["w"].startswith("worlds.py:")
    assert data["tasks"][last["t"]] == "main" or data["tasks"][last["t"]].startswith("Task")
    assert data["failedAt"] == len(data["records"]) or data["records"][data["failedAt"] - 1]["n"] == last["n"]
    sleep = next(record for record in calls.values() if record["o"] == "clock.sleep")
    assert (sleep["s"], sleep["f"]) == (0.0, 90.0)


def test_details_by_port(calls):
    by_operation = {record["o"]: record["d"] for record in calls.values()}
    assert by_operation["database.fetch_all"]["rows"] == {
        "columns": ["id", "name", "password"],
        "values": [["1", "ann", "***"]],
        "length": 1,
    }
    assert by_operation["cache.set"]["command"] == 'SET user:1 "two words" EX 60'
    mail = by_operation["mail.send"]
    assert (mail["text"], mail["attachments"][0]["name"]) == ("Hello Ann, as text\n", "list.csv")
    exchange = by_operation["http.request"]
    assert exchange["request"]["body"] == '{\n  "name": "ann"\n}'
    assert exchange["response"]["status"] == 201
    assert by_operation["files.read_text"]["error"]["type"] == "FileNotFound"
    assert by_operation["files.write_text"]["arguments"] == [["", "notes/a.txt"], ["", "text"], ["encoding", "utf-8"]]


@pytest.mark.parametrize(
    ("call", "command"),
    [
        (("get", ["user:1"], {}), "GET user:1"),
        (("set", ["k", "v"], {"ttl": 1.5}), "SET k v PX 1500"),
        (("set", ["k", 'a"b'], {"only_if_absent": True}), 'SET k "a\\"b" NX'),
        (("increment", ["n", "2"], {}), "INCRBY n 2"),
        (("expire", ["k", "None"], {}), "PERSIST k"),
        (("keys", ["user:*"], {}), "SCAN 0 MATCH user:*"),
        (("clear", [], {}), "FLUSHDB"),
        (("client", ["HSET", "h", "a b", "1"], {}), 'HSET h "a b" 1'),
        (("lock", ["name"], {"ttl": 10}), None),
        (("get_many", ["[a, b]"], {}), None),
    ],
)
def test_redis_commands(call, command):
    assert redis_command(*call) == command


def test_the_lines_that_run_it_again():
    plain = About(test="tests/test_it.py::test_it[a b]", outcome="failed", seed=7)
    assert plain.again == ("pytest 'tests/test_it.py::test_it[a b]' --nexus-seed=7",)
    tape = Tape(("delay",), token="nx1:abc", place="t.py::t")
    assert About(test="t.py::t", outcome="failed", tape=tape).again == (
        '@pytest.mark.nexus(replay="nx1:abc")',
        "nexus-testkit replay nx1:abc 't.py::t'",
    )


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HarnessError, match=r"cannot be written to .*Not a directory|File exists"):
        write_index(tmp_path / "file" / "index.html", [])


def test_an_empty_world_has_a_page(tmp_path):
    async def nothing(nexus):
        pass

    path = worlds.page_of(tmp_path / "it.html", nothing)
    assert [record for record in data_of(path)["records"] if "n" in record] == []
    assert write_page.__doc__
