"""Domains: CREATE DOMAIN, ALTER DOMAIN, and making a value into one (`typecmds.c`, `parse_coerce.c`'s `coerce_to_domain`).

An expression of a domain has the base type (`DomainType` is equal to it); wherever a value becomes one of the domain, a `Cast`
to the domain stands, which the lowering turns into a call that checks the constraints as they are then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, Column, Domain, DomainCheck, Table
from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.lower import queries
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed import ColumnRef, Expr, Typmod

Step = str | Callable[[Session], Any]

_IMPOSSIBLE = {
    "PRIMARY": "primary key constraints not possible for domains",
    "UNIQUE": "unique constraints not possible for domains",
    "FOREIGN": "foreign key constraints not possible for domains",
    "EXCLUSION": "exclusion constraints not possible for domains",
    "IDENTITY": "identity columns are not supported for domains",
    "GENERATED": "specifying GENERATED not supported for domains",
}


def typmod_of(catalog: Catalog, key: str) -> Typmod:
    """The modifier of the type behind a domain."""
    domain: Domain | None = catalog.domains[key]
    while domain is not None:
        if domain.typmod is not None or domain.parent is None:
            return domain.typmod
        domain = catalog.domains.get(domain.parent)
    return None


def chain(catalog: Catalog, key: str) -> list[Domain]:
    """A domain and those under it, the innermost first: the order in which constraints are looked at."""
    found: list[Domain] = []
    name: str | None = key
    while name is not None:
        domain = catalog.domains[name]
        found.insert(0, domain)
        name = domain.parent
    return found


def default_of(catalog: Catalog, key: str) -> Expr | None:
    """The default that a column of a domain has when it has none of its own."""
    return next((domain.default for domain in reversed(chain(catalog, key)) if domain.default is not None), None)


# --------------------------------------------------------------------------------------------- CREATE DOMAIN


def create(context: Context, node: Node) -> SchemaPlan:
    """CREATE DOMAIN."""
    from nexus_testkit.postgres.analyze.typenames import resolve_type  # noqa: PLC0415  # a cycle otherwise

    key = new_type(context, node.names("domainname"))
    kind, typmod = resolve_type(context, node["typeName"])
    if "collClause" in node:
        from nexus_testkit.postgres.analyze import collations  # noqa: PLC0415  # rarely written

        collations.require(context, node["collClause"], kind)
    parent = kind.domain if isinstance(kind, DomainType) and not kind.element else None
    if isinstance(kind, DomainType) and kind.element:
        raise context.unsupported("a domain over an array of a domain", node)
    if kind.endswith((")", ")[]")):
        raise context.unsupported("a domain over a composite type", node)
    made = Domain(key, str(kind), typmod, parent)
    nulls: bool | None = None
    for constraint in node.all("constraints"):
        word = constraint["contype"].removeprefix("CONSTR_")
        if word in _IMPOSSIBLE:
            raise context.error("42601", _IMPOSSIBLE[word], constraint)
        if word in ("NOTNULL", "NULL"):
            if nulls is not None and nulls != (word == "NULL"):
                raise context.error("42601", "conflicting NULL/NOT NULL constraints", constraint)
            nulls = word == "NULL"
            given = constraint.get("conname") or f"{naming.bare(key)}_not_null"
            made = replace(made, not_null=not nulls, not_null_name="" if nulls else given)
            constraint.skip("keys")
        elif word == "DEFAULT":
            if made.default is not None:
                raise context.error("42601", "multiple default expressions", constraint)
            made = replace(made, default=_default(context, made, constraint["raw_expr"]))
        elif word == "CHECK":
            made = _with_check(context, made, constraint)
        else:
            raise context.unsupported(f"constraint {word} of a domain", constraint)
    catalog = with_temporary(context.catalog, key)
    return SchemaPlan((), catalog.changed(domains={**catalog.domains, key: made}), "CREATE DOMAIN")


def new_type(context: Context, names: list[str]) -> str:
    """The key of a type that is about to be made.

    Raises:
        DatabaseError: 42710, 3F000.
    """
    catalog = context.catalog
    name = names[-1]
    schema = names[-2] if len(names) > 1 else naming.creation_schema(catalog)
    if schema is None:
        raise context.error("3F000", "no schema has been selected to create in")
    if schema == "pg_temp":
        schema = catalog.temporary
    elif schema not in catalog.schemas:
        raise context.error("3F000", f'schema "{schema}" does not exist')
    key = naming.type_key(schema, name)
    # A table has a type of its name.
    relation = naming.key(schema, name)
    if catalog.type_exists(key) or relation in catalog.tables or relation in catalog.views:
        raise context.error("42710", f'type "{name}" already exists')
    return key


def require_no_type(context: Context, key: str) -> None:
    """A table has a type of its name, so there must be no other one.

    Raises:
        DatabaseError: 42710.
    """
    if context.catalog.type_exists(naming.type_key(*naming.split(key))):
        raise context.error(
            "42710",
            f'type "{naming.bare(key)}" already exists',
            hint="A relation has an associated type of the same name, so you must use a name that doesn't conflict with any existing type.",
        )


def with_temporary(catalog: Catalog, key: str) -> Catalog:
    """The catalogue with the session's schema of temporary objects, where a new type is the first in it."""
    if naming.schema_of(key) == catalog.temporary and catalog.temporary not in catalog.schemas:
        return catalog.changed(schemas=(*catalog.schemas, catalog.temporary))
    return catalog


