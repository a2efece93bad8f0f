"""The system catalogues where a recorded scenario shows nothing: OIDs, roll-back, several sessions and worlds, what is loaded."""

import datetime as dt
import sqlite3
import subprocess
import sys

import pytest

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres import Engine

_NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)

TABLES = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE author (id serial PRIMARY KEY, name text NOT NULL DEFAULT 'x', mood mood, CHECK (name <> ''));
CREATE TABLE book (id int PRIMARY KEY, author_id int REFERENCES author)
"""


def fresh_session():
    engine = Engine(now=lambda: _NOW)
    engine.attach(sqlite3.connect(":memory:"))
    return engine.session()


def numbers(session):
    names = session.execute(
        "SELECT oid, relname::text FROM pg_class WHERE oid >= 16384 "
        "UNION ALL SELECT oid, typname FROM pg_type WHERE oid >= 16384 "
        "UNION ALL SELECT oid, conname FROM pg_constraint WHERE oid >= 16384 "
        "UNION ALL SELECT oid, enumlabel FROM pg_enum "
        "UNION ALL SELECT oid, 'default ' || adnum::text FROM pg_attrdef "
        "UNION ALL SELECT oid, tgfoid::regproc::text FROM pg_trigger ORDER BY 1"
    ).rows
    return [(oid - 16384, name) for oid, name in names]


def test_objects_are_numbered_as_a_new_server_numbers_them():
    session = fresh_session()
    session.execute_script(TABLES)
    # Labels have even numbers: 16387 is left out, as on the server.
    assert numbers(session) == [
        (0, "_mood"),
        (1, "mood"),
        (2, "sad"),
        (4, "ok"),
        (5, "author_id_seq"),
        (6, "author"),
        (7, "_author"),
        (8, "author"),
        (9, "default 1"),
        (10, "default 2"),
        (11, "author_name_check"),
        (12, "author_id_not_null"),
        (13, "author_name_not_null"),
        (14, "pg_toast_16390"),
        (15, "pg_toast_16390_index"),
        (16, "author_pkey"),
        (17, "author_pkey"),
        (18, "book"),
        (19, "_book"),
        (20, "book"),
        (21, "book_id_not_null"),
        (22, "book_pkey"),
        (23, "book_pkey"),
        (24, "book_author_id_fkey"),
        (25, '"RI_FKey_noaction_del"'),
        (26, '"RI_FKey_noaction_upd"'),
        (27, '"RI_FKey_check_ins"'),
        (28, '"RI_FKey_check_upd"'),
    ]


def test_two_worlds_with_one_schema_have_the_same_numbers():
    one, other = fresh_session(), fresh_session()
    one.execute_script(TABLES)
    other.execute_script(TABLES)
    assert numbers(one) == numbers(other)


def test_an_object_keeps_its_number_through_every_change_and_no_other_gets_it():
    session = fresh_session()
    session.execute_script(TABLES)
    ((before,),) = session.execute("SELECT 'author'::regclass::oid").rows
    for change in ("ADD COLUMN more int", "DROP COLUMN more", "RENAME COLUMN name TO title", "RENAME TO writer"):
        session.execute(f"ALTER TABLE author {change}")
    ((after,),) = session.execute("SELECT 'writer'::regclass::oid").rows
    session.execute("DROP TABLE writer CASCADE")
    session.execute("CREATE TABLE author (id int)")
    ((anew,),) = session.execute("SELECT 'author'::regclass::oid").rows
    assert before == after
    assert anew > before


def test_what_was_read_in_a_transaction_that_is_rolled_back_is_read_anew():
    session = fresh_session()
    count = "SELECT count(*) FROM pg_class WHERE relname = 'fleeting'"
    session.execute("BEGIN")
    session.execute("CREATE TABLE fleeting (id int)")
    assert session.execute(count).rows == [(1,)]
    session.execute("SAVEPOINT here")
    session.execute("DROP TABLE fleeting")
    assert session.execute(count).rows == [(0,)]
    session.execute("ROLLBACK TO here")
    assert session.execute(count).rows == [(1,)]
    session.execute("ROLLBACK")
    assert session.execute(count).rows == [(0,)]


def test_another_session_sees_its_own_search_path():
    session = fresh_session()
    other = session.engine.session()
    session.execute("CREATE SCHEMA shop")
    session.execute("CREATE TABLE shop.item (id int)")
    session.execute("SET search_path = shop")
    shown = "SELECT oid::regclass::text, pg_table_is_visible(oid) FROM pg_class WHERE relname = 'item'"
    assert session.execute(shown).rows == [("item", True)]
    assert other.execute(shown).rows == [("shop.item", False)]
    assert session.execute(shown).rows == [("item", True)]


def test_sessions_have_different_backends():
    session = fresh_session()
    other = session.engine.session()
    pid = "SELECT pg_backend_pid()"
    assert session.execute(pid).rows == session.execute(pid).rows
    assert session.execute(pid).rows != other.execute(pid).rows


@pytest.mark.parametrize(
    "query",
    [
        "SELECT relfrozenxid FROM pg_class",
        "SELECT adbin FROM pg_attrdef",
        "SELECT ctid FROM author",
        "SELECT * FROM pg_stat_activity",
        "SELECT * FROM pg_stats",
        "SELECT source FROM pg_settings",
        "SELECT pg_total_relation_size('author')",
        "SHOW wal_segment_size",
        "INSERT INTO pg_class (relname) VALUES ('x')",
    ],
)
def test_what_only_a_server_knows_is_refused(query):
    session = fresh_session()
    session.execute_script(TABLES)
    with pytest.raises(UnsupportedSQL):
        session.execute(query)


def test_the_catalogues_are_loaded_when_they_are_first_asked():
    program = (
        "import sqlite3, sys, datetime as dt\n"
        "from nexus_testkit.postgres import Engine\n"
        "engine = Engine(now=lambda: dt.datetime(2024, 1, 1, tzinfo=dt.UTC))\n"
        "engine.attach(sqlite3.connect(':memory:'))\n"
        "session = engine.session()\n"
        "session.execute('CREATE TABLE t (id serial PRIMARY KEY, name text)')\n"
        "session.execute(\"INSERT INTO t (name) VALUES ('a')\")\n"
        "session.execute(\"SELECT nextval('t_id_seq')\")\n"
        "assert 'nexus_testkit.postgres.system.data' not in sys.modules\n"
        "session.execute('SELECT count(*) FROM pg_class')\n"
        "assert 'nexus_testkit.postgres.system.data' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
