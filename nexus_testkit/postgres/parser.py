"""PostgreSQL 18's parser: libpg_query, through the shared library that `postgast`'s wheel carries.

The package itself is not imported: it costs 0.3 s, most of it protobuf. The library's JSON is all we need,
and `postgast/native.py` is the reference for the structures below.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from nexus_testkit.errors import DatabaseError, SyntaxErrorInSQL, UnsupportedSQL
from nexus_testkit.errors.database import database_error

PARSER_VERSION = 180004

# What the scanner raises beside 42601, by the beginning of the message and the source file.
_STATES = {
    ('invalid byte sequence for encoding "UTF8"', "src_backend_utils_mb_mbutils.c"): "22021",
    ("invalid Unicode escape", "scan.l"): "22025",
    ("CREATE SCHEMA IF NOT EXISTS cannot include schema elements", "gram.y"): "0A000",
    ("unrecognized JSON encoding", "gram.y"): "22023",
    ("only string constants are supported in JSON_TABLE path specification", "gram.y"): "0A000",
    ("MATCH PARTIAL not yet implemented", "gram.y"): "0A000",
    ("a column list with SET NULL is only supported for ON DELETE actions", "gram.y"): "0A000",
    ("a column list with SET DEFAULT is only supported for ON DELETE actions", "gram.y"): "0A000",
    ("column number must be in range from 1 to 32767", "gram.y"): "22023",
    # and gram.y, of frames that no window can have
    **{
        (words, "gram.y"): "42P20"
        for words in (
            "frame start cannot be UNBOUNDED FOLLOWING",
            "frame end cannot be UNBOUNDED PRECEDING",
            "frame starting from current row cannot have preceding rows",
            "frame starting from following row cannot have preceding rows",
            "frame starting from following row cannot end with current row",
        )
    },
}

_FILE_NAMES = {"linux": "libpg_query.so", "darwin": "libpg_query.dylib", "win32": "pg_query.dll"}


class _Error(ctypes.Structure):
    _fields_ = (
        ("message", ctypes.c_char_p),
        ("funcname", ctypes.c_char_p),
        ("filename", ctypes.c_char_p),
        ("lineno", ctypes.c_int),
        ("cursorpos", ctypes.c_int),
        ("context", ctypes.c_char_p),
    )


class _Result(ctypes.Structure):
    _fields_ = (
        ("tree", ctypes.c_char_p),
        ("stderr", ctypes.c_char_p),
        ("error", ctypes.POINTER(_Error)),
    )


def library_path() -> str:
    """Where libpg_query is: beside postgast's modules, else wherever the system keeps it.

    Raises:
        OSError: there is none.
    """
    spec = importlib.util.find_spec("postgast")
    name = _FILE_NAMES.get(sys.platform, "libpg_query.so")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder) / name).is_file():
            return str(path)
    found = ctypes.util.find_library("pg_query")
    if found is None:
        raise OSError(f"{name} is not there; install a wheel of postgast: pip install --only-binary :all: postgast")
    return found


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(library_path())
    library.pg_query_parse.argtypes = [ctypes.c_char_p]
    library.pg_query_parse.restype = _Result
    library.pg_query_free_parse_result.argtypes = [_Result]
    library.pg_query_free_parse_result.restype = None
    return library


def parse_tree(query: str) -> dict[str, Any]:
    """libpg_query's whole answer: `{"version": ..., "stmts": [{"stmt": ..., "stmt_location": ...}]}`.

    Raises:
        SyntaxErrorInSQL: with PostgreSQL's message and the 1-based character position.
    """
    with _raw_tree(query) as raw:
        try:
            tree: dict[str, Any] = json.loads(raw)
        except RecursionError:
            raise too_deep(query) from None
    return tree


@contextmanager
def _raw_tree(query: str) -> Iterator[bytes]:
    library = _library()
    # A C string ends at its first NUL; the server refuses one before it parses.
    if "\0" in query:
        raise SyntaxErrorInSQL('invalid byte sequence for encoding "UTF8": 0x00', sqlstate="22021", query=query)
    result = library.pg_query_parse(query.encode())
    try:
        if result.error:
            error = result.error.contents
            message = error.message.decode()
            state = _STATES.get((message.partition(": ")[0], (error.filename or b"").decode()))
            raise SyntaxErrorInSQL(message, sqlstate=state, position=error.cursorpos or None, query=query)
        yield result.tree
    finally:
        library.pg_query_free_parse_result(result)


# As deep as the tree of the deepest `1+1+...` that a server with its default max_stack_depth (2 MB) runs.
_DEEPEST = 9700


def too_deep(query: str) -> DatabaseError:
    """The error for a statement that nests deeper than Python recurses: 54001 where it is too deep for the server as well."""
    depth = deepest = 0
    with _raw_tree(query) as tree:
        for char in tree:
            if char in b"{[":
                depth += 1
                deepest = max(deepest, depth)
            elif char in b"}]":
                depth -= 1
    if deepest <= _DEEPEST:
        return UnsupportedSQL("a statement that nests so deeply", query=query)
    return database_error(
        "54001",
        "stack depth limit exceeded",
        query=query,
        hint='Increase the configuration parameter "max_stack_depth" (currently 2048kB), after ensuring the platform\'s '
        "stack depth limit is adequate.",
    )


def parse(query: str) -> list[tuple[str, dict[str, Any]]]:
    """The statements of `query`: for each its node's kind and fields. Locations in them are byte offsets."""
    statements: list[tuple[str, dict[str, Any]]] = []
    for raw in parse_tree(query)["stmts"]:
        ((kind, fields),) = raw["stmt"].items()
        statements.append((kind, fields))
    return statements


def character_position(query: str, offset: int) -> int | None:
    """The 1-based character position of a node's byte offset; None for -1 ("unknown")."""
    if offset < 0:
        return None
    if query.isascii():
        return offset + 1
    return len(query.encode()[:offset].decode(errors="ignore")) + 1
