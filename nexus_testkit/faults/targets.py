"""What a fault is aimed at: a port, an operation, a route, a table, a key pattern, a recipient."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nexus_testkit.errors import InvalidFault
from nexus_testkit.errors.container import did_you_mean
from nexus_testkit.faults.operations import NICKNAMES, OPERATIONS
from nexus_testkit.journal import Crossing

_KINDS = ("table:", "key:", "recipient:", "url:")
_OF_KEYS = ("get", "set", "exists", "increment", "expire", "ttl", "lock", "unlock")  # the key comes first
_MANY_KEYS = ("delete", "get_many", "set_many")
_OF_CHANNELS = ("database.add_listener", "database.remove_listener")  # no statement comes first

# What is no name in a statement: literals, dollar-quoted text, comments.
NO_NAMES = re.compile(
    r"""
    (?: \b[eE])? '(?: [^'] | '' )*'
    | \$(?P<tag> (?: [A-Za-z_]\w* )? )\$ .*? \$(?P=tag)\$
    | --[^\n]*
    | /\* .*? \*/
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Target:
    """Calls of one kind.

    Attributes:
        port: the port that they cross, such as `"database"`.
        words: the target in words, as declared.
        meets: whether a call is one of them.
        operation: the operation, where the target is one.
        address: the recipient, where the target is one.
    """

    port: str
    words: str
    meets: Callable[[Crossing], bool]
    operation: str | None = None
    address: str | None = None


def find_target(wanted: object, *, adapter: Callable[[str], Any]) -> Target:
    """The target that `wanted` names.

    Raises:
        InvalidFault: there is no such thing.
    """
    if not isinstance(wanted, str):
        return _route(wanted, adapter("http"))
    kind, colon, rest = wanted.partition(":")
    if colon:
        return _named(wanted, kind + colon, rest)
    port, dot, method = wanted.partition(".")
    port = NICKNAMES.get(port, port)
    if port in OPERATIONS and not dot:
        return Target(port, wanted, lambda crossing: crossing.call.port == port)
    if method in OPERATIONS.get(port, ()):
        operation = f"{port}.{method}"
        return Target(port, wanted, lambda crossing: crossing.operation == operation, operation)
    raise InvalidFault(f"there is nothing called {wanted!r} to disturb", hint=_nearest(wanted, port, method))


def _nearest(wanted: str, port: str, method: str) -> str:
    known = OPERATIONS.get(port)
    if known is not None:
        return did_you_mean(method, known) or f"the operations of {port} are {', '.join(known)}"
    operations = [f"{name}.{each}" for name, methods in OPERATIONS.items() for each in methods]
    return did_you_mean(wanted, [*OPERATIONS, *operations]) or (
        f"a port ({', '.join(OPERATIONS)}), an operation such as 'database.fetch_one', a route, "
        "'table:users', 'key:user:*', 'url:https://crm.example/*' or 'recipient:bob@example.org'"
    )


def _route(wanted: object, transport: Any) -> Target:
    if not any(wanted is route for route in transport.routes):
        raise InvalidFault(
            f"{wanted!r} is no route of this world", hint="give what nexus.http.get(...) and its like return, or a text"
        )
    return Target("http", str(wanted), lambda crossing: transport.route_of(crossing.subject) is wanted)


def _named(wanted: str, kind: str, name: str) -> Target:
    if kind not in _KINDS:
        near = did_you_mean(kind, _KINDS)
        raise InvalidFault(f"no target begins with {kind!r}", hint=near or f"one of {', '.join(_KINDS)}")
    if not name.strip():
        raise InvalidFault(
            f"{wanted!r} names nothing",
            hint="'table:users', 'key:user:*', 'url:https://crm.example/*', 'recipient:bob@example.org'",
        )
    if kind == "table:":
        return Target("database", wanted, _names_table(name))
    if kind == "key:":
        return Target("cache", wanted, _touches_key(name))
    if kind == "url:":
        return Target("http", wanted, _asks_for(name, wanted))
    if "@" not in name:
        raise InvalidFault(f"{name!r} is no mail address", hint="'recipient:bob@example.org'")
    return Target("mail", wanted, _goes_to(name), address=name)


