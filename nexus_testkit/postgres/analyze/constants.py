"""Literals, parameters, and the functions that are written without parentheses (`parse_expr.c`)."""

from __future__ import annotations

import re

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Const, Expr, Param

_INT4 = 2**31
_INT8 = 2**63
_MOST_DIGITS = 131072  # before the decimal point of a numeric


def constant(context: Context, node: Node, scope: Scope) -> Expr:  # noqa: ARG001  # a rule's signature
    """A literal: integers and decimals have a type, strings and NULL are unknown."""
    at = node.location
    if node.get("isnull"):
        return Const(UNKNOWN, None, location=at)
    if "ival" in node:
        return Const("int4", node["ival"].get("ival", 0), location=at)
    if "boolval" in node:
        return Const("bool", int(node["boolval"].get("boolval", False)), location=at)
    if "sval" in node:
        return Const(UNKNOWN, node["sval"].get("sval", ""), location=at)
    if "fval" in node:
        try:
            return _number(node["fval"]["fval"], at)
        except DatabaseError as error:
            raise context.located(error, node) from None
    from nexus_testkit.postgres.values import cast  # noqa: PLC0415  # few literals need it

    try:  # B'101' and X'1F'
        return Const("bit", cast(node["bsval"].get("bsval", "b"), UNKNOWN, "bit", None, explicit=True), location=at)
    except DatabaseError as error:
        raise context.located(error, node) from None


def _number(written: str, at: int) -> Const:
    text = written.replace("_", "")
    if re.fullmatch(r"-?\d+", text) or re.match(r"-?0[xobXOB]", text):
        value = int(text, 0 if re.match(r"-?0[xobXOB]", text) else 10)
        if -_INT4 <= value < _INT4:
            return Const("int4", value, location=at)
        if -_INT8 <= value < _INT8:
            return Const("int8", value, location=at)
        return Const("numeric", str(value), location=at)
    from nexus_testkit.postgres.values import cast  # noqa: PLC0415  # only decimals need it

    exponent = text.lower().partition("e")[2]
    if exponent and int(exponent) >= _MOST_DIGITS and float(text.lower().partition("e")[0]):
        raise database_error("22003", "value overflows numeric format")
    return Const("numeric", cast(text, UNKNOWN, "numeric", None, explicit=True), location=at)


def param(context: Context, node: Node, scope: Scope) -> Expr:  # noqa: ARG001  # a rule's signature
    """`$1`; of unknown type until something wants one."""
    number = node.get("number", 0)
    if number < 1:
        raise context.error("42P02", f"there is no parameter ${number}", node)
    return Param(context.params.get(number, UNKNOWN), number, location=node.location)


_VALUE_FUNCTIONS = {
    "SVFOP_CURRENT_TIMESTAMP": ("now", "timestamptz"),
    "SVFOP_LOCALTIMESTAMP": ("localtimestamp", "timestamp"),
    "SVFOP_CURRENT_DATE": ("current_date", "date"),
    "SVFOP_LOCALTIME": ("localtime", "time"),
    "SVFOP_CURRENT_USER": ("current_user", "name"),
    "SVFOP_SESSION_USER": ("session_user", "name"),
    "SVFOP_USER": ("current_user", "name"),
    "SVFOP_CURRENT_SCHEMA": ("current_schema", "name"),
    "SVFOP_CURRENT_CATALOG": ("current_database", "name"),
}


def value_function(context: Context, node: Node, scope: Scope) -> Expr:  # noqa: ARG001  # a rule's signature
    """CURRENT_TIMESTAMP and the others that are written without parentheses."""
    op = node["op"]
    if op not in _VALUE_FUNCTIONS:
        from nexus_testkit.postgres.analyze import notation  # noqa: PLC0415  # seldom used

        found = notation.value_function(context, node)
        if isinstance(found, Call) and not found.args:
            found.written = op.removeprefix("SVFOP_")
        return found
    name, result = _VALUE_FUNCTIONS[op]
    written = op.removeprefix("SVFOP_")
    return Call(result, name, (), (), volatile=True, written=written, location=node.location)


def set_to_default(context: Context, node: Node, scope: Scope) -> Expr:  # noqa: ARG001  # a rule's signature
    """DEFAULT anywhere but where INSERT and UPDATE look for it."""
    raise context.error("42601", "DEFAULT is not allowed in this context", node)
