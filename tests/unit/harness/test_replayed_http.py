"""What recorded exchanges are to a test, and when nothing is recorded."""

import httpx
import pytest

import nexus_testkit
from nexus_testkit.errors import LeakError, RecordingError
from nexus_testkit.exploration import explore
from nexus_testkit.ports.http import UnmatchedRequest
from tests.unit.harness.recorded_world import getting, play


def test_stray_shows_the_nearest_exchange_and_how_to_record(server, file):
    server.answers("POST", "/pay", 201)

    def body(path, payment):
        async def ask(client, _nexus):
            await client.post(f"{server.base}{path}", json=payment)

        return ask

    play(file, body("/pay?v=1", {"amount": 5, "card": {"token": "t1"}}), record=True)
    server.stop()
    with pytest.raises(UnmatchedRequest) as caught:
        play(file, body("/pay?v=2", {"amount": 6, "card": {"token": "t2"}}))
    said = str(caught.value)
    assert f"nearest: POST {server.base}/pay?v=1 recorded in api.json" in said
    assert "query 'v': expected '1', got '2'" in said
    assert "json.amount: expected 5, got 6" in said
    assert "token" not in said.partition("Hint:")[0], "secrets do not tell requests apart"
    assert "or record it: recorded(..., record=True)" in said
    with pytest.raises(UnmatchedRequest, match="path: expected '/pay', got '/pya'"):
        play(file, body("/pya?v=1", {"amount": 5, "card": {"token": "t1"}}))


def test_match_on_says_what_makes_two_requests_the_same(server, file):
    server.answers("POST", "/log", 202)

    async def body(client, nexus):
        await client.post(f"{server.base}/log", json={"at": str(nexus.clock.now()), "id": next(ids)})

    ids = iter(range(9))
    play(file, body, record=True)
    server.stop()
    with pytest.raises(UnmatchedRequest, match=r"json\.id: expected 0, got 1"):
        play(file, body)
    play(file, body, match_on=("method", "url"))
    for wrong in (("method", "uri"), (), "url"):
        with pytest.raises(RecordingError, match="match_on="):
            play(file, body, match_on=wrong)


def test_order_of_a_query_and_spaces_of_json_do_not_count(server, file):
    server.answers("POST", "/q", 200, b"ok")

    def body(url, content):
        async def ask(client, _nexus):
            return (await client.post(url, content=content, headers={"Content-Type": "application/json"})).text

        return ask

    play(file, body(f"{server.base}/q?a=1&b=%2F", b'{"x":1,"y":2}'), record=True)
    server.stop()
    assert play(file, body(f"{server.base}/q?b=/&a=1", b'{"y": 2, "x": 1}')) == "ok"


def test_faults_journal_and_assertions_are_those_of_other_routes(server, file):
    server.answers("GET", "/a", 200, b"fine")
    play(file, getting(f"{server.base}/a"), record=True)
    server.stop()

    async def body(client, nexus):
        nexus.faults.on("http.request").nth(1).responds(503)
        assert (await client.get(f"{server.base}/a")).status_code == 503
        assert (await client.get(f"{server.base}/a")).text == "fine"
        nexus.http.assert_called("GET", f"{server.base}/a", count=2)
        assert [call.operation for call in nexus.journal.calls] == ["http.request"] * 2

    play(file, body)


def test_required_exchanges_must_be_asked_for(server, file):
    server.answers("GET", "/a", 200)
    server.answers("GET", "/b", 200)
    play(file, getting(f"{server.base}/a", f"{server.base}/b"), record=True)

    async def main(nexus):
        recorded = nexus.http.recorded(file).required()
        async with httpx.AsyncClient(transport=nexus.http) as client:
            await client.get(f"{server.base}/a")
        assert (recorded.called, recorded.call_count, len(recorded.routes)) == (True, 1, 2)
        assert {route.made_at.where().rpartition(":")[0] for route in recorded.routes} == {__file__}

    with pytest.raises(
        LeakError, match=r"a required route that nobody called: GET http://127\.0\.0\.1:\d+/b recorded in"
    ):
        nexus_testkit.run(main)


def test_without_a_file_the_error_says_how_to_record(file):
    with pytest.raises(RecordingError) as caught:
        play(file, getting())
    assert str(caught.value) == f"there is no file {file}\nHint: record it: recorded(..., record=True)"


def test_a_failing_test_records_nothing(server, file):
    server.answers("GET", "/a", 401)

    async def body(client, _nexus):
        assert (await client.get(f"{server.base}/a")).status_code == 200

    with pytest.raises(AssertionError):
        play(file, body, record=True)
    assert not file.exists()


def test_a_request_that_fails_is_not_recorded(server, file):
    server.answers("GET", "/a", 200, b"fine")
    server.stop()

    async def body(client, _nexus):
        with pytest.raises(httpx.ConnectError) as caught:
            await client.get(f"{server.base}/a")
        assert str(caught.value.request.url) == f"{server.base}/a"

    play(file, body, record=True)
    assert not file.exists()


@pytest.mark.parametrize("value", ["true", "1"])
def test_ci_does_not_record(monkeypatch, file, value):
    monkeypatch.setenv("CI", value)
    with pytest.raises(RecordingError, match="where the environment says CI"):
        play(file, getting(), record=True)


def test_unknown_way_of_recording_is_refused(file):
    with pytest.raises(RecordingError, match="record='once'\nHint: 'missing'"):
        play(file, getting(), record="once")


def test_a_search_does_not_record(file):
    async def body(nexus):
        nexus.http.recorded(file, record=True)

    with pytest.raises(RecordingError, match="in a plain run \\(not in a search, a sweep or a replay\\)"):
        explore(body, runs=2)


def test_a_place_that_cannot_be_written_is_an_error(server, file, tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(RecordingError, match="cannot be written"):
        play(tmp_path / "file" / "x.json", getting(f"{server.base}/a"), record=True)
