"""Statements about roles and rights, which change no answer of a database with one user, and extensions; clear words for what is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nexus_testkit.postgres.analyze import sources
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.objects import name_parts
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan

_USER = "postgres"

# Extensions that a server may have and that bring types, functions or operators with them.
_EXTENSIONS = frozenset(
    "adminpack amcheck bloom btree_gin btree_gist citext cube dblink dict_int earthdistance file_fdw fuzzystrmatch hstore intarray isn ltree pg_stat_statements pg_trgm pgcrypto pgvector postgis postgres_fdw seg tablefunc timescaledb unaccent uuid-ossp vector xml2".split()  # noqa: SIM905  # reads better than 28 quoted names
)


def grant(context: Context, node: Node) -> SchemaPlan:
    """GRANT and REVOKE of rights."""
    tag = "GRANT" if node.get("is_grant") else "REVOKE"
    node.skip("targtype", "privileges", "grant_option", "behavior")
    kind = node["objtype"].removeprefix("OBJECT_")
    for item in node.all("objects"):
        if kind in ("TABLE", "SEQUENCE"):
            if item.kind == "RangeVar":
                key = sources.relation_name(context, item)
                if not context.catalog.relation_exists(key):
                    sources.find_table(context, item, located=False)
            else:
                _require_schema(context, item["sval"])
        elif kind == "SCHEMA":
            _require_schema(context, item["sval"])
        elif kind in ("TYPE", "DOMAIN"):
            parts = name_parts(item)
            if naming.user_type(context.catalog, parts[-2] if len(parts) > 1 else None, parts[-1]) is None:
                raise context.error("42704", f'type "{".".join(parts)}" does not exist')
        elif kind == "DATABASE":
            if item["sval"] != _USER:
                raise context.error("3D000", f'database "{item["sval"]}" does not exist')
        elif kind in ("FUNCTION", "ROUTINE", "PROCEDURE") and item.kind == "String":
            _require_schema(context, item["sval"])
        else:
            raise context.unsupported(f"{tag} ON {kind}", node)
    for role in node.all("grantees"):
        require_role(context, role)
    if "grantor" in node:
        require_role(context, node["grantor"])
    _ignore(node)
    return SchemaPlan((), context.catalog, tag)


def _ignore(node: Node) -> None:
    for privilege in node.all("privileges"):
        privilege.ignore()


def _require_schema(context: Context, name: str) -> None:
    if name not in (*context.catalog.schemas, "pg_catalog", "information_schema"):
        raise context.error("3F000", f'schema "{name}" does not exist')


def require_role(context: Context, role: Node) -> None:
    """A role that is the database's one user, or everybody.

    Raises:
        DatabaseError: 42704.
    """
    if role["roletype"] == "ROLESPEC_CSTRING" and role["rolename"] != _USER:
        raise context.error("42704", f'role "{role["rolename"]}" does not exist')


def default_privileges(context: Context, node: Node) -> SchemaPlan:
    """ALTER DEFAULT PRIVILEGES."""
    for option in node.all("options"):
        name = option["defname"]
        option.skip("defaction")
        for item in option["arg"]["items"]:
            if name == "schemas":
                _require_schema(context, item["sval"])
            else:
                require_role(context, item)
    action = node["action"]
    action.skip("is_grant", "targtype", "objtype", "grant_option", "behavior")
    for role in action.all("grantees"):
        require_role(context, role)
    _ignore(action)
    return SchemaPlan((), context.catalog, "ALTER DEFAULT PRIVILEGES")


def owner(context: Context, node: Node) -> SchemaPlan:
    """ALTER SCHEMA, TYPE, DOMAIN ... OWNER TO."""
    kind = node["objectType"].removeprefix("OBJECT_")
    target = node["object"]
    if kind == "SCHEMA":
        _require_schema(context, target["sval"])
    elif kind in ("TYPE", "DOMAIN"):
        parts = name_parts(target)
        if naming.user_type(context.catalog, parts[-2] if len(parts) > 1 else None, parts[-1]) is None:
            raise context.error("42704", f'type "{".".join(parts)}" does not exist')
    else:
        raise context.unsupported(f"ALTER {kind} ... OWNER TO", node)
    require_role(context, node["newowner"])
    return SchemaPlan((), context.catalog, f"ALTER {kind}")


def extension(context: Context, node: Node) -> SchemaPlan:
    """CREATE EXTENSION: plpgsql is there; what would bring functions with it is refused."""
    name = node["extname"]
    if name == "plpgsql":
        node.skip("options")
        if node.get("if_not_exists"):
            return SchemaPlan((), context.catalog, "CREATE EXTENSION")
        raise context.error("42710", 'extension "plpgsql" already exists')
    if name in _EXTENSIONS:
        raise context.unsupported(f"the extension {name}", node)
    raise context.error(
        "0A000",
        f'extension "{name}" is not available',
        hint="The extension must first be installed on the system where PostgreSQL is running.",
    )


def _refused(context: Context, node: Node, *, words: str) -> SchemaPlan:
    raise context.unsupported(words, node)


_REFUSED = {
    "CreateFunctionStmt": "CREATE FUNCTION and CREATE PROCEDURE",
    "CreateTrigStmt": "CREATE TRIGGER",
    "CreateEventTrigStmt": "CREATE EVENT TRIGGER",
    "RuleStmt": "CREATE RULE",
    "DoStmt": "DO",
    "CallStmt": "CALL",
    "CreateRoleStmt": "CREATE ROLE",
    "AlterRoleStmt": "ALTER ROLE",
    "AlterRoleSetStmt": "ALTER ROLE ... SET",
    "DropRoleStmt": "DROP ROLE",
    "GrantRoleStmt": "GRANT of a role",
    "DropOwnedStmt": "DROP OWNED",
    "ReassignOwnedStmt": "REASSIGN OWNED",
    "CreatePolicyStmt": "CREATE POLICY",
    "AlterPolicyStmt": "ALTER POLICY",
    "AlterDatabaseStmt": "ALTER DATABASE",
    "AlterDatabaseSetStmt": "ALTER DATABASE ... SET",
    "CreatedbStmt": "CREATE DATABASE",
    "DropdbStmt": "DROP DATABASE",
    "AlterExtensionStmt": "ALTER EXTENSION",
    "CreateCastStmt": "CREATE CAST",
    "CreateRangeStmt": "CREATE TYPE ... AS RANGE",
    "CreateOpClassStmt": "CREATE OPERATOR CLASS",
    "CreateStatsStmt": "CREATE STATISTICS",
    "CreatePublicationStmt": "CREATE PUBLICATION",
    "CreateSubscriptionStmt": "CREATE SUBSCRIPTION",
    "CreateForeignServerStmt": "CREATE SERVER",
    "CreateForeignTableStmt": "CREATE FOREIGN TABLE",
    "SecLabelStmt": "SECURITY LABEL",
}

RULES: dict[str, Callable[[Context, Node], SchemaPlan]] = {
    "GrantStmt": grant,
    "AlterDefaultPrivilegesStmt": default_privileges,
    "AlterOwnerStmt": owner,
    "CreateExtensionStmt": extension,
    **{kind: partial(_refused, words=words) for kind, words in _REFUSED.items()},
}
