"""What can be disturbed, by name: the ports, and the operations that cross the seam at each."""

from __future__ import annotations

OPERATIONS: dict[str, tuple[str, ...]] = {
    "analytics": ("append", "counts", "events"),
    "cache": (
        "clear",
        "client",
        "delete",
        "exists",
        "expire",
        "get",
        "get_many",
        "health_check",
        "increment",
        "keys",
        "lock",
        "message",
        "publish",
        "set",
        "set_many",
        "subscribe",
        "ttl",
        "unlock",
        "unsubscribe",
    ),
    "clock": ("sleep",),
    "database": (
        "acquire",
        "add_listener",
        "begin",
        "commit",
        "connect",
        "copy_records_to_table",
        "disconnect",
        "execute",
        "execute_many",
        "fetch_all",
        "fetch_one",
        "fetch_val",
        "health_check",
        "release",
        "remove_listener",
        "rollback",
    ),
    "files": ("delete", "exists", "list", "read_bytes", "read_text", "write_bytes", "write_text"),
    "http": ("request",),
    "mail": ("health_check", "send"),
}

NICKNAMES = {"db": "database"}
"""Names of handles that are not the port's."""
