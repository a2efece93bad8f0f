"""Parts of a result whose order the query leaves open, in another order each time.

PostgreSQL promises no order among rows that ORDER BY does not tell apart, and none at all without it (SELECT, "LIMIT Clause": "different
LIMIT/OFFSET values to select different subsets of a query result will give inconsistent results unless you enforce a predictable result
ordering"). A test on few rows, there or here, seldom sees it.
"""

from __future__ import annotations

from typing import Any

_RANDOM = {
    "SortBy": {
        "node": {
            "FuncCall": {
                "funcname": [{"String": {"sval": "pg_catalog"}}, {"String": {"sval": "random"}}],
                "funcformat": "COERCE_EXPLICIT_CALL",
                "location": -1,
            }
        },
        "sortby_dir": "SORTBY_DEFAULT",
        "sortby_nulls": "SORTBY_NULLS_DEFAULT",
        "location": -1,
    }
}
# Where these stand, PostgreSQL takes no key that is not in the select list, or gives the rows another meaning.
_OTHERWISE = ("distinctClause", "groupClause", "havingClause", "lockingClause", "valuesLists")


def shuffled(select: dict[str, Any]) -> dict[str, Any]:
    """A parsed SELECT that gives a part of its rows, with `random()` behind its ORDER BY; any other one as it is.

    Limits: no set operations, no groups, no DISTINCT, and no query within another one.
    """
    is_part = "limitCount" in select or "limitOffset" in select
    is_plain = select.get("op") == "SETOP_NONE" and select.get("limitOption") == "LIMIT_OPTION_COUNT"
    if not is_part or not is_plain or "fromClause" not in select or any(each in select for each in _OTHERWISE):
        return select
    return {**select, "sortClause": [*select.get("sortClause", []), _RANDOM]}
