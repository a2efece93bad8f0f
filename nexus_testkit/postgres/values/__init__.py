"""PostgreSQL's values on SQLite: storage forms, casts, and the functions that lowered SQL calls.

| type | storage |
| --- | --- |
| bool | INTEGER 0, 1 |
| int2, int4, int8 | INTEGER |
| float4, float8 | REAL; NaN is the TEXT `NaN` |
| numeric | TEXT with its scale: `3.50`, `NaN`, `Infinity`; collation `pg_numeric` |
| text, varchar, name, enums | TEXT; bpchar padded, collation RTRIM |
| bytea | BLOB |
| uuid | TEXT, lower case |
| date, timestamp, time | TEXT of fixed width; timestamptz in UTC; `infinity`, `-infinity` |
| timetz | TEXT, local time and offset in seconds; collation `pg_timetz` |
| interval | TEXT `months days microseconds`; collation `pg_interval` |
| json | TEXT as written |
| jsonb | TEXT as PostgreSQL prints it; collation `pg_jsonb` |
| jsonpath | TEXT as PostgreSQL prints it; no order |
| ranges, multiranges | TEXT, JSON of bounds in storage form (see `ranges`); collation `pg_range_<bound>` |
| inet, cidr | TEXT, `address/bits`; collation `pg_inet` |
| macaddr, macaddr8 | TEXT, as it is shown |
| bit, bit varying | TEXT, one `0` or `1` a bit |
| arrays | TEXT, JSON of storage values; collation `pg_array_<element>` |

Everything here was compared with PostgreSQL 18.6 and asyncpg 0.32; the recorded answers are in the tests.

`functions` (what lowered SQL may call) and `lowering` (how a signature becomes a call of them) are loaded when they are needed.

Limits: years 1 to 9999; arrays whose bounds begin at 1; no ranges over other types than PostgreSQL's own six; no money, xml, pg_lsn,
pg_snapshot, geometric types, nor those of full-text search.
"""

from __future__ import annotations

from nexus_testkit.postgres.values import types
from nexus_testkit.postgres.values.casts import cast, caster
from nexus_testkit.postgres.values.codec import encode, encoder, plain_encoder
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.decoding import decoder
from nexus_testkit.postgres.values.outputs import output
from nexus_testkit.postgres.values.registry import (
    AGGREGATE_NAMES,
    COLLATIONS,
    RuntimeFunction,
    mentioned,
    provide,
    register,
)
from nexus_testkit.postgres.values.session import DETACHED, ValueSession
from nexus_testkit.postgres.values.types import affinity, collation, display

__all__ = [
    "AGGREGATE_NAMES",
    "COLLATIONS",
    "DETACHED",
    "RuntimeFunction",
    "ValueSession",
    "affinity",
    "cast",
    "caster",
    "collation",
    "comparer",
    "decoder",
    "display",
    "encode",
    "encoder",
    "mentioned",
    "output",
    "plain_encoder",
    "provide",
    "register",
    "types",
]
