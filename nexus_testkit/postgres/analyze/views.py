"""Views: what they mean where a query reads them, and CREATE VIEW.

A view keeps the typed tree of its query, as PostgreSQL's rules keep the analysed one: `*` is what it was when the view was
made, and names go on meaning the objects that they meant. Each statement that reads the view gets a copy of the tree.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from nexus_testkit.postgres.analyze import dependents, domains, select, sources
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column, View
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed import ColumnRef, Expr, Param, Typmod
from nexus_testkit.postgres.typed_queries import CommonTable, CteSource, Output, Query, TableSource, Values, ViewSource

_BOOLEANS = frozenset({"true", "false", "on", "off", "yes", "no", "1", "0", "t", "f", "y", "n"})
_OPTIONS = frozenset({"security_barrier", "security_invoker"})
_CHECKS = {"LOCAL_CHECK_OPTION": "l", "CASCADED_CHECK_OPTION": "c"}


def source(context: Context, view: View, alias: str, shown: str) -> tuple[ViewSource, list[tuple[str, Expr]]]:
    """A view in FROM, and its columns."""
    columns: list[tuple[str, Expr]] = [
        (column.name, ColumnRef(column.type, alias, f"c{at}", f"{shown}.{column.name}", typmod=column.typmod))
        for at, column in enumerate(view.columns)
    ]
    if not context.defines:
        require_all_populated(context, view.query)
    return ViewSource(alias, expanded(context, view), view.name), columns


def require_populated(context: Context, view: View) -> None:
    """Refuse to read a materialized view that has no rows yet.

    Raises:
        DatabaseError: 55000.
    """
    if not view.populated and not context.defines:
        raise context.error(
            "55000",
            f'materialized view "{naming.bare(view.name)}" has not been populated',
            hint="Use the REFRESH MATERIALIZED VIEW command.",
        )


def require_all_populated(context: Context, query: Query, within: tuple[str, ...] = ()) -> None:
    """The same for all that a (stored) query reads, through views too."""
    for node in nodes(query):
        found = context.catalog.views.get(getattr(node, "table", "") if isinstance(node, TableSource) else "")
        if found is not None:
            require_populated(context, found)
        if isinstance(node, ViewSource) and node.view not in within:
            require_all_populated(context, context.catalog.views[node.view].query, (*within, node.view))


def expanded(context: Context, view: View, within: tuple[str, ...] = ()) -> Query:
    """A copy of a view's query, and of those of the views in it, whose aliases no other part of the statement has.

    Raises:
        DatabaseError: 42P17 where it reads itself.
    """
    if view.name in within:
        raise context.error("42P17", f'infinite recursion detected in rules for relation "{naming.bare(view.name)}"')
    return _Copy(context, (*within, view.name)).of(view.query)  # type: ignore[no-any-return]  # of the same kind


def copied(context: Context, tree: Any) -> Any:
    """A copy of a part of a view's query with aliases of its own."""
    return _Copy(context, ()).of(tree)


class _Copy:
    """One copy: the new names of what it has met."""

    def __init__(self, context: Context, within: tuple[str, ...]) -> None:
        self._context = context
        self._within = within
        self._aliases: dict[str, str] = {}
        self._tables: dict[str, str] = {}
        self._sourced: set[str] = set()

    def of(self, tree: Any) -> Any:
        """The copy."""
        self._sourced = {node.alias for node in nodes(tree) if hasattr(node, "alias")}
        return self._of(tree)

    def _alias(self, name: str) -> str:
        if name not in self._sourced:
            return name
        if name not in self._aliases:
            self._aliases[name] = self._context.alias()
        return self._aliases[name]

    def _table(self, name: str) -> str:
        if name not in self._tables:
            self._tables[name] = self._context.cte_name()
        return self._tables[name]

    def _of(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._of(item) for item in node]
        if isinstance(node, tuple):
            return tuple(self._of(item) for item in node)
        if not is_dataclass(node) or isinstance(node, type):
            return node
        if isinstance(node, ViewSource):
            view = self._context.catalog.views[node.view]
            query = expanded(self._context, view, self._within)
            return ViewSource(self._alias(node.alias), query, node.view)
        changes: dict[str, Any] = {}
        for item in fields(node):
            before = getattr(node, item.name)
            if isinstance(before, list | tuple) or is_dataclass(before):
                changes[item.name] = self._of(before)
        if isinstance(node, Expr):
            changes["location"] = -1
        if isinstance(node, ColumnRef):
            changes["relation"] = self._alias(node.relation)
        elif hasattr(node, "alias"):
            changes["alias"] = self._alias(node.alias)
        if isinstance(node, CteSource):
            changes["cte"] = self._table(node.cte)
        elif isinstance(node, CommonTable):
            changes["name"] = self._table(node.name)
        return replace(node, **changes)


