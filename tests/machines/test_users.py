"""The invariants of user CRUD: the reference service against a model, a fresh world for each example."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus_testkit import simulate
from nexus_testkit.errors import DuplicateUserError, StaleVersionError, ValidationError
from nexus_testkit.services import UserService

NAMES = st.sampled_from(["ann", "Ann", "bob", "b%b", "b_b", "bøb", "c\\d", "x" * 50])
EMAILS = st.sampled_from(["ann@example.org", "ANN@example.org", "bob@example.org", "c+d@example.org"])
FULL_NAMES = st.none() | st.sampled_from(["Ann", "100%", "Zoë Ünal", "a_b"])
TAGS = st.lists(st.sampled_from(["x", "y", "z"]), max_size=3)
FIELDS = {"username": NAMES, "email": EMAILS, "full_name": FULL_NAMES, "tags": TAGS, "is_active": st.booleans()}
CREATE = st.fixed_dictionaries(
    {"username": NAMES, "email": EMAILS},
    optional={name: FIELDS[name] for name in ("full_name", "tags", "is_active")},
)
UPDATE = st.fixed_dictionaries({}, optional=FIELDS)
IDS = st.integers(min_value=0, max_value=7)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "search": st.sampled_from(["a", "B", "%", "_", "\\", "ex", "zOË"]),
        "is_active": st.booleans(),
        "tags": TAGS,
        "username": NAMES,
        "full_name": FULL_NAMES,
    },
)

STEPS = st.one_of(
    st.tuples(st.just("create"), CREATE),
    st.tuples(st.just("create"), CREATE),
    st.tuples(st.just("update"), IDS, UPDATE, st.none() | st.integers(1, 3)),
    st.tuples(st.just("delete"), IDS),
    st.tuples(st.just("list"), st.integers(1, 3), st.integers(1, 3), FILTERS),
    st.tuples(st.just("wait"), st.integers(0, 10)),
)


@dataclass
class Model:
    """What the table must hold, by id."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)

    def taken(self, fields, *, by_other_than=None):
        """The field that another user has, in any case, or None."""
        for name in ("username", "email"):
            for user_id, row in self.rows.items():
                if user_id != by_other_than and name in fields and row[name].lower() == fields[name].lower():
                    return name
        return None

    def matching(self, filters):
        """Those that a filter lets through, newest first."""
        found = [row for row in self.rows.values() if all(self._matches(row, *each) for each in filters.items())]
        return sorted(found, key=lambda row: (row["created_at"], row["id"]), reverse=True)

    @staticmethod
    def _matches(row, name, wanted):
        if name == "search":
            return any(wanted.lower() in (row[column] or "").lower() for column in ("username", "email", "full_name"))
        if name == "tags":
            return set(wanted) <= set(row["tags"])
        if name == "username":
            return row["username"].lower() == wanted.lower()
        return row[name] == wanted


async def create(nexus, users, model, fields):
    taken = model.taken(fields)
    if taken:
        with pytest.raises(DuplicateUserError) as caught:
            await users.create_user(fields)
        assert caught.value.field in {"username", "email"}
        return
    made = await users.create_user(fields)
    assert made["id"] not in model.rows, "an id was used again"
    assert all(made["id"] > known for known in model.rows)
    assert made == {
        "full_name": None,
        "tags": [],
        "is_active": True,
        **fields,
        "id": made["id"],
        "version": 1,
        "created_at": nexus.clock.now(),
        "updated_at": nexus.clock.now(),
    }
    model.rows[made["id"]] = made


async def update(nexus, users, model, user_id, fields, expected_version):
    row = model.rows.get(user_id)
    if row is None:
        assert await users.update_user(user_id, fields, expected_version=expected_version) is None
        return
    stale = expected_version is not None and expected_version != row["version"]
    taken = model.taken(fields, by_other_than=user_id)
    if stale or taken:
        wrong = {StaleVersionError} if stale else {DuplicateUserError}
        with pytest.raises(tuple(wrong)):
            await users.update_user(user_id, fields, expected_version=expected_version)
        return
    changed = await users.update_user(user_id, fields, expected_version=expected_version)
    if fields:
        row = row | fields | {"version": row["version"] + 1, "updated_at": nexus.clock.now()}
    assert changed == row
    model.rows[user_id] = row


async def delete(nexus, users, model, user_id):
    assert await users.delete_user(user_id) is (model.rows.pop(user_id, None) is not None)


async def list_(nexus, users, model, page, per_page, filters):
    expected = model.matching(filters)
    found = await users.list_users(page, per_page, filters)
    assert found == (expected[(page - 1) * per_page : page * per_page], len(expected))


async def wait(nexus, users, model, seconds):
    await nexus.clock.advance(seconds=seconds)


ACTIONS = {"create": create, "update": update, "delete": delete, "list": list_, "wait": wait}


@settings(max_examples=1000)
@given(steps=st.lists(STEPS, max_size=12))
@simulate
async def test_users_behave_as_the_model(nexus, steps):
    users = await nexus.service(UserService)
    model = Model()
    for name, *arguments in steps:
        await ACTIONS[name](nexus, users, model, *arguments)
        for user_id, row in model.rows.items():
            assert await users.get_user_by_id(user_id) == row
            assert await users.get_user_by_username(row["username"].swapcase()) == row
        assert await users.get_user_count() == len(model.rows)
        assert await users.get_active_user_count() == sum(row["is_active"] for row in model.rows.values())


BAD = st.one_of(
    st.fixed_dictionaries({"username": st.sampled_from(["", " ", "a\x00b", "x" * 51, 7, None]), "email": EMAILS}),
    st.fixed_dictionaries(
        {"username": NAMES, "email": st.sampled_from(["", "a", "a b@c.example", "a@b\r\nBcc: c@d.example", None])}
    ),
    st.fixed_dictionaries({"username": NAMES, "email": EMAILS, "tags": st.sampled_from(["x", [1], {"a": 1}, None])}),
    st.fixed_dictionaries({"username": NAMES, "email": EMAILS, "nickname": st.just("a")}),
)


@settings(max_examples=200)
@given(fields=BAD)
@simulate
async def test_bad_input_is_refused_and_changes_nothing(nexus, fields):
    users = await nexus.service(UserService)
    with pytest.raises(ValidationError):
        await users.create_user(fields)
    assert await users.list_users() == ([], 0)
    made = await users.create_user({"username": "ann", "email": "ann@example.org"})
    with pytest.raises(ValidationError):
        await users.update_user(made["id"], fields)
    assert await users.get_user_by_id(made["id"]) == made
