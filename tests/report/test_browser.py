"""The trace page in a real browser: open, filter, click, copy, by keyboard; no error, and no text that runs."""

import pytest

from nexus_testkit.report import Tape, write_index
from tests.report import worlds

TAPE = Tape(("delay mail call 6 by 12 s",), token="nx1:abc", place="tests/test_it.py::test_it", found="found on run 3")


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    return worlds.page_of(tmp_path_factory.mktemp("page") / "it.html", worlds.failing, tape=TAPE)


def test_it_opens_at_what_failed(failing, opened):
    page = opened(failing)
    assert page.text("h1") == "tests/test_it.py::test_it"
    assert page.text(".facts").split("\n")[:2] == ["failed", "10 calls"]
    assert page.text("header .error") == "LookupError: no such person"
    assert page.text(".tape ol") == "delay mail call 6 by 12 s"
    assert page.text(".row.selected b") == "files.read_text"
    assert "The failure came of this call." in page.text(".detail")
    assert page.text(".row.failure .said") == "the test failed here: LookupError: no such person"
    assert page.complaints() == []


def test_the_example_of_hypothesis_stands_above_the_calls(tmp_path, opened):
    example = "Failing test case: test_it(\n    name='<b>ann</b>',\n)"
    page = opened(worlds.page_of(tmp_path / "it.html", worlds.failing, example=example, when="setup"))
    assert page.text("pre[aria-label='Example']") == example
    assert page.text(".row.failure .said") == "the setup failed here: LookupError: no such person"
    assert page.complaints() == []


def test_it_loads_nothing(failing, opened):
    page = opened(failing)
    assert (
        page.js("performance.getEntriesByType('resource').map(e => e.name).filter(name => !name.startsWith('data:'))")
        == []
    )


def test_ports_tasks_and_problems_filter(failing, opened):
    page = opened(failing)
    assert page.rows().count("database.execute") == 2
    page.button("database").click()
    assert not [row for row in page.rows() if row.startswith("database.")]
    assert page.text(".count") == "7 of 10 calls"
    page.button("database").click()
    page.button("only problems").click()
    assert page.rows() == ["files.read_text"]
    page.button("only problems").click()
    before = len(page.rows())
    page.button("tasks").click()
    assert "task begins" in page.rows()
    assert len(page.rows()) > before


def test_the_search_looks_at_arguments_results_and_callers(failing, opened):
    page = opened(failing)
    field = page.one(".tools input")
    for words, found in (
        ("crm.example", ["http.request"]),
        ("TWO WORDS", ["cache.set", "cache.get"]),
        ("each_port", 10),
        ("nothing of the kind", []),
    ):
        page.js("(arguments[0].select(), 0)", field)
        field.send_keys(words)
        rows = page.rows()
        assert (len(rows) if isinstance(found, int) else rows) == found, words
    assert "Nothing matches." in page.text(".list")


def test_a_click_shows_the_whole_of_a_query(failing, opened):
    page = opened(failing)
    page.choose(3)
    detail = page.text(".detail")
    assert "SELECT id, name, password FROM people WHERE name = $1" in detail
    assert page.text(".detail section .pairs").split() == ["$1", "ann", "str"]
    assert [cell.text for cell in page.all(".detail .rows th")] == ["id", "name", "password"]
    assert [cell.text for cell in page.all(".detail .rows td")] == ["1", "ann", "***"]
    page.choose(2)
    assert "hunter2" not in page.js("document.documentElement.textContent")


def test_a_click_shows_the_whole_of_a_mail(failing, opened):
    page = opened(failing)
    page.choose(6)
    detail = page.text(".detail")
    assert "ann@example.org" in detail
    assert "Subject" in detail
    assert "list.csv text/csv, 8 bytes" in detail
    frame = page.one(".detail iframe")
    assert frame.get_attribute("sandbox") == ""
    assert frame.get_attribute("srcdoc").strip() == "<h1>Hello <em>Ann</em></h1>"
    page.driver.switch_to.frame(frame)
    assert page.text("h1") == "Hello Ann"
    page.driver.switch_to.default_content()
    page.button("Text").click()
    assert page.text(".detail pre[aria-label='Text part']") == "Hello Ann, as text"
    page.button("HTML source").click()
    assert page.text(".detail pre[aria-label='HTML source']") == "<h1>Hello <em>Ann</em></h1>"
    assert page.complaints() == []


def test_a_click_shows_the_whole_of_an_exchange_and_of_a_command(failing, opened):
    page = opened(failing)
    page.choose(7)
    detail = page.text(".detail")
    assert "POST https://crm.example/people?page=2" in detail
    assert '"name": "ann"' in detail
    assert '"id": 7' in detail
    assert "Bearer abc" not in detail
    assert "sid=abc" not in detail
    page.choose(4)
    assert page.text(".detail pre[aria-label='Redis command']") == 'SET user:1 "two words" EX 60'


