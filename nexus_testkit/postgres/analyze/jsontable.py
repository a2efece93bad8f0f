"""JSON_TABLE in FROM (parse_jsontable.c)."""

from __future__ import annotations

import json
from typing import Any

from nexus_testkit.postgres.analyze import sqljson
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, ColumnRef, Const, Expr, Typmod
from nexus_testkit.postgres.typed_queries import FunctionSource, Source

Columns = list[tuple[str, str, Typmod]]

_JSON = frozenset({"json", "jsonb"})
_KINDS = {"JTC_REGULAR": "value", "JTC_FORMATTED": "query", "JTC_EXISTS": "exists"}


class _Reading:
    """The columns of one JSON_TABLE, as they are read."""

    def __init__(self, context: Context, scope: Scope) -> None:
        self.context, self.scope = context, scope
        self.columns: Columns = []
        self.defaults: list[Expr] = []
        self.names: set[str] = set()

    def name(self, name: str, where: Node | int) -> None:
        """Each name of a column or path stands once."""
        if name in self.names:
            raise self.context.error("42712", f"duplicate JSON_TABLE column or path name: {name}", where)
        self.names.add(name)

    def collect(self, node: Node) -> None:
        """All names, before anything else is looked at (`CheckDuplicateColumnOrPathNames`)."""
        for column in node.all("columns"):
            if column.fields["coltype"] == "JTC_NESTED":
                spec = column["pathspec"]
                if "name" in spec:
                    self.name(spec["name"], spec.get("name_location", -1))
                self.collect(column)
            else:
                self.name(column["name"], column)

    def plan(self, node: Node, path: str) -> dict[str, Any]:
        """The plan of the columns below one path."""
        own: list[dict[str, Any]] = []
        inner = [column for column in node.all("columns") if column["coltype"] == "JTC_NESTED"]
        for column in node.all("columns"):
            kind = column["coltype"]
            if kind == "JTC_FOR_ORDINALITY":
                if any(other["op"] == "ordinality" for other in own):
                    raise self.context.error("42601", "only one FOR ORDINALITY column is allowed", column)
                column.skip("wrapper", "quotes")
                own.append({"op": "ordinality", "at": self._add(column["name"], "int4", None, [])})
            elif kind != "JTC_NESTED":
                own.append(self._column(column, kind))
        nested: list[dict[str, Any]] = []  # their columns come after all others
        for column in inner:
            column.skip("wrapper", "quotes")
            nested.append(self.plan(column, self.path(column["pathspec"])))
        return {"path": path, "columns": own, "nested": nested}

    def _add(self, name: str, kind: str, typmod: Typmod, defaults: list[Expr]) -> int:
        self.columns.append((name, kind, typmod))
        self.defaults += defaults or [Const("text", None), Const("text", None)]
        return len(self.columns) - 1

    def path(self, spec: Node) -> str:
        """A path, which has to be a constant."""
        spec.skip("name", "name_location")
        found = sqljson.path(self.context, spec["string"], self.scope)
        if not isinstance(found, Const):
            raise self.context.unsupported("a path of JSON_TABLE that is no constant", spec)
        return str(found.value)

    def _column(self, column: Node, coltype: str) -> dict[str, Any]:
        name: str = column["name"]
        kind, typmod = sqljson.of_type(self.context, column["typeName"])
        wrapper = column.get("wrapper", "JSW_UNSPEC").removeprefix("JSW_")
        quotes = column.get("quotes", "JS_QUOTES_UNSPEC").removeprefix("JS_QUOTES_")
        sqljson.format_of(column)
        op = _KINDS[coltype]
        if op == "value" and (kind in _JSON or kind.endswith(("[]", ")")) or wrapper != "UNSPEC" or quotes != "UNSPEC"):
            op = "query"
        if wrapper in ("CONDITIONAL", "UNCONDITIONAL") and quotes == "OMIT":
            raise self.context.error(
                "42601", "SQL/JSON QUOTES behavior must not be specified when WITH WRAPPER is used", column
            )
        path = '$."' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if "pathspec" in column:
            path = self.path(column["pathspec"])
        kinds, defaults = sqljson.behaviours(self.context, column, self.scope, op, (kind, typmod), name)
        return {
            "op": op,
            "at": self._add(name, kind, typmod, defaults),
            "type": kind,
            "typmod": typmod,
            "wrapper": wrapper,
            "quotes": quotes,
            "column": name,
            "path": path,
            **kinds,
        }


def call(context: Context, node: Node, scope: Scope) -> tuple[Call, Columns]:
    """The call that gives the rows, and the columns."""
    found = node.get("on_error")
    strict = False
    if found is not None:
        kind = found["btype"].removeprefix("JSON_BEHAVIOR_")
        if kind not in ("ERROR", "EMPTY", "EMPTY_ARRAY"):
            raise context.error(
                "42601",
                "invalid ON ERROR behavior",
                found,
                detail="Only EMPTY [ ARRAY ] or ERROR is allowed in the top-level ON ERROR clause.",
            )
        strict = kind == "ERROR"
    reading = _Reading(context, scope)
    spec = node["pathspec"]
    if "name" in spec:
        reading.name(spec["name"], spec.get("name_location", -1))
    reading.collect(node)
    document = sqljson.item(context, node["context_item"], scope)
    names, values = sqljson.passing(context, node.all("passing"), scope)
    plan = reading.plan(node, reading.path(spec))
    text = json.dumps(
        {
            "plan": plan,
            "width": len(reading.columns),
            "strict": strict,
            "names": names,
            "types": [each.type for each in values],
        }
    )
    args = [Const("text", text), document, *reading.defaults, *values]
    return sqljson.made("record", "sql/json table", args, node), reading.columns


def source(context: Context, node: Node, scope: Scope) -> tuple[Source, list[Entry]]:
    """A JsonTable in FROM and what it brings into scope."""
    from nexus_testkit.postgres.analyze.sources import renamed  # noqa: PLC0415  # a cycle otherwise

    node.skip("lateral")
    before, scope.clause = scope.clause, "FROM"
    try:
        made, given = call(context, node, scope)
    finally:
        scope.clause = before
    alias = context.alias()
    columns: list[tuple[str, Expr]] = [
        (name, ColumnRef(kind, alias, f"c{at}", f"json_table.{name}", typmod=typmod))
        for at, (name, kind, typmod) in enumerate(given)
    ]
    named = node["alias"].names("colnames") if "alias" in node and "colnames" in node["alias"] else []
    if len(named) > len(given):
        words = f"JSON_TABLE function has {len(given)} columns available but {len(named)} columns specified"
        raise context.error("42P10", words)
    shown, columns = renamed(context, node.get("alias"), columns, "json_table")
    # A row of one column is a list as well: to say two keeps it one.
    return FunctionSource(alias, made, max(len(given), 2)), [Entry(shown, columns, alias)]
