"""pg_get_viewdef(): a view's query as PostgreSQL prints it (`get_query_def` and its kin, utils/adt/ruleutils.c).

Limits: one SELECT over tables and views, joined by JOIN ... ON, with WHERE, GROUP BY, HAVING, DISTINCT, ORDER BY, LIMIT and
OFFSET. Everything else is refused.
"""

from __future__ import annotations

from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, View
from nexus_testkit.postgres.deparse import Writer
from nexus_testkit.postgres.typed import (
    Aggregate,
    ArrayCompare,
    ArrayExpr,
    BoolOp,
    Call,
    Case,
    Cast,
    Coalesce,
    ColumnRef,
    Const,
    Distinct,
    Expr,
    InList,
    IsTest,
    MinMax,
    NullIf,
    SortKey,
    Subscript,
)
from nexus_testkit.postgres.typed_queries import JoinSource, Select, Source, TableSource, ViewSource
from nexus_testkit.postgres.values.textual import quote_ident

_KNOWN = (
    ArrayCompare,
    ArrayExpr,
    BoolOp,
    Call,
    Case,
    Cast,
    Coalesce,
    Const,
    Distinct,
    InList,
    IsTest,
    MinMax,
    NullIf,
    Subscript,
)
# PRETTYINDENT_STD: how far what stands in a SELECT is indented.
_WITHIN = 8
_JOINS = {"INNER": "JOIN", "LEFT": "LEFT JOIN", "RIGHT": "RIGHT JOIN", "FULL": "FULL JOIN"}


def view_text(catalog: Catalog, view: View, *, pretty: bool) -> str:
    """The view's query, with a semicolon.

    Raises:
        UnsupportedSQL: where it needs what this module does not know.
    """
    return _ViewWriter(catalog, view, pretty=pretty).query()


def _refused(what: str) -> UnsupportedSQL:
    return UnsupportedSQL(f"the text of a view with {what}, as PostgreSQL prints it")


