"""Schemas, rows and statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.fidelity.fuzzing.expressions import AGGREGATES, Scope, expression
from tests.fidelity.fuzzing.vocabulary import COLUMNS, LITERALS, ORDERED

_DEPTH = 2
_JOINS = re.compile(r" JOIN |LATERAL| USING |EXISTS \(SELECT|(IN|ANY) \(SELECT|^UPDATE .* FROM \w+ o WHERE")


@dataclass(slots=True)
class Table:
    """A table of the example: the first column is always `id int PRIMARY KEY`."""

    name: str
    columns: list[tuple[str, str]]
    ddl: str


@dataclass(slots=True)
class Statement:
    """One statement with its arguments; `writes` where it may change data, `ordered` where the order of its rows counts."""

    sql: str
    args: list[Any]
    writes: bool = False
    ordered: bool = False

    @property
    def joins(self) -> bool:
        """Whether rows of several tables meet, or the planner may make a join of it.

        Of which rows a condition is computed before the other table has left some out is the plan's choice (manual, 4.2.14), and so
        whether what would fail for these rows is an error.
        """
        return _JOINS.search(self.sql) is not None


_ACTIONS = [
    "",
    " ON DELETE CASCADE",
    " ON DELETE SET NULL",
    " ON UPDATE CASCADE",
    " ON DELETE SET DEFAULT ON UPDATE SET NULL",
    " ON UPDATE SET DEFAULT",
    " ON DELETE RESTRICT",
    " DEFERRABLE INITIALLY DEFERRED",
]


@st.composite
def tables(draw: Any) -> list[Table]:
    """One or two tables; the second may refer to the first."""
    made: list[Table] = []
    for number in range(draw(st.integers(1, 2))):
        name = f"t{number}"
        columns = [("id", "int4")]
        lines = ["id int PRIMARY KEY"]
        for at in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(COLUMNS))
            column = f"c{at}"
            columns.append((column, kind))
            lines.append(f"{column} {kind}{draw(st.sampled_from(_extras(kind, columns)))}")
        if made and draw(st.booleans()):
            columns.append(("ref", "int4"))
            lines.append(f"ref int REFERENCES {made[0].name}{draw(st.sampled_from(_ACTIONS))}")
        keys = [name for name, kind in columns[1:] if kind in ("int4", "text", "date", "varchar", "bool", "time")]
        if len(keys) > 1 and draw(st.booleans()):
            lines.append(f"UNIQUE{draw(st.sampled_from(['', ' NULLS NOT DISTINCT']))} ({keys[0]}, {keys[1]})")
        made.append(Table(name, columns, f"CREATE TABLE {name} ({', '.join(lines)})"))
    return made


def _extras(kind: str, columns: list[tuple[str, str]]) -> list[str]:
    name = columns[-1][0]
    found = ["", "", "", f" DEFAULT {LITERALS[kind][0]}", " NOT NULL"]
    if kind in ("text", "int4", "date", "uuid", "numeric"):
        found.append(" UNIQUE")
    if kind in ("int4", "numeric"):
        found.append(f" CHECK ({name} < 1000)")
    return found


@st.composite
def filling(draw: Any, table: Table) -> list[Statement]:
    """INSERTs of some rows, one a statement: a broken constraint then keeps one row out."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        scope = Scope([])
        values = [str(number + 1)]
        for name, kind in table.columns[1:]:
            if name == "ref":
                values.append(draw(st.sampled_from(["NULL", "1", "2"])))
            else:
                values.append(draw(st.sampled_from([*LITERALS[kind], "NULL", "DEFAULT"])))
        found.append(Statement(f"INSERT INTO {table.name} VALUES ({', '.join(values)})", scope.args, writes=True))
    return found


def _known(made: list[Table]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(table.name, table.columns) for table in made]


def scope_of(made: list[Table], table: Table, alias: str) -> Scope:
    """A table's columns under an alias."""
    return Scope([(f"{alias}.{name}", kind) for name, kind in table.columns], tables=_known(made))


def where_of(draw: Any, scope: Scope) -> str:
    """WHERE of something, or nothing."""
    return f" WHERE {expression(draw, scope, 'bool', _DEPTH)}" if draw(st.booleans()) else ""


def outputs_of(draw: Any, scope: Scope, at_most: int = 3) -> list[tuple[str, str]]:
    """Expressions for a select list, with their types."""
    found = []
    for _ in range(draw(st.integers(1, at_most))):
        kind = draw(st.sampled_from(ORDERED))
        found.append((expression(draw, scope, kind, _DEPTH), kind))
    return found


