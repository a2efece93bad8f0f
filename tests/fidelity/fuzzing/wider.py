"""Statements as applications write them: bare parameters and literals, sub-queries everywhere, functions in FROM, several keys."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.fidelity.fuzzing.expressions import AGGREGATES, Scope, expression
from tests.fidelity.fuzzing.statements import Statement, Table, ordered, outputs_of, scope_of, where_of
from tests.fidelity.fuzzing.vocabulary import ORDERED, PARAMETERS

#: Type name: texts that it reads, and one that it does not.
_TEXTS: dict[str, list[str]] = {
    "int2": ["1", "-7", "40000", "x"],
    "int4": ["1", " 2 ", "0", "5.5"],
    "int8": ["1", "5000000000", ""],
    "numeric": ["1.5", "10", "1e1", "abc"],
    "float8": ["1.5", "-0.25", "Infinity", "1,5"],
    "float4": ["1.5", "0.1", "-"],
    "text": ["abc", "", "12", "é"],
    "varchar": ["ab", "zeta"],
    "bpchar": ["ab", "ab  ", "z"],
    "bool": ["t", "false", "on", "maybe"],
    "date": ["2024-02-29", "2000-06-15", "2023-02-29", "today's"],
    "timestamp": ["2024-02-29 12:30", "2000-01-01", "yes"],
    "timestamptz": ["2024-02-29 12:30+00", "2023-06-30 22:00Z", "12"],
    "time": ["12:00", "00:00:00", "25:00"],
    "interval": ["1 day", "24:00", "P1M", "soon"],
    "uuid": ["00000000-0000-0000-0000-000000000001", "0"],
    "bytea": ["", "\\x00ff", "abc", "\\x0"],
    "jsonb": ["{}", "1.5", '"s"', "{"],
    "int4[]": ["{1,2,3}", "{}", "{3,1}", "1"],
    "text[]": ["{a,b}", '{x,NULL,"a"}', "{"],
    "int4range": ["[1,5)", "empty", "(5,1)"],
    "daterange": ["[2024-01-01,2024-03-01)", "[,]"],
}
_COMPARISONS = ["=", "<>", "<", "<=", ">", ">=", "!="]
_NUMBERS = ["int2", "int4", "int8", "numeric", "float8", "float4"]


def _some(draw: Any, made: list[Table]) -> Table:
    return draw(st.sampled_from(made))


def _column(draw: Any, scope: Scope, kinds: list[str]) -> tuple[str, str]:
    return draw(st.sampled_from([found for found in scope.columns if found[1] in kinds] or scope.columns[:1]))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _bare(draw: Any, scope: Scope, made: list[Table], level: int = 0) -> str:
    """A condition on a column, as an ORM or a hand writes it."""
    shape = draw(
        st.sampled_from(["parameter", "text", "texts", "between", "any", "sub", "exists", "number", "and", "like"])
    )
    if shape == "and" and level < 2:
        words = draw(st.sampled_from(["AND", "OR", "AND NOT"]))
        return f"({_bare(draw, scope, made, level + 1)} {words} {_bare(draw, scope, made, level + 1)})"
    if shape == "parameter":
        column, kind = _column(draw, scope, [name for name in PARAMETERS if name != "jsonb"])
        scope.args.append(draw(st.sampled_from(PARAMETERS[kind])))
        return f"{column} {draw(st.sampled_from(_COMPARISONS))} ${len(scope.args)}"
    if shape == "any":
        column, kind = _column(draw, scope, ["int4", "text", "date", "uuid", "numeric"])
        scope.args.append(draw(st.lists(st.sampled_from([*PARAMETERS[kind], None]), max_size=3)))
        return f"{column} {draw(st.sampled_from(['= ANY', '<> ALL', '< ANY', '>= ALL']))} (${len(scope.args)})"
    if shape == "sub":
        return _in_query(draw, scope, made)
    if shape == "exists":
        other = _some(draw, made)
        inner = Scope([(f"e.{name}", kind) for name, kind in other.columns], scope.args)
        left, kind = _column(draw, inner, [kind for _, kind in scope.columns if kind in ORDERED])
        right, _ = _column(draw, scope, [kind])
        words = draw(st.sampled_from(["EXISTS", "NOT EXISTS"]))
        return (
            f"{words} (SELECT * FROM {other.name} e WHERE {left} = {right} AND {_bare(draw, inner, made, 2)})"
            if (level < 2)
            else f"{words} (SELECT FROM {other.name} e WHERE {left} = {right})"
        )
    if shape == "number":
        one, _ = _column(draw, scope, _NUMBERS)
        other, _ = _column(draw, scope, _NUMBERS)
        sign = draw(st.sampled_from(["+", "-", "*", "/"]))
        value = draw(st.sampled_from(["2", "1.5", "0.5::float8", other, "'3'"]))
        return (
            f"{one} {sign} {value} {draw(st.sampled_from(_COMPARISONS))} {draw(st.sampled_from([other, '1', '0.25']))}"
        )
    if shape == "like":
        column, kind = _column(draw, scope, list(_TEXTS))
        words = draw(st.sampled_from(["LIKE", "NOT LIKE", "ILIKE", "~", "!~*"]))
        text = column if kind in ("text", "varchar", "bpchar") else f"{column}::text"
        # The planner compiles a regular expression to guess how many rows it finds, so a bad one fails without a row.
        return f"{text} {words} {draw(st.sampled_from(_PATTERNS if 'LIKE' in words else _PATTERNS[:-1]))}"
    column, kind = _column(draw, scope, list(_TEXTS))
    texts = [_quoted(draw(st.sampled_from(_TEXTS[kind]))) for _ in range(3)]
    if shape == "texts":
        return f"{column} {draw(st.sampled_from(['IN', 'NOT IN']))} ({', '.join(texts)})"
    if shape == "between":
        return f"{column} {draw(st.sampled_from(['', 'NOT ']))}BETWEEN {texts[0]} AND {texts[1]}"
    return f"{column} {draw(st.sampled_from(_COMPARISONS))} {texts[0]}"


_PATTERNS = ["'%a%'", "'a_c'", "'_'", "'1%'", "''", "'^a'", "'[0-9]+'", "'\\%'", "'%\\'"]


def _in_query(draw: Any, scope: Scope, made: list[Table]) -> str:
    other = _some(draw, made)
    inner = [(f"q.{name}", kind) for name, kind in other.columns]
    column, kind = _column(draw, Scope(inner), ORDERED)
    left, _ = _column(draw, scope, [kind, "int4"])
    words = draw(st.sampled_from(["IN", "NOT IN", "= ANY", "< ALL", "> ANY", "<> ALL"]))
    order = draw(st.sampled_from(["", "", " ORDER BY q.id LIMIT 1", " ORDER BY 1 DESC OFFSET 1"]))
    where = f" WHERE {_bare(draw, Scope([*inner, *scope.columns], scope.args), made, 2)}" if draw(st.booleans()) else ""
    return f"{left} {words} (SELECT {column} FROM {other.name} q{where}{order})"


def bare(draw: Any, made: list[Table]) -> Statement:
    """SELECT with bare conditions."""
    table = _some(draw, made)
    scope = scope_of(made, table, "t")
    where = _bare(draw, scope, made)
    chosen = draw(st.sampled_from(["t.*", "count(*)", "t.id", "t"] if len(table.columns) < 3 else ["t.*", "count(*)"]))
    order = " ORDER BY t.id" if chosen in ("t.*", "t.id") else ""
    return Statement(f"SELECT {chosen} FROM {table.name} t WHERE {where}{order}", scope.args, ordered=bool(order))


def bare_write(draw: Any, made: list[Table]) -> Statement:
    """UPDATE and DELETE with bare conditions and values."""
    table = _some(draw, made)
    scope = scope_of(made, table, table.name)
    if draw(st.booleans()):
        where = _bare(draw, scope, made)
        return Statement(f"DELETE FROM {table.name} WHERE {where} RETURNING *", scope.args, writes=True)
    sets = []
    for name, kind in dict(draw(st.lists(st.sampled_from(table.columns[1:]), min_size=1, max_size=2))).items():
        if kind in PARAMETERS and draw(st.booleans()):
            scope.args.append(draw(st.sampled_from([*PARAMETERS[kind], None])))
            sets.append(f"{name} = ${len(scope.args)}")
        elif kind in _TEXTS and draw(st.booleans()):
            sets.append(f"{name} = {_quoted(draw(st.sampled_from(_TEXTS[kind])))}")
        else:
            other = _some(draw, made)
            of = [f"q.{column}" for column, it in other.columns if it == kind]
            sets.append(
                f"{name} = " + (f"(SELECT {of[0]} FROM {other.name} q ORDER BY q.id LIMIT 1)" if of else "DEFAULT")
            )
    where = _bare(draw, scope, made)
    return Statement(f"UPDATE {table.name} SET {', '.join(sets)} WHERE {where} RETURNING *", scope.args, writes=True)


def insert_select(draw: Any, made: list[Table]) -> Statement:
    """INSERT ... SELECT from a table, with or without ON CONFLICT."""
    target, source = _some(draw, made), _some(draw, made)
    scope = scope_of(made, source, "t")
    names, values = ["id"], [f"t.id + {draw(st.sampled_from([0, 3, 10]))}"]
    for name, kind in target.columns[1:]:
        if name != "ref" and draw(st.booleans()):
            names.append(name)
            values.append(expression(draw, scope, kind, 1))
    where = where_of(draw, scope)
    conflict = draw(
        st.sampled_from(["", " ON CONFLICT DO NOTHING", " ON CONFLICT (id) DO UPDATE SET id = excluded.id + 50"])
    )
    return Statement(
        f"INSERT INTO {target.name} ({', '.join(names)}) SELECT {', '.join(values)} FROM {source.name} t{where} ORDER BY t.id{conflict} RETURNING *",
        scope.args,
        writes=True,
    )


def sub_from(draw: Any, made: list[Table]) -> Statement:
    """A query in FROM, grouped, limited or plain, and a condition on what it gives."""
    table = _some(draw, made)
    inner = scope_of(made, table, "i")
    if draw(st.booleans()):
        kind = draw(st.sampled_from(sorted(AGGREGATES)))
        sql, arg = draw(st.sampled_from(AGGREGATES[kind]))
        own = [column for column, it in inner.columns if it == arg]
        value = sql.format(draw(st.sampled_from(own)) if own else f"NULL::{arg}")
        key, of = _column(draw, inner, ORDERED)
        query = f"SELECT {key} AS x0, {value} AS x1 FROM {table.name} i{where_of(draw, inner)} GROUP BY {key}"
    else:
        (one, of), (other, kind) = draw(st.sampled_from(inner.columns)), draw(st.sampled_from(inner.columns))
        limit = draw(st.sampled_from(["", " ORDER BY i.id LIMIT 2", " ORDER BY i.id OFFSET 1"]))
        query = f"SELECT {one} AS x0, {other} AS x1 FROM {table.name} i{where_of(draw, inner)}{limit}"
    scope = Scope([("q.x0", of), ("q.x1", kind)], inner.args)
    outputs = [sql for sql, _ in outputs_of(draw, scope)]
    # A constant condition that is false keeps the planner from computing the constants of the query inside.
    bound = len(scope.args)
    where = where_of(draw, scope)
    if "q.x" not in where:
        del scope.args[bound:]
        where = ""
    order = ordered(draw, len(outputs))
    return Statement(f"SELECT {', '.join(outputs)} FROM ({query}) q{where}{order}", scope.args, ordered=bool(order))


_CALLS = [
    ("generate_series(1, 3) AS g(x)", "int4"),
    ("generate_series(5, 1, -2) AS g(x)", "int4"),
    ("generate_series('2024-01-30'::timestamp, '2024-03-01', '1 mon') AS g(x)", "timestamp"),
    ("generate_series(1.5, 3.0, 0.5) AS g(x)", "numeric"),
    ("generate_series(1, t.id) AS g(x)", "int4"),
    ("unnest('{{a,b,NULL}}'::text[]) AS g(x)", "text"),
    ("unnest(ARRAY[3, 1, 2]) WITH ORDINALITY AS g(x, n)", "int4"),
    ("jsonb_array_elements('[1, \"a\", null]') AS g(x)", "jsonb"),
    ("jsonb_array_elements_text('[1, \"a\", null]') AS g(x)", "text"),
    ('jsonb_object_keys(\'{{"b": 1, "a": 2}}\') AS g(x)', "text"),
    ("regexp_split_to_table('a,b', ',') AS g(x)", "text"),
    ("string_to_table('a b', ' ') AS g(x)", "text"),
    ("(VALUES (1), (NULL), (3)) AS g(x)", "int4"),
    ("(VALUES ('a'), ('b')) AS g(x)", "text"),
    ("(VALUES (1, 'x'), (2.5, NULL)) AS g(x, y)", "numeric"),
]


def calls(draw: Any, made: list[Table]) -> Statement:
    """A function or VALUES in FROM beside a table."""
    table = _some(draw, made)
    call, kind = draw(st.sampled_from(_CALLS))
    scope = Scope([*scope_of(made, table, "t").columns, ("g.x", kind), ("g.x", kind)])
    join = draw(
        st.sampled_from(
            [f"{table.name} t, {call}", f"{table.name} t CROSS JOIN {call}", f"{table.name} t LEFT JOIN {call} ON true"]
        )
    )
    if draw(st.booleans()) and "t.id" not in call:
        scope, join = Scope([("g.x", kind)]), call
    outputs = [sql for sql, _ in outputs_of(draw, scope, 2)]
    # Nothing that fails: whether it does depends on which side of the join the planner reads first.
    where = draw(st.sampled_from(["", " WHERE g.x IS NOT NULL", " WHERE g.x = g.x AND g.x::text > '1'"]))
    order = ordered(draw, len(outputs))
    return Statement(
        f"SELECT {', '.join(outputs)} FROM {join.replace('{{', '{').replace('}}', '}')}{where}{order}",
        scope.args,
        ordered=bool(order),
    )


def nested_sets(draw: Any, made: list[Table]) -> Statement:
    """Set operations inside set operations, over columns and literals without a type."""
    kind = draw(st.sampled_from(["int4", "text", "numeric", "date"]))
    args: list[Any] = []

    def part(level: int) -> str:
        if level < 2 and draw(st.booleans()):
            word = draw(st.sampled_from(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"]))
            return f"({part(level + 1)} {word} {part(level + 1)})"
        table = _some(draw, made)
        scope = scope_of(made, table, "t")
        scope.args = args
        of = draw(st.sampled_from([kind, "int4"] if kind == "numeric" else [kind]))
        bare_text = _quoted(draw(st.sampled_from(_TEXTS[kind])))
        value = draw(st.sampled_from(["expression", "text", "null"]))
        sql = {"text": bare_text, "null": "NULL"}.get(value) or expression(draw, scope, of, 1)
        return f"(SELECT {sql} FROM {table.name} t{where_of(draw, scope)})"

    return Statement(f"{part(0)} ORDER BY 1", args, ordered=True)


def views(draw: Any, made: list[Table]) -> Statement:
    """A view made by a query of one of the tables, then read: one statement, for it is dropped with the table."""
    table = _some(draw, made)
    scope = scope_of(made, table, "t")
    outputs = outputs_of(draw, Scope(scope.columns))
    if any("$" in sql for sql, _ in outputs):
        outputs = [("t.id", "int4")]
    columns = ", ".join(f"{sql} AS x{at}" for at, (sql, _) in enumerate(outputs))
    number = draw(st.integers(0, 3))
    return Statement(f"CREATE OR REPLACE VIEW v{number} AS SELECT {columns} FROM {table.name} t", [], writes=True)


def read_view(draw: Any, made: list[Table]) -> Statement:
    """A view, which may not exist."""
    del made
    where = draw(st.sampled_from(["", " WHERE x0 IS NOT NULL", " WHERE x0::text > '1'"]))
    return Statement(f"SELECT * FROM v{draw(st.integers(0, 3))} v{where}", [])


def change_rows(draw: Any, made: list[Table]) -> Statement:
    """What foreign keys and their actions follow: keys change and go, all at once or one."""
    table = _some(draw, made)
    key = draw(st.integers(1, 5))
    return Statement(
        draw(
            st.sampled_from(
                [
                    f"UPDATE {table.name} SET id = id + 10 WHERE id = {key} RETURNING id",
                    f"UPDATE {table.name} SET id = id + 1 RETURNING id",
                    f"UPDATE {table.name} SET id = -id RETURNING id",
                    f"DELETE FROM {table.name} WHERE id = {key} RETURNING id",
                    f"DELETE FROM {table.name} RETURNING id",
                    f"TRUNCATE {table.name}",
                    f"TRUNCATE {table.name} CASCADE",
                    f"INSERT INTO {table.name} SELECT * FROM {table.name} ON CONFLICT DO NOTHING RETURNING id",
                    f"INSERT INTO {table.name} (id) VALUES ({key}), ({key}) ON CONFLICT (id) DO NOTHING RETURNING id",
                    f"INSERT INTO {table.name} (id) VALUES ({key}), ({key}) ON CONFLICT (id) DO UPDATE SET id = 7 RETURNING id",
                    f"INSERT INTO {table.name} (id) VALUES ({key}) ON CONFLICT (id) DO UPDATE SET id = excluded.id + 1 RETURNING *",
                ]
            )
        ),
        [],
        writes=True,
    )


WIDER = {
    "view": views,
    "read view": read_view,
    "change rows": change_rows,
    "bare": bare,
    "bare write": bare_write,
    "insert select": insert_select,
    "sub from": sub_from,
    "calls": calls,
    "nested sets": nested_sets,
}
