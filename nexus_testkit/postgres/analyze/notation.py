"""Calls of PostgreSQL's own functions by other notations: arguments by name, CURRENT_TIME(2) and its kin."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Cast, Const, Expr

#: Functions with defaults (or that are often called by name): parameter names, and the default of those that have one.
_PARAMETERS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "make_interval": tuple((name, "0") for name in ("years", "months", "weeks", "days", "hours", "mins", "secs")),
    "make_date": tuple((name, None) for name in ("year", "month", "day")),
    "make_time": tuple((name, None) for name in ("hour", "min", "sec")),
    "make_timestamp": tuple((name, None) for name in ("year", "month", "mday", "hour", "min", "sec")),
}
_VALUES = {
    "SVFOP_CURRENT_TIME": ("current_time", "timetz"),
    "SVFOP_CURRENT_TIME_N": ("current_time", "timetz"),
    "SVFOP_CURRENT_TIMESTAMP_N": ("now", "timestamptz"),
    "SVFOP_LOCALTIME_N": ("localtime", "time"),
    "SVFOP_LOCALTIMESTAMP_N": ("localtimestamp", "timestamp"),
    "SVFOP_CURRENT_ROLE": ("current_user", "name"),
}


def arguments(context: Context, name: str, written: list[Node], scope: Scope) -> list[Expr]:
    """The arguments of a call in the order of the parameters, the omitted ones between them filled with their defaults."""
    if not any(item.kind == "NamedArgExpr" for item in written):
        return [expressions.expression(context, item, scope) for item in written]
    parameters = _PARAMETERS.get(name)
    first = next(item for item in written if item.kind == "NamedArgExpr")
    if parameters is None:
        raise context.unsupported("an argument by name", first)
    given: dict[str, Expr] = {}
    names = [parameter for parameter, _ in parameters]
    for at, item in enumerate(written):
        if item.kind != "NamedArgExpr":
            if given and at >= len(names):
                raise context.unsupported("more arguments than parameters", item)
            if any(before.kind == "NamedArgExpr" for before in written[:at]):
                raise context.error("42601", "positional argument cannot follow named argument", item)
            key, value = names[at], item
        else:
            item.skip("argnumber")
            key, value = item["name"], item["arg"]
        if key in given:
            raise context.error("42601", f'argument name "{key}" used more than once', item)
        if key not in names:
            raise context.unsupported(f'the parameter "{key}" of {name}', item)
        given[key] = expressions.expression(context, value, scope)
    last = max(names.index(key) for key in given)
    missing = [key for key, default in parameters if default is None and key not in given]
    if missing:
        raise context.unsupported(f'a call of {name} without "{missing[0]}"', first)
    return [given.get(key) or Const("int4", int(default or 0)) for key, default in parameters[: last + 1]]


def value_function(context: Context, node: Node) -> Expr:
    """CURRENT_TIME, CURRENT_TIMESTAMP(p) and the other rarer ones."""
    op = node["op"]
    found = _VALUES.get(op)
    if found is None:
        raise context.unsupported(op.removeprefix("SVFOP_"), node)
    name, result = found
    call = Call(result, name, (), (), volatile=True, location=node.location)
    if not op.endswith("_N"):
        return call
    places = node.get("typmod", 0)
    return call if places >= 6 else Cast(result, call, "e", typmod=places, location=node.location)
