"""Which parameters and literals of a statement are secret, and which columns of its result."""

import pytest

from nexus_testkit.journal import Redaction
from nexus_testkit.journal.statements import secrets_of, table_of

DEFAULT = Redaction()
KNOWN = Redaction(tables=(("users", ("id", "name", "password", "email")),))


@pytest.mark.parametrize(
    ("query", "secret"),
    [
        ("UPDATE u SET (name, password) = ($1, $2) WHERE id = $3", {2}),
        ("UPDATE u SET (name, password) = ROW($1, $2)", {2}),
        ("UPDATE u SET password = lower(trim($2)), name = $1", {2}),
        ("UPDATE u SET name = $1, password = coalesce($2, password), n = $3 WHERE id = $4", {2}),
        ("SELECT 1 FROM u WHERE $1 = password AND id = $2", {1}),
        ("SELECT 1 FROM u WHERE $1::text = u.password", {1}),
        ("SELECT 1 FROM u WHERE password IN ($1, $2) AND id = $3", {1, 2}),
        ("SELECT 1 FROM u WHERE id = $2 AND password = ANY($1)", {1}),
        ("SELECT 1 FROM u WHERE api_token IS NOT DISTINCT FROM $1 OR n IS DISTINCT FROM $2", {1}),
        ("SELECT 1 FROM u WHERE (name, password) = ($1, $2)", {2}),
        ("SELECT 1 FROM u WHERE crypt($1, password) = password", {1}),
        ("SELECT 1 FROM u WHERE prefs->>'password' = $1 AND prefs->>'name' = $2", {1}),
        ("SELECT 1 FROM u WHERE prefs#>>'{auth,token}' = $1", {1}),
        ("INSERT INTO t (name, password) SELECT $1, $2", {2}),
        ("INSERT INTO t (name, password) SELECT * FROM unnest($1::text[], $2::text[])", {2}),
        ("INSERT INTO t (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET api_token = $3", {3}),
        ("SELECT jsonb_build_object('name', $1, 'password', $2)", {2}),
        ("UPDATE u SET prefs = jsonb_set(prefs, '{auth,token}', $1) WHERE id = $2", {1}),
        ("SELECT pgp_sym_encrypt($1, $2)", {1, 2}),
        ("SELECT set_config('app.api_key', $1, false)", {1}),
        ("SELECT $1::text AS token, $2 AS name", {1}),
        ("SELECT * FROM u WHERE token_type = $1 AND password_changed_at < $2 AND tokens > $3", set()),
        ("SELECT 1 FROM u WHERE password = (SELECT p FROM old WHERE id = $1)", set()),
        ("SELECT * FROM orders WHERE key = $1 AND session = $2 AND id = $3", set()),
        ("SELECT 'password = $1' FROM u WHERE id = $2 -- password = $3", set()),
        ('SELECT 1 FROM u WHERE "Password" = $1 AND (', {1}),
    ],
)
def test_parameters(query, secret):
    assert secrets_of(query, DEFAULT).parameters == secret


def test_an_insert_without_columns_goes_by_the_table_where_it_is_known():
    query = "INSERT INTO users VALUES ($1, $2, $3, $4), (DEFAULT, $5, 's3cret', $6)"
    assert secrets_of(query, KNOWN).parameters == {3}
    assert secrets_of(query, KNOWN).hidden_in(query).endswith("(DEFAULT, $5, '***', $6)")
    assert secrets_of(query, DEFAULT).parameters == set()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("INSERT INTO u (n, password) VALUES ('ann', 's3''cret'), ('bob', 'x')", "('ann', '***'), ('bob', '***')"),
        ("UPDATE u SET password = 'hunter2', name = 'ann'", "SET password = '***', name = 'ann'"),
        ("UPDATE u SET password = E'a\\'b' WHERE n = 'c'", "password = '***' WHERE n = 'c'"),
        ("UPDATE u SET password = $$a'b$$, n = 1", "password = '***', n = 1"),
        ("SELECT 1 FROM u WHERE 'hunter2' = password", "WHERE '***' = password"),
        ("SELECT 1 FROM u WHERE password LIKE 'hun%'", "LIKE '***'"),
        ("SELECT 1 FROM u WHERE otp = 123456 AND id = 123456", "otp = *** AND id = 123456"),
        ("UPDATE u SET password = crypt('hunter2', gen_salt('bf'))", "crypt('***', gen_salt('bf'))"),
        (
            "SELECT encode(digest('a', 'sha256'), 'hex') = token_hash",
            "encode(digest('***', 'sha256'), 'hex') = token_hash",
        ),
        ("CREATE ROLE bob LOGIN PASSWORD 'hunter2'", "PASSWORD '***'"),
        ("CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', password 'b')", "(user 'a', password '***')"),
        ("UPDATE u SET password = 'cut in the mid", "password = '***'"),
        ("SELECT * FROM u WHERE token_type = 'bearer' AND password <> ''", "token_type = 'bearer' AND password <> ''"),
        ("SELECT prefs->>'password' FROM u WHERE name = 'ann'", "prefs->>'password' FROM u WHERE name = 'ann'"),
        (
            "SELECT t.token=excluded.token, 'a@corp.com', '{\"token\": \"x\"}'",
            "t.token=excluded.token, 'a***@corp.com', '{\"token\": \"***\"}'",
        ),
        (
            "CREATE TABLE u (token uuid DEFAULT 'a', key text PRIMARY KEY)",
            "(token uuid DEFAULT 'a', key text PRIMARY KEY)",
        ),
    ],
)
def test_literals(query, shown):
    assert secrets_of(query, DEFAULT).hidden_in(query).endswith(shown)


@pytest.mark.parametrize(
    ("query", "columns", "first"),
    [
        ("SELECT password FROM u", set(), True),
        ("SELECT max(password) FROM u", {"max"}, True),
        ("SELECT u.password AS p, name FROM u", {"p"}, True),
        ("SELECT name, u.password p FROM u", {"p"}, False),
        ("SELECT prefs->'auth'->>'token' FROM u", {"?column?"}, True),
        ("WITH x AS (SELECT password FROM u) SELECT name FROM x", set(), False),
        ("INSERT INTO u (password) VALUES ($1) RETURNING id, password AS p", {"p"}, False),
        ("SELECT count(token), length(password), password = $1, password IS NULL FROM u", set(), False),
        ("INSERT INTO u SELECT password FROM v", set(), False),
        ("SELECT * FROM u", set(), False),
    ],
)
def test_columns(query, columns, first):
    found = secrets_of(query, DEFAULT)
    assert (set(found.columns), found.first) == (columns, first)


def test_tables():
    query = (
        'CREATE TABLE IF NOT EXISTS app.users (id serial, "Name" varchar(3), password text, PRIMARY KEY (id, password))'
    )
    assert table_of(query) == ("users", ("id", "Name", "password"))
    assert table_of("CREATE INDEX i ON users (id)") is None
    assert table_of("CREATE TABLE a AS SELECT 1") is None


@pytest.mark.parametrize(
    "query", ["", ")", "(((", "= password", "password =", "INSERT INTO", "'", "$$", '"', "SELECT", "a::", "->>'x'"]
)
def test_what_is_no_statement_has_no_secrets(query):
    assert secrets_of(query, DEFAULT).hidden_in(query) == query
