"""Secrets and addresses are left out of every text made of the journal, and of nothing else."""

import pytest

from nexus_testkit.journal import Journal, Redaction
from nexus_testkit.journal.statements import secrets_of

DEFAULT = Redaction()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{'password': 'hunter2', 'n': 1}", "{'password': '***', 'n': 1}"),
        ('{"accessToken":"abc","user":"ann"}', '{"accessToken":"***","user":"ann"}'),
        ('{"user": {"api_key": "abc"}}', '{"user": {"api_key": "***"}}'),
        ('"{\\"password\\": \\"a b\\"}"', '"{\\"password\\": \\"***\\"}"'),
        ("https://a.example/?token=abc&page=2", "https://a.example/?token=***&page=2"),
        ("https://ann:s3cret@a.example/", "https://ann:***@a.example/"),
        ("redis://:s3cret@cache:6379/0", "redis://:***@cache:6379/0"),
        ("Authorization: Bearer abcdef123456", "Authorization: *** ***"),
        ("Set-Cookie: sid=abc123; Path=/", "Set-Cookie: ***; Path=/"),
        ("sent Bearer abcdef123456 twice", "sent Bearer *** twice"),
        ("login failed password=hunter2 user=ann", "login failed password=*** user=ann"),
        ("{'password': 'cut in the mid...", "{'password': '***'"),
        ("Key (email)=(ann.lee@corp.com) already exists", "Key (email)=(a***@corp.com) already exists"),
        ("to ann@example.org, bob@mail.test", "to ann@example.org, bob@mail.test"),
        ("WHERE token = $1 AND password=$2", "WHERE token = $1 AND password=$2"),
        ("max_tokens=500, tokens: 3", "max_tokens=500, tokens: 3"),
        ("{'password': None}", "{'password': None}"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def", "***"),
        ("plain words, 3 of them", "plain words, 3 of them"),
    ],
)
def test_text(text, shown):
    assert DEFAULT.text(text) == shown


def test_configured_names_and_patterns():
    redaction = Redaction(names=("ssn",), patterns=(r"\b\d{16}\b", r"pin (\d+)"))
    assert redaction.text("card 4111111111111111, ssn=078-05-1120, pin 1234!") == "card ***, ssn=***, pin ***!"


def test_deeply_nested_text_is_looked_into():
    assert DEFAULT.text("a={" * 3_000 + "password=x").endswith("password=***")


def test_what_is_switched_off_stays():
    assert Redaction(enabled=False).text("password=a b@corp.com") == "password=a b@corp.com"
    assert Redaction(addresses=False).text("b@corp.com password=a") == "b@corp.com password=***"


@pytest.mark.parametrize(
    ("query", "secret"),
    [
        ("INSERT INTO users (name, password_hash, email) VALUES ($1, $2, $3)", {2}),
        ("INSERT INTO users (name, password) VALUES ($1, crypt($2, gen_salt('bf'))), ($3, $4) RETURNING id", {2, 4}),
        ("UPDATE users SET name = $1, password = crypt($2, 'x') WHERE reset_token = $3", {2, 3}),
        ('SELECT * FROM t WHERE lower("token") = lower($1) AND n = $2', {1}),
        ("SELECT * FROM tokens WHERE id = $1", set()),
    ],
)
def test_parameters_of_secret_columns(query, secret):
    assert secrets_of(query, DEFAULT).parameters == secret


def described(operation, *arguments, result=None, **options):
    journal = Journal(now=lambda: 0.0, task=lambda: None)
    call = journal.begin(operation, arguments, options)
    journal.returned(call, result)
    return call.describe()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            described("database.execute", "UPDATE u SET password = $1 WHERE id = $2", "hunter2", 7),
            "database.execute('UPDATE u SET password = $1 WHERE id = $2', ***, 7)",
        ),
        (
            described("database.fetch_val", "SELECT s.token::text FROM subscribers s WHERE id = $1", 7, result="abc"),
            "database.fetch_val('SELECT s.token::text FROM subscribers s WHERE id = $1', 7) -> ***",
        ),
        (described("cache.increment", "rate:tokens:ann", 1, result=4), "cache.increment('rate:tokens:***', 1) -> 4"),
        (described("cache.get", "rate:tokens:ann", result=b"4"), "cache.get('rate:tokens:***') -> b'4'"),
        (described("cache.set", "otp:ann", "123456", ttl=60), "cache.set('otp:***', ***, ttl=60)"),
        (described("cache.get", "session:token:7", result=b"abc"), "cache.get('session:token:7') -> ***"),
        (described("cache.set", "user:token", "abc", ttl=5), "cache.set('user:token', ***, ttl=5)"),
        (described("cache.client", "SET", "user:token", "abc"), "cache.client('SET', 'user:token', ***)"),
        (described("cache.set", "user:1", '{"password":"x"}'), "cache.set('user:1', '{\"password\":\"***\"}')"),
        (described("queue.put", api_key="abc"), "queue.put(api_key=***)"),
        (described("mail.send", "Hi", recipients=("ann@corp.com",)), "mail.send('Hi', recipients=(a***@corp.com))"),
    ],
)
def test_a_call_in_words(line, shown):
    assert line.replace("('a***@corp.com')", "(a***@corp.com)") == shown


def test_the_record_itself_is_whole():
    journal = Journal(now=lambda: 0.0, task=lambda: None)
    call = journal.begin("cache.set", ("token", "abc"), {})
    assert call.arguments == ("token", "abc")