def test_the_line_that_runs_it_again_is_copied(failing, opened):
    from selenium.webdriver.common.keys import Keys

    page = opened(failing)
    lines = [each.text for each in page.all(".command code")]
    assert lines == ['@pytest.mark.nexus(replay="nx1:abc")', "nexus-testkit replay nx1:abc 'tests/test_it.py::test_it'"]
    page.all(".command .copy")[1].click()
    page.one(".tools input").send_keys(Keys.CONTROL, "v")
    assert page.one(".tools input").get_attribute("value") == lines[1]
    assert page.complaints() == []


def test_it_is_used_by_keyboard_alone(failing, opened):
    from selenium.webdriver.common.keys import Keys

    page = opened(failing)

    def keys(*typed):
        page.driver.switch_to.active_element.send_keys(*typed)

    keys("/")
    keys("read")
    assert page.rows() == ["files.read_text"]
    keys(Keys.ESCAPE)
    assert page.js("document.activeElement.getAttribute('role')") == "listbox"
    keys(Keys.HOME)
    assert page.text(".row.selected .n") == "1"
    keys(Keys.ARROW_DOWN)
    assert page.text(".row.selected .n") == "2"
    assert "INSERT INTO people" in page.text(".detail")
    active = page.one(".list").get_attribute("aria-activedescendant")
    assert page.one(f"#{active}").get_attribute("aria-selected") == "true"
    keys("n")
    assert page.text(".row.selected b") == "files.read_text"
    reached = set()
    page.js("(document.activeElement.blur(), 0)")
    for _ in range(60):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.add(page.js("document.activeElement.outerHTML"))
    missed = [
        each
        for each in page.all("button:not(:disabled), input, select")
        if each.get_attribute("outerHTML") not in reached
    ]
    assert not [each.get_attribute("outerHTML") for each in missed]


def test_text_of_a_test_never_runs(tmp_path, opened):
    page = opened(
        worlds.page_of(tmp_path / "it.html", worlds.hostile, test=f"tests/test_it.py::test_it[{worlds.HOSTILE}]")
    )
    assert worlds.HOSTILE in page.text("header .error")
    for number in range(1, 7):
        page.choose(number)
        for label in ("Text", "HTML source", "HTML"):
            for button in page.all(".detail .tabs button"):
                if button.text == label:
                    button.click()
    page.choose(5)
    page.driver.switch_to.frame(page.one(".detail iframe"))
    page.one("a").click()
    page.driver.switch_to.default_content()
    assert page.js("window.pwned") is None
    assert page.js("document.querySelectorAll('img').length") == 0
    assert page.js("document.querySelectorAll('script').length") == 4
    assert page.driver.current_url.startswith("file:")
    # What a mail asks for is refused; the page itself has nothing to complain of.
    assert all("Content Security Policy" in said or "sandbox" in said for said in page.complaints())


def test_ten_thousand_calls_stay_readable(tmp_path, opened):
    from selenium.webdriver.common.keys import Keys

    page = opened(worlds.page_of(tmp_path / "it.html", worlds.many))
    assert page.text(".facts").split("\n")[1] == "10,010 calls"
    assert len(page.all(".row")) < 100
    page.one(".list").send_keys(Keys.END)
    assert page.text(".row.selected .n") == "10010"
    page.one(".list").send_keys(Keys.HOME)
    assert page.text(".row.selected .n") == "1"
    assert len(page.all(".row")) < 100
    page.one(".tools input").send_keys("key 77")
    assert page.text(".count") == "111 of 10,010 calls"
    page.button("+").click()
    assert page.complaints() == []


@pytest.mark.parametrize("width", [1280, 700])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_sticks_out_light_or_dark_wide_or_narrow(failing, opened, width, dark):
    page = opened(failing, width=width, dark=dark)
    assert page.js("document.documentElement.scrollWidth") <= width
    red, green, blue = (
        int(each) for each in page.js("getComputedStyle(document.body).backgroundColor").strip("rgb()").split(", ")
    )
    assert (red + green + blue < 200) is dark
    assert page.complaints() == []


def test_the_index_leads_to_the_pages(tmp_path, opened):
    worlds.page_of(tmp_path / "it.html", worlds.failing)
    told = {"error": "", "place": "", "calls": 3, "elapsed_s": 1.5}
    tests = [
        {"test": "tests/test_it.py::test_other", "outcome": "passed", "page": None, **told},
        {"test": "tests/test_it.py::test_it", "outcome": "failed", "page": "it.html", **told, "error": worlds.HOSTILE},
    ]
    write_index(tmp_path / "index.html", tests)
    page = opened(tmp_path / "index.html")
    assert [each.text for each in page.all("tbody .pill")] == ["failed", "passed"]
    assert worlds.HOSTILE in page.text("tbody")
    assert page.js("window.pwned") is None
    page.one("input").send_keys("test_other")
    assert len(page.all("tbody tr")) == 1
    page.js("(document.querySelector('input').value = '', 0)")
    page.driver.refresh()
    page.one("a").click()
    assert page.text("h1") == "tests/test_it.py::test_it"
    assert page.complaints() == []
