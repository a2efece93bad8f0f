"""`nexus-testkit trace`: a page, one call of it, or the index of a run, in the terminal."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from nexus_testkit.cli import app
from nexus_testkit.cli.completing import complete_pages
from nexus_testkit.report import Tape, write_index
from nexus_testkit.report.page import BEGINS, ENDS
from tests.report import worlds

TAPE = Tape(("delay mail call 6 by 12 s",), token="nx1:abc", place="tests/test_it.py::test_it", found="found on run 3")
ESCAPES = "\x1b[31m\x1b]0;owned\x07\x9b2J\u202e\r\n\x00"
TOLD = {"error": "", "place": "", "calls": 3, "elapsed_s": 1.5}
TESTS = [
    {"test": "tests/test_it.py::test_passes", "outcome": "passed", "page": None, **TOLD},
    {
        "test": "tests/test_it.py::test_it",
        "outcome": "failed",
        "page": "it.html",
        **TOLD,
        "error": "LookupError: gone",
        "place": "test_it.py:7",
    },
]
OWN = ("-p", "no:asyncio", "-p", "no:anyio", "-p", "no:cacheprovider", "-p", "no:randomly", "--color=no")


def trace(*arguments, **options):
    return CliRunner(**options).invoke(app, ["trace", *map(str, arguments)])


def shown(*arguments):
    result = trace(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def refused(*arguments, code=2):
    result = trace(*arguments)
    assert result.exit_code == code, result.output
    assert not result.stdout
    return result.stderr


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return worlds.page_of(
        tmp_path_factory.mktemp("page") / "it.html", worlds.failing, tape=TAPE, place="worlds.py:71", seed=7
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("traces")
    worlds.page_of(found / "it.html", worlds.failing)
    write_index(found / "index.html", TESTS)
    return found


def test_a_page_begins_with_the_test_and_how_to_run_it_again(page):
    tasks = len(data_of(page)["tasks"])  # of the loop's own, which differ between versions of Python
    assert shown(page)[:10] == [
        "tests/test_it.py::test_it",
        "  failed    LookupError: no such person (worlds.py:71)",
        f"  world     10 calls, {tasks} task{'' if tasks == 1 else 's'}, 90.000 s of virtual time, seed 7",
        "  decided   found on run 3",
        "            - delay mail call 6 by 12 s",
        '  again     @pytest.mark.nexus(replay="nx1:abc")',
        "            nexus-testkit replay nx1:abc 'tests/test_it.py::test_it'",
        "",
        "what crossed the ports",
        "   Task-1",
    ]


def test_then_comes_each_call_with_where_it_failed(page):
    lines = shown(page)[10:]
    assert [int(line.split()[3 if line.startswith(">>") else 2]) for line in lines[:-1]] == [*range(1, 11)]
    assert lines[4] == "       0.000 s     5  cache.get('user:1') -> b'two words'"
    assert lines[9].startswith(">>    90.000 s    10  files.read_text('missing.txt'")
    assert lines[10] == ">> the test failed here (worlds.py:71): LookupError: no such person"


SUITE = """
import asyncio
import logging

import pytest

async def test_fails(nexus):
    for number in range(30):
        await nexus.cache.increment("visits")
    for number in range(12):
        await nexus.cache.get(f"k{number}")
        await nexus.clock.sleep(1)

    async def job():
        await nexus.cache.get("job")
        raise KeyError("job")

    with pytest.raises(KeyError):
        await asyncio.create_task(job(), name="job")
    logging.getLogger("shop").warning("no stock, token=abc")
    for number in range(100):
        await nexus.cache.set("user:" + str(number * 7 % 100), "ann")
    with pytest.raises(Exception):
        await nexus.files.read_text("missing.txt")
    await nexus.files.read_text("gone.txt")
