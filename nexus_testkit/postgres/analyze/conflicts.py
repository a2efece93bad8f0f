"""ON CONFLICT: which unique key is meant, and what happens then (`infer_arbiter_indexes` in `plancat.c`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nexus_testkit.postgres.analyze import assignments, expressions, sources
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Key, Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import BoolOp, Call, Cast, ColumnRef, Expr, InList, IsTest
from nexus_testkit.postgres.typed_statements import Conflict

_NO_KEY = "there is no unique or exclusion constraint matching the ON CONFLICT specification"

# Of the types whose default operator class is not called after themselves.
_CLASSES = {"varchar": ("varchar_ops", "text_ops"), "timestamptz": ("timestamptz_ops",), "bool": ("bool_ops",)}


def conflict(context: Context, node: Node, table: Table, shown: str, alias: str, outer: Scope) -> Conflict:
    """ON CONFLICT of an INSERT whose names are those of `outer`.

    Raises:
        DatabaseError: 42P10, 42704, 42601.
    """
    updates = node["action"] == "ONCONFLICT_UPDATE"
    key: Key | None = None
    if "infer" in node:
        key = _arbiter(context, node["infer"], table, shown)
    elif updates:
        raise context.error(
            "42601",
            "ON CONFLICT DO UPDATE requires inference specification or constraint name",
            node,
            hint="For example, ON CONFLICT (column_name).",
        )
    if not updates:
        if "infer" not in node:
            _require_immediate(context, table, table.keys)
        return _settled(context, node, table, key, None, None)
    scope = Scope(clause="UPDATE", ctes=outer.ctes, parent=outer.parent)
    own = sources.table_entry(table, alias, shown, alias)
    excluded = sources.table_entry(table, "excluded", "excluded", "excluded")
    # A bare name is ambiguous between the two, on the server as well (42702).
    scope.entries = [own, excluded]
    sets = assignments.set_list(context, table, node["targetList"], scope)
    where = None
    if "whereClause" in node:
        scope.clause = "WHERE"
        where = expressions.condition(context, node["whereClause"], scope, "WHERE")
    return _settled(context, node, table, key, sets, where)


def _settled(
    context: Context,
    node: Node,
    table: Table,
    key: Key | None,
    sets: list[tuple[str, Expr]] | None,
    where: Expr | None,
) -> Conflict:
    """The clause; its key is looked for when the statement is planned, after everything that it says has been read."""
    if "infer" not in node:
        return Conflict(None, None, sets, where)
    if key is None:
        raise context.error("42P10", _NO_KEY)
    _require_immediate(context, table, [key])
    return Conflict(key.terms, key.where, sets, where)


def _require_immediate(context: Context, table: Table, keys: Iterable[Key]) -> None:
    """A DEFERRABLE constraint decides nothing while a statement runs (`ExecCheckIndexConstraints`)."""
    found = next((key for key in keys if key.deferrable), None)
    if found is not None:
        raise context.error(
            "55000",
            "ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters",
            constraint_name=found.name,
            table_name=table.name,
            schema_name="public",
        )


def _arbiter(context: Context, infer: Node, table: Table, shown: str) -> Key | None:
    """The unique key that ON CONFLICT names by constraint or by columns; None where there is none."""
    if "conname" in infer:
        return _constraint(context, infer["conname"], table)
    scope = Scope(entries=[sources.table_entry(table, "", shown, "")], clause="INDEX")
    wanted: list[Expr] = []
    special = False
    for element in infer["indexElems"]:
        if element.fields.get("ordering", "SORTBY_DEFAULT") != "SORTBY_DEFAULT":
            raise context.error("42P10", "ASC/DESC is not allowed in ON CONFLICT clause", infer)
        if element.fields.get("nulls_ordering", "SORTBY_NULLS_DEFAULT") != "SORTBY_NULLS_DEFAULT":
            raise context.error("42P10", "NULLS FIRST/LAST is not allowed in ON CONFLICT clause", infer)
        term = _term(context, infer, element, table, scope)
        special |= _special(context, element, term)
        if term not in wanted:
            wanted.append(term)
    where = expressions.condition(context, infer["whereClause"], scope, "WHERE") if "whereClause" in infer else None
    unproved = False
    for key in table.keys:
        same_terms = len(key.terms) == len(wanted) and all(term in key.terms for term in wanted)
        if key.unique and same_terms and not special and (key.where is None or _implies(where, key.where)):
            return key
        unproved |= key.unique and same_terms and where is not None
    if unproved and not special:
        raise context.unsupported("ON CONFLICT whose WHERE is not plainly that of a partial index", infer)
    return None


def _constraint(context: Context, name: str, table: Table) -> Key:
    found = next((key for key in table.keys if naming.bare(key.name) == name and key.constraint), None)
    if found is not None:
        return found
    if name in [check.name for check in table.checks] + [foreign.name for foreign in table.foreign_keys]:
        raise context.error("42809", "constraint in ON CONFLICT clause has no associated index")
    raise context.error("42704", f'constraint "{name}" for table "{table.name}" does not exist')


def _term(context: Context, infer: Node, element: Node, table: Table, scope: Scope) -> Expr:
    if "name" not in element:
        expr: Expr = expressions.expression(context, element["expr"], scope)
        return expr
    column = table.column(element["name"])
    if column is None:
        raise context.error("42703", f'column "{element["name"]}" does not exist', infer)
    return ColumnRef(column.type, "", column.name, typmod=column.typmod)


def _special(context: Context, element: Node, term: Expr) -> bool:
    """Whether a collation or an operator class is named that no index here has."""
    collation = element.names("collation")[-1] if "collation" in element else "default"
    given = element.names("opclass")[-1] if "opclass" in element else None
    usual = _CLASSES.get(term.type, (f"{term.type}_ops",))
    if given is not None and given not in usual and not given.endswith("_ops"):
        raise context.unsupported(f"operator class {given}", element)
    return collation != "default" or (given is not None and given not in usual)


def _implies(given: Expr | None, wanted: Expr) -> bool:
    """Whether the condition of ON CONFLICT makes a partial index's true (`predicate_implied_by`, its simple cases)."""
    facts = list(_conjuncts(given)) if given is not None else []
    return all(part in facts or any(_not_null(part, fact) for fact in facts) for part in _conjuncts(wanted))


def _conjuncts(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, BoolOp) and expr.op == "AND":
        for arg in expr.args:
            yield from _conjuncts(arg)
    else:
        yield expr


def _not_null(wanted: Expr, fact: Expr) -> bool:
    """`x IS NOT NULL` follows from a strict operator of x."""
    if not (isinstance(wanted, IsTest) and wanted.test == "NULL" and wanted.negated):
        return False
    operands: tuple[Expr, ...] = ()
    if isinstance(fact, Call) and fact.operator:
        operands = fact.args
    elif isinstance(fact, InList) and not fact.negated:
        operands = (fact.left,)
    return any(_bare(operand) == wanted.arg for operand in operands)


def _bare(expr: Expr) -> Expr:
    while isinstance(expr, Cast):
        expr = expr.arg
    return expr