# ------------------------------------------------------------------------------------------- CREATE VIEW


def create(context: Context, node: Node) -> SchemaPlan:
    """CREATE [OR REPLACE] [TEMPORARY] [RECURSIVE] VIEW."""
    relation = node["view"]
    if relation.get("relpersistence", "p") == "u":
        raise context.error("42601", "views cannot be unlogged because they do not have storage")
    check = _CHECKS.get(node.get("withCheckOption", ""), "")
    for option in node.all("options"):
        check = read_option(context, option) or check
    given = node.names("aliases") if "aliases" in node else []
    scope = Scope()
    too_many = "CREATE VIEW specifies more column names than columns"
    query, columns = read_query(context, node["query"], given, too_many, scope=scope)
    key = sources.new_name(context, relation)
    if not naming.temporary(key) and reads_temporary(query):
        if "schemaname" in relation:
            raise context.error("42P16", "cannot create temporary relation in non-temporary schema")
        relation.fields["relpersistence"] = "t"
        key = sources.new_name(context, relation)
    made = View(key, columns, query, check=check, spreads=bool(scope.set_returning), written=node["query"].fields)  # type: ignore[arg-type]  # one of the letters
    if check:
        _require_updatable(context, made)
    old = context.catalog.views.get(key)
    if context.catalog.relation_exists(key):
        if not node.get("replace"):
            raise context.error("42P07", f'relation "{naming.bare(key)}" already exists')
        if old is None or old.materialized:
            raise context.error("42809", f'"{naming.bare(key)}" is not a view')
        made = _replacing(context, old, made)
    domains.require_no_type(context, key)
    node.skip("replace")
    catalog = context.catalog
    return SchemaPlan((), catalog.changed(views={**catalog.views, key: made}), "CREATE VIEW")


def read_option(context: Context, option: Node) -> str:
    """An option in WITH (...) of a view; gives what `check_option` says, "" for the others.

    Raises:
        DatabaseError: 22023.
    """
    name = option["defname"]
    option.skip("defaction", "defnamespace")
    value = option.get("arg")
    if value is not None:
        value.ignore()
    if name == "check_option":
        fields = value.fields if value is not None else {}
        written = str(fields["names"][-1]["String"]["sval"] if "names" in fields else fields.get("sval", ""))
        if written.lower() not in ("local", "cascaded"):
            raise context.error(
                "22023",
                f'invalid value for enum option "check_option": {written}',
                detail='Valid values are "local" and "cascaded".',
            )
        return written[0].lower()
    if name not in _OPTIONS:
        raise context.error("22023", f'unrecognized parameter "{name}"')
    if value is not None:
        fields = value.fields
        written = str(fields.get("ival", 0)) if value.kind == "Integer" else str(fields.get("sval", "true"))
        if written.lower() not in _BOOLEANS:
            raise context.error("22023", f'invalid value for boolean option "{name}": {written}')
    return ""


def read_query(
    context: Context, node: Node, given: list[str], too_many: str, *, params: bool = False, scope: Scope | None = None
) -> tuple[Query, tuple[Column, ...]]:
    """The query of a view and its columns, which may have got other names; `params`: whether it may have parameters."""
    context.defines = True
    query = select.query(context, node, scope or Scope())
    context.defines = False
    if (context.params or context.undecided) and not params:
        first = min((each for each in nodes(query) if isinstance(each, Param)), key=lambda each: each.location)
        shown = f"${first.number}"
        # The parameter's own place in the text; the typed one may have a cast's.
        place = len(context.statement.query.partition(shown)[0].encode())
        raise context.error("42P02", f"there is no parameter {shown}", place)
    if context.changes:
        raise context.error("0A000", "views must not contain data-modifying statements in WITH")
    outputs = visible(query)
    if len(given) > len(outputs):
        raise context.error("42601", too_many)
    columns: list[Column] = []
    for at, output in enumerate(outputs):
        name = given[at] if at < len(given) else output.name
        if any(column.name == name for column in columns):
            raise context.error("42701", f'column "{name}" specified more than once')
        columns.append(Column(name, output.expr.type, output.expr.typmod))
    return stored(context, query), tuple(columns)


