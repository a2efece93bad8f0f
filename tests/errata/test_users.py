"""Rows 11 to 30 of the guide's errata: users and SQL. See docs/explanation/guide-errata.md."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from nexus_testkit.errors import (
    DatabaseError,
    DuplicateUserError,
    StaleVersionError,
    UndefinedFunction,
    ValidationError,
)
from nexus_testkit.services import UserManagementService, UserService


def ann(**changes):
    return {"username": "ann", "email": "ann@example.org", **changes}


def numbered(number, **changes):
    return {"username": f"user{number}", "email": f"user{number}@example.org", **changes}


# Row 11


async def test_row_11_ids_are_numbers_and_every_user_has_a_cache_key_of_its_own(nexus):
    manager = await nexus.service(UserManagementService)
    users = [await manager.create_user_with_welcome(numbered(number)) for number in (1, 2)]
    assert [user["id"] for user in users] == [1, 2]
    await nexus.cache.assert_has("user:1")
    await nexus.cache.assert_has("user:2")


# Row 12


async def test_row_12_a_user_without_tags_can_be_created(nexus):
    users = await nexus.service(UserService)
    assert (await users.create_user(ann()))["tags"] == []


async def test_row_12_lists_and_dicts_cross_the_database_port_as_json(nexus):
    await nexus.db.execute("CREATE TABLE notes (body JSONB, plain JSON)")
    await nexus.db.execute("INSERT INTO notes VALUES ($1, $2)", {"a": [1, None]}, ["x"])
    row = await nexus.db.fetch_one("SELECT body, plain FROM notes")
    assert (row["body"], row["plain"]) == ({"a": [1, None]}, ["x"])


# Row 13


async def test_row_13_users_are_found_by_tags(nexus):
    users = await nexus.service(UserService)
    await users.create_user(numbered(1, tags=["a", "b"]))
    await users.create_user(numbered(2, tags=["b"]))
    found, total = await users.list_users(filters={"tags": ["a"]})
    assert ([user["username"] for user in found], total) == (["user1"], 1)
    assert (await users.list_users(filters={"tags": ["a", "b"]}))[1] == 1
    assert (await users.list_users(filters={"tags": []}))[1] == 2


async def test_row_13_containment_of_plain_json_fails_as_it_does_on_postgresql(nexus):
    await nexus.db.execute("CREATE TABLE guide (tags JSON DEFAULT '[]')")
    with pytest.raises(UndefinedFunction, match="operator does not exist: json @>") as caught:
        await nexus.db.fetch_all("SELECT * FROM guide WHERE tags @> $1", ["a"])
    assert caught.value.sqlstate == "42883"


# Row 14


@pytest.mark.parametrize("search", ["ANN", "ann@EXAMPLE", "écO", "lé"])
async def test_row_14_a_search_ignores_case_in_every_script(nexus, search):
    users = await nexus.service(UserService)
    await users.create_user(ann(full_name="École Léa"))
    await users.create_user(numbered(2))
    found, _ = await users.list_users(filters={"search": search})
    assert [user["username"] for user in found] == ["ann"]


# Row 15


@pytest.mark.parametrize(("search", "found"), [("%", 1), ("_", 1), ("\\", 1), ("50%", 1), ("5_%", 0), ("", 4)])
async def test_row_15_wildcards_in_a_search_stand_for_themselves(nexus, search, found):
    users = await nexus.service(UserService)
    for number, name in enumerate(["50% off", "snake_case", "back\\slash", "plain"]):
        await users.create_user(numbered(number, full_name=name))
    assert (await users.list_users(filters={"search": search}))[1] == found


# Row 16


async def test_row_16_every_read_gives_what_create_gave(nexus):
    users = await nexus.service(UserService)
    created = await users.create_user(ann(tags=["a", "é"], full_name="Ann A."))
    assert await users.get_user_by_id(created["id"]) == created
    assert await users.get_user_by_username("ann") == created
    assert await users.list_users() == ([created], 1)
    assert await users.update_user(created["id"], {}) == created


# Row 17


async def test_row_17_five_creates_at_once_give_one_user_and_four_duplicates(nexus):
    users = await nexus.service(UserService)
    outcomes = await asyncio.gather(*(users.create_user(ann()) for _ in range(5)), return_exceptions=True)
    errors = [outcome for outcome in outcomes if isinstance(outcome, DuplicateUserError)]
    assert len(errors) == 4
    assert all(isinstance(error, ValueError) and str(error) == "Username already exists" for error in errors)
    assert await users.get_user_count() == 1


async def test_row_17_a_second_user_with_the_same_address_is_a_duplicate_of_the_email(nexus):
    users = await nexus.service(UserService)
    await users.create_user(ann())
    with pytest.raises(DuplicateUserError, match="Email already exists") as caught:
        await users.create_user(ann(username="bob"))
    assert caught.value.field == "email"


# Row 18


async def test_row_18_an_update_to_the_name_of_another_is_a_duplicate(nexus):
    users = await nexus.service(UserService)
    await users.create_user(ann())
    bob = await users.create_user(numbered(2))
    with pytest.raises(DuplicateUserError, match="Username already exists"):
        await users.update_user(bob["id"], {"username": "ann"})
    with pytest.raises(DuplicateUserError, match="Email already exists"):
        await users.update_user(bob["id"], {"email": "ann@example.org"})
    assert await users.get_user_by_id(bob["id"]) == bob


@pytest.mark.parametrize("field", ["username", "email", "is_active", "tags"])
async def test_row_18_an_update_to_none_is_refused_before_the_database(nexus, field):
    users = await nexus.service(UserService)
    user = await users.create_user(ann())
    with pytest.raises(ValidationError) as caught:
        await users.update_user(user["id"], {field: None})
    assert caught.value.field == field


# Row 19


async def test_row_19_delete_says_whether_there_was_a_user(nexus):
    users = await nexus.service(UserService)
    user = await users.create_user(ann())
    assert await users.delete_user(user["id"]) is True
    assert await users.delete_user(user["id"]) is False
    result = await nexus.db.execute("DELETE FROM users")
    assert (result.rowcount, result.status) == (0, "DELETE 0")


# Row 20


async def test_row_20_five_services_that_start_at_once_create_the_table_once(nexus):
    services = [UserService(nexus.db, clock=nexus.clock) for _ in range(5)]
    await asyncio.gather(*(service.initialize() for service in services))
    await services[0].create_user(ann())
    assert [await service.get_user_count() for service in services] == [1] * 5


# Row 21


async def test_row_21_times_are_aware_and_come_from_one_clock(nexus):
    users = await nexus.service(UserService)
    await nexus.clock.advance(hours=5)
    created = await users.create_user(ann())
    assert created["created_at"] == created["updated_at"] == nexus.clock.now()
    assert created["created_at"].utcoffset() == timedelta(0)
    await nexus.clock.advance(minutes=1)
    updated = await users.update_user(created["id"], {"full_name": "Ann"})
    assert updated["updated_at"] - updated["created_at"] == timedelta(minutes=1)


async def test_row_21_the_zone_of_the_session_changes_no_instant(nexus):
    users = await nexus.service(UserService)
    created = await users.create_user(ann())
    async with nexus.db.connection() as session:
        await session.execute("SET TIME ZONE 'America/New_York'")
        stored = await session.fetch_val("SELECT created_at FROM users")
    assert stored == created["created_at"]


async def test_row_21_aware_datetimes_can_be_compared_in_sql(nexus):
    users = await nexus.service(UserService)
    await users.create_user(ann())
    before = datetime(2020, 1, 1, tzinfo=UTC)
    assert await nexus.db.fetch_val("SELECT count(*) FROM users WHERE created_at > $1", before) == 1


# Row 22


async def test_row_22_times_and_booleans_have_the_types_of_python(nexus):
    users = await nexus.service(UserService)
    user = await users.create_user(ann())
    assert type(user["created_at"]) is datetime
    assert user["is_active"] is True
    assert (await users.update_user(user["id"], {"is_active": False}))["is_active"] is False
    assert await users.username_exists("ann") is True
    assert await users.email_exists("bob@example.org") is False


# Row 23


@pytest.mark.parametrize(
    ("page", "per_page"), [(0, 20), (-1, 20), (1, 0), (1, -1), (1, 101), ("1", 20), (True, 20), (2**62, 100)]
)
async def test_row_23_pages_that_do_not_exist_are_refused(nexus, page, per_page):
    users = await nexus.service(UserService)
    with pytest.raises(ValidationError, match="page"):
        await users.list_users(page, per_page)


async def test_row_23_a_page_beyond_the_last_is_empty_and_knows_the_total(nexus):
    users = await nexus.service(UserService)
    await users.create_user(ann())
    assert await users.list_users(page=2, per_page=100) == ([], 1)


# Row 24


async def test_row_24_users_of_the_same_instant_are_listed_in_one_order_newest_first(nexus):
    users = await nexus.service(UserService)
    for number in range(5):
        await users.create_user(numbered(number))
    pages = [(await users.list_users(page, 2))[0] for page in (1, 2, 3)]
    assert [user["username"] for page in pages for user in page] == ["user4", "user3", "user2", "user1", "user0"]


# Row 25


async def test_row_25_the_total_and_the_page_are_of_one_snapshot(nexus):
    users = await nexus.service(UserService)
    await users.create_user(numbered(0))
    before = len(nexus.journal)
    await users.list_users()
    assert [call.operation for call in nexus.journal.calls[before:]] == [
        "database.fetch_all"
    ]  # one statement is one snapshot


async def test_row_25_a_page_can_be_read_inside_a_transaction_and_sees_it(nexus):
    users = await nexus.service(UserService)
    async with nexus.db.transaction():
        user = await users.create_user(numbered(0))
        assert await users.list_users() == ([user], 1)
        assert await users.list_users(page=2) == ([], 1)


async def test_row_25_users_who_come_while_a_page_is_read_are_in_neither_number(nexus):
    users = await nexus.service(UserService)
    await users.create_user(numbered(0))

    async def create_more():
        for number in range(1, 10):
            await users.create_user(numbered(number))

    creating = asyncio.create_task(create_more())
    while not creating.done():
        page, total = await users.list_users(per_page=100)
        assert len(page) == total
    assert (await users.list_users())[1] == 10


# Row 26


async def test_row_26_a_filter_for_none_finds_those_without_a_value(nexus):
    users = await nexus.service(UserService)
    await users.create_user(numbered(1, full_name=None))
    await users.create_user(numbered(2, full_name="None"))
    found, _ = await users.list_users(filters={"full_name": None})
    assert [user["username"] for user in found] == ["user1"]


@pytest.mark.parametrize("name", ["search", "username", "email", "is_active", "tags"])
async def test_row_26_a_filter_for_none_is_refused_where_no_user_can_be_without(nexus, name):
    users = await nexus.service(UserService)
    with pytest.raises(ValidationError) as caught:
        await users.list_users(filters={name: None})
    assert caught.value.field == name


# Row 27


async def test_row_27_unknown_fields_are_refused_with_the_nearest_known_one(nexus):
    users = await nexus.service(UserService)
    user = await users.create_user(ann())
    with pytest.raises(ValidationError, match="unknown user field 'emial'\nHint: did you mean 'email'"):
        await users.create_user(numbered(2, emial="x@example.org"))
    with pytest.raises(ValidationError, match="unknown user field 'id'"):
        await users.update_user(user["id"], {"id": 7})
    with pytest.raises(ValidationError, match="unknown user filter 'tag'\nHint: did you mean 'tags'"):
        await users.list_users(filters={"tag": ["a"]})
    assert await users.get_user_count() == 1


async def test_row_27_a_missing_field_is_named(nexus):
    users = await nexus.service(UserService)
    with pytest.raises(ValueError, match="Missing required field: email"):
        await users.create_user({"username": "ann"})


# Row 28


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "   "),
        ("username", "a" * 51),
        ("username", "a\0b"),
        ("username", "a\nb"),
        ("username", " ann"),
        ("username", "\ud800"),
        ("username", 7),
        ("email", ""),
        ("email", "ann"),
        ("email", "ann@"),
        ("email", "ann@example..org"),
        ("email", "ann@example.org, bob@example.org"),
        ("email", "Ann <ann@example.org>"),
        ("email", "a" * 64 + "@" + "b" * 36 + ".org"),
        ("full_name", ""),
        ("full_name", "a" * 101),
        ("full_name", "a\0b"),
        ("tags", "ab"),
        ("tags", [1]),
        ("tags", ["a\0b"]),
    ],
)
async def test_row_28_values_that_cannot_be_stored_are_refused_before_the_database(nexus, field, value):
    users = await nexus.service(UserService)
    before = len(nexus.journal)
    with pytest.raises(ValidationError) as caught:
        await users.create_user(ann(**{field: value}))
    assert caught.value.field == field
    assert len(nexus.journal) == before


async def test_row_28_the_longest_values_are_stored_whole(nexus):
    users = await nexus.service(UserService)
    longest = {"username": "ü" * 50, "email": "a" * 60 + "@" + "b" * 35 + ".org", "full_name": "é" * 100}
    user = await users.create_user(longest)
    assert {field: user[field] for field in longest} == longest


async def test_row_28_names_and_addresses_are_unique_and_found_whatever_their_case(nexus):
    users = await nexus.service(UserService)
    user = await users.create_user({"username": "Ann", "email": "Ann@Example.org"})
    with pytest.raises(DuplicateUserError, match="Username"):
        await users.create_user(numbered(2, username="aNN"))
    with pytest.raises(DuplicateUserError, match="Email"):
        await users.create_user(numbered(2, email="ANN@example.ORG"))
    assert user["username"] == "Ann"
    assert await users.get_user_by_username("ANN") == user
    assert await users.email_exists("ann@example.org") is True
    assert (await users.list_users(filters={"username": "ann", "email": "ANN@EXAMPLE.ORG"}))[1] == 1


@pytest.mark.parametrize("user_id", [0, -1, 2**31, 2**40, 2**63, 2**100])
async def test_row_28_an_id_that_nobody_can_have_is_the_id_of_nobody(nexus, user_id):
    users = await nexus.service(UserService)
    assert await users.get_user_by_id(user_id) is None
    assert await users.update_user(user_id, {"full_name": "x"}) is None
    assert await users.delete_user(user_id) is False


async def test_row_28_an_id_that_is_no_number_is_refused(nexus):
    users = await nexus.service(UserService)
    with pytest.raises(ValidationError, match="user_id must be an int, not '1'"):
        await users.get_user_by_id("1")


async def test_row_28_a_name_that_nobody_can_have_is_the_name_of_nobody(nexus):
    users = await nexus.service(UserService)
    assert await users.get_user_by_username("a\0b") is None
    assert await users.username_exists("\ud800") is False


@pytest.mark.parametrize(
    ("statement", "value", "sqlstate"),
    [
        ("INSERT INTO limits (name) VALUES ($1)", "abcd", "22001"),
        ("INSERT INTO limits (name) VALUES ($1)", "a\0", "22021"),
        ("SELECT $1::int + 1", 2**31 - 1, "22003"),
    ],
)
async def test_row_28_the_database_itself_enforces_lengths_and_ranges(nexus, statement, value, sqlstate):
    await nexus.db.execute("CREATE TABLE limits (name VARCHAR(3))")
    with pytest.raises(DatabaseError) as caught:
        await nexus.db.fetch_val(statement, value)
    assert caught.value.sqlstate == sqlstate


# Row 29


async def test_row_29_of_two_updates_of_one_version_the_second_is_refused(nexus):
    users = await nexus.service(UserService)
    user = await users.create_user(ann())
    first = await users.update_user(user["id"], {"full_name": "First"}, expected_version=user["version"])
    assert first["version"] == user["version"] + 1
    with pytest.raises(StaleVersionError, match="expected version 1, found 2"):
        await users.update_user(user["id"], {"full_name": "Second"}, expected_version=user["version"])
    assert (await users.get_user_by_id(user["id"]))["full_name"] == "First"


async def test_row_29_two_updates_at_once_lose_nothing(nexus):
    users = await nexus.service(UserService)
    user = await users.create_user(ann(tags=[]))

    async def add_tag(tag):
        while True:
            current = await users.get_user_by_id(user["id"])
            try:
                await users.update_user(
                    user["id"], {"tags": [*current["tags"], tag]}, expected_version=current["version"]
                )
            except StaleVersionError:
                continue
            return

    await asyncio.gather(*(add_tag(tag) for tag in "abcd"))
    assert sorted((await users.get_user_by_id(user["id"]))["tags"]) == ["a", "b", "c", "d"]


async def test_row_29_an_update_of_nobody_is_none_whatever_its_version(nexus):
    users = await nexus.service(UserService)
    assert await users.update_user(7, {"full_name": "x"}, expected_version=1) is None


# Row 30


async def test_row_30_the_unique_constraints_are_the_only_indexes(nexus):
    await nexus.service(UserService)
    statements = [" ".join(call.arguments[0].split()) for call in nexus.journal.of("database.execute")]
    assert [statement for statement in statements if "INDEX" in statement] == [
        "CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))",
        "CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))",
    ]
    assert not any("UNIQUE NOT NULL" in statement for statement in statements)  # no constraint beside its index
