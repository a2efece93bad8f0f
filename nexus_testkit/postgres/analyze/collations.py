"""COLLATE: the collations that order by bytes, which is what the fake does anyway, and conflicts between them (manual, 23.2).

Limits: a column can be COLLATE "C" or of the default alone. Two collations that come out of queries in FROM are compared, by their bytes,
where the server has 42P22; within one expression they are 42P21, as there.
"""

from __future__ import annotations

from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node

#: What compares text by its bytes.
BYTEWISE = frozenset({"C", "POSIX", "default", "C.UTF-8", "C.utf8", "ucs_basic", "pg_c_utf8"})
_OTHERS = frozenset({"unicode", "pg_unicode_fast"})
_TEXTS = frozenset({"text", "varchar", "bpchar", "name", "unknown"})

# Functions that give a text made of their arguments, and so its collation too.
_TEXTUAL = frozenset(
    "lower upper initcap concat concat_ws substr substring trim btrim ltrim rtrim replace reverse left right lpad rpad repeat translate overlay split_part min max string_agg".split()  # noqa: SIM905  # reads better than 20 quoted names
)

# What asks which characters are letters, and which is the other one's capital: "C" knows those of ASCII alone.
_ASCII = frozenset({"C", "POSIX", "ucs_basic"})
_LETTERS = frozenset({"lower", "upper", "initcap", "casefold", "~", "~*", "!~", "!~*", "~~*", "!~~*"})

Explicit = tuple[str, int]


def require(context: Context, node: Node, kind: str) -> str:
    """The name of the collation in a COLLATE clause.

    Raises:
        DatabaseError: 42704, 42804.
        UnsupportedSQL: where it orders otherwise than by bytes.
    """
    names = node.names("collname")
    wanted = names[-1]
    if wanted not in BYTEWISE:
        if wanted in _OTHERS or "-x-icu" in wanted or wanted[2:3] == "_":
            raise context.unsupported(f'collation "{wanted}"', node)
        shown = ".".join(names)
        raise context.error("42704", f'collation "{shown}" for encoding "UTF8" does not exist', node)
    if kind.removesuffix("[]") not in _TEXTS:
        raise context.error("42804", f"collations are not supported by type {title(kind)}", node)
    return wanted


def check(context: Context, tree: Any) -> None:
    """Refuse operators whose operands say different collations (`assign_collations_walker`), and then letters beyond ASCII's.

    Raises:
        DatabaseError: 42P21.
        UnsupportedSQL: for what asks which characters are letters.
    """
    late: list[UnsupportedSQL] = []
    _check(context, late, tree)
    for error in late:
        raise error


def _check(context: Context, late: list[UnsupportedSQL], tree: Any) -> Explicit | None:
    """What a part says itself."""
    if isinstance(tree, list):
        for item in tree:
            _check(context, late, item)
        return None
    if not isinstance(tree, dict):
        return None
    if len(tree) == 1:
        ((kind, fields),) = tree.items()
        if isinstance(fields, dict) and kind[:1].isupper():
            return _of_node(context, late, kind, fields)
    for item in tree.values():
        _check(context, late, item)
    return None


def _of_node(context: Context, late: list[UnsupportedSQL], kind: str, fields: dict[str, Any]) -> Explicit | None:
    if kind == "CollateClause":
        _check(context, late, fields.get("arg"))
        return fields["collname"][-1]["String"]["sval"], fields.get("location", 0)
    if kind == "A_Expr":
        operands = [fields.get("lexpr"), *_items(fields.get("rexpr"))]
        found = _joined(context, [_check(context, late, operand) for operand in operands])
        name = fields.get("name", [{}])[-1].get("String", {}).get("sval")
        _require_letters(context, late, name, found)
        return found if name == "||" else None
    if kind == "FuncCall":
        found = _joined(context, [_check(context, late, arg) for arg in fields.get("args", ())])
        for key in ("agg_order", "agg_filter", "over"):
            _check(context, late, fields.get(key))
        name = fields["funcname"][-1]["String"]["sval"]
        if not all(map(_plain, fields.get("args", ()))):
            _require_letters(context, late, name, found)
        return found if name in _TEXTUAL else None
    if kind == "CoalesceExpr":
        return _joined(context, [_check(context, late, arg) for arg in fields.get("args", ())])
    if kind == "TypeCast":
        return _check(context, late, fields.get("arg"))
    for item in fields.values():
        _check(context, late, item)
    return None


def _require_letters(context: Context, late: list[UnsupportedSQL], name: str | None, found: Explicit | None) -> None:
    if found is not None and found[0] in _ASCII and name and (name in _LETTERS or name.startswith("regexp_")):
        late.append(
            context.unsupported(
                f'{name} under the collation "{found[0]}", which knows no letters but those of ASCII', found[1]
            )
        )


def _plain(node: Any) -> bool:
    """Whether it is a constant of ASCII's letters, with or without a COLLATE."""
    if isinstance(node, dict) and "CollateClause" in node:
        node = node["CollateClause"].get("arg")
    text = node.get("A_Const", {}).get("sval", {}).get("sval") if isinstance(node, dict) else None
    return isinstance(text, str) and text.isascii()


def _items(node: Any) -> list[Any]:
    """The operands on the right: of IN and BETWEEN a list."""
    if isinstance(node, dict) and "List" in node:
        return list(node["List"].get("items", ()))
    return [node]


def _joined(context: Context, found: list[Explicit | None]) -> Explicit | None:
    said = [each for each in found if each is not None]
    for each in said[1:]:
        if each[0] != said[0][0]:
            raise context.error(
                "42P21", f'collation mismatch between explicit collations "{said[0][0]}" and "{each[0]}"', each[1]
            )
    return said[0] if said else None
