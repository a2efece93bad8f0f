"""CREATE SEQUENCE, ALTER SEQUENCE, and the options that identity columns share with them (`sequence.c`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.analyze import sources
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.typenames import resolve_type
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Sequence
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.sequencing import SequenceState
from nexus_testkit.postgres.session import Session

Step = str | Callable[[Session], None]

#: The largest value of each type that a sequence may have.
BOUNDS = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}

_NAMES = {
    "start": "start",
    "increment": "increment",
    "minvalue": "minimum",
    "maxvalue": "maximum",
    "cycle": "cycle",
    "cache": "cache",
    "as": "type",
    "restart": "restart",
    "owned_by": "owned_by",
}


def create_sequence(context: Context, node: Node) -> SchemaPlan:
    """CREATE SEQUENCE."""
    relation = node["sequence"]
    if relation.get("relpersistence", "p") == "u":
        raise context.unsupported("CREATE UNLOGGED SEQUENCE", node)
    try:
        name = sources.new_name(context, relation)
    except DatabaseError as error:
        error.position = None
        raise
    if context.catalog.relation_exists(name):
        if node.get("if_not_exists"):
            node.skip("options")
            return SchemaPlan((), context.catalog, "CREATE SEQUENCE")
        raise context.error("42P07", f'relation "{name}" already exists')
    node.skip("if_not_exists")
    sequence = with_options(context, Sequence(name), node.all("options"))
    return SchemaPlan(
        (lambda session: session.engine.forget_sequences({name}),),
        context.catalog.with_sequences(sequence),
        "CREATE SEQUENCE",
    )


def alter_sequence(context: Context, node: Node) -> SchemaPlan:
    """ALTER SEQUENCE ... options."""
    relation = node["sequence"]
    name = sources.relation_name(context, relation)
    catalog = context.catalog
    if name not in catalog.sequences:
        if catalog.relation_exists(name):
            raise not_a_sequence(context, name)
        if node.get("missing_ok"):
            node.skip("options")
            return SchemaPlan((), catalog, "ALTER SEQUENCE")
        raise context.error("42P01", f'relation "{relation.fields["relname"]}" does not exist')
    node.skip("missing_ok")
    catalog, steps = changed(context, name, node.all("options"))
    return SchemaPlan(tuple(steps), catalog, "ALTER SEQUENCE")


def changed(context: Context, name: str, options: list[Node]) -> tuple[Any, list[Step]]:
    """The catalogue after a sequence got other options, and what becomes of its state."""
    catalog = context.catalog
    old = catalog.sequences[name]
    given = _read(context, options)
    made = _apply(context, old, given, fresh=False)
    restart = given.get("restart", (None, None))[0]
    if "restart" in given and restart is None:
        restart = made.start
    catalog = catalog.with_sequences(made)
    return catalog, [partial(_adopt, definition=made, restart=restart)]


def _adopt(session: Session, *, definition: Sequence, restart: int | None) -> None:
    """Give a sequence its new definition. Its state is a new one, so that a rollback finds the old as it was."""
    engine = session.engine
    state = engine.sequence(definition.name)
    last = definition.start if state is None else state.last
    called = state is not None and state.called
    if restart is not None:
        last, called = restart, False
    _require_inside(definition, last)
    session.forget_cached(definition.name)
    made = SequenceState(definition, last, called)
    if state is not None:
        made.identity = state.identity
    engine.sequences = {**engine.sequences, definition.name: made}


def _require_inside(definition: Sequence, value: int) -> None:
    if value < definition.minimum:
        raise database_error("22023", f"RESTART value ({value}) cannot be less than MINVALUE ({definition.minimum})")
    if value > definition.maximum:
        raise database_error("22023", f"RESTART value ({value}) cannot be greater than MAXVALUE ({definition.maximum})")


def with_options(context: Context, sequence: Sequence, options: list[Node]) -> Sequence:
    """A new sequence with START WITH, INCREMENT BY and so on."""
    return _apply(context, sequence, _read(context, options), fresh=True)


def _read(context: Context, options: list[Node]) -> dict[str, tuple[Any, Node]]:
    """The options by name; an integer, a type's name or a list of names, None for NO ..."""
    found: dict[str, tuple[Any, Node]] = {}
    for option in options:
        word = option["defname"]
        option.skip("defaction")
        name = _NAMES.get(word)
        if name is None:
            if word == "sequence_name":
                raise context.unsupported("SEQUENCE NAME of an identity column", option)
            raise context.unsupported(f"sequence option {word}", option)
        if name in found:
            raise context.error("42601", "conflicting or redundant options", option)
        arg = option.get("arg")
        value: Any = None
        if arg is None:
            pass
        elif name == "cycle":
            value = bool(arg.get("boolval", False))
        elif name == "type":
            value = resolve_type(context, arg)[0]
        elif name == "owned_by":
            value = [part["sval"] for part in arg["items"]]
        else:
            value = int(arg["fval"]) if "fval" in arg else arg.get("ival", 0)
        found[name] = (value, option)
    return found


