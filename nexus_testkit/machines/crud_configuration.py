"""Whether the attributes of a `CrudMachine` make sense."""

from __future__ import annotations

from typing import Any

from nexus_testkit.errors import HarnessError


def check_configuration(machine: Any) -> None:
    """Refuse a machine whose attributes make no sense.

    Raises:
        HarnessError: `service` or `new` is missing, or another attribute is malformed.
    """
    name = type(machine).__name__
    for attribute, example in (("service", "NotesService"), ("new", "st.fixed_dictionaries({...})")):
        if getattr(machine, attribute, None) is None:
            raise HarnessError(f"{name} has no {attribute!r}", hint=f"{attribute} = {example}")
    for attribute in (
        "unique",
        "required",
        "ignore_case",
        "write_only",
        "volatile",
        "immutable",
        "order_by",
        "keeps_rows",
    ):
        if isinstance(getattr(machine, attribute), str):
            raise HarnessError(
                f"{name}.{attribute} must be a tuple of names, not a str",
                hint=f"{attribute} = ({getattr(machine, attribute)!r},)",
            )
