"""E-mail addresses."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_testkit.errors import ValidationError
from nexus_testkit.services.addresses import check_address, make_address, parse_address


@given(st.emails())
def test_addresses_of_rfc_5322_are_taken_as_they_are(address):
    assert check_address(address, field="to") == address
    assert parse_address(address, field="to").addr_spec == address


@given(st.text() | st.text(alphabet='a@.<>,;:"\\() \r\n\t[]'))
def test_whatever_is_taken_is_one_address_that_cannot_leave_its_header(text):
    try:
        address = parse_address(text, field="to")
    except ValidationError:
        return
    message = EmailMessage(policy=SMTP)
    message["To"] = address
    (line,) = bytes(message).splitlines()[:-1]
    assert line.startswith(b"To: ")
    assert len(message["To"].addresses) == 1


@given(st.text(min_size=1))
def test_any_name_leaves_the_address_alone(name):
    try:
        address = make_address(name, "ann@example.org", field="from")
    except ValidationError:
        return
    message = EmailMessage(policy=SMTP)
    message["From"] = address
    (parsed,) = message["From"].addresses
    assert parsed.addr_spec == "ann@example.org"


@pytest.mark.parametrize("text", ["a@b", "a@localhost", "a.b+c@d-e.example", "ü@ü.example", f"{'a' * 64}@b.example"])
def test_unusual_addresses_are_taken(text):
    assert check_address(text, field="to") == text


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "@b",
        "a@",
        "a@@b",
        "a b@c",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a@b.",
        "a@-b",
        "a@b_c",
        '"a"@b',
        "a@[127.0.0.1]",
        f"{'a' * 65}@b",
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValidationError, match="to"):
        check_address(text, field="to")


def test_an_address_object_is_checked_too():
    with pytest.raises(ValidationError, match="to"):
        parse_address(Address("", "a b", "c"), field="to")


@pytest.mark.parametrize("letter", ["a", "ü"])
def test_a_part_of_a_domain_has_63_octets_at_most(letter):
    longest = 63 if letter == "a" else 53  # "xn--", and what Punycode makes of the letters
    assert check_address(f"ann@{letter * longest}.example", field="to")
    with pytest.raises(ValidationError, match="domain"):
        check_address(f"ann@{letter * 64}.example", field="to")
