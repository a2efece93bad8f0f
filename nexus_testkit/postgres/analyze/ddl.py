"""CREATE, DROP, TRUNCATE and friends: which rule compiles which statement that changes the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan

Rule = Callable[[Context, Node], SchemaPlan]

#: Module and function of `analyze`: a program that makes two tables loads neither views nor enums.
RULES = {
    "CreateStmt": "tables.create_table",
    "IndexStmt": "indexes.create_index",
    "DropStmt": "drops.drop",
    "TruncateStmt": "dropping.truncate",
    "AlterTableStmt": "viewchanges.change",
    "RenameStmt": "renames.rename",
    "CreateEnumStmt": "enums.create",
    "CompositeTypeStmt": "composites.create",
    "AlterEnumStmt": "enums.alter",
    "CreateDomainStmt": "domains.create",
    "AlterDomainStmt": "domains.alter",
    "CreateSeqStmt": "sequences.create_sequence",
    "AlterSeqStmt": "sequences.alter_sequence",
    "CreateSchemaStmt": "schemas.create",
    "AlterObjectSchemaStmt": "schemas.set_schema",
    "ViewStmt": "views.create",
    "CreateTableAsStmt": "copies.create",
    "RefreshMatViewStmt": "copies.refresh",
    "CommentStmt": "comments.comment",
}


def rule(kind: str) -> Rule | None:
    """The rule for a kind of statement; None where it changes no catalogue."""
    place = RULES.get(kind)
    if place is None:
        grants = import_module("nexus_testkit.postgres.analyze.grants")
        return cast("Rule | None", grants.RULES.get(kind))
    module, name = place.split(".")
    return cast("Rule", getattr(import_module(f"nexus_testkit.postgres.analyze.{module}"), name))
