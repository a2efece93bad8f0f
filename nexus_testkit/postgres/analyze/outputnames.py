"""The names of columns that got none (`parse_target.c`, `FigureColname`)."""

from __future__ import annotations

from nexus_testkit.postgres.nodes import Node

_NAMED = {
    "CoalesceExpr": "coalesce",
    "A_ArrayExpr": "array",
    "RowExpr": "row",
    "MergeSupportFunc": "merge_action",
    "GroupingFunc": "grouping",
}


def output_name(node: Node) -> str:
    """The name that PostgreSQL gives to a column without one (`FigureColname`)."""
    return _figure(node.kind, node.fields)[0] or "?column?"


def _figure(kind: str, fields: dict[str, object]) -> tuple[str | None, bool]:
    """The name, and whether it is a strong one."""
    if kind == "ColumnRef":
        names = [field["String"]["sval"] for field in fields["fields"] if "String" in field]  # type: ignore[attr-defined]  # libpg_query's JSON
        return (names[-1], True) if names else (None, False)
    if kind == "FuncCall":
        return fields["funcname"][-1]["String"]["sval"], True  # type: ignore[index]  # libpg_query's JSON
    if kind == "A_Expr":
        return ("nullif", True) if fields.get("kind") == "AEXPR_NULLIF" else (None, False)
    if kind == "TypeCast":
        name, strong = _inner(fields["arg"])
        if strong:
            return name, True
        return fields["typeName"]["names"][-1]["String"]["sval"], False  # type: ignore[index]  # libpg_query's JSON
    if kind == "A_Indirection":
        for step in reversed(fields["indirection"]):  # type: ignore[call-overload]  # libpg_query's JSON
            if "String" in step:
                return step["String"]["sval"], True
        return _inner(fields["arg"])
    if kind == "CaseExpr":
        name, strong = _inner(fields["defresult"]) if "defresult" in fields else (None, False)
        return (name, True) if strong else ("case", False)
    if kind == "MinMaxExpr":
        return ("greatest" if fields["op"] == "IS_GREATEST" else "least"), True
    if kind == "SQLValueFunction":
        return str(fields["op"]).removeprefix("SVFOP_").lower(), True
    if kind == "SubLink":
        return _figure_sublink(fields)
    if kind == "CollateClause":
        return _inner(fields["arg"])
    if kind.startswith("Json"):
        from nexus_testkit.postgres.analyze import jsonbuilding  # noqa: PLC0415  # few statements need it

        name = jsonbuilding.column_name(kind, fields)
    else:
        name = _NAMED.get(kind)
    return name, name is not None


def _inner(node: object) -> tuple[str | None, bool]:
    ((kind, fields),) = node.items()  # type: ignore[attr-defined]  # libpg_query's JSON
    return _figure(kind, fields)


def _figure_sublink(fields: dict[str, object]) -> tuple[str | None, bool]:
    link = fields["subLinkType"]
    if link == "EXISTS_SUBLINK":
        return "exists", True
    if link == "ARRAY_SUBLINK":
        return "array", True
    if link == "EXPR_SUBLINK":
        inner = fields["subselect"]["SelectStmt"]  # type: ignore[index]  # libpg_query's JSON
        targets = inner.get("targetList")
        if targets:
            target = targets[0]["ResTarget"]
            if "name" in target:
                return target["name"], True
            return _inner(target["val"])
    return None, False
