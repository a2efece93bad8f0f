"""Parse nodes that know which of their fields somebody read.

"No silent difference" is mechanical: every node that the analysis touches is noted in its `Statement`, every
field that it reads is crossed off, and what is left at the end, unless it says nothing (`_NEUTRAL`), raises
`UnsupportedSQL`. A rule that forgets a clause therefore refuses it instead of ignoring it.
"""

from __future__ import annotations

from typing import Any, overload

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.parser import character_position

# Fields that carry no meaning of their own, whatever their value.
_SILENT = frozenset(
    {"location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end", "typemod", "row_format", "jumble_args"}
)

# Field values by which libpg_query says "nothing was written here".
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "inh": (True,),
    "is_local": (True,),
    "relpersistence": ("p",),
    "op": ("SETOP_NONE",),
    "limitOption": ("LIMIT_OPTION_DEFAULT", "LIMIT_OPTION_COUNT"),
    "override": ("OVERRIDING_NOT_SET",),
    "oncommit": ("ONCOMMIT_NOOP",),
    "behavior": ("DROP_RESTRICT",),
    "ordering": ("SORTBY_DEFAULT",),
    "nulls_ordering": ("SORTBY_NULLS_DEFAULT",),
    "accessMethod": ("btree",),
    "is_enforced": (True,),
    "initially_valid": (True,),
    "fk_matchtype": ("s",),
    "ctematerialized": ("CTEMaterializeDefault", "CTEMaterializeAlways", "CTEMaterializeNever"),
    "funcformat": ("COERCE_EXPLICIT_CALL", "COERCE_SQL_SYNTAX"),
    "relationType": ("OBJECT_TABLE",),
    "typmod": (-1,),
    "frameOptions": (1058,),
}


class Statement:
    """One statement under analysis: its text, and every node of it that was touched."""

    __slots__ = ("_nodes", "query")

    def __init__(self, query: str) -> None:
        """Begin with the statement's whole text (positions count from its first character)."""
        self.query = query
        self._nodes: list[Node] = []

    def note(self, node: Node) -> None:
        """A node was reached."""
        self._nodes.append(node)

    def check(self) -> None:
        """Refuse whatever no rule read.

        Raises:
            UnsupportedSQL: naming the node's kind, the field and the position.
        """
        for node in self._nodes:
            unread = node.fields.keys() - node.read
            for key in unread:
                if key in _SILENT or node.fields[key] in _NEUTRAL.get(key, ()):
                    continue
                raise self.unsupported(f"{node.kind}.{key}", node)

    def position(self, where: Node | int | None) -> int | None:
        """The 1-based character position of a node or a byte offset."""
        if where is None:
            return None
        return character_position(self.query, where if isinstance(where, int) else where.location)

    def unsupported(self, construct: str, where: Node | int | None = None) -> UnsupportedSQL:
        """The error for something that PostgreSQL runs and we do not."""
        from nexus_testkit.postgres.constructs import named  # noqa: PLC0415  # only refusals need it

        return UnsupportedSQL(named(construct), position=self.position(where), query=self.query)

    def error(self, sqlstate: str, message: str, where: Node | int | None = None, **fields: Any) -> DatabaseError:
        """The error that PostgreSQL raises at this place."""
        return database_error(sqlstate, message, position=self.position(where), query=self.query, **fields)


class Node:
    """One parse node: `node["field"]` reads a field, `node.get("field")` one that may be absent."""

    __slots__ = ("_children", "fields", "kind", "read", "statement")

    def __init__(self, kind: str, fields: dict[str, Any], statement: Statement) -> None:
        """Wrap the fields of a node; `kind` is PostgreSQL's name for it, such as `SelectStmt`."""
        self.kind = kind
        self.fields = fields
        self.read: set[str] = set()
        self._children: dict[str, Any] = {}
        self.statement = statement
        statement.note(self)

    @property
    def location(self) -> int:
        """Byte offset into the statement, or -1. libpg_query leaves a zero out."""
        value = self.fields.get("location", 0)
        return value if isinstance(value, int) else -1

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return self._wrap(key, self.fields[key])

    @overload
    def get(self, key: str) -> Any: ...
    @overload
    def get(self, key: str, default: Any) -> Any: ...
    def get(self, key: str, default: Any = None) -> Any:
        """The field, or `default` where it is absent; read either way."""
        self.read.add(key)
        return self._wrap(key, self.fields[key]) if key in self.fields else default

    def all(self, key: str) -> list[Any]:
        """A list field; empty where it is absent."""
        return self.get(key) or []

    def names(self, key: str) -> list[str]:
        """A list of `String` nodes, as their texts."""
        return [item["sval"] for item in self.all(key)]

    def skip(self, *keys: str) -> None:
        """Cross fields off that mean nothing in this place."""
        self.read.update(keys)

    def ignore(self) -> None:
        """Cross all fields off: the same text stands in another node that is read."""
        self.read.update(self.fields)

    def _wrap(self, key: str, value: Any) -> Any:
        kind = type(value)
        if kind is not dict and kind is not list:
            return value
        # The same node each time: what one rule read need not be read by another.
        child = self._children.get(key)
        if child is None:
            if kind is dict:
                child = self._node(key, value)
            else:
                child = [self._node(key, item) if type(item) is dict else item for item in value]
            self._children[key] = child
        return child

    def _node(self, key: str, value: dict[str, Any]) -> Node:
        if len(value) == 1:
            ((kind, fields),) = value.items()
            if kind[:1].isupper() and type(fields) is dict:
                return Node(kind, fields, self.statement)
        # Some fields hold a node without its kind round it: `relation`, `typeName`, `alias`, `withClause` ...
        return Node(key, value, self.statement)
