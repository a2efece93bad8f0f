"""The names of the aggregates that SQL/JSON adds to json_agg and its kin."""

from __future__ import annotations

from nexus_testkit.postgres.values.late import late

#: The aggregates of SQL/JSON, by their names in SQLite.
AGGREGATES_JSON = {
    f"pg_agg_{name}": late(f"jsonbuilding.{name}")
    for name in (
        "json_object_agg_strict",
        "json_object_agg_unique",
        "json_object_agg_unique_strict",
        "jsonb_object_agg_strict",
        "jsonb_object_agg_unique",
        "jsonb_object_agg_unique_strict",
        "json_agg_strict",
        "jsonb_agg_strict",
    )
}
