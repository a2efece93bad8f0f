"""Typed trees: their nodes, and copies with some of these replaced."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

Tree = TypeVar("Tree")

# Annotations of fields that hold no node.
_PLAIN_FIELD = re.compile(r"(str|int|bool|Typmod|Literal\[.*\]|tuple\[str, \.\.\.\])( \| None)?")


_branches: dict[type, tuple[str, ...] | None] = {}


def branches(kind: type) -> tuple[str, ...] | None:
    """The fields of a class of nodes that can hold nodes; None for what is no such class."""
    if kind not in _branches:
        _branches[kind] = (
            tuple(item.name for item in fields(kind) if not _PLAIN_FIELD.fullmatch(str(item.type)))
            if is_dataclass(kind)
            else None
        )
    return _branches[kind]


def rewritten(tree: Tree, change: Callable[[Any], Any]) -> Tree:
    """`tree` where each node is what `change` makes of it; where that is None, the node with its parts rewritten."""
    return _rewritten(tree, change)  # type: ignore[no-any-return]  # of the same kind as the tree


def _rewritten(node: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(node, list):
        return [_rewritten(item, change) for item in node]
    if isinstance(node, tuple):
        return tuple(_rewritten(item, change) for item in node)
    names = branches(type(node))
    if names is None:
        return node
    found = change(node)
    if found is not None:
        return found
    changes = {}
    for name in names:
        before = getattr(node, name)
        after = _rewritten(before, change)
        if after is not before:
            changes[name] = after
    return replace(node, **changes)


def nodes(tree: Any) -> list[Any]:
    """Every dataclass node of a tree, itself first."""
    found: list[Any] = []
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, list | tuple):
            pending.extend(node)
            continue
        names = branches(type(node))
        if names is not None:
            found.append(node)
            pending += [getattr(node, name) for name in names]
    return found
