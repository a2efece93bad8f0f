"""Bad input: each a specific error with a hint, and the world ends cleanly after it."""

from typing import Protocol

import httpx
import pytest

import nexus_testkit
from nexus.services import inject, register_service
from nexus_testkit import errors
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.services import BaseService, CacheService, EmailService, HTTPService


class Queue(Protocol):
    """A port without an adapter."""


class NeedsQueue(BaseService):
    def __init__(self, queue: Queue = inject()):
        super().__init__()


class First(BaseService):
    def __init__(self, second: "Second" = inject()):
        super().__init__()


class Second(BaseService):
    def __init__(self, first: First = inject()):
        super().__init__()


class Simple(BaseService):
    def __init__(self, db: DatabaseAdapter = inject()):
        super().__init__()
        self.db = db

    async def ask(self):
        return await self.db.fetch_val("SELECT 1")


CASES = {}


def case(error, *words):
    def keep(function):
        CASES[function.__name__] = (function, error, words)
        return function

    return keep


@case(errors.InvalidServiceType, "'Simple'")
async def a_name_instead_of_a_class(nexus):
    await nexus.service("Simple")


@case(errors.InvalidServiceType, "int")
async def a_plain_type(nexus):
    await nexus.service(int)


@case(errors.MissingDependency, "Queue", "NeedsQueue -> Queue")
async def a_port_without_an_adapter(nexus):
    await nexus.service(NeedsQueue)


@case(errors.CyclicDependency, "First -> Second -> First")
async def a_circle(nexus):
    await nexus.service(First)


@case(errors.LifecycleError, "started before")
async def a_double_start(nexus):
    await nexus.container.start(Simple)
    await nexus.container.start(Simple)


@case(errors.ServiceNotInitialized, "Simple is not initialized")
async def use_before_start(nexus):
    await nexus.get(Simple).ask()


@case(errors.UnfilledInjection, "db")
async def a_constructor_called_by_hand(nexus):
    Simple()


@case(errors.DuplicateRegistration, "Simple")
async def a_second_registration(nexus):
    register_service(Simple)
    register_service(Simple)


@case(errors.UnknownOption, "scoop", "did you mean scope")
async def an_unknown_option(nexus):
    register_service(Simple, scoop="scoped")


@case(errors.OverrideError, "built already")
async def an_override_that_comes_too_late(nexus):
    await nexus.service(Simple)
    with nexus.override(Simple, object()):
        pass


@case(errors.UrlNotAllowed, "htp:/users")
async def an_unroutable_url(nexus):
    http = await nexus.service(HTTPService)
    await http.get("htp:/users")


@case(errors.NexusTestkitError, "/users")
async def a_stub_that_no_request_could_match(nexus):
    nexus.http.get("/users")


@case(errors.SyntaxErrorInSQL, "SELEC", "syntax error")
async def sql_that_does_not_parse(nexus):
    await nexus.db.fetch_one("SELEC 1")


@case(errors.InterfaceError, "2 arguments", "1 was passed")
async def too_few_parameters(nexus):
    await nexus.db.fetch_one("SELECT $1::int + $2::int", 1)


@case(errors.UnsupportedSQL, "a real PostgreSQL")
async def sql_that_the_fake_does_not_support(nexus):
    await nexus.db.execute("DO $$ BEGIN END $$")


@case(errors.CacheValueError, "$.items[1]")
async def a_value_that_has_no_cached_form(nexus):
    cache = await nexus.service(CacheService)
    await cache.set("key", {"items": [1, object()]})


@case(errors.ValidationError, "not an address")
async def a_bad_address(nexus):
    email = await nexus.service(EmailService)
    await email.send_email(["not an address"], "subject", "text")


@case(errors.TemplateError, "welcom", "did you mean")
async def a_template_that_is_missing(nexus):
    email = await nexus.service(EmailService)
    await email.send_template_email(["ann@example.org"], "welcom", {})


@case(errors.TemplateError, "broken")
async def a_template_that_is_malformed(nexus):
    await nexus.files.write_text("templates/email/broken.json", '{"subject": "s", "body": "{{ name"}')
    email = await nexus.service(EmailService)
    await email.send_template_email(["ann@example.org"], "broken", {"name": "Ann"})


@case(errors.PathOutsideRoot, "../secret")
async def a_path_outside_the_root(nexus):
    await nexus.files.read_text("../secret")


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gets_a_specific_error_and_the_world_ends_cleanly(name):
    function, error, words = CASES[name]

    async def main(nexus):
        with pytest.raises(error) as caught:
            await function(nexus)
        return caught.value

    raised = nexus_testkit.run(main)
    text = "\n".join([str(raised), *getattr(raised, "__notes__", [])])
    # PostgreSQL's text stays as it is; where the statement is wrong, the line with a mark stands for the hint.
    assert any(mark in text for mark in ("Hint:", "HINT:", "LINE 1:")), text
    for word in words:
        assert word in text


def test_a_stray_request_names_the_nearest_route():
    async def main(nexus):
        nexus.http.get("https://api.example/users", params={"page": "1"}).respond(json=[])
        async with httpx.AsyncClient(transport=nexus.port("http"), trust_env=False) as client:
            await client.get("https://api.example/users?page=2")

    with pytest.raises(httpx.ConnectError) as caught:
        nexus_testkit.run(main)
    assert "GET https://api.example/users?page=2" in str(caught.value)
    assert "page" in "".join(caught.value.nearest)
