"""Which of PostgreSQL's own functions and operators the fake has: each is compiled once with arguments of its types."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres import Engine
from nexus_testkit.postgres.catalog.system import Routine, system

DATA = Path(__file__).with_name("own_routines.json")

# What the server calls for itself, by what it says of its functions (`pg_description`).
_SAYS = (
    "\\(internal\\)",
    "adjust",
    "aggregate ",
    "B-tree",
    "BRIN",
    "convert [A-Z]",
    "deprecated",
    "disable",
    "equal image",
    "for use by",
    "get wal",
    "GIN",
    "GiST",
    "hash",
    "historical",
    "I/O",
    "implementation of",
    "in_range",
    "information about",
    "internal",
    "join selectivity",
    "large object",
    "larger of",
    "less than or equal",
    "less-equal-greater",
    "list ",
    "map ",
    "planner support",
    "referential",
    "restriction",
    "skip support",
    "smaller of",
    "sort support",
    "SP-GiST",
    "statistics",
    "transform",
    "trigger",
    "user-defined",
    "validate",
    "window ",
)
OWN = f"""
SELECT DISTINCT p.proname FROM pg_proc p LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND (d.description IS NULL OR d.description ~ '^({"|".join(_SAYS)})')
ORDER BY 1
"""

# Functions that the server calls for itself, or that only make sense to one: regular expressions of names' beginnings.
_SERVERS_OWN = re.compile(
    r"""
    # parts of aggregates, types, indexes and languages
    .*(_transfn|_finalfn|_handler|_typanalyze|_validator|_subdiff|_canonical|selectivity)$
    | brin_ | gin_ | gist | spg | tsm_ | amvalidate | int\d(inc|dec)\w* | nameconcatoid | fmgr_ | RI_
    # older names of what has an operator or another name
    | d(exp|log1|log10|round|trunc)$ | numeric_(div_trunc|exp|inc|ln|log|sqrt)$
    # the server's state, files, large objects, transactions, roles
    | binary_upgrade | lo_ | loread | lowrite | currtid | txid_ | mxid | acl\w+ | makeacl\w+ | has_ | row_security
    | getpgusername | getdatabaseencoding | system_user | current_query | icu_ | event_trigger\w*
    # full-text search, XML
    | ds\w+_(init|lexize) | ts\w+$ | xml | (query|table|schema|database|cursor)_to_xml
    # pg_...: all but what programs call
    | pg_(?!
        typeof | get_(constraintdef|expr|indexdef|viewdef|serial_sequence|userbyid|keywords)
        | (table|type|function)_is_visible | advisory | try_advisory | notify | sleep | size_pretty | size_bytes
        | backend_pid | client_encoding | char_to_encoding | encoding_to_char | is_in_recovery | input | basetype
        | collation_for | postmaster
    )
    """,
    re.VERBOSE,
)

# Types that the fake does not have, and those that no program has a value of.
_OTHER_TYPES = frozenset(
    """
    point line lseg box path polygon circle
    tsvector tsquery gtsvector regconfig regdictionary
    xml money aclitem refcursor
    pg_lsn txid_snapshot pg_snapshot xid xid8 cid tid
    any anyelement internal cstring void trigger event_trigger pg_ddl_command pg_node_tree
    language_handler fdw_handler tsm_handler index_am_handler table_am_handler
    pg_ndistinct pg_mcv_list pg_dependencies pg_brin_bloom_summary pg_brin_minmax_multi_summary
    """.split()  # noqa: SIM905  # reads better than 40 quoted names
)


def routines() -> dict[str, dict[str, bool]]:
    """By kind (`function`, `aggregate`, `window function`, `operator`): each signature, and whether the fake has it."""
    session = _session()
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for rows in system().functions.values():
        for row in rows:
            if row.kind == "p" or _for_the_server(row):
                continue
            kind = {"f": "function", "a": "aggregate", "w": "window function"}[row.kind]
            found[kind][f"{row.name}({', '.join(row.args)})"] = _compiles(session, _call(row))
    for rows in system().operators.values():
        for row in rows:
            if _OTHER_TYPES.isdisjoint((*row.args, row.result)):
                found["operator"][" ".join((*row.args[:-1], row.name, row.args[-1]))] = _compiles(session, _call(row))
    return dict(found)


def _for_the_server(row: Routine) -> bool:
    own = row.kind == "f" and (row.name in _own() or _SERVERS_OWN.match(row.name))
    return bool(own) or not _OTHER_TYPES.isdisjoint((*row.args, row.result))


@cache
def _own() -> frozenset[str]:
    return frozenset(json.loads(DATA.read_text(encoding="utf-8"))["names"])


def write_own(version: str, names: list[str]) -> None:
    """Keep what a server answered to `OWN`."""
    DATA.write_text(json.dumps({"server": version, "names": names}, indent=1) + "\n", encoding="utf-8")


# Polymorphic arguments need something to be of.
_CONCRETE = {
    "anyelement": "int4",
    "anyarray": "int4[]",
    "anynonarray": "int4",
    "anyenum": "text",
    "anyrange": "int4range",
    "anymultirange": "int4multirange",
    "anycompatible": "int4",
    "anycompatiblearray": "int4[]",
    "anycompatiblenonarray": "int4",
    "anycompatiblerange": "int4range",
    "anycompatiblemultirange": "int4multirange",
    "any": "int4",
    "record": "record",
}


def _call(row: Routine) -> str:
    values = [f"NULL::{_CONCRETE.get(name, name)}" if name != "record" else "ROW(1)" for name in row.args]
    if row.kind == "o":
        return f"SELECT {' '.join([*values[:-1], row.name, values[-1]])}"
    call = f"{row.name}({', '.join(values)})"
    if row.kind == "w":
        return f"SELECT {call} OVER (ORDER BY 1)"
    if (
        row.name in ("percentile_cont", "percentile_disc", "mode", "rank", "dense_rank", "percent_rank", "cume_dist")
        and row.kind == "a"
    ):
        direct, ordered = (
            (values[:-1], values[-1])
            if row.name.startswith(("perc", "mode")) and len(values) > 1
            else (values[:1], "1")
        )
        return f"SELECT {row.name}({', '.join(direct)}) WITHIN GROUP (ORDER BY {ordered})"
    if row.many or row.result == "record":
        return f"SELECT * FROM {call}"
    return f"SELECT {row.name}(*)" if row.name == "count" and not values else f"SELECT {call}"


def _session() -> Any:
    engine = Engine(now=lambda: dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    engine.attach(sqlite3.connect(":memory:"))
    return engine.session()


def _compiles(session: Any, sql: str) -> bool:
    try:
        session.execute(sql)
    except UnsupportedSQL:
        return False
    except DatabaseError:
        return True
    return True
