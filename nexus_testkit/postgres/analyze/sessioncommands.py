"""LISTEN, NOTIFY, DISCARD and other commands of a session."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import temporaries
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import CommandPlan
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.session import Session


def listen(context: Context, node: Node) -> CommandPlan:
    """LISTEN."""
    del context
    channel = node["conditionname"]
    return CommandPlan(lambda session: session.kept.listen(channel), "LISTEN")


def unlisten(context: Context, node: Node) -> CommandPlan:
    """UNLISTEN channel, UNLISTEN *."""
    del context
    channel = node.get("conditionname")
    return CommandPlan(lambda session: session.kept.unlisten(channel), "UNLISTEN")


def notify(context: Context, node: Node) -> CommandPlan:
    """NOTIFY."""
    del context
    channel, payload = node["conditionname"], node.get("payload", "")
    return CommandPlan(lambda session: session.kept.notify(channel, payload), "NOTIFY")


def discard(context: Context, node: Node) -> CommandPlan:
    """DISCARD ALL, PLANS, SEQUENCES, TEMP."""
    del context
    what = node.get("target", "DISCARD_ALL").removeprefix("DISCARD_")
    return CommandPlan(partial(_discard, what=what), f"DISCARD {what}")


def _discard(session: Session, *, what: str) -> None:
    if what == "ALL":
        if session.in_transaction:
            raise database_error("25001", "DISCARD ALL cannot run inside a transaction block")
        session.kept.cursors.clear()
        session.kept.prepared.clear()
        session.kept.stop_listening()
        session.settings.reset(None)
        session.engine.locks.release_session(session)
    if what in ("ALL", "TEMP"):
        temporaries.discard(session)
    if what in ("ALL", "SEQUENCES"):
        session.currvals.clear()
        session.lastval = None


def checkpoint(context: Context, node: Node) -> CommandPlan:
    """CHECKPOINT: nothing to do."""
    del context, node
    return CommandPlan(lambda _: None, "CHECKPOINT")


def load(context: Context, node: Node) -> CommandPlan:
    """LOAD: no library is there."""
    del context
    name = node["filename"]

    def fail(session: Session) -> None:
        del session
        raise database_error("58P01", f'could not access file "{name}": No such file or directory')

    return CommandPlan(fail, "LOAD")


#: PREPARE TRANSACTION and what ends one: the server allows none by default (max_prepared_transactions is 0).
TWO_PHASE = frozenset({"PREPARE", "COMMIT_PREPARED", "ROLLBACK_PREPARED"})


def two_phase(session: Session, *, kind: str, name: str) -> Result | None:
    """PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED.

    Raises:
        DatabaseError: 55000, 42704, 25001.
    """
    if kind == "PREPARE":
        if not session.in_transaction or session.failed:
            session.rollback()
            return None  # its tag is ROLLBACK
        raise database_error(
            "55000",
            "prepared transactions are disabled",
            hint='Set "max_prepared_transactions" to a nonzero value.',
        )
    word = kind.replace("_", " ")
    if session.failed:
        raise database_error("25P02", "current transaction is aborted, commands ignored until end of transaction block")
    if session.in_transaction:
        raise database_error("25001", f"{word} cannot run inside a transaction block")
    raise database_error("42704", f'prepared transaction with identifier "{name}" does not exist')


def chain(session: Session, *, kind: str) -> Result | None:
    """COMMIT AND CHAIN, ROLLBACK AND CHAIN: the next transaction has the modes of this one.

    Raises:
        DatabaseError: 25P01.
    """
    if not session.in_transaction or session.implicit:
        raise database_error("25P01", f"{kind} AND CHAIN can only be used in transaction blocks")
    isolation, read_only = session.isolation, session.read_only
    shown = dict(session.kept.shown)
    result = session.commit() if kind == "COMMIT" else session.rollback()
    session.begin(isolation=isolation, read_only=read_only)
    session.kept.shown.update(shown)
    return result


def take_snapshot(session: Session, *, name: str) -> None:
    """SET TRANSACTION SNAPSHOT: there is none to take.

    Raises:
        DatabaseError: 0A000, 25001, 22023, 42704.
    """
    if session.queried and session.in_transaction:
        raise database_error("25001", "SET TRANSACTION SNAPSHOT must be called before any query")
    if not session.in_transaction or session.isolation not in ("repeatable read", "serializable"):
        raise database_error(
            "0A000", "a snapshot-importing transaction must have isolation level SERIALIZABLE or REPEATABLE READ"
        )
    if not re.fullmatch(r"[0-9A-F-]+", name):
        raise database_error("22023", f'invalid snapshot identifier: "{name}"')
    raise database_error("42704", f'snapshot "{name}" does not exist')


RULES: dict[str, Callable[[Context, Node], CommandPlan]] = {
    "ListenStmt": listen,
    "UnlistenStmt": unlisten,
    "NotifyStmt": notify,
    "DiscardStmt": discard,
    "CheckPointStmt": checkpoint,
    "LoadStmt": load,
}
