"""Clauses that say how something is stored, which changes no answer: WITH (...), TABLESPACE."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.nodes import Node

# reloptions.c; those of tables may have `toast.` before them.
_OPTIONS = frozenset(
    [
        "fillfactor",
        "parallel_workers",
        "toast_tuple_target",
        "user_catalog_table",
        "vacuum_index_cleanup",
        "vacuum_truncate",
        "deduplicate_items",
        "fastupdate",
        "gin_pending_list_limit",
        "buffering",
        "pages_per_range",
        "autosummarize",
        "autovacuum_enabled",
        "autovacuum_vacuum_threshold",
        "autovacuum_vacuum_max_threshold",
        "autovacuum_vacuum_insert_threshold",
        "autovacuum_analyze_threshold",
        "autovacuum_vacuum_cost_delay",
        "autovacuum_vacuum_cost_limit",
        "autovacuum_freeze_min_age",
        "autovacuum_freeze_max_age",
        "autovacuum_freeze_table_age",
        "autovacuum_multixact_freeze_min_age",
        "autovacuum_multixact_freeze_max_age",
        "autovacuum_multixact_freeze_table_age",
        "log_autovacuum_min_duration",
        "autovacuum_vacuum_scale_factor",
        "autovacuum_vacuum_insert_scale_factor",
        "autovacuum_analyze_scale_factor",
        "vacuum_max_eager_freeze_failure_rate",
    ]
)
_FALSE = (
    "{'String': {'sval': 'false'}}",
    "{'Boolean': {}}",
    "{'Boolean': {'boolval': False}}",
    "{'String': {'sval': 'off'}}",
)
_LEAST_FULL, _FULL = 10, 100
_SPACES = ("pg_default", "")


def storage_options(context: Context, node: Node) -> None:
    """WITH (...) and TABLESPACE of a table, an index or a key.

    Raises:
        DatabaseError: 22023 for a parameter that the server does not know, 42704 for a tablespace that it does not have.
    """
    for option in node.all("options"):
        require_option(context, option)
    for field in ("tablespacename", "tableSpace", "indexspace"):
        if field in node and node[field] not in _SPACES:
            raise context.error("42704", f'tablespace "{node[field]}" does not exist')


def require_option(context: Context, option: Node) -> None:
    """One storage parameter."""
    name = option["defname"]
    option.skip("defaction", "arg", "defnamespace")
    if name == "fillfactor" and "arg" in option and "ival" in option["arg"]:
        value = option["arg"]["ival"]
        if not isinstance(value, int):
            value = value.get("ival", 0)
        if not _LEAST_FULL <= value <= _FULL:
            raise context.error(
                "22023",
                f'value {value} out of bounds for option "fillfactor"',
                detail=f'Valid values are between "{_LEAST_FULL}" and "{_FULL}".',
            )
    if "arg" in option:
        option["arg"].ignore()
    if name == "oids":
        if "arg" in option and str(option.fields["arg"]) in _FALSE:
            return
        raise context.error("0A000", "tables declared WITH OIDS are not supported")
    if name not in _OPTIONS:
        raise context.error("22023", f'unrecognized parameter "{name}"')