"""


def test_the_lines_are_those_of_pytest_below_the_failing_test(pytester, monkeypatch):
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(test_it=SUITE)
    result = pytester.runpytest_inprocess(*OWN, "--nexus-report=out")
    printed = result.stdout.str()
    section = re.search(
        r"^-+ what crossed the ports -+\n(.*?)^   trace page: (.*?)$", printed, re.DOTALL | re.MULTILINE
    )
    lines = shown(section[2])
    assert lines[lines.index("what crossed the ports") + 1 :] == section[1].splitlines()
    assert len(section[1].splitlines()) in range(50, 61)
    assert "... 28 more like it" in section[1]
    everything = shown(section[2], "--all")
    assert sum("cache.increment('visits', 1)" in line for line in everything) == 30


async def long(nexus):
    for number in range(500):
        nexus.seam.note("cache.get" if number % 4 else "database.execute", f"key {number}")


def test_a_long_page_is_cut_unless_all_of_it_is_asked_for(tmp_path):
    page = worlds.page_of(tmp_path / "it.html", long, error="it failed", outcome="failed", failed_after=250)
    result = trace(page)
    lines = result.stdout.splitlines()
    assert len(lines[lines.index("what crossed the ports") + 1 :]) in range(50, 61)
    assert ">> the test failed here: it failed" in lines
    assert result.stderr == "--all shows every call, --call N the whole of one\n"
    fewer = shown(page, "--limit", 12)
    assert len(fewer[fewer.index("what crossed the ports") + 1 :]) in range(8, 13)
    assert ">> the test failed here: it failed" in fewer
    everything = shown(page, "--all")
    assert sum("'key " in line for line in everything) == 500
    at = everything.index(">> the test failed here: it failed")
    assert " 250  " in everything[at - 1]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--port", "cache"], [4, 5]),
        (["--port", "cache", "--port", "mail"], [4, 5, 6]),
        (["--search", "CRM.example"], [7]),
        (["--search", "each_port", "--port", "database"], [1, 2, 3]),
        (["--task", "Task-1", "--search", "two words"], [4, 5]),
        (["--search", "nothing of the kind"], []),
        (["--port", "analytics"], []),
    ],
)
def test_options_choose_calls(page, options, numbers):
    lines = shown(page, *options)
    at = lines.index(f"what crossed the ports ({len(numbers)} of 10 calls)")
    assert [int(match[1]) for line in lines[at:] if (match := re.search(r" s +(\d+)  ", line))] == numbers
    assert ("   nothing matches" in lines) is not numbers or not numbers
    assert lines[-1].startswith(">> the test failed here")
    records = json.loads("\n".join(shown(page, *options, "--json")))["records"]
    assert [record["n"] for record in records if "n" in record] == numbers


def test_tasks_that_begin_and_end_are_shown_where_they_are_asked_for(page):
    assert not any("begins" in line for line in shown(page))
    assert any(line.endswith("  begins") for line in shown(page, "--port", "task"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "cash"], "there is no port 'cash'\nHint: one of: database, cache,"),
        (["--task", "task1"], "there is no task 'task1'\nHint: 'Task-1',"),
        (["--call", "11"], "there is no call 11\nHint: calls 1 to 10"),
    ],
)
def test_what_is_not_there_is_named(page, options, said):
    assert refused(page, *options).startswith(said)


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        (2, ["parameters", "  $1  ann  str", "  $2  ***  str", "result", "  INSERT 0 1"]),
        (
            3,
            [
                "SQL",
                "  SELECT id, name, password FROM people WHERE name = $1",
                "1 row",
                "  id  name  password",
                "  1   ann   ***",
            ],
        ),
        (4, ["Redis command", '  SET user:1 "two words" EX 60']),
        (5, ["reply", "  two words"]),
        (
            6,
            [
                "envelope",
                "  from   shop@example.org",
                "text part",
                "  Hello Ann, as text",
                "HTML part",
                "  <h1>Hello <em>Ann</em></h1>",
                "  list.csv  text/csv  8 bytes",
            ],
        ),
        (
            7,
            [
                "request",
                "  POST https://crm.example/people?page=2",
                '    "name": "ann"',
                "  authorization    ***",
                "response",
                "  201",
                '    "id": 7',
            ],
        ),
        (9, ["  time       0.000 s to 90.000 s (90.000 s)"]),
        (10, ["  the failure came of this call", "FileNotFound"]),
    ],
)
def test_the_whole_of_a_call(page, number, parts):
    lines = shown(page, "--call", number)
    assert re.fullmatch(rf"{number} \w+\.\w+", lines[0])
    assert [part for part in parts if part.lower() not in map(str.lower, lines)] == []


def test_rows_that_are_too_wide_stand_below_one_another(tmp_path):
    async def wide(nexus):
        await nexus.db.fetch_all("SELECT 1 AS id, $1::text AS words, NULL AS none", "long " * 50)

    lines = shown(worlds.page_of(tmp_path / "it.html", wide), "--call", 1)
    assert lines[lines.index("1 row") :] == [
        "1 row",
        "  row 1",
        "    id     1",
        f"    words  {'long ' * 50}".rstrip(),
        "    none   NULL",
    ]


def test_a_world_in_which_nothing_happened_says_so(tmp_path):
    async def nothing(nexus):
        pass

    page = worlds.page_of(tmp_path / "it.html", nothing)
    assert shown(page)[-2:] == ["what crossed the ports", "   nothing"]
    assert refused(page, "--call", 1) == "there is no call 1\nHint: nothing crossed a port\n"


@pytest.mark.parametrize("named", ["", "index.html"])
def test_an_index_lists_the_tests(folder, named):
    assert shown(folder / named) == [
        "2 tests with a world, 1 failed, 6 calls",
        "failed  tests/test_it.py::test_it      it.html",
        "        LookupError: gone (test_it.py:7)",
        "passed  tests/test_it.py::test_passes",
    ]
    assert json.loads("\n".join(shown(folder / named, "--json")))["tests"] == TESTS[::-1]
    assert [line.split()[0] for line in shown(folder / named, "--search", "GONE")[1:]] == ["failed", "LookupError:"]
    assert shown(folder / named, "--search", "nobody")[1:] == ["no test matches"]


@pytest.mark.parametrize("options", [["--port", "cache"], ["--task", "Task-1"], ["--call", "1"]])
def test_an_index_has_no_calls(folder, options):
    assert "--port, --task and --call are for one page\nHint: name the page of a test" in refused(folder, *options)


def test_a_long_index_says_what_was_left_out(tmp_path):
    write_index(tmp_path / "index.html", [{**TESTS[0], "test": f"test_it.py::test_{at:03}"} for at in range(75)])
    assert shown(tmp_path)[-2:] == ["passed  test_it.py::test_059", "... 15 more tests ..."]
    assert len(shown(tmp_path, "--all")) == 76


def data_of(page):
    return json.loads(page.read_text(encoding="utf-8").partition(BEGINS)[2].partition(ENDS)[0])


def written(path, data):
    path.write_text(f"<html>{BEGINS}{json.dumps(data)}{ENDS}</html>", encoding="utf-8")
    return path


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    """Each way in which it can be damaged is in `tests/report/test_reading.py`."""
    assert "nowhere.html does not exist\nHint: pytest --nexus-report=DIR" in refused(tmp_path / "nowhere.html")
    assert "has no index.html and no page\nHint: " in refused(tmp_path)
    assert "is damaged: its data has no 'test'\nHint: " in refused(
        written(tmp_path / "it.html", {"kind": "trace", "version": 1})
    )


VALUES = st.sampled_from([None, True, -1, 1.5, "", ESCAPES, [], [[]], {}, [None], {"a": 1}])


def places(value, path=()):
    """The path of each value inside another."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