def _default(context: Context, domain: Domain, node: Node) -> Expr:
    from nexus_testkit.postgres.analyze import expressions, sources  # noqa: PLC0415  # a cycle otherwise
    from nexus_testkit.postgres.analyze.coerce import coerce_assigned  # noqa: PLC0415  # the same

    expr = expressions.expression(context, node, Scope(clause="DEFAULT"))
    kind = domain.type if domain.parent is None else DomainType(domain.type, domain.parent)
    return coerce_assigned(context, sources.settled(context, expr), naming.bare(domain.name), kind, domain.typmod)


def _with_check(context: Context, domain: Domain, node: Node) -> Domain:
    from nexus_testkit.postgres.analyze import expressions, sources  # noqa: PLC0415  # a cycle otherwise

    value: list[tuple[str, Expr]] = [("value", ColumnRef(domain.type, "", "value", typmod=domain.typmod))]
    scope = Scope(entries=[Entry(None, value)], clause="CHECK")
    try:
        expr = expressions.condition(context, node["raw_expr"], scope, "CHECK")
    except UnsupportedSQL:
        raise
    except DatabaseError as error:
        error.position = None  # the server reads the expression apart from the statement
        raise
    expr = sources.settled(context, expr)
    taken = {check.name for check in domain.checks}
    name = node.get("conname")
    if name is None:
        base = f"{naming.bare(domain.name)}_check"
        name, number = base, 0
        while name in taken:
            number += 1
            name = f"{base}{number}"
    elif name in taken:
        shown = naming.bare(domain.name)
        raise context.error("42710", f'constraint "{name}" for domain "{shown}" already exists')
    valid = not node.get("skip_validation")
    node.skip("initially_valid", "is_no_inherit")
    return replace(domain, checks=(*domain.checks, DomainCheck(name, expr, valid)))


# ---------------------------------------------------------------------------------------------- ALTER DOMAIN


def find(context: Context, parts: list[str]) -> Domain:
    """The domain that a name means.

    Raises:
        DatabaseError: 42704, 42809.
    """
    catalog = context.catalog
    key = naming.user_type(catalog, parts[-2] if len(parts) > 1 else None, parts[-1])
    if key is None:
        raise context.error("42704", f'type "{".".join(parts)}" does not exist')
    if key not in catalog.domains:
        raise context.error("42809", f"{naming.qualified(catalog, key)} is not a domain")
    return catalog.domains[key]


def alter(context: Context, node: Node) -> SchemaPlan:
    """ALTER DOMAIN."""
    kind = node["subtype"]
    domain = find(context, node.names("typeName"))
    catalog = context.catalog
    steps: list[Step] = []
    if kind == "T":
        default = _default(context, domain, node["def"]) if "def" in node else None
        after = replace(domain, default=default)
    elif kind in ("N", "O"):
        given = domain.not_null_name or f"{naming.bare(domain.name)}_not_null"
        after = replace(domain, not_null=kind == "O", not_null_name=given if kind == "O" else "")
        if kind == "O" and not domain.not_null:
            steps = [
                partial(_require_no_nulls, table=table, column=column) for table, column in _columns(context, domain)
            ]
    elif kind == "C":
        constraint = node["def"]
        if constraint["contype"] == "CONSTR_NOTNULL":
            constraint.skip("keys", "initially_valid", "skip_validation")
            given = constraint.get("conname") or f"{naming.bare(domain.name)}_not_null"
            after = replace(domain, not_null=True, not_null_name=domain.not_null_name if domain.not_null else given)
            steps = [
                partial(_require_no_nulls, table=table, column=column) for table, column in _columns(context, domain)
            ]
        else:
            after = _with_check(context, domain, constraint)
            if after.checks[-1].validated:
                steps = _validation(context, domain, after.checks[-1])
    elif kind == "X":
        name = node["name"]
        after = replace(domain, checks=tuple(check for check in domain.checks if check.name != name))
        if domain.not_null and domain.not_null_name == name:
            after = replace(after, not_null=False, not_null_name="")
        missing_ok = node.get("missing_ok")
        if after == domain and not missing_ok:
            shown = naming.bare(domain.name)
            raise context.error("42704", f'constraint "{name}" of domain "{shown}" does not exist')
        node.skip("behavior")
    elif kind == "V":
        name = node["name"]
        check = next((check for check in domain.checks if check.name == name), None)
        if check is None:
            shown = naming.bare(domain.name)
            raise context.error("42704", f'constraint "{name}" of domain "{shown}" does not exist')
        steps = _validation(context, domain, check)
        checks = tuple(replace(each, validated=True) if each is check else each for each in domain.checks)
        after = replace(domain, checks=checks)
    else:
        raise context.unsupported(f"ALTER DOMAIN {kind}", node)
    return SchemaPlan(tuple(steps), catalog.changed(domains={**catalog.domains, domain.name: after}), "ALTER DOMAIN")