class _ViewWriter(Writer):
    """A view's query on its way into text."""

    def __init__(self, catalog: Catalog, view: View, *, pretty: bool) -> None:
        super().__init__(pretty=pretty, domain=False)
        self.catalog = catalog
        self.view = view
        self.level = _WITHIN
        self.names: dict[str, str] = {}
        self.columns: dict[str, list[str]] = {}
        self.relations: dict[str, str] = {}

    def query(self) -> str:
        query = self.view.query
        body = query.body
        if not isinstance(body, Select) or query.ctes or query.locks or query.ties:
            raise _refused("WITH, VALUES or a set operation")
        if body.distinct_on:
            raise _refused("DISTINCT ON")
        parsed = self.view.written
        written = parsed.get("fromClause", [])
        if "windowClause" in parsed or len(written) != len(body.sources):
            raise _refused("this FROM or WINDOW")
        for item, source in zip(written, body.sources, strict=True):
            self.name(item, source)
        text = " SELECT " + ("DISTINCT " if body.distinct else "")
        shown = body.outputs[: len(body.outputs) - body.hidden]
        for at, (column, output) in enumerate(zip(self.view.columns, shown, strict=True)):
            item = self.output(output.expr, column.name)
            if item.startswith("\n"):
                text = text.rstrip(" ") + item
            else:
                text += ("\n    " if at else "") + item
            text += ", " if at < len(shown) - 1 else ""
        if body.sources:
            text += "\n   FROM " + ",\n    ".join(self.source(source) for source in body.sources)
        if body.where is not None:
            text += f"\n  WHERE {self.text(body.where)}"
        if body.groups:
            text += "\n  GROUP BY " + ", ".join(self.sorted_by(group) for group in body.groups)
        if body.having is not None:
            text += f"\n HAVING {self.text(body.having)}"
        if query.order:
            keys = [item[1] if isinstance(item, tuple) else item for item in query.order]
            text += "\n  ORDER BY " + ", ".join(self.key(key) for key in keys)
        if query.offset is not None:
            text += f"\n OFFSET {self.text(query.offset)}"
        if query.limit is not None:
            text += f"\n LIMIT {self.text(query.limit)}"
        return "\n".join(line.rstrip(" ") for line in text.split("\n")) + ";"

    # ------------------------------------------------------------------------------------------- FROM

    def name(self, written: dict[str, Any], source: Source) -> None:
        """Find the alias that was written for each relation."""
        if isinstance(source, JoinSource):
            join = written.get("JoinExpr")
            if join is None or "usingClause" in join or "alias" in join or join.get("isNatural"):
                raise _refused("JOIN ... USING, NATURAL JOIN or a join's alias")
            self.name(join["larg"], source.left)
            self.name(join["rarg"], source.right)
            return
        relation = written.get("RangeVar")
        if relation is None or not isinstance(source, TableSource | ViewSource):
            raise _refused("a function or a query in FROM")
        key = source.table if isinstance(source, TableSource) else source.view
        alias = relation.get("alias", {})
        if "colnames" in alias:
            raise _refused("names of columns in FROM")
        if key in self.catalog.tables:
            columns = [column.name for column in self.catalog.tables[key].columns]
        elif key in self.catalog.views:
            columns = [column.name for column in self.catalog.views[key].columns]
        else:
            raise _refused("a relation of the system")
        bare = naming.bare(key)
        self.names[source.alias] = alias.get("aliasname", bare)
        self.columns[source.alias] = columns
        shown = naming.qualified(self.catalog, key)
        named = self.names[source.alias]
        self.relations[source.alias] = shown if named == bare else f"{shown} {quote_ident(named)}"

    def source(self, source: Source, *, right: bool = False) -> str:
        if not isinstance(source, JoinSource):
            return self.relations[getattr(source, "alias", "")]
        left, other = self.source(source.left), self.source(source.right, right=True)
        if source.kind == "CROSS" or source.on is None:
            text = f"{left}\n     CROSS JOIN {other}"
        else:
            on = self.text(source.on)
            text = f"{left}\n     {_JOINS[source.kind]} {other} ON {on if self.pretty else f'({on})'}"
        return text if self.pretty and not right else f"({text})"

    # ------------------------------------------------------------------------------------- expressions

    def output(self, expr: Expr, name: str) -> str:
        """A column of the select list; what is no column itself always shows its name."""
        text = self.text(expr, implicit=True)
        if isinstance(expr, ColumnRef) and not expr.collation and self.column(expr) == name:
            return text
        return f"{text} AS {quote_ident(name)}"

    def column(self, node: ColumnRef) -> str:
        """The name of a column in its relation; those of a view in FROM are called c0, c1 ..."""
        columns = self.columns.get(node.relation)
        if columns is None:
            raise _refused("a reference to an outer query")
        return node.name if node.name in columns else columns[int(node.name[1:])]

    def text(self, node: Expr, *, implicit: bool = False) -> str:
        if node.collation:
            return self.collated(node, implicit=implicit)
        if isinstance(node, ColumnRef):
            shown = quote_ident(self.column(node))
            return shown if len(self.names) == 1 else f"{quote_ident(self.names[node.relation])}.{shown}"
        if isinstance(node, Aggregate):
            return self.aggregate(node)
        if not isinstance(node, _KNOWN):
            raise _refused("a subquery, a window function or another such expression")
        return super().text(node, implicit=implicit)

    def aggregate(self, node: Aggregate) -> str:
        if node.within:
            raise _refused("WITHIN GROUP")
        args = "*" if node.star else self.listed(node.args)
        order = f" ORDER BY {', '.join(self.key(key) for key in node.order)}" if node.order else ""
        text = f"{quote_ident(node.name)}({'DISTINCT ' if node.distinct else ''}{args}{order})"
        return text if node.where is None else f"{text} FILTER (WHERE {self.text(node.where)})"

    def sorted_by(self, expr: Expr) -> str:
        """An expression of GROUP BY or ORDER BY (`get_rule_sortgroupclause`)."""
        text = self.text(expr, implicit=True)
        plain = isinstance(expr, Call) and not expr.operator
        if expr.collation:
            return f"({text})" if self.pretty else text
        wrapped = not isinstance(expr, ColumnRef | Const) and (self.pretty or plain or isinstance(expr, Aggregate))
        return f"({text})" if wrapped else text

    def key(self, key: SortKey) -> str:
        text = self.sorted_by(key.expr)
        if key.descending:
            return f"{text} DESC" + ("" if key.nulls_first else " NULLS LAST")
        return text + (" NULLS FIRST" if key.nulls_first else "")
