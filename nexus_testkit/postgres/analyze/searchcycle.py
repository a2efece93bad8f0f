"""SEARCH and CYCLE: the columns that they add to a recursive query (`rewriteSearchCycle.c`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.coerce import coerce, common_type
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.operators import binary
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ArrayCompare, ArrayExpr, BoolOp, Call, Case, ColumnRef, Const, Expr
from nexus_testkit.postgres.typed_queries import CteSource, JoinSource, Output, Query, Select, Source
from nexus_testkit.postgres.typed_rows import FieldOf, RowExpr
from nexus_testkit.postgres.values import records


class Extra:
    """The columns that SEARCH and CYCLE add, and what they are in the two terms."""

    def __init__(self, context: Context, item: Node, outputs: list[Output], lowered: str) -> None:
        self.context = context
        self.lowered = lowered
        self.columns = outputs
        self.outputs: list[Output] = []
        self.taken: tuple[str, Node] | None = None
        self.search = item.get("search_clause")
        self.cycle = item.get("cycle_clause")
        names = [output.name for output in outputs]
        if self.search is not None:
            self._read_search(self.search, names)
        if self.cycle is not None:
            self._read_cycle(self.cycle, names)

    def _places(self, clause: Node, field: str, names: list[str], word: str) -> list[int]:
        found: list[int] = []
        for name in clause.names(field):
            if name not in names:
                raise self.context.error("42601", f'{word} column "{name}" not in WITH query column list', clause)
            if names.index(name) in found:
                raise self.context.error("42701", f'{word} column "{name}" specified more than once', clause)
            found.append(names.index(name))
        return found

    def _note(self, name: str, names: list[str], word: str, clause: Node) -> None:
        if name in names and self.taken is None:
            self.taken = f'{word} column name "{name}" already used in WITH query column list', clause

    def require_free_names(self) -> None:
        """Refuse a name that the query has already; a reference to it is another error, and comes first."""
        if self.taken is not None:
            raise self.context.error("42601", *self.taken)

    def _add(self, name: str, kind: str) -> None:
        at = len(self.columns) + len(self.outputs)
        self.outputs.append(Output(name, ColumnRef(kind, "", f"c{at}")))

    def _row_type(self, places: list[int], *before: str) -> records.RowType:
        kinds = [*before, *(self.columns[at].expr.type for at in places)]
        return records.row_type(records.ANONYMOUS, tuple((f"f{at}", kind) for at, kind in enumerate(kinds, 1)))

    def _read_search(self, clause: Node, names: list[str]) -> None:
        self.searched = self._places(clause, "search_col_list", names, "search")
        self.breadth = bool(clause.get("search_breadth_first"))
        name = clause["search_seq_column"]
        self._note(name, names, "search sequence", clause)
        row = self._row_type(self.searched, "int8") if self.breadth else self._row_type(self.searched)
        self._add(name, row if self.breadth else f"{row}[]")

    def _read_cycle(self, clause: Node, names: list[str]) -> None:
        context = self.context
        self.cycled = self._places(clause, "cycle_col_list", names, "cycle")
        mark, path = clause["cycle_mark_column"], clause["cycle_path_column"]
        scope = Scope()
        value = (
            expressions.expression(context, clause["cycle_mark_value"], scope)
            if "cycle_mark_value" in clause
            else Const("bool", 1)
        )
        default = (
            expressions.expression(context, clause["cycle_mark_default"], scope)
            if "cycle_mark_default" in clause
            else Const("bool", 0)
        )
        kind = common_type(context, [value, default], "CYCLE")
        self.value, self.default = coerce(context, value, kind), coerce(context, default, kind)
        clause.skip("cycle_mark_type", "cycle_mark_typmod", "cycle_mark_collation", "cycle_mark_neop")
        if mark == path:
            raise context.error("42601", "cycle mark column name and cycle path column name are the same", clause)
        for name, word in ((mark, "cycle mark"), (path, "cycle path")):
            self._note(name, names, word, clause)
            if self.search is not None and name == self.outputs[0].name:
                words = f"search sequence column name and {word} column name are the same"
                raise context.error("42601", words, self.search)
        self._add(mark, kind)
        self._add(path, f"{self._row_type(self.cycled)}[]")

    # ------------------------------------------------------------------------------------------- the terms

    def fill(self, left: Query, right: Query) -> None:
        """Add the columns to both terms."""
        first, second = left.body, right.body
        if not isinstance(first, Select) or first.hidden or first.distinct:
            raise self.context.unsupported("SEARCH or CYCLE of this non-recursive term")
        if not isinstance(second, Select) or second.hidden:
            raise self.context.unsupported("SEARCH or CYCLE of this recursive term")
        alias = next((found for source in second.sources for found in _aliases(source, self.lowered)), None)
        if alias is None:
            raise self.context.unsupported("SEARCH or CYCLE of this recursive term")
        added = [Output("", expr) for expr in self._begun(first)]
        going = [Output("", expr) for expr in self._gone_on(second, alias)]
        first.outputs = [*first.outputs, *added]
        second.outputs = [*second.outputs, *going]

    def _column(self, alias: str, number: int) -> Expr:
        return replace(self.outputs[number].expr, relation=alias)  # type: ignore[call-arg]  # each is a ColumnRef

    def _row(self, body: Select, places: list[int], *before: Expr) -> RowExpr:
        kind = self._row_type(places, *(expr.type for expr in before))
        return RowExpr(kind, (*before, *(body.outputs[at].expr for at in places)))

    def _begun(self, body: Select) -> Iterator[Expr]:
        if self.search is not None:
            if self.breadth:
                yield self._row(body, self.searched, Const("int8", 0))
            else:
                row = self._row(body, self.searched)
                yield ArrayExpr(f"{row.type}[]", (row,), nested=False)
        if self.cycle is not None:
            row = self._row(body, self.cycled)
            yield self.default
            yield ArrayExpr(f"{row.type}[]", (row,), nested=False)

    def _gone_on(self, body: Select, alias: str) -> Iterator[Expr]:
        number = 0
        if self.search is not None:
            before = self._column(alias, number)
            number += 1
            if self.breadth:
                depth = FieldOf("int8", before, 0)
                next_ = binary(self.context, "+", depth, Const("int8", 1), None)
                yield self._row(body, self.searched, next_)
            else:
                yield _longer(before, self._row(body, self.searched))
        if self.cycle is not None:
            mark, path = self._column(alias, number), self._column(alias, number + 1)
            row = self._row(body, self.cycled)
            again = ArrayCompare("bool", row, path, "=", row.type, every=False)
            yield Case(mark.type, ((again, self.value),), self.default)
            yield _longer(path, row)
            going = binary(self.context, "<>", mark, self.value, None)
            body.where = going if body.where is None else BoolOp("bool", "AND", (body.where, going))


def _longer(array: Expr, row: RowExpr) -> Expr:
    return Call(
        array.type,
        "array_append",
        (array.type, row.type),
        (array, row),
        declared=("anycompatiblearray", "anycompatible"),
    )


def _aliases(source: Source, lowered: str) -> Iterator[str]:
    if isinstance(source, JoinSource):
        yield from _aliases(source.left, lowered)
        yield from _aliases(source.right, lowered)
    elif isinstance(source, CteSource) and source.cte == lowered:
        yield source.alias
