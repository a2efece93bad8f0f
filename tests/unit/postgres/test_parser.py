"""libpg_query: the library that we load, its version, positions."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from nexus_testkit.errors import SyntaxErrorInSQL, UnsupportedSQL
from nexus_testkit.postgres.nodes import Node, Statement
from nexus_testkit.postgres.parser import PARSER_VERSION, character_position, library_path, parse, parse_tree


def test_canary_the_library_is_there_with_its_symbols_and_version() -> None:
    library = ctypes.CDLL(library_path())
    assert library.pg_query_parse
    assert library.pg_query_free_parse_result
    assert parse_tree("SELECT 1")["version"] == PARSER_VERSION


def test_postgast_itself_is_not_imported() -> None:
    code = (
        "import sys; from nexus_testkit.postgres.parser import parse; parse('SELECT 1');"
        "sys.exit(any(name.split('.')[0] in ('postgast', 'google') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_positions_count_characters() -> None:
    with pytest.raises(SyntaxErrorInSQL) as caught:
        parse("SELECT 'éé' FROM x y z")
    assert caught.value.position == 22
    assert character_position("SELECT 'éé', b", 15) == 14


def test_several_statements() -> None:
    assert [kind for kind, _ in parse("BEGIN; SELECT 1; COMMIT")] == [
        "TransactionStmt",
        "SelectStmt",
        "TransactionStmt",
    ]


def test_a_field_that_no_rule_reads_is_refused() -> None:
    statement = Statement("SELECT é, something")
    node = Node("MadeUp", {"known": 1, "clause": {"Inner": {"deep": True}}, "location": 11}, statement)
    assert node["known"] == 1
    with pytest.raises(UnsupportedSQL) as caught:
        statement.check()
    assert caught.value.construct == "MADE UP with clause"
    assert caught.value.position == 11
    assert node["clause"]["deep"] is True
    statement.check()