def _apply(context: Context, old: Sequence, given: dict[str, tuple[Any, Node]], *, fresh: bool) -> Sequence:
    """`init_params`: in its order, with its errors."""
    values = {name: value for name, (value, _) in given.items()}
    made = _typed(context, old, values["type"], fresh=fresh) if "type" in values else old
    if "increment" in values:
        if values["increment"] == 0:
            raise context.error("22023", "INCREMENT must not be zero")
        made = replace(made, increment=values["increment"])
    if "cycle" in values:
        made = replace(made, cycle=values["cycle"])
    up, bound = made.increment > 0, BOUNDS[made.type]
    shown = title(made.type)
    if values.get("maxvalue", values.get("maximum")) is not None:
        made = replace(made, maximum=values["maximum"])
    elif fresh or "maximum" in values:
        made = replace(made, maximum=bound if up else -1)
    if not -bound - 1 <= made.maximum <= bound:
        raise context.error("22023", f"MAXVALUE ({made.maximum}) is out of range for sequence data type {shown}")
    if values.get("minimum") is not None:
        made = replace(made, minimum=values["minimum"])
    elif fresh or "minimum" in values:
        made = replace(made, minimum=1 if up else -bound - 1)
    if not -bound - 1 <= made.minimum <= bound:
        raise context.error("22023", f"MINVALUE ({made.minimum}) is out of range for sequence data type {shown}")
    if made.minimum >= made.maximum:
        raise context.error("22023", f"MINVALUE ({made.minimum}) must be less than MAXVALUE ({made.maximum})")
    if values.get("start") is not None:
        made = replace(made, start=values["start"])
    elif fresh:
        made = replace(made, start=made.minimum if up else made.maximum)
    if made.start < made.minimum:
        raise context.error("22023", f"START value ({made.start}) cannot be less than MINVALUE ({made.minimum})")
    if made.start > made.maximum:
        raise context.error("22023", f"START value ({made.start}) cannot be greater than MAXVALUE ({made.maximum})")
    if values.get("restart") is not None:
        _require_inside(made, values["restart"])
    if "cache" in values:
        if values["cache"] < 1:
            raise context.error("22023", f"CACHE ({values['cache']}) must be greater than zero")
        made = replace(made, cache=values["cache"])
    return _owned(context, made, values["owned_by"]) if "owned_by" in values else made


def _typed(context: Context, old: Sequence, kind: str, *, fresh: bool) -> Sequence:
    """AS type; a bound that was the old type's becomes the new one's."""
    if kind not in BOUNDS:
        word = "identity column" if old.owner is not None and fresh else "sequence"
        raise context.error("22023", f"{word} type must be smallint, integer, or bigint")
    made = replace(old, type=kind)
    if not fresh and old.maximum == BOUNDS[old.type]:
        made = replace(made, maximum=BOUNDS[kind])
    if not fresh and old.minimum == -BOUNDS[old.type] - 1:
        made = replace(made, minimum=-BOUNDS[kind] - 1)
    return made


def _owned(context: Context, sequence: Sequence, names: list[str]) -> Sequence:
    """OWNED BY table.column or NONE (`process_owned_by`)."""
    table = context.catalog.tables.get(sequence.owner[0]) if sequence.owner is not None else None
    if table is not None and any(made.identity and made.sequence == sequence.name for made in table.columns):
        raise context.error(
            "0A000",
            "cannot change ownership of identity sequence",
            detail=f'Sequence "{naming.bare(sequence.name)}" is linked to table "{naming.bare(table.name)}".',
        )
    if len(names) == 1:
        if names[0].lower() != "none":
            raise context.error(
                "42601",
                "invalid OWNED BY option",
                hint="Specify OWNED BY table.column or OWNED BY NONE.",
            )
        return replace(sequence, owner=None)
    schema = names[-3] if len(names) > 2 else None
    key = naming.relation(context.catalog, schema, names[-2])
    found = context.catalog.tables.get(key) if key is not None else None
    if found is None:
        shown = ".".join(names[:-1])
        if key is not None:
            raise context.error(
                "42809",
                f'sequence cannot be owned by relation "{shown}"',
                detail="This operation is not supported for "
                + ("sequences." if key in context.catalog.sequences else "indexes."),
            )
        raise context.error("42P01", f'relation "{shown}" does not exist')
    if found.column(names[-1]) is None:
        raise context.error("42703", f'column "{names[-1]}" of relation "{names[-2]}" does not exist')
    if naming.schema_of(found.name) != naming.schema_of(sequence.name):
        raise context.error("55000", "sequence must be in same schema as table it is linked to")
    return replace(sequence, owner=(found.name, names[-1]))


def not_a_sequence(context: Context, name: str) -> DatabaseError:
    """42809 for a relation that is none."""
    kind = "tables" if name in context.catalog.tables else "views" if name in context.catalog.views else "indexes"
    return context.error(
        "42809",
        f'cannot open relation "{naming.bare(name)}"',
        detail=f"This operation is not supported for {kind}.",
    )
