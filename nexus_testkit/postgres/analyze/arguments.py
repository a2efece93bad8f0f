"""Arguments by name (`f(a => 1)`) and VARIADIC arrays (`parse_func.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog.argumentnames import NAMES
from nexus_testkit.postgres.catalog.system import system, title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ArrayExpr, Call, Const, Expr
from nexus_testkit.postgres.values.rangetypes import RANGE_OF

_UNKNOWN = "unknown"
_NO_FUNCTION = "No function matches the given name and argument types. You might need to add explicit type casts."

# What takes an array whose elements are not known yet apart itself.
_SPREAD = frozenset({"json_build_array", "jsonb_build_array", "json_build_object", "jsonb_build_object"})
_PATHS = {
    "json_extract_path": "#>",
    "jsonb_extract_path": "#>",
    "json_extract_path_text": "#>>",
    "jsonb_extract_path_text": "#>>",
}


def positional(context: Context, name: str, written: list[Node], scope: Scope, node: Node) -> list[Expr]:
    """The arguments of a call in the order of the parameters; a gap between them is filled with its default.

    Raises:
        DatabaseError: 42601, 42883.
    """
    plain: list[Expr] = []
    named: dict[str, Expr] = {}
    for item in written:
        if item.kind != "NamedArgExpr":
            if named:
                raise context.error("42601", "positional argument cannot follow named argument", item)
            plain.append(expressions.expression(context, item, scope))
            continue
        item.skip("argnumber")
        if item["name"] in named:
            raise context.error("42601", f'argument name "{item["name"]}" used more than once', item)
        named[item["name"]] = expressions.expression(context, item["arg"], scope)
    for parameters in NAMES.get(name, ()):
        rest = parameters[len(plain) :]
        names = [each for each, _ in rest]
        if not all(each in names for each in named):
            continue
        if any(default is None and each not in named for each, default in rest):
            continue
        last = max(names.index(each) for each in named)
        filled = [named.get(each) or Const(_UNKNOWN, default) for each, default in rest[: last + 1]]
        return [*plain, *filled]
    types = [title(arg.type) for arg in plain] + [f"{each} => {title(arg.type)}" for each, arg in named.items()]
    shown = f"{'.'.join(node.names('funcname'))}({', '.join(types)})"
    raise context.error("42883", f"function {shown} does not exist", node, hint=_NO_FUNCTION)


def variadic(context: Context, name: str, args: list[Expr], node: Node) -> tuple[str, list[Expr]] | Expr:
    """A call with VARIADIC as one without: another name, other arguments; or the expression that means the same.

    Raises:
        DatabaseError: 42804, 42883.
    """
    from nexus_testkit.postgres.analyze.coerce import coerce  # noqa: PLC0415  # a cycle otherwise
    from nexus_testkit.postgres.analyze.operators import binary  # noqa: PLC0415  # likewise

    rows = [row for row in system().functions.get(name, ()) if row.variadic and len(row.args) == len(args)]
    if not rows:
        shown = f"{'.'.join(node.names('funcname'))}({', '.join(title(arg.type) for arg in args)})"
        raise context.error("42883", f"function {shown} does not exist", node, hint=_NO_FUNCTION)
    last = rows[0].args[-1]
    array = args[-1]
    if last != "any" and array.type == _UNKNOWN:
        array = coerce(context, array, last)
    if not array.type.endswith("[]"):
        raise context.error("42804", "VARIADIC argument must be an array", array)
    if isinstance(array, ArrayExpr) and not array.nested:
        return name, [*args[:-1], *array.items]
    if name in _PATHS:
        document = coerce(context, args[0], name.partition("_")[0])
        return binary(context, _PATHS[name], document, array, node)
    if name in ("concat", "concat_ws"):
        separator = coerce(context, args[0], "text") if name == "concat_ws" else Const("text", "")
        return "array_to_string", [array, separator]
    if name in _SPREAD:
        kind = name.partition("_")[0]
        return Call(kind, f"sql/json spread {name}", (array.type,), (array,), location=node.location)
    if RANGE_OF.get(name) == array.type[:-2]:
        return Call(name, name, (array.type,), (array,), location=node.location)
    raise context.unsupported(f"{name}() of a VARIADIC array", node)
