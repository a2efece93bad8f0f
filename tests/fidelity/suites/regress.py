"""PostgreSQL's regression tests: psql's scripts as steps (`src/test/regress/sql`, and the data of `src/test/regress/data`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.fidelity.scenarios import Step

# Files that test what is out of scope as a whole: other languages, the planner's text, the server's own administration.
OUT_OF_SCOPE = frozenset(
    [
        "plpgsql",
        "plancache",
        "triggers",
        "event_trigger",
        "event_trigger_login",
        "rules",
        "rowsecurity",
        "privileges",
        "roleattributes",
        "password",
        "foreign_data",
        "publication",
        "subscription",
        "tablespace",
        "create_am",
        "opr_sanity",
        "type_sanity",
        "misc_sanity",
        "oidjoins",
        "sanity_check",
        "explain",
        "partition_prune",
        "partition_join",
        "partition_aggregate",
        "stats",
        "stats_ext",
        "stats_import",
        "vacuum",
        "vacuum_parallel",
        "cluster",
        "spgist",
        "gin",
        "gist",
        "brin",
        "brin_bloom",
        "brin_multi",
        "hash_index",
        "create_index_spgist",
        "create_operator",
        "create_procedure",
        "create_cast",
        "create_aggregate",
        "alter_operator",
        "alter_generic",
        "object_address",
        "security_label",
        "init_privs",
        "drop_operator",
        "tsearch",
        "tsdicts",
        "tstypes",
        "tsrf_fts",
        "polygon",
        "point",
        "line",
        "lseg",
        "path",
        "circle",
        "box",
        "geometry",
        "create_function_c",
        "create_function_sql",
        "largeobject",
        "large_objects",
        "lock",
        "collate.icu.utf8",
        "collate.linux.utf8",
        "collate.windows.win1252",
        "collate.utf8",
        "xml",
        "xmlmap",
        "psql",
        "psql_crosstab",
        "psql_pipeline",
        "compression",
        "memoize",
        "incremental_sort",
        "select_parallel",
        "write_parallel",
        "tuplesort",
        "tidscan",
        "tidrangescan",
        "tid",
        "amutils",
        "reloptions",
        "replica_identity",
        "predicate",
        "indexing",
        "inherit",
        "prepared_xacts",
        "equivclass",
        "functional_deps",
        "conversion",
        "encoding",
        "unicode",
        "database",
        "maintain_every",
        "sysviews",
        "hs_primary_setup",
        "hs_standby_allowed",
        "hs_standby_check",
        "hs_standby_disallowed",
        "hs_standby_functions",
        "hs_primary_extremes",
        "misc",
        "misc_functions",
        "guc",
        "dependency",
        "regproc",
        "typed_table",
        "polymorphism",
        "rangefuncs",
        "plpgsql_misc",
        "fast_default",
        "test_setup",
        "money",
        "pg_lsn",
        "txid",
        "xid",
        "mvcc",
        "infinite_recurse",
        "bitmapops",
        "join_hash",
        "jsonpath_encoding",
        "json_encoding",
        "advisory_lock",
        "async",
        "combocid",
        "create_schema",
        "errors",
    ]
)
_SUBJECTS = {
    "numbers": "int2 int4 int8 float4 float8 numeric numeric_big numerology random bit boolean oid",
    "text": "char name varchar text strings regex char_t md5 collate.utf8 collate",
    "dates": "date time timetz timestamp timestamptz interval horology",
    "json": "json jsonb jsonpath jsonb_jsonpath sqljson sqljson_queryfuncs sqljson_jsontable",
    "other types": "arrays enum uuid inet macaddr macaddr8 rangetypes multirangetypes domain rowtypes expressions",
    "queries": "select select_distinct select_distinct_on select_having select_implicit select_into select_views join subselect union "
    "case aggregates groupingsets window with limit tsrf namespace random tablesample hash_func hash_part portals portals_p2",
    "changes": "insert insert_conflict update delete returning merge copy copy2 copyselect copydml truncate updatable_views",
    "definitions": "create_table create_table_like create_view create_index create_misc create_type create_schema alter_table drop_if_exists "
    "constraints foreign_key identity generated generated_stored generated_virtual sequence temp matview comments btree_index index_including reindex_catalog",
    "sessions": "transactions prepare guc combocid namespace xid advisory_lock async",
}
_SETUP = "test_setup"
_VARIABLE = re.compile(r":('|\")?([a-zA-Z_]\w*)\1")
_COPY = re.compile(r"\s*copy\s+([\w.\"]+)\s*(\([^)]*\))?\s+from\s+(stdin|'[^']+')\s*;?\s*$", re.IGNORECASE)
_LEADING = re.compile(r"\A(?:\s+|--[^\n]*\n|/\*.*?\*/)+", re.DOTALL)
_ROWS = 400  # of one INSERT that stands for a part of a COPY


def files(path: Path) -> list[Path]:
    """The scripts that are run, in order of their names."""
    folder = path / "sql" if (path / "sql").is_dir() else path
    return [file for file in sorted(folder.glob("*.sql")) if file.stem not in OUT_OF_SCOPE]


def group(file: Path) -> str:
    """The subject of a script."""
    return next((subject for subject, names in _SUBJECTS.items() if file.stem in names.split()), "the rest")


def steps(file: Path) -> tuple[list[Step], int]:
    """The steps of a script, and how many first ones only prepare it (the tables that the scripts share)."""
    text = file.read_text(encoding="utf-8", errors="replace")
    setup: list[Step] = []
    shared = file.with_name(f"{_SETUP}.sql")
    if shared.exists():
        for step in _steps(shared.read_text(encoding="utf-8"), file.parents[1]):
            name = _table_of(step.sql)
            if name and re.search(rf"\b{re.escape(name)}\b", text):
                setup.append(step)
    return [*setup, *_steps(text, file.parents[1])], len(setup)


def _table_of(sql: str) -> str:
    found = re.match(r"\s*(?:create table|insert into|create (?:unique )?index \w+ on)\s+(\w+)", sql, re.IGNORECASE)
    return found[1] if found else ""


def _steps(text: str, folder: Path) -> Iterator[Step]:
    variables = {"abs_srcdir": str(folder)}
    lines = iter(text.splitlines())
    statement = ""
    for line in lines:
        if not statement.strip() and line.startswith("\\"):
            _set(line, variables)
            continue
        statement += line + "\n"
        while (end := _end(statement)) is not None:
            one, rest = statement[:end], statement[end + 1 :]
            statement = ""
            if rest.lstrip().startswith("\\"):  # \gset and its like change what psql does with the answer
                one = ""
            elif rest.strip():
                statement = rest
            one = _LEADING.sub("", _filled(one, variables)).strip()
            copy = _COPY.match(one)
            if copy:
                yield from _copied(copy, lines)
            elif one and not _psql_only(one):
                yield Step(one)
        if re.search(r"\\g\w*\s*(\S+)?\s*$|\\watch|\\bind|\\crosstabview|\\;", statement):
            statement = ""


def _psql_only(sql: str) -> bool:
    return bool(re.match(r"(?s)\s*copy\b", sql, re.IGNORECASE)) or bool(
        re.search(r"(?<![:\w]):'?[a-z_]\w*'?(?!\w*:)", _bare(sql))
    )


def _bare(sql: str) -> str:
    """The statement without its literals, comments and array slices."""
    return re.sub(
        r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|\[[^\]]*\]|\$(\w*)\$.*?\$\1\$", " ", sql, flags=re.DOTALL
    )


def _set(line: str, variables: dict[str, str]) -> None:
    words = line.split()
    if words[0] == "\\set" and len(words) >= 3:
        parts = [variables.get(word[1:], word) if word.startswith(":") else word.strip("'") for word in words[2:]]
        variables[words[1]] = "".join(parts)


def _filled(sql: str, variables: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[2]
        if name not in variables or found.string[found.start() - 1 : found.start()] == ":":
            return found[0]
        return f"'{variables[name]}'" if found[1] == "'" else variables[name]

    return _VARIABLE.sub(value, sql) if variables else sql


def _end(text: str) -> int | None:
    """Where the first statement's semicolon stands; None where the text ends before it."""
    at, depth, size = 0, 0, len(text)
    while at < size:
        char = text[at]
        if char in "'\"":
            escapes = char == "'" and at > 0 and text[at - 1] in "eE" and not text[at - 2 : at - 1].isalnum()
            at = _quoted(text, at, escapes=escapes)
            if at < 0:
                return None
        elif text.startswith("--", at):
            at = text.find("\n", at)
            if at < 0:
                return None
        elif text.startswith("/*", at):
            at = text.find("*/", at)
            if at < 0:
                return None
            at += 1
        elif char == "$" and (tag := re.match(r"\$(?:[A-Za-z_]\w*)?\$", text[at:])):
            close = text.find(tag[0], at + len(tag[0]))
            if close < 0:
                return None
            at = close + len(tag[0]) - 1
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif (
            char == ";"
            and depth <= 0
            and not re.search(r"\bbegin\s+atomic\b(?!.*\bend\s*$)", text[:at], re.IGNORECASE | re.DOTALL)
        ):
            return at
        at += 1
    return None


def _quoted(text: str, at: int, *, escapes: bool) -> int:
    quote = text[at]
    at += 1
    while at < len(text):
        if escapes and text[at] == "\\":
            at += 1
        elif text[at] == quote:
            if text[at + 1 : at + 2] != quote:
                return at
            at += 1
        at += 1
    return -1


def _copied(copy: re.Match[str], lines: Iterator[str]) -> Iterator[Step]:
    """COPY FROM as INSERTs: of the lines that follow, or of a file."""
    if copy[3].lower() == "stdin":
        data = []
        for line in lines:
            if line == "\\.":
                break
            data.append(line)
    else:
        file = Path(copy[3].strip("'"))
        data = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for at in range(0, len(data), _ROWS):
        rows = ", ".join(f"({', '.join(map(_literal, line.split(chr(9))))})" for line in data[at : at + _ROWS])
        yield Step(f"INSERT INTO {copy[1]} {copy[2] or ''} VALUES {rows}")


def _literal(field: str) -> str:
    if field == "\\N":
        return "NULL"
    plain = re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t", "r": "\r", "b": "\b"}.get(found[1], found[1]), field)
    return "'" + plain.replace("'", "''") + "'"
