"""Write the generated parts of the pages, or check that they are up to date.

    python docs/generate.py [--check]

Generated are, in README.md and docs/failing-tests.md, the captures of failing tests; in README.md the table of what the
fakes promise and refuse (out of the docstrings of the fakes); the whole of docs/reference/fake-database.md (`docs/fake_database.py`); in
docs/explanation/fake-database.md, the sum of its counts; in docs/reference/contracts.md, the promises of each port
(`docs/contracts.py`).
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import contracts  # noqa: E402  # beside this script
import fake_database  # noqa: E402  # likewise

from nexus_testkit.harness.assembly import PORTS, PortRow  # noqa: E402  # run from a checkout

PRODUCTION = {
    "clock": "the system's",
    "database": "PostgreSQL through asyncpg",
    "cache": "Redis through redis-py",
    "mail": "SMTP through aiosmtplib",
    "http": "httpx",
    "files": "a rooted directory",
    "analytics": "SQL",
}

FAILING = """
from nexus.services import UserManagementService


async def test_signup(nexus):
    crm = nexus.http.post("https://crm.example/contacts").respond(201, json={"id": 7})
    users = await nexus.service(UserManagementService)
    await users.create_user_with_welcome({"username": "ann", "email": "ann@example.org"})
    assert crm.called
"""


def promises() -> str:
    """The table of the fakes."""
    lines = [
        "| port | production | fake | promises | refuses, or does not emulate |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in PORTS:
        promise, limits = _docstring(row)
        lines.append(f"| {row.attribute} | {PRODUCTION[row.name]} | `{row.adapter}` | {promise} | {limits} |")
    return "\n".join(lines)


def _docstring(row: PortRow) -> tuple[str, str]:
    path = ROOT / "nexus_testkit" / "adapters" / "fake" / f"{row.name}.py"
    text = _class_docstring(path, row.adapter)
    if text is None:
        text = _class_docstring(ROOT / "nexus_testkit" / "adapters" / "sql.py", row.adapter)
    if text is None or "Limits:" not in text:
        sys.exit(f"{path}: the docstring of {row.adapter} has no 'Limits:' paragraph")
    promise = text.partition("\n\n")[0]
    limits = text.partition("Limits:")[2].partition("\n\n")[0]
    return _cell(promise), _cell(limits)


def _class_docstring(path: Path, name: str) -> str | None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return ast.get_docstring(node)
    return None


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def capture() -> str:
    """What pytest prints of a test that fails."""
    printed = _printed("test_signup.py", FAILING)
    match = re.search(r"(    async def test_signup.*?)(?:\n=+ short test summary|\Z)", printed, flags=re.DOTALL)
    if match is None:
        sys.exit(f"the test did not fail as it should:\n{printed}")
    return f"```text\n{_without_changing_parts(match[1].rstrip())}\n```"


def timeline() -> str:
    """What pytest prints below the failing test of the page, once that is no longer marked as such."""
    page = (ROOT / "docs" / "failing-tests.md").read_text(encoding="utf-8")
    block = re.search(r"^```python\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    source = "" if block is None else re.sub(r"^@pytest.mark.xfail.*\n", "", block[1], flags=re.MULTILINE)
    printed = _printed("test_greeter.py", source)
    match = re.search(
        r"^-+ what crossed the ports -+\n(.*?)\n=+ short test summary", printed, flags=re.DOTALL | re.MULTILINE
    )
    if match is None:
        sys.exit(f"the test of docs/failing-tests.md did not fail as it should:\n{printed}")
    return f"```text\n{_without_changing_parts(match[0].rpartition(chr(10))[0].rstrip())}\n```"


def _printed(name: str, source: str) -> str:
    """What pytest prints of a module."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_text(source, encoding="utf-8")
        options = ("-q", "--color=no", "-p", "no:cacheprovider", "-p", "no:randomly", name)
        command = [sys.executable, "-m", "pytest", *options]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=_environment())
    return f"{result.stdout}\n{result.stderr}" if result.returncode != 1 else result.stdout


def _environment() -> dict[str, str]:
    import os  # noqa: PLC0415

    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {"COLUMNS": "110"}


def _without_changing_parts(text: str) -> str:
    text = re.sub(r"0x[0-9a-f]{6,}", "0x...", text)
    return re.sub(r"<[0-9A-Za-z.-]+@", "<...@", text)


GENERATED = {
    ROOT / "README.md": {"promises": promises, "capture": capture},
    ROOT / "docs" / "failing-tests.md": {"timeline": timeline},
    ROOT / "docs" / "explanation" / "fake-database.md": {"fidelity": fake_database.summary},
    ROOT / "docs" / "reference" / "contracts.md": {"contracts": contracts.promises},
    ROOT / "docs" / "reference" / "fake-database.md": {
        "categories": fake_database.categories,
        "routines": fake_database.routines,
        "refusals": fake_database.refusals,
        "limits": fake_database.limits,
        "suites": fake_database.suites,
    },
}


def main() -> None:
    """Write, or check."""
    stale = []
    for page, parts in GENERATED.items():
        text = new = page.read_text(encoding="utf-8")
        for name, make in parts.items():
            pattern = rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)"
            made = make()
            new = re.sub(pattern, lambda found, made=made: f"{found[1]}{made}\n{found[2]}", new, flags=re.DOTALL)
        if new != text:
            stale.append(str(page.relative_to(ROOT)))
            if "--check" not in sys.argv:
                page.write_text(new, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"out of date: {', '.join(stale)}; run: python docs/generate.py")
    print("written:" if stale else "up to date", *stale)


if __name__ == "__main__":
    main()
