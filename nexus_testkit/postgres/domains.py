"""Constraints of domains, looked at while a statement runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog, Domain
    from nexus_testkit.postgres.engine import Engine


class Domains:
    """The checks of an engine's domains as queries of a value, made when a domain is first used as it is now."""

    def __init__(self, engine: Engine) -> None:
        """Read the catalogue from `engine`."""
        self._engine = engine
        self._tests: dict[str, tuple[tuple[Domain, ...], list[tuple[str, str]]]] = {}

    def require(self, value: Any, key: str, *, array: bool = False) -> None:
        """Check one value, or every element of an array.

        Raises:
            DatabaseError: 23514, 23502.
        """
        domains = tuple(_chain(self._engine.catalog, key))
        known = self._tests.get(key)
        # Domains are immutable: another one under the same name has other constraints.
        if known is None or len(known[0]) != len(domains) or any(map(_other, known[0], domains)):
            from nexus_testkit.postgres.analyze.domains import tests  # noqa: PLC0415  # compiled when first used

            known = self._tests[key] = domains, tests(self._engine.catalog, key)
        if not array:
            self._check(value, key, *known)
        elif value is not None:
            for each in _leaves(json.loads(value)):
                self._check(each, key, *known)

    def _check(self, value: Any, key: str, domains: tuple[Domain, ...], tests: list[tuple[str, str]]) -> None:
        if value is None and any(domain.not_null for domain in domains):
            raise violation(key, None)
        for name, sql in tests:
            self._engine.provide_for(sql)
            (passed,) = self._engine.connection.execute(sql, (value,)).fetchone()
            if passed == 0:  # null is good enough
                raise violation(key, name)


def _other(one: Domain, other: Domain) -> bool:
    return one is not other


def _chain(catalog: Catalog, key: str) -> Iterator[Domain]:
    name: str | None = key
    while name is not None:
        domain = catalog.domains[name]
        yield domain
        name = domain.parent


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def violation(key: str, check: str | None) -> DatabaseError:
    """23514, or 23502 where no check is named."""
    if check is None:
        words = f"domain {key} does not allow null values"
        return database_error("23502", words, data_type_name=key, schema_name="public")
    return database_error(
        "23514",
        f'value for domain {key} violates check constraint "{check}"',
        constraint_name=check,
        data_type_name=key,
        schema_name="public",
    )