def ordered(draw: Any, width: int, *, key: str = "") -> str:
    """ORDER BY that leaves no tie between rows that differ, with or without a limit; or none."""
    if not draw(st.booleans()):
        return ""
    terms = [
        f"{at}{draw(st.sampled_from(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST']))}" for at in range(1, width + 1)
    ]
    limit = draw(st.sampled_from(["", "", " LIMIT 2", " LIMIT 1 OFFSET 1", " OFFSET 2"])) if key or width else ""
    return f" ORDER BY {', '.join([*draw(st.permutations(terms)), *([key] if key else [])])}{limit}"


def _select(draw: Any, made: list[Table]) -> Statement:
    table = draw(st.sampled_from(made))
    scope = scope_of(made, table, "t")
    outputs = [sql for sql, _ in outputs_of(draw, scope)]
    distinct = draw(st.booleans())
    where = where_of(draw, scope)
    words = "SELECT DISTINCT" if distinct else "SELECT"
    order = ordered(draw, len(outputs), key="" if distinct else "t.id")
    return Statement(f"{words} {', '.join(outputs)} FROM {table.name} t{where}{order}", scope.args, ordered=bool(order))


def _join(draw: Any, made: list[Table]) -> Statement:
    one, other = draw(st.sampled_from(made)), draw(st.sampled_from(made))
    scope = Scope(
        [(f"a.{name}", kind) for name, kind in one.columns] + [(f"b.{name}", kind) for name, kind in other.columns],
        tables=_known(made),
    )
    kind = draw(st.sampled_from(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]))
    # FULL JOIN takes only conditions that a merge or a hash can do.
    on = "a.id = b.id" if kind == "FULL JOIN" else draw(st.sampled_from(["a.id = b.id", "a.id < b.id"]))
    if kind != "FULL JOIN" and draw(st.booleans()):
        # Of columns: where the condition is a null constant, the server plans no join and computes nothing else.
        on += f" AND {draw(st.sampled_from(['a.id > 1', 'b.id < 3', 'a.id + b.id <> 4', 'b.id IN (1, 2)']))}"
    outputs = [sql for sql, _ in outputs_of(draw, scope)]
    where = where_of(draw, scope)
    order = ordered(draw, len(outputs), key="a.id, b.id")
    return Statement(
        f"SELECT {', '.join(outputs)} FROM {one.name} a {kind} {other.name} b ON {on}{where}{order}",
        scope.args,
        ordered=bool(order),
    )


def _group(draw: Any, made: list[Table]) -> Statement:
    table = draw(st.sampled_from(made))
    scope = scope_of(made, table, "t")
    outputs = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(sorted(AGGREGATES)))
        sql, arg = draw(st.sampled_from(AGGREGATES[kind]))
        filtered = f" FILTER (WHERE {expression(draw, scope, 'bool', 1)})" if draw(st.booleans()) else ""
        # The argument stands twice where the aggregate says its order; parameters must not, so columns and literals only.
        bare = Scope(scope.columns)
        argument = expression(draw, Scope(bare.columns, []), arg, 0)
        outputs.append(sql.format(argument if "$" not in argument else f"NULL::{arg}") + filtered)
    where = where_of(draw, scope)
    if draw(st.booleans()):
        column, _ = draw(st.sampled_from([(name, it) for name, it in scope.columns if it in ORDERED]))
        having = f" HAVING count(*) > {draw(st.integers(0, 2))}" if draw(st.booleans()) else ""
        order = ordered(draw, len(outputs) + 1)
        return Statement(
            f"SELECT {column}, {', '.join(outputs)} FROM {table.name} t{where} GROUP BY {column}{having}{order}",
            scope.args,
            ordered=bool(order),
        )
    return Statement(f"SELECT {', '.join(outputs)} FROM {table.name} t{where}", scope.args)


