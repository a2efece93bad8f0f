"""Secrets that give themselves away, and ordinary text that looks a little like them."""

import pytest

from nexus_testkit.journal import Redaction

DEFAULT = Redaction()
KEY = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0"  # the digits of many forms below


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + KEY,
        "github_pat_" + KEY,
        "glpat-" + KEY[:20],
        "xoxb-123456789012-" + KEY,
        "sk_live_" + KEY,
        "whsec_" + KEY,
        "AIza" + KEY[:35],
        "ya29." + KEY,
        f"SG.{KEY[:22]}.{KEY}",
        "npm_" + KEY[:36],
        "pypi-AgEIcHlwaS5vcmc" + KEY,
        "sk-proj-" + KEY,
        "$2b$12$" + KEY + "abcdefghijklm",
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$" + KEY,
        "pbkdf2_sha256$600000$salt$" + KEY,
        "scrypt:32768:8:1$salt$" + KEY,
        "$6$salt$" + KEY * 2,
        "4111 1111 1111 1111",
        "4242424242424242",
        "378282246310005",
    ],
)
def test_forms(secret):
    assert DEFAULT.text(f"stored {secret}, once") == "stored ***, once"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "-----BEGIN RSA PRIVATE KEY-----\nab\ncd\n-----END RSA PRIVATE KEY-----\nok",
            "-----BEGIN RSA PRIVATE KEY----- ***\nok",
        ),
        ("-----BEGIN PRIVATE KEY----- abc", "-----BEGIN PRIVATE KEY----- ***"),
        ("https://hooks.slack.com/services/T0/B0/x1", "https://hooks.slack.com/***"),
        (f"https://shop.example/reset/{KEY}?u=1", "https://shop.example/reset/***?u=1"),
        (f"/accounts/password-reset/MQ/{KEY}/", "/accounts/password-reset/MQ/***/"),
        ("Your code is 123456.", "Your code is ***."),
        ("Your verification code: <b>123456</b>", "Your verification code: <b>***</b>"),
        ("your one-time password is 12345678", "your one-time password is ***"),
        ("login of ann with password s3cret-9999", "login of ann with password ***"),
        ("the password is s3cret-9999!", "the password is ***"),
        ("api key: s3cret-9999", "api key: ***"),
        (f"session:{KEY}", "session:***"),
        ("https://a.example/x?key=abc&page=2&sig=def", "https://a.example/x?key=***&page=2&sig=***"),
        ("/x?code=4f3a2b1c0d9e8f7a&state=1", "/x?code=***&state=1"),
        (f"grant_type=a&code={KEY}&client_secret=b", "grant_type=a&code=***&client_secret=***"),
        ("href='https://a.example/?n=1&amp;key=abc'", "href='https://a.example/?n=1&amp;key=***'"),
        ("https://ghost1234567890@a.example/", "https://***@a.example/"),
        ("STRIPE_KEY=abcdefgh12345678 N=1", "STRIPE_KEY=*** N=1"),
        ("password = hunter2", "password = ***"),
        (
            "<user><password>x y</password><name>ann</name></user>",
            "<user><password>***</password><name>ann</name></user>",
        ),
        ("<input type=hidden name='csrf_token' value='abc'>", "<input type=hidden name='csrf_token' value=\"***\">"),
        ('name="password"\r\n\r\nhunter2\r\n--b', 'name="password"\r\n\r\n***\r\n--b'),
        ("Key (id, token)=(1, abc) already exists.", "Key (id, token)=(***) already exists."),
        ("{b'token': b'abc', b'n': b'1'}", "{b'token': b'***', b'n': b'1'}"),
        ("{'user:token:7': 'abc', 'n': 1}", "{'user:token:7': '***', 'n': 1}"),
        ('{"passwords": ["a", "b"], "tokens": 3}', '{"passwords": ***, "tokens": 3}'),
    ],
)
def test_places(text, shown):
    assert DEFAULT.text(text) == shown
    assert DEFAULT.text(shown) == shown  # files of exchanges are redacted again when they are read


@pytest.mark.parametrize(
    "text",
    [
        "primary key = 1, foreign key: users.id",
        "key=value in prose, sig=1 and code=DE",
        "cache.get('user:1:key')",
        "id 550e8400-e29b-41d4-a716-446655440000 of 7e19a5e0f3b2c1d4e5f60718293a4b5c6d7e8f90",
        "session:1, token:7, user:550e8400-e29b-41d4-a716-446655440000",
        "at 1767225600000000, number 1234567890123456, 4111111111111112",
        "https://shop.example/?page=2&code=DE&sort=key",
        "https://shop.example/login/index.html /reset-filters/of-a-long-page-name",
        "status code 4040, exit code: 1234, zip code 12345, code 23505",
        "your order 123456 has 4 items",
        "the token is missing; password is required; invalid token type",
        "max_tokens=500 token_type=bearer password_changed_at=2026-01-01 has_password=True token_count: 3",
        "task-run-2024-with-a-long-name-0001 sk-SK desk-1234567890123456789012",
        "`@pytest.mark.nexus` and {user}@{host.name}",
        'replay(main, token="nx1:abcdef") token: nx1:abc',
        "CREATE TABLE u (token uuid PRIMARY KEY, password varchar(255), secret bytea)",
        "SELECT password = $1, password=$2",
        "$1, $2b and $$body$$",
    ],
)
def test_ordinary_text_stays(text):
    assert DEFAULT.text(text) == text


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "4111 ", "a=", "'", '"', "?key", "password ", "<a ", "eyJ", "session:", "a@", "your code ", "x:", "{'"],
)
def test_long_text_takes_no_square_of_its_length(unit):
    # 200,000 characters: what looked at each place for all that follows would not come to an end here.
    assert len(DEFAULT.text(unit * (200_000 // len(unit)))) > 0
