"""Statements that the session carries out itself: transactions, settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.analyze import cursors, maintenance, prepared, sessioncommands
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import CommandPlan
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.settings import checked

_LEVELS = {"read committed", "repeatable read", "serializable", "read uncommitted"}


def transaction(context: Context, node: Node) -> CommandPlan:
    """BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their kin."""
    kind = node["kind"].removeprefix("TRANS_STMT_")
    if kind in ("BEGIN", "START"):
        isolation, read_only = _modes(context, node.all("options"))
        tag = "BEGIN" if kind == "BEGIN" else "START TRANSACTION"
        shown = _shown_modes(node.all("options"))
        return CommandPlan(partial(_begin, isolation=isolation, read_only=read_only, shown=shown), tag, "begin")
    if node.get("chain"):
        return CommandPlan(partial(sessioncommands.chain, kind=kind), kind, "commit")
    if kind == "COMMIT":
        return CommandPlan(Session.commit, "COMMIT", "commit")
    if kind == "ROLLBACK":
        return CommandPlan(Session.rollback, "ROLLBACK", "rollback")
    if kind in sessioncommands.TWO_PHASE:
        return CommandPlan(partial(sessioncommands.two_phase, kind=kind, name=node["gid"]), "ROLLBACK", "commit")
    if kind == "SAVEPOINT":
        name = node["savepoint_name"]
        return CommandPlan(lambda session: session.savepoint(name), "SAVEPOINT", "savepoint")
    if kind == "RELEASE":
        name = node["savepoint_name"]
        return CommandPlan(lambda session: session.release(name), "RELEASE", "release")
    if kind == "ROLLBACK_TO":
        name = node["savepoint_name"]
        return CommandPlan(lambda session: session.rollback_to(name), "ROLLBACK", "rollback_to")
    raise context.unsupported(kind, node)


def _begin(session: Session, *, isolation: str | None, read_only: bool | None, shown: dict[str, str]) -> Any:
    result = session.begin(isolation=isolation, read_only=read_only)
    session.kept.shown.update(shown)
    return result


def _shown_modes(options: list[Node]) -> dict[str, str]:
    """Modes that change nothing here, and what SHOW tells of them."""
    found: dict[str, str] = {}
    for option in options:
        name, value = option["defname"], option["arg"]
        if name == "transaction_deferrable":
            found[name] = "on" if _integer(value) else "off"
        elif name == "transaction_isolation":
            level = value["sval"].get("sval") if value.kind == "A_Const" else value["sval"]
            if level == "read uncommitted":
                found[name] = level
    return found


def _modes(context: Context, options: list[Node]) -> tuple[str | None, bool | None]:
    isolation: str | None = None
    read_only: bool | None = None
    for option in options:
        name = option["defname"]
        option.skip("defaction")
        value = option["arg"]
        if name == "transaction_isolation":
            isolation = value["sval"].get("sval") if value.kind == "A_Const" else value["sval"]
            if isolation not in _LEVELS:
                raise context.error(
                    "22023", f'invalid value for parameter "transaction_isolation": "{isolation}"', option
                )
        elif name == "transaction_read_only":
            read_only = bool(_integer(value))
        elif name == "transaction_deferrable":
            _integer(value)
        else:
            raise context.unsupported(name, option)
    if isolation == "read uncommitted":
        isolation = "read committed"
    return isolation, read_only


def _integer(value: Node) -> int:
    if value.kind == "A_Const":
        return int(value["ival"].get("ival", 0))
    return int(value.get("ival", 0))


def set_variable(context: Context, node: Node) -> CommandPlan:
    """SET, SET LOCAL, RESET, SET TRANSACTION."""
    kind = node["kind"]
    local = bool(node.get("is_local"))
    name = node.get("name", "")
    if kind == "VAR_RESET_ALL":
        return CommandPlan(partial(_reset, name=None), "RESET")
    if kind == "VAR_RESET":
        return CommandPlan(partial(_reset, name=name), "RESET")
    if kind == "VAR_SET_DEFAULT":
        return CommandPlan(partial(_reset, name=name), "SET")
    if kind == "VAR_SET_MULTI":
        if name == "TRANSACTION SNAPSHOT":
            snapshot = node["args"][0]["sval"]["sval"]
            return CommandPlan(partial(sessioncommands.take_snapshot, name=snapshot), "SET")
        isolation, read_only = _modes(context, node.all("args"))
        whole = name == "SESSION CHARACTERISTICS"
        shown = _shown_modes(node.all("args"))
        modes = partial(_set_modes, isolation=isolation, read_only=read_only, whole=whole, shown=shown)
        return CommandPlan(modes, "SET")
    if kind != "VAR_SET_VALUE":
        raise context.unsupported(kind, node)
    words: list[str] = []
    for arg in node.all("args"):
        if arg.kind != "A_Const":
            raise context.unsupported(f"{arg.kind} in SET", node)
        words.append(_word(arg))
    if name == "search_path":
        words = [naming.quoted(word) for word in words]
    value = ", ".join(words)
    return CommandPlan(partial(_set, name=name, value=value, local=local), "SET")


def _word(arg: Node) -> str:
    if "sval" in arg:
        return str(arg["sval"].get("sval", ""))
    if "ival" in arg:
        return str(arg["ival"].get("ival", 0))
    if "boolval" in arg:
        return "on" if arg["boolval"].get("boolval") else "off"
    return str(arg["fval"]["fval"])


def _set(session: Session, *, name: str, value: str, local: bool) -> None:
    if name == "transaction_isolation":
        session.set_isolation(checked(name, value))
        return
    if name == "transaction_read_only":
        session.set_read_only(value=checked(name, value) == "on")
        return
    if name in ("role", "session_authorization"):
        if value not in ("none", "postgres"):
            raise database_error("22023", f'role "{value}" does not exist')
        return
    if local and not session.in_transaction:
        return
    session.settings.set(name, value, local=local)


def _reset(session: Session, *, name: str | None) -> None:
    session.settings.reset(name)


def _set_modes(
    session: Session, *, isolation: str | None, read_only: bool | None, whole: bool, shown: dict[str, str]
) -> None:
    if whole:
        for name, value in shown.items():
            session.settings.set(f"default_{name}", value)
        if isolation is not None:
            session.settings.set("default_transaction_isolation", isolation)
        if read_only is not None:
            session.settings.set("default_transaction_read_only", "on" if read_only else "off")
        return
    if isolation is not None:
        session.set_isolation(isolation)
    if read_only is not None:
        session.set_read_only(value=read_only)
    if session.in_transaction:
        session.kept.shown.update(shown)


def show(context: Context, node: Node) -> CommandPlan:
    """SHOW."""
    name = node["name"]
    if name == "all":
        raise context.unsupported("SHOW ALL", node)
    return CommandPlan(partial(_show, name=name), "SHOW")


# Names that SHOW prints with capitals.
_CAPITALS = {"timezone": "TimeZone", "datestyle": "DateStyle", "intervalstyle": "IntervalStyle"}


def _show(session: Session, *, name: str) -> Result:
    if name in session.kept.shown:
        value: str | None = session.kept.shown[name]
    elif name == "transaction_isolation":
        value = session.isolation if session.in_transaction else session.default(name)
    elif name == "transaction_deferrable":
        value = session.default(name)
    elif name == "transaction_read_only":
        value = ("on" if session.read_only else "off") if session.in_transaction else session.default(name)
    else:
        value = session.settings.show(name)
    return Result((_CAPITALS.get(name, name),), ("text",), [(value,)], "SHOW", 0)


RULES: dict[str, Callable[[Context, Node], Any]] = {
    "TransactionStmt": transaction,
    "VariableSetStmt": set_variable,
    "VariableShowStmt": show,
    **maintenance.RULES,
    **cursors.RULES,
    **prepared.RULES,
    **sessioncommands.RULES,
}