def _union(draw: Any, made: list[Table]) -> Statement:
    kinds = [draw(st.sampled_from(ORDERED)) for _ in range(draw(st.integers(1, 2)))]
    word = draw(st.sampled_from(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL", "INTERSECT ALL"]))
    args: list[Any] = []
    parts = []
    for _ in range(2):
        table = draw(st.sampled_from(made))
        scope = scope_of(made, table, "t")
        scope.args = args
        outputs = ", ".join(expression(draw, scope, kind, 1) for kind in kinds)
        # Where one side of INTERSECT or EXCEPT is empty, the other one may not be read, and what fails in it is not noticed.
        where = where_of(draw, scope) if word.startswith("UNION") else ""
        parts.append(f"SELECT {outputs} FROM {table.name} t{where}")
    order = ordered(draw, len(kinds))
    return Statement(f"{parts[0]} {word} {parts[1]}{order}", args, ordered=bool(order))


_WINDOWS = [
    ("row_number()", None),
    ("rank()", None),
    ("dense_rank()", None),
    ("count(*)", None),
    ("sum({})", "int4"),
    ("sum({})", "numeric"),
    ("avg({})", "int4"),
    ("max({})", "text"),
    ("lag({})", "text"),
    ("lead({}, 2)", "int4"),
    ("first_value({})", "int4"),
    ("last_value({})", "text"),
    ("nth_value({}, 2)", "int4"),
    ("ntile(2)", None),
    ("percent_rank()", None),
    ("cume_dist()", None),
]
_FRAMES = [
    "",
    "",
    " ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
    " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
    " RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    " GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
    " ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING EXCLUDE CURRENT ROW",
]


def _window(draw: Any, made: list[Table]) -> Statement:
    table = draw(st.sampled_from(made))
    scope = scope_of(made, table, "t")
    sql, arg = draw(st.sampled_from(_WINDOWS))
    # Leaves only: an argument that fails does so for the rows that the frame takes it from, which nth_value() and lead() choose.
    call = sql.format(expression(draw, scope, arg, 0) if arg else "")
    partition = (
        f"PARTITION BY {expression(draw, scope, draw(st.sampled_from(['int4', 'bool', 'text'])), 1)} "
        if draw(st.booleans())
        else ""
    )
    frame = draw(st.sampled_from(_FRAMES))
    where = where_of(draw, scope)
    return Statement(
        f"SELECT t.id, {call} OVER ({partition}ORDER BY t.id{frame}) FROM {table.name} t{where} ORDER BY t.id",
        scope.args,
        ordered=True,
    )


def _values(draw: Any, made: list[Table], table: Table, scope: Scope) -> str:
    row = [str(draw(st.integers(1, 9)))]
    for name, kind in table.columns[1:]:
        row.append(draw(st.sampled_from(["NULL", "1", "77"])) if name == "ref" else expression(draw, scope, kind, 1))
    return f"({', '.join(row)})"


def _insert(draw: Any, made: list[Table]) -> Statement:
    table = draw(st.sampled_from(made))
    scope = Scope([], tables=_known(made))
    rows = ", ".join(_values(draw, made, table, scope) for _ in range(draw(st.integers(1, 2))))
    return Statement(f"INSERT INTO {table.name} VALUES {rows} RETURNING *", scope.args, writes=True)


def _upsert(draw: Any, made: list[Table]) -> Statement:
    table = draw(st.sampled_from(made))
    scope = Scope([], tables=_known(made))
    rows = _values(draw, made, table, scope)
    both = Scope(
        [(f"{table.name}.{name}", kind) for name, kind in table.columns]
        + [(f"excluded.{name}", kind) for name, kind in table.columns],
        scope.args,
    )
    name, kind = draw(st.sampled_from(table.columns[1:]))
    value = "NULL" if name == "ref" else expression(draw, both, kind, 1)
    action = draw(st.sampled_from(["DO NOTHING", f"DO UPDATE SET {name} = {value}"]))
    if action == "DO NOTHING":
        both.args[:] = both.args[: rows.count("$")]
    return Statement(
        f"INSERT INTO {table.name} VALUES {rows} ON CONFLICT (id) {action} RETURNING *", scope.args, writes=True
    )


def _update(draw: Any, made: list[Table]) -> Statement:
    table = draw(st.sampled_from(made))
    scope = scope_of(made, table, table.name)
    name, kind = draw(st.sampled_from(table.columns[1:]))
    value = draw(st.sampled_from(["NULL", "1", "77"])) if name == "ref" else expression(draw, scope, kind, _DEPTH)
    return Statement(
        f"UPDATE {table.name} SET {name} = {value}{where_of(draw, scope)} RETURNING *", scope.args, writes=True
    )


def _delete(draw: Any, made: list[Table]) -> Statement:
    table = draw(st.sampled_from(made))
    scope = scope_of(made, table, table.name)
    return Statement(f"DELETE FROM {table.name}{where_of(draw, scope)} RETURNING id", scope.args, writes=True)


#: How each kind of statement is drawn.
KINDS = {
    "select": _select,
    "join": _join,
    "group": _group,
    "union": _union,
    "window": _window,
    "insert": _insert,
    "upsert": _upsert,
    "update": _update,
    "delete": _delete,
}
