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
OWN = """
SELECT DISTINCT p.proname FROM pg_proc p LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND (d.description IS NULL OR d.description ~
  '^(implementation of|I/O|aggregate |internal|\\(internal\\)|sort support|hash|less-equal-greater|planner support|statistics|convert [A-Z]|window |larger of|smaller of|'
  'historical|in_range|adjust|trigger|referential|GiST|SP-GiST|GIN|BRIN|B-tree|restriction|join selectivity|skip support|for use by|deprecated|user-defined|'
  'less than or equal|equal image|list |large object|get wal|information about|validate|disable|map |transform)')
ORDER BY 1
"""

_SERVERS_OWN = re.compile(
    r"(.*(_transfn|_finalfn|_handler|_typanalyze|_validator|_subdiff|_canonical|selectivity)$|binary_upgrade|lo_|loread|lowrite|brin_|gin_|gist|spg|currtid|ds\w+_(init|lexize)|"
    r"pg_(?!typeof|get_(constraintdef|expr|indexdef|viewdef|serial_sequence|userbyid|keywords)|(table|type|function)_is_visible|advisory|try_advisory|notify|sleep|"
    r"size_pretty|size_bytes|backend_pid|client_encoding|char_to_encoding|encoding_to_char|is_in_recovery|input|basetype|collation_for|postmaster)|"
    r"(query|table|schema|database|cursor)_to_xml|has_|row_security|txid_|mxid|int\d(inc|dec)\w*|d(exp|log1|log10|round|trunc)$|numeric_(div_trunc|exp|inc|ln|log|sqrt)$|"
    r"acl\w+|makeacl\w+|RI_|amvalidate|fmgr_|nameconcatoid|getpgusername|getdatabaseencoding|icu_|system_user|tsm_|xml|current_query|ts\w+$|event_trigger\w*)"
)
_GEOMETRY = frozenset(
    [
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "tsvector",
        "tsquery",
        "xml",
        "money",
        "pg_lsn",
        "txid_snapshot",
        "pg_snapshot",
        "aclitem",
        "internal",
        "cstring",
        "xid",
        "xid8",
        "cid",
        "tid",
        "trigger",
        "event_trigger",
        "regconfig",
        "regdictionary",
        "refcursor",
        "any",
        "anyelement",
        "pg_ddl_command",
        "pg_node_tree",
        "gtsvector",
        "pg_ndistinct",
        "pg_mcv_list",
        "pg_dependencies",
        "pg_brin_bloom_summary",
        "pg_brin_minmax_multi_summary",
        "void",
        "language_handler",
        "fdw_handler",
        "tsm_handler",
        "index_am_handler",
        "table_am_handler",
    ]
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
            if _GEOMETRY.isdisjoint((*row.args, row.result)):
                found["operator"][" ".join((*row.args[:-1], row.name, row.args[-1]))] = _compiles(session, _call(row))
    return dict(found)


def _for_the_server(row: Routine) -> bool:
    own = row.kind == "f" and (row.name in _own() or _SERVERS_OWN.match(row.name))
    return bool(own) or not _GEOMETRY.isdisjoint((*row.args, row.result))


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
