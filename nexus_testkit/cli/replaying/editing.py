"""The text of a test with its decisions in it, and without what made a search of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from nexus_testkit.cli.replaying.module import DEFINITIONS, FUNCTIONS, Block, Found, Module, begin, end
from nexus_testkit.cli.replaying.needs import attributes, removed_from

_OUR_LIMIT = re.compile(r", time_limit=[^,)]+")
_OF_SEARCH = frozenset({"explore", "faults", "max_latency", "replay"})


def edit(
    module: Module,
    found: Found,
    parts: Mapping[Block, AbstractSet[str] | None],
    test: Mapping[str, Any],
    marker: str,
    lines: Sequence[str],
) -> str | None:
    """The text of the parts; None where the decisions have no place in it, as in a body on the line of its `def`.

    Args:
        module: where the test is written.
        found: the test.
        parts: what is kept of the module; see `needed`.
        test: what was told of it when it was collected.
        marker: the decorator that it gets, `@pytest.mark.nexus(...)`.
        lines: its decisions in code, for the beginning of its body.
    """
    edits = _Edits(module)
    for statement in removed_from(found, keep=attributes(found)):
        edits.remove_lines(begin(statement), end(statement))
    _mark(edits, module, found, marker)
    if lines and not _decide(edits, module, found, lines):
        return None
    for block in parts:
        for statement in block.statements:
            _unsearch(edits, module, statement)
            _reduce(edits, module, statement, test["parameters"])
    return _joined(module, parts, edits)


class _Edits:
    """Replacements in a module's source."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._all: list[tuple[int, int, str]] = []

    def replace(self, start: int, stop: int, text: str) -> None:
        """Put `text` there; nothing happens inside of what was replaced before."""
        if not any(first <= start and stop <= last and first < last for first, last, _ in self._all):
            self._all.append((start, stop, text))

    def remove_lines(self, first: int, last: int) -> None:
        """Take whole lines out."""
        self.replace(*self._module.lines_range(first, last), "")

    def insert(self, place: int, text: str) -> None:
        """Put `text` before a place."""
        self._all.append((place, place, text))

    def applied(self, start: int, stop: int) -> str:
        """The source between two places, edited."""
        chunks: list[str] = []
        at = start
        for first, last, text in sorted(self._all, key=lambda each: each[:2]):
            if not start <= first < stop or last > stop or first < at:
                continue
            chunks += [self._module.between(at, first), text]
            at = last
        return "".join([*chunks, self._module.between(at, stop)])


def _mark(edits: _Edits, module: Module, found: Found, marker: str) -> None:
    """One marker of ours in the place of those of the test; what they say of its world is kept."""
    function = found.function
    kept: list[str] = []
    for decorator in function.decorator_list:
        if _is_mark(decorator, "nexus"):
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            kept += [module.text(each.value) if each.arg is None else f"{each.arg}={module.text(each.value)}"
                     for each in keywords if each.arg not in {*_OF_SEARCH, "seed"}]  # fmt: skip
        elif not _is_mark(decorator, "xfail"):
            continue
        edits.remove_lines(decorator.lineno, end_of(decorator))
    if any(each.startswith("time_limit=") for each in kept):
        marker = _OUR_LIMIT.sub("", marker)  # the test's own counts in a search as well
    options = "".join(f", {each}" for each in kept)
    edits.insert(module.offset(begin(function)), f"{module.indent(begin(function))}{marker[:-1]}{options})\n")


def _decide(edits: _Edits, module: Module, found: Found, lines: Sequence[str]) -> bool:
    function = found.function
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    if not body or begin(function.body[0]) <= function.lineno or module.offset(begin(body[0])) < _colon(module, found):
        return False
    indent = module.indent(begin(body[0]))
    edits.insert(module.offset(begin(body[0])), "".join(f"{indent}{line}\n" for line in lines))
    arguments = function.args
    if "nexus" in {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}:
        return True
    positional = [*arguments.posonlyargs, *arguments.args]
    if found.classes and positional:
        edits.insert(module.range(positional[0])[1], ", nexus")
        return True
    opened = module.source.index(b"(", module.offset(function.lineno, function.col_offset)) + 1
    others = positional or arguments.kwonlyargs or arguments.vararg or arguments.kwarg
    edits.insert(opened, "nexus, " if others else "nexus")
    return True


def _colon(module: Module, found: Found) -> int:
    """No place before this one is in the body: where the last parameter, or what is returned, ends."""
    function = found.function
    arguments = function.args
    nodes: list[Any] = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *arguments.defaults]
    nodes += [each for each in (*arguments.kw_defaults, function.returns) if each is not None]
    return max([module.range(node)[1] for node in nodes], default=0)


