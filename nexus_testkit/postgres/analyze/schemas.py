"""CREATE SCHEMA, DROP SCHEMA, and what moves an object into another schema or gives one another name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nexus_testkit.postgres.analyze import dependents, sources
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, Column, Table
from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.lower import rebuild
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.rewriting import rewritten
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed import Const, Expr

Step = str | Callable[[Session], None]


def create(context: Context, node: Node) -> SchemaPlan:
    """CREATE SCHEMA [IF NOT EXISTS], with the tables, views and indexes that are to be in it."""
    from nexus_testkit.postgres.analyze import ddl  # noqa: PLC0415  # a cycle otherwise

    if "authrole" in node:
        role = node["authrole"]
        owner = _role(context, role)
        name = node.get("schemaname", owner)
    else:
        name = node["schemaname"]
    catalog = context.catalog
    if name.startswith("pg_"):
        raise context.error(
            "42939",
            f'unacceptable schema name "{name}"',
            detail='The prefix "pg_" is reserved for system schemas.',
        )
    if name in (*catalog.schemas, "information_schema"):
        if node.get("if_not_exists"):
            return SchemaPlan((), catalog, "CREATE SCHEMA")
        raise context.error("42P06", f'schema "{name}" already exists')
    node.skip("if_not_exists")
    path = catalog.path
    context.catalog = catalog.changed(schemas=(*catalog.schemas, name), path=(name, *path))
    steps: list[Any] = []
    elements = node.all("schemaElts")
    for element in sorted(elements, key=lambda each: _ORDER.get(each.kind, 9)):
        rule = ddl.rule(element.kind) if element.kind in _ORDER else None
        if rule is None:
            raise context.unsupported(f"{element.kind} in CREATE SCHEMA", element)
        _require_inside(context, element, name)
        plan = rule(context, element)
        steps.extend(plan.steps)
        context.catalog = plan.catalog
    return SchemaPlan(tuple(steps), replace(context.catalog, path=path), "CREATE SCHEMA")


# The order in which CREATE SCHEMA makes its elements (`transformCreateSchemaStmtElements`).
_ORDER = {"CreateSeqStmt": 0, "CreateStmt": 1, "ViewStmt": 2, "IndexStmt": 3}


def _require_inside(context: Context, element: Node, name: str) -> None:
    """What CREATE SCHEMA makes is in that schema (`setSchemaName`)."""
    relation = element.fields.get("relation") or element.fields.get("view") or element.fields.get("sequence") or {}
    if relation.get("relpersistence") == "t":
        raise context.error("42P16", "cannot create temporary relation in non-temporary schema")
    other = relation.get("schemaname", name)
    if other != name:
        raise context.error(
            "42P15", f"CREATE specifies a schema ({other}) different from the one being created ({name})"
        )


def _role(context: Context, role: Node) -> str:
    kind = role["roletype"]
    if kind != "ROLESPEC_CSTRING":
        return "postgres"
    name: str = role["rolename"]
    if name != "postgres":
        raise context.error("42704", f'role "{name}" does not exist')
    return name


def drop(context: Context, node: Node) -> SchemaPlan:
    """DROP SCHEMA."""
    node.skip("removeType")
    cascade = node.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    missing_ok = bool(node.get("missing_ok"))
    found: list[dependents.Thing] = []
    for item in node["objects"]:
        name = item["sval"]
        if name in ("pg_catalog", "information_schema"):
            raise context.unsupported(f"DROP SCHEMA {name}", node)
        if name in context.catalog.schemas:
            found.append(dependents.Thing("schema", name))
        elif not missing_ok:
            raise context.error("3F000", f'schema "{name}" does not exist')
    catalog, steps = dependents.dropped(context, found, cascade=cascade)
    return SchemaPlan(steps, catalog, "DROP SCHEMA")


def rename(context: Context, node: Node) -> SchemaPlan:
    """ALTER SCHEMA ... RENAME TO."""
    old, new = node["subname"], node["newname"]
    catalog = context.catalog
    if old not in catalog.schemas:
        raise context.error("3F000", f'schema "{old}" does not exist')
    if new in (*catalog.schemas, "pg_catalog", "information_schema"):
        raise context.error("42P06", f'schema "{new}" already exists')
    if new.startswith("pg_"):
        raise context.error(
            "42939", f'unacceptable schema name "{new}"', detail='The prefix "pg_" is reserved for system schemas.'
        )
    relations = {
        key: naming.key(new, naming.bare(key))
        for key in (*catalog.tables, *catalog.views, *catalog.sequences, *_indexes(catalog))
        if naming.schema_of(key) == old
    }
    types = {
        key: naming.type_key(new, naming.bare(key))
        for key in (*catalog.enums, *catalog.domains)
        if naming.schema_of(key) == old
    }
    catalog = catalog.changed(schemas=tuple(new if name == old else name for name in catalog.schemas))
    catalog, steps = moved(catalog, relations, types)
    return SchemaPlan(steps, catalog, "ALTER SCHEMA")


def _indexes(catalog: Catalog) -> list[str]:
    return [key.name for table in catalog.tables.values() for key in table.keys]


def set_schema(context: Context, node: Node) -> SchemaPlan:
    """ALTER TABLE, VIEW, SEQUENCE, TYPE ... SET SCHEMA."""
    kind = node["objectType"].removeprefix("OBJECT_")
    new = node["newschema"]
    catalog = context.catalog
    words = kind.replace("MATVIEW", "MATERIALIZED VIEW")
    if kind in ("TYPE", "DOMAIN"):
        return _set_type_schema(context, node, new, words)
    if kind not in ("TABLE", "VIEW", "MATVIEW", "SEQUENCE"):
        raise context.unsupported(f"ALTER {words} ... SET SCHEMA", node)
    key = sources.relation_name(context, node["relation"])
    if not catalog.relation_exists(key):
        if node.get("missing_ok"):
            return SchemaPlan((), catalog, f"ALTER {words}")
        sources.find_table(context, node["relation"], located=False)
    node.skip("missing_ok")
    if new not in catalog.schemas:
        raise context.error("3F000", f'schema "{new}" does not exist')
    if kind != "TABLE":
        _require_kind(context, key, kind, words)
    if naming.schema_of(key) == new:
        return SchemaPlan((), catalog, f"ALTER {words}")
    relations = {key: naming.key(new, naming.bare(key))}
    table = catalog.tables.get(key)
    if table is not None:
        relations.update({each.name: naming.key(new, naming.bare(each.name)) for each in table.keys})
        owned = [name for name, made in catalog.sequences.items() if made.owner and made.owner[0] == key]
        relations.update({name: naming.key(new, naming.bare(name)) for name in owned})
    for target in relations.values():
        if catalog.relation_exists(target):
            raise context.error("42P07", f'relation "{naming.bare(target)}" already exists in schema "{new}"')
    catalog, steps = moved(catalog, relations, {})
    return SchemaPlan(steps, catalog, f"ALTER {words}")


def _require_kind(context: Context, key: str, kind: str, words: str) -> None:
    catalog = context.catalog
    view = catalog.views.get(key)
    fits = {
        "VIEW": view is not None and not view.materialized,
        "MATVIEW": view is not None and view.materialized,
        "SEQUENCE": key in catalog.sequences,
    }[kind]
    if not fits:
        raise context.error("42809", f'"{naming.bare(key)}" is not a {words.lower()}')


def _set_type_schema(context: Context, node: Node, new: str, words: str) -> SchemaPlan:
    catalog = context.catalog
    parts = [part["sval"] for part in node["object"]["items"]]
    found = naming.user_type(catalog, parts[0] if len(parts) > 1 else None, parts[-1])
    if found is None:
        raise context.error("42704", f'type "{".".join(parts)}" does not exist')
    if new not in catalog.schemas:
        raise context.error("3F000", f'schema "{new}" does not exist')
    target = naming.type_key(new, parts[-1])
    if target != found and catalog.type_exists(target):
        raise context.error("42710", f'type "{parts[-1]}" already exists in schema "{new}"')
    catalog, steps = moved(catalog, {}, {found: target})
    return SchemaPlan(steps, catalog, f"ALTER {words}")


# ---------------------------------------------------------------------------------------------- renaming keys


def moved(catalog: Catalog, relations: dict[str, str], types: dict[str, str]) -> tuple[Catalog, tuple[Step, ...]]:
    """The catalogue in which relations (indexes too) and types have other keys, and what to run for it."""
    relations = {old: new for old, new in relations.items() if old != new}
    change = _Renaming(relations, types)
    tables = {relations.get(name, name): change.table(table) for name, table in catalog.tables.items()}
    after = catalog.changed(
        tables=tables,
        sequences={
            relations.get(name, name): replace(
                made,
                name=relations.get(name, name),
                owner=(relations.get(made.owner[0], made.owner[0]), made.owner[1]) if made.owner else None,
            )
            for name, made in catalog.sequences.items()
        },
        views={
            relations.get(name, name): replace(
                change.tree(dependents.renamed_in(view, relations, {})), name=relations.get(name, name)
            )
            for name, view in catalog.views.items()
        },
        enums={types.get(name, name): labels for name, labels in catalog.enums.items()},
        domains={
            types.get(name, name): replace(
                change.tree(domain), name=types.get(name, name), parent=types.get(domain.parent or "", domain.parent)
            )
            for name, domain in catalog.domains.items()
        },
        comments={
            (kind, relations.get(name, types.get(name, name)), part): text
            for (kind, name, part), text in catalog.comments.items()
        },
    )
    steps: list[Step] = list(rebuild.changes(catalog, after, tables=relations, indexes=relations))
    sequences = {old: new for old, new in relations.items() if old in catalog.sequences}
    if sequences:
        steps.append(lambda session: session.engine.rename_sequences(sequences))
    return after, tuple(steps)


def with_column_renamed(catalog: Catalog, table: str, old: str, new: str) -> Catalog:
    """The catalogue in which views and comments follow a column of a table that is called otherwise now."""
    if not catalog.views and not catalog.comments:
        return catalog
    return catalog.changed(
        views={name: dependents.renamed_in(view, {}, {(table, old): new}) for name, view in catalog.views.items()},
        comments={
            (kind, name, new if (kind, name, part) == ("column", table, old) else part): text
            for (kind, name, part), text in catalog.comments.items()
        },
    )


class _Renaming:
    """Trees with other keys in them."""

    def __init__(self, relations: dict[str, str], types: dict[str, str]) -> None:
        self._relations = relations
        self._types = types

    def kind(self, kind: str) -> str:
        """A type's new name."""
        if isinstance(kind, DomainType):
            base = self.kind(str(kind))
            return DomainType(base, self._types.get(kind.domain, kind.domain), element=kind.element)
        if kind.endswith("[]"):
            return self._types.get(kind[:-2], kind[:-2]) + "[]"
        return self._types.get(kind, kind)

    def tree(self, tree: Any) -> Any:
        """A tree whose constants and types follow."""
        return rewritten(tree, self._node)

    def _node(self, node: Any) -> Any:
        if isinstance(node, Const) and node.type == "regclass" and node.value is not None:
            key = str(node.value).removeprefix(naming.explicit(""))
            return replace(node, value=naming.explicit(self._relations[key])) if key in self._relations else None
        if isinstance(node, Column):
            return self.column(node) if self.kind(node.type) is not node.type else None
        if self._types and isinstance(node, Expr) and self.kind(node.type) != node.type:
            return self.tree(replace(node, type=self.kind(node.type)))
        return None

    def column(self, column: Column) -> Column:
        """A column of a type and a sequence under their new names."""
        sequence = column.sequence
        return replace(
            column,
            type=self.kind(column.type),
            sequence=self._relations.get(sequence, sequence) if sequence is not None else None,
            default=self.tree(column.default),
            generated=self.tree(column.generated),
        )

    def table(self, table: Table) -> Table:
        """A table under its new name, and its references."""
        return replace(
            table,
            name=self._relations.get(table.name, table.name),
            columns=tuple(self.column(column) for column in table.columns),
            checks=self.tree(table.checks),
            keys=tuple(replace(self.tree(key), name=self._relations.get(key.name, key.name)) for key in table.keys),
            foreign_keys=tuple(
                replace(foreign, table=self._relations.get(foreign.table, foreign.table))
                for foreign in table.foreign_keys
            ),
        )
