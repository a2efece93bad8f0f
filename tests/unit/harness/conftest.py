"""A real server on loopback, and a file of exchanges that nobody has recorded yet."""

import pytest

from tests.loopback import loopback


@pytest.fixture
def server():
    with loopback() as server:
        yield server


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Where no CI refuses to record, and no proxy stands before the server."""
    for name in ("CI", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "exchanges" / "api.json"
