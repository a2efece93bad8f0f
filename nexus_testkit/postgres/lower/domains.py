"""Values of domains in SQLite's words: a call that checks the domain's constraints, and the domain's default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import Expr

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.lower.expressions import Lowering


def checked(low: Lowering, kind: DomainType, sql: str, location: int) -> str:
    """A value of the base type as one of the domain. `location` is where a literal stands that is an array of the domain's."""
    if not _constrained(low.catalog, kind.domain):
        return sql
    place = low.refuse("a domain", location).position if kind.element and location >= 0 else None
    return f"pgs_domain({sql}, {literal(kind.domain)}, {int(kind.element)}, {literal(place)})"


def _constrained(catalog: Catalog, key: str) -> bool:
    name: str | None = key
    while name is not None:
        domain = catalog.domains[name]
        if domain.not_null or domain.checks:
            return True
        name = domain.parent
    return False


def default(low: Lowering, kind: DomainType) -> str:
    """What a column of a domain gets when it has no default of its own: the domain's default, or null."""
    expr: Expr | None = None
    name: str | None = kind.domain if not kind.element else None
    while name is not None and expr is None:
        domain = low.catalog.domains[name]
        expr, name = domain.default, domain.parent
    return checked(low, kind, "NULL" if expr is None else low.expr(expr), -1)
