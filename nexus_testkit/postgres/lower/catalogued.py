"""Functions of the system's information (manual, 9.27) in SQLite's words; `system/functions.py` has what they call."""

from __future__ import annotations

FUNCTIONS = {
    "format_type": "pgs_sys_format_type({args})",
    "pg_get_constraintdef": "pgs_sys_constraintdef({args})",
    "pg_get_indexdef": "pgs_sys_indexdef({args})",
    "pg_get_viewdef": "pgs_sys_viewdef({args})",
    "pg_get_expr": "pgs_sys_expr({args})",
    "pg_get_triggerdef": "pgs_sys_triggerdef({args})",
    "pg_get_ruledef": "pgs_sys_triggerdef({args})",
    "pg_get_userbyid": "pgs_sys_role({args})",
    "pg_get_function_identity_arguments": "pgs_sys_arguments({args})",
    "pg_get_serial_sequence": "pgs_sys_sequence_of({args})",
    "pg_sequence_last_value": "pgs_sys_last_value({args})",
    "pg_table_is_visible": "pgs_sys_visible({args})",
    "pg_type_is_visible": "pgs_sys_type_visible({args})",
    "pg_function_is_visible": "pgs_sys_exists('pg_proc', {args})",
    "pg_operator_is_visible": "pgs_sys_exists('pg_operator', {args})",
    "pg_opclass_is_visible": "pgs_sys_exists('pg_opclass', {args})",
    "pg_collation_is_visible": "pgs_sys_exists('pg_collation', {args})",
    "pg_is_other_temp_schema": "pgs_sys_other_temp({args})",
    "pg_my_temp_schema": "pgs_sys_temp_schema()",
    "pg_relation_is_updatable": "pgs_sys_updatable({0})",
    "pg_column_is_updatable": "pgs_sys_updatable({0}, {1})",
    "obj_description": "pgs_sys_description({args})",
    "col_description": "pgs_sys_column_description({args})",
    "shobj_description": "pgs_sys_shared_description({args})",
    "to_regclass": "pgs_sys_to_reg('regclass', {args})",
    "to_regtype": "pgs_sys_to_reg('regtype', {args})",
    "to_regproc": "pgs_sys_to_reg('regproc', {args})",
    "to_regprocedure": "pgs_sys_to_reg('regprocedure', {args})",
    "to_regnamespace": "pgs_sys_to_reg('regnamespace', {args})",
    "to_regrole": "pgs_sys_to_reg('regrole', {args})",
    "to_regcollation": "pgs_sys_to_reg('regcollation', {args})",
    "has_table_privilege": "pgs_sys_table_privilege({args})",
    "has_any_column_privilege": "pgs_sys_table_privilege({args})",
    "has_column_privilege": "pgs_sys_column_privilege({args})",
    "has_schema_privilege": "pgs_sys_schema_privilege({args})",
    "has_database_privilege": "pgs_sys_database_privilege({args})",
    "has_sequence_privilege": "pgs_sys_sequence_privilege({args})",
    "has_function_privilege": "pgs_sys_function_privilege({args})",
    "has_type_privilege": "pgs_sys_type_privilege({args})",
    "pg_has_role": "pgs_sys_has_role({args})",
    "pg_backend_pid": "pgs_sys_pid()",
    "pg_current_xact_id": "pgs_sys_transaction()",
    "txid_current": "pgs_sys_transaction()",
    "pg_is_in_recovery": "0",
    "inet_server_addr": "NULL",
    "inet_server_port": "NULL",
    "inet_client_addr": "NULL",
    "inet_client_port": "NULL",
    "pg_encoding_to_char": "pgs_sys_encoding({args})",
    "pg_get_keywords": "pgs_sys_keywords()",
    "pg_get_partkeydef": "NULL",
    "pg_relation_is_publishable": "1",
}


def call(name: str, args: list[str]) -> str | None:
    """The SQL of a call, or None where this is none of these functions."""
    template = FUNCTIONS.get(name)
    if template is None:
        return None
    for at, arg in enumerate(args[:2]):
        if f"{{{at}}}" in template:
            template = template.replace(f"{{{at}}}", arg)
    return template.replace("{args}", ", ".join(args))