def visible(query: Query) -> list[Output]:
    """The columns that a query gives, without those that only ORDER BY reads."""
    return query.outputs[: len(query.outputs) - getattr(query.body, "hidden", 0)]


def stored(context: Context, query: Query) -> Query:
    """The tree as the catalogue keeps it: the views in it are named, not copied, and its constants do not change with the path."""
    settled = sources.settled(context, query)
    for node in nodes(settled):
        if isinstance(node, ViewSource):
            node.query = Query(Values([], []))
    return settled


def reads_temporary(query: Query) -> bool:
    """Whether a query reads a temporary table or view."""
    return any(
        naming.temporary(node.table if isinstance(node, TableSource) else node.view)
        for node in nodes(query)
        if isinstance(node, TableSource | ViewSource)
    )


def _require_updatable(context: Context, view: View) -> None:
    from nexus_testkit.postgres.analyze import updatable  # noqa: PLC0415  # a cycle otherwise

    reason = updatable.obstacle(view.query, spreads=view.spreads)
    if reason is not None:
        raise context.error(
            "0A000", "WITH CHECK OPTION is supported only on automatically updatable views", hint=reason
        )


def _replacing(context: Context, old: View, new: View) -> View:
    """CREATE OR REPLACE: the old columns have to stay (`checkViewColumns`)."""
    if len(new.columns) < len(old.columns):
        raise context.error("42P16", "cannot drop columns from view")
    for before, after in zip(old.columns, new.columns, strict=False):
        if before.name != after.name:
            raise context.error(
                "42P16",
                f'cannot change name of view column "{before.name}" to "{after.name}"',
                hint="Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.",
            )
        if (before.type, before.typmod) != (after.type, after.typmod):
            raise context.error(
                "42P16",
                f'cannot change data type of view column "{before.name}" '
                f"from {with_typmod(before.type, before.typmod)} to {with_typmod(after.type, after.typmod)}",
            )
    for first, second in zip(old.query.outputs, new.query.outputs, strict=False):
        if first.expr.collation != second.expr.collation:
            raise context.unsupported(f'CREATE OR REPLACE VIEW where the COLLATE of "{first.name}" changes')
    kept = tuple(
        replace(after, default=before.default) for before, after in zip(old.columns, new.columns, strict=False)
    )
    return replace(new, columns=(*kept, *new.columns[len(kept) :]))


def with_typmod(kind: str, typmod: Typmod) -> str:
    """A type with its modifier, as `format_type` prints them."""
    if typmod is None:
        return title(kind)
    sizes = f"({','.join(map(str, typmod)) if isinstance(typmod, tuple) else typmod})"
    shown = title(kind)
    word, _, rest = shown.partition(" ")
    return f"{word}{sizes} {rest}" if kind.startswith("time") else f"{shown}{sizes}"


def drop(context: Context, node: Node) -> SchemaPlan:
    """DROP VIEW, DROP MATERIALIZED VIEW."""
    from nexus_testkit.postgres.analyze import objects  # noqa: PLC0415  # a cycle otherwise

    materialized = node["removeType"] == "OBJECT_MATVIEW"
    word = "materialized view" if materialized else "view"
    cascade = node.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    missing_ok = bool(node.get("missing_ok"))
    found: list[dependents.Thing] = []
    for key in objects.dropped_names(context, node, missing_ok=missing_ok):
        view = context.catalog.views.get(key)
        if view is not None and view.materialized == materialized:
            found.append(dependents.view(view))
        elif context.catalog.relation_exists(key):
            raise objects.wrong_kind(context, key, word)
        elif not missing_ok:
            raise context.error("42P01", f'{word} "{naming.bare(key)}" does not exist')
    catalog, steps = dependents.dropped(context, found, cascade=cascade)
    return SchemaPlan(steps, catalog, f"DROP {word.upper()}")