@settings(max_examples=25)
@given(drawn=st.data())
def test_damaged_data_is_shown_or_refused_and_no_more(page, tmp_path_factory, drawn):
    data = data_of(page)
    *above, last = drawn.draw(st.sampled_from([path for path in places(data) if path]))
    holder = data
    for key in above:
        holder = holder[key]
    holder[last] = drawn.draw(VALUES)
    path = written(tmp_path_factory.getbasetemp() / "damaged.html", data)
    for options in ([], ["--call", 3], ["--port", "task", "--all"], ["--json"]):
        result = trace(path, *options)
        assert result.exit_code in (0, 2), (above, last, result.output)
        assert re.fullmatch(r"[\n\t\x20-\x7e\x85\xa0-\ufffd]*", result.output)


async def escaping(nexus):
    await nexus.db.execute("CREATE TABLE people (name TEXT)")
    await nexus.db.fetch_val("INSERT INTO people VALUES ($1) RETURNING name", ESCAPES.replace("\x00", ""))
    await nexus.db.fetch_all('SELECT name AS "a\x1b[1m" FROM people')
    await nexus.cache.set(ESCAPES, ESCAPES)
    await nexus.mail.send(worlds.mail(html=f"<p>{ESCAPES}</p>"), sender="a@example.org", recipients=["ann@example.org"])
    nexus.http.get("https://crm.example/").respond(200, html=ESCAPES)
    async with worlds.httpx.AsyncClient(transport=nexus.port("http")) as client:
        await client.get("https://crm.example/")
    nexus.journal.note("log", text=ESCAPES, level=30, logger=ESCAPES)
    raise LookupError(ESCAPES)


