"""Which of PostgreSQL's own functions and operators the fake has: each is compiled once with arguments of its types."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections import defaultdict
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres import Engine
from nexus_testkit.postgres.catalog.system import Routine, system

# What the server calls for itself: input, output, hashing, comparison and planning of a type, handlers, statistics.
_INTERNAL = re.compile(
    r"(_?in|_?out|recv|_?send|typmodin|typmodout|sel|joinsel|support|sortsupport|skipsupport|_cmp|hash\w*|_transition|_trans\w*|_accum\w*|_final\w*|"
    r"_combine|serialize|deserialize|handler|_consistent|_compress|_decompress|_penalty|_picksplit|_union|_same|_distance|_fetch|equalimage|"
    r"larger|smaller|_eq|_ne|_lt|_le|_gt|_ge|eq|ne|lt|le|gt|ge|pl|mi|mul|div|_inv|_inverse|_subdiff|_sortsupport|_stat\w*|extract_\w+)$"
)
_SERVERS_OWN = re.compile(
    r"(pg_(stat|ls|read|wal|log|control|replication|promote|backup|switch|create|drop|sync|show|hba|ident|config|advance|copy|partition|cursor|"
    r"prepared|lock_status|available|extension|identify|get_(backend|wal|replication|catalog|shmem|loaded|multixact|aios|statisticsobj|publication|object|acl)|"
    r"nextoid|stop|start|restore|clear|rotate|reload|terminate|cancel|import|export|last|mcv|dependencies|ndistinct|snapshot|visible|xact|current|column|relation|"
    r"indexes|table|tablespace|database|total|describe|collation|conf|trigger|event|logical|filenode|split|force|settings|input|describe|promote|isolation|safe|"
    r"blocking|jit|opfamily|operator|opclass|ts|type|function|char|sequence|my|notification|encoding|is_other|mcv|num|size|advisory)|binary_upgrade|lo_|loread|lowrite|"
    r"gin|gist|spg|brin|bt|hash|ts|array_typ|range_typ|multirange_typ|domain_|anynonarray|any|cstring|void|record_|trigger|event|language|fdw|tablesample|"
    r"internal|plpgsql|RI_|suppress|unique_key|satisfies|amvalidate|txid|xml|cursor_to|query_to|table_to|schema_to|database_to|xpath|inet_|network_|"
    r"has_|row_security|currtid|mxid|heap_|index_am|koi8r|utf8_to|big5|euc|sjis|win|iso|latin|ascii_to|mic_|johab|gb18030|uhc|gbk|shift|"
    r"cash|path_|box|circle|line|lseg|point|poly|on_|dist_|close_|inter_|geo|area|center|diagonal|diameter|height|width$|slope|isclosed|isopen|pclose|popen|ishor|isver|isp|radius|npoints|pg_lsn)"
)
_GEOMETRY = frozenset(
    "point line lseg box path polygon circle tsvector tsquery xml money pg_lsn txid_snapshot pg_snapshot aclitem internal cstring xid xid8 cid tid "
    "trigger event_trigger regconfig regdictionary refcursor any anyelement pg_ddl_command pg_node_tree gtsvector pg_ndistinct pg_mcv_list "
    "pg_dependencies pg_brin_bloom_summary pg_brin_minmax_multi_summary void language_handler fdw_handler tsm_handler index_am_handler table_am_handler".split()
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
    return bool(
        (row.kind == "f" and _INTERNAL.search(row.name)) or _SERVERS_OWN.match(row.name) or not _GEOMETRY.isdisjoint((*row.args, row.result))
    )


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
    if row.name in ("percentile_cont", "percentile_disc", "mode", "rank", "dense_rank", "percent_rank", "cume_dist") and row.kind == "a":
        direct, ordered = (values[:-1], values[-1]) if row.name.startswith(("perc", "mode")) and len(values) > 1 else (values[:1], "1")
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
