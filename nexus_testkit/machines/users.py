"""`UserMachine`: `CrudMachine` for the reference `UserService`, and for whatever keeps its promises."""

from __future__ import annotations

from hypothesis import strategies as st

from nexus_testkit.machines.crud import CrudMachine
from nexus_testkit.machines.crud_filters import contains, equals, has_all
from nexus_testkit.services.users import UserService

# Few of each: users are to meet.
_USERNAMES = st.sampled_from(["ann", "Bob", "b%b", "b_b", "c\\d", "Zoë", "zoe\u0308", "x" * 50])
_EMAILS = st.sampled_from(["ann@example.org", "Bob@example.org", "c+d@example.org", "x@bücher.example"])
_FULL_NAMES = st.none() | st.sampled_from(["Ann", "100%", "Zoë Ünal", "a_b"])


class UserMachine(CrudMachine):
    """Users as the guide has them; `service = YourUserService` holds your own to the same promises."""

    service = UserService
    unique = ("username", "email")
    ignore_case = ("username", "email")
    required = ("username", "email")
    new = st.fixed_dictionaries(
        {"username": _USERNAMES, "email": _EMAILS},
        optional={
            "full_name": _FULL_NAMES,
            "tags": st.lists(st.sampled_from(["x", "y", "z"]), max_size=3),
            "is_active": st.booleans(),
        },
    )
    filters = {  # noqa: RUF012  # as CrudMachine declares it
        "search": contains("username", "email", "full_name", ignore_case=True),
        "username": equals("username", ignore_case=True),
        "full_name": equals("full_name"),
        "is_active": equals("is_active"),
        "tags": has_all("tags"),
    }
    order_by = ("-created_at", "-id")