def _names_table(name: str) -> Callable[[Crossing], bool]:
    """Whether the statement holds the table's name as a word, outside of literals and comments.

    So a column or an alias of that name counts as well; what a view, a trigger, a function or a foreign key does
    to the table does not, and BEGIN and COMMIT belong to no table. COPY says the table itself, with its schema if there is one.
    """
    schema, _, table = name.rpartition(".")
    parts = [rf'(?:"{re.escape(part)}"|\b{re.escape(part)}\b)' for part in (schema, table) if part]
    pattern = re.compile(r"\s*\.\s*".join(parts), re.IGNORECASE)

    def meets(crossing: Crossing) -> bool:
        if crossing.call.port != "database" or not crossing.arguments or crossing.operation in _OF_CHANNELS:
            return False
        said = str(crossing.arguments[0])
        if crossing.operation == "database.copy_records_to_table":
            of_schema = crossing.options.get("schema_name")
            return pattern.fullmatch(said if of_schema is None or not schema else f"{of_schema}.{said}") is not None
        return pattern.search(NO_NAMES.sub(" ", said)) is not None

    return meets


def _touches_key(glob: str) -> Callable[[Crossing], bool]:
    pattern = re.compile(_as_regex(glob), re.DOTALL)

    def meets(crossing: Crossing) -> bool:
        return any(pattern.fullmatch(key) for key in _keys(crossing))

    return meets


def _keys(crossing: Crossing) -> Iterable[str]:
    port, _, method = crossing.operation.partition(".")
    arguments = crossing.arguments
    found: Iterable[Any] = ()
    if port == "cache" and method in _OF_KEYS:
        found = arguments[:1]
    elif port == "cache" and method in _MANY_KEYS:
        found = arguments if method == "delete" else arguments[0]
    elif port == "cache" and method == "client":
        found = arguments[1:2]
    return [key.decode("utf-8", "surrogateescape") if isinstance(key, bytes) else str(key) for key in found]


_GLOB = re.compile(
    r"\\(?P<plain>.)|\[(?P<not>\^?)(?P<set>(?:\\.|[^\]])*)\]|(?P<any>\*)|(?P<one>\?)|(?P<self>.)", re.DOTALL
)


def _as_regex(glob: str) -> str:
    """A pattern of Redis' KEYS as a regular expression: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, a backslash before any."""

    def translated(found: re.Match[str]) -> str:
        if found["any"]:
            return ".*"
        if found["one"]:
            return "."
        if found["set"] is not None:
            inside = re.sub(r"([\[&~|^])", r"\\\1", found["set"])
            return f"[{found['not']}{inside}]" if inside else "(?!)"
        return re.escape(found["plain"] or found["self"])

    return _GLOB.sub(translated, glob)


def _goes_to(address: str) -> Callable[[Crossing], bool]:
    wanted = _mailbox(address)

    def meets(crossing: Crossing) -> bool:
        options: Mapping[str, Any] = crossing.options
        return crossing.operation == "mail.send" and any(_mailbox(each) == wanted for each in options["recipients"])

    return meets


_METHOD_AND_URL = re.compile(r"(?:(?P<method>[A-Z]+) )?(?P<url>(?:https?|\*)://\S+|\*)")


def _asks_for(said: str, wanted: str) -> Callable[[Crossing], bool]:
    """`*` stands for any characters; a pattern without a query leaves that of the request out of account, as a route does."""
    parts = _METHOD_AND_URL.fullmatch(said)
    if parts is None:
        raise InvalidFault(
            f"{wanted!r} names no URL", hint="'url:https://crm.example/*', 'url:POST https://crm.example/users'"
        )
    method, url = parts["method"], parts["url"]
    pattern = re.compile(".*".join(map(re.escape, url.split("*"))), re.DOTALL)

    def meets(crossing: Crossing) -> bool:
        if crossing.operation != "http.request" or method not in (None, crossing.arguments[0]):
            return False
        asked = str(crossing.arguments[1])
        return pattern.fullmatch(asked if "?" in url else asked.partition("?")[0]) is not None

    return meets


def _mailbox(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower()}"  # the domain ignores case (RFC 5321, 2.4)