def rename_constraint(context: Context, node: Node) -> SchemaPlan:
    """ALTER DOMAIN ... RENAME CONSTRAINT."""
    domain = find(context, [part["sval"] for part in node["object"]["items"]])
    old, new = node["subname"], node["newname"]
    shown = naming.bare(domain.name)
    if not any(check.name == old for check in domain.checks):
        raise context.error("42704", f'constraint "{old}" for domain {shown} does not exist')
    if any(check.name == new for check in domain.checks):
        raise context.error("42710", f'constraint "{new}" for domain {shown} already exists')
    checks = tuple(replace(check, name=new) if check.name == old else check for check in domain.checks)
    catalog = context.catalog
    after = catalog.changed(domains={**catalog.domains, domain.name: replace(domain, checks=checks)})
    return SchemaPlan((), after, "ALTER DOMAIN")


def _columns(context: Context, domain: Domain) -> Iterator[tuple[Table, Column]]:
    """The columns of a domain and of those over it.

    Raises:
        DatabaseError: 0A000 where one is an array of it.
    """
    names = {domain.name}
    for other in context.catalog.domains.values():
        if names & {each.name for each in chain(context.catalog, other.name)}:
            names.add(other.name)
    for table in context.catalog.tables.values():
        for column in table.columns:
            kind = column.type
            if isinstance(kind, DomainType) and kind.domain in names:
                if kind.element:
                    shown = f"{naming.bare(table.name)}.{column.name}"
                    raise context.error(
                        "0A000",
                        f'cannot alter type "{naming.bare(domain.name)}" because column "{shown}" uses it',
                    )
                yield table, column


def _require_no_nulls(session: Session, *, table: Table, column: Column) -> None:
    sql = f"SELECT 1 FROM {quoted(table.name)} WHERE {quoted(column.name)} IS NULL LIMIT 1"
    if session.engine.connection.execute(sql).fetchone():
        raise database_error(
            "23502",
            f'column "{column.name}" of table "{table.name}" contains null values',
            column_name=column.name,
            table_name=table.name,
            schema_name="public",
        )


def _validation(context: Context, domain: Domain, check: DomainCheck) -> list[Step]:
    low = Lowering(context.catalog, context.unsupported, queries.query)
    condition = low.expr(check.expr)
    return [
        partial(_require_all, table=table, column=column, condition=condition)
        for table, column in _columns(context, domain)
    ]


def _require_all(session: Session, *, table: Table, column: Column, condition: str) -> None:
    inner = f"SELECT {quoted(column.name)} AS value FROM {quoted(table.name)}"
    sql = f"SELECT 1 FROM ({inner}) WHERE NOT {condition} LIMIT 1"
    session.engine.provide_for(sql)
    if session.engine.connection.execute(sql).fetchone():
        raise database_error(
            "23514",
            f'column "{column.name}" of table "{table.name}" contains values that violate the new constraint',
            column_name=column.name,
            table_name=table.name,
            schema_name="public",
        )


# -------------------------------------------------------------------------------------------- while queries run


def tests(catalog: Catalog, key: str) -> list[tuple[str, str]]:
    """The checks of a domain, in the order in which they are looked at, each as a query of its value."""
    low = Lowering(catalog, lambda construct, _: UnsupportedSQL(construct), queries.query)
    return [
        (check.name, f"SELECT {low.expr(check.expr)} FROM (SELECT ? AS value)")
        for domain in chain(catalog, key)
        for check in sorted(domain.checks, key=lambda each: each.name)
    ]
