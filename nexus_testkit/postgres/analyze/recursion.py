"""WITH RECURSIVE: the order of its queries, what may refer to itself (`parse_cte.c`).

SQLite hands the rows of the working table over one after the other. For what looks at each row alone that is the same; DISTINCT, windows and groups
in the recursive term would see one row instead of all, so they are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nexus_testkit.postgres.analyze.coerce import common_type
from nexus_testkit.postgres.analyze.context import Context, CteEntry, Scope
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.analyze.searchcycle import Extra
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed import Aggregate, ColumnRef, Typmod, Window
from nexus_testkit.postgres.typed_queries import CteSource, JoinSource, Output, Query, Select, SetOperation, Source

if TYPE_CHECKING:
    from nexus_testkit.errors import DatabaseError

_Fields = dict[str, Any]

_FORM = 'recursive query "{}" does not have the form non-recursive-term UNION [ALL] recursive-term'
_PLACES = {
    "left": "its non-recursive term",
    "subquery": "a subquery",
    "outer": "an outer join",
    "INTERSECT": "INTERSECT",
    "EXCEPT": "EXCEPT",
}


def ordered(context: Context, items: list[Node]) -> list[Node]:
    """The queries of WITH RECURSIVE, each after those that it reads.

    Raises:
        DatabaseError: 0A000 where two read one another.
    """
    names = {item.fields["ctename"] for item in items}
    reads = {
        item.fields["ctename"]: {name for name, _ in _references(item.fields["ctequery"], "", set())} & names
        for item in items
    }
    found: list[Node] = []
    left = list(items)
    while left:
        done = {item.fields["ctename"] for item in found}
        free = next((item for item in left if reads[item.fields["ctename"]] - {item.fields["ctename"]} <= done), None)
        if free is None:
            raise context.error("0A000", "mutual recursion between WITH items is not implemented", left[0])
        found.append(free)
        left.remove(free)
    return found


def reads_itself(item: Node) -> bool:
    """Whether a query of WITH RECURSIVE refers to its own name."""
    name = item.fields["ctename"]
    return any(each == name for each, _ in _references(item.fields["ctequery"], "", set()))


def _references(tree: Any, place: str, hidden: set[str]) -> Iterator[tuple[str, tuple[str, int]]]:
    """The names of relations that a parse tree reads, with the kind of place and the byte offset."""
    if isinstance(tree, list):
        for item in tree:
            yield from _references(item, place, hidden)
        return
    if not isinstance(tree, dict):
        return
    for kind, fields in tree.items():
        yield from _referenced(kind, fields, place, hidden)


def _referenced(kind: str, fields: Any, place: str, hidden: set[str]) -> Iterator[tuple[str, tuple[str, int]]]:
    if kind == "RangeVar":
        if "schemaname" not in fields and fields["relname"] not in hidden:
            yield fields["relname"], (place, fields.get("location", 0))
    elif kind in ("SelectStmt", "larg", "rarg") and isinstance(fields, dict) and "jointype" not in fields:
        yield from _of_select(fields, place, hidden)
    elif kind == "JoinExpr":
        outer = {"JOIN_LEFT": ("rarg",), "JOIN_RIGHT": ("larg",), "JOIN_FULL": ("larg", "rarg")}
        blocked = outer.get(fields.get("jointype"), ())
        for name, part in fields.items():
            inner = "outer" if name in blocked else place
            yield from _references({"part": part} if name not in ("larg", "rarg") else part, inner, hidden)
    elif kind == "SubLink":
        yield from _references(fields.get("testexpr"), place, hidden)
        yield from _references(fields.get("subselect"), "subquery", hidden)
    else:
        yield from _references(fields, place, hidden)


def _of_select(fields: _Fields, place: str, hidden: set[str]) -> Iterator[tuple[str, tuple[str, int]]]:
    own = {cte["CommonTableExpr"]["ctename"] for cte in fields.get("withClause", {}).get("ctes", ())}
    yield from _references(fields.get("withClause"), place, hidden | own)
    hidden = hidden | own
    op = fields.get("op", "SETOP_NONE").removeprefix("SETOP_")
    every = bool(fields.get("all"))
    for name, part in fields.items():
        if name == "withClause":
            continue
        if name in ("larg", "rarg"):
            inner = place
            if (op == "INTERSECT" and every) or (op == "EXCEPT" and (name == "rarg" or every)):
                inner = op
            yield from _of_select(part, inner, hidden)
        else:
            yield from _references(part, place, hidden)


def check(context: Context, item: Node) -> None:
    """Refuse a query that refers to itself where it may not (`checkWellFormedRecursion`).

    Raises:
        DatabaseError: 42P19, 0A000.
    """
    name = item.fields["ctename"]
    ((kind, fields),) = item.fields["ctequery"].items()
    if kind != "SelectStmt":
        raise context.error("42P19", f'recursive query "{name}" must not contain data-modifying statements', item)
    if fields.get("op") != "SETOP_UNION":
        raise context.error("42P19", _FORM.format(name), item)

    def misplaced(place: str, at: int) -> DatabaseError:
        words = f'recursive reference to query "{name}" must not appear within {_PLACES[place]}'
        return context.error("42P19", words, at)

    for each, (_, at) in _of_select(fields["larg"], "left", set()):
        if each == name:
            raise misplaced("left", at)
    for each, (_, at) in _references(fields.get("withClause"), "", set()):
        if each == name:
            raise misplaced("subquery", at)
    found = 0
    for each, (place, at) in _of_select(fields["rarg"], "", set()):
        if each != name:
            continue
        if place:
            raise misplaced(place, at)
        found += 1
        if found > 1:
            words = f'recursive reference to query "{name}" must not appear more than once'
            raise context.error("42P19", words, at)
    for clause, word in (("sortClause", "ORDER BY"), ("limitOffset", "OFFSET"), ("limitCount", "LIMIT")):
        if clause in fields:
            raise context.error("0A000", f"{word} in a recursive query is not implemented", _location(fields[clause]))
    if "lockingClause" in fields:
        raise context.error("0A000", "FOR UPDATE/SHARE in a recursive query is not implemented")


def _location(tree: Any) -> int:
    """Where an expression's text begins."""
    found: list[int] = []
    pending = [tree]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if isinstance(at := part.get("location"), int) and at >= 0:
                found.append(at)
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)
    return min(found, default=-1)


