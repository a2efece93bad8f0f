"""A statement that runs again on newer rows, with subqueries that go on seeing the older ones.

After a wait the server looks again at the newest version of the row that it is about to write, and at nothing else
(`EvalPlanQual`, execMain.c): what other parts of the statement read of the same table is the snapshot's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.lower import changing, queries
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.text import name
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed_queries import TableSource
from nexus_testkit.postgres.typed_statements import Delete, Update

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog, Table
    from nexus_testkit.postgres.plan import QueryPlan

_COPY = "pgs_older"


def variant(catalog: Catalog, plan: QueryPlan) -> QueryPlan | None:
    """The plan with its subqueries on a copy of the table that it writes; None where it reads that one nowhere else.

    Raises:
        UnsupportedSQL: it takes several steps.
    """
    tree = plan.tree
    if not isinstance(tree, Update | Delete) or not plan.writes:
        return None
    if not any(isinstance(node, TableSource) and node.table == plan.writes for node in nodes(tree)):
        return None
    if plan.steps:
        raise UnsupportedSQL(
            "an UPDATE or DELETE of several steps that has waited for a row of a table that it also reads"
        )
    low = Lowering(catalog, lambda construct, _: UnsupportedSQL(construct), queries.query)
    low.instead[plan.writes] = f"temp.{_COPY}"
    sql = changing.update(low, tree) if isinstance(tree, Update) else changing.delete(low, tree)
    return replace(plan, sql=sql)


def copy(table: Table) -> tuple[str, str]:
    """The statements that make the copy."""
    columns = "".join(f", {name(column.name)}" for column in table.columns)
    select = f"SELECT {table.rowid} AS pgs_row{columns} FROM main.{name(table.name)}"
    return f"DROP TABLE IF EXISTS temp.{_COPY}", f"CREATE TEMP TABLE {_COPY} AS {select}"