def test_nothing_of_a_page_is_an_order_to_the_terminal(tmp_path):
    page = worlds.page_of(
        tmp_path / "it.html",
        escaping,
        test=f"test_it.py::test_it[{ESCAPES}]",
        place=ESCAPES,
        example=ESCAPES,
        tape=Tape((ESCAPES,), token=ESCAPES, place=ESCAPES, found=ESCAPES),
    )
    told = {**TESTS[1], "error": ESCAPES, "test": ESCAPES, "place": ESCAPES, "page": f"{ESCAPES}.html"}
    write_index(tmp_path / "index.html", [told])
    (tmp_path / "a\x1b[31m.html").write_text("")
    asked = [[page], [page, "--json"], [tmp_path], [tmp_path, "--json"], [tmp_path / "a\x1b[31m.html"]]
    asked += [[page, "--call", number] for number in range(1, 7)]
    asked += [[page, "--port", "\x1b[31m"], [page, "--task", "\x1b[31m"]]
    for arguments in asked:
        output = trace(*arguments).output
        assert output.replace("\n", "").isprintable(), arguments
    assert r"\x1b[31m" in trace(page).output


def test_what_the_terminal_cannot_write_is_written_as_an_escape(tmp_path):
    async def snow(nexus):
        await nexus.cache.set("☃", "ü")

    page = worlds.page_of(tmp_path / "it.html", snow)
    assert trace(page).stdout.splitlines()[-1].endswith("cache.set('☃', 'ü') -> True")
    result = trace(page, charset="ascii")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith(r"cache.set('\u2603', '\xfc') -> True")


def test_it_is_opened_in_the_browser(folder, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda uri: opened.append(uri) or True)
    old = written(tmp_path / "old.html", {"tests": []})
    for path, file in ((folder, folder / "index.html"), (old, old)):
        assert shown(path, "--open") == [f"opened {file.as_uri()}"]
        assert opened.pop() == file.as_uri()
    assert "does not exist" in refused(tmp_path / "nowhere.html", "--open")
    assert not opened
    monkeypatch.setattr("webbrowser.open", lambda _uri: False)
    assert f"no browser can be opened here; the page is {old.as_uri()}" in refused(old, "--open", code=3)


def test_folders_and_pages_are_completed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("traces/a.html", "traces/index.html", "traces/notes.txt", ".git/a.html", "top.html"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert complete_pages("") == ["top.html", "traces/", "traces/a.html", "traces/index.html"]
    assert complete_pages("tr") == ["traces/", "traces/a.html", "traces/index.html"]
    assert complete_pages("traces/i") == ["traces/index.html"]
    assert complete_pages("./to") == ["./top.html"]
    assert complete_pages("nowhere/") == []
