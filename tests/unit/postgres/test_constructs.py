"""What is refused is named as one writes it in SQL."""

import pytest

from nexus_testkit.postgres.constructs import named


@pytest.mark.parametrize(
    ("construct", "words"),
    [
        ("ExplainStmt", "EXPLAIN"),
        ("RangeTableSample", "TABLESAMPLE"),
        ("CreateTrigStmt in CREATE SCHEMA", "CREATE TRIGGER in CREATE SCHEMA"),
        ("SelectStmt.groupDistinct", "GROUP BY DISTINCT"),
        ("AlterFooBarStmt", "ALTER FOO BAR"),
        ("JSON_SERIALIZE of jsonb", "JSON_SERIALIZE of jsonb"),
        ("the system catalogue pg_catalog.pg_x", "the system catalogue pg_catalog.pg_x"),
        ("CREATE TABLE ... AS EXECUTE", "CREATE TABLE ... AS EXECUTE"),
        ("function int4(A_Const)", "function int4(A_Const)"),
    ],
)
def test_a_node_has_sqls_words(construct, words):
    assert named(construct) == words


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("EXPLAIN SELECT 1", "EXPLAIN"),
        ("SELECT * FROM pg_class TABLESAMPLE SYSTEM (1)", "TABLESAMPLE"),
        ("SELECT xmlelement(name a)", "an XML function"),
        ("CREATE TRIGGER a AFTER INSERT ON b EXECUTE FUNCTION c()", "CREATE TRIGGER"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION"),
    ],
)
def test_a_refusal_says_it(sql, query, word):
    assert f"does not support {word}" in sql.error(query).message
