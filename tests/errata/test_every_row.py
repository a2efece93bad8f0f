"""Keeps the errata together: every row has a test, and stands in docs/explanation/guide-errata.md."""

import ast
import re
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "explanation" / "guide-errata.md"
ROWS = list(range(1, 70))
NAME = re.compile(r"test_row_(\d\d)_[a-z0-9_]{10,}")


def rows_with_tests():
    rows = Counter()
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_row_"):
                match = NAME.fullmatch(node.name)
                assert match, f"{path.name}: {node.name} does not name its row and its promise"
                rows[int(match[1])] += 1
    return rows


def documented_rows():
    """Row -> its cells: what was wrong, what the reference does."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    tables = (re.fullmatch(r"\| (\d+) \| (.+?) \| (.+?) \|", line) for line in lines)
    return {int(match[1]): (match[2], match[3]) for match in tables if match}


def test_every_row_has_a_test():
    assert sorted(rows_with_tests()) == ROWS


def test_every_row_is_documented_once_and_in_order():
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert [int(match[1]) for line in lines if (match := re.match(r"\| (\d+) \|", line))] == ROWS
    assert list(documented_rows()) == ROWS


def test_every_documented_test_exists():
    text = DOCUMENT.read_text(encoding="utf-8")
    sources = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    mentioned = set(re.findall(r"`(test_row_\w+)`", text))
    assert mentioned
    assert [name for name in sorted(mentioned) if f"def {name}(" not in sources] == []
