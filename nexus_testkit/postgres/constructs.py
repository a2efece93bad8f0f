"""What the nodes of a parse tree are called in SQL, for the messages of what is refused."""

from __future__ import annotations

import re

#: Node -> the words that a user wrote to get it. Nodes that are not here are taken apart at their capitals.
WORDS = {
    "A_ArrayExpr": "ARRAY[...]",
    "A_Const": "a literal",
    "A_Expr": "an operator",
    "A_Indices": "a subscript",
    "A_Indirection": "a subscript or field of a value",
    "AlterDatabaseSetStmt": "ALTER DATABASE ... SET",
    "AlterDatabaseStmt": "ALTER DATABASE",
    "AlterDatabaseRefreshCollStmt": "ALTER DATABASE ... REFRESH COLLATION VERSION",
    "AlterEventTrigStmt": "ALTER EVENT TRIGGER",
    "AlterExtensionStmt": "ALTER EXTENSION",
    "AlterExtensionContentsStmt": "ALTER EXTENSION",
    "AlterFdwStmt": "ALTER FOREIGN DATA WRAPPER",
    "AlterForeignServerStmt": "ALTER SERVER",
    "AlterFunctionStmt": "ALTER FUNCTION",
    "AlterObjectDependsStmt": "ALTER ... DEPENDS ON EXTENSION",
    "AlterOpFamilyStmt": "ALTER OPERATOR FAMILY",
    "AlterOperatorStmt": "ALTER OPERATOR",
    "AlterPolicyStmt": "ALTER POLICY",
    "AlterPublicationStmt": "ALTER PUBLICATION",
    "AlterRoleSetStmt": "ALTER ROLE ... SET",
    "AlterRoleStmt": "ALTER ROLE",
    "AlterStatsStmt": "ALTER STATISTICS",
    "AlterSubscriptionStmt": "ALTER SUBSCRIPTION",
    "AlterSystemStmt": "ALTER SYSTEM",
    "AlterTSConfigurationStmt": "ALTER TEXT SEARCH CONFIGURATION",
    "AlterTSDictionaryStmt": "ALTER TEXT SEARCH DICTIONARY",
    "AlterTableSpaceOptionsStmt": "ALTER TABLESPACE",
    "AlterTypeStmt": "ALTER TYPE ... SET",
    "AlterUserMappingStmt": "ALTER USER MAPPING",
    "CallStmt": "CALL",
    "CheckPointStmt": "CHECKPOINT",
    "ClusterStmt": "CLUSTER",
    "CreateAmStmt": "CREATE ACCESS METHOD",
    "CreateCastStmt": "CREATE CAST",
    "CreateConversionStmt": "CREATE CONVERSION",
    "CreateEventTrigStmt": "CREATE EVENT TRIGGER",
    "CreateFdwStmt": "CREATE FOREIGN DATA WRAPPER",
    "CreateForeignServerStmt": "CREATE SERVER",
    "CreateForeignTableStmt": "CREATE FOREIGN TABLE",
    "CreateFunctionStmt": "CREATE FUNCTION",
    "CreateOpClassStmt": "CREATE OPERATOR CLASS",
    "CreateOpFamilyStmt": "CREATE OPERATOR FAMILY",
    "CreatePLangStmt": "CREATE LANGUAGE",
    "CreatePolicyStmt": "CREATE POLICY",
    "CreatePublicationStmt": "CREATE PUBLICATION",
    "CreateRangeStmt": "CREATE TYPE ... AS RANGE",
    "CreateRoleStmt": "CREATE ROLE",
    "CreateStatsStmt": "CREATE STATISTICS",
    "CreateSubscriptionStmt": "CREATE SUBSCRIPTION",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "CreateTransformStmt": "CREATE TRANSFORM",
    "CreateTrigStmt": "CREATE TRIGGER",
    "CreateUserMappingStmt": "CREATE USER MAPPING",
    "CreatedbStmt": "CREATE DATABASE",
    "CurrentOfExpr": "WHERE CURRENT OF",
    "DefineStmt": "CREATE AGGREGATE, OPERATOR, TYPE, TEXT SEARCH or COLLATION",
    "DoStmt": "DO",
    "DropOwnedStmt": "DROP OWNED",
    "DropRoleStmt": "DROP ROLE",
    "DropSubscriptionStmt": "DROP SUBSCRIPTION",
    "DropTableSpaceStmt": "DROP TABLESPACE",
    "DropUserMappingStmt": "DROP USER MAPPING",
    "DropdbStmt": "DROP DATABASE",
    "ExplainStmt": "EXPLAIN",
    "GrantRoleStmt": "GRANT or REVOKE of a role",
    "GroupingFunc": "GROUPING",
    "SelectStmt.groupDistinct": "GROUP BY DISTINCT",
    "RangeVar.catalogname": "a table's name with a database",
    "TypeName.setof": "SETOF",
    "typeName.setof": "SETOF",
    "typeName": "a type's name",
    "alias": "an alias",
    "relation": "a table's name",
    "ImportForeignSchemaStmt": "IMPORT FOREIGN SCHEMA",
    "JoinExpr": "JOIN",
    "LoadStmt": "LOAD",
    "ReassignOwnedStmt": "REASSIGN OWNED",
    "RangeFunction": "a function in FROM",
    "RangeSubselect": "a subquery in FROM",
    "RangeTableFunc": "XMLTABLE",
    "RangeTableSample": "TABLESAMPLE",
    "RangeVar": "a table's name",
    "ReindexStmt": "REINDEX",
    "ReturnStmt": "RETURN",
    "RuleStmt": "CREATE RULE",
    "SecLabelStmt": "SECURITY LABEL",
    "SetToDefault": "DEFAULT as a value",
    "SubLink": "a subquery",
    "TableLikeClause": "LIKE in CREATE TABLE",
    "TypeCast": "a cast",
    "TypeName": "a type's name",
    "VacuumStmt": "VACUUM or ANALYZE",
    "WindowDef": "a window's definition",
    "XmlExpr": "an XML function",
    "XmlSerialize": "XMLSERIALIZE",
}

# A node's name at the beginning, perhaps with one of its fields.
_NODE = re.compile(r"(A_[A-Z][A-Za-z]+|[A-Z][a-z]+[A-Z]\w+)(?= |$)|(\w+)\.(\w+)$")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z]|$)|[A-Z]?[a-z]+")


def named(construct: str) -> str:
    """A construct that may begin with a node's name, in SQL's words."""
    found = _NODE.match(construct)
    if found is None:
        return construct
    plain, holder, field = found.groups()
    kind = plain or holder
    words = WORDS.get(kind) or " ".join(_PARTS.findall(kind.removesuffix("Stmt").removesuffix("Clause"))).upper()
    if field:
        return WORDS.get(construct, f"{words} with {' '.join(_PARTS.findall(field)).lower()}")
    return words + construct[found.end() :]
