"""Copies of typed trees with some of their nodes replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

Tree = TypeVar("Tree")


def rewritten(tree: Tree, change: Callable[[Any], Any]) -> Tree:
    """`tree` where each node is what `change` makes of it; where that is None, the node with its parts rewritten."""
    return _rewritten(tree, change)  # type: ignore[no-any-return]  # of the same kind as the tree


def _rewritten(node: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(node, list):
        return [_rewritten(item, change) for item in node]
    if isinstance(node, tuple):
        return tuple(_rewritten(item, change) for item in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    found = change(node)
    if found is not None:
        return found
    changes: dict[str, Any] = {}
    for item in fields(node):
        before = getattr(node, item.name)
        if isinstance(before, list | tuple) or is_dataclass(before):
            changes[item.name] = _rewritten(before, change)
    return replace(node, **changes)


def nodes(tree: Any) -> list[Any]:
    """Every dataclass node of a tree, itself first."""
    found: list[Any] = []
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, list | tuple):
            pending.extend(node)
        elif is_dataclass(node):
            found.append(node)
            pending.extend(getattr(node, item.name) for item in fields(node))
    return found
