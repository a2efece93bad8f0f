"""The views of information_schema in SQLite's SQL (src/backend/catalog/information_schema.sql); see `views`.

Everybody is a superuser here, so nothing is left out for want of a privilege.
"""

from __future__ import annotations

from nexus_testkit.postgres.system.views import View

_DATABASE = "'postgres'"
_TABLES = "c.relkind IN ('r', 'v', 'f', 'p')"
_VISIBLE = "NOT pgs_sys_other_temp({}.oid)"


def _yes(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 'YES' ELSE 'NO' END"


def _length(kind: str, typmod: str) -> str:
    return (
        f"CASE WHEN {typmod} = -1 THEN NULL WHEN {kind} IN (1042, 1043) THEN {typmod} - 4 "
        f"WHEN {kind} IN (1560, 1562) THEN {typmod} END"
    )


def _numbers(kind: str, typmod: str) -> dict[str, str]:
    """Lengths and precisions of a type (`_pg_char_max_length` and its kin)."""
    return {
        "character_maximum_length": _length(kind, typmod),
        "character_octet_length": f"CASE WHEN {kind} IN (25, 1042, 1043) THEN "
        f"CASE WHEN {typmod} = -1 THEN 1073741824 ELSE ({_length(kind, typmod)}) * 4 END END",
        "numeric_precision": f"CASE {kind} WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 "
        f"WHEN 1700 THEN CASE WHEN {typmod} = -1 THEN NULL ELSE (({typmod} - 4) >> 16) & 65535 END "
        f"WHEN 700 THEN 24 WHEN 701 THEN 53 END",
        "numeric_precision_radix": f"CASE WHEN {kind} IN (20, 21, 23, 700, 701) THEN 2 WHEN {kind} = 1700 THEN 10 END",
        "numeric_scale": f"CASE WHEN {kind} IN (20, 21, 23) THEN 0 "
        f"WHEN {kind} = 1700 THEN CASE WHEN {typmod} = -1 THEN NULL ELSE ({typmod} - 4) & 65535 END END",
        "datetime_precision": f"CASE WHEN {kind} = 1082 THEN 0 "
        f"WHEN {kind} IN (1083, 1114, 1184, 1266) THEN CASE WHEN {typmod} < 0 THEN 6 ELSE {typmod} END "
        f"WHEN {kind} = 1186 THEN CASE WHEN {typmod} < 0 OR {typmod} & 65535 = 65535 THEN 6 ELSE {typmod} & 65535 END END",
        "interval_type": f"CASE WHEN {kind} = 1186 "
        f"THEN nullif(upper(ltrim(substr(pgs_sys_format_type({kind}, {typmod}), 9), '()0123456789 ')), '') END",
    }


def _data_type(type_alias: str, schema: str, oid: str) -> str:
    return (
        f"CASE WHEN {type_alias}.typelem <> 0 AND {type_alias}.typlen = -1 THEN 'ARRAY' "
        f"WHEN {schema} = 'pg_catalog' THEN pgs_sys_format_type({oid}, NULL) ELSE 'USER-DEFINED' END"
    )


_TRUE_TYPE = "(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END)"
_TRUE_MODIFIER = "(CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)"
_COLLATION = (
    "LEFT JOIN ({{pg_collation}} co JOIN {{pg_namespace}} nco ON co.collnamespace = nco.oid) "
    "ON {} = co.oid AND (nco.nspname <> 'pg_catalog' OR co.collname <> 'default')"
)
_COLLATED = {
    "collation_catalog": f"CASE WHEN nco.nspname IS NOT NULL THEN {_DATABASE} END",
    "collation_schema": "nco.nspname",
    "collation_name": "co.collname",
}
_ACTIONS = "WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT' WHEN 'a' THEN 'NO ACTION'"
_CONSTRAINT = "{pg_constraint} c JOIN {pg_namespace} nc ON nc.oid = c.connamespace "
_CONSTRAINED = "JOIN {pg_class} r ON r.oid = c.conrelid JOIN {pg_namespace} nr ON nr.oid = r.relnamespace "
_USED = "CASE c.contype WHEN 'f' THEN c.confkey ELSE c.conkey END"

VIEWS: dict[str, View] = {
    "information_schema.information_schema_catalog_name": View({"catalog_name": _DATABASE}, "(SELECT 1)"),
    "information_schema.schemata": View(
        {"catalog_name": _DATABASE, "schema_name": "n.nspname", "schema_owner": "u.rolname"},
        "{pg_namespace} n JOIN {pg_authid} u ON n.nspowner = u.oid",
    ),
    "information_schema.enabled_roles": View({"role_name": "rolname"}, "{pg_authid}"),
    "information_schema.tables": View(
        {
            "table_catalog": _DATABASE,
            "table_schema": "nc.nspname",
            "table_name": "c.relname",
            "table_type": "CASE WHEN nc.nspname LIKE 'pg\\_temp\\_%' ESCAPE '\\' THEN 'LOCAL TEMPORARY' "
            "WHEN c.relkind IN ('r', 'p') THEN 'BASE TABLE' WHEN c.relkind = 'v' THEN 'VIEW' ELSE 'FOREIGN' END",
            "is_insertable_into": _yes(
                "c.relkind IN ('r', 'p') OR (c.relkind IN ('v', 'f') AND pgs_sys_updatable(c.oid) & 8 = 8)"
            ),
            "is_typed": "'NO'",
        },
        f"{{pg_namespace}} nc JOIN {{pg_class}} c ON nc.oid = c.relnamespace WHERE {_TABLES} AND {_VISIBLE.format('nc')}",
    ),
    "information_schema.columns": View(
        {
            "table_catalog": _DATABASE,
            "table_schema": "nc.nspname",
            "table_name": "c.relname",
            "column_name": "a.attname",
            "ordinal_position": "a.attnum",
            "column_default": "CASE WHEN a.attgenerated = '' THEN pgs_sys_expr(ad.adbin) END",
            "is_nullable": "CASE WHEN a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) THEN 'NO' ELSE 'YES' END",
            "data_type": f"CASE WHEN t.typtype = 'd' THEN {_data_type('bt', 'nbt.nspname', 't.typbasetype')} "
            f"ELSE {_data_type('t', 'nt.nspname', 'a.atttypid')} END",
            **_numbers(_TRUE_TYPE, _TRUE_MODIFIER),
            **_COLLATED,
            "domain_catalog": f"CASE WHEN t.typtype = 'd' THEN {_DATABASE} END",
            "domain_schema": "CASE WHEN t.typtype = 'd' THEN nt.nspname END",
            "domain_name": "CASE WHEN t.typtype = 'd' THEN t.typname END",
            "udt_catalog": _DATABASE,
            "udt_schema": "coalesce(nbt.nspname, nt.nspname)",
            "udt_name": "coalesce(bt.typname, t.typname)",
            "dtd_identifier": "CAST(a.attnum AS TEXT)",
            "is_self_referencing": "'NO'",
            "is_identity": _yes("a.attidentity IN ('a', 'd')"),
            "identity_generation": "CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END",
            "identity_start": "CAST(seq.seqstart AS TEXT)",
            "identity_increment": "CAST(seq.seqincrement AS TEXT)",
            "identity_maximum": "CAST(seq.seqmax AS TEXT)",
            "identity_minimum": "CAST(seq.seqmin AS TEXT)",
            "identity_cycle": _yes("seq.seqcycle"),
            "is_generated": "CASE WHEN a.attgenerated <> '' THEN 'ALWAYS' ELSE 'NEVER' END",
            "generation_expression": "CASE WHEN a.attgenerated <> '' THEN pgs_sys_expr(ad.adbin) END",
            "is_updatable": _yes(
                "c.relkind IN ('r', 'p') OR (c.relkind IN ('v', 'f') AND pgs_sys_updatable(c.oid, a.attnum))"
            ),
        },
        "{pg_attribute} a LEFT JOIN {pg_attrdef} ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum "
        "JOIN {pg_class} c ON a.attrelid = c.oid JOIN {pg_namespace} nc ON c.relnamespace = nc.oid "
        "JOIN {pg_type} t ON a.atttypid = t.oid JOIN {pg_namespace} nt ON t.typnamespace = nt.oid "
        "LEFT JOIN ({pg_type} bt JOIN {pg_namespace} nbt ON bt.typnamespace = nbt.oid) "
        "ON t.typtype = 'd' AND t.typbasetype = bt.oid "
        + _COLLATION.format("a.attcollation").replace("{{", "{").replace("}}", "}")
        + " LEFT JOIN ({pg_depend} dep JOIN {pg_sequence} seq ON dep.classid = 1259 AND dep.objid = seq.seqrelid AND dep.deptype = 'i') "
        "ON dep.refclassid = 1259 AND dep.refobjid = c.oid AND dep.refobjsubid = a.attnum "
        f"WHERE a.attnum > 0 AND NOT a.attisdropped AND {_TABLES} AND {_VISIBLE.format('nc')}",
    ),
    "information_schema.table_constraints": View(
        {
            "constraint_catalog": _DATABASE,
            "constraint_schema": "nc.nspname",
            "constraint_name": "c.conname",
            "table_catalog": _DATABASE,
            "table_schema": "nr.nspname",
            "table_name": "r.relname",
            "constraint_type": "CASE c.contype WHEN 'c' THEN 'CHECK' WHEN 'n' THEN 'CHECK' WHEN 'f' THEN 'FOREIGN KEY' "
            "WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' END",
            "is_deferrable": _yes("c.condeferrable"),
            "initially_deferred": _yes("c.condeferred"),
            "enforced": _yes("c.conenforced"),
            "nulls_distinct": "CASE WHEN c.contype = 'u' THEN "
            "CASE WHEN (SELECT NOT x.indnullsnotdistinct FROM {pg_index} x WHERE x.indexrelid = c.conindid) THEN 'YES' ELSE 'NO' END END",
        },
        f"{_CONSTRAINT}{_CONSTRAINED}WHERE c.contype NOT IN ('t', 'x') AND r.relkind IN ('r', 'p') AND {_VISIBLE.format('nr')}",
    ),
    "information_schema.key_column_usage": View(
        {
            "constraint_catalog": _DATABASE,
            "constraint_schema": "nc.nspname",
            "constraint_name": "c.conname",
            "table_catalog": _DATABASE,
            "table_schema": "nr.nspname",
            "table_name": "r.relname",
            "column_name": "a.attname",
            "ordinal_position": "k.key + 1",
            "position_in_unique_constraint": "CASE WHEN c.contype = 'f' THEN (SELECT p.key + 1 FROM {pg_index} x, json_each(x.indkey) p "
            "WHERE x.indexrelid = c.conindid AND p.value = json_extract(c.confkey, '$[' || k.key || ']')) END",
        },
        f"{_CONSTRAINT}{_CONSTRAINED}JOIN json_each(c.conkey) k "
        "JOIN {pg_attribute} a ON a.attrelid = r.oid AND a.attnum = k.value AND NOT a.attisdropped "
        f"WHERE c.contype IN ('p', 'u', 'f') AND r.relkind IN ('r', 'p') AND {_VISIBLE.format('nr')}",
    ),
    "information_schema.constraint_column_usage": View(
        {
            "table_catalog": _DATABASE,
            "table_schema": "nr.nspname",
            "table_name": "r.relname",
            "column_name": "a.attname",
            "constraint_catalog": _DATABASE,
            "constraint_schema": "nc.nspname",
            "constraint_name": "c.conname",
        },
        f"{_CONSTRAINT}JOIN {{pg_class}} r ON r.oid = CASE c.contype WHEN 'f' THEN c.confrelid ELSE c.conrelid END "
        f"JOIN {{pg_namespace}} nr ON nr.oid = r.relnamespace JOIN json_each({_USED}) k "
        "JOIN {pg_attribute} a ON a.attrelid = r.oid AND a.attnum = k.value AND NOT a.attisdropped "
        "WHERE c.contype IN ('c', 'n', 'p', 'u', 'f') AND r.relkind IN ('r', 'p')",
    ),
    "information_schema.constraint_table_usage": View(
        {
            "table_catalog": _DATABASE,
            "table_schema": "nr.nspname",
            "table_name": "r.relname",
            "constraint_catalog": _DATABASE,
            "constraint_schema": "nc.nspname",
            "constraint_name": "c.conname",
        },
        f"{_CONSTRAINT}JOIN {{pg_class}} r ON r.oid = CASE c.contype WHEN 'f' THEN c.confrelid ELSE c.conrelid END "
        "JOIN {pg_namespace} nr ON nr.oid = r.relnamespace WHERE c.contype IN ('p', 'u', 'f') AND r.relkind IN ('r', 'p')",
    ),
    "information_schema.referential_constraints": View(
        {
            "constraint_catalog": _DATABASE,
            "constraint_schema": "nc.nspname",
            "constraint_name": "c.conname",
            "unique_constraint_catalog": f"CASE WHEN npkc.nspname IS NOT NULL THEN {_DATABASE} END",
            "unique_constraint_schema": "npkc.nspname",
            "unique_constraint_name": "pkc.conname",
            "match_option": "CASE c.confmatchtype WHEN 'f' THEN 'FULL' WHEN 'p' THEN 'PARTIAL' WHEN 's' THEN 'NONE' END",
            "update_rule": f"CASE c.confupdtype {_ACTIONS} END",
            "delete_rule": f"CASE c.confdeltype {_ACTIONS} END",
        },
        f"{_CONSTRAINT}LEFT JOIN {{pg_constraint}} pkc "
        "ON pkc.conindid = c.conindid AND pkc.contype IN ('p', 'u') AND pkc.conrelid = c.confrelid "
        "LEFT JOIN {pg_namespace} npkc ON pkc.connamespace = npkc.oid WHERE c.contype = 'f'",
    ),
    "information_schema.check_constraints": View(
        {
            "constraint_catalog": _DATABASE,
            "constraint_schema": "nc.nspname",
            "constraint_name": "c.conname",
            "check_clause": "CASE c.contype WHEN 'c' THEN pgs_sys_expr(c.conbin) ELSE coalesce(a.attname, 'VALUE') || ' IS NOT NULL' END",
        },
        f"{_CONSTRAINT}LEFT JOIN {{pg_attribute}} a ON c.conrelid = a.attrelid AND json_extract(c.conkey, '$[0]') = a.attnum "
        "WHERE c.contype IN ('c', 'n')",
    ),
    "information_schema.domain_constraints": View(
        {
            "constraint_catalog": _DATABASE,
            "constraint_schema": "nc.nspname",
            "constraint_name": "c.conname",
            "domain_catalog": _DATABASE,
            "domain_schema": "n.nspname",
            "domain_name": "t.typname",
            "is_deferrable": _yes("c.condeferrable"),
            "initially_deferred": _yes("c.condeferred"),
        },
        f"{_CONSTRAINT}JOIN {{pg_type}} t ON t.oid = c.contypid JOIN {{pg_namespace}} n ON n.oid = t.typnamespace",
    ),
    "information_schema.domains": View(
        {
            "domain_catalog": _DATABASE,
            "domain_schema": "nt.nspname",
            "domain_name": "t.typname",
            "data_type": _data_type("t", "nbt.nspname", "t.typbasetype"),
            **_numbers("t.typbasetype", "t.typtypmod"),
            **_COLLATED,
            "domain_default": "t.typdefault",
            "udt_catalog": _DATABASE,
            "udt_schema": "nbt.nspname",
            "udt_name": "bt.typname",
            "dtd_identifier": "'1'",
        },
        "{pg_type} t JOIN {pg_namespace} nt ON t.typnamespace = nt.oid JOIN {pg_type} bt ON t.typbasetype = bt.oid AND t.typtype = 'd' "
        "JOIN {pg_namespace} nbt ON bt.typnamespace = nbt.oid "
        + _COLLATION.format("t.typcollation").replace("{{", "{").replace("}}", "}"),
    ),
    "information_schema.column_domain_usage": View(
        {
            "domain_catalog": _DATABASE,
            "domain_schema": "nt.nspname",
            "domain_name": "t.typname",
            "table_catalog": _DATABASE,
            "table_schema": "nc.nspname",
            "table_name": "c.relname",
            "column_name": "a.attname",
        },
        "{pg_attribute} a JOIN {pg_type} t ON a.atttypid = t.oid AND t.typtype = 'd' JOIN {pg_namespace} nt ON t.typnamespace = nt.oid "
        "JOIN {pg_class} c ON a.attrelid = c.oid JOIN {pg_namespace} nc ON c.relnamespace = nc.oid "
        f"WHERE {_TABLES} AND a.attnum > 0 AND NOT a.attisdropped",
    ),
    "information_schema.sequences": View(
        {
            "sequence_catalog": _DATABASE,
            "sequence_schema": "nc.nspname",
            "sequence_name": "c.relname",
            "data_type": "pgs_sys_format_type(s.seqtypid, NULL)",
            "numeric_precision": "CASE s.seqtypid WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 END",
            "numeric_precision_radix": "2",
            "numeric_scale": "0",
            "start_value": "CAST(s.seqstart AS TEXT)",
            "minimum_value": "CAST(s.seqmin AS TEXT)",
            "maximum_value": "CAST(s.seqmax AS TEXT)",
            "increment": "CAST(s.seqincrement AS TEXT)",
            "cycle_option": _yes("s.seqcycle"),
        },
        "{pg_sequence} s JOIN {pg_class} c ON c.oid = s.seqrelid JOIN {pg_namespace} nc ON c.relnamespace = nc.oid "
        f"WHERE NOT EXISTS (SELECT 1 FROM {{pg_depend}} d WHERE d.classid = 1259 AND d.objid = c.oid AND d.deptype = 'i') AND {_VISIBLE.format('nc')}",
    ),
    "information_schema.views": View(
        {
            "table_catalog": _DATABASE,
            "table_schema": "nc.nspname",
            "table_name": "c.relname",
            "view_definition": "c.oid",
            "check_option": "CASE WHEN c.reloptions LIKE '%check_option=cascaded%' THEN 'CASCADED' "
            "WHEN c.reloptions LIKE '%check_option=local%' THEN 'LOCAL' ELSE 'NONE' END",
            "is_updatable": _yes("pgs_sys_updatable(c.oid) & 20 = 20"),
            "is_insertable_into": _yes("pgs_sys_updatable(c.oid) & 8 = 8"),
            "is_trigger_updatable": "'NO'",
            "is_trigger_deletable": "'NO'",
            "is_trigger_insertable_into": "'NO'",
        },
        f"{{pg_class}} c JOIN {{pg_namespace}} nc ON c.relnamespace = nc.oid WHERE c.relkind = 'v' AND {_VISIBLE.format('nc')}",
    ),
    "information_schema.element_types": View(
        {
            "object_catalog": _DATABASE,
            "object_schema": "n.nspname",
            "object_name": "x.name",
            "object_type": "x.kind",
            "collection_type_identifier": "CAST(x.number AS TEXT)",
            "data_type": "CASE WHEN nbt.nspname = 'pg_catalog' THEN pgs_sys_format_type(bt.oid, NULL) ELSE 'USER-DEFINED' END",
            **_COLLATED,
            "udt_catalog": _DATABASE,
            "udt_schema": "nbt.nspname",
            "udt_name": "bt.typname",
            "dtd_identifier": "'a' || x.number",
        },
        "(SELECT c.relnamespace AS schema, c.relname AS name, "
        "CASE WHEN c.relkind = 'c' THEN 'USER-DEFINED TYPE' ELSE 'TABLE' END AS kind, a.attnum AS number, a.atttypid AS type, a.attcollation AS collation "
        "FROM {pg_class} c JOIN {pg_attribute} a ON c.oid = a.attrelid "
        "WHERE c.relkind IN ('r', 'v', 'f', 'c', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
        "UNION ALL SELECT t.typnamespace, t.typname, 'DOMAIN', 1, t.typbasetype, t.typcollation FROM {pg_type} t WHERE t.typtype = 'd' "
        "UNION ALL SELECT p.pronamespace, substr(p.proname, 1, 62 - length(p.oid)) || '_' || p.oid, 'ROUTINE', k.key + 1, k.value, 0 "
        "FROM {pg_proc} p JOIN json_each(coalesce(p.proallargtypes, p.proargtypes)) k "
        "UNION ALL SELECT p.pronamespace, substr(p.proname, 1, 62 - length(p.oid)) || '_' || p.oid, 'ROUTINE', 0, p.prorettype, 0 FROM {pg_proc} p) x "
        "JOIN {pg_namespace} n ON n.oid = x.schema JOIN {pg_type} at ON at.oid = x.type AND at.typelem <> 0 AND at.typlen = -1 "
        "JOIN {pg_type} bt ON at.typelem = bt.oid JOIN {pg_namespace} nbt ON nbt.oid = bt.typnamespace "
        + _COLLATION.format("x.collation").replace("{{", "{").replace("}}", "}"),
    ),
    "information_schema.routines": View(
        {
            "specific_catalog": _DATABASE,
            "specific_schema": "n.nspname",
            "specific_name": "substr(p.proname, 1, 62 - length(p.oid)) || '_' || p.oid",
            "routine_catalog": _DATABASE,
            "routine_schema": "n.nspname",
            "routine_name": "p.proname",
            "routine_type": "CASE p.prokind WHEN 'f' THEN 'FUNCTION' WHEN 'p' THEN 'PROCEDURE' END",
            "data_type": f"CASE WHEN p.prokind = 'p' THEN NULL ELSE {_data_type('t', 'nt.nspname', 't.oid')} END",
            "type_udt_catalog": f"CASE WHEN nt.nspname IS NOT NULL THEN {_DATABASE} END",
            "type_udt_schema": "nt.nspname",
            "type_udt_name": "t.typname",
            "dtd_identifier": "CASE WHEN p.prokind <> 'p' THEN '0' END",
            "routine_body": "CASE WHEN l.lanname = 'sql' THEN 'SQL' ELSE 'EXTERNAL' END",
            "routine_definition": "p.prosrc",
            "external_name": "CASE WHEN l.lanname = 'c' THEN p.prosrc END",
            "external_language": "upper(l.lanname)",
            "parameter_style": "'GENERAL'",
            "is_deterministic": _yes("p.provolatile = 'i'"),
            "sql_data_access": "'MODIFIES'",
            "is_null_call": f"CASE WHEN p.prokind <> 'p' THEN {_yes('p.proisstrict')} END",
            "schema_level_routine": "'YES'",
            "max_dynamic_result_sets": "0",
            "security_type": "CASE WHEN p.prosecdef THEN 'DEFINER' ELSE 'INVOKER' END",
            "as_locator": "'NO'",
            "is_udt_dependent": "'NO'",
        },
        "{pg_namespace} n JOIN {pg_proc} p ON n.oid = p.pronamespace JOIN {pg_language} l ON p.prolang = l.oid "
        "LEFT JOIN ({pg_type} t JOIN {pg_namespace} nt ON t.typnamespace = nt.oid) ON p.prorettype = t.oid AND p.prokind <> 'p'",
    ),
    # The triggers that there are belong to constraints, which this view leaves out.
    "information_schema.triggers": View({}, "{pg_trigger} WHERE NOT tgisinternal"),
}