def query(context: Context, item: Node, node: Node, scope: Scope, lowered: str, given: list[str]) -> Query:
    """A recursive query: its first term decides names and types, then the other is read with them in scope."""
    from nexus_testkit.postgres.analyze import select  # noqa: PLC0415  # a cycle otherwise

    name: str = item["ctename"]
    node.skip("op", "limitOption")
    ctes, recursive = select.with_clause(context, node, scope)
    left = select.query(context, node["larg"], Scope(parent=scope))
    shown = left.outputs[: len(left.outputs) - getattr(left.body, "hidden", 0)]
    outputs = [
        Output(
            given[at] if at < len(given) else output.name,
            ColumnRef(output.expr.type, "", f"c{at}", typmod=output.expr.typmod),
        )
        for at, output in enumerate(shown)
    ]
    if len(given) > len(outputs):
        select.named(context, item, shown, given)
    extra = Extra(context, item, outputs, lowered)
    inner = Scope(parent=scope)
    inner.ctes[name] = CteEntry(lowered, [*outputs, *extra.outputs], concealed=len(extra.outputs))
    right = select.query(context, node["rarg"], inner, resolve=False)
    extra.require_free_names()
    _refuse_whole_table(context, right, lowered)
    _match(context, name, shown, outputs, right)
    if extra.outputs:
        extra.fill(left, right)
    made = SetOperation(
        "UNION ALL" if node.get("all") else "UNION", left, right, [*outputs, *extra.outputs], recursive=True
    )
    return Query(made, ctes, recursive)


def _refuse_whole_table(context: Context, right: Query, lowered: str) -> None:
    for body in nodes(right):
        if not isinstance(body, Select) or not any(_is_self(source, lowered) for source in body.sources):
            continue
        for found in nodes([output.expr for output in body.outputs]):
            if isinstance(found, Aggregate):
                words = "aggregate functions are not allowed in a recursive query's recursive term"
                raise context.error("42P19", words, found)
            if isinstance(found, Window):
                raise context.unsupported("a window function in a recursive term", found)
        if body.distinct or body.distinct_on or body.groups:
            raise context.unsupported("DISTINCT or GROUP BY in a recursive term")


def _is_self(source: Source, lowered: str) -> bool:
    if isinstance(source, JoinSource):
        return _is_self(source.left, lowered) or _is_self(source.right, lowered)
    return isinstance(source, CteSource) and source.cte == lowered


def _match(context: Context, name: str, left: list[Output], outputs: list[Output], right: Query) -> None:
    from nexus_testkit.postgres.analyze import select  # noqa: PLC0415  # a cycle otherwise

    rights = right.outputs[: len(right.outputs) - getattr(right.body, "hidden", 0)]
    if len(rights) != len(outputs):
        raise context.error(
            "42601",
            "each UNION query must have the same number of columns",
            rights[0].expr if rights else None,
        )
    for at, (first, output) in enumerate(zip(left, outputs, strict=True)):
        one, other = output.expr, rights[at].expr
        common = common_type(context, [first.expr, other], "UNION")
        typmod = one.typmod if common == one.type and one.typmod == other.typmod else None
        if other.type == UNKNOWN:
            typmod = None
        if (common, typmod) != (one.type, one.typmod):
            raise context.error(
                "42804",
                f'recursive query "{name}" column {at + 1} has type {_shown(one.type, one.typmod)} in '
                f"non-recursive term but type {_shown(common, typmod)} overall",
                first.expr,
                hint="Cast the output of the non-recursive term to the correct type.",
            )
        if other.type != common:
            select.coerce_output(context, right, at, common)


def _shown(kind: str, typmod: Typmod) -> str:
    """A type with its modifier, as `format_type_with_typemod` writes it."""
    words = title(kind)
    if typmod is None:
        return words
    inside = ",".join(map(str, typmod)) if isinstance(typmod, tuple) else str(typmod)
    first, space, rest = words.partition(" ")
    return f"{first}({inside}){space}{rest}" if rest.endswith("time zone") else f"{words}({inside})"
