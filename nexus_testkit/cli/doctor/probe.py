"""A small test that uses every kind of fake, run as a project would run it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from nexus_testkit.cli.doctor.finding import Finding

_LIMIT_S = 120.0
_LINES = 12
# Settings of the project's are left out: what breaks here is broken for any project in this environment.
_TEST = """
from nexus.database import DatabaseAdapter
from nexus.plugins import Plugin
from nexus.services import EmailService, Service, get_service, inject, register_service


async def test_fakes(nexus):
    await nexus.db.execute("CREATE TABLE doctor (id serial PRIMARY KEY, name text)")
    await nexus.db.execute("INSERT INTO doctor (name) VALUES ($1)", "ann")
    await nexus.db.assert_has("doctor", id=1, name="ann")
    await nexus.cache.set("key", "value", ttl=60)
    await nexus.clock.advance(minutes=2)
    assert await nexus.cache.get("key") is None
    await (await nexus.service(EmailService)).send_email(["ann@example.org"], "Hello", "text")
    nexus.mail.assert_sent(to="ann@example.org", subject="Hello", count=1)
"""


def check_fakes() -> Finding:
    """Run the test; a finding that says how it went."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with tempfile.TemporaryDirectory(prefix="nexus-testkit-") as name:
        file = Path(name) / "test_doctor.py"
        file.write_text(_TEST, encoding="utf-8")
        options = ["-q", "--no-header", "--color=no", "--tb=short", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *options, "-c", os.devnull, f"--rootdir={name}", str(file)]
        try:
            done = subprocess.run(  # noqa: S603  # this interpreter, and the file above
                command, cwd=name, env=variables, capture_output=True, text=True, timeout=_LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return Finding("broken", "a first test", f"did not end within {_LIMIT_S:g} s", _again())
    if done.returncode == 0:
        return Finding("ok", "a first test", "with database, cache, clock and mail passes")
    said = "\n".join((done.stdout.strip() or done.stderr.strip()).splitlines()[-_LINES:])
    return Finding("broken", "a first test", f"fails, without any setting of your project:\n{said}", _again())


def _again() -> str:
    return "the findings above first, then this; or start from an empty environment: python3 -m venv .venv"
