"""Which parts of a module one of its tests needs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import pairwise

from nexus_testkit.cli.replaying.module import DEFINITIONS, FUNCTIONS, Block, Found, Module

# Decorators that only change what they decorate. Others may note it somewhere, as `@app.route` does.
_LOCAL = frozenset({
    "asynccontextmanager", "cache", "cached_property", "contextmanager", "dataclass", "final", "fixture", "lru_cache", "mark",
    "overload", "runtime_checkable", "simulate", "singledispatch", "total_ordering", "wraps",
})  # fmt: skip


def needed(module: Module, found: Found, *, everything: bool) -> dict[Block, AbstractSet[str] | None]:
    """The blocks, in their order, with the names that are wanted of each where it is an import and not all are.

    A name that is used needs whatever binds or changes it at the top level, a parameter the fixture of its name.
    `autouse` fixtures, `pytestmark`, hooks and what registers itself by a decorator are needed always.

    Args:
        module: where the test is written.
        found: the test.
        everything: keep all blocks but other tests.
    """
    tests = {block for block in module.blocks if block is not found.block and _is_test(block)}
    if everything:
        return {block: None for block in module.blocks if block not in tests or block is found.block}
    wanted = _used_by_test(found)
    kept: set[Block] = {found.block}
    imported = {name for block in module.blocks if _is_import(block) for name in _bound(block)}
    changed = True
    while changed:
        changed = False
        for block in module.blocks:
            if block in kept or not (
                _is_always(block, tests, imported) or _bound(block) & wanted or _changes(block) & wanted
            ):
                continue
            kept.add(block)
            wanted |= set() if _is_import(block) else _used(block.statements)
            changed = True
    return {block: _pruned(block, wanted) for block in module.blocks if block in kept}


def removed_from(found: Found, *, keep: AbstractSet[str]) -> Iterator[ast.stmt]:
    """Other tests in the classes around a test, but for those that are called by a name in `keep`."""
    for around, kept in pairwise([*found.classes, found.function]):
        for statement in around.body:
            if statement is kept or not isinstance(statement, DEFINITIONS) or statement.name in keep:
                continue
            if statement.name.startswith("Test" if isinstance(statement, ast.ClassDef) else "test"):
                yield statement


def attributes(found: Found) -> AbstractSet[str]:
    """The names behind a dot in a test: methods of its class that it may call."""
    return {node.attr for node in ast.walk(found.function) if isinstance(node, ast.Attribute)}


def _used_by_test(found: Found) -> set[str]:
    if not found.classes:
        return _used(found.block.statements)
    gone = set(removed_from(found, keep=attributes(found)))
    parts: list[ast.AST] = []
    pending: list[ast.AST] = list(found.block.statements)
    while pending:
        node = pending.pop()
        if node in gone:
            continue
        if isinstance(node, ast.ClassDef) and node in found.classes:
            pending += [*node.body, *node.bases, *node.keywords, *node.decorator_list]
        else:
            parts.append(node)
    return _used(parts)


def _used(nodes: Iterable[ast.AST]) -> set[str]:
    """Every name that may be looked up: read, taken as a parameter, or said as a text, as fixtures are."""
    names: set[str] = set()
    for root in nodes:
        for node in ast.walk(root):
            match node:
                case ast.Name(id=name):
                    names.add(name)
                case ast.arg(arg=name):
                    names.add(name)
                case ast.Global(names=several):
                    names.update(several)
                case ast.Constant(value=str(text)) if text.isidentifier():
                    names.add(text)
    return names


def _bound(block: Block) -> AbstractSet[str]:
    """The names that a block binds at the top level, and those of fixtures that are named otherwise."""
    return {name for statement in block.statements for name in _bound_by(statement)}


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                yield from _fixture_name(node.decorator_list)
                continue  # what is inside is not of the top level
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                for alias in aliases:
                    yield alias.asname or alias.name.partition(".")[0]
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
        pending += ast.iter_child_nodes(node)


def _fixture_name(decorators: Iterable[ast.expr]) -> Iterator[str]:
    for decorator in decorators:
        if isinstance(decorator, ast.Call):
            for keyword in decorator.keywords:
                if (
                    keyword.arg == "name"
                    and isinstance(keyword.value, ast.Constant)
                    and isinstance(keyword.value.value, str)
                ):
                    yield keyword.value.value


def _changes(block: Block) -> AbstractSet[str]:
    """The names whose objects a block changes: `SEEN.append(1)`, `config["a"] = 1`, `Service.limit = 3`, `register(Service)`."""
    found: set[str] = set()
    for statement in block.statements:
        if isinstance(statement, DEFINITIONS):
            continue
        for node in ast.walk(statement):
            match node:
                case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                    found |= _used([node.value])
                case ast.Expr(value=value):
                    found |= _used([value])
    return found


def _is_always(block: Block, tests: AbstractSet[Block], imported: AbstractSet[str]) -> bool:
    if block in tests:
        return False
    for statement in block.statements:
        match statement:
            case ast.ImportFrom(module="__future__") | ast.ImportFrom(names=[ast.alias(name="*")]):
                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if statement.name.startswith("pytest_") or _registers(statement.decorator_list):
                    return True
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Expr():  # `pytest.importorskip("x")`, `sys.path.insert(...)`: done to others than this module
                if _used([statement]) & imported:
                    return True
    return bool({"pytestmark", "pytest_plugins"} & _bound(block))


def _registers(decorators: Iterable[ast.expr]) -> bool:
    for decorator in decorators:
        names = {node.id for node in ast.walk(decorator) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(decorator) if isinstance(node, ast.Attribute)}
        if not names & _LOCAL:
            return True
        if any(isinstance(node, ast.keyword) and node.arg == "autouse" for node in ast.walk(decorator)):
            return True
    return False


def _is_test(block: Block) -> bool:
    return all(
        (isinstance(statement, FUNCTIONS) and statement.name.startswith("test"))
        or (isinstance(statement, ast.ClassDef) and statement.name.startswith("Test"))
        for statement in block.statements
    )


def _is_import(block: Block) -> bool:
    return all(isinstance(statement, (ast.Import, ast.ImportFrom)) for statement in block.statements)


def _pruned(block: Block, wanted: AbstractSet[str]) -> AbstractSet[str] | None:
    if not _is_import(block) or not _bound(block) - wanted or len(block.statements) > 1:
        return None
    (statement,) = block.statements
    if isinstance(statement, ast.ImportFrom) and (statement.module == "__future__" or statement.names[0].name == "*"):
        return None
    return wanted
