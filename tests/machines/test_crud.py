"""`CrudMachine` finds each sown bug, as what it is, from whatever seed; and nothing in services that are sound."""

import pytest
from hypothesis import strategies as st

from nexus_testkit.machines import PROMISES, CrudMachine, UserMachine, contains, equals, has_all
from tests.machines.running import SEEDS, find_nothing, hunt
from tests.machines.sample_notes import NotesService
from tests.machines.seeded_bugs import BUGS


class NotesMachine(CrudMachine):
    service = NotesService
    unique = ("slug",)
    required = ("slug",)
    new = st.fixed_dictionaries(
        {"slug": st.text("abc", min_size=1, max_size=3)},
        optional={
            "body": st.text("aA%_\\é", max_size=4),
            "title": st.none() | st.just("A title"),
            "tags": st.lists(st.sampled_from("xyz"), max_size=3),
        },
    )
    filters = {  # noqa: RUF012  # as CrudMachine declares it
        "search": contains("body"),
        "slug": equals("slug"),
        "tags": has_all("tags"),
    }
    order_by = ("-created_at", "-id")


@pytest.fixture(scope="module")
def table():
    lines = [f"{'bug':<22}{'found in run':<24}  as"]
    yield lines
    print("\n".join(lines))  # noqa: T201  # for pytest -rP


@pytest.mark.parametrize("service", BUGS)
def test_sown_bug_is_found(service, table):
    class Machine(NotesMachine):
        pass

    Machine.service = service
    found = [hunt(Machine, each) for each in SEEDS]
    promises = {error.promise for _, error in found}
    runs = ", ".join(str(run) for run, _ in found)
    table.append(f"{service.__name__:<22}{runs:<24}  {'; '.join(PROMISES[each] for each in sorted(promises))}")
    assert promises <= BUGS[service], [str(error) for _, error in found if error.promise not in BUGS[service]]


def test_sound_service_keeps_every_promise():
    find_nothing(NotesMachine)


def test_reference_user_service_keeps_every_promise():
    find_nothing(UserMachine)
