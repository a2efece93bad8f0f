"""Each strategy draws what its documentation claims: the kit's own services and fakes are asked."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus_testkit import simulate
from nexus_testkit.errors import ValidationError
from nexus_testkit.exploration import Plan
from nexus_testkit.machines.lifecycle import World, play
from nexus_testkit.ports.analytics import Event
from nexus_testkit.ports.mail import TLS, SmtpSettings
from nexus_testkit.services import EmailService, UserService
from nexus_testkit.simulation import run
from nexus_testkit.strategies import (
    emails,
    events,
    fault_plans,
    http_responses,
    invalid_emails,
    json_values,
    names,
    service_graphs,
    slugs,
    smtp_messages,
    texts,
    unusual_emails,
    users,
)

few = settings(max_examples=40)


@given(slug=slugs(max_size=12))
def test_slugs_are_lower_case_words_with_single_hyphens(slug):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 12


@given(text=texts(min_size=1, max_size=5))
def test_texts_are_utf_8_without_nul_of_the_given_size(text):
    assert "\0" not in text.encode().decode()
    assert 1 <= len(text) <= 5


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_texts_hold_what_normal_forms_change(form):
    from hypothesis import find

    assert find(texts(), lambda text: unicodedata.normalize(form, text) != text)


@few
@given(name=names())
@simulate
async def test_names_are_taken_as_full_names(nexus, name):
    users_ = await nexus.service(UserService)
    made = await users_.create_user({"username": "a", "email": "a@example.org", "full_name": name})
    assert made["full_name"] == name
    assert len(name) <= 60


@few
@given(address=emails() | unusual_emails())
@simulate
async def test_valid_addresses_are_mailed_and_stored(nexus, address):
    mail = await nexus.service(EmailService)
    assert (await mail.send([address], "Hello", "text")).refused == {}
    made = await (await nexus.service(UserService)).create_user({"username": "a", "email": address})
    assert made["email"] == address


@few
@given(address=invalid_emails())
@simulate
async def test_invalid_addresses_are_refused(nexus, address):
    mail = await nexus.service(EmailService)
    with pytest.raises(ValidationError):
        await mail.send([address], "Hello", "text")
    with pytest.raises(ValidationError):
        await (await nexus.service(UserService)).create_user({"username": "a", "email": address})
    assert nexus.mail.sent == []


@few
@given(user=users())
@simulate
async def test_users_are_taken_by_the_user_service(nexus, user):
    made = await (await nexus.service(UserService)).create_user(user)
    assert {name: made[name] for name in user} == user


@few
@given(value=json_values())
@simulate
async def test_json_values_come_back_from_jsonb(nexus, value):
    await nexus.db.execute("CREATE TABLE t (value JSONB)")
    await nexus.db.execute("INSERT INTO t VALUES ($1)", value)
    assert await nexus.db.fetch_val("SELECT value FROM t") == value


@few
@given(message=smtp_messages())
@simulate
async def test_messages_arrive_as_they_were_sent(nexus, message):
    recipients = [address.addr_spec for address in message["To"].addresses]
    sender = message["From"].addresses[0].addr_spec
    receipt = await nexus.mail.send(message, sender=sender, recipients=recipients, settings=SmtpSettings(tls=TLS.NONE))
    assert receipt.refused == {}
    assert nexus.mail.last.subject == message["Subject"]


@few
@given(answer=http_responses())
@simulate
async def test_responses_arrive_as_they_were_drawn(nexus, answer):
    import httpx

    nexus.http.get("https://api.example/").respond(
        answer.status_code, content=answer.content, headers=dict(answer.headers)
    )
    async with httpx.AsyncClient(transport=nexus.http) as client:
        got = await client.get("https://api.example/")
    assert (got.status_code, got.content) == (answer.status_code, answer.content)
    assert all(got.headers[name] == value for name, value in answer.headers.items())


@few
@given(drawn=st.lists(events(), max_size=3, unique_by=lambda event: event.id))
@simulate
async def test_events_come_back_from_the_store(nexus, drawn):
    await nexus.analytics.append(drawn)
    assert await nexus.analytics.events() == sorted(drawn, key=lambda event: event.timestamp)


@few
@given(graph=service_graphs(most_services=5))
def test_service_graphs_can_be_played(graph):
    assert all(below < place for place, plan in enumerate(graph.services) for below in plan.below)
    run(play(graph)).check()


@given(plan=fault_plans())
def test_fault_plans_survive_their_encoding(plan):
    assert Plan.decode(plan.encode()) == plan


@given(plan=st.from_type(Plan), world=st.from_type(World), event=st.from_type(Event))
@few
def test_own_types_are_registered(plan, world, event):
    assert isinstance(plan, Plan)
    assert event.timestamp.tzinfo is not None
    assert isinstance(world, World)
