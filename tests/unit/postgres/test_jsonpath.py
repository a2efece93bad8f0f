"""jsonpath and SQL/JSON where a recorded scenario cannot show it: forms that read back, refusals, what is imported when."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.values.jsonpath import normalised

PATHS = [
    "$",
    "strict $.a.b[*]",
    "$.a[1 to last, 3, last - 1]",
    "$.** ? (@.b == 1 && (@.c > 2 || !(@.d < 3)))",
    "-1 + +$.a * (2 - 3) / $x % 4",
    "(1).type()",
    "($.a == 1).type()",
    '$ ? (@ like_regex "^a\\\\d" flag "iq") ? (@ starts with $"x y")',
    "$ ? ((@ > 1) is unknown || exists (@.a ? (@ > 2)))",
    '$.decimal(4,-2).datetime("HH24:MI").time(3).keyvalue().value',
    "$.**{2 to last}.**{last}.*",
]


@pytest.mark.parametrize("path", PATHS)
def test_the_text_of_a_path_reads_back_as_itself(path: str) -> None:
    shown = normalised(path)
    assert normalised(shown) == shown


@pytest.mark.parametrize(
    ("query", "construct"),
    [
        ("SELECT json_serialize('{}'::jsonb)", "JSON_SERIALIZE of jsonb"),
        ("SELECT jsonb_path_query('\"x\"', '$.datetime(\"Q\")')", "the template 'Q'"),
        ("SELECT jsonb_path_query('\"12345-01-01\"', '$.datetime()')", "years 1 to 9999"),
    ],
)
def test_what_differs_is_refused(sql: Any, query: str, construct: str) -> None:
    error = sql.error(query)
    assert isinstance(error, UnsupportedSQL)
    assert construct in str(error)


def test_a_braced_level_in_a_path_is_no_placeholder(sql: Any) -> None:
    assert sql.rows("SELECT jsonb_path_query_array('[[1]]', '$.**{1}'), '{0}'") == [([[1]], "{0}")]


def test_the_text_of_sql_json_in_the_catalogue_is_refused(sql: Any) -> None:
    sql.run("CREATE TABLE t (v text CHECK (v IS JSON))")
    assert sql.error("INSERT INTO t VALUES ('{')").sqlstate == "23514"
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass"
    assert isinstance(sql.error(query), UnsupportedSQL)


def test_no_module_of_json_paths_or_ranges_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, nexus_testkit.postgres.compile\n"
        "print([name for name in sys.modules if name.rpartition('.')[2] in "
        "('jsonpath', 'jsonpath_run', 'sqljson', 'jsonbuilding', 'jsontable', 'ranges', 'rangeops', 'rangetext')])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # our own code
    assert shown.stdout.strip() == "[]"
