"""FOR UPDATE and its kin (`CheckSelectLocking` and `transformLockingClause` of `analyze.c`; `initsplan.c` for outer joins)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed_queries import JoinSource, Query, QuerySource, RowLock, Select, TableSource

_STRENGTHS = {
    "LCS_FORKEYSHARE": "FOR KEY SHARE",
    "LCS_FORSHARE": "FOR SHARE",
    "LCS_FORNOKEYUPDATE": "FOR NO KEY UPDATE",
    "LCS_FORUPDATE": "FOR UPDATE",
}
_POLICIES = {"LockWaitBlock": 0, "LockWaitSkip": 1, "LockWaitError": 2}
_Fields = dict[str, Any]


def lock_rows(context: Context, node: Node, scope: Scope, made: Query) -> None:
    """Note in `made` which tables' rows a SELECT locks, and refuse where PostgreSQL does.

    Raises:
        DatabaseError: 0A000 where rows can't be told apart, 42P01 for a name that FROM has not.
        UnsupportedSQL: a condition may make an inner join of the outer join whose nullable side is locked.
    """
    for locking in node.all("lockingClause"):
        context.locks_rows = True
        word = _STRENGTHS[locking["strength"]]
        policy = _POLICIES[locking.get("waitPolicy", "LockWaitBlock")]
        _require_rows(context, node, scope, word)
        tables = node.fields.get("fromClause", [])
        named = [_name_of(relation) for relation in locking.all("lockedRels")]
        known = {name for item in tables for name in _names(item)}
        joined = {name for item in tables for name in _joins(item)}
        for name, relation in zip(named, locking.all("lockedRels"), strict=True):
            if name in joined:
                raise context.error("0A000", f"{word} cannot be applied to a join", relation)
            if name not in known:
                raise context.error("42P01", f'relation "{name}" in {word} clause not found in FROM clause', relation)
        nullable = {name for item in tables for name in _nullable(item)}
        locked = nullable.intersection(named) if named else nullable
        if locked:
            if "whereClause" in node.fields and _mentions(node.fields["whereClause"], nullable):
                raise context.unsupported(f"{word} of the nullable side of an outer join with this condition", locking)
            raise context.error("0A000", f"{word} cannot be applied to the nullable side of an outer join")
        for entry in scope.entries:
            if (
                entry.table is not None
                and entry.table.name in context.catalog.views
                and (not named or entry.alias in named)
            ):
                raise context.error("42809", f'cannot lock rows in materialized view "{naming.bare(entry.table.name)}"')
        strength = list(_STRENGTHS).index(locking["strength"]) + 1
        relations = {entry.relation for entry in scope.entries if entry.alias in named} if named else None
        _lock(made, relations, strength, policy)


def _lock(made: Query, relations: set[str] | None, strength: int, policy: int) -> None:
    """Lock the tables of a query (None: all of them), those of its subqueries in FROM too.

    Of two locks of one table the stronger counts, and the policy that waits least (`applyLockingClause`, parse_relation.c).
    """
    body = made.body
    if not isinstance(body, Select) or body.aggregated or body.groups or body.distinct or body.distinct_on:
        return
    pending = list(body.sources)
    while pending:
        source = pending.pop(0)
        if isinstance(source, JoinSource):
            pending[:0] = [source.left, source.right]
        elif relations is not None and source.alias not in relations:
            continue
        elif isinstance(source, TableSource):
            for each in made.locks:
                if each.alias == source.alias:
                    each.strength, each.policy = max(each.strength, strength), max(each.policy, policy)
                    break
            else:
                made.locks.append(RowLock(source.alias, source.table, strength, policy))
        elif isinstance(source, QuerySource):
            inner = source.query
            _lock(inner, None, strength, policy)
            if inner.locks and not (inner.order or inner.limit or inner.offset or inner.ctes):
                # It is one query with the one round it, whose LIMIT says how many rows are locked (`pull_up_subqueries`).
                for at, lock in enumerate(inner.locks):
                    column = f"pgs_number{at}"
                    inner.numbers.append(replace(lock, column=column))
                    made.locks.append(RowLock(source.alias, lock.table, lock.strength, lock.policy, column))
                inner.locks = []


def _require_rows(context: Context, node: Node, scope: Scope, word: str) -> None:
    fields = node.fields
    if fields.get("op", "SETOP_NONE") != "SETOP_NONE":
        what = "UNION/INTERSECT/EXCEPT"
    elif "valuesLists" in fields:
        raise context.error("0A000", f"{word} cannot be applied to VALUES")
    elif "distinctClause" in fields:
        what = "DISTINCT clause"
    elif "groupClause" in fields:
        what = "GROUP BY clause"
    elif "havingClause" in fields:
        what = "HAVING clause"
    elif scope.aggregates:
        what = "aggregate functions"
    elif scope.windows:
        what = "window functions"
    elif scope.set_returning:
        what = "set-returning functions in the target list"
    else:
        return
    raise context.error("0A000", f"{word} is not allowed with {what}")


def _name_of(relation: Node) -> str:
    relation.skip("inh", "relpersistence")
    return str(relation["relname"])


def _names(item: _Fields) -> Iterator[str]:
    """What FROM calls the tables of one of its items."""
    ((kind, fields),) = item.items()
    if kind == "JoinExpr":
        yield from _names(fields["larg"])
        yield from _names(fields["rarg"])
    elif "alias" in fields:
        yield fields["alias"]["aliasname"]
    elif "relname" in fields:
        yield fields["relname"]


def _joins(item: _Fields) -> Iterator[str]:
    """What FROM calls the joins of one of its items."""
    ((kind, fields),) = item.items()
    if kind == "JoinExpr":
        yield from (fields[key]["aliasname"] for key in ("alias", "join_using_alias") if key in fields)
        yield from _joins(fields["larg"])
        yield from _joins(fields["rarg"])


def _nullable(item: _Fields) -> Iterator[str]:
    """Those of them whose rows an outer join may fill with nulls."""
    ((kind, fields),) = item.items()
    if kind != "JoinExpr":
        return
    for side, filled_by in (("larg", ("JOIN_RIGHT", "JOIN_FULL")), ("rarg", ("JOIN_LEFT", "JOIN_FULL"))):
        yield from _names(fields[side]) if fields.get("jointype") in filled_by else _nullable(fields[side])


def _mentions(part: Any, tables: set[str]) -> bool:
    """Whether an expression has a column of one of the tables, or one that may be theirs."""
    if isinstance(part, list):
        return any(_mentions(item, tables) for item in part)
    if not isinstance(part, dict):
        return False
    if "ColumnRef" in part:
        names = [field["String"]["sval"] for field in part["ColumnRef"]["fields"] if "String" in field]
        return len(names) < 2 or names[-2] in tables
    return any(_mentions(item, tables) for item in part.values())
