"""The functions of jsonpath and SQL/JSON by their names in SQLite. Their modules are imported when a statement first needs them."""

from __future__ import annotations

from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.registry import RuntimeFunction


def _path(name: str) -> RuntimeFunction:
    return RuntimeFunction(late(f"jsonpath_functions.{name}"), session=True)


RUNTIME_JSON: dict[str, RuntimeFunction] = {
    "pg_jsonpath_exists": _path("exists"),
    "pg_jsonpath_match": _path("match"),
    "pg_jsonpath_query": _path("query"),
    "pg_jsonpath_query_array": _path("query_array"),
    "pg_jsonpath_query_first": _path("query_first"),
}


def _late(module: str, name: str, *, strict: bool = False, session: bool = True) -> RuntimeFunction:
    return RuntimeFunction(late(f"{module}.{name}"), strict=strict, session=session)


RUNTIME_JSON.update(
    {
        "pg_sqljson": _late("sqljson", "evaluate"),
        "pg_sqljson_table": _late("sqljson", "table"),
        "pg_sqljson_object": _late("jsonbuilding", "json_object"),
        "pg_sqljson_array": _late("jsonbuilding", "json_array"),
        "pg_sqljson_scalar": _late("jsonbuilding", "scalar"),
        "pg_sqljson_unique": _late("jsonbuilding", "unique_json", strict=True, session=False),
        "pg_sqljson_is": _late("jsonbuilding", "is_json", strict=True, session=False),
        "pg_jsonb_subscript": _late("jsonsubscripts", "read", strict=True, session=False),
        "pg_jsonb_assign": _late("jsonsubscripts", "assign", session=False),
        "pg_jsonb_cmp": _late("jsonb", "compare", strict=True, session=False),
        "pg_json_object": _late("jsonedit", "json_object_of", strict=True, session=False),
        "pg_json_object_two": _late("jsonedit", "json_object_of_two", strict=True, session=False),
        "pg_json_spread": _late("tojson", "spread", strict=True),
        "pg_array_to_json": _late("tojson", "array_to_json", strict=True),
        "pg_json_to_record": _late("jsonrecords", "to_record"),
        "pg_json_to_recordset": _late("jsonrecords", "to_recordset"),
        "pg_json_populate_record": _late("jsonrecords", "populate_record"),
        "pg_json_populate_valid": _late("jsonrecords", "populate_valid"),
        "pg_json_populate_recordset": _late("jsonrecords", "populate_recordset"),
    }
)
