"""Statements that put several queries together: WITH, LATERAL, grouping sets, DISTINCT ON, UPDATE ... FROM, DELETE ... USING, MERGE."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.fidelity.fuzzing.expressions import Scope, expression
from tests.fidelity.fuzzing.statements import Statement, Table, ordered, outputs_of, scope_of, where_of
from tests.fidelity.fuzzing.vocabulary import ORDERED

_SIMPLE = ["int4", "text", "bool", "numeric", "date"]


def _some(draw: Any, made: list[Table]) -> Table:
    return draw(st.sampled_from(made))


def _scope_of_both(target: Table, alias: str, other: Table) -> Scope:
    """The columns of a table that is changed, and of one that it meets, called `o`."""
    return Scope(
        [(f"{alias}.{name}", kind) for name, kind in target.columns]
        + [(f"o.{name}", kind) for name, kind in other.columns]
    )


def _own_column(draw: Any, table: Table) -> tuple[str, str]:
    """A column that may have any value."""
    return draw(st.sampled_from([column for column in table.columns if column[0] not in ("id", "ref")]))


def common_table(draw: Any, made: list[Table]) -> Statement:
    """WITH, read once or twice."""
    inner_table = _some(draw, made)
    inner = scope_of(made, inner_table, "i")
    # Columns, not expressions: the server puts a constant of the inner query into the outer one, see `postgres.folding`.
    chosen = [draw(st.sampled_from(inner.columns)) for _ in range(draw(st.integers(1, 2)))]
    kinds = [kind for _, kind in chosen]
    columns = [f"{column} AS x{at}" for at, (column, _) in enumerate(chosen)]
    word = draw(st.sampled_from(["", "MATERIALIZED ", "NOT MATERIALIZED "]))
    body = f"SELECT i.id, {', '.join(columns)} FROM {inner_table.name} i{where_of(draw, inner)}"
    named = [("id", "int4"), *((f"x{at}", kind) for at, kind in enumerate(kinds))]
    scope = Scope([(f"w.{name}", kind) for name, kind in named], inner.args)
    twice = draw(st.booleans())
    source = "w" if not twice else "w JOIN w v ON v.id = w.id"
    found = [sql for sql, _ in outputs_of(draw, scope)]
    order = ordered(draw, len(found), key="w.id")
    where = where_of(draw, scope)
    return Statement(
        f"WITH w AS {word}({body}) SELECT {', '.join(found)} FROM {source}{where}{order}",
        scope.args,
        ordered=bool(order),
    )


def lateral(draw: Any, made: list[Table]) -> Statement:
    """A query in FROM that reads the row on its left."""
    outer_table, inner_table = _some(draw, made), _some(draw, made)
    outer = scope_of(made, outer_table, "a")
    kind = draw(st.sampled_from(_SIMPLE))
    both = Scope([*outer.columns, *((f"b.{name}", it) for name, it in inner_table.columns)], outer.args)
    value = expression(draw, both, kind, 1)
    limit = draw(st.sampled_from(["", " ORDER BY b.id LIMIT 1", " ORDER BY b.id DESC OFFSET 1"]))
    join = draw(st.sampled_from(["CROSS JOIN LATERAL", "LEFT JOIN LATERAL"]))
    on = " ON true" if join.startswith("LEFT") else ""
    query = f"(SELECT b.id, {value} AS x FROM {inner_table.name} b{where_of(draw, both)}{limit}) l"
    return Statement(
        f"SELECT a.id, l.id, l.x FROM {outer_table.name} a {join} {query}{on} ORDER BY a.id, l.id",
        outer.args,
        ordered=True,
    )


def grouping_sets(draw: Any, made: list[Table]) -> Statement:
    """ROLLUP, CUBE, GROUPING SETS over one or two columns."""
    table = _some(draw, made)
    scope = scope_of(made, table, "t")
    names = [name for name, kind in scope.columns if kind in ORDERED and kind != "jsonb"]
    one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
    sets = draw(
        st.sampled_from(
            [
                f"ROLLUP ({one})",
                f"CUBE ({one}, {other})",
                f"GROUPING SETS (({one}), ({other}), ())",
                f"{one}, ROLLUP ({other})",
            ]
        )
    )
    having = draw(st.sampled_from(["", " HAVING count(*) > 1"]))
    where = where_of(draw, scope)
    grouping = f"{one}, {other}" if other in sets else one
    return Statement(
        f"SELECT {grouping}, grouping({grouping}), count(*), sum(t.id) FROM {table.name} t{where} GROUP BY {sets}{having}",
        scope.args,
    )


def distinct_on(draw: Any, made: list[Table]) -> Statement:
    """DISTINCT ON with an order that decides."""
    table = _some(draw, made)
    scope = scope_of(made, table, "t")
    # No parameters: the same expression stands in ORDER BY.
    key = expression(draw, Scope(scope.columns), draw(st.sampled_from(_SIMPLE)), 1)
    if "$" in key:
        key = "t.id % 2"
    where = where_of(draw, scope)
    return Statement(
        f"SELECT DISTINCT ON ({key}) t.id FROM {table.name} t{where} ORDER BY {key}, t.id DESC",
        scope.args,
        ordered=True,
    )


def update_from(draw: Any, made: list[Table]) -> Statement:
    """UPDATE ... FROM: each row meets one other at most."""
    target, other = _some(draw, made), _some(draw, made)
    scope = _scope_of_both(target, target.name, other)
    name, kind = _own_column(draw, target)
    value = expression(draw, scope, kind, 1)
    test = expression(draw, scope, "bool", 1)
    return Statement(
        f"UPDATE {target.name} SET {name} = {value} FROM {other.name} o WHERE o.id = {target.name}.id AND {test} RETURNING {target.name}.*, o.id",
        scope.args,
        writes=True,
    )


def delete_using(draw: Any, made: list[Table]) -> Statement:
    """DELETE ... USING."""
    target, other = _some(draw, made), _some(draw, made)
    scope = _scope_of_both(target, target.name, other)
    test = expression(draw, scope, "bool", 1)
    return Statement(
        f"DELETE FROM {target.name} USING {other.name} o WHERE o.id = {target.name}.id AND {test} RETURNING {target.name}.id",
        scope.args,
        writes=True,
    )


def writing_with(draw: Any, made: list[Table]) -> Statement:
    """A part of WITH changes rows, the rest sees what was before."""
    table = _some(draw, made)
    scope = scope_of(made, table, table.name)
    name, kind = _own_column(draw, table)
    change = draw(
        st.sampled_from(
            [
                f"DELETE FROM {table.name}{where_of(draw, scope)} RETURNING *",
                f"UPDATE {table.name} SET {name} = {expression(draw, scope, kind, 1)}{where_of(draw, scope)} RETURNING *",
            ]
        )
    )
    used = change.count("$") == len(scope.args)
    if not used:  # the other branch drew parameters
        return Statement(f"WITH w AS (DELETE FROM {table.name} RETURNING id) SELECT count(*) FROM w", [], writes=True)
    return Statement(
        f"WITH w AS ({change}) SELECT (SELECT count(*) FROM w), (SELECT count(*) FROM {table.name}), (SELECT count({name}) FROM {table.name})",
        scope.args,
        writes=True,
    )


def merge(draw: Any, made: list[Table]) -> Statement:
    """MERGE of a table into another one by their keys."""
    target, other = _some(draw, made), _some(draw, made)
    scope = _scope_of_both(target, "t", other)
    name, kind = _own_column(draw, target)
    matched = draw(st.sampled_from(["DELETE", "DO NOTHING", "UPDATE"]))
    if matched == "UPDATE":
        matched = f"UPDATE SET {name} = {expression(draw, scope, kind, 1)}"
    condition = f" AND {expression(draw, scope, 'bool', 1)}" if draw(st.booleans()) else ""
    inserted = draw(st.sampled_from(["DO NOTHING", "INSERT (id) VALUES (o.id + 100)"]))
    return Statement(
        f"MERGE INTO {target.name} t USING {other.name} o ON t.id = o.id + 1 "
        f"WHEN MATCHED{condition} THEN {matched} WHEN NOT MATCHED THEN {inserted} RETURNING merge_action(), t.id",
        scope.args,
        writes=True,
    )


LARGER = {
    "with": common_table,
    "lateral": lateral,
    "grouping sets": grouping_sets,
    "distinct on": distinct_on,
    "update from": update_from,
    "delete using": delete_using,
    "writing with": writing_with,
    "merge": merge,
}
