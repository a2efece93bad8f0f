"""Types that the user made, by their names: enums and domains."""

from __future__ import annotations

import json

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.analyze.context import Context, Where
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.typed import Cast, Const, Expr
from nexus_testkit.postgres.values import records


def resolve(context: Context, names: list[str]) -> str | None:
    """The type that a written name means; None where it is none of the user's."""
    catalog = context.catalog
    if not (catalog.enums or catalog.domains or catalog.composites):
        return None
    found = naming.user_type(catalog, names[0] if len(names) > 1 else None, names[-1])
    if found is None or found in catalog.enums:
        return found
    if found in catalog.composites:
        return catalog.composites[found]
    return DomainType(catalog.domains[found].type, found)


def of_relation(context: Context, names: list[str]) -> str | None:
    """The type of a table's rows, which has the table's name; None where there is no such table."""
    key = naming.relation(context.catalog, names[0] if len(names) > 1 else None, names[-1])
    table = context.catalog.tables.get(key) if key is not None else None
    if table is None:
        return None
    return records.row_type(table.name, tuple((column.name, str(column.type)) for column in table.columns))


def in_array(kind: str) -> str:
    """The type of arrays of a type."""
    if isinstance(kind, DomainType) and not kind.element:
        return DomainType(f"{kind}[]", kind.domain, element=True)
    return f"{kind}[]"


def element_of(kind: str) -> str:
    """The type of the elements of an array type."""
    if isinstance(kind, DomainType) and kind.element:
        return DomainType(kind[:-2], kind.domain)
    return kind[:-2]


def is_array_of(kind: str) -> bool:
    """Whether it is an array type, and no domain over one."""
    return not isinstance(kind, DomainType) or kind.element


def checked(kind: str, expr: Expr) -> Expr:
    """A value for a column of a domain, of which only a part is new: the whole is looked at again."""
    return Cast(kind, expr, "i", location=expr.location) if isinstance(kind, DomainType) else expr


def require_safe(context: Context, kind: str, label: str, where: Where) -> None:
    """A literal of an enum: one of its labels, and not one that this transaction has added.

    Raises:
        DatabaseError: 22P02, 55P04.
    """
    if label not in context.catalog.enums[kind]:
        raise context.error("22P02", f'invalid input value for enum {kind}: "{label}"', where)
    if (kind, label) in context.catalog.unsafe:
        raise unsafe_error(context, kind, label, where)


def require_labels(context: Context, kind: str, literal: Const) -> None:
    """The same for a literal of an array of an enum."""
    from nexus_testkit.postgres.values import cast  # noqa: PLC0415  # rarely written

    try:
        stored = cast(literal.value, "unknown", "text[]", None, explicit=True)
    except DatabaseError:
        return  # that it is no array is said elsewhere
    pending = json.loads(stored)
    while pending:
        item = pending.pop(0)
        if isinstance(item, list):
            pending = [*item, *pending]
        elif item is not None:
            require_safe(context, kind, item, literal)


def unsafe_error(context: Context, kind: str, label: str, where: Where) -> DatabaseError:
    """55P04."""
    return context.error(
        "55P04",
        f'unsafe use of new value "{label}" of enum type {kind}',
        where,
        hint="New enum values must be committed before they can be used.",
    )
