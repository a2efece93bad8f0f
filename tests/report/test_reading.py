"""Pages are read again: what is none, is damaged, or of another version is refused with a word on what to do."""

import json

import pytest

from nexus_testkit.errors import HarnessError
from nexus_testkit.report import write_index
from nexus_testkit.report.page import BEGINS, ENDS
from nexus_testkit.report.reading import read
from tests.report import worlds


def refused(path):
    """Why a path is refused."""
    with pytest.raises(HarnessError) as raised:
        read(path)
    return f"{raised.value}\n"


def data_of(page):
    return json.loads(page.read_text(encoding="utf-8").partition(BEGINS)[2].partition(ENDS)[0])


def written(path, data):
    path.write_text(f"<html>{BEGINS}{json.dumps(data)}{ENDS}</html>", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return worlds.page_of(tmp_path_factory.mktemp("page") / "it.html", worlds.failing)


def test_what_was_written_is_read(page, tmp_path):
    found = read(page)
    assert found.data == data_of(page)
    assert not found.is_index
    write_index(tmp_path / "index.html", [])
    assert read(tmp_path).is_index
    assert read(tmp_path).path == tmp_path / "index.html"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no page of nexus-testkit"),
        (b"\xff\xfe\x00binary", "is no page of nexus-testkit"),
        (f"{BEGINS}{{}}".encode(), "is damaged: it ends in the middle of its data"),
        (f'{BEGINS}{{"kind": "trace"{ENDS}'.encode(), "is damaged: its data is no JSON"),
        (f"{BEGINS}{'[' * 100_000}{ENDS}".encode(), "is damaged: its data is no JSON"),
        (f"{BEGINS}[]{ENDS}".encode(), "is damaged: its data is no object"),
        (f'{BEGINS}{{"tests": []}}{ENDS}'.encode(), "has no version, and this nexus-testkit reads version 1"),
        (f'{BEGINS}{{"version": 2}}{ENDS}'.encode(), "has version 2, and this nexus-testkit reads version 1"),
        (f'{BEGINS}{{"version": 1}}{ENDS}'.encode(), "is damaged: it says neither"),
        (f'{BEGINS}{{"version": 1, "kind": "index"}}{ENDS}'.encode(), "is damaged: its data has no 'tests'"),
    ],
)
def test_a_file_that_cannot_be_shown_is_refused(tmp_path, content, said):
    (tmp_path / "it.html").write_bytes(content)
    words = refused(tmp_path / "it.html")
    assert said in words
    assert "\nHint: " in words


def test_the_hint_fits_the_version(tmp_path):
    assert "Hint: upgrade nexus-testkit" in refused(written(tmp_path / "new.html", {"version": 2}))
    assert "Hint: run the tests again" in refused(written(tmp_path / "old.html", {"tests": []}))


def test_a_file_or_a_folder_without_pages_is_named(tmp_path):
    assert "nowhere.html does not exist\nHint: pytest --nexus-report=DIR" in refused(tmp_path / "nowhere.html")
    assert "has no index.html and no page\nHint: pytest --nexus-report=DIR" in refused(tmp_path)
    worlds.page_of(tmp_path / "it.html", worlds.failing)
    assert "has no index.html, which is written when a run ends\nHint: name one of its files: it.html" in refused(
        tmp_path
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["records"][0].update(t=99), "records[0].t is no task"),
        (lambda data: data["records"][-1].pop("s"), r"has no 's'"),
        (lambda data: data.update(tasks=[7]), "tasks[0] is not a text"),
        (lambda data: data.update(tape={"found": ""}), "tape has no 'decisions'"),
        (lambda data: data.update(seed=True), "seed is not a whole number"),
    ],
)
def test_what_is_damaged_is_named(page, tmp_path, change, said):
    data = data_of(page)
    change(data)
    assert f"is damaged: {said}" in refused(written(tmp_path / "it.html", data)).replace(
        f"records[{len(data['records']) - 1}] ", ""
    )
