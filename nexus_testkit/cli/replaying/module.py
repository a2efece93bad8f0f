"""The text of a module and its top-level statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

Function: TypeAlias = Union[ast.FunctionDef, ast.AsyncFunctionDef]  # noqa: UP007  # as isinstance takes it
Definition: TypeAlias = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]  # noqa: UP007  # likewise
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines: one top-level statement, or several that share a line; comments right above belong to it.

    Attributes:
        statements: what stands there.
        first, last: the numbers of its lines, from 1.
    """

    statements: tuple[ast.stmt, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where a test is written.

    Attributes:
        block: of the module's top level.
        classes: around the function, the outermost first.
        function: the test's own.
    """

    block: Block
    classes: tuple[ast.ClassDef, ...]
    function: Function


class Module:
    """A module's source.

    Attributes:
        blocks: its top level without the docstring.
    """

    def __init__(self, text: str) -> None:
        """Read the module.

        Raises:
            SyntaxError: it is no Python.
        """
        self._source = text.encode()
        self._starts = [0]
        for line in self._source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        tree = ast.parse(text)
        statements = tree.body[1:] if ast.get_docstring(tree, clean=False) is not None else tree.body
        self._lines = [line.strip() for line in self._source.splitlines()]
        self.blocks = tuple(self._grouped(statements))

    def _grouped(self, statements: Sequence[ast.stmt]) -> Iterator[Block]:
        index = 0
        while index < len(statements):
            group = [statements[index]]
            last = end(group[0])
            index += 1
            while index < len(statements) and begin(statements[index]) <= last:
                group.append(statements[index])
                last = end(statements[index])
                index += 1
            first = begin(group[0])
            while first > 1 and self._lines[first - 2].startswith(b"#"):
                first -= 1
            yield Block(tuple(group), first, last)

    def find(self, classes: Sequence[str], function: str) -> Found | None:
        """The function of this name in these classes; the last one where a name is given twice."""
        names = [*classes, function]
        for block in reversed(self.blocks):
            for statement in reversed(block.statements):
                if isinstance(statement, DEFINITIONS) and statement.name == names[0]:
                    path = _path(statement, names[1:])
                    if path is None:
                        return None
                    *around, last = path
                    inside = tuple(each for each in around if isinstance(each, ast.ClassDef))
                    return Found(block, inside, last) if isinstance(last, FUNCTIONS) else None
        return None

    def offset(self, line: int, column: int = 0) -> int:
        """The place in the source, in bytes, of a column (in bytes, from 0) of a line (from 1)."""
        return self._starts[line - 1] + column

    def indent(self, line: int) -> str:
        """The blanks at the beginning of a line."""
        text = self.between(self.offset(line), self.offset(line + 1))
        return text[: len(text) - len(text.lstrip())]

    def between(self, start: int, stop: int) -> str:
        """The source between two places."""
        return self._source[start:stop].decode()

    def has_blank(self, first: int, last: int) -> bool:
        """Whether there is an empty line between two lines."""
        return b"" in self._lines[first : last - 1]

    def text(self, node: ast.expr) -> str:
        """The source of an expression."""
        return self.between(*self.range(node))

    def range(self, node: ast.expr | ast.arg) -> tuple[int, int]:
        """Where an expression begins and ends."""
        assert node.end_lineno is not None  # noqa: S101  # ast.parse() sets them all
        assert node.end_col_offset is not None  # noqa: S101  # as above
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def lines_range(self, first: int, last: int) -> tuple[int, int]:
        """Where these lines begin and end, the last one's end of line included."""
        return self.offset(first), self._starts[min(last, len(self._starts) - 1)]

    @property
    def source(self) -> bytes:
        """The text in UTF-8, which is what columns count in."""
        return self._source


def _path(statement: Definition, names: Sequence[str]) -> list[Definition] | None:
    path = [statement]
    for name in names:
        inner = [each for each in path[-1].body if isinstance(each, DEFINITIONS) and each.name == name]
        if not inner or not isinstance(path[-1], ast.ClassDef):
            return None
        path.append(inner[-1])
    return path


def begin(statement: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators = statement.decorator_list if isinstance(statement, DEFINITIONS) else []
    return min([statement.lineno, *(each.lineno for each in decorators)])


def end(statement: ast.stmt) -> int:
    """The last line of a statement."""
    return statement.end_lineno or statement.lineno
