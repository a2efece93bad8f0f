"""The views of pg_catalog in SQLite's SQL, over the catalogues' temporary tables.

`{pg_class}` stands for the table of that name. A view gives an expression for each of its columns that is not always null.
"""

from __future__ import annotations

from typing import NamedTuple


class View(NamedTuple):
    """A view: its columns' expressions and where they come from (FROM and what follows)."""

    columns: dict[str, str]
    source: str


_OWNED = "LEFT JOIN {pg_namespace} n ON n.oid = c.relnamespace LEFT JOIN {pg_tablespace} t ON t.oid = c.reltablespace"

_ROLE = (
    *("rolname", "rolsuper", "rolinherit", "rolcreaterole", "rolcreatedb", "rolcanlogin", "rolreplication"),
    "rolconnlimit",
)

VIEWS: dict[str, View] = {
    "pg_catalog.pg_tables": View(
        {
            "schemaname": "n.nspname",
            "tablename": "c.relname",
            "tableowner": "pgs_sys_role(c.relowner)",
            "tablespace": "t.spcname",
            "hasindexes": "c.relhasindex",
            "hasrules": "c.relhasrules",
            "hastriggers": "c.relhastriggers",
            "rowsecurity": "c.relrowsecurity",
        },
        f"{{pg_class}} c {_OWNED} WHERE c.relkind IN ('r', 'p')",
    ),
    "pg_catalog.pg_views": View(
        {
            "schemaname": "n.nspname",
            "viewname": "c.relname",
            "viewowner": "pgs_sys_role(c.relowner)",
            "definition": "c.oid",
        },
        "{pg_class} c LEFT JOIN {pg_namespace} n ON n.oid = c.relnamespace WHERE c.relkind = 'v'",
    ),
    "pg_catalog.pg_matviews": View(
        {
            "schemaname": "n.nspname",
            "matviewname": "c.relname",
            "matviewowner": "pgs_sys_role(c.relowner)",
            "tablespace": "t.spcname",
            "hasindexes": "c.relhasindex",
            "ispopulated": "c.relispopulated",
            "definition": "c.oid",
        },
        f"{{pg_class}} c {_OWNED} WHERE c.relkind = 'm'",
    ),
    "pg_catalog.pg_indexes": View(
        {
            "schemaname": "n.nspname",
            "tablename": "c.relname",
            "indexname": "i.relname",
            "tablespace": "t.spcname",
            "indexdef": "pgs_sys_indexdef(i.oid)",
        },
        "{pg_index} x JOIN {pg_class} c ON c.oid = x.indrelid JOIN {pg_class} i ON i.oid = x.indexrelid "
        "LEFT JOIN {pg_namespace} n ON n.oid = c.relnamespace LEFT JOIN {pg_tablespace} t ON t.oid = i.reltablespace "
        "WHERE c.relkind IN ('r', 'm', 'p') AND i.relkind IN ('i', 'I')",
    ),
    "pg_catalog.pg_sequences": View(
        {
            "schemaname": "n.nspname",
            "sequencename": "c.relname",
            "sequenceowner": "pgs_sys_role(c.relowner)",
            "data_type": "s.seqtypid",
            "start_value": "s.seqstart",
            "min_value": "s.seqmin",
            "max_value": "s.seqmax",
            "increment_by": "s.seqincrement",
            "cycle": "s.seqcycle",
            "cache_size": "s.seqcache",
            "last_value": "pgs_sys_last_value(c.oid)",
        },
        "{pg_sequence} s JOIN {pg_class} c ON c.oid = s.seqrelid LEFT JOIN {pg_namespace} n ON n.oid = c.relnamespace",
    ),
    "pg_catalog.pg_roles": View(
        {
            **{name: name for name in (*_ROLE, "rolvaliduntil", "rolbypassrls", "oid")},
            "rolpassword": "'********'",
        },
        "{pg_authid}",
    ),
    "pg_catalog.pg_user": View(
        {
            "usename": "rolname",
            "usesysid": "oid",
            "usecreatedb": "rolcreatedb",
            "usesuper": "rolsuper",
            "userepl": "rolreplication",
            "usebypassrls": "rolbypassrls",
            "passwd": "'********'",
            "valuntil": "rolvaliduntil",
        },
        "{pg_authid} WHERE rolcanlogin",
    ),
    "pg_catalog.pg_group": View(
        {
            "groname": "rolname",
            "grosysid": "oid",
            "grolist": "(SELECT json_group_array(member) FROM {pg_auth_members} m WHERE m.roleid = a.oid)",
        },
        "{pg_authid} a WHERE NOT rolcanlogin",
    ),
    "pg_catalog.pg_policies": View({}, "{pg_policy}"),
    "pg_catalog.pg_publication_tables": View({}, "{pg_publication}"),
    "pg_catalog.pg_user_mappings": View({}, "{pg_user_mapping}"),
}