def _unsearch(edits: _Edits, module: Module, statement: ast.stmt) -> None:
    """Markers without what makes a search, and without xfail: the test is to fail."""
    for node in ast.walk(statement):
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                if _is_mark(decorator, "xfail") or _only_searches(decorator):
                    edits.remove_lines(decorator.lineno, end_of(decorator))
        elif isinstance(node, ast.List):
            for index, element in enumerate(node.elts):
                if _is_mark(element, "xfail"):
                    edits.replace(*_with_comma(module, node, index), "")
        elif isinstance(node, ast.Assign) and _is_mark(node.value, "xfail"):
            edits.replace(*module.range(node.value), "[]")
        elif isinstance(node, ast.Call) and _is_mark(node, "nexus"):
            keywords = [each for each in node.keywords if each.arg not in _OF_SEARCH]
            if len(keywords) < len(node.keywords):
                edits.replace(*module.range(node), ast.unparse(ast.Call(node.func, node.args, keywords)))


def _only_searches(decorator: ast.expr) -> bool:
    if not _is_mark(decorator, "nexus") or not isinstance(decorator, ast.Call):
        return False
    return bool(decorator.keywords) and all(each.arg in _OF_SEARCH for each in decorator.keywords)


def _with_comma(module: Module, values: ast.List, index: int) -> tuple[int, int]:
    start, stop = module.range(values.elts[index])
    if index + 1 < len(values.elts):
        return start, module.range(values.elts[index + 1])[0]
    return (module.range(values.elts[index - 1])[1] if index else start), stop


def _reduce(edits: _Edits, module: Module, statement: ast.stmt, parameters: Mapping[str, int]) -> None:
    """The one set of parameters that failed, where they are written out."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and _is_mark(node, "parametrize") and len(node.args) > 1:
            names = node.args[0]
            said = names.value if isinstance(names, ast.Constant) else _first_of(names)
            name = str(said).partition(",")[0].strip()
            if name in parameters:
                _only(edits, module, node.args[1], parameters[name])
                _only_id(edits, module, node, parameters[name])
        elif isinstance(node, FUNCTIONS) and node.name in parameters:
            for decorator in node.decorator_list:
                for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
                    if keyword.arg in {"ids", "params"}:
                        _only(edits, module, keyword.value, parameters[node.name])


def _first_of(names: ast.expr) -> str:
    if isinstance(names, (ast.List, ast.Tuple)) and names.elts and isinstance(names.elts[0], ast.Constant):
        return str(names.elts[0].value)
    return ""


def _only_id(edits: _Edits, module: Module, call: ast.Call, index: int) -> None:
    for keyword in call.keywords:
        if keyword.arg == "ids":
            _only(edits, module, keyword.value, index)


def _only(edits: _Edits, module: Module, values: ast.expr, index: int) -> None:
    if isinstance(values, (ast.List, ast.Tuple)) and index < len(values.elts):
        edits.replace(*module.range(values), f"[{module.text(values.elts[index])}]")


def _is_mark(node: ast.expr, name: str) -> bool:
    """Whether this is `pytest.mark.NAME` or a call of it."""
    function = node.func if isinstance(node, ast.Call) else node
    return (
        isinstance(function, ast.Attribute)
        and function.attr == name
        and isinstance(function.value, (ast.Attribute, ast.Name))
        and (function.value.attr if isinstance(function.value, ast.Attribute) else function.value.id) == "mark"
    )


def end_of(node: ast.expr) -> int:
    """The last line of an expression."""
    return node.end_lineno or node.lineno


def _joined(module: Module, parts: Mapping[Block, AbstractSet[str] | None], edits: _Edits) -> str:
    chunks: list[str] = []
    before: Block | None = None
    for block, names in parts.items():
        text = edits.applied(*module.lines_range(block.first, block.last))
        if names is not None:
            text = _import_of(block, names)
        if before is not None:
            defines = any(isinstance(each, DEFINITIONS) for each in (*before.statements, *block.statements))
            chunks.append("\n\n" if defines else "\n" * module.has_blank(before.last, block.first))
        chunks.append(text if text.endswith("\n") else f"{text}\n")
        before = block
    return "".join(chunks)


def _import_of(block: Block, names: AbstractSet[str]) -> str:
    """An import of those of its names alone."""
    (statement,) = block.statements
    assert isinstance(statement, (ast.Import, ast.ImportFrom))  # noqa: S101  # only imports have names to choose
    aliases = [each for each in statement.names if (each.asname or each.name.partition(".")[0]) in names]
    if isinstance(statement, ast.Import):
        return ast.unparse(ast.Import(aliases))
    return ast.unparse(ast.ImportFrom(statement.module, aliases, statement.level))
